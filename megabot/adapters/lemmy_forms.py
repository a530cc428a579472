"""What is sent to create and to edit a post: both APIs spell it alike. No I/O."""

from megabot.core.posts import PostDraft

Form = dict[str, object]


def new_post(community_id: int, draft: PostDraft) -> Form:
    """Write a new post; what is empty is left out, because an empty link is an error here."""
    form: Form = {"community_id": community_id, "name": draft.title, "nsfw": draft.nsfw}
    optional = {
        "body": draft.body,
        "url": draft.link,
        "custom_thumbnail": draft.thumbnail,
        "alt_text": draft.alt_text,
    }
    return form | {name: value for name, value in optional.items() if value} | _language(draft)


def edited_post(post_id: int, draft: PostDraft) -> Form:
    """Write a whole post anew: "" erases, and the thumbnail is sent each time or else it is made anew."""
    form: Form = {
        "post_id": post_id,
        "name": draft.title,
        "body": draft.body,
        "url": draft.link,
        "alt_text": draft.alt_text,
        "nsfw": draft.nsfw,
    }
    return form | ({"custom_thumbnail": draft.thumbnail} if draft.thumbnail else {}) | _language(draft)


def _language(draft: PostDraft) -> Form:
    return {} if draft.language_id is None else {"language_id": draft.language_id}
