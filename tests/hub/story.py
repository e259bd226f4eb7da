"""One course as its people see it: handed out, worked on, handed in, graded, reviewed, given back."""

from playwright.sync_api import expect

from grading.demo.answers import PRODUCTS
from grading.review.labelled import LABELLED
from tests.hub.person import PATIENCE, Person

# One is an answer about which the recorded model has something to say.
_COMMENTED = next(each for each in LABELLED if each.name == "a variable called sum")
ANSWERS = PRODUCTS | {_COMMENTED.cell: _COMMENTED.source}
STARTS = {name: f"def {name}(" for name in ANSWERS} | {"attention_head": "class AttentionHead(nn.Module)"}


def student_works_and_hands_in(student: Person) -> None:
    student.log_in()
    student.shot("lab")
    student.open_assignments()
    student.fetch()
    student.shot("fetched")
    student.open_file("attention", "index.html")
    expect(student.html_page().get_by_role("heading", name="Start here")).to_be_visible(timeout=PATIENCE)
    picture = student.html_page().locator("img, svg").first
    expect(picture).to_be_visible()
    student.shot("guide")
    student.open_file("attention", "attention.ipynb")
    student.notebook_is_ready()
    for name, text in ANSWERS.items():
        student.write_answer(STARTS[name], text)
    student.shot("answered")
    student.save()
    student.run_all()
    student.cell("def attention_weights(")
    student.shot("ran")
    heatmap = student.output_below("def attention_weights(").locator("img, svg").first
    expect(heatmap).to_be_visible()
    student.shot("heatmap")
    student.save()
    said = student.validate()
    assert "Success! Your notebook passes all the tests." in said
    student.nbgrader_menu("Assignment List")
    student.submit()
    student.shot("submitted")
    expect(student.assignments("submitted")).to_have_count(1)
    student.open_file("attention", "receipt.txt")
    receipt = student.page.locator(".jp-FileEditor:not(.lm-mod-hidden) .cm-content")
    expect(receipt).to_contain_text(student.name, timeout=PATIENCE)
    student.shot("receipt")


def instructor_hands_out(instructor: Person) -> None:
    """In formgrader: compile the student version, and release it."""
    page = instructor.formgrader
    assert "Successfully created" in instructor.formgrader_does(page.locator("td.assign a"), "compiled")
    assert "Successfully released" in instructor.formgrader_does(page.locator("td.release a"), "released")


def instructor_collects_and_grades(instructor: Person, student: Person) -> None:
    """Begins in formgrader's list of assignments."""
    instructor.shot("formgrader")
    page = instructor.formgrader
    assert "Successfully collected" in instructor.formgrader_does(page.locator("td.collect a"), "collected")
    page.locator("td.num-submissions a", has_text="1").click()
    line = page.locator("tr", has_text=student.name)
    assert "Successfully autograded" in instructor.formgrader_does(line.locator("td.autograde a"), "autograded")
    expect(line).to_contain_text("5 / 5")
    expect(line).to_contain_text("graded")
    instructor.shot("table")


def instructor_makes_feedback(instructor: Person, student: Person) -> None:
    """From the list of submissions."""
    line = instructor.formgrader.locator("tr", has_text=student.name)
    said = instructor.formgrader_does(line.locator("td.generate-feedback a"), "feedback-made")
    assert "Successfully generated feedback" in said


def ta_decides(ta: Person) -> tuple[str, list[str]]:
    """Rejects the comments that wait, but for the last, which is approved. Returns its text and those of the others."""
    ta.log_in()
    ta.open_desk()
    waiting = ta.waiting_on_desk()
    assert waiting, "no comment waits on the desk"
    expect(ta.page.locator("article .code").first).to_be_visible(timeout=PATIENCE)
    ta.shot("desk")
    said = ta.page.locator("blockquote.said").first
    rejected = []
    for left in range(waiting, 1, -1):
        rejected.append(said.inner_text())
        ta.page.keyboard.press("r")
        expect(ta.page.locator("[data-count=waiting]")).to_have_text(str(left - 1), timeout=PATIENCE)
    approved = said.inner_text()
    ta.page.keyboard.press("a")
    expect(ta.page.locator("[data-count=waiting]")).to_have_text("0", timeout=PATIENCE)
    ta.shot("decided")
    return approved, rejected


def instructor_gives_back(instructor: Person, student: Person) -> None:
    instructor_makes_feedback(instructor, student)
    line = instructor.formgrader.locator("tr", has_text=student.name)
    said = instructor.formgrader_does(line.locator("td.release-feedback a"), "feedback-released")
    assert "Successfully released feedback" in said


def student_reads_feedback(student: Person, approved: str, rejected: list[str]) -> None:
    student.nbgrader_menu("Assignment List")
    submitted = student.assignments("submitted")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    link = submitted.get_by_text("view feedback")
    expect(link).to_be_visible(timeout=PATIENCE)
    student.shot("feedback-fetched")
    link.click()
    student.open_entry("attention.html")
    page = student.html_page()
    expect(page.locator("body")).to_contain_text("All 5 answers are right", timeout=PATIENCE)
    expect(page.locator("body")).to_contain_text(approved)
    for text in rejected:
        expect(page.locator("body")).not_to_contain_text(text)
    student.shot("feedback")
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    page.get_by_text(approved).first.scroll_into_view_if_needed()
    student.shot("comment")


def graded_and_given_back(student: Person, instructor: Person, ta: Person) -> None:
    """From formgrader's list of assignments to feedback that was read. Fails where something is not as it should be."""
    instructor_collects_and_grades(instructor, student)
    # Only now are there comments.
    instructor_makes_feedback(instructor, student)
    approved, rejected = ta_decides(ta)
    instructor_gives_back(instructor, student)
    student_reads_feedback(student, approved, rejected)
