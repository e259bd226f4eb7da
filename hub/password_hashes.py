"""A file of hashed passwords."""

import hashlib
import hmac
import json
import secrets
from pathlib import Path

from attention_lib.written_file import write_file

# About 50 ms and 16 MB for each attempt.
_COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 2**26}


def hash_password(password: str) -> str:
    """A salted scrypt hash of a password, as hexadecimal text `salt:hash`."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(password, salt).hex()}"


def is_password(password: str, kept: str) -> bool:
    """Whether this is the password that `hash_password` made `kept` from; takes as long for either answer."""
    salt, _, wanted = kept.partition(":")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(wanted))


def write_hashes(path: Path, passwords: dict[str, str]) -> None:
    """Write the hashes of `passwords` (by user name) where `PasswordFile` reads them, for the owner's eyes alone."""
    text = json.dumps({name: hash_password(password) for name, password in passwords.items()}, indent=1)
    write_file(path, text, mode=0o600)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, **_COST)
