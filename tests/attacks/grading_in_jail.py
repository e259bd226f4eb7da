"""Grades attackers in a jail: a whole class by ours, or one alone by plain nbgrader, who may not survive it."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from attack import Attack
from jail import jailed

HERE = Path(__file__).parent


@dataclass
class Outcome:
    """See in_the_jail.Outcome. `broken` says why there is none: the jail, the measuring included, was ended."""

    achieved: dict[str, list[str]] = field(default_factory=dict)
    honest: dict[str, list[str]] = field(default_factory=dict)
    harm: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    log: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    broken: str = ""


def grade(grader: str, attacks: list[Attack], prepared: Path, limit_s: float) -> Outcome:
    """Grade these attackers, each of them a student of one class with honest ones in between.

    grader: "plain", or the walls that ours has to put up ("both", "inner")
    prepared: a course from prepared_course.prepare for this grader
    limit_s: seconds after which the jail is ended
    """
    command = [sys.executable, str(HERE / "in_the_jail.py"), grader, *(attack.name for attack in attacks)]
    process = subprocess.Popen(
        jailed(command, prepared), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        said, errors = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        said, errors = process.communicate()
        return Outcome(broken=f"did not end within {limit_s:.0f} s", log=errors[-3000:])
    for line in said.splitlines():
        if line.startswith("RESULT "):
            return Outcome(**json.loads(line.removeprefix("RESULT ")))
    return Outcome(broken=f"ended all that ran in the jail (status {process.returncode})", log=errors[-3000:])
