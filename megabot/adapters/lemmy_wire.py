"""Answers that both generations of Lemmy's API spell alike, as values. No I/O."""

from megabot.adapters.lemmy_fields import Fields


def version(answer: Fields) -> str:
    """Read the server's version out of the answer to GET /site."""
    answer.child("site_view")
    return answer.text("version")


def token(answer: Fields) -> str:
    """Read the token that a sign-in gives."""
    return answer.word("jwt")


def done(_answer: Fields) -> None:
    """Take any JSON object for a yes: the status has said it already."""


def parent(path: str) -> int:
    """Read from a comment's path, `0.1.7`, which comment it answers; 0 for none."""
    steps = path.split(".")[:-1]
    return int(steps[-1]) if steps and steps[-1].isdecimal() else 0
