"""Parse the answers of API v4. No I/O.

Shapes as recorded from 1.0.0-beta.1. 1.0 omits empty fields (url, body, thumbnail); they become "".
"""

from collections.abc import Callable
from typing import TypeVar

from megabot.forum.models import (
    Account,
    Comment,
    Community,
    CommunityRef,
    Feature,
    Person,
    PinEvent,
    Post,
    PostLimit,
    Site,
    Tag,
    Unread,
)
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson, parent
from megabot.lemmy.paging import Page

T = TypeVar("T")

PIN_KINDS = {
    "mod_feature_post_community": Feature.COMMUNITY,
    "admin_feature_post_site": Feature.LOCAL,
}
"""The mod log's names for the kinds of pins."""

_SHOWING = ("show_nsfw", "show_bot_accounts", "show_read_posts")
_MEDIA = "hide_posts_with_media"
_RANGE = "default_post_time_range_seconds"
_WORDS = "blocking_keywords"
_LANGUAGES = "discussion_languages"


def list_reader(read: Callable[[JsonObject], T]) -> Callable[[JsonObject], Page[T]]:
    """Return a reader for one page of a list, in the server's order, from a reader for one item."""
    return lambda answer: Page(
        tuple(read(item) for item in answer.children("items")), after=answer.text("next_page", "")
    )


def site(answer: JsonObject) -> Site:
    view = answer.child("site_view")
    about = view.child("site")
    return Site(
        actor=about.text("ap_id"),
        name=about.text("name", ""),
        version=answer.text("version"),
        languages={
            language.text("code"): language.number("id") for language in answer.children("all_languages")
        },
        admins=tuple(person(admin.child("person"), admin=True) for admin in answer.children("admins")),
        post_limit=_post_limit(view.maybe("local_site_rate_limit")),
    )


def _post_limit(limits: JsonObject | None) -> PostLimit | None:
    names = ("post_max_requests", "post_interval_seconds")
    posts, seconds = (limits.number(name, 0) if limits else 0 for name in names)
    return PostLimit(posts=posts, seconds=seconds, at_once=True) if min(posts, seconds) > 0 else None


def account(answer: JsonObject, languages: dict[str, int]) -> Account:
    """Return the account from GET /account; `languages` are all that the server knows."""
    view = answer.child("local_user_view")
    settings, who = view.child("local_user"), view.child("person")
    reads = answer.numbers(_LANGUAGES)
    if set(reads) >= set(languages.values()):  # all languages, so the setting hides nothing
        reads = ()
    hides = [name for name in _SHOWING if not settings.flag(name, default=True)]
    hides += [_MEDIA] if settings.flag(_MEDIA) else []
    hides += [_RANGE] if settings.number(_RANGE, 0) else []
    hides += [] if answer.is_empty("keyword_blocks") else [_WORDS]
    hides += [_LANGUAGES] if reads else []
    return Account(
        person=person(who, admin=settings.flag("admin")),
        moderates=tuple(_place(seat.child("community")) for seat in answer.children("moderates")),
        hiding_settings=tuple(hides),
        languages=reads,
    )


def person(who: JsonObject, *, admin: bool = False) -> Person:
    return Person(
        id=who.number("id"),
        name=who.text("name"),
        actor=who.text("ap_id"),
        bot=who.flag("bot_account"),
        admin=admin,
    )


def unread(answer: JsonObject) -> Unread:
    """Return the inbox count. It is required, because only a live token gets it."""
    return Unread(notices=answer.number("notification_count"))


def _place(about: JsonObject) -> CommunityRef:
    return CommunityRef(
        id=about.number("id"),
        name=about.text("name"),
        actor=about.text("ap_id"),
        local=about.flag("local", default=None),
        nsfw=about.flag("nsfw"),
    )


