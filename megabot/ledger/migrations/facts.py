"""Read the facts of an earlier ledger, which were strings by key, as rows of the typed tables. Pure.

Whatever the new tables could not store or the program could not read back is left out here: a fact that was
damaged must not cost the rest of the ledger.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

Facts = dict[str, str]
Values = dict[str, Any]
Rows = dict[str, list[Values]]

_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
_LARGEST = 2**63 - 1  # of the numbers that the database can store

_OVERRIDE_KINDS = ("hold", "skip", "move", "preamble")
_HOME_PINS = ("pinned", "not_pinned", "no_post", "unreadable")
_SENT_STATES = ("sending", "sent", "ending")


def typed_rows(facts: Facts) -> Rows:
    """Return the rows that the facts become, by table. A fact that cannot be read is left out."""
    rows: Rows = {
        "accounts": [_account(facts)],
        "threads": _threads(facts),
        "overrides": _each(facts, "amendments:", _overrides),
        "highlights": _each(facts, "featured:", _highlights),
        "opt_outs": _of(facts, "optout", _actors),
        "alerts": _of(facts, "alerts", _alerts),
        "sent_alerts": _of(facts, "told", _sent_alerts),
        "alert_wishes": _of(facts, "alerts:wishes", _wishes),
        "communities": _each(facts, "community:", _communities),
        "people": _each(facts, "person:", _people),
        "images": _each(facts, "image:", _images),
        "confirmations": _of(facts, "confirmations", _confirmations),
        "comment_replies": _of(facts, "answers:comments", _replies),
        "jobs": _jobs(facts),
    }
    mine = {"account_id": 1}
    return {
        name: [row if name == "accounts" else mine | row for row in found] for name, found in rows.items()
    }


def _of(facts: Facts, key: str, read: Callable[[str], Iterable[Values]]) -> list[Values]:
    """Return the rows of one fact, none if it is missing or cannot be read."""
    try:
        return list(read(facts[key])) if key in facts else []
    except _UNREADABLE:
        return []


def _each(facts: Facts, prefix: str, read: Callable[[str, str], Iterable[Values]]) -> list[Values]:
    """Return the rows of all facts whose keys begin so."""
    names = [key.removeprefix(prefix) for key in facts if key.startswith(prefix)]
    return [row for name in names for row in _of(facts, prefix + name, partial(read, name))]


def _value(facts: Facts, key: str, read: Callable[[str], Any], default: Any = None) -> Any:  # noqa: ANN401
    try:
        return read(facts[key]) if facts.get(key) else default
    except _UNREADABLE:
        return default


def _text(value: object) -> str:
    """Return a text. Raises `ValueError` for anything else, and for text that UTF-8 cannot write."""
    if not isinstance(value, str):
        raise ValueError("it is not text")  # noqa: TRY004  read like any other wrong value
    value.encode()
    return value


def _number(value: object) -> int:
    """Return a number. Raises `ValueError` for anything else, and for one that is too large to store."""
    if not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError("it is not a number")
    return int(value)


def _whole(text: str) -> int:
    return _number(int(text))


def _moment(text: str) -> datetime:
    """Return an aware time in UTC. Raises `ValueError` or `OverflowError` for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("it is not an aware time")
    return moment.astimezone(UTC)


def _one_of(words: Collection[str], value: object) -> str:
    if value not in words:
        raise ValueError(f"it is none of {', '.join(words)}")
    return str(value)


def _sentence(value: object) -> str:
    """Return a sentence as JSON: text, or a list of texts and commands (at the shell, on Lemmy)."""
    for part in value if isinstance(value, list) else [value]:
        shell, lemmy = part if isinstance(part, list) else (part, "")
        _text(shell), _text(lemmy)
    return json.dumps(value, ensure_ascii=False)


def _numbers(text: str) -> str:
    """Return the JSON of an object of numbers, as it is."""
    for name, number in json.loads(text).items():
        _text(name), _number(number)
    return text


def _list(text: str) -> list[Any]:
    value = json.loads(text)
    if not isinstance(value, list):
        raise ValueError("it is not a list")  # noqa: TRY004  read like any other wrong value
    return value


def _pairs(text: str) -> Iterable[tuple[str, Any]]:
    return [(_text(key), value) for key, value in json.loads(text).items()]


def _account(facts: Facts) -> Values:
    owner = _value(facts, "owner", _owner, dict.fromkeys(_OWNER, ""))
    return {
        "id": 1,
        **owner,
        "api": facts.get("api"),
        "languages": _value(facts, "languages", _numbers),
        "started": _value(facts, "born", _moment),
        "inbox_position": facts.get("inbox:watermark"),
        "override_changes": _value(facts, "amended", _whole, 0),
    }


_OWNER = ("name", "host", "address")


def _owner(text: str) -> Values:
    raw = json.loads(text)
    return {key: _text(raw[key]) for key in _OWNER}


def _threads(facts: Facts) -> list[Values]:
    prefixes = ("schedule", "standing", "move", "failing", "home", "note")
    names = {key.partition(":")[2] for key in facts if key.partition(":")[0] in prefixes and ":" in key}
    return [_thread(facts, name) for name in sorted(names)]


