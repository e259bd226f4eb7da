"""Student ids that nbgrader's own commands cannot handle are refused by name, instead of vanishing from a class."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IdTrouble:
    """Why an id is refused: a clause. The remedy is the staff's, for what lies in `submitted/`; str() says both."""

    reason: str
    remedy: str = "rename the folder in submitted/"

    def __str__(self) -> str:
        return f"{self.reason} ({self.remedy})"


def trouble_with(student: str) -> IdTrouble | None:
    """Why this id is refused; None if it is fine."""
    if special := sorted(set(student) & set("*?[]/")):
        return IdTrouble(f"its id holds {' '.join(special)}, which nbgrader reads as a pattern or a separator")
    if special := sorted(set(student) & set('<>"&')):
        return IdTrouble(f"its id holds {' '.join(special)}, which formgrader writes into its pages as HTML")
    if student.startswith("."):
        return IdTrouble("its id starts with a dot, and nbgrader skips such folders")
    if student != student.strip():
        return IdTrouble("its id starts or ends with a space, which nbgrader strips away")
    if not student.isprintable():
        return IdTrouble("its id holds characters that cannot be printed")
    return None
