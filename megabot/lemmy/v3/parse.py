"""Parse the answers of API v3. No I/O.

Shapes as recorded from 0.19.20. 0.19 omits empty fields (url, body, thumbnail); they become "".
"""

from collections.abc import Callable
from typing import TypeVar

from megabot.forum.models import (
    Account,
    Comment,
    Community,
    CommunityRef,
    Feature,
    OwnContent,
    Person,
    PinEvent,
    Post,
    PostLimit,
    Site,
    Unread,
)
from megabot.lemmy.json_fields import JsonObject, parent
from megabot.lemmy.paging import Page
from megabot.lemmy.responses import SiteAnswer

T = TypeVar("T")

_SHOWING = ("show_nsfw", "show_bot_accounts", "show_read_posts")
_NOT_FOLLOWED = "NotSubscribed"
_LANGUAGES = "discussion_languages"


def page_reader(read: Callable[[JsonObject], tuple[T, ...]]) -> Callable[[JsonObject], Page[T]]:
    return lambda answer: Page(read(answer))


def site(answer: JsonObject) -> SiteAnswer:
    view = answer.child("site_view")
    about = view.child("site")
    languages = {
        language.text("code"): language.number("id") for language in answer.children("all_languages")
    }
    mine = answer.maybe("my_user")
    return SiteAnswer(
        site=Site(
            actor=about.text("actor_id"),
            name=about.text("name", ""),
            version=answer.text("version"),
            languages=languages,
            admins=tuple(person(admin.child("person"), admin=True) for admin in answer.children("admins")),
            post_limit=_post_limit(view.maybe("local_site_rate_limit")),
        ),
        account=None if mine is None else _account(mine, languages),
    )


def _post_limit(limits: JsonObject | None) -> PostLimit | None:
    posts, seconds = (limits.number(name, 0) if limits else 0 for name in ("post", "post_per_second"))
    # v3 of a 1.0 server answers with zeros instead of its limits (lemmy-api 3).
    return PostLimit(posts=posts, seconds=seconds, at_once=False) if min(posts, seconds) > 0 else None


def _account(mine: JsonObject, languages: dict[str, int]) -> Account:
    view = mine.child("local_user_view")
    settings = view.child("local_user")
    reads = mine.numbers(_LANGUAGES)
    if set(reads) >= set(languages.values()):  # all languages, so the setting hides nothing
        reads = ()
    hides = [name for name in _SHOWING if not settings.flag(name, default=True)]
    return Account(
        person=person(view.child("person"), admin=settings.flag("admin")),
        moderates=tuple(_place(seat.child("community")) for seat in mine.children("moderates")),
        hiding_settings=(*hides, _LANGUAGES) if reads else tuple(hides),
        languages=reads,
    )


def person(who: JsonObject, *, admin: bool = False) -> Person:
    return Person(
        id=who.number("id"),
        name=who.text("name"),
        actor=who.text("actor_id"),
        bot=who.flag("bot_account"),
        admin=admin,
    )


def unread(answer: JsonObject) -> Unread:
    """Return the inbox counts. They are required, because only a live token gets them."""
    return Unread(
        replies=answer.number("replies"),
        mentions=answer.number("mentions"),
        messages=answer.number("private_messages"),
    )


def _place(about: JsonObject) -> CommunityRef:
    return CommunityRef(
        id=about.number("id"),
        name=about.text("name"),
        actor=about.text("actor_id"),
        local=about.flag("local", default=None),
        nsfw=about.flag("nsfw"),
    )


def community(answer: JsonObject) -> Community:
    view = answer.child("community_view")
    about = view.child("community")
    return Community(
        id=about.number("id"),
        name=about.text("name"),
        title=about.text("title", ""),
        actor=about.text("actor_id"),
        local=about.flag("local", default=None),
        nsfw=about.flag("nsfw"),
        removed=about.flag("removed"),
        deleted=about.flag("deleted"),
        moderators_only=about.flag("posting_restricted_to_mods"),
        banned=view.flag("banned_from_community"),
        moderators=tuple(person(seat.child("moderator")) for seat in answer.children("moderators")),
        languages=answer.numbers(_LANGUAGES),
        followed=view.text("subscribed", _NOT_FOLLOWED) != _NOT_FOLLOWED,
    )


