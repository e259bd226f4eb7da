"""A person at a browser: what students, instructors and TAs do on the hub, each step by mouse and keyboard."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A step may have to wait for a server, a kernel that imports torch, or grading, on a slow machine.
PATIENCE = 120_000  # milliseconds
_SOON = 15_000


class Person:
    """One login in a browser window of its own.

    hub: the hub's address; shots: the folder for screenshots
    """

    def __init__(self, browser: Browser, hub: str, name: str, password: str, shots: Path):
        self.hub, self.name, self._password, self._shots = hub, name, password, shots
        self.context = browser.new_context(viewport={"width": 1366, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()

    def shot(self, step: str) -> None:
        """Keep what the window shows."""
        self._shots.mkdir(parents=True, exist_ok=True)
        count = len(list(self._shots.glob("*.png"))) + 1
        self.page.screenshot(path=self._shots / f"{count:02}-{self.name}-{step}.png")

    def log_in(self) -> None:
        """Log in and wait for JupyterLab."""
        self.page.goto(f"{self.hub}/hub/login")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", self._password)
        started = time.monotonic()
        self.page.click("#login_submit")
        self.page.wait_for_url("**/lab**")
        expect(self.page.locator(".jp-DirListing-content")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=PATIENCE)
        self.seconds_to_lab = time.monotonic() - started

    def go_to_course_server(self) -> None:
        """The server that instructor and TAs share, as the hub's services menu leads there."""
        self.page.goto(f"{self.hub}/hub/home")
        self.page.get_by_role("button", name="Services").click()
        self.page.get_by_role("link", name="attention101").click()
        self.page.wait_for_url("**/services/attention101/lab**")
        expect(self.page.locator(".jp-DirListing-content")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=PATIENCE)

    def nbgrader_menu(self, entry: str) -> None:
        """Choose an entry of JupyterLab's menu Nbgrader."""
        self.page.locator(".lm-MenuBar-item", has_text="Nbgrader").click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{re.escape(entry)}$")).click()

    def open_file(self, *path: str) -> None:
        """Open a file by double-clicks in the file browser, from the top folder."""
        self.page.locator(".jp-BreadCrumbs-home").first.click()
        for name in path:
            self.open_entry(name)

    def open_entry(self, name: str) -> None:
        """Open what the file browser shows by this name."""
        entry = self.page.locator(".jp-DirListing-item").filter(
            has=self.page.locator(".jp-DirListing-itemText", has_text=re.compile(f"^{re.escape(name)}$"))
        )
        entry.dblclick(timeout=PATIENCE)

    # The assignment list

    def open_assignments(self) -> None:
        self.nbgrader_menu("Assignment List")
        expect(self.page.locator("#course_list_default")).to_have_text("attention101", timeout=PATIENCE)

    def assignments(self, kind: str) -> Locator:
        """The lines of one list. kind: released, fetched or submitted"""
        return self.page.locator(f"#{kind}_assignments_list > .list_item")

    def fetch(self) -> None:
        self.assignments("released").get_by_role("button", name="Fetch", exact=True).click()
        expect(self.assignments("fetched")).to_have_count(1, timeout=PATIENCE)

    def submit(self) -> None:
        self.assignments("fetched").get_by_role("button", name="Submit", exact=True).click()
        expect(self.assignments("submitted").first).to_be_visible(timeout=PATIENCE)

    # The notebook

    @property
    def notebook(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def notebook_is_ready(self) -> None:
        """Wait until the notebook in front has a kernel that waits for work."""
        expect(self.notebook.locator(".jp-MarkdownCell").first).to_be_visible(timeout=PATIENCE)
        expect(self.notebook.locator(".jp-Toolbar-kernelName")).to_contain_text("Python", timeout=PATIENCE)
        expect(self.notebook.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle", timeout=PATIENCE
        )

    def cell(self, text: str) -> Locator:
        """The code cell with this text. It is scrolled to, as JupyterLab draws only what is near the window."""
        found = self.notebook.locator(".jp-CodeCell").filter(has=self.page.locator(".cm-content", has_text=text))
        scroller = self.notebook.locator(".jp-WindowedPanel-outer")
        scroller.evaluate("panel => { panel.scrollTop = 0 }")
        for _ in range(200):
            if found.count() and found.first.is_visible():
                found.first.scroll_into_view_if_needed()
                return found.first
            at_end = scroller.evaluate(
                """async panel => {
                    const before = panel.scrollTop;
                    panel.scrollTop += panel.clientHeight / 2;
                    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                    return panel.scrollTop === before;
                }"""
            )
            if at_end and not found.count():
                break
        raise AssertionError(f"no code cell has the text {text!r}")

    def output_below(self, start: str) -> Locator:
        """The output of the first cell below the cell that starts so which shows a picture."""
        cell = self.cell(start)
        cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
        return (
            cell.locator("xpath=following-sibling::*[contains(@class, 'jp-CodeCell')]")
            .locator(".jp-OutputArea-output")
            .filter(has=self.page.locator("img, svg"))
        )

    def write_answer(self, start: str, text: str) -> None:
        """Replace the text of the cell that starts so."""
        editor = self.cell(start).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text.strip("\n"))

    def run_all(self) -> None:
        """Restart the kernel and run all cells, and wait for the end."""
        self.page.locator(".lm-MenuBar-item", has_text=re.compile("^Kernel$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text="Restart Kernel and Run All Cells").click()
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        indicator = self.notebook.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).not_to_have_attribute("data-status", "idle", timeout=_SOON)
        expect(indicator).to_have_attribute("data-status", "idle", timeout=PATIENCE)

    def save(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".lm-DockPanel-tabBar .jp-mod-dirty")).to_have_count(0, timeout=_SOON)

    def validate(self) -> str:
        """Press Validate; returns what the dialog says, and closes it."""
        self.notebook.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog")
        expect(dialog).to_be_visible(timeout=PATIENCE)
        said = dialog.inner_text()
        self.shot("validated")
        dialog.locator("button.jp-mod-accept").click()
        return said

    # Pages that JupyterLab shows in a frame

    def html_page(self) -> FrameLocator:
        """The HTML file in front."""
        return self.page.locator(".jp-HTMLViewer iframe").filter(visible=True).content_frame

    # Formgrader, which JupyterLab shows in a frame

    def open_formgrader(self) -> None:
        self.nbgrader_menu("Formgrader")
        expect(self.formgrader.locator("td.num-submissions").first).to_be_visible(timeout=PATIENCE)

    @property
    def formgrader(self) -> FrameLocator:
        return self.page.frame_locator("iframe[src*='/formgrader']")

    def formgrader_does(self, button: Locator, step: str) -> str:
        """Press one of formgrader's buttons; returns what it says in the end, and closes that."""
        button.click()
        dialog = self.formgrader.locator(".modal:visible")
        expect(dialog).to_contain_text(re.compile("Success|Error"), timeout=PATIENCE)
        said = dialog.inner_text()
        dialog.evaluate("dialog => Promise.all(dialog.getAnimations({subtree: true}).map(each => each.finished))")
        self.shot(step)
        dialog.locator(".modal-footer button").click()
        expect(dialog).to_have_count(0, timeout=_SOON)
        return said

    # The desk

    def open_desk(self) -> None:
        self.page.goto(f"{self.hub}/services/desk/")
        expect(self.page.locator("[data-count=waiting]")).to_have_text(re.compile(r"\d"), timeout=PATIENCE)

    def waiting_on_desk(self) -> int:
        return int(self.page.locator("[data-count=waiting]").inner_text())
