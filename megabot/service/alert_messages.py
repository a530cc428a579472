"""Private messages to moderators about what needs attention and what is resolved. Decides nothing."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from megabot.errors import ForumError, NotFound, NotSent, OutcomeUnknown, Refused
from megabot.forum.escaping import escape
from megabot.i18n import sentences
from megabot.i18n.channels import cut, markdown
from megabot.i18n.translation import _, ngettext
from megabot.ledger.state import SentAlert, SentAlertState
from megabot.ports import Ports
from megabot.service.alert_policy import AlertDigest, due_digest, expired_keys
from megabot.source.model import Thread

log = logging.getLogger("megabot")
_LONGEST_ALERT, _MOST_ALERTS = 700, 5  # of one message, which may have 10,000 characters when escaped


def send_alerts(ports: Ports, threads: tuple[Thread, ...]) -> None:
    """Send the alerts that are due, one message to each recipient. Errors of the forum are only logged."""
    now = ports.clock.now()
    active, sent_alerts = dict(ports.alerts.active_alerts()), {**ports.ledger.sent_alerts()}
    digest = due_digest(active, sent_alerts, now)
    if not digest:
        _keep(
            ports,
            {key: one for key, one in sent_alerts.items() if key not in expired_keys(active, sent_alerts)},
            sent_alerts,
        )
        return
    marked = sent_alerts | _marked(digest, sent_alerts, now)
    # Recorded as being sent before it is: a message is sent at most once (decision 10).
    _keep(ports, marked, sent_alerts)
    try:
        _send(ports, threads, _alert_digest(digest))
    # It may have arrived, so it keeps its mark and is not sent again for a day (decision 10).
    except OutcomeUnknown as error:
        log.warning("%s", sentences.alerts_not_sent(error))
    except Refused as error:  # permanent, so a retry would not help
        log.warning("%s", sentences.alerts_not_sent(error))
        _keep(ports, _settled(digest, marked), marked)
    except ForumError as error:
        log.warning("%s", sentences.alerts_not_sent(error))
        # Not sent, so the mark is removed and it is tried again.
        _keep(ports, sent_alerts, marked)
    else:
        _keep(ports, _settled(digest, marked), marked)


def _marked(digest: AlertDigest, sent_alerts: dict[str, SentAlert], now: datetime) -> dict[str, SentAlert]:
    new = {key: SentAlert(SentAlertState.SENDING, sentence, now) for key, sentence in digest.new}
    return new | {
        key: replace(sent_alerts[key], state=SentAlertState.ENDING, at=now) for key, _ in digest.over
    }


def _settled(digest: AlertDigest, marked: dict[str, SentAlert]) -> dict[str, SentAlert]:
    over = {key for key, _ in digest.over}
    new = {key for key, _ in digest.new}
    return {
        key: replace(alert, state=SentAlertState.SENT) if key in new else alert
        for key, alert in marked.items()
        if key not in over
    }


def _send(ports: Ports, threads: tuple[Thread, ...], content: str) -> None:
    """Send a message to all recipients; raise the first failure if none of them got it."""
    failures: list[ForumError] = []
    people = _all_recipients(ports, threads)
    if not people:
        raise NotSent(sentences.nobody_to_tell())
    for person_id in people:
        try:
            ports.forum.message(person_id, content)
        except ForumError as error:
            failures.append(error)
    # A retry would send it again to those who got it (decision 10).
    if failures and len(failures) == len(people):
        raise failures[0]
    for failure in failures:
        log.warning("%s", sentences.alerts_not_sent(failure))


def _all_recipients(ports: Ports, threads: tuple[Thread, ...]) -> tuple[int, ...]:
    """Return the usual recipients, adjusted by `alerts on` and `alerts off`."""
    wishes = ports.ledger.alert_wishes()
    subscribed = [person for person, on in wishes.items() if on]
    usual = [person for person in _recipients(ports, threads) if wishes.get(person, True)]
    return tuple(dict.fromkeys([*usual, *subscribed]))


def _recipients(ports: Ports, threads: tuple[Thread, ...]) -> tuple[int, ...]:
    """Return the recipients in the settings, or else the first moderator of each community except bots."""
    if ports.moderators:
        return tuple(_named(ports))
    names = {thread.community or ports.community for thread in threads} or {ports.community}
    bot = ports.forum.account().person.id
    recipients = []
    for name in sorted(names - {""}):
        try:
            people = ports.forum.community(name).moderators
        except NotFound:
            continue  # the pass reports it, and the other communities' moderators still get the message
        recipients += [person.id for person in people if person.id != bot and not person.bot][:1]
    return tuple(dict.fromkeys(recipients))


def _named(ports: Ports) -> Iterator[int]:
    """Yield the accounts that the settings name. A wrong name is logged and does not affect the others."""
    for name in ports.moderators:
        person_id = ports.ledger.person_id(name)
        # Looked up once, because the number of an account never changes (promise 9).
        if person_id is None:
            try:
                person_id = ports.forum.person(name).id
            except NotFound:
                log.warning("%s", sentences.no_such_person(name))
                continue
            ports.ledger.keep_person(name, person_id)
        yield person_id


def _keep(ports: Ports, sent_alerts: Mapping[str, SentAlert], before: Mapping[str, SentAlert]) -> None:
    if sent_alerts != before:
        ports.ledger.set_sent_alerts(sent_alerts)


def _alert_digest(digest: AlertDigest) -> str:
    """Return the message about new and resolved alerts, in Markdown."""
    parts = []
    if digest.new:
        parts += [_("This needs a moderator:"), _items(digest.new)]
    if digest.over:
        parts += [_("Resolved, no action needed:"), _items(digest.over)]
    return "\n\n".join(parts)


def _items(alerts: tuple[tuple[str, str], ...]) -> str:
    lines = [f"- {markdown(cut(sentence, _LONGEST_ALERT), escape)}" for _, sentence in alerts[:_MOST_ALERTS]]
    more = len(alerts) - len(lines)
    if more:
        # Translators: the last item of a list of things that need a moderator.
        said = ngettext("and {number} more", "and {number} more", more).format(number=more)
        lines.append(f"- {said}")
    return "\n".join(lines)
