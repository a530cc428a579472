"""What is sent over API v4 alone: tags of a post, and the settings that 1.0 added. No I/O."""

from collections.abc import Iterable

from megabot.adapters import lemmy_forms
from megabot.adapters.lemmy_forms import Form
from megabot.core.posts import PostDraft, Tag

SHOW_EVERYTHING: Form = {
    "show_nsfw": True,
    "show_read_posts": True,
    "show_bot_accounts": True,
    "hide_posts_with_media": False,
    "default_post_time_range_seconds": 0,  # erases it
    "blocking_keywords": [],
    "discussion_languages": [],
    "private_messages_enabled": True,
    "bot_account": True,
}
"""The settings of an account that sees all it must see, its own posts and its messages above all."""


def new_post(community_id: int, draft: PostDraft, tags: Iterable[Tag]) -> Form:
    """Write a new post."""
    return lemmy_forms.new_post(community_id, draft) | _ids(tags)


def edited_post(post_id: int, draft: PostDraft, tags: Iterable[Tag]) -> Form:
    """Write a whole post anew. No tags means that they stay as they are."""
    return lemmy_forms.edited_post(post_id, draft) | _ids(tags)


def _ids(tags: Iterable[Tag]) -> Form:
    numbers = sorted({tag.id for tag in tags})
    return {"tags": numbers} if numbers else {}
