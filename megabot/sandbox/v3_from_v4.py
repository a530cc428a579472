"""What a 1.0 makes of its v4 answers for the stump of v3, with its lies."""

from typing import Any

from megabot.sandbox.fields import Json
from megabot.sandbox.rows import without_none

_RENAMED = {
    "published_at": "published",
    "updated_at": "updated",
    "ap_id": "actor_id",
    "summary": "description",
}
_DUMMY_INBOX = "http://example.com/"
_PEOPLE = ("id", "name", "display_name", "published_at", "ap_id", "local", "deleted", "bot_account")
_COMMUNITIES = (
    "id", "name", "title", "summary", "removed", "published_at", "updated_at", "deleted", "nsfw", "ap_id",
    "local", "posting_restricted_to_mods", "instance_id",
)  # fmt: skip
_POSTS = (
    "id", "name", "url", "body", "creator_id", "community_id", "removed", "locked", "published_at",
    "updated_at", "deleted", "nsfw", "thumbnail_url", "local", "language_id", "featured_community",
    "featured_local", "url_content_type", "alt_text",
)  # fmt: skip
_COMMENTS = (
    "id", "creator_id", "post_id", "content", "removed", "published_at", "updated_at", "deleted", "local",
    "path", "distinguished", "language_id",
)  # fmt: skip
_ACTIVITY = ("users_active_day", "users_active_week", "users_active_month", "users_active_half_year")
_CONTENT = ("posts", "comments")
_LOCAL_SITE = (
    "site_id", "site_setup", "community_creation_admin_only", "application_question", "private_instance",
    "default_theme", "application_email_admins", "slur_filter_regex", "federation_enabled", "published_at",
    "updated_at", "reports_email_admins", "federation_signed_fetch",
)  # fmt: skip
_ACCOUNTS = (
    "id", "person_id", "show_nsfw", "theme", "interface_language", "show_avatars",
    "send_notifications_to_email", "show_bot_accounts", "show_read_posts", "email_verified",
    "accepted_application", "open_links_in_new_tab", "blur_nsfw", "infinite_scroll_enabled",
    "totp_2fa_enabled", "collapse_bot_comments",
)  # fmt: skip
_LIMITS = ("message", "post", "register", "image", "comment", "search", "import_user_settings")


def items(answer: Json) -> list[Any]:
    """Give what a list of v4 holds."""
    found: Any = answer["items"]
    return list(found)


def person(new: Any) -> Json:  # noqa: ANN401 - JSON of v4
    """Turn a person: nobody is banned."""
    return {**_taken(new, _PEOPLE), "banned": False, "instance_id": 0}


def person_view(new: Any) -> Json:  # noqa: ANN401
    """Turn a view of a person: nobody is an admin."""
    return {"person": person(new["person"]), "counts": _person_counts(new["person"]), "is_admin": False}


def community(new: Any) -> Json:  # noqa: ANN401
    """Turn a community: every one is public."""
    return {**_taken(new, _COMMUNITIES), "hidden": False, "visibility": "Public"}


def community_view(new: Any) -> Json:  # noqa: ANN401
    """Turn a view of a community."""
    row, mine = new["community"], new.get("community_actions", {})
    counts = {
        name: row[name] for name in ("subscribers", "posts", "comments", *_ACTIVITY, "subscribers_local")
    }
    return {
        "community": community(row),
        "subscribed": "Subscribed" if "follow_state" in mine else "NotSubscribed",
        "blocked": False,
        "counts": {"community_id": row["id"], "published": row["published_at"], **counts},
        "banned_from_community": "received_ban_at" in mine,
    }


def post_view(new: Any) -> Json:  # noqa: ANN401
    """Turn a view of a post: no comment is unread, and nobody subscribes."""
    row, mine = new["post"], new.get("post_actions", {})
    # The server dates the newest comment with the present; which of the two nobody can rely on.
    newest = row.get("newest_comment_time_at", row["published_at"])
    return {
        "post": _post(row),
        **_around(new),
        "banned_from_community": "received_ban_at" in new.get("community_actions", {}),
        "counts": {
            "post_id": row["id"],
            "comments": row["comments"],
            **_votes(row),
            "newest_comment_time": newest,
        },
        "read": "read_at" in mine,
        "hidden": False,
        "unread_comments": 0,
        **_own_vote(mine),
    }


def comment_view(new: Any) -> Json:  # noqa: ANN401
    """Turn a view of a comment."""
    row = new["comment"]
    return {
        "comment": {**_taken(row, _COMMENTS), "ap_id": row["ap_id"]},
        "post": _post(new["post"]),
        **_around(new),
        "banned_from_community": False,
        "counts": {"comment_id": row["id"], **_votes(row), "child_count": row["child_count"]},
        **_own_vote(new.get("comment_actions", {})),
    }


def post_answer(new: Any) -> Json:  # noqa: ANN401
    """Turn the answer to what is done to a post."""
    return {"post_view": post_view(new["post_view"])}


def comment_answer(new: Any) -> Json:  # noqa: ANN401
    """Turn the answer to what is done to a comment; it told nobody, as far as it says."""
    return {"comment_view": comment_view(new["comment_view"]), "recipient_ids": []}


def community_answer(new: Any) -> Json:  # noqa: ANN401
    """Turn the answer to what is done to a community."""
    view = community_view(new["community_view"])
    return {"community_view": view, "discussion_languages": new["discussion_languages"]}


def post_details(new: Any) -> Json:  # noqa: ANN401
    """Turn an opened post: nobody moderates it."""
    return {
        **post_answer(new),
        "community_view": community_view(new["community_view"]),
        "moderators": [],
        "cross_posts": [post_view(other) for other in new["cross_posts"]],
    }


