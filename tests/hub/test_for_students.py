import os
import stat
import subprocess
import sys

import pytest

from hub.for_students import main


def test_students_get_what_they_need_and_no_solution(tmp_path):
    folder = tmp_path / "for_students"
    for _ in range(2):
        assert main([str(folder)]) == 0
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert (folder / "hub/student/nbgrader_config.py") in files
    assert not [path for path in files if "grading" in path.parts or path.suffix == ".ipynb"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o644}
    # All that it has can be imported with nothing else of the checkout.
    imports = "import hub.student.submit, hub.servers.student.busy_is_active; print(hub.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", imports],
        env={"PYTHONPATH": str(folder), "PATH": os.defpath},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and str(folder) in done.stdout, done.stderr


@pytest.mark.parametrize("there", ["folder", "file"])
def test_what_it_has_not_made_is_left_alone(there, tmp_path, capsys):
    target = tmp_path / "mine"
    target.mkdir() if there == "folder" else target.write_text("mine")
    assert main([str(target)]) == 1
    assert target.exists() and "Name another folder" in capsys.readouterr().err
