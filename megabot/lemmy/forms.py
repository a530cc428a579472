"""The forms that both APIs accept: a new or edited post, and account settings. No I/O."""

from collections.abc import Iterable

from megabot.forum.models import PostDraft, Tag

Form = dict[str, object]

SHOW_EVERYTHING: Form = {
    "show_nsfw": True,
    # The server marks own posts as read when they are created (lemmy-api 2.6).
    "show_read_posts": True,
    # Without it, a bot does not see itself (lemmy-api 2.6).
    "show_bot_accounts": True,
    # [] means all. Otherwise own posts in other languages are hidden (lemmy-api 2.5).
    "discussion_languages": [],
    "bot_account": True,
}
"""Account settings that hide nothing from the bot, above all not its own posts (lemmy-api 2.6)."""

SHOW_EVERYTHING_V4 = SHOW_EVERYTHING | {
    "hide_posts_with_media": False,
    "default_post_time_range_seconds": 0,  # 0 removes the setting
    "blocking_keywords": [],
    "private_messages_enabled": True,
}
"""The same for 1.0, which has more settings that hide posts or refuse messages."""


def new_post(community_id: int, draft: PostDraft, tags: Iterable[Tag] = ()) -> Form:
    """Return the form of a new post, without empty fields, because an empty link is an error here."""
    form: Form = {"community_id": community_id, "name": draft.title, "nsfw": draft.nsfw}
    optional = {
        "body": draft.body,
        "url": draft.link,
        "custom_thumbnail": draft.thumbnail,
        "alt_text": draft.alt_text,
    }
    return form | {name: value for name, value in optional.items() if value} | _language(draft) | _ids(tags)


def edited_post(post_id: int, draft: PostDraft, tags: Iterable[Tag] = ()) -> Form:
    """Return the form of a whole post. "" erases a field.

    The thumbnail is sent every time, else the server makes a new one (lemmy-api 2.8). Without tags, the post
    keeps those that it has.
    """
    form: Form = {
        "post_id": post_id,
        "name": draft.title,
        "body": draft.body,
        "url": draft.link,
        "alt_text": draft.alt_text,
        "nsfw": draft.nsfw,
    }
    thumbnail = {"custom_thumbnail": draft.thumbnail} if draft.thumbnail else {}
    return form | thumbnail | _language(draft) | _ids(tags)


def _language(draft: PostDraft) -> Form:
    return {} if draft.language_id is None else {"language_id": draft.language_id}


def _ids(tags: Iterable[Tag]) -> Form:
    numbers = sorted({tag.id for tag in tags})
    return {"tags": numbers} if numbers else {}
