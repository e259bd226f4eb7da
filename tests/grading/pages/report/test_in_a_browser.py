"""The report's page in a real browser: it fits a phone, a laptop and paper, and asks for nothing."""

import pytest

from grading.pages.report.command import make_report
from tests.grading.pages.report.written_report import config_of

pytestmark = [pytest.mark.slow, pytest.mark.kernel, pytest.mark.needs("chromium")]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


# 1017 pixels are a landscape A4 page without its margins.
@pytest.mark.parametrize("course_of", ["graded", "every_status"])
@pytest.mark.parametrize("width, media", [(390, "screen"), (1217, "screen"), (1366, "screen"), (1017, "print")])
def test_the_page_fits(browser, request, course_of, width, media):
    path = make_report("attention", config_of(request.getfixturevalue(course_of).folder)).page
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(media=media)
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = (
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert page.evaluate(wide) == 0
    assert asked == [path.as_uri()]
    assert page.locator("svg text").first.bounding_box()["height"] >= 9
    page.close()
