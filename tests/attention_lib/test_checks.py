import logging
import sys
import warnings

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook

from attention_lib import checks as checks_module
from attention_lib.assignment.check_records import (
    CHECKS_MIME,
    WAITS_FOR_OTHERS,
    CheckRecord,
    all_passed,
    checks_output,
    completed_records,
)
from attention_lib.checks import (
    CheckFailed,
    Checks,
    ChecksFailed,
    RightGradients,
    collected,
    expect,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_tensor,
    expect_unchanged,
)
from attention_lib.verification.fresh_run import run_afresh


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(checks_module, "passed_in_this_session", {})


def record_of(check, **kwargs):
    checks = Checks("attention_scores", **kwargs)
    checks.visible(check)
    return checks.records[0]


def test_a_check_that_ends_has_passed_and_its_sentence_is_its_docstring():
    def check_row_sums():
        """Rows
        sum to 1."""

    record = record_of(check_row_sums)
    assert record == CheckRecord("row sums", True, "Rows sum to 1.")
    assert record.as_json == {"check": "row sums", "passed": True, "message": "Rows sum to 1.", "hidden": False}


def test_a_failed_expectation_gives_its_own_sentence():
    assert record_of(lambda: expect(False, "Row 2 sums to 3.71.")).message == "Row 2 sums to 3.71."


def test_an_error_is_named_without_a_traceback():
    record = record_of(lambda: torch.ones(2)[5])
    assert record.passed is False
    assert record.message.startswith("`attention_scores` stopped with IndexError")
    assert "Traceback" not in record.message


class Odd(Exception):
    def __str__(self):
        raise self.args[0]


class OddCheckFailed(CheckFailed):
    __str__ = Odd.__str__


class OddNotImplemented(NotImplementedError):
    __str__ = Odd.__str__


@pytest.mark.parametrize("kind", [Odd, OddCheckFailed, OddNotImplemented])
@pytest.mark.parametrize("inner", [ValueError("x"), Odd(ValueError()), CheckFailed("It cannot be judged.")], ids=repr)
def test_an_error_whose_text_is_an_error_is_a_failed_check(kind, inner):
    def check():
        raise kind(inner)

    record = record_of(check)
    assert record.passed is False
    assert ("It cannot be judged" in record.message) == isinstance(inner, CheckFailed)


def test_an_answer_that_is_blank_or_missing_is_named_so():
    def attention_scores():
        raise NotImplementedError

    def blank():
        attention_scores()

    attention_scores.__code__ = attention_scores.__code__.replace(co_qualname="attention_scores")

    def missing():
        exec("attention_scores(1)", {})

    assert record_of(blank).message == "`attention_scores` is not written yet."
    assert "is not defined" in record_of(missing).message


def test_an_answer_that_calls_exit_fails_its_check_only():
    assert record_of(lambda: sys.exit(3)).passed is False


def test_ctrl_c_is_not_swallowed():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record_of(interrupted)


def test_report_raises_unless_every_check_passed(capsys):
    checks = Checks("attention_scores")
    checks.visible(lambda: None)
    checks.report()
    checks.hidden(lambda: expect(False, "no"))
    with pytest.raises(ChecksFailed, match="1 of 2"):
        checks.report()
    assert checks.records[1].hidden is True


def test_no_checks_at_all_is_no_success(capsys):
    with pytest.raises(ChecksFailed):
        Checks("attention_scores").report()


def test_a_head_over_a_failing_helper_could_not_be_checked(capsys):
    def fails():
        raise ValueError("no")

    helper = Checks("attention_scores")
    helper.visible(fails)
    with pytest.raises(ChecksFailed):
        helper.report()
    over = ("project_qkv", "attention_scores")
    head = Checks("attention_head", name="AttentionHead", over=over)
    head.visible(fails)
    head.visible(lambda: None)
    assert [record.passed for record in head.records] == [None, True]
    assert head.records[0].message.startswith("This comes once `attention_scores` is right.")
    assert head.records[0].code == WAITS_FOR_OTHERS
    assert head.records[0].message.endswith(f" For now: {head.records[0].fields['for_now']}")
    with pytest.raises(ChecksFailed):
        head.report()


def test_in_grading_reports_are_collected_and_may_hold_no_more_than_the_rules(capsys):
    def check_values():
        """The values come out."""
        raise ValueError("a secret")

    with collected(rules_only=True) as reported:
        checks = Checks("attention_scores")
        checks.visible(check_values)
        with pytest.raises(ChecksFailed):
            checks.report()
    assert [bundle[CHECKS_MIME] for bundle in reported.bundles] == [[checks.records[0].as_json]]
    assert checks.records[0].message == "The values come out." and not capsys.readouterr().out
    assert "a secret" in record_of(check_values).message


def test_a_blank_head_is_blank_whatever_its_helpers_do(capsys):
    cell = {}
    exec("class AttentionHead:\n    def __init__(self):\n        raise NotImplementedError()", cell)
    checks_module.passed_in_this_session["attention_scores"] = False
    head = Checks("attention_head", name="AttentionHead", over=("attention_scores",))
    head.visible(lambda: cell["AttentionHead"]())
    assert head.records[0].passed is False
    assert head.records[0].message == "`AttentionHead` is not written yet."


