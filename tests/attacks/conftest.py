import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def outcome(request, tmp_path_factory):
    """What came of the file's class, behind the file's WALLS: of all attackers, or of those who are asked for."""
    from all_attacks import attacks
    from grading_in_jail import grade
    from jail import trouble
    from prepared_course import prepare
    from table import limit_of_class

    if why := trouble():
        pytest.skip(f"no attack is run without a jail: {why}")
    tests = [item for item in request.session.items if item.path == request.path]
    each = [item.callspec.params["attack"] for item in tests if hasattr(item, "callspec")]
    chosen = each if len(each) == len(tests) else attacks()
    prepared = prepare(tmp_path_factory.mktemp("attacked") / "course", "ours")
    return grade(request.module.WALLS, chosen, prepared, limit_of_class(chosen))