def written_post(answer: JsonObject) -> Post:
    return _post(answer.child("post_view"))


def found_post(answer: JsonObject) -> Post:
    """Return the post at an address; raise `UnexpectedJson` if the address leads to something else."""
    return _post(answer.child("post"))


def found_person(answer: JsonObject) -> Person:
    """Return the person whose posts a page lists."""
    return person(answer.child("person_view").child("person"))


def uploaded_name(answer: JsonObject) -> str:
    """Return the file name of an uploaded image, from pict-rs' answer, which Lemmy passes on."""
    return answer.children("files")[0].text("file")


def posts(answer: JsonObject) -> tuple[Post, ...]:
    return tuple(_post(view) for view in answer.children("posts"))


def own_content(answer: JsonObject) -> OwnContent:
    """Return one page of a user's posts and comments, in the server's order."""
    return OwnContent(
        author=answer.child("person_view").child("person").number("id"),
        posts=posts(answer),
        comments=tuple(_comment(view) for view in answer.children("comments")),
    )


def written_comment(answer: JsonObject) -> Comment:
    return _comment(answer.child("comment_view"))


def removed_posts(answer: JsonObject, author: Person) -> tuple[Post | None, ...]:
    """Return a page of removed posts from the mod log; None for other authors' posts."""
    about = [entry.child("post") for entry in answer.children("removed_posts")]
    return tuple(_plain(post, author) if post.number("creator_id") == author.id else None for post in about)


def pin_events(answer: JsonObject) -> tuple[PinEvent, ...]:
    """Return pin events. `mod_person_id` is there even if the names are hidden (recorded: 094)."""
    events = [entry.child("mod_feature_post") for entry in answer.children("featured_posts")]
    return tuple(
        PinEvent(
            post_id=event.number("post_id"),
            featured=event.flag("featured", default=None),
            kind=Feature.COMMUNITY if event.flag("is_featured_community", default=None) else Feature.LOCAL,
            when=event.time("when_"),
            by=event.number("mod_person_id", 0) or None,
        )
        for event in events
    )


def _post(view: JsonObject) -> Post:
    counts = view.maybe("counts")
    return _plain(
        view.child("post"),
        person(view.child("creator"), admin=view.flag("creator_is_admin")),
        comments=0 if counts is None else counts.number("comments", 0),
        moderator=view.flag("creator_is_moderator"),
    )


def _plain(post: JsonObject, creator: Person, *, comments: int = 0, moderator: bool = False) -> Post:
    return Post(
        id=post.number("id"),
        title=post.text("name"),
        body=post.text("body", ""),
        url=post.text("ap_id"),
        creator=creator,
        community_id=post.number("community_id"),
        published=post.time("published"),
        removed=post.flag("removed"),
        deleted=post.flag("deleted"),
        locked=post.flag("locked"),
        featured_community=post.flag("featured_community"),
        featured_local=post.flag("featured_local"),
        comments=comments,
        creator_is_moderator=moderator,
        link=post.text("url", ""),
        thumbnail=post.text("thumbnail_url", ""),
        alt_text=post.text("alt_text", ""),
    )


def _comment(view: JsonObject) -> Comment:
    comment = view.child("comment")
    return Comment(
        id=comment.number("id"),
        post_id=comment.number("post_id"),
        content=comment.text("content"),
        url=comment.text("ap_id"),
        published=comment.time("published"),
        removed=comment.flag("removed"),
        deleted=comment.flag("deleted"),
        distinguished=comment.flag("distinguished"),
        creator=person(view.child("creator")),
        parent_id=parent(comment.text("path")),
    )
