"""The small world in which attackers are graded: its paths, ports and secrets, and what an attacker knows of it."""

import re
from pathlib import Path

COURSE = Path("/tmp/course")
HOME = Path("/tmp/home")
BESIDE = Path("/tmp/beside")
# Anyone may write here, as in /tmp on most machines.
DROP = Path("/tmp/drop")
# Stands for what another student's grading leaves for a moment in the temporary folder.
OTHER_SCRATCH = Path("/tmp/attention101-other")
SHARED_MEMORY_FILE = Path("/dev/shm/attention101-other")
SOCKET = BESIDE / "socket"
ABSTRACT_SOCKET = "attention101-attacks"
TCP_PORT, UDP_PORT, DOOR_PORT, DNS_PORT = 40001, 40002, 40003, 53
SHARED_MEMORY_KEY = 0x101A

# An attacker may write it with other signs, where hyphens are not allowed.
SECRET = re.compile(r"[A-Z]+[-_]SECRET[-_][0-9a-f]{12}")

# How an attack tells that it saw a secret where all it can choose is how its process ends.
TOLD_MEGABYTES, TOLD_BY_SIGNAL = 101_010_101, "SIGUSR2"

# Runs above the first answer of every attacker. `tell` and `claim` are how an attack shows that it got somewhere.
_PRELUDE = '''
import os, re, socket, sys
NAME = {name!r}
COURSE, HOME, BESIDE, DROP = {course!r}, {home!r}, {beside!r}, {drop!r}
SOCKET, ABSTRACT = {socket!r}, {abstract!r}
TCP, UDP, DOOR = {tcp}, {udp}, {door}
BYSTANDER = {bystander}

def send(text):
    data = f"{{NAME}} {{text}}".encode()
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + ABSTRACT),
    ):
        try:
            with socket.socket(family, kind) as end:
                end.settimeout(2)
                end.connect(address)
                end.send(data)
        except OSError:
            pass
    try:
        with open(f"{{DROP}}/{{NAME}}", "ab") as file:
            file.write(data)
    except OSError:
        pass

def secrets_in(found):
    if isinstance(found, bytes):
        found = found.decode("latin-1")
    return sorted(set(re.findall("[A-Z]+-SECRET-[0-9a-f]{{12}}", str(found))))

def tell(found):
    """Give away the secrets in a text or in bytes, by every way there is."""
    for secret in secrets_in(found):
        print(secret, flush=True)
        send(secret)

def claim(what):
    """Say that something was done that cannot be seen from outside."""
    print(f"CLAIM {{NAME}}: {{what}}", flush=True)
    send(f"claims: {{what}}")
'''


def claims_of(name: str, text: str) -> list[str]:
    """What an attack says that it did, out of its outputs."""
    return re.findall(rf"CLAIM {re.escape(name)}: ([^\n\"\\<]*)", text)


def prelude(name: str) -> str:
    """The attacker's first cell. Process ids are filled in when it runs in the small world (`BYSTANDER`)."""
    return _PRELUDE.strip().format(
        name=name,
        course=str(COURSE),
        home=str(HOME),
        beside=str(BESIDE),
        drop=str(DROP),
        socket=str(SOCKET),
        abstract=ABSTRACT_SOCKET,
        tcp=TCP_PORT,
        udp=UDP_PORT,
        door=DOOR_PORT,
        bystander=_bystander,
    )


_bystander = 0


def know_bystander(pid: int) -> None:
    """Every prelude made from now on names this process, one of the grader's user."""
    global _bystander
    _bystander = pid