def community(answer: JsonObject) -> Community:
    view = answer.child("community_view")
    about, mine = view.child("community"), view.maybe("community_actions")
    return Community(
        id=about.number("id"),
        name=about.text("name"),
        title=about.text("title", ""),
        actor=about.text("ap_id"),
        local=about.flag("local", default=None),
        nsfw=about.flag("nsfw"),
        removed=about.flag("removed"),
        deleted=about.flag("deleted"),
        moderators_only=about.flag("posting_restricted_to_mods"),
        banned=mine is not None and mine.text("received_ban_at", "") != "",
        moderators=tuple(person(seat.child("moderator")) for seat in answer.children("moderators")),
        languages=answer.numbers(_LANGUAGES),
        tags=_tags(view),
        followed=mine is not None and mine.text("follow_state", "") != "",
    )


def written_post(answer: JsonObject) -> Post:
    return post(answer.child("post_view"))


def post_and_tags(answer: JsonObject) -> tuple[Post, tuple[Tag, ...]]:
    """Return an opened post and the tags that its community offers."""
    return written_post(answer), _tags(answer.child("community_view"))


def found_post(answer: JsonObject) -> Post:
    """Return the post at an address; raise `UnexpectedJson` if the address leads to something else."""
    if answer.text("type_") != "post":
        raise UnexpectedJson("the address does not lead to a post")
    return post(answer)


def found_person(answer: JsonObject) -> Person:
    return person(answer.child("person_view").child("person"))


def uploaded_url(answer: JsonObject) -> str:
    return answer.text("image_url")


def post(view: JsonObject) -> Post:
    creator = person(view.child("creator"), admin=view.flag("creator_is_admin"))
    return _plain(view.child("post"), creator, moderator=view.flag("creator_is_moderator"), tags=_tags(view))


def own_item(item: JsonObject) -> Post | Comment:
    """Return a post or comment from the list of a user's content."""
    return _comment(item) if item.text("type_") == "comment" else post(item)


def written_comment(answer: JsonObject) -> Comment:
    return _comment(answer.child("comment_view"))


def removed_post(entry: JsonObject, author: Person) -> Post | None:
    """Return the post in a removal entry of the mod log; None if the post is gone."""
    about = entry.maybe("target_post")
    return None if about is None else _plain(about, author)


def pin_event(entry: JsonObject) -> PinEvent:
    """Return a pin event. 1.0 names the moderator only to the community's moderators (lemmy-api 2.2)."""
    log, moderator = entry.child("modlog"), entry.maybe("moderator")
    kind = PIN_KINDS.get(log.text("kind"))
    if kind is None:
        raise UnexpectedJson("an entry of the log is not about a pin")
    return PinEvent(
        post_id=entry.child("target_post").number("id"),
        featured=not log.flag("is_revert", default=None),
        kind=kind,
        when=log.time("published_at"),
        by=None if moderator is None else moderator.number("id"),
    )


def _tags(view: JsonObject) -> tuple[Tag, ...]:
    rows = [tag for tag in view.children("tags") if not tag.flag("deleted")]
    return tuple(
        Tag(id=tag.number("id"), name=tag.text("name"), title=tag.text("display_name", tag.text("name")))
        for tag in rows
    )


def _plain(
    about: JsonObject, creator: Person, *, moderator: bool = False, tags: tuple[Tag, ...] | None = None
) -> Post:
    return Post(
        id=about.number("id"),
        title=about.text("name"),
        body=about.text("body", ""),
        url=about.text("ap_id"),
        creator=creator,
        community_id=about.number("community_id"),
        published=about.time("published_at"),
        removed=about.flag("removed"),
        deleted=about.flag("deleted"),
        locked=about.flag("locked"),
        featured_community=about.flag("featured_community"),
        featured_local=about.flag("featured_local"),
        comments=about.number("comments", 0),
        creator_is_moderator=moderator,
        federation_pending=about.flag("federation_pending"),
        link=about.text("url", ""),
        thumbnail=about.text("thumbnail_url", ""),
        alt_text=about.text("alt_text", ""),
        tags=tags,
    )


def _comment(view: JsonObject) -> Comment:
    comment = view.child("comment")
    return Comment(
        id=comment.number("id"),
        post_id=comment.number("post_id"),
        content=comment.text("content"),
        url=comment.text("ap_id"),
        published=comment.time("published_at"),
        removed=comment.flag("removed"),
        deleted=comment.flag("deleted"),
        distinguished=comment.flag("distinguished"),
        creator=person(view.child("creator")),
        parent_id=parent(comment.text("path")),
    )
