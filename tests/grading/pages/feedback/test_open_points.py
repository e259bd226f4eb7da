"""What a student's page says of cells that a person grades, and of a test that was at fault."""

from bs4 import BeautifulSoup

from tests.grading.written_course import POINTS

ORDER = list(POINTS)


def words(element):
    return " ".join(element.get_text(" ").split())


def page_of(course, student):
    return BeautifulSoup(course.feedback(student), "html.parser")


def section(page, cell):
    return page.find(id=f"answer-{ORDER.index(cell) + 1}").find_parent("section")


def row(page, cell):
    return words(page.select("table.summary tbody tr")[ORDER.index(cell)])


def test_what_waits_is_open_and_not_zero(every_status):
    page = page_of(every_status, "waits")
    assert "5 of 13 points so far 6 wait for a person" in words(page.header)
    assert "5 of 9 answers are right, and 3 are open." in words(page.main)
    for cell, points in (("essay", 3), ("own_try", 1), ("explore", 2)):
        told = words(section(page, cell))
        assert "A person reads this; not graded yet." in told and f"– of {points}" in told and "? open" in told
        assert "What was checked" not in told
        assert row(page, cell).endswith(f"? open – of {points} read by a person")
    essay = section(page, "essay")
    assert essay.find("strong", string="second")


def test_what_a_person_graded_has_points_and_comment(every_status):
    page = page_of(every_status, "wrong")
    assert "9.5 of 13 points" in words(page.header) and "so far" not in words(page.header)
    told = words(section(page, "essay"))
    assert "1.5 of 3" in told and "From your grader Say why ." in told and "not graded yet" not in told
    assert row(page, "essay").endswith("graded 1.5 of 3 read by a person")
    assert "A grader set these points" not in told


def test_a_task_points_to_the_students_own_cells(every_status):
    page = page_of(every_status, "waits")
    task = section(page, "explore")
    assert task.h2.string == "About explore" and task.find("a", href="#own")
    assert "Try what you like" not in words(page)
    own = words(page.find(id="own").find_parent("section"))
    assert "I tried negative numbers." in own and "a person reads those that belong to a task" in own


def test_a_test_at_fault_is_no_mistake_of_the_students(every_status):
    page = page_of(every_status, "fault")
    assert "12 of 13 points so far 1 open: a test was at fault" in words(page.header)
    told = section(page, "gram")
    assert "The test was at fault." in words(told) and "you have lost nothing" in words(told)
    assert not told.select(".failed, .checks, .wrong") and "? open" in words(told) and "– of 1" in words(told)
    assert row(page, "gram").endswith("? open – of 1 the test was at fault")
    assert "8 of 9 answers are right; the other one is open." in words(page.main)
    both = words(page_of(every_status, "fault waits").header)
    assert "4 of 13 points so far 5 wait for a person 1 open: a test was at fault" in both


def test_points_by_hand_stand_where_the_test_was_at_fault(every_status):
    page = page_of(every_status, "fault by hand")
    assert "13 of 13 points" in words(page.header) and "so far" not in words(page.header)
    told = words(section(page, "gram"))
    assert "A grader set these points by hand" in told and "The test was at fault" not in told and "✓ right" in told


def test_an_essay_left_as_it_was_has_its_0_at_once(every_status):
    page = page_of(every_status, "blank essay")
    told = words(section(page, "essay"))
    assert "0 of 3" in told and "You left this cell as it was handed out." in told and "not graded yet" not in told
