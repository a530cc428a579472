"""The forms that both APIs take: a post, new or edited, and the account's settings. No I/O."""

from collections.abc import Iterable

from megabot.forum.models import PostDraft, Tag

Form = dict[str, object]

SHOW_EVERYTHING: Form = {
    "show_nsfw": True,
    "show_read_posts": True,
    "show_bot_accounts": True,
    "discussion_languages": [],
    "bot_account": True,
}
"""The settings of an account that sees all it must see, its own posts above all."""

SHOW_EVERYTHING_V4 = SHOW_EVERYTHING | {
    "hide_posts_with_media": False,
    "default_post_time_range_seconds": 0,  # erases it
    "blocking_keywords": [],
    "private_messages_enabled": True,
}
"""The same with the settings that 1.0 added, its messages among them."""


def new_post(community_id: int, draft: PostDraft, tags: Iterable[Tag] = ()) -> Form:
    """Write a new post; what is empty is left out, because an empty link is an error here."""
    form: Form = {"community_id": community_id, "name": draft.title, "nsfw": draft.nsfw}
    optional = {
        "body": draft.body,
        "url": draft.link,
        "custom_thumbnail": draft.thumbnail,
        "alt_text": draft.alt_text,
    }
    return form | {name: value for name, value in optional.items() if value} | _language(draft) | _ids(tags)


def edited_post(post_id: int, draft: PostDraft, tags: Iterable[Tag] = ()) -> Form:
    """Write the whole post: "" erases, and the thumbnail is sent each time, else the server makes a new one.

    Without tags, the post keeps those that it has.
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
