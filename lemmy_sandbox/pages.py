"""The sandbox's web pages, as readers see them who are not signed in. No scripts.

Only linked images come from elsewhere. The pages read the world through the same lists as the API and change
nothing.
"""

import re
from functools import cache
from html import escape
from http import HTTPStatus
from importlib.resources import files
from typing import NamedTuple

from lemmy_sandbox.records import Comment, Community, Post
from lemmy_sandbox.rules import comment_list, post_list, rights
from lemmy_sandbox.rules.comment_list import CommentQuery
from lemmy_sandbox.rules.post_list import Page, PostQuery
from lemmy_sandbox.rules.sort_orders import score
from lemmy_sandbox.world import World

_POSTS = 50
_COMMUNITY_PATH = re.compile(r"/c/([\w.]+)")
_POST_PATH = re.compile(r"/post/([0-9]{1,9})")
_COMMENT_PATH = re.compile(r"/comment/([0-9]{1,9})")
# lemmy-ui's is-image.ts recognizes a picture by a file extension anywhere in the address.
_PICTURE = re.compile(r"https?://[^\"']*\.(?:jpg|jpeg|gif|png|svg|webp)")
_THUMBNAIL_SIZE = 256

# SVG instead of Unicode symbols, because many machines have no font for them.
_SIGN = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
_PIN = "M5 1h6v2l-1 1v3l2.5 2v1.5H8.75V15h-1.5v-4.5H3.5V9L6 7V4L5 3z"
_LOCK = "M4.5 7V5a3.5 3.5 0 0 1 7 0v2H13v8H3V7zM6 7h4V5a2 2 0 0 0-4 0z"
_SHIELD = "M8 1l6 2v5c0 3.5-2.5 6-6 7-3.5-1-6-3.5-6-7V3z"
_PINNED = f'<span class="mark pinned">{_SIGN.format(path=_PIN)} Pinned</span>'
_LOCKED = f'<span class="mark locked">{_SIGN.format(path=_LOCK)} Locked</span>'
_MODERATOR = f'<span class="mark pinned">{_SIGN.format(path=_SHIELD)} Moderator</span>'
_NSFW = '<span class="mark nsfw">NSFW</span>'


class WebPage(NamedTuple):
    """A page and its status."""

    status: HTTPStatus
    html: str


def page(world: World, path: str) -> WebPage | None:
    """Return the page at a path; None if there is no page of that kind."""
    if path == "/":
        return _found(world, "Communities", _communities(world))
    if match := _COMMUNITY_PATH.fullmatch(path):
        return _community_page(world, match.group(1))
    if match := _POST_PATH.fullmatch(path):
        return _post_page(world, int(match.group(1)))
    if match := _COMMENT_PATH.fullmatch(path):
        comment = world.comments.get(int(match.group(1)))
        return _post_page(world, comment.post_id) if comment else _missing(world)
    return None


def _communities(world: World) -> str:
    items = "".join(
        _community_item(world, community)
        for community in world.communities.values()
        if rights.can_see_community(None, community)
    )
    return (
        '<div class="columns"><main class="card"><h1>Communities</h1>'
        f'<ol class="posts">{items or "<li>None yet.</li>"}</ol></main></div>'
    )


def _community_item(world: World, community: Community) -> str:
    posts = sum(post.community_id == community.id and not post.is_gone for post in world.posts.values())
    return (
        f'<li><a class="title" href="/c/{escape(community.name)}">{escape(community.title)}</a>'
        f'<p class="facts">{_handle(world, community)} · {_counted(posts, "post")}</p></li>'
    )


def _community_page(world: World, name: str) -> WebPage:
    community = world.community_named(name)
    if community is None or not rights.can_see_community(None, community):
        return _missing(world)
    query = PostQuery(
        reader=None, page=Page(1, _POSTS), sort="Hot", community_id=community.id, show_nsfw=True
    )
    items = "".join(_post_item(world, post) for post in post_list.list_posts(world, query))
    body = (
        f'<div class="columns two"><main class="card"><h1>{escape(community.title)}</h1>'
        f'<ol class="posts">{items or "<li>No posts yet.</li>"}</ol></main>'
        f"{_side_bar(world, community)}</div>"
    )
    return _found(world, community.title, body)


def _post_item(world: World, post: Post) -> str:
    return (
        f'<li><a class="title" href="/post/{post.id}">{_title(post)}</a> {_marks(post)}'
        f"{_thumbnail(world, post, f'/post/{post.id}')}"
        f'<p class="facts">{_byline(world, post)} · {_comment_count(world, post)}</p></li>'
    )


def _side_bar(world: World, community: Community) -> str:
    names = (world.people[number].name for number in community.moderators)
    moderators = "".join(f"<li>{escape(name)}</li>" for name in names)
    about = (
        f'<section class="text">{_rendered(world, community.description)}</section>'
        if community.description
        else ""
    )
    return (
        f'<aside class="card"><section><h2><a href="/c/{escape(community.name)}">'
        f"{escape(community.title)}</a></h2>"
        f'<p class="facts">{_handle(world, community)}</p></section>{about}'
        f'<section><h2>Moderators</h2><ul class="plain">{moderators}</ul></section></aside>'
    )


def _post_page(world: World, number: int) -> WebPage:
    post = world.posts.get(number)
    if post is None or not rights.can_open(world, None, post):
        return _missing(world)
    community = world.community_of(post)
    body = (
        f'<div class="columns two"><main><article class="card post"><h1>{_title(post)}</h1>'
        f'<p class="facts">{_byline(world, post)} {_marks(post)}</p>'
        f"{_link(world, post)}{_body(world, post)}</article>"
        f"{_comments(world, post)}</main>{_side_bar(world, community)}</div>"
    )
    return _found(world, post.name, body)


