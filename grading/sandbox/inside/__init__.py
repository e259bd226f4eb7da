"""What runs within the walls. It knows no test, no expected value and no reference."""
