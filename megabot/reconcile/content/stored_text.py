"""The stored text of a post: as it was sent, updated from what the server shows. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from megabot.forum.models import Post
from megabot.ledger.records import Intent, IntentKind, IntentState, KeptText, NewIntent, PostRecord
from megabot.reconcile.content import annotations, drafts
from megabot.reconcile.observation import ThreadPost


def text_from_write(new: NewIntent, post: Post, *, now: datetime) -> KeptText:
    """Return the stored text of a post that a publish or an edit has written."""
    return KeptText(
        post_id=post.id,
        body=annotations.unwrap_body(drafts.without_marker(drafts.draft_of_intent(new).body)),
        preamble=new.preamble,
        published=post.published,
        changed=now if new.kind is IntentKind.EDIT else post.published,
        open=post.open,
        comments=post.comments,
    )


def text_from_intents(intents: Sequence[Intent], record: PostRecord) -> KeptText | None:
    """Return what was last sent for a post, from the intents of a ledger older than stored texts."""
    writes = [
        intent
        for intent in intents
        if intent.state is IntentState.DONE
        and intent.new.kind in (IntentKind.PUBLISH, IntentKind.EDIT)
        and (intent.new.edition, intent.new.copy) == (record.edition, record.copy)
    ]
    drafted = [intent for intent in writes if intent.new.draft is not None]
    if not drafted or record.adopted:
        return None
    last = drafted[-1]
    return KeptText(
        post_id=record.post_id,
        body=annotations.unwrap_body(drafts.without_marker(drafts.draft_of_intent(last.new).body)),
        preamble=last.new.preamble,
        published=writes[0].changed,
        changed=last.changed,
    )


def merge_observed_text(text: KeptText | None, thread_post: ThreadPost, *, now: datetime) -> KeptText:
    """Update a stored text from what the server shows: its state, and its text if only the server has it.

    A text that we sent stays as it was sent, because the server rewrites bodies. A removed post may be
    shown without its body; then the stored body stays.
    """
    post = thread_post.post
    body = (
        post.body.strip()
        if thread_post.adopted
        else annotations.unwrap_body(drafts.without_marker(post.body))
    )
    if text is None:
        text = KeptText(post_id=thread_post.id, body=body, published=post.published, changed=post.published)
    elif not text.body or (thread_post.adopted and body and body != text.body):
        text = replace(text, body=body, changed=now)
    return replace(text, open=post.open, comments=post.comments)
