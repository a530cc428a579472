"""Every value that the catalogue has a sentence for, and no other."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from megabot.commands.model import ParseFailureReason, Verb
from megabot.i18n.catalogue import ENGLISH
from megabot.ledger.records import IntentKind
from megabot.reconcile.actions import BlockReason
from megabot.schedule.overrides import OverrideRefusal

UNLISTED = {Verb.HELP, Verb.UNNOTE, Verb.UNFEATURE, Verb.CONFIRM}  # not in help, or beside another verb


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (ENGLISH.verbs, set(Verb) - UNLISTED),
        (ENGLISH.misunderstood, ParseFailureReason),
        (ENGLISH.holds, BlockReason),
        (ENGLISH.kinds, IntentKind),
        (ENGLISH.objections, OverrideRefusal),
    ],
)
def test_each_member_of_an_enum_has_a_sentence(table: Mapping[str, str], values: type[StrEnum]) -> None:
    assert set(table) == {str(value) for value in values}
    assert all(table.values())
