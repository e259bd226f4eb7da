"""Somebody on the hub over plain HTTP, as a browser would be: cookies and XSRF tokens, and no token of the hub's."""

import re
import time
from urllib.parse import quote

import requests

ASSIGNMENT = {"course_id": "attention101", "assignment_id": "attention"}
# Seconds for one answer. Longer than any that is waited for here, so that a hub that hangs ends the test.
PATIENCE = 90.0


class Visitor:
    """One login. All methods raise requests.RequestException where the hub or the server does not do what is asked.

    hub: the hub's public address, such as http://127.0.0.1:8000
    """

    def __init__(self, hub: str, name: str, password: str):
        self.hub, self.name, self._password = hub, name, password
        self._mine = f"/user/{quote(name)}/"
        self._web = requests.Session()
        # A site's proxy for the world outside does not know the hub.
        self._web.trust_env = False

    def log_in(self) -> None:
        """Fill in the login form. It leads to the page from which servers are started."""
        token = re.search(r'name="_xsrf" value="([^"]+)"', self._open("/hub/login").text)
        form = {"_xsrf": token[1] if token else "", "username": self.name, "password": self._password}
        self._open("/hub/login?next=/hub/home", form, leads_to="/hub/home")

    def start_server(self) -> None:
        """Start the own server, as the button on the hub's page does, and open JupyterLab once it answers."""
        self._open("/hub/home", leads_to="/hub/home")
        self.ask_hub("POST", f"users/{quote(self.name)}/server")
        ends = time.monotonic() + PATIENCE
        while not self._server_is_ready():
            if time.monotonic() > ends:
                raise requests.Timeout(f"the server of {self.name} did not start within {PATIENCE} s")
            time.sleep(0.2)
        self._open(f"{self._mine}lab", leads_to=f"{self._mine}lab")

    def ask_hub(self, method: str, path: str, **body: object) -> requests.Response:
        """A request to the hub's REST interface, as its pages make it."""
        return self._ask(method, "/hub/", f"api/{path}", json=body)

    def ask_server(self, method: str, path: str, **more: object) -> requests.Response:
        """A request to the own server, as JupyterLab makes it."""
        return self._ask(method, self._mine, path, **more)

    def fetch(self) -> list[dict]:
        """The Assignment List's Fetch button. Returns the list that it shows then."""
        return self._assignments("fetch")

    def submit(self) -> list[dict]:
        """The Assignment List's Submit button. Returns the list that it shows then."""
        return self._assignments("submit")

    def _assignments(self, action: str) -> list[dict]:
        answer = self.ask_server("POST", f"assignments/{action}", data=ASSIGNMENT).json()
        if not answer["success"]:
            raise requests.RequestException(f"{action} by {self.name}: {answer['value']}")
        return answer["value"]

    def _server_is_ready(self) -> bool:
        server = self.ask_hub("GET", f"users/{quote(self.name)}").json()["servers"].get("")
        if server is None:
            raise requests.RequestException(f"the server of {self.name} did not start; the hub's log says why")
        return server["ready"]

    def _open(self, path: str, form: dict[str, str] | None = None, leads_to: str = "") -> requests.Response:
        method = "GET" if form is None else "POST"
        page = self._web.request(method, f"{self.hub}{path}", data=form, timeout=PATIENCE)
        if not page.ok or not page.url.startswith(f"{self.hub}{leads_to}"):
            said = " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page.text, flags=re.DOTALL).split())[:1000]
            raise requests.HTTPError(f"{self.name}: {path} led to {page.url}: {page.status_code} {said}", response=page)
        return page

    def _ask(self, method: str, base: str, path: str, **more: object) -> requests.Response:
        # The hub and each server have a cookie of this name, told apart by its path.
        tokens = [cookie.value for cookie in self._web.cookies if (cookie.name, cookie.path) == ("_xsrf", base)]
        headers = {"X-XSRFToken": tokens[0]} if tokens else {}
        answer = self._web.request(method, f"{self.hub}{base}{path}", headers=headers, timeout=PATIENCE, **more)
        if not answer.ok:
            said = f"{answer.status_code} {answer.text[:2000]}"
            raise requests.HTTPError(f"{self.name}: {method} {base}{path}: {said}", response=answer)
        return answer
