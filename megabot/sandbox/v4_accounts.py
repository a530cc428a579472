"""The v4 calls about the own account: fields in, views out; the rules are in `accounts`."""

import base64
import json

from megabot.sandbox import accounts, v4_rows, v4_views
from megabot.sandbox.accounts import SettingsChange
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.languages import every_id
from megabot.sandbox.records import Person
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.rows import time, without_none
from megabot.sandbox.v4_fields import LISTING_TYPES, POST_SORTS, v3_word, v4_word
from megabot.sandbox.world import World

_PARTS = 3

# What the recorded server said and nothing in the sandbox changes.
_FIXED_ACCOUNT: Json = {
    "theme": "browser",
    "interface_language": "browser",
    "show_avatars": True,
    "send_notifications_to_email": False,
    "email_verified": False,
    "accepted_application": True,
    "open_links_in_new_tab": False,
    "blur_nsfw": True,
    "infinite_scroll_enabled": False,
    "post_listing_mode": "list",
    "animated_images_enabled": True,
    "collapse_bot_comments": False,
    "default_comment_sort_type": "hot",
    "auto_mark_fetched_posts_as_read": False,
    "hide_posts_with_media": False,
    "show_score": False,
    "show_upvotes": True,
    "show_downvotes": "show",
    "show_upvote_percentage": False,
    "show_person_votes": True,
    "default_items_per_page": 20,
    "show_media": True,
}


def login(ask: Ask) -> Json:
    """POST /account/auth/login."""
    name, password = ask.fields.text("username_or_email"), ask.fields.text("password")
    code, stays = ask.fields.text_or_none("totp_2fa_token"), ask.fields.flag_or_none("stay_logged_in")
    return _signed_in(accounts.login(ask.world, name, password, code, stays=bool(stays)))


def register(ask: Ask) -> Json:
    """POST /account/auth/register."""
    name, password = ask.fields.text("username"), ask.fields.text("password")
    return _signed_in(accounts.register(ask.world, name, password, ask.fields.text("password_verify")))


def logout(ask: Ask) -> Json:
    """POST /account/auth/logout."""
    ask.person()
    accounts.logout(ask.world, ask.token or "")
    return {"success": True}


def validate(ask: Ask) -> Json:
    """GET /account/validate_auth; what is wrong with a token stands in the cause."""
    if ask.caller is None:
        raise Refusal("not_logged_in", cause=_what_is_wrong(ask))
    return {"success": True}


def read(ask: Ask) -> Json:
    """GET /account."""
    person = ask.person()
    return {
        "local_user_view": {
            "local_user": _account(person),
            "person": v4_rows.person(ask.world, person),
            "banned": person.banned,
            "ban_expires_at": None,
        },
        "follows": _follows(ask.world, person),
        "moderates": v4_views.seats_of(ask.world, person),
        "multi_community_follows": [],
        "community_blocks": [],
        "instance_communities_blocks": [],
        "instance_persons_blocks": [],
        "person_blocks": [v4_rows.person(ask.world, one) for one in _blocked(ask.world, person)],
        "keyword_blocks": [],
        "discussion_languages": sorted(person.settings.languages or every_id()),
    }


def save_settings(ask: Ask) -> Json:
    """PUT /account/settings/save."""
    fields, person = ask.fields, ask.person()
    sort = fields.choice_or_none("default_post_sort_type", POST_SORTS)
    listing_type = fields.choice_or_none("default_listing_type", LISTING_TYPES)
    change = SettingsChange(
        show_nsfw=fields.flag_or_none("show_nsfw"),
        show_bot_accounts=fields.flag_or_none("show_bot_accounts"),
        show_read_posts=fields.flag_or_none("show_read_posts"),
        bot_account=fields.flag_or_none("bot_account"),
        display_name=fields.text_or_none("display_name"),
        default_sort_type=sort and ("TopAll" if sort == "top" else v3_word(sort)),
        default_listing_type=listing_type and v3_word(listing_type),
        languages=fields.numbers_or_none("discussion_languages"),
        default_post_time_range_seconds=fields.number_or_none("default_post_time_range_seconds"),
        private_messages_enabled=fields.flag_or_none("private_messages_enabled"),
    )
    accounts.save_settings(ask.world, person, change)
    return {"success": True}


def _signed_in(token: str) -> Json:
    return {"jwt": token, "registration_created": False, "verify_email_sent": False}


def _what_is_wrong(ask: Ask) -> str | None:
    """Say it as the server's JWT library does; of one that is in order only the database knows."""
    token = ask.token
    if token is None:
        return None
    if token in ask.world.tokens:
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
            **_FIXED_ACCOUNT,
            "private_messages_enabled": settings.private_messages_enabled,
            "last_donation_notification_at": time(person.published),
        }
    )


def _blocked(world: World, person: Person) -> list[Person]:
    return [world.people[number] for number in sorted(person.blocked)]


def _follows(world: World, person: Person) -> list[Json]:
    kept = (one for one in world.communities.values() if person.id in one.followers and not one.is_gone)
    return [
        {
            "community": v4_rows.community(world, community),
            "follower": v4_rows.person(world, person),
        }
        for community in kept
    ]