def community_details(new: Any) -> Json:  # noqa: ANN401
    """Turn an opened community; here the moderators are the real ones."""
    seats = [
        {"community": community(seat["community"]), "moderator": person(seat["moderator"])}
        for seat in new["moderators"]
    ]
    return {**community_answer(new), "site": site(new["site"]), "moderators": seats}


def search_answer(new: Any, kind: str) -> Json:  # noqa: ANN401
    """Turn what was found: of every kind, whatever was asked for."""
    return {
        "type_": kind,
        "comments": [comment_view(one) for one in new["comments"]],
        "posts": [post_view(one) for one in new["posts"]],
        "communities": [community_view(one) for one in new["communities"]],
        "users": [person_view(one) for one in new["persons"]],
    }


def resolved(new: Any) -> Json:  # noqa: ANN401
    """Turn what an address stands for."""
    turn = {"post": post_view, "comment": comment_view, "community": community_view, "person": person_view}
    return {new["type_"]: turn[new["type_"]](new)}


def site(new: Any) -> Json:  # noqa: ANN401
    """Turn the site."""
    return {
        **_taken(new, ("id", "name", "published_at", "updated_at", "ap_id")),
        "last_refreshed_at": new["last_refreshed_at"],
        "inbox_url": _DUMMY_INBOX,
        "public_key": "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n",
        "instance_id": 0,
    }


def site_answer(new: Any, mine: Any, *, now: str) -> Json:  # noqa: ANN401
    """Turn what the server says of itself, and what is known of the caller: no seat, no admin's rights."""
    row = new["site_view"]["local_site"]
    counted = {name: row[name] for name in ("users", "posts", "comments", "communities", *_ACTIVITY)}
    return {
        "site_view": {
            "site": site(new["site_view"]["site"]),
            "local_site": _local_site(row),
            "local_site_rate_limit": _limits(now),
            "counts": {"site_id": row["site_id"], **counted},
        },
        "admins": [person_view(one) for one in new["admins"]],
        "version": new["version"],
        **({"my_user": _my_user(mine)} if mine else {}),
        "all_languages": new["all_languages"],
        "discussion_languages": new["discussion_languages"],
        "taglines": [],
        "custom_emojis": [],
        "blocked_urls": [_taken(one, ("id", "url", "published_at")) for one in new["blocked_urls"]],
    }


def _local_site(row: Any) -> Json:  # noqa: ANN401
    return {
        **_taken(row, _LOCAL_SITE),
        "id": 0,
        "require_email_verification": row["email_verification_required"],
        "registration_mode": "Open",
        "enable_downvotes": True,
        "enable_nsfw": True,
        "default_post_listing_type": "Local",
        "hide_modlog_mod_names": True,
        "actor_name_max_length": 20,
        "captcha_enabled": False,
        "captcha_difficulty": "",
        "default_post_listing_mode": "List",
        "default_sort_type": "Active",
    }


def _limits(now: str) -> Json:
    """Give the limits: none is known."""
    nothing = {name: 0 for bucket in _LIMITS for name in (bucket, f"{bucket}_per_second")}
    return {"local_site_id": 0, "published": now, **nothing}


def _my_user(mine: Any) -> Json:  # noqa: ANN401
    account, row = mine["local_user_view"]["local_user"], mine["local_user_view"]["person"]
    return {
        "local_user_view": {
            "local_user": {
                **_taken(account, _ACCOUNTS),
                "default_sort_type": "Active",
                "default_listing_type": "Local",
                "post_listing_mode": "List",
                "show_scores": False,
                "auto_expand": False,
                "admin": False,
                "enable_keyboard_navigation": False,
                "enable_animated_images": account["animated_images_enabled"],
                "last_donation_notification": account["last_donation_notification_at"],
            },
            "local_user_vote_display_mode": {
                "local_user_id": account["id"],
                "score": False,
                "upvotes": True,
                "downvotes": True,
                "upvote_percentage": False,
            },
            "person": person(row),
            "counts": _person_counts(row),
        },
        "follows": [],
        "moderates": [],
        "community_blocks": [],
        "instance_blocks": [],
        "person_blocks": [],
        "discussion_languages": [],
    }


def _person_counts(row: Any) -> Json:  # noqa: ANN401
    return {"person_id": row["id"], "post_count": row["post_count"], "comment_count": row["comment_count"]}


def _post(row: Any) -> Json:  # noqa: ANN401
    return {**_taken(row, _POSTS), "ap_id": row["ap_id"]}


def _around(new: Any) -> Json:  # noqa: ANN401
    return {
        "creator": person(new["creator"]),
        "community": community(new["community"]),
        "creator_banned_from_community": new["creator_banned_from_community"],
        "creator_is_moderator": new["creator_is_moderator"],
        "creator_is_admin": new["creator_is_admin"],
        "subscribed": "NotSubscribed",
        "saved": False,
        "creator_blocked": False,
    }


def _votes(row: Any) -> Json:  # noqa: ANN401
    return {
        **{name: row[name] for name in ("score", "upvotes", "downvotes")},
        "published": row["published_at"],
    }


def _own_vote(mine: Any) -> Json:  # noqa: ANN401
    if "vote_is_upvote" not in mine:
        return {}
    return {"my_vote": 1 if mine["vote_is_upvote"] else -1}


def _taken(new: Any, names: tuple[str, ...]) -> Json:  # noqa: ANN401
    """Take fields over under v3's names."""
    return without_none({_RENAMED.get(name, name): new.get(name) for name in names})
