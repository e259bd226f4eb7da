"""Logging in with the server's own Unix accounts, whose names may have capitals, dots and `@`."""

import pwd

from jupyterhub.auth import PAMAuthenticator


class UnixAccounts(PAMAuthenticator):
    """JupyterHub writes all names in small letters; for Unix `Ada` and `ada` are two people.

    A name stays as it is where there is an account of exactly this name.
    """

    def normalize_username(self, username: str) -> str:
        name = self.username_map.get(username, username)
        try:
            return pwd.getpwnam(name).pw_name
        except (KeyError, ValueError):
            return super().normalize_username(username)
