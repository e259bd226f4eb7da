import pytest

from course.student_ids import trouble_with


@pytest.mark.parametrize(
    "student",
    [
        "ada",
        "ada.lovelace@example.org",
        "Group 3 (Tue)",
        "Zoë",
        "o'neil",
        "12345",
        "a_b-c",
        "a+b@example.org",
        "a,b",
        "{x}",
    ],
)
def test_usual_ids_are_fine(student):
    assert trouble_with(student) is None


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("a[b]", "[ ]"),
        ("a*", "*"),
        ("a?", "?"),
        (".a", "dot"),
        ("a ", "space"),
        ("a\nb", "printed"),
    ],
)
def test_ids_that_nbgrader_loses_are_refused_with_the_reason(student, why):
    trouble = trouble_with(student)
    assert why in trouble.reason and "rename the folder" in trouble.remedy
    assert str(trouble) == f"{trouble.reason} ({trouble.remedy})"
