"""Is an edition to be posted now? What wins over what where several things are wrong at once."""

from datetime import timedelta

import pytest

from megabot.ledger.records import IntentState
from megabot.reconcile.actions import Blocked, BlockReason, MissingInput, Publish, RetryPublish
from megabot.reconcile.rules.publish import decide_publication
from tests.builders import (
    BROKEN,
    MODERATOR,
    NOW,
    REFRESH,
    REPOST,
    SLOT,
    TEXT,
    a_situation,
    a_thread_post,
    an_edition,
    an_intent,
)

Mend = dict[str, object]

BY_ITSELF: list[tuple[str, Mend, BlockReason | MissingInput | type]] = [
    ("nothing due", {}, BlockReason.NOTHING_DUE),
    ("sent, no answer", {"due": an_edition(skipped=True)}, BlockReason.UNKNOWN_FOR_LONG),
    ("post there", {"intents": (an_intent(state=IntentState.UNKNOWN),)}, BlockReason.THERE),
    ("post removed", {"posts": (a_thread_post(removed=True),)}, BlockReason.REMOVED),
    ("skipped", {"posts": ()}, BlockReason.SKIPPED),
    ("not known before", {"due": an_edition()}, BlockReason.FIRST_RUN),
    ("grace over", {"known_since": SLOT}, BlockReason.PAST_GRACE),
    ("in another community", {"now": NOW}, BlockReason.STRAYED),
    ("refresh ordered", {"wrong_community": False}, BlockReason.NOT_ORDERED),
    ("not looked deep", {"order": None}, MissingInput.REMOVALS_AND_PINS),
    ("settings hide", {"removals_read": True}, BlockReason.SETTINGS_HIDE),
    ("nothing proven", {"hiding_settings": ()}, BlockReason.NOT_PROVEN),
    ("removed, text hidden", {"trusted": True}, BlockReason.BODY_HIDDEN),
    ("sent in vain", {"hidden_posts": ()}, RetryPublish),
    ("no text", {"intents": (an_intent(state=IntentState.REFUSED),)}, MissingInput.TEXT),
    ("text broken", {"due_text": BROKEN}, BlockReason.TEXT_BROKEN),
    ("text refused", {"due_text": TEXT}, BlockReason.REFUSED_BEFORE),
    ("made by hand", {"intents": ()}, BlockReason.HAND_MADE),
    ("nothing wrong", {"manual_posts": ()}, Publish),
]
"""Everything is wrong at first; each line mends one thing and names what is wrong then."""

ALL_WRONG: Mend = {
    "due": None,
    "now": NOW + timedelta(days=6),
    "intents": (an_intent(state=IntentState.SENDING),),
    "posts": (a_thread_post(),),
    "known_since": NOW,
    "order": REFRESH,
    "wrong_community": True,
    "removals_read": False,
    "hiding_settings": ("show_bot_accounts",),
    "trusted": False,
    "hidden_posts": (a_thread_post(removed=True, body="").post,),
    "due_text": None,
    "manual_posts": (a_thread_post(creator=MODERATOR).post,),
}

REPOSTED: list[tuple[str, Mend, BlockReason | MissingInput | type]] = [
    ("sent, no answer", {"due": an_edition(skipped=True), "order": REPOST}, BlockReason.UNKNOWN_FOR_LONG),
    ("carried out", {"intents": (an_intent(order=REPOST.id),)}, BlockReason.THERE),
    ("in another community", {"intents": (an_intent(state=IntentState.UNKNOWN),)}, BlockReason.STRAYED),
    ("not looked deep", {"wrong_community": False}, MissingInput.REMOVALS_AND_PINS),
    ("settings hide", {"removals_read": True}, BlockReason.SETTINGS_HIDE),
    ("nothing proven", {"hiding_settings": ()}, BlockReason.NOT_PROVEN),
    ("sent in vain", {"trusted": True}, RetryPublish),
    ("no text", {"intents": (an_intent(state=IntentState.REFUSED),)}, MissingInput.TEXT),
    ("text broken", {"due_text": BROKEN}, BlockReason.TEXT_BROKEN),
    ("nothing wrong", {"due_text": TEXT}, Publish),
]
"""The same with a repost ordered: a person's word overrules the rest."""


def verdicts_after(mends: list[Mend]) -> BlockReason | MissingInput | type:
    fields = dict(ALL_WRONG)
    for mend in mends:
        fields |= mend
    verdict = decide_publication(a_situation(**fields))  # type: ignore[arg-type]
    if isinstance(verdict, Blocked):
        return verdict.reason
    return verdict if isinstance(verdict, MissingInput) else type(verdict)


@pytest.mark.parametrize("step", range(len(BY_ITSELF)), ids=[name for name, _, _ in BY_ITSELF])
def test_what_wins_when_all_that_follows_is_wrong_too(step: int) -> None:
    assert verdicts_after([mend for _, mend, _ in BY_ITSELF[: step + 1]]) == BY_ITSELF[step][2]


@pytest.mark.parametrize("step", range(len(REPOSTED)), ids=[name for name, _, _ in REPOSTED])
def test_what_wins_over_a_persons_word(step: int) -> None:
    assert verdicts_after([mend for _, mend, _ in REPOSTED[: step + 1]]) == REPOSTED[step][2]
