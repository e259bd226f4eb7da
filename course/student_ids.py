"""Student ids that nbgrader's own commands cannot handle are refused by name, instead of vanishing from a class."""


def trouble_with(student: str) -> str:
    """Why this id is refused, as a clause with the remedy; "" if it is fine."""
    remedy = "rename the folder in submitted/"
    special = sorted(set(student) & set("*?[]/"))
    if special:
        return f"its id holds {' '.join(special)}, which nbgrader reads as a pattern or a separator ({remedy})"
    special = sorted(set(student) & set('<>"&'))
    if special:
        return f"its id holds {' '.join(special)}, which formgrader writes into its pages as HTML ({remedy})"
    if student.startswith("."):
        return f"its id starts with a dot, and nbgrader skips such folders ({remedy})"
    if student != student.strip():
        return f"its id starts or ends with a space, which nbgrader strips away ({remedy})"
    if not student.isprintable():
        return f"its id holds characters that cannot be printed ({remedy})"
    return ""
