"""What is to be done about one thread, decided from what was seen. Pure.

A plan holds at most one Publish and then nothing else: what follows from it is decided from what is really
there afterwards. Holds are part of a plan: they say why something is not done.
"""

from datetime import UTC, datetime, timedelta

from megabot.reconcile.actions import (
    Action,
    Adopt,
    Blocked,
    BlockReason,
    MissingInput,
    Publish,
    Release,
    RetryPublish,
    UndoRepost,
    Write,
)
from megabot.reconcile.observation import Situation
from megabot.reconcile.rules.adopt import decide_adoption, decide_release
from megabot.reconcile.rules.publish import decide_publication
from megabot.reconcile.rules.refresh import decide_refresh
from megabot.reconcile.rules.undo import decide_undo
from megabot.reconcile.rules.upkeep import decide_upkeep

CLOCK_TOLERANCE = timedelta(hours=1)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows a time before this code was written."""


def decide(situation: Situation) -> tuple[Action, ...]:
    """Choose what to do about a thread: one Need, Adopt, Release, Withdraw or Publish, or upkeep."""
    clock = clock_is_wrong(situation)
    if clock is not None:
        return (clock,)
    adoption = decide_adoption(situation)
    if isinstance(adoption, Adopt):
        return (adoption,)
    release = decide_release(situation)
    if isinstance(release, Release):
        return (release,)
    undo = decide_undo(situation)
    if isinstance(undo, UndoRepost):
        return (undo,)
    publication = decide_publication(situation)
    if isinstance(publication, MissingInput | Publish | RetryPublish):
        return (publication,)
    upkeep = decide_upkeep(situation)
    if not any(isinstance(action, MissingInput) for action in upkeep) and not writes(upkeep):
        upkeep += decide_refresh(situation)  # what readers miss comes first: pins and links before wording
        upkeep += (release,) if release else ()
    missing = next((action for action in upkeep if isinstance(action, MissingInput)), None)
    if missing is not None:
        return (missing,)
    return (*upkeep, *((adoption,) if adoption else ()), *((undo,) if undo else ()), publication)


def clock_is_wrong(situation: Situation) -> Blocked | None:
    """Nothing is written by a clock an hour off the server's, or behind this code or our own posts (K03)."""
    newest = max((record.slot for record in situation.observation.records), default=situation.now)
    behind = situation.now < BUILT or newest > situation.now + CLOCK_TOLERANCE
    if behind or abs(situation.observation.clock_skew) > CLOCK_TOLERANCE:
        return Blocked(reason=BlockReason.CLOCK, clock_skew=situation.observation.clock_skew)
    return None


def writes(actions: tuple[Action, ...]) -> tuple[Write, ...]:
    """Give those of a plan that change something on the server, in their order."""
    return tuple(action for action in actions if not isinstance(action, Blocked | MissingInput))


def blocked_actions(actions: tuple[Action, ...]) -> tuple[Blocked, ...]:
    """Give those of a plan that say why something is not done."""
    return tuple(action for action in actions if isinstance(action, Blocked))
