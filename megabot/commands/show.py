"""What moderators see by message: the state of their threads, and the next edition before its time."""

from megabot.commands import reply_text, status, status_text
from megabot.forum.escaping import escape
from megabot.i18n.long_messages import diff_block, split_message
from megabot.ports import OfflinePorts
from megabot.preview import preview
from megabot.rendering.model import RenderProblem


def status_lines(ports: OfflinePorts, names: tuple[str, ...]) -> tuple[str, ...]:
    """Tell what is, a line for each of the threads, for the source, and for what needs a person."""
    return status_text.status_lines(ports.language, status.read(ports), names)


def show_edition(ports: OfflinePorts, name: str, key: str, *, whole: bool) -> tuple[str, ...]:
    """Show an edition, the next one without a key, in messages: what is new in it, or its `whole` text."""
    lang, threads = ports.language, ports.source.threads(ports.source.snapshot())
    made = preview.preview(ports, key or None, choose=lambda: [one for one in threads if one.name == name])
    if made.source_problems:
        return (reply_text.problems(lang, (str(one) for one in made.source_problems)),)
    (shown,) = made.editions
    if isinstance(shown.text, RenderProblem):
        return (reply_text.problems(lang, (str(one) for one in shown.text.problems)),)
    if whole:
        return split_message(f"{escape(shown.text.title)}\n\n{shown.text.body}", lang.part)
    url, body = preview.current_text(ports, name)
    changes = diff_block(body, shown.text.body, lang.more_lines) if url else ""
    said = reply_text.preview(
        lang, shown.edition.id, shown.text.title, shown.text.preamble_text, changes=changes, stands=url
    )
    return split_message(said, lang.part)
