"""The mutants fit the code as it is, and the runner tells a caught one, a survivor and a broken one apart."""

import ast
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from megabot.reconcile import decide
from megabot.reconcile.rules import adopt, refresh, undo, upkeep
from megabot.reconcile.rules.publish import PUBLICATION
from tests.mutants.__main__ import MUTANTS, ROOT, trials, trouble_before
from tests.mutants.change import (
    Change,
    call,
    condition,
    operand,
    returns,
    without_argument,
    without_last_argument,
    without_operand,
    without_step,
)
from tests.mutants.mutant import Mutant
from tests.mutants.workshop import FAILED, PASSED, Fate, Outcome, Run, Workshop, verdict

RULES: set[object] = {*PUBLICATION, decide.clock_is_wrong, adopt.decide_adoption, adopt.decide_release}
RULES |= {getattr(upkeep, name, None) for name in upkeep.decide_upkeep.__code__.co_names} - {None}
RULES |= {refresh.decide_refresh, undo.decide_undo}


def test_each_mutant_changes_one_place_of_the_code_as_it_is() -> None:
    for mutant in MUTANTS:
        for path, text in mutant.broken(ROOT).items():
            compile(text, path, "exec")


def test_no_two_mutants_have_one_name() -> None:
    assert [name for name, times in Counter(mutant.name for mutant in MUTANTS).items() if times > 1] == []


def test_each_rule_of_decide_is_broken_in_some_mutant() -> None:
    assert len(MUTANTS) >= 15
    assert {mutant.rule for mutant in MUTANTS} - {None} == RULES


def test_each_test_that_has_to_catch_a_mutant_is_there() -> None:
    named = {test.partition("[")[0] for mutant in MUTANTS for test in mutant.caught_by}

    files = {test: (ROOT / test.partition("::")[0]).read_text("utf-8") for test in named}
    assert [test for test, text in files.items() if f"def {test.rpartition('::')[2]}(" not in text] == []


def larger(one: int, other: int) -> int:
    """Stand for shipped code."""
    if one and not (other or one > 9):
        one = abs(other)
    return max(one, other)


def doubled(one: int) -> int:
    return one * 2


