"""Rendered editions, as `megabot preview --json` prints them. Pure."""

from zoneinfo import ZoneInfo

from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.rendering.model import Rendered
from megabot.source.problems import Problem


def document(preview: Preview) -> dict[str, object]:
    """Make what JSON can hold; moments in ISO 8601, on the clock of the thread's zone."""
    return {
        "commit": preview.revision.commit or None,
        "dirty": preview.revision.dirty,
        "problems": [problem(one) for one in preview.problems],
        "warnings": [problem(one) for one in preview.warnings],
        "editions": [_edition(one) for one in preview.editions],
    }


def problem(problem: Problem) -> dict[str, object]:
    """Make a mistake what JSON can hold."""
    return {"path": problem.path, "line": problem.line or None, "what": problem.what, "hint": problem.hint}


def _edition(shown: PreviewedEdition) -> dict[str, object]:
    edition, text = shown.edition, shown.text
    made = text if isinstance(text, Rendered) else None
    zone = ZoneInfo(shown.thread.schedule.timezone)
    return {
        "thread": shown.thread.name,
        "edition": edition.key,
        "number": edition.number,
        "slot": edition.slot.astimezone(zone).isoformat(),
        "skipped": edition.skipped,
        "title": made and made.title,
        "body": made and made.body,
        "comment": made and made.comment,
        "current": shown.standing or None,
        "diff": list(shown.changes),
    }
