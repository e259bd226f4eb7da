import pytest
from nbformat import v4

from attention_lib.assignment.check_records import (
    CHECKS_MIME,
    JUDGED_OVER_CORRECT_FUNCTIONS,
    CheckRecord,
    all_passed,
    as_bundle,
    completed_records,
)

GOOD = {"check": "shape", "passed": True, "message": "", "hidden": False}
ERROR = v4.new_output("error", ename="ChecksFailed", evalue="", traceback=[])


def shown(data):
    return v4.new_output("display_data", {CHECKS_MIME: data})


def test_complete_records_are_read_in_order():
    records = [CheckRecord("shape", True, ""), CheckRecord("value", None, "not yet")]
    noise = v4.new_output("stream", name="stdout", text="hi")
    given = [GOOD, GOOD | {"check": "value", "passed": None, "message": "not yet"}]
    assert completed_records([noise, shown(given), ERROR]) == records
    assert all_passed(completed_records([shown([GOOD])]))
    assert completed_records([shown([GOOD | {"more": 1, "code": 2, "fields": [3]}])]) == records[:1]
    assert not all_passed(records) and not all_passed([])


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [shown([])],
        [shown({"check": "shape"})],
        [shown("[]")],
        [shown([GOOD]), shown([GOOD])],
        [shown([GOOD]), ERROR],
        [shown([GOOD | {"passed": 1}])],
        [shown([GOOD | {"passed": "true"}])],
        [shown([{k: v for k, v in GOOD.items() if k != "hidden"}])],
        [shown([GOOD, None])],
    ],
)
def test_anything_else_is_no_list_of_records(outputs):
    assert completed_records(outputs) == []


def test_records_keep_their_json_and_what_programs_know_of_them():
    plain = CheckRecord("shape", True, "")
    coded = CheckRecord("value", None, "not yet", True, "waits", {"for_now": "x"})
    as_json = as_bundle([plain, coded])[CHECKS_MIME]
    assert as_json[0] == GOOD
    assert completed_records([shown(as_json)]) == [plain, coded]


def test_what_was_judged_over_correct_functions_before_records_had_codes_is_known_as_such():
    earlier = {"check": "judged over correct functions", "passed": True, "message": "It is right.", "hidden": False}
    (record,) = completed_records([shown([earlier])])
    assert record.code == JUDGED_OVER_CORRECT_FUNCTIONS
    assert completed_records([shown([record.as_json])]) == [record]
