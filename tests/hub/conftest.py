import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


# Playwright keeps an event loop running in this thread, so that no other module's asyncio.run() would work meanwhile.
@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    from tests.hub.person import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def shots(request, tmp_path) -> Path:
    """Where a story's screenshots go: ATTENTION101_SCREENSHOTS, or a temporary folder."""
    named = os.environ.get("ATTENTION101_SCREENSHOTS")
    return (Path(named) if named else tmp_path) / request.node.name
