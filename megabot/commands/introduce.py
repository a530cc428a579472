"""Introduce the bot in a comment: Lemmy offers "appoint as mod" only in the menu of someone's own content."""

from megabot.errors import ConfigError, NeedsPerson, NotFound, OutcomeUnknown
from megabot.forum.marker import INTRODUCTION
from megabot.forum.models import Comment, Community, Post
from megabot.i18n import sentences
from megabot.i18n.translation import _
from megabot.ports import Ports
from megabot.source.usable_threads import usable_threads


def introduce(ports: Ports, url: str) -> tuple[bool, str]:
    """Comment once in the post at `url`; return whether a comment was made, and a sentence.

    The post must be in a thread's community. There is no comment if there is one already, or if the bot is a
    moderator. Raises `ConfigError`, `NotFound` and the errors of the forum.
    """
    post = ports.forum.post_at(url)
    bot = ports.forum.account().person
    threads = usable_threads(ports.source, ports.source.snapshot()).threads
    names = sorted({thread.community or ports.community for thread in threads} - {""})
    communities = (_community(ports, name) for name in names)
    community = next((one for one in communities if one is not None and one.id == post.community_id), None)
    # The bot writes nothing in a community without one of its threads.
    if community is None:
        raise ConfigError(sentences.which_thread(url, None, names=[], there=[]))
    if any(moderator.id == bot.id for moderator in community.moderators):
        return False, is_moderator_already(community.name)
    existing = _find_introduction(ports, post)
    if existing is not None:
        return False, introduction_made(existing.url, now=False)
    return True, introduction_made(_post_introduction(ports, post).url, now=True)


def _community(ports: Ports, name: str) -> Community | None:
    try:
        return ports.forum.community(name)
    except NotFound:
        return None


def _post_introduction(ports: Ports, post: Post) -> Comment:
    try:
        return ports.forum.comment(post.id, f"{introduction()}\n\n{INTRODUCTION}")
    except OutcomeUnknown as error:
        # The comment may exist, so it is searched for and never sent again (decision 10).
        comment = _find_introduction(ports, post)
        if comment is None:
            raise NeedsPerson(introduction_unknown(post.url)) from error
        return comment


def _find_introduction(ports: Ports, post: Post) -> Comment | None:
    """Return the bot's introduction in a post, if there is one."""
    comments = ports.forum.own_content(since=post.published).comments
    return next(
        (
            comment
            for comment in comments
            if comment.post_id == post.id
            and not comment.deleted
            and comment.content.rstrip().endswith(INTRODUCTION)
        ),
        None,
    )


def introduction() -> str:
    """Return the comment that tells moderators how to appoint the bot."""
    # Translators: "appoint as mod" is an entry of Lemmy's menu; use the words of Lemmy in your language.
    return _(
        "I am a bot that posts and pins this community's recurring threads. To let me pin them, a moderator "
        'opens the menu of this comment and chooses "appoint as mod".'
    )


def introduction_made(url: str, *, now: bool) -> str:
    """Say where the bot introduced itself, and what to do next."""
    said = "introduced the bot at" if now else "the bot had already introduced itself at"
    return (
        f"{said} {url}; next, a moderator appoints it there. To wait for that: megabot check --online --wait"
    )


def is_moderator_already(community: str) -> str:
    return f"{community}: the bot is already a moderator there, so it did not comment"


def introduction_unknown(url: str) -> str:
    return f"it is not known whether the comment was created; check {url}, or run this again in ten minutes"
