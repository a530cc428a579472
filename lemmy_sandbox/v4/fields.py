"""Fields that several v4 calls share. v4 uses lower case for the words that the rules know by v3's names."""

from datetime import datetime, timedelta

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Fields

LISTING_TYPES = ("all", "local", "subscribed", "moderator_view", "suggested")
POST_SORTS = (
    "active", "hot", "new", "old", "top", "most_comments", "new_comments", "controversial", "scaled",
)  # fmt: skip
COMMENT_SORTS = ("hot", "top", "new", "old", "controversial")


def v3_word(word: str) -> str:
    """Return a v4 word in v3's spelling, which the rules use."""
    return "".join(part.capitalize() for part in word.split("_"))


def v4_word(word: str) -> str:
    """Return a v3 word in v4's spelling."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word).lstrip("_")


def post_sort_or_none(fields: Fields) -> str | None:
    """Return the sort for posts; the period of Top is a separate field in v4."""
    word = fields.choice_or_none("sort", POST_SORTS)
    return "TopAll" if word == "top" else word and v3_word(word)


def listing_type(call: Call, community_id: int | None = None) -> str:
    """Return the listing type; for one community it is always All."""
    chosen = call.fields.choice_or_none("type_", LISTING_TYPES)
    if community_id is not None:
        return "All"
    if chosen is None:
        return call.caller.settings.default_listing_type if call.caller else "Local"
    return v3_word(chosen)


def not_before(call: Call) -> datetime | None:
    """Return the oldest time to list; without the field the account's setting applies, and 0 is no limit."""
    # Callers that need all items must pass 0 (lemmy-api 2.6).
    seconds = call.fields.number_or_none("time_range_seconds")
    if seconds is None and call.caller is not None:
        seconds = call.caller.settings.default_post_time_range_seconds
    return call.world.now() - timedelta(seconds=seconds) if seconds else None


def creator_id(call: Call) -> int | None:
    """Return the author to list by, given by id or by name."""
    name = call.fields.text_or_none("creator_username")
    return call.fields.number_or_none("creator_id") if name is None else call.person_called(name).id
