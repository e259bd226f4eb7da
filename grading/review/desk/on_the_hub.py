"""The desk as a service of JupyterHub, for the course's graders. JupyterHub itself is imported here alone."""

import secrets

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado.web import HTTPError

from grading.review.desk.graders import may_enter


def hub_settings(group: str) -> dict:
    """Tornado's settings."""
    return {"grader_group": group, "cookie_secret": secrets.token_bytes(32), "xsrf_cookies": True}


class HubEntrance(HubOAuthenticated):
    """Stands before a DeskHandler: sends who is not logged in to the hub, and lets graders in."""

    def prepare(self) -> None:
        user = self.get_current_user()
        if user is None:
            if self.request.method == "GET" and self.request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
                self.redirect(self.get_login_url())
                return
            raise HTTPError(403, "You are not logged in any more. Reload the page.")
        group = self.settings["grader_group"]
        if not may_enter(user, group):
            raise HTTPError(403, f"The desk is for the hub's group {group}. Ask your instructor to put you into it.")

    @property
    def user_name(self) -> str:
        return self.get_current_user()["name"]


def hub_routes(prefix: str) -> list[tuple]:
    """Where the hub sends people back to after they have logged in."""
    HubOAuth.instance()
    return [(f"{prefix}oauth_callback", HubOAuthCallbackHandler)]