def _link(world: World, post: Post) -> str:
    if post.url is None:
        return ""
    url = _on_this_host(world, post.url)
    image = _title_image(world, post) or _thumbnail(world, post, post.url)
    return f'{image}<p><a href="{url}" rel="noopener nofollow">{escape(post.url)}</a></p>'


def _thumbnail(world: World, post: Post, link: str) -> str:
    """Return the thumbnail of a link post; lemmy-ui shows none on a text post."""
    if post.url is None or post.thumbnail_url is None:
        return ""
    is_veiled = post.nsfw or world.community_of(post).nsfw
    kind = "thumbnail veiled" if is_veiled else "thumbnail"
    image = _image(world, post.thumbnail_url, post.alt_text, f' width="{_THUMBNAIL_SIZE}" loading="lazy"')
    return f'<a class="{kind}" href="{escape(link)}" rel="noopener nofollow">{image}</a>'


def _title_image(world: World, post: Post) -> str:
    """Return the linked picture with its description; lemmy-ui expands it with a script."""
    if post.url is None or not _PICTURE.search(post.url):
        return ""
    image = _image(world, post.url, post.alt_text, "")
    return f'<p class="title-image"><a href="{_on_this_host(world, post.url)}">{image}</a></p>'


def _on_this_host(world: World, url: str) -> str:
    """Return an address for use on a page, because the sandbox's name may differ from its address."""
    own = f"{world.origin}/"
    return escape("/" + url.removeprefix(own) if url.startswith(own) else url)


def _image(world: World, url: str, description: str | None, more: str) -> str:
    words = escape(description or "")
    return f'<img src="{_on_this_host(world, url)}" alt="{words}" title="{words}"{more}>'


def _body(world: World, post: Post) -> str:
    return f'<div class="text">{_rendered(world, post.body)}</div>' if post.body else ""


def _comments(world: World, post: Post) -> str:
    query = CommentQuery(reader=None, page=Page(1, _POSTS), sort="Top", post_id=post.id, max_depth=50)
    shown = [comment for comment in comment_list.list_comments(world, query) if not comment.is_gone]
    top = "".join(_thread(world, comment, shown) for comment in shown if not _has_parent(comment, shown))
    heading = f"<h2>{_comment_count(world, post).capitalize()}</h2>"
    return f'<section class="card comments" aria-label="Comments">{heading}{top}</section>'


def _has_parent(comment: Comment, shown: list[Comment]) -> bool:
    return any(other.id == comment.parent_id for other in shown)


def _thread(world: World, comment: Comment, shown: list[Comment]) -> str:
    replies = "".join(_thread(world, other, shown) for other in shown if other.parent_id == comment.id)
    kind, mark = ("comment distinguished", _MODERATOR) if comment.distinguished else ("comment", "")
    author = escape(world.people[comment.creator_id].name)
    votes = _counted(score(comment.votes), "point")
    return (
        f'<article class="{kind}" id="comment-{comment.id}">'
        f'<p class="facts"><strong>{author}</strong> {mark} · {_time(comment)} · {votes}</p>'
        f'<div class="text">{_rendered(world, comment.content)}</div>{replies}</article>'
    )


def _marks(post: Post) -> str:
    is_pinned = post.featured_community or post.featured_local
    marks = ((is_pinned, _PINNED), (post.locked, _LOCKED), (post.nsfw, _NSFW))
    return " ".join(mark for is_set, mark in marks if is_set)


def _title(post: Post) -> str:
    from lemmy_markdown import title_to_html

    return title_to_html(post.name)


def _byline(world: World, post: Post) -> str:
    edited = " · edited" if post.updated else ""
    return f"by {escape(world.people[post.creator_id].name)} · {_time(post)}{edited}"


def _time(row: Post | Comment) -> str:
    published = row.published
    written = f"{published.day} {published:%B %Y, %H:%M} UTC"
    return f'<time datetime="{published:%Y-%m-%dT%H:%M:%SZ}">{written}</time>'


def _comment_count(world: World, post: Post) -> str:
    return _counted(sum(1 for _ in world.visible_comments(post)), "comment")


def _handle(world: World, community: Community) -> str:
    return f"!{escape(community.name)}@{escape(world.hostname)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rendered(world: World, text: str) -> str:
    # Imported here because the Markdown libraries are heavy, and most sandboxes never show a page.
    from lemmy_markdown import to_html

    # The server's name may differ from its address, so its own links and images become relative.
    html = to_html(text)
    for name in ("href", "src"):
        html = html.replace(f'{name}="{world.origin}/', f'{name}="/')
    return html


@cache
def _style() -> str:
    return "\n" + files(__package__).joinpath("page.css").read_text("utf-8")


def _missing(world: World) -> WebPage:
    body = (
        '<div class="columns"><main class="card"><h1>Not found</h1><p>There is nothing here.</p></main></div>'
    )
    return WebPage(HTTPStatus.NOT_FOUND, _document(world, "Not found", body))


def _found(world: World, title: str, body: str) -> WebPage:
    return WebPage(HTTPStatus.OK, _document(world, title, body))


def _document(world: World, title: str, body: str) -> str:
    site = escape(world.site.name)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)} - {site}</title><style>{_style()}</style></head>"
        f'<body><header><nav><a href="/">{site}</a> at {escape(world.hostname)}</nav></header>'
        f"{body}</body></html>\n"
    )