def lacking(missing: int) -> int:
    return missing


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (condition(larger, 1, gives=False), "if one and (not (other or one > 9)):", "if False:"),
        (operand(larger, 1, 2, gives=doubled), "(not (other or one > 9))", "(not (one * 2 or one > 9))"),
        (without_operand(larger, 1, 2), "(not (other or one > 9))", "(not one > 9)"),
        (without_operand(larger, 1, 2, 3), "one and (not (other or one > 9))", "one"),
        (call(larger, abs, gives=None), "abs(other)", "None"),
        (without_last_argument(larger, max), "max(one, other)", "max(one)"),
        (without_argument(larger, max, position=1), "max(one, other)", "max(other)"),
        (without_step(larger, abs), "one = abs(other)", "pass"),
        (returns(larger, gives=doubled), "return max(one, other)", "return one * 2"),
    ],
)
def test_a_change_is_made_at_its_place_alone(change: Change, before: str, after: str) -> None:
    mutant = Mutant(name="changed", changes=(change,), caught_by=())

    removed, added = mutant.diff(ROOT).splitlines()

    assert added[1:] == removed[1:].replace(before, after) != removed[1:]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (condition(larger, 2, gives=False), "1 places fit, and number 2 is meant"),
        (call(larger, min, gives=None), "0 places fit, and it must be one"),
        (returns(larger, gives=lacking), "larger has no variable missing"),
    ],
)
def test_a_change_that_does_not_fit_says_why(change: Change, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Mutant(name="changed", changes=(change,), caught_by=()).broken(ROOT)


SUM = "tests/test_sum.py::test_sum"


def subtract(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            node.op = ast.Sub()


DIFFERENCE = Change("megabot/__init__.py", "add", subtract)
WRONG = Mutant(name="a sum is a difference", changes=(DIFFERENCE,), caught_by=(SUM,))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A copy of an invented package that adds, with a test."""
    (tmp_path / "megabot").mkdir()
    (tmp_path / "megabot/__init__.py").write_text("def add(one, other):\n    return one + other\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_sum.py").write_text(
        "from megabot import add\n\n\ndef test_sum():\n    assert add(2, 2) == 4\n\n\n"
        "def test_nothing():\n    assert add(0, 0) == 0\n"
    )
    return Workshop.set_up(tmp_path, tmp_path / "copies/1")


@pytest.mark.slow
def test_a_mutant_that_fails_its_test_is_caught_and_mended(workshop: Workshop) -> None:
    (found,) = trials([workshop], [WRONG])

    assert found == (WRONG, Outcome(Fate.CAUGHT, SUM))
    assert workshop.run([SUM]).code == PASSED


@pytest.mark.slow
def test_a_mutant_that_one_of_its_tests_passes_has_survived(workshop: Workshop) -> None:
    nothing = "tests/test_sum.py::test_nothing"

    assert workshop.judge(replace(WRONG, caught_by=(SUM, nothing))) == Outcome(Fate.SURVIVED, nothing)


@pytest.mark.slow
def test_a_mutant_that_cannot_run_is_broken(workshop: Workshop) -> None:
    def cut(tree: ast.AST) -> None:
        vars(tree)["body"] = []

    outcome = workshop.judge(replace(WRONG, changes=(replace(DIFFERENCE, alter=cut),)))

    assert outcome.fate is Fate.BROKEN
    assert "cannot run" in outcome.shown


def test_a_mutant_that_changes_nothing_is_broken(workshop: Workshop) -> None:
    outcome = workshop.judge(replace(WRONG, changes=(DIFFERENCE, replace(DIFFERENCE, alter=subtract))))

    assert outcome == Outcome(Fate.BROKEN, "nothing of add in megabot/__init__.py is changed")


def test_a_mutant_of_a_function_that_is_gone_is_broken(workshop: Workshop) -> None:
    outcome = workshop.judge(replace(WRONG, changes=(replace(DIFFERENCE, function="multiply"),)))

    assert outcome == Outcome(Fate.BROKEN, "0 places fit, and it must be one")


@pytest.mark.parametrize(
    ("run", "fate"),
    [
        (Run(FAILED, {SUM: "assert 0 == 4"}, "0 is not the sum"), Fate.CAUGHT),
        (Run(FAILED, {f"{SUM}[2-2]": "Failed: DID NOT RAISE"}, "0 is not the sum"), Fate.CAUGHT),
        (Run(FAILED, {f"{SUM}_of_three": "assert 0 == 4"}, "0 is not the sum"), Fate.SURVIVED),
        (Run(FAILED, {SUM: "assert 0 == 4"}, "another difference"), Fate.SURVIVED),
        (Run(PASSED, {}, "all is well"), Fate.SURVIVED),
        (Run(FAILED, {SUM: "NameError: name 'another' is not defined"}, ""), Fate.BROKEN),
        (Run(FAILED, {SUM: "ImportError: cannot import name 'add'"}, ""), Fate.BROKEN),
        (Run(2, {"tests/test_sum.py": ""}, "1 error during collection"), Fate.BROKEN),
        (Run(4, {}, "not found: tests/test_sum.py"), Fate.BROKEN),
    ],
)
def test_a_mutants_fate_is_told_from_how_its_tests_went(run: Run, fate: Fate) -> None:
    assert verdict(replace(WRONG, words="not the sum"), run).fate is fate


@pytest.mark.slow
def test_a_test_that_fails_before_anything_is_broken_is_trouble(workshop: Workshop) -> None:
    (workshop.folder / "megabot/__init__.py").write_text("def add(one, other):\n    return 5\n")

    (trouble,) = trouble_before([workshop], [WRONG])

    assert trouble.startswith("fails without any mutant:")


def test_code_that_would_come_from_elsewhere_is_trouble(workshop: Workshop) -> None:
    shutil.rmtree(workshop.folder / "megabot")

    (trouble,) = trouble_before([workshop], [])

    assert trouble.endswith(f", not the copy in {workshop.folder}")
