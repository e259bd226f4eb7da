"""The desk in a real browser: worked through by keyboard alone, at two widths, with a colleague and a bad network."""

import pytest

from grading.review.desk.on_loopback import leading_file
from grading.review.records.store import StoredComment
from tests.grading.review.desk.desk_course import EINSUM, PLAIN, UNUSED, WEIGHTED, OpenDesk
from tests.grading.review.desk.test_queue import BESIDE, BESIDE_TOO, PLAIN_TOO

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

HOSTILE = StoredComment((0, 0), "other", '<img src=x onerror="window.hit=1"><script>window.hit=1</script> `a` \u202eb')
HOSTILE_SEEN = HOSTILE.text.replace("`", "").replace("\u202e", "[U+202E]")
HOSTILE_CODE = f"{WEIGHTED}  # <script>window.hit=1</script>\u200b<img src=x onerror=window.hit=1>"
PLEASE = StoredComment((0, 2), "other", "A function of this size reads well.")
PRAISE = StoredComment((0, 2), "praise", "Nice: `einsum` names the axes.")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def desk(course):
    for student in ("ann", "ben", "cem"):
        course.grade(student, {"project_qkv": PLAIN})
    course.grade("dan", {"project_qkv": PLAIN_TOO})
    course.grade("fay", {"project_qkv": EINSUM})
    course.grade("eve", {"aggregate_values": HOSTILE_CODE})
    # In the queue: beside a finding for four students, another draft for three of them, one for one; one is folded.
    course.say(PLAIN, BESIDE, PLEASE, UNUSED)
    course.say(PLAIN_TOO, BESIDE_TOO)
    course.say(EINSUM, PRAISE)
    course.say(HOSTILE_CODE, HOSTILE, cell="aggregate_values", doubt="it was cut")
    with OpenDesk(course, "tess") as desk:
        yield desk


@pytest.fixture
def page(browser, desk, request):
    """The desk's page, entered; its errors and requests to elsewhere fail the test."""
    width = getattr(request, "param", 1366)
    context = browser.new_context(viewport={"width": width, "height": 768 if width > 1000 else 844})
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    origin = f"http://127.0.0.1:{desk.loopback.port}/"
    page.on("request", lambda asked: asked.url.startswith(origin) or troubles.append(asked.url))
    page.goto(desk.loopback.url)
    page.wait_for_selector("article .code")
    yield page
    assert page.evaluate("window.hit") is None
    assert troubles == []
    context.close()


def said(page) -> str:
    return page.locator("blockquote.said").first.inner_text()


def fits(page) -> bool:
    page.wait_for_selector("article .code")
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def waiting(page, number: int) -> None:
    page.wait_for_function("n => document.querySelector('[data-count=waiting]').textContent === String(n)", arg=number)


@pytest.mark.parametrize("page", [1366, 390], indirect=True)
def test_a_queue_worked_through_by_keyboard_alone(desk, page):
    keys = page.keyboard
    assert "token" not in page.url
    waiting(page, 3)
    assert said(page) == BESIDE.text.replace("`", "") and fits(page)
    assert "Nothing reads unused." in page.locator(".finding").inner_text()
    assert "1 other draft on the same" in page.locator("article").inner_text()
    assert page.locator(".line.marked").inner_text().strip() == "unused = x.shape"
    assert page.get_by_text("3 decisions left, 0 students reached").is_visible()

    keys.press("?")
    assert page.locator("#help").is_visible()
    keys.press("Escape")
    keys.press("j")
    assert said(page) == PLEASE.text and page.locator(".finding").count() == 0
    keys.press("ArrowLeft")
    assert said(page) == BESIDE.text.replace("`", "")

    # A group at once: whose code lacks a name of the text goes on waiting.
    keys.press("a")
    page.wait_for_selector("text=The text does not fit 1 other answer")
    waiting(page, 3)
    assert said(page) == PLEASE.text
    keys.press("a")
    waiting(page, 2)
    keys.press("u")
    waiting(page, 3)
    assert said(page) == PLEASE.text
    keys.press("r")
    waiting(page, 2)
    assert fits(page)

    while said(page) != PRAISE.text.replace("`", ""):
        keys.press("j")
    keys.press("e")
    keys.press("Control+a")
    keys.type("A person's own words, with `code`.")
    assert fits(page)
    keys.press("Escape")
    assert page.locator("#text").count() == 0
    keys.press("e")
    assert page.locator("#text").input_value() == "A person's own words, with `code`."
    keys.press("Control+Enter")
    waiting(page, 1)
    keys.press("a")
    waiting(page, 0)
    assert page.get_by_text("0 decisions left, 5 students reached").is_visible()

    made = [card["decision"] | {"said": card["text"]} for card in desk.entered().get("decisions")["decided"]]
    verdicts = {each["said"]: each["verdict"] for each in made}
    assert verdicts == {
        BESIDE.text: "approved",
        BESIDE_TOO.text: "approved",
        PLEASE.text: "rejected",
        PRAISE.text: "edited",
    }
    assert [each["text"] for each in made if each["verdict"] == "edited"] == ["A person's own words, with `code`."]
    assert {each["by"] for each in made} == {"tess"}


