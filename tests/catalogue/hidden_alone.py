"""The catalogue's wrong answers that no visible check catches, each with the reason why it must stay so."""

HIDDEN_ALONE: dict[tuple[str, str], str] = {}
