"""How work comes in: the exchange, the hand-in service, receipts, deadlines and lateness."""
