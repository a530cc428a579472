"""Count a pin in a remote community only once its own server shows it, because readers look there. Pure.

A community that was created on Lemmy 0.19 has no `featured_url`, so that server refuses every pin from
another server (`CouldntFindCommunity`), while the bot's own server shows the pin. Lemmy 1.0 accepts it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from megabot.forum.home_server import HomePin, Reading, Software
from megabot.ledger.records import IntentKind, IntentState
from megabot.ledger.state import HomeReading
from megabot.reconcile.actions import Blocked, BlockReason
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.source.model import Pin, Thread

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(days=1)
ALERT_AFTER = timedelta(hours=1)
"""How long a pin may take to reach the other server before moderators are alerted."""


def host(community: str) -> str:
    return urlsplit(community).netloc


def hold_until_the_home_server_shows_the_pin(
    situation: Situation, current_post: ThreadPost
) -> Blocked | None:
    """Block what depends on a pin until the community's own server shows it; None if nothing is blocked.

    A pin that did not arrive is not sent again, because each one adds a line to the mod log.
    """
    if not _counts_at_home(situation.thread, situation.observation):
        return None
    answer = situation.observation.home_answer
    current = answer is not None and is_current(situation.observation)
    if not (current or current_post.post.featured_community):
        return None  # not pinned yet
    if answer is None or not current:
        return _travelling(situation, current_post, until=situation.now + FIRST_WAIT)
    if answer.pin is HomePin.PINNED:
        return None
    if answer.refuses:
        return replace(_held(BlockReason.PIN_REFUSED, situation, current_post), software=answer.software)
    if situation.now - answer.first < ALERT_AFTER:
        return _travelling(situation, current_post, until=ask_again_at(answer))
    reasons = {HomePin.NOT_PINNED: BlockReason.PIN_NOT_SHOWN, HomePin.NO_POST: BlockReason.POST_NOT_AT_HOME}
    reason = reasons.get(answer.pin, BlockReason.HOME_UNREADABLE)
    return replace(_held(reason, situation, current_post), why=answer.trouble)


def must_ask_home_server(thread: Thread, observation: Observation, now: datetime) -> bool:
    """Return whether the community's own server must be asked now.

    A confirmed pin is checked again only if the post or its pin changed since.
    """
    current, answer = observation.current, observation.home_answer
    if current is None or current.post.federation_pending or not _counts_at_home(thread, observation):
        return False
    if answer is None or not is_current(observation):
        return current.post.featured_community
    return answer.pin is not HomePin.PINNED and not answer.last <= now < ask_again_at(answer)


def ask_again_at(answer: HomeReading) -> datetime:
    """Return when to ask again: the wait doubles each time, from half a minute up to a day."""
    return answer.last + max(FIRST_WAIT, min(LONGEST_WAIT, answer.last - answer.first))


def merge_reading(
    observation: Observation, thread_post: ThreadPost, reading: Reading, software: Software, now: datetime
) -> HomeReading:
    """Return what to store of a reading; a failed one does not replace a successful one."""
    previous = observation.home_answer if is_current(observation) else None
    if reading.pin is HomePin.UNREADABLE and previous is not None:
        return replace(previous, last=now)
    return HomeReading(
        post_id=thread_post.id,
        pin=reading.pin,
        first=previous.first if previous is not None else now,
        last=now,
        software=f"{software.name} {software.version}".strip().capitalize(),
        refuses=software.refuses_pins,
        trouble=reading.trouble,
    )


def is_current(observation: Observation) -> bool:
    """Return whether the stored answer is about the current post, and newer than our last pin of it."""
    answer, current = observation.home_answer, observation.current
    if answer is None or current is None or answer.post_id != current.id:
        return False
    pins = (
        intent.changed
        for intent in observation.intents
        if intent.new.kind is IntentKind.PIN
        and intent.new.post_id == current.id
        and intent.state is IntentState.DONE
    )
    return all(changed <= answer.last for changed in pins)


def is_pinned_for_readers(thread: Thread, observation: Observation) -> bool:
    """Return whether readers of the community see the current post pinned, as far as we know."""
    current = observation.current
    if current is None or not current.post.featured:
        return False
    if not _counts_at_home(thread, observation):
        return True
    return (
        is_current(observation)
        and observation.home_answer is not None
        and observation.home_answer.pin is HomePin.PINNED
    )


def _counts_at_home(thread: Thread, observation: Observation) -> bool:
    """Return whether the pin must reach another server; a pin on the front page concerns only our own."""
    return bool(observation.home) and thread.pin is Pin.COMMUNITY


def _travelling(situation: Situation, current: ThreadPost, *, until: datetime) -> Blocked:
    return replace(_held(BlockReason.PIN_TRAVELS, situation, current), until=until)


def _held(reason: BlockReason, situation: Situation, current: ThreadPost) -> Blocked:
    return Blocked(reason=reason, url=current.post.url, host=host(situation.observation.home))
