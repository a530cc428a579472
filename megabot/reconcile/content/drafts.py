"""Whole posts made of texts, and what is kept of them: the body as sent ends with its marker. Pure."""

from megabot.forum.marker import Marker, post_marker, sign
from megabot.forum.models import Post, PostDraft
from megabot.ledger.records import NewIntent, PostRecord
from megabot.rendering import context_json
from megabot.rendering.digest import digest
from megabot.rendering.model import Rendered

_REMOVED = "*removed*"


def new_post_draft(
    text: Rendered, marker: Marker, *, nsfw: bool, language_id: int | None, tags: tuple[str, ...] = ()
) -> PostDraft:
    """Make the post that carries an edition."""
    return PostDraft(
        title=text.title.strip(),
        body=sign(text.body, marker),
        link=text.url,
        thumbnail=text.thumbnail,
        alt_text=text.alt_text,
        nsfw=nsfw,
        language_id=language_id,
        tags=tags,
    )


def draft_matches(draft: PostDraft, text: Rendered) -> bool:
    """Tell whether a post was made of this very text."""
    made_of = (draft.title, _split(draft.body)[0], draft.link, draft.thumbnail, draft.alt_text)
    return made_of == (text.title.strip(), text.body.rstrip(), text.url, text.thumbnail, text.alt_text)


def edit_matches(draft: PostDraft, text: Rendered) -> bool:
    """Tell whether an edit was made of this very text: title and link stay as posted."""
    return digest(_split(draft.body)[0], draft.thumbnail, draft.alt_text) == text_digest(text)


def edited_post_draft(
    text: Rendered,
    post: Post,
    *,
    nsfw: bool,
    language_id: int | None,
    tags: tuple[str, ...] = (),
    retitle: bool = False,
) -> PostDraft:
    """Make the post that replaces a standing one: link and marker stay as posted, and mostly the title."""
    _, marker = _split(post.body)
    return PostDraft(
        title=text.title.strip() if retitle else post.title,
        body=f"{text.body.rstrip()}\n\n{marker}",
        link=post.link,
        thumbnail=text.thumbnail,
        alt_text=text.alt_text,
        nsfw=nsfw,
        language_id=language_id,
        tags=tags,
    )


def draft_of_intent(new: NewIntent) -> PostDraft:
    """Give the post that an intent is about to send."""
    if new.draft is None:
        raise ValueError("only a publish and an edit carry a draft")
    return new.draft


def find_removed_words(draft: PostDraft, post: Post) -> tuple[int, ...]:
    """Name the lines in which the server put `*removed*` for words that its filter refuses (A11)."""
    sent = draft.body.splitlines()
    return tuple(
        number
        for number, line in enumerate(post.body.splitlines(), 1)
        if line.count(_REMOVED) > (sent[number - 1].count(_REMOVED) if number <= len(sent) else 0)
    )


def record_of_write(new: NewIntent, post: Post) -> PostRecord:
    """Make the record of a post that an intent sent and the server answered with, or showed."""
    draft = draft_of_intent(new)
    facts = context_json.from_json(new.context)
    return PostRecord(
        post_id=post.id,
        thread=new.thread,
        edition=new.edition,
        number=facts.edition.number,
        # An edition posted before its slot must not look like a proof that this machine's clock is behind.
        slot=min(facts.edition.slot, post.published),
        community_id=post.community_id,
        url=post.url,
        title=post.title,
        copy=new.copy,
        commit=facts.revision.commit,
        dirty=facts.revision.dirty,
        sent=digest(_split(draft.body)[0], draft.thumbnail, draft.alt_text),
        answered=body_digest(post),
        context=new.context,
    )


def text_digest(text: Rendered) -> str:
    """Give the digest of what an edit could change; the record keeps that of what was last sent."""
    return digest(text.body.rstrip(), text.thumbnail, text.alt_text)


def without_marker(body: str) -> str:
    """Give a body of ours without the line that marks it, where there is one."""
    return _split(body)[0] if post_marker(body) is not None else body.rstrip()


def body_digest(post: Post) -> str:
    """Give the digest of a body as the server shows it: another one means another hand edited it."""
    return digest(post.body)


def _split(body: str) -> tuple[str, str]:
    """Take a body apart into its text and the marker on its last line."""
    text, _, marker = body.rstrip().rpartition("\n")
    return text.rstrip(), marker
