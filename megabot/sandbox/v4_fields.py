"""Fields that several v4 calls read alike; v4 spells in small letters what the rules know by v3's names."""

from datetime import datetime, timedelta

from megabot.sandbox.fields import Ask, Fields
from megabot.sandbox.records import Community, Person
from megabot.sandbox.refusal import NOT_IN_DATABASE, Refusal

LISTING_TYPES = ("all", "local", "subscribed", "moderator_view", "suggested")
POST_SORTS = (
    "active", "hot", "new", "old", "top", "most_comments", "new_comments", "controversial", "scaled",
)  # fmt: skip
COMMENT_SORTS = ("hot", "top", "new", "old", "controversial")


def v3_word(word: str) -> str:
    """Spell a word of v4's as v3 does, and as the rules do."""
    return "".join(part.capitalize() for part in word.split("_"))


def v4_word(word: str) -> str:
    """Spell a word of v3's as v4 does."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word).lstrip("_")


def post_sort_or_none(fields: Fields) -> str | None:
    """Read how posts are to be sorted; a period is a field of its own here."""
    word = fields.choice_or_none("sort", POST_SORTS)
    return "TopAll" if word == "top" else word and v3_word(word)


def listing_type(ask: Ask, community_id: int | None = None) -> str:
    """Read the listing type: with a community it is always all of it."""
    chosen = ask.fields.choice_or_none("type_", LISTING_TYPES)
    if community_id is not None:
        return "All"
    return v3_word(chosen or usual_listing_type(ask))


def usual_listing_type(ask: Ask) -> str:
    """Give the listing type of who asks for none."""
    return v4_word(ask.caller.settings.default_listing_type) if ask.caller else "local"


def not_before(ask: Ask) -> datetime | None:
    """Read how old things may be; without a word the account's setting decides, and 0 is no limit."""
    seconds = ask.fields.number_or_none("time_range_seconds")
    if seconds is None and ask.caller is not None:
        seconds = ask.caller.settings.default_post_time_range_seconds
    return ask.world.now() - timedelta(seconds=seconds) if seconds else None


def community_id_or_none(ask: Ask) -> int | None:
    """Read which community a list is of, by id or by name."""
    name = ask.fields.text_or_none("community_name")
    return ask.fields.number_or_none("community_id") if name is None else community_called(ask, name).id


def community_called(ask: Ask, name: str) -> Community:
    """Find a community by `name` or `name@host`; a signed-in caller makes the server ask the other host."""
    found = ask.world.community_called(name, fetches=ask.caller is not None)
    if found is None:
        raise _unknown_name(ask, name)
    return found


def person_called(ask: Ask, name: str) -> Person:
    """Find a person likewise."""
    found = ask.world.person_called(name, fetches=ask.caller is not None)
    if found is None:
        raise _unknown_name(ask, name)
    return found


def _unknown_name(ask: Ask, name: str) -> Refusal:
    host = name.partition("@")[2]
    if host in {"", ask.world.hostname} or ask.caller is None:
        return Refusal("not_found", cause=NOT_IN_DATABASE)
    url = f"http://{host}/.well-known/webfinger?resource=acct:{name}"
    return Refusal("unknown", message=f"error sending request for url ({url})")


def person_id_or_none(ask: Ask, number_name: str, text_name: str) -> int | None:
    """Read whose things a list is of, by id or by name."""
    name = ask.fields.text_or_none(text_name)
    return ask.fields.number_or_none(number_name) if name is None else person_called(ask, name).id
