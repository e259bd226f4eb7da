"""Logging in by a file of hashed passwords: for a hub that has no other accounts."""

import asyncio
import json
import secrets
from pathlib import Path

from jupyterhub.auth import Authenticator
from traitlets import Unicode

from hub.password_hashes import hash_password, is_password


class PasswordFile(Authenticator):
    """Lets in people who have a line in the file and know its password."""

    path = Unicode(help="The file that `write_hashes` made.").tag(config=True)

    _nobody = hash_password(secrets.token_hex(16))

    async def authenticate(self, handler, data: dict) -> str | None:
        kept = json.loads(Path(self.path).read_text()).get(data["username"])
        # For an unknown name the same work is done, so that the time does not tell which names there are.
        right = await asyncio.to_thread(is_password, data["password"], kept or self._nobody)
        return data["username"] if kept and right else None
