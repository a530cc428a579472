"""Every value that the catalogue has a sentence for, and no other."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from megabot.commands import override_text, reply_text
from megabot.commands.model import ParseFailureReason, Verb
from megabot.i18n.hold_reasons import HOLDS
from megabot.ledger.records import IntentKind
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason
from megabot.schedule.overrides import OverrideRefusal

UNLISTED = {Verb.HELP, Verb.UNNOTE, Verb.UNFEATURE, Verb.CONFIRM}  # not in help, or beside another verb


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (reply_text.VERBS, set(Verb) - UNLISTED),
        (reply_text.MISUNDERSTOOD, ParseFailureReason),
        (HOLDS, BlockReason),
        (describe.KINDS, IntentKind),
        (override_text.OBJECTIONS, OverrideRefusal),
    ],
)
def test_each_member_of_an_enum_has_a_sentence(table: Mapping[str, object], values: type[StrEnum]) -> None:
    assert set(table) == {str(value) for value in values}
    assert all(table.values())
