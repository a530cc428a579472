"""What is to be done about one thread, decided from what was seen. Pure.

A plan holds at most one Publish and then nothing else: what follows from it is decided from what is really
there afterwards. Holds are part of a plan: they say why something is not done.
"""

from datetime import UTC, datetime, timedelta

from megabot.core.actions import Action, Adopt, Hold, Need, Publish, Reason, Release, Resend, Withdraw, Write
from megabot.core.adoption import decide_adoption, decide_release
from megabot.core.publication import decide_publication
from megabot.core.refreshing import decide_refresh
from megabot.core.seen import Case
from megabot.core.undoing import decide_undo
from megabot.core.upkeep import decide_upkeep

CLOCK_TOLERANCE = timedelta(hours=1)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows a time before this code was written."""


def decide(case: Case) -> tuple[Action, ...]:
    """Choose what to do about a thread: one Need, Adopt, Release, Withdraw or Publish, or upkeep."""
    clock = clock_is_wrong(case)
    if clock is not None:
        return (clock,)
    adoption = decide_adoption(case)
    if isinstance(adoption, Adopt):
        return (adoption,)
    release = decide_release(case)
    if isinstance(release, Release):
        return (release,)
    undo = decide_undo(case)
    if isinstance(undo, Withdraw):
        return (undo,)
    publication = decide_publication(case)
    if isinstance(publication, Need | Publish | Resend):
        return (publication,)
    upkeep = decide_upkeep(case)
    if not any(isinstance(action, Need) for action in upkeep) and not writes(upkeep):
        upkeep += decide_refresh(case)  # what readers miss comes first: pins and links before wording
        upkeep += (release,) if release else ()
    need = next((action for action in upkeep if isinstance(action, Need)), None)
    if need is not None:
        return (need,)
    return (*upkeep, *((adoption,) if adoption else ()), *((undo,) if undo else ()), publication)


def clock_is_wrong(case: Case) -> Hold | None:
    """Nothing is written by a clock an hour off the server's, or behind this code or our own posts (K03)."""
    newest = max((record.slot for record in case.observation.records), default=case.now)
    behind = case.now < BUILT or newest > case.now + CLOCK_TOLERANCE
    if behind or abs(case.observation.clock_skew) > CLOCK_TOLERANCE:
        return Hold(reason=Reason.CLOCK, clock_skew=case.observation.clock_skew)
    return None


def writes(actions: tuple[Action, ...]) -> tuple[Write, ...]:
    """Give those of a plan that change something on the server, in their order."""
    return tuple(action for action in actions if not isinstance(action, Hold | Need))


def holds(actions: tuple[Action, ...]) -> tuple[Hold, ...]:
    """Give those of a plan that say why something is not done."""
    return tuple(action for action in actions if isinstance(action, Hold))