def test_folded_drafts_and_decisions_by_keyboard(desk, page):
    keys = page.keyboard
    page.locator("a[data-view=folded]").focus()
    keys.press("Enter")
    page.wait_for_function("said => document.querySelector('blockquote.said')?.innerText === said", arg=HOSTILE_SEEN)
    assert "it was cut" in page.locator("article .why").inner_text() and fits(page)
    assert "<script>window.hit=1</script>U+200B<img" in page.locator(".code").first.inner_text()
    keys.press("a")
    page.wait_for_selector("article .notice >> text=You approved this at")
    page.locator("a[data-view=decided]").focus()
    keys.press("Enter")
    page.wait_for_selector("text=You approved this at")
    page.locator("summary", has_text="The code and the tests").focus()
    keys.press("Enter")
    page.wait_for_selector("article.small .line.marked")
    page.locator("button", has_text="Take back").focus()
    keys.press("Enter")
    page.wait_for_selector("text=Taken back.")
    page.locator("a[data-view=folded]").focus()
    keys.press("Enter")
    page.wait_for_selector("text=1 of 1")


def test_a_colleague_who_was_quicker_is_named_on_the_card_and_the_text_is_kept(course, desk, page):
    keys = page.keyboard
    with OpenDesk(course, "omar") as theirs:
        other = theirs.entered()
        keys.press("e")
        keys.press("Control+a")
        keys.type("My own words.")
        other.decide(other.queue()[0], "rejected")
        keys.press("Control+Enter")
        # Back on the card, for everybody to see.
        page.wait_for_selector("article .notice >> text=omar rejected this at")
        assert "Your decision was not saved. Your edited text is kept." in page.locator("article").inner_text()
        assert {each["decision"]["by"] for each in other.get("decisions")["decided"]} == {"omar"}
        keys.press("n")
        keys.press("e")
        assert page.locator("#text").input_value() == "My own words."
        keys.press("Control+Enter")
        page.wait_for_function("() => !document.body.innerText.includes('omar rejected')")
        waiting(page, 2)
        # What they decide while nobody here does anything shows by itself.
        group = next(group for group in other.queue() if group[0]["text"].replace("`", "") == said(page))
        other.decide(group, "approved")
        page.wait_for_selector("article .notice >> text=omar approved this at", timeout=15_000)


def test_a_server_that_does_not_answer_costs_nothing(desk, page):
    keys = page.keyboard
    first = said(page)
    page.route("**/decisions", lambda route: route.abort())
    keys.press("e")
    keys.press("Control+a")
    keys.type("Not to be lost.")
    keys.press("Control+Enter")
    page.wait_for_selector("#alerts >> text=Not saved: 1 decision.")
    assert said(page) != first  # the next one is shown all the same
    keys.press("k")
    keys.press("e")
    assert page.locator("#text").input_value() == "Not to be lost."
    keys.press("Escape")
    page.unroute("**/decisions")
    page.locator("#alerts button", has_text="Try again").focus()
    keys.press("Enter")
    page.wait_for_function("() => document.querySelector('#alerts').innerText.trim() === '' ")


def test_the_next_one_is_shown_before_a_slow_server_has_answered(desk, page):
    held = []
    page.route("**/decisions", lambda route: held.append(route))
    first = said(page)
    page.keyboard.press("a")
    page.wait_for_function("old => document.querySelector('blockquote.said').innerText !== old", arg=first)
    page.wait_for_function("() => document.querySelector('.list .done')?.innerText.includes('being saved')")
    held[0].continue_()
    page.wait_for_function("() => document.querySelector('[data-count=decided]').textContent === '1'")


def test_a_browser_gets_in_by_the_file_that_leads_it(browser, desk):
    page = browser.new_context().new_page()
    with leading_file(desk.loopback.url) as leading:
        page.goto(leading)
        page.wait_for_selector("article .code")
    assert page.url == f"http://127.0.0.1:{desk.loopback.port}/"
    page.context.close()


def test_an_edited_text_outlives_a_reload(desk, page):
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Half a sent")
    page.reload()
    page.wait_for_selector("article .code")
    page.keyboard.press("e")
    assert page.locator("#text").input_value() == "Half a sent"
    page.keyboard.press("Control+Enter")
    waiting(page, 2)
    page.reload()
    page.wait_for_selector("article .code")
    assert page.evaluate("sessionStorage.getItem('desk-edits')") == "[]"