def _thread(facts: Facts, name: str) -> Values:
    schedule, known_since = _value(facts, f"schedule:{name}", _schedule, ("", None))
    post_id, pinned = _value(facts, f"standing:{name}", _current_post, (None, None))
    home = _value(facts, f"home:{name}", _home, dict.fromkeys(_HOME))
    note = _value(facts, f"note:{name}", _note, dict.fromkeys(_NOTE))
    return {
        "thread": name,
        "schedule": schedule,
        "known_since": known_since,
        "current_post_id": post_id,
        "pinned": pinned,
        "agreed_community": _value(facts, f"move:{name}", _whole),
        "failing_since": _value(facts, f"failing:{name}", _moment),
        **{f"home_{key}": home[key] for key in _HOME},
        **{f"note_{key}": note[key] for key in _NOTE},
    }


_HOME = ("post_id", "pin", "first", "last", "software", "refuses", "trouble")
_NOTE = ("edition", "text", "by", "at", "until")


def _schedule(text: str) -> tuple[str, datetime]:
    digest, since = text.split("\n")
    return digest, _moment(since)


def _current_post(text: str) -> tuple[int, int | None]:
    post_id, _, pin = text.partition(" ")
    return _whole(post_id), {"pinned": 1, "unpinned": 0}.get(pin)


def _home(text: str) -> Values:
    raw = json.loads(text)
    return {
        "post_id": _number(raw["post_id"]),
        "pin": _one_of(_HOME_PINS, raw["pin"]),
        "first": _moment(raw["first"]),
        "last": _moment(raw["last"]),
        "software": _text(raw.get("software", "")),
        "refuses": int(bool(raw.get("refuses", False))),
        "trouble": _text(raw.get("trouble", "")),
    }


def _note(text: str) -> Values:
    raw = json.loads(text)
    words = {key: _text(raw[key]) for key in ("edition", "text", "by")}
    return words | {"at": _moment(raw["at"]), "until": _moment(raw["until"]) if raw["until"] else None}


def _overrides(thread: str, text: str) -> Iterator[Values]:
    for position, raw in enumerate(_list(text)):
        yield {
            "thread": thread,
            "position": position,
            "kind": _one_of(_OVERRIDE_KINDS, raw["kind"]),
            "edition": _text(raw["edition"]),
            "author": _text(raw["by"]),
            "at": _moment(raw["at"]),
            "slot": _moment(raw["slot"]) if raw["slot"] else None,
            "text": _text(raw["text"]),
        }


def _highlights(name: str, text: str) -> Iterator[Values]:
    thread, _, edition = name.partition("/")
    for position, raw in enumerate(_list(text)):
        yield {
            "thread": thread,
            "edition": edition,
            "position": position,
            **{key: _number(raw[key]) for key in ("comment_id", "post_id")},
            **{key: _text(raw[key]) for key in ("author", "actor", "url", "line")},
            "highlighted_by": _text(raw["by"]),
            **{key: _moment(raw[key]) for key in ("at", "since")},
        }


def _alerts(text: str) -> Iterator[Values]:
    for number, (key, sentence) in enumerate(_pairs(text), start=1):
        yield {"id": number, "key": key, "sentence": _sentence(sentence)}


def _sent_alerts(text: str) -> Iterator[Values]:
    for position, (key, raw) in enumerate(_pairs(text)):
        yield {
            "position": position,
            "key": key,
            "state": _one_of(_SENT_STATES, raw["state"]),
            "sentence": _sentence(raw["sentence"]),
            "at": _moment(raw["at"]),
        }


def _wishes(text: str) -> Iterator[Values]:
    wishes = {_whole(person_id): int(bool(wanted)) for person_id, wanted in _pairs(text)}
    for person_id, wanted in wishes.items():
        yield {"person_id": person_id, "wanted": wanted}


def _communities(name: str, text: str) -> Iterator[Values]:
    raw = json.loads(text)
    yield {
        "asked": name,
        "community_id": _number(raw["id"]),
        "name": _text(raw["name"]),
        "actor": _text(raw["actor"]),
        "local": int(bool(raw.get("local", True))),
        "nsfw": int(bool(raw.get("nsfw", False))),
    }


def _people(name: str, text: str) -> Iterator[Values]:
    yield {"asked": name, "person_id": _whole(text)}


def _actors(text: str) -> Iterator[Values]:
    for actor in sorted({_text(actor) for actor in _list(text)}):
        yield {"actor": actor}


def _images(name: str, text: str) -> Iterator[Values]:
    path, found, digest = name.rpartition(":")
    if found:
        yield {"path": path, "digest": digest, "url": text}


def _confirmations(text: str) -> Iterator[Values]:
    for position, raw in enumerate(_list(text)):
        yield {
            "position": position,
            "digest": _text(raw["digest"]),
            "command_key": _text(raw["order"]),
            "actor": _text(raw["actor"]),
            "until": _moment(raw["until"]),
            "used": _text(raw.get("used", "")),
        }


def _replies(text: str) -> Iterator[Values]:
    for position, at in enumerate(_list(text)):
        yield {"position": position, "at": _moment(at)}


def _jobs(facts: Facts) -> list[Values]:
    times = {"links": "links:checked", "site_scan": "site:looked"}
    positions = {"site_scan": "site:turn", "site_highlights": "site:highlights"}
    jobs = [
        {
            "job": job,
            "thread": "",
            "at": _value(facts, times[job], _moment) if job in times else None,
            "position": _value(facts, positions[job], _whole, 0) if job in positions else 0,
        }
        for job in ("links", "site_scan", "site_highlights")
    ]
    return [job for job in jobs if job["at"] or job["position"]] + _each(facts, "highlights:", _looked)


def _looked(thread: str, text: str) -> Iterator[Values]:
    at, position = _list(text)
    yield {"job": "highlights", "thread": thread, "at": _moment(at), "position": _number(position)}
