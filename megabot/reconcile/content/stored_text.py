"""What is kept of a post's text: as it was sent, and what a look shows of it since. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from megabot.forum.models import Post
from megabot.ledger.records import Intent, IntentKind, IntentState, KeptText, NewIntent, PostRecord
from megabot.reconcile.content import annotations, drafts
from megabot.reconcile.observation import ThreadPost


def text_from_write(new: NewIntent, post: Post, *, now: datetime) -> KeptText:
    """Keep the text of a post that a publish or an edit has made."""
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
    """Give what was last sent for a post, where the ledger has that and never kept it as a text."""
    mine = [
        intent
        for intent in intents
        if intent.state is IntentState.DONE
        and intent.new.draft is not None
        and (intent.new.edition, intent.new.copy) == (record.edition, record.copy)
    ]
    if not mine or record.adopted:
        return None
    last = mine[-1]
    return KeptText(
        post_id=record.post_id,
        body=annotations.unwrap_body(drafts.without_marker(drafts.draft_of_intent(last.new).body)),
        preamble=last.new.preamble,
        published=mine[0].changed,
        changed=last.changed,
    )


def merge_observed_text(text: KeptText | None, thread_post: ThreadPost, *, now: datetime) -> KeptText:
    """Keep what a look shows of a post: its state, and its text where nobody but the server has it.

    What was sent stays as it was sent: the server rewrites bodies. A removed post may be shown without its
    body, which then stays what it was.
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
