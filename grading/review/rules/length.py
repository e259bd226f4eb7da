"""A comment is short."""


def is_too_long(text: str, longest: int) -> str | None:
    """Has the text more than `longest` characters?"""
    return f"It has {len(text):,} characters; {longest:,} are allowed." if len(text) > longest else None
