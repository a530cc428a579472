"""Commands that sentences suggest, each as typed in a shell and as said on Lemmy. Wording only."""

from megabot.i18n.channels import CommandWords
from megabot.i18n.translation import _


def post(thread: str) -> CommandWords:
    return _alike(f"post {thread}")


def post_edition(thread: str, key: str) -> CommandWords:
    return CommandWords(_typed("post", thread, "--edition", key), f"`post {thread} {key}`")


def post_next(thread: str) -> CommandWords:
    return CommandWords(_typed("post", thread, "--next"), f"`post {thread} next`")


def post_part(thread: str, number: int) -> CommandWords:
    return CommandWords(_typed("post", thread, "--part", str(number)), f"`post {thread} part {number}`")


def repost(thread: str, *, sure: bool = False) -> CommandWords:
    """Suggest a new copy; `sure` skips the question, which Lemmy's form always does."""
    return CommandWords(_typed("repost", thread, *(["--yes"] if sure else [])), f"`repost yes {thread}`")


def refresh_title(thread: str) -> CommandWords:
    return CommandWords(_typed("refresh", thread, "--title"), f"`refresh {thread} title`")


def change(verb: str, thread: str, key: str = "") -> CommandWords:
    """Suggest hold, skip, resume or refresh; without `key`, for the whole thread."""
    return _alike(f"{verb} {thread} {key}".rstrip())


def adopt(url: str) -> CommandWords:
    return CommandWords(_typed("adopt", url), _("`adopt` in a comment there"))


def set_preamble(thread: str, key: str) -> CommandWords:
    lemmy = _("`preamble {words}` by private message, with the text on the lines below").format(
        words=f"{thread} {key}"
    )
    return CommandWords(_typed("preamble", "set", thread, key, "--file", "FILE"), lemmy)


def clear_preamble(thread: str, key: str) -> CommandWords:
    lemmy = _("`preamble {words} clear` by private message").format(words=f"{thread} {key}")
    return CommandWords(_typed("preamble", "clear", thread, key), lemmy)


def plan() -> CommandWords:
    return CommandWords(_typed("plan"), "`status`")


def _alike(words: str) -> CommandWords:
    return CommandWords(_typed(words), f"`{words}`")


def _typed(*words: str) -> str:
    return " ".join(("megabot", *words))
