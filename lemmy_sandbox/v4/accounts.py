"""The v4 calls about the own account: fields in, views out; the rules are in `accounts`."""

import base64
import json

from lemmy_sandbox.calls import accounts as calls_accounts
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.fixed_fields import fixed_fields
from lemmy_sandbox.languages import every_id
from lemmy_sandbox.records import Person
from lemmy_sandbox.rules import accounts
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v4 import rows
from lemmy_sandbox.v4.fields import LISTING_TYPES, POST_SORTS, v3_word, v4_word

_PARTS = 3


def validate(call: Call) -> Json:
    """GET /account/validate_auth; what is wrong with a token stands in the cause."""
    if call.caller is None:
        raise Refusal("not_logged_in", cause=_what_is_wrong(call))
    return {"success": True}


def read(call: Call) -> Json:
    """GET /account."""
    world, person = call.world, call.person()
    row = rows.person(world, person)
    blocked = (world.people[number] for number in sorted(person.blocked))
    return {
        "local_user_view": {
            "local_user": _account(person),
            "person": row,
            "banned": person.banned,
            "ban_expires_at": None,
        },
        "follows": [
            {"community": rows.community(world, community), "follower": row}
            for community in world.followed_by(person)
        ],
        "moderates": call.seats_of(person),
        "multi_community_follows": [],
        "community_blocks": [],
        "instance_communities_blocks": [],
        "instance_persons_blocks": [],
        "person_blocks": [rows.person(world, target) for target in blocked],
        "keyword_blocks": [],
        "discussion_languages": sorted(person.settings.languages or every_id()),
    }


def save_settings(call: Call) -> Json:
    """PUT /account/settings/save."""
    sort = call.fields.choice_or_none("default_post_sort_type", POST_SORTS)
    listing_type = call.fields.choice_or_none("default_listing_type", LISTING_TYPES)
    sort = "TopAll" if sort == "top" else sort and v3_word(sort)
    return calls_accounts.save_settings(call, sort, listing_type and v3_word(listing_type))


def _what_is_wrong(call: Call) -> str | None:
    """Say it as the server's JWT library does; of one that is in order only the database knows."""
    token = call.token
    if token is None:
        return None
    if token in call.world.tokens:
        return "ExpiredSignature"
    parts = token.split(".")
    if len(parts) != _PARTS:
        return "InvalidToken"
    try:
        json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError:
        return "JSON error: expected value at line 1 column 1"
    return None if accounts.is_signed_here(token) else "InvalidSignature"


def _account(person: Person) -> Json:
    settings = person.settings
    sort = "top" if settings.default_sort_type.startswith("Top") else v4_word(settings.default_sort_type)
    return without_none(
        {
            "id": person.account_id,
            "person_id": person.id,
            "show_nsfw": settings.show_nsfw,
            "default_post_sort_type": sort,
            "default_post_time_range_seconds": settings.default_post_time_range_seconds,
            "default_listing_type": v4_word(settings.default_listing_type),
            "show_bot_accounts": settings.show_bot_accounts,
            "show_read_posts": settings.show_read_posts,
            "admin": person.admin,
            "totp_2fa_enabled": person.totp_secret is not None,
            **fixed_fields("v4 account"),
            "private_messages_enabled": settings.private_messages_enabled,
            "last_donation_notification_at": time(person.published),
        }
    )
