"""Build whole posts from texts, and the records of them. A body always ends with its marker. Pure."""

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
    """Return whether a draft was made from exactly this text."""
    drafted = (draft.title, _split(draft.body)[0], draft.link, draft.thumbnail, draft.alt_text)
    return drafted == (text.title.strip(), text.body.rstrip(), text.url, text.thumbnail, text.alt_text)


def edit_matches(draft: PostDraft, text: Rendered) -> bool:
    """Return whether an edit was made from exactly this text; an edit does not change title and link."""
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
    """Return the new state of a post: its link and marker stay, and so does its title unless `retitle`.

    An edit always sends the whole post (decision 12).
    """
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
    if new.draft is None:
        raise ValueError("only a publish and an edit carry a draft")
    return new.draft


def find_removed_words(draft: PostDraft, post: Post) -> tuple[int, ...]:
    """Return the numbers of the lines where the server's filter replaced words with `*removed*` (A11)."""
    sent = draft.body.splitlines()
    return tuple(
        number
        for number, line in enumerate(post.body.splitlines(), 1)
        if line.count(_REMOVED) > (sent[number - 1].count(_REMOVED) if number <= len(sent) else 0)
    )


def record_of_write(new: NewIntent, post: Post) -> PostRecord:
    """Return the record of a post that an intent sent, as the server returned or listed it."""
    draft = draft_of_intent(new)
    facts = context_json.from_json(new.context)
    return PostRecord(
        post_id=post.id,
        thread=new.thread,
        edition=new.edition,
        number=facts.edition.number,
        # An edition posted before its slot must not make this machine's clock look slow (K03).
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
    """Return the digest of what an edit could change; the record keeps that of what was last sent."""
    return digest(text.body.rstrip(), text.thumbnail, text.alt_text)


def without_marker(body: str) -> str:
    """Return a body of ours without its marker line, if it has one."""
    return _split(body)[0] if post_marker(body) is not None else body.rstrip()


def body_digest(post: Post) -> str:
    """Return the digest of a body as the server shows it. If it changes, someone else edited the post."""
    return digest(post.body)


def _split(body: str) -> tuple[str, str]:
    """Split a body into its text and the marker on its last line."""
    text, _, marker = body.rstrip().rpartition("\n")
    return text.rstrip(), marker
