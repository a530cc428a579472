"""Decide what to do about one thread, from what was observed. Pure.

A plan with a Publish contains nothing else: the steps after it are decided from what the server really
shows afterwards. A plan also contains the reasons why something is not done (`Blocked`).
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

# A server's own clock may be off by as much (K10).
CLOCK_TOLERANCE = timedelta(hours=1)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that shows a time before this code was written is wrong."""


def decide(situation: Situation) -> tuple[Action, ...]:
    """Return the plan for a thread: one MissingInput, Adopt, Release, UndoRepost or Publish, or upkeep."""
    # First of all: with a wrong clock the wrong edition would be due (decision 22).
    clock = clock_is_wrong(situation)
    if clock is not None:
        return (clock,)
    # Before the publication: an adopted post may be the one that this edition lacks.
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
        upkeep += decide_refresh(
            situation
        )  # last: a missing pin or link matters more to readers than wording
        upkeep += (release,) if release else ()
    missing = next((action for action in upkeep if isinstance(action, MissingInput)), None)
    if missing is not None:
        return (missing,)
    return (*upkeep, *((adoption,) if adoption else ()), *((undo,) if undo else ()), publication)


def clock_is_wrong(situation: Situation) -> Blocked | None:
    """Block all writes if the clock is an hour off the server's, or behind this code or our posts (K03)."""
    newest = max((record.slot for record in situation.observation.records), default=situation.now)
    behind = situation.now < BUILT or newest > situation.now + CLOCK_TOLERANCE
    if behind or abs(situation.observation.clock_skew) > CLOCK_TOLERANCE:
        return Blocked(reason=BlockReason.CLOCK, clock_skew=situation.observation.clock_skew)
    return None


def writes(actions: tuple[Action, ...]) -> tuple[Write, ...]:
    """Return the actions of a plan that change something on the server, in order."""
    return tuple(action for action in actions if not isinstance(action, Blocked | MissingInput))


def blocked_actions(actions: tuple[Action, ...]) -> tuple[Blocked, ...]:
    """Return the entries of a plan that say why something is not done."""
    return tuple(action for action in actions if isinstance(action, Blocked))
