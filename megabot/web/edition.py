"""What the page of an edition knows: its preamble, who is writing another one, and the thread with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from megabot.commands.model import Command, Verb, Word
from megabot.commands.web_orders import preamble_in_effect, text_digest
from megabot.ledger.state import WebDraft
from megabot.ports import OfflinePorts
from megabot.preview import preview
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.preview.live_view import View
from megabot.rendering.child.template_checks import asked_keys
from megabot.schedule.calendar import Edition
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import text_of
from megabot.web import editor
from megabot.web.editor import Author, Form, Standing

_FIELD = "field."
"""How the names of the form's fields for front matter begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An edition as its editor starts: `file` is the preamble in git, `in_effect` the one that it has now.

    `text` is what the visitor sees in the form: their draft, or the preamble in effect. `base` is the digest
    of the preamble that they started from. `drafts` are those of others.
    """

    thread: Thread
    edition: Edition
    snapshot: Snapshot
    file: str
    in_effect: str
    text: str
    base: str
    drafts: tuple[WebDraft, ...] = ()

    @property
    def current(self) -> str:
        return text_digest(self.in_effect)

    @property
    def form(self) -> Form:
        asked = asked_keys(self.snapshot.files, self.thread.path)
        images = (self.thread.image, self.thread.image_alt, self.thread.thumbnail)
        return editor.form_of(self.text, editor.asked_fields(asked, images))

    @property
    def standing(self) -> Standing:
        others = (Author(by=one.by, at=f"{one.at:%Y-%m-%dT%H:%M:%SZ}") for one in self.drafts)
        # Whoever wrote the same as someone else overwrites nothing.
        base = self.current if text_digest(self.text) == self.current else self.base
        return editor.standing(base=base, current=self.current, others=others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the editor sent. `base` is the digest that the author started from, `seen` the one they accept."""

    values: dict[str, str]
    body: str
    base: str = ""
    seen: str = ""
    whole: bool = False


def typed(form: Mapping[str, str]) -> Typed:
    """Read the fields of the form; others are ignored."""
    values = {name.removeprefix(_FIELD): text for name, text in form.items() if name.startswith(_FIELD)}
    return Typed(
        values=values,
        body=form.get("body", ""),
        base=form.get("base", ""),
        seen=form.get("seen", ""),
        whole=form.get("whole") == "1",
    )


def find(ports: OfflinePorts, thread: str, key: str, *, actor: str) -> Desk | None:
    """Return the desk of an edition; None if there is no such edition. Raises `SourceBroken`."""
    snapshot = ports.source.snapshot()
    found = next((one for one in ports.source.threads(snapshot) if one.name == thread), None)
    edition = found.calendar.edition(key) if found else None
    if found is None or edition is None:
        return None
    in_effect = preamble_in_effect(ports.ledger, snapshot, found, edition)
    digest = text_digest(in_effect)
    # A draft that is in effect was used.
    drafts = [one for one in ports.ledger.web_drafts(thread, key) if text_digest(one.text) != digest]
    own = next((one for one in drafts if one.actor == actor), None)
    return Desk(
        thread=found,
        edition=edition,
        snapshot=snapshot,
        file=text_of(snapshot, found, key, edition.start),
        in_effect=in_effect,
        text=own.text if own else in_effect,
        base=own.base if own else digest,
        drafts=tuple(one for one in drafts if one.actor != actor),
    )


def with_typed(desk: Desk, sent: Typed) -> Desk:
    """Return the desk with what was typed instead of the draft."""
    text = editor.fill_in(desk.text, sent.values, sent.body, whole=sent.whole)
    return replace(desk, text=text, base=sent.base or desk.base)


def keep(ports: OfflinePorts, desk: Desk, *, actor: str, by: str) -> None:
    """Keep the desk's text as the visitor's draft, unless it is the preamble in effect."""
    thread, key = desk.thread.name, desk.edition.key
    if text_digest(desk.text) == desk.current:
        ports.ledger.drop_web_draft(thread, key, actor)
        return
    draft = WebDraft(
        thread=thread, edition=key, actor=actor, by=by, at=ports.clock.now(), text=desk.text, base=desk.base
    )
    ports.ledger.keep_web_draft(draft)


def view(ports: OfflinePorts, desk: Desk) -> View:
    """Render the thread with the desk's text as the preamble. Mistakes are part of the view."""
    context = preview.context_of(ports, desk.snapshot, desk.thread, desk.edition)
    # None for a text that is the file's: then mistakes are shown with the file's name.
    text = None if text_digest(desk.text) == text_digest(desk.file) else desk.text
    (answer,) = ports.renderer.render(desk.snapshot, [(desk.thread, replace(context, preamble=text))])
    standing = preview.current_text(ports, desk.thread.name)
    shown: PreviewedEdition = preview.compare_with_current(
        desk.thread, desk.edition, answer, standing=standing
    )
    made = Preview(made=ports.clock.now(), revision=desk.snapshot.revision, editions=(shown,))
    return View(preview=made, snapshot=desk.snapshot, at=0, slots=1)


def order(desk: Desk) -> Command | None:
    """Return the order to use the desk's text; None if it is empty or already in effect."""
    digest = text_digest(desk.text)
    if digest == desk.current or not desk.text.strip():
        return None
    command = Command(verb=Verb.PREAMBLE, thread=desk.thread.name, edition=desk.edition.key)
    is_file = digest == text_digest(desk.file)
    # Without a preamble sent by message the file is in effect again.
    return replace(command, word=Word.CLEAR) if is_file else replace(command, text=desk.text)


def expected(desk: Desk, sent: Typed) -> str | None:
    """Return the digest of the preamble that an order may replace; None if its author has not seen it."""
    seen = {desk.base, sent.seen}
    return desk.current if desk.current in seen else None


def differences(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return what the desk's text changes in the file in git, and in the preamble in effect if it is another.

    The keys are "file" and "in effect"; only what differs is there.
    """
    pairs = [("file", desk.file)]
    if text_digest(desk.file) != desk.current:
        pairs.append(("in effect", desk.in_effect))
    return {name: lines for name, before in pairs if (lines := editor.difference(before, desk.text))}
