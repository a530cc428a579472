"""What an edition will say: a rendering's context, put together from what was seen, and the rendering."""

import json
from dataclasses import replace

from megabot import companions
from megabot.core import context, drafts
from megabot.core.posts import Place
from megabot.core.seen import Case, OrderKind
from megabot.core.threads import Context, Rendered, RenderProblem, Snapshot, Thread
from megabot.look import Ground
from megabot.ports import Ports


def compose(
    ports: Ports, snapshot: Snapshot, ground: Ground, case: Case, place: Place
) -> tuple[Rendered | RenderProblem, str]:
    """Render what is to be posted now; for a refresh, in the context that the post was rendered in.

    A refresh is tried with the revision of back then first: an unchanged source never edits (decision 14).
    """
    tries = _contexts(ports, snapshot, ground, case, place)
    answers = ports.renderer.render(snapshot, [(case.thread, each) for each in tries])
    record = case.seen.record(case.seen.standing.id) if case.seen.standing else None
    for wanted, made in zip(answers, tries, strict=True):
        same = (
            record is not None and isinstance(wanted, Rendered) and drafts.text_digest(wanted) == record.sent
        )
        if same or made is tries[-1]:
            return wanted, context.to_json(made)
    raise AssertionError("the last try is always taken")


def _contexts(ports: Ports, snapshot: Snapshot, ground: Ground, case: Case, place: Place) -> list[Context]:
    seen, thread, revision = case.seen, case.thread, snapshot.revision
    record = seen.record(seen.standing.id) if seen.standing else None
    if case.ordered(OrderKind.REFRESH) and record is not None and record.context:
        then = replace(context.from_json(record.context), companions=companions.find(ports, thread, ground))
        return [then, replace(then, revision=revision)]
    edition = seen.due
    if edition is None:
        raise ValueError("nothing is rendered before the first slot")
    return [
        context.build(
            thread,
            seen,
            edition,
            community=place.name,
            companions=companions.find(ports, thread, ground),
            revision=revision,
        )
    ]


def language_id(ports: Ports, thread: Thread) -> int | None:
    """Find the server's number of the thread's language; asked once, then kept in the ledger."""
    if not thread.language:
        return None
    key = "languages"
    kept = ports.ledger.recall(key)
    if kept is None:
        kept = json.dumps(ports.forum.site().languages)
        ports.ledger.remember(key, kept)
    number = json.loads(kept).get(thread.language)
    return int(number) if number is not None else None
