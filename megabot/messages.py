"""Tells the moderators by private message what needs them, and when it is over. Decides nothing about it."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from megabot import channels, texts
from megabot.core.telling import Letter, Told, ToldState, forgotten, letter
from megabot.core.threads import Thread
from megabot.errors import ForumError, NotFound, NotSent, OutcomeUnknown, Refused
from megabot.ports import Ports

_KEY, _WISHES = "told", "alerts:wishes"
log = logging.getLogger("megabot")


def deliver(ports: Ports, threads: tuple[Thread, ...]) -> None:
    """Send what is to be told now, one message to each person; what the forum raises is only logged."""
    now = ports.clock.now()
    standing, told = dict(ports.alerts.standing()), _read(ports)
    news = letter(standing, told, now)
    if not news:
        _keep(ports, {key: one for key, one in told.items() if key not in forgotten(standing, told)}, told)
        return
    marked = told | _marked(news, told, now)
    _keep(ports, marked, told)
    try:
        _send(ports, threads, texts.letter(ports.language, news))
    except OutcomeUnknown as error:
        log.warning("%s", texts.not_told(error))
    except Refused as error:  # for good: saying it again would not help
        log.warning("%s", texts.not_told(error))
        _keep(ports, _settled(news, marked), marked)
    except ForumError as error:
        log.warning("%s", texts.not_told(error))
        _keep(ports, told, marked)
    else:
        _keep(ports, _settled(news, marked), marked)


def _marked(news: Letter, told: dict[str, Told], now: datetime) -> dict[str, Told]:
    new = {key: Told(ToldState.SENDING, sentence, now) for key, sentence in news.new}
    return new | {key: replace(told[key], state=ToldState.ENDING, at=now) for key, _ in news.over}


def _settled(news: Letter, marked: dict[str, Told]) -> dict[str, Told]:
    over = {key for key, _ in news.over}
    new = {key for key, _ in news.new}
    return {
        key: replace(one, state=ToldState.SENT) if key in new else one
        for key, one in marked.items()
        if key not in over
    }


def _send(ports: Ports, threads: tuple[Thread, ...], content: str) -> None:
    """Write to everyone who is to be told; raise the first failure if nobody got it."""
    failures: list[ForumError] = []
    people = _told(ports, threads)
    if not people:
        raise NotSent(texts.nobody_to_tell())
    for person_id in people:
        try:
            ports.forum.message(person_id, content)
        except ForumError as error:
            failures.append(error)
    if failures and len(failures) == len(people):
        raise failures[0]
    for failure in failures:
        log.warning("%s", texts.not_told(failure))


def subscribe(ports: Ports, person_id: int, *, on: bool) -> None:
    """Send somebody what needs a person from now on, or no more, whoever else gets it."""
    ports.ledger.update_fact(_WISHES, lambda kept: json.dumps(_parsed(kept) | {str(person_id): on}))


def _wishes(ports: Ports) -> dict[str, bool]:
    return _parsed(ports.ledger.get_fact(_WISHES))


def _parsed(wishes: str | None) -> dict[str, bool]:
    return {str(person): bool(on) for person, on in json.loads(wishes or "{}").items()}


def _told(ports: Ports, threads: tuple[Thread, ...]) -> tuple[int, ...]:
    """Find whom to tell, by the settings and by what people wished since."""
    wishes = _wishes(ports)
    asked = [int(person) for person, on in wishes.items() if on]
    usual = [person for person in _recipients(ports, threads) if wishes.get(str(person), True)]
    return tuple(dict.fromkeys([*usual, *asked]))


def _recipients(ports: Ports, threads: tuple[Thread, ...]) -> tuple[int, ...]:
    """Find whom to tell: those the settings name, else the first moderator of each community but the bot."""
    if ports.moderators:
        return tuple(_named(ports))
    names = {thread.community or ports.community for thread in threads} or {ports.community}
    bot = ports.forum.account().person.id
    found = []
    for name in sorted(names - {""}):
        try:
            people = ports.forum.community(name).moderators
        except NotFound:
            continue  # the pass says so; the moderators of the other communities are told
        found += [person.id for person in people if person.id != bot and not person.bot][:1]
    return tuple(dict.fromkeys(found))


def _named(ports: Ports) -> Iterator[int]:
    """Find those whom the settings name; a name that is wrong keeps nothing from the others."""
    for name in ports.moderators:
        kept = ports.ledger.get_fact(f"person:{name}")
        if kept is None:
            try:
                kept = str(ports.forum.person(name).id)
            except NotFound:
                log.warning("%s", texts.no_such_person(name))
                continue
            ports.ledger.set_fact(f"person:{name}", kept)
        yield int(kept)


def _read(ports: Ports) -> dict[str, Told]:
    kept = json.loads(ports.ledger.get_fact(_KEY) or "{}")
    return {
        key: Told(
            ToldState(one["state"]), channels.from_json(one["sentence"]), datetime.fromisoformat(one["at"])
        )
        for key, one in kept.items()
    }


def _keep(ports: Ports, told: dict[str, Told], before: dict[str, Told]) -> None:
    if told != before:
        plain = {
            key: {"state": one.state, "sentence": channels.to_json(one.sentence), "at": one.at.isoformat()}
            for key, one in told.items()
        }
        ports.ledger.set_fact(_KEY, json.dumps(plain))
