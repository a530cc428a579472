"""What moderators see by message: the state of their threads, and the next edition before its time."""

from megabot import answers, overview_texts, preview, status
from megabot.amending import in_force
from megabot.core.letters import differences, numbered
from megabot.core.threads import RenderProblem, Thread
from megabot.ports import Desk


def lines(desk: Desk, names: tuple[str, ...]) -> tuple[str, ...]:
    """Tell what is, a line for each of the threads, for the source, and for what needs a person."""
    found = status.read(desk)
    own = tuple(one for one in found.threads if one.thread in names)
    return (
        *(overview_texts.status_line(one) for one in own),
        overview_texts.source_line(found.source, now=found.now),
        *(line for thread in _threads(desk) if thread.name in names for line in in_force(desk, thread)),
        *found.alerts,
    )


def _threads(desk: Desk) -> tuple[Thread, ...]:
    return desk.source.threads(desk.source.snapshot())


def coming(desk: Desk, name: str, key: str, *, whole: bool) -> tuple[str, ...]:
    """Show an edition, the next one without a key, in messages: what is new in it, or its `whole` text."""
    threads = desk.source.threads(desk.source.snapshot())
    made = preview.preview(desk, key or None, choose=lambda: [one for one in threads if one.name == name])
    if made.source_problems:
        return (answers.problems(str(one) for one in made.source_problems),)
    (shown,) = made.shown
    if isinstance(shown.text, RenderProblem):
        return (answers.problems(str(one) for one in shown.text.problems),)
    if whole:
        return numbered(f"{shown.text.title}\n\n{shown.text.body}")
    url, body = preview.standing(desk, name)
    changes = differences(body, shown.text.body) if url else ""
    return numbered(answers.preview(shown.edition.id, shown.text.title, shown.text.preamble, changes, url))
