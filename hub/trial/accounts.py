"""The trial's people and their passwords."""

import secrets
from dataclasses import dataclass

from attention_lib.written_file import write_file
from hub.password_hashes import write_hashes
from hub.trial.folder import TrialError, TrialFolder

# Without letters and digits that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Account:
    """One person of the trial. role: instructor, TA or student."""

    name: str
    role: str
    first: str
    last: str

    @property
    def is_staff(self) -> bool:
        return self.role != "student"


ACCOUNTS = (
    Account("instructor", "instructor", "Ingrid", "Structor"),
    Account("ta-alan", "TA", "Alan", "Turing"),
    Account("ta-grace", "TA", "Grace", "Hopper"),
    Account("ada", "student", "Ada", "Lovelace"),
    Account("blaise", "student", "Blaise", "Pascal"),
    Account("carl", "student", "Carl", "Gauss"),
    Account("dorothy", "student", "Dorothy", "Vaughan"),
    Account("emmy", "student", "Emmy", "Noether"),
)


def passwords(folder: TrialFolder) -> dict[str, str]:
    """Each account's password: those of an earlier start, new ones where there are none. Raises TrialError."""
    known = _read(folder)
    wanted = {account.name: known.get(account.name) or _new_password() for account in ACCOUNTS}
    if wanted != known:
        text = "".join(f"{name} {password}\n" for name, password in wanted.items())
        write_file(folder.passwords, text, mode=0o600)
    write_hashes(folder.hashes, wanted)
    return wanted


def _read(folder: TrialFolder) -> dict[str, str]:
    try:
        lines = folder.passwords.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise TrialError(f"{folder.passwords} cannot be read ({error}). Remove it: new passwords are made.") from None
    return {name: password for name, _, password in (line.partition(" ") for line in lines) if password}


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
