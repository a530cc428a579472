"""Read the facts of an earlier ledger, which were strings by key, as rows of the typed tables. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

Facts = dict[str, str]
Values = dict[str, Any]
Rows = dict[str, list[Values]]


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
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _each(facts: Facts, prefix: str, read: Callable[[str, str], Iterable[Values]]) -> list[Values]:
    """Return the rows of all facts whose keys begin so."""
    names = [key.removeprefix(prefix) for key in facts if key.startswith(prefix)]
    return [row for name in names for row in _of(facts, prefix + name, partial(read, name))]


def _value(facts: Facts, key: str, read: Callable[[str], Any], default: Any = None) -> Any:  # noqa: ANN401
    try:
        return read(facts[key]) if facts.get(key) else default
    except (ValueError, TypeError, KeyError, AttributeError):
        return default


def _account(facts: Facts) -> Values:
    owner = _value(facts, "owner", json.loads, {})
    return {
        "id": 1,
        "name": str(owner.get("name", "")),
        "host": str(owner.get("host", "")),
        "address": str(owner.get("address", "")),
        "api": facts.get("api"),
        "languages": facts.get("languages"),
        "started": _value(facts, "born", datetime.fromisoformat),
        "inbox_position": facts.get("inbox:watermark"),
        "override_changes": _value(facts, "amended", int, 0),
    }


def _threads(facts: Facts) -> list[Values]:
    prefixes = ("schedule", "standing", "move", "failing", "home", "note")
    names = {key.partition(":")[2] for key in facts if key.partition(":")[0] in prefixes and ":" in key}
    return [_thread(facts, name) for name in sorted(names)]


def _thread(facts: Facts, name: str) -> Values:
    schedule, _, since = facts.get(f"schedule:{name}", "").partition("\n")
    post_id, _, pin = facts.get(f"standing:{name}", "").partition(" ")
    home = _value(facts, f"home:{name}", _home, dict.fromkeys(_HOME))
    note = _value(facts, f"note:{name}", _note, dict.fromkeys(_NOTE))
    return {
        "thread": name,
        "schedule": schedule if since else "",
        "known_since": datetime.fromisoformat(since) if since else None,
        "current_post_id": int(post_id) if post_id.isdigit() else None,
        "pinned": {"pinned": 1, "unpinned": 0}.get(pin),
        "agreed_community": _value(facts, f"move:{name}", int),
        "failing_since": _value(facts, f"failing:{name}", datetime.fromisoformat),
        **{f"home_{key}": home[key] for key in _HOME},
        **{f"note_{key}": note[key] for key in _NOTE},
    }


_HOME = ("post_id", "pin", "first", "last", "software", "refuses", "trouble")
_NOTE = ("edition", "text", "by", "at", "until")


def _home(text: str) -> Values:
    raw = json.loads(text)
    times = {key: datetime.fromisoformat(raw[key]) for key in ("first", "last")}
    read = {key: raw[key] for key in _HOME} | times
    return read | {"post_id": int(raw["post_id"]), "refuses": int(raw["refuses"])}


def _note(text: str) -> Values:
    raw = json.loads(text)
    until = raw["until"] and datetime.fromisoformat(raw["until"])
    return {key: raw[key] for key in _NOTE} | {"at": datetime.fromisoformat(raw["at"]), "until": until}


def _overrides(thread: str, text: str) -> Iterator[Values]:
    for position, raw in enumerate(json.loads(text)):
        yield {
            "thread": thread,
            "position": position,
            "kind": raw["kind"],
            "edition": raw["edition"],
            "author": raw["by"],
            "at": datetime.fromisoformat(raw["at"]),
            "slot": raw["slot"] and datetime.fromisoformat(raw["slot"]),
            "text": raw["text"],
        }


def _highlights(name: str, text: str) -> Iterator[Values]:
    thread, _, edition = name.partition("/")
    for position, raw in enumerate(json.loads(text)):
        times = {key: datetime.fromisoformat(raw[key]) for key in ("at", "since")}
        same = ("comment_id", "post_id", "author", "actor", "url", "line")
        place = {"thread": thread, "edition": edition, "position": position}
        yield place | {key: raw[key] for key in same} | {"highlighted_by": raw["by"]} | times


def _alerts(text: str) -> Iterator[Values]:
    for number, (key, sentence) in enumerate(json.loads(text).items(), start=1):
        yield {"id": number, "key": key, "sentence": json.dumps(sentence, ensure_ascii=False)}


def _sent_alerts(text: str) -> Iterator[Values]:
    for position, (key, raw) in enumerate(json.loads(text).items()):
        yield {
            "position": position,
            "key": key,
            "state": raw["state"],
            "sentence": json.dumps(raw["sentence"], ensure_ascii=False),
            "at": datetime.fromisoformat(raw["at"]),
        }


def _wishes(text: str) -> Iterator[Values]:
    for person_id, wanted in json.loads(text).items():
        yield {"person_id": int(person_id), "wanted": int(wanted)}


def _communities(name: str, text: str) -> Iterator[Values]:
    raw = json.loads(text)
    yield {
        "asked": name,
        "community_id": int(raw["id"]),
        "name": raw["name"],
        "actor": raw["actor"],
        "local": int(raw.get("local", True)),
        "nsfw": int(raw.get("nsfw", False)),
    }


def _people(name: str, text: str) -> Iterator[Values]:
    yield {"asked": name, "person_id": int(text)}


def _actors(text: str) -> Iterator[Values]:
    for actor in sorted(set(json.loads(text))):
        yield {"actor": actor}


def _images(name: str, text: str) -> Iterator[Values]:
    path, _, digest = name.rpartition(":")
    yield {"path": path, "digest": digest, "url": text}


def _confirmations(text: str) -> Iterator[Values]:
    for position, raw in enumerate(json.loads(text)):
        yield {
            "position": position,
            "digest": raw["digest"],
            "command_key": raw["order"],
            "actor": raw["actor"],
            "until": datetime.fromisoformat(raw["until"]),
            "used": raw["used"],
        }


def _replies(text: str) -> Iterator[Values]:
    for position, at in enumerate(json.loads(text)):
        yield {"position": position, "at": datetime.fromisoformat(at)}


def _jobs(facts: Facts) -> list[Values]:
    moment = datetime.fromisoformat
    jobs = [
        {"job": "links", "thread": "", "at": _value(facts, "links:checked", moment), "position": 0},
        {
            "job": "site_scan",
            "thread": "",
            "at": _value(facts, "site:looked", moment),
            "position": _value(facts, "site:turn", int, 0),
        },
        {
            "job": "site_highlights",
            "thread": "",
            "at": None,
            "position": _value(facts, "site:highlights", int, 0),
        },
    ]
    return [job for job in jobs if job["at"] or job["position"]] + _each(facts, "highlights:", _looked)


def _looked(thread: str, text: str) -> Iterator[Values]:
    at, position = json.loads(text)
    yield {"job": "highlights", "thread": thread, "at": datetime.fromisoformat(at), "position": int(position)}