def test_a_head_that_fails_over_right_helpers_has_failed(capsys):
    helper = Checks("attention_scores")
    helper.visible(lambda: None)
    helper.report()
    head = Checks("attention_head", over=("attention_scores",))
    head.visible(lambda: expect(False, "no"))
    assert head.records[0].passed is False


def test_every_check_starts_from_the_same_seed_dtype_and_grad_mode():
    seen = []

    def look():
        seen.append(
            (torch.rand(1).item(), torch.ones(1).dtype, torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        )

    record_of(look)
    torch.manual_seed(5)
    state = torch.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode():
            record_of(look)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert seen[0] == seen[1]
    assert torch.equal(torch.get_rng_state(), state)


def test_prints_and_warnings_reach_neither_stream_and_hidden_ones_are_dropped(capsys):
    def noisy():
        print("to out")
        print("to err", file=sys.stderr)
        logging.getLogger("noisy").warning("logged")
        warnings.warn("warned", stacklevel=1)

    checks = Checks("attention_scores")
    checks.visible(noisy)
    checks.hidden(lambda: print("secret"))
    assert capsys.readouterr() == ("", "")
    checks.report()
    shown = capsys.readouterr().out
    assert "to out" in shown and "to err" in shown and "secret" not in shown


def test_a_flood_of_output_is_cut():
    checks = Checks("attention_scores")
    checks.visible(lambda: [print("x" * 1000) for _ in range(1000)])
    assert len(checks._printed.getvalue()) <= 4_000


def test_tolerance_takes_float_noise_and_refuses_more():
    want = torch.randn(50, 50)
    expect_close("it", want * (1 + 5e-5), want)
    expect_close("it", (want.double() + 5e-6).float(), want)
    with pytest.raises(CheckFailed, match="1 of 2500 entries are off, first that at \\(3, 4\\)"):
        wrong = want.clone()
        wrong[3, 4] += 0.01
        expect_close("it", wrong, want)


def test_what_is_no_tensor_has_the_wrong_shape_or_is_not_finite_is_said():
    with pytest.raises(CheckFailed, match="None. Is a `return` missing"):
        expect_tensor("the result", None)
    with pytest.raises(CheckFailed, match="a tuple of 2 things"):
        expect_tensor("the result", (1, 2))
    with pytest.raises(CheckFailed, match=r"shape \(2, 3\), but came back with \(3, 2\)"):
        expect_shape("the result", torch.ones(3, 2), (2, 3))
    with pytest.raises(CheckFailed, match="finite"):
        expect_close("the result", torch.tensor([float("nan")]), torch.ones(1))


def test_a_message_says_what_was_wanted_only_where_the_student_can_read_the_check():
    def check():
        expect_close("the result", torch.tensor([1.5]), torch.tensor([7.25]))

    checks = Checks("attention_scores")
    checks.visible(check)
    checks.hidden(check)
    visible, hidden = (record.message for record in checks.records)
    assert "1.5" in visible and "should be 7.25" in visible
    assert "1.5" in hidden and "7.25" not in hidden


def test_records_become_an_output_that_the_reader_takes():
    records = [CheckRecord("<a>", None, "`x` <b>", True)]
    output = checks_output(records)
    notebook = new_notebook(cells=[new_code_cell("1", outputs=[output])])
    nbformat.validate(notebook)
    assert completed_records([output]) == records
    assert "<b>b" not in output.data["text/html"] and "&lt;a&gt;" in output.data["text/html"]


@pytest.mark.kernel
def test_in_a_real_kernel_noise_leaves_no_red_output_and_an_error_names_the_line():
    source = (
        "from attention_lib.checks import Checks\n"
        "checks = Checks('attention_scores')\n"
        "@checks.visible\ndef check_a():\n    'fine'\n    attention_scores(1)\n"
        "@checks.visible\ndef check_b():\n    'bad'\n    attention_scores(0)\n"
        "checks.report()"
    )
    answer = (
        "import logging, sys\nhandler = logging.StreamHandler(sys.stderr)\n"
        "def attention_scores(x):\n    print('hi', file=sys.stderr)\n"
        "    handler.emit(logging.makeLogRecord({'msg': 'late'}))\n    return 1 / x"
    )
    run = run_afresh(new_notebook(cells=[new_code_cell(answer), new_code_cell(source)]))
    outputs = run.notebook.cells[1].outputs
    assert [out.output_type for out in outputs] == ["display_data", "error"]
    assert outputs[1].traceback == ["ChecksFailed: 1 of 2 checks did not pass. The sentences above say why."]
    records = completed_records(outputs)
    assert [record.passed for record in records] == [True, False] and not all_passed(records)
    assert "ZeroDivisionError in line 6 of its cell: division by zero" in records[1].message
    assert CHECKS_MIME in outputs[0].data


def said(call) -> str:
    with pytest.raises(CheckFailed) as failure:
        call()
    return str(failure.value)


def test_a_mistake_is_named_where_its_result_came_out_and_no_other_sentence_fits():
    want, double, triple = torch.ones(3), torch.full((3,), 2.0), torch.full((3,), 3.0)
    mistakes = {"Taken twice.": double, "Taken often.": (triple, torch.full((3,), 9.0))}
    assert said(lambda: expect_close("it", double, want, "The rule.", mistakes)).endswith("Taken twice.")
    assert said(lambda: expect_close("it", triple, want, "The rule.", lambda: mistakes)).endswith("Taken often.")
    assert said(lambda: expect_close("it", want * 5, want, "The rule.", mistakes)).endswith("The rule.")
    ambiguous = {"This.": double, "Or that.": double}
    assert said(lambda: expect_close("it", double, want, "The rule.", ambiguous)).endswith("The rule.")


def test_mistakes_are_not_computed_for_right_values():
    expect_close("it", torch.ones(2), torch.ones(2), mistakes=lambda: pytest.fail("computed"))


def test_values_that_are_no_numbers_are_told_with_the_mistake_that_gives_them():
    want, got = torch.ones(2), torch.tensor([torch.nan, 1.0])
    message = said(lambda: expect_close("it", got, want, "The rule.", {"0 by 0.": got.clone()}, "Something else."))
    assert "finite" in message and message.endswith("0 by 0.")
    assert said(lambda: expect_close("it", got, want, "The rule.", {}, "Something else.")).endswith("Something else.")


def test_a_shape_with_its_last_two_dimensions_swapped_is_told_so():
    assert "swapped" in said(lambda: expect_shape("it", torch.zeros(2, 3, 4), (2, 4, 3)))
    assert "missing" in said(lambda: expect_shape("it", torch.zeros(6, 4), (2, 3, 4)))
    assert said(lambda: expect_shape("it", torch.zeros(5), (4,), "So.")).endswith("So.")


def test_inputs_that_were_changed_are_named():
    x, y = torch.ones(2), torch.ones(2)
    expect_unchanged({"x": x, "y": y}, {"x": x.clone(), "y": y.clone()})
    assert "The call changed y." in said(lambda: expect_unchanged({"x": x, "y": y}, {"x": x, "y": y + 1}))


def test_a_dtype_that_was_not_kept_is_named():
    expect_dtype("it", torch.zeros(1))
    assert "float64" in said(lambda: expect_dtype("it", torch.zeros(1).double()))


class TestGradients:
    def known(self):
        x, w = torch.randn(3, requires_grad=True), torch.randn(3, requires_grad=True)
        return x, w, RightGradients([x * w], {"x": x, "w": w})

    def test_right_ones_pass(self):
        x, w, right = self.known()
        right.expect([x.double().mul(w).float()])

    def test_a_cut_is_told_for_a_right_result(self):
        x, w, right = self.known()
        assert "reaches w. Is there a `detach`" in said(lambda: right.expect([x * w.detach()]))
        assert "reaches any of x, w. Is there a `detach`" in said(lambda: right.expect([(x * w).detach()]))

    def test_of_a_wrong_result_no_cut_is_claimed(self):
        x, w, right = self.known()
        assert "See to the result first" in said(lambda: right.expect([x * x]))
        right.expect([x * w * 2])

    def test_a_wrong_gradient_of_a_right_result_is_told(self):
        x, w, right = self.known()
        assert "The gradient of x" in said(lambda: right.expect([x * w + (x - x.detach())]))


def test_what_failed_excuses_only_what_calls_it_and_only_until_it_is_defined_anew():
    names: dict = {"Checks": Checks, "expect": expect, "ChecksFailed": ChecksFailed}

    def run(source: str) -> list:
        exec(compile(source, "<ipython-input-1>", "exec"), names)
        with collected(), pytest.raises(ChecksFailed):
            names["checks"].report()
        return [record.passed for record in names["checks"].records]

    helper = "checks = Checks('helper')\n@checks.visible\ndef check():\n    'rule'\n    expect(helper() == 2, 'off')"
    user = (
        "checks = Checks('user', over=('helper',))\n"
        "@checks.visible\ndef check_over_the_helper():\n    'rule'\n    expect(user() == 2, 'off')\n"
        "@checks.visible\ndef check_apart_from_it():\n    'rule'\n    expect(False, 'has a bias')\n"
    )
    assert run(f"def helper(): return 1\ndef user(): return helper()\n{helper}") == [False]
    assert run(user) == [None, False]
    assert run(f"def helper(): return 3\n{user}") == [False, False]


def test_a_line_is_one_of_the_cell_that_is_named():
    names: dict = {"Checks": Checks}
    cells = {
        "inner": "\n\ndef inner(x):\n    return x @ x.mT @ x.mT\n",
        "outer": "def outer(x):\n    return inner(x)\n",
        "test": "checks = Checks('outer')\n@checks.visible\ndef check():\n    'rule'\n    outer(torch.ones(3, 2))\n",
    }
    for cell, source in (("", "import torch"), *cells.items()):
        exec(compile(source, f"<ipython-input-{cell}>", "exec"), names)
    (record,) = names["checks"].records
    assert "stopped with RuntimeError in line 4 of the cell of `inner`: shapes (3, 3) and (2, 3)" in record.message
