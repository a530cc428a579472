"""The commands that sentences tell people to give, each for the shell and for Lemmy. Wording only."""

from megabot.i18n.catalogue import Language
from megabot.i18n.channels import CommandWords


def post(thread: str) -> CommandWords:
    """Post the current edition."""
    return _alike(f"post {thread}")


def post_edition(thread: str, key: str) -> CommandWords:
    return CommandWords(_typed("post", thread, "--edition", key), f"`post {thread} {key}`")


def post_next(thread: str) -> CommandWords:
    """Post the next edition before its slot."""
    return CommandWords(_typed("post", thread, "--next"), f"`post {thread} next`")


def post_part(thread: str, number: int) -> CommandWords:
    """Go on in another part."""
    return CommandWords(_typed("post", thread, "--part", str(number)), f"`post {thread} part {number}`")


def repost(thread: str, *, sure: bool = False) -> CommandWords:
    """Post a new copy, without being asked again if `sure`: on Lemmy it is always so."""
    return CommandWords(_typed("repost", thread, *(["--yes"] if sure else [])), f"`repost yes {thread}`")


def refresh_title(thread: str) -> CommandWords:
    """Change the title too."""
    return CommandWords(_typed("refresh", thread, "--title"), f"`refresh {thread} title`")


def change(verb: str, thread: str, key: str = "") -> CommandWords:
    """Hold, skip or resume an edition, or resume all of them."""
    return _alike(f"{verb} {thread} {key}".rstrip())


def adopt(lang: Language, url: str) -> CommandWords:
    """Adopt a post."""
    return CommandWords(_typed("adopt", url), lang.adopt_there)


def set_preamble(lang: Language, thread: str, key: str) -> CommandWords:
    """Give an edition a preamble."""
    lemmy = lang.preamble_there.format(words=f"{thread} {key}")
    return CommandWords(_typed("preamble", "set", thread, key, "--file", "FILE"), lemmy)


def clear_preamble(lang: Language, thread: str, key: str) -> CommandWords:
    """Drop the preamble that was sent for an edition."""
    lemmy = lang.preamble_clear_there.format(words=f"{thread} {key}")
    return CommandWords(_typed("preamble", "clear", thread, key), lemmy)


def plan() -> CommandWords:
    """See what is not as it should be."""
    return CommandWords(_typed("plan"), "`status`")


def _alike(words: str) -> CommandWords:
    return CommandWords(_typed(words), f"`{words}`")


def _typed(*words: str) -> str:
    return " ".join(("megabot", *words))
