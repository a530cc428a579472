"""Run what was decided, one write for each action; its intent is on disk before the first byte is sent."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, assert_never

from megabot.errors import (
    NotLemmy,
    NotSent,
    OutcomeUnknown,
    Refused,
    SignInBudgetExhausted,
    SignInRefused,
    TokenRefused,
)
from megabot.forum.marker import (
    ADOPTED,
    ANNOUNCED,
    FIRST,
    LINK,
    RELEASED,
    UNDONE,
    CommentMarker,
    Marker,
    sign,
)
from megabot.forum.models import Comment, CommunityRef, Post
from megabot.i18n import sentences
from megabot.i18n.translation import _
from megabot.ledger.records import Intent, IntentKind, IntentState, NewIntent
from megabot.ports import Ports
from megabot.reconcile import describe, recent_history
from megabot.reconcile.actions import (
    Adopt,
    Announce,
    Distinguish,
    Edit,
    FirstComment,
    LinkOldThread,
    Lock,
    Pin,
    Publish,
    Release,
    RetryPublish,
    UndoRepost,
    Unlock,
    Unpin,
    Write,
)
from megabot.reconcile.content import drafts, images
from megabot.reconcile.content.idempotency import attempt_number, idempotency_key
from megabot.reconcile.listing import AccountListing, relist_account
from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.thread_posts import keep_posts, keep_sent
from megabot.rendering.model import EDITION_URL, Rendered
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import is_edition_preamble

Answer = TypeVar("Answer")
log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActContext:
    """What the writes of one thread need. `context` is the JSON that the text was rendered from."""

    ports: Ports
    thread: Thread
    place: CommunityRef
    listing: AccountListing
    snapshot: Snapshot
    language_id: int | None = None
    context: str = ""

    @property
    def nsfw(self) -> bool:
        """Whether the post is marked NSFW. In an NSFW community the server marks it in any case."""
        # Sent in each edit too: an edit without it resets the mark on 0.19 (lemmy-api 2.7).
        return self.thread.nsfw or self.place.nsfw

    def resolve(self, intent: Intent, state: IntentState, *, note: str = "") -> None:
        """Record the outcome of a write."""
        self.ports.ledger.resolve_intent(intent.id, state, at=self.ports.clock.now(), note=note)


def perform_all(work: ActContext, actions: tuple[Write, ...]) -> tuple[Write, ...]:
    """Run the actions in order and return those that were done.

    Stops at the first write with an unknown outcome, which the next observation settles. Raises the other
    errors of the forum.
    """
    done: list[Write] = []
    for action in actions:
        log.info("%s", describe.write_in_progress(work.thread, action))
        try:
            act(work, action)
        except OutcomeUnknown as error:
            log.warning("%s", error)
            # The server may have done it all the same, so the next decision needs a new listing.
            relist_account(work.ports, work.listing)
            break
        done.append(action)
    return tuple(done)


def act(work: ActContext, action: Write) -> None:  # noqa: C901, PLR0912  one case for each kind of action
    """Do one write and record its outcome.

    Raises the forum's errors after recording them. `OutcomeUnknown` leaves the intent open.
    """
    match action:
        case Publish():
            _publish(work, action)
        case RetryPublish(intent=intent):
            work.resolve(intent, IntentState.ABSENT)
            # The text that was decided then is sent, whatever the template says now (T11).
            _create(work, replace(intent.new, at=work.ports.clock.now()))
        case Adopt():
            _adopt(work, action)
        case Release():
            _release(work, action)
        case UndoRepost():
            _withdraw(work, action)
        case Pin() | Unpin():
            _feature(work, action)
        case LinkOldThread():
            _tell(work, action)
        case Announce() | FirstComment() | Distinguish():
            _announce(work, action)
        case Lock() | Unlock():
            _lock(work, action)
        case Edit():
            _edit(work, action)
        case _:
            assert_never(action)


def _lock(work: ActContext, action: Lock | Unlock) -> None:
    thread_post, locked = action.thread_post, isinstance(action, Lock)
    served = action.current if isinstance(action, Lock) else action.copy
    goes_on_in = served if locked else thread_post
    new = _intent(work, IntentKind.LOCK if locked else IntentKind.UNLOCK, served, thread_post)
    # 1.0 refuses a lock without a reason (lemmy-api 1.10).
    why = sentences.why_locked(goes_on_in.post.url)
    if isinstance(action, Lock) and action.aged:
        why = _("This thread was locked because of its age (lock_after).")
    _settled(work, new, lambda: work.ports.forum.lock(thread_post.id, locked=locked, reason=why))


def _publish(work: ActContext, action: Publish) -> None:
    edition, after = action.edition, action.after
    # Uploaded before the intent, whose draft must be exactly what is sent.
    text = images.with_uploaded_images(work.ports, work.snapshot, action.text)
    marker = Marker(
        thread=work.thread.name,
        key=edition.key,
        copy=action.copy,
        # Named so that an adopted post is not forgotten with the ledger (decision 11).
        after_key=after.key if after else "",
        after_post=after.id if after else 0,
    )
    new = NewIntent(
        kind=IntentKind.PUBLISH,
        thread=work.thread.name,
        edition=edition.key,
        copy=action.copy,
        at=work.ports.clock.now(),
        draft=drafts.new_post_draft(
            text, marker, nsfw=work.nsfw, language_id=work.language_id, tags=work.thread.tags
        ),
        # Kept for the link in the previous thread, which may be made only after a restart (R01).
        text=action.text.comment,
        context=work.context,
        order=action.order,
        preamble=_preamble_text(action.text),
    )
    _create(work, new)


def _create(work: ActContext, new: NewIntent) -> None:
    draft, key = drafts.draft_of_intent(new), _key(work, new)
    # On disk before it is sent: after a kill the next start knows that a post may exist (R01).
    intent = work.ports.ledger.begin_intent(new)
    post = _send(work, intent, lambda: work.ports.forum.create_post(work.place.id, draft, key=key))
    _keep(work, new, post)
    # A post made in this pass is pinned without reading the mod log (decision 20).
    work.listing.created.add(post.id)
    work.listing.take_post(post)


def _keep(work: ActContext, new: NewIntent, post: Post) -> None:
    keep_sent(work.ports, new, post)
    # The server replaces slurs in a body without an error (A11, lemmy-api 2.5).
    lines = drafts.find_removed_words(drafts.draft_of_intent(new), post)
    if lines:
        log.warning("%s", sentences.words_filtered(post.url, lines))


def _feature(work: ActContext, action: Pin | Unpin) -> None:
    thread_post, featured = action.thread_post, isinstance(action, Pin)
    if isinstance(action, Pin):
        new = _intent(work, IntentKind.PIN, thread_post, thread_post)
    else:
        # Recorded for the current edition: what someone pins again stays pinned during it (H03).
        new = _intent(work, IntentKind.UNPIN, action.current, thread_post)
    _settled(work, new, lambda: work.ports.forum.feature(thread_post.id, featured=featured, kind=action.kind))


def _tell(work: ActContext, action: LinkOldThread) -> None:
    current = action.current
    marker = CommentMarker(thread=work.thread.name, key=current.key, copy=current.copy, purpose=LINK)
    # The address was not known when this text was rendered (decision 15).
    text = sign(action.text.replace(EDITION_URL, current.post.url), marker)
    new = replace(_intent(work, IntentKind.COMMENT, current, action.thread_post), text=text)
    key = _key(work, new)
    intent = work.ports.ledger.begin_intent(new)
    _send(work, intent, lambda: _write_link(work, action, text, key))


def _write_link(work: ActContext, action: LinkOldThread, text: str, key: str) -> Comment:
    # The announcement becomes the link, so that its readers find the new thread in the same place.
    if action.comment_id:
        return work.ports.forum.edit_comment(action.comment_id, text)
    return work.ports.forum.comment(action.thread_post.id, text, key=key)


def _announce(work: ActContext, action: Announce | FirstComment | Distinguish) -> None:
    thread_post = action.thread_post
    if isinstance(action, Announce):
        soon = describe.announcement(work.thread, action.edition)
        _say_there(work, _intent(work, IntentKind.ANNOUNCE, thread_post, thread_post), soon, ANNOUNCED)
        return
    if isinstance(action, FirstComment):
        text = action.text.replace(EDITION_URL, thread_post.post.url)
        _say_there(work, _intent(work, IntentKind.FIRST_COMMENT, thread_post, thread_post), text, FIRST)
        return
    kind = IntentKind.DISTINGUISH_FIRST if action.first else IntentKind.DISTINGUISH
    intent = work.ports.ledger.begin_intent(_intent(work, kind, thread_post, thread_post))
    number = action.comment_id
    marked = _send(work, intent, lambda: work.ports.forum.distinguish(number, distinguished=True))
    work.listing.take_comment(marked)


def _adopt(work: ActContext, action: Adopt) -> None:
    thread_post = ThreadPost(post=action.post, key=action.edition.key, copy=action.copy, adopted=True)
    # A comment shows the adoption if the ledger is lost (docs/explanation/manual-changes.md).
    _say_there(
        work,
        _intent(work, IntentKind.ADOPT, thread_post, thread_post),
        sentences.adoption_comment(action.edition),
        ADOPTED,
    )
    known = recent_history.record_of_thread(work.ports.ledger, work.thread.name, thread_post.id)
    keep_posts(work.ports, work.thread, (thread_post,), (known,) if known else ())


def _release(work: ActContext, action: Release) -> None:
    """Edit the comment that announced the adoption, and forget the post: it is its author's own again."""
    thread_post, marker = (
        action.thread_post,
        CommentMarker(
            thread=work.thread.name,
            key=action.thread_post.key,
            copy=action.thread_post.copy,
            purpose=RELEASED,
        ),
    )
    text = sign(sentences.release_comment(work.thread.name), marker)
    work.ports.ledger.forget_post(thread_post.id)
    intent = work.ports.ledger.begin_intent(
        replace(_intent(work, IntentKind.RELEASE, thread_post, thread_post), text=text)
    )
    # The older threads of an import have no comment (docs/explanation/manual-changes.md).
    if not action.comment_id:
        work.resolve(intent, IntentState.DONE)
        return
    number = action.comment_id
    work.listing.take_comment(_send(work, intent, lambda: work.ports.forum.edit_comment(number, text)))


def _withdraw(work: ActContext, action: UndoRepost) -> None:
    """Send a repost's readers to the post that it had replaced. The comment also marks it as withdrawn."""
    new = replace(
        _intent(work, IntentKind.WITHDRAW, action.thread_post, action.thread_post), order=action.order
    )
    _say_there(work, new, sentences.undo_comment(action.current.post.url), UNDONE)


def _say_there(work: ActContext, new: NewIntent, sentence: str, purpose: str) -> None:
    marker = CommentMarker(thread=new.thread, key=new.edition, copy=new.copy, purpose=purpose)
    text, key = sign(sentence, marker), _key(work, new)
    intent = work.ports.ledger.begin_intent(replace(new, text=text))
    work.listing.take_comment(
        _send(work, intent, lambda: work.ports.forum.comment(new.post_id, text, key=key))
    )


def _edit(work: ActContext, action: Edit) -> None:
    thread_post = action.thread_post
    without_link = replace(action.text, url="")  # an edit keeps the link as posted
    text = images.with_uploaded_images(work.ports, work.snapshot, without_link)
    # A whole post: Lemmy clears the thumbnail if an edit does not contain it (decision 12).
    draft = drafts.edited_post_draft(
        text,
        thread_post.post,
        nsfw=work.nsfw,
        language_id=work.language_id,
        tags=work.thread.tags,
        retitle=action.retitle,
    )
    new = _intent(work, IntentKind.EDIT, thread_post, thread_post)
    new = replace(new, draft=draft, context=work.context, preamble=_preamble_text(text))
    _keep(work, new, _settled(work, new, lambda: work.ports.forum.edit_post(thread_post.id, draft)))


def _preamble_text(text: Rendered) -> str:
    """Return the preamble that someone wrote for this edition; the default preamble is not news."""
    return text.preamble_text if is_edition_preamble(text.preamble_path) else ""


def _intent(work: ActContext, kind: IntentKind, current: ThreadPost, thread_post: ThreadPost) -> NewIntent:
    return NewIntent(
        kind=kind,
        thread=work.thread.name,
        edition=current.key,
        copy=current.copy,
        post_id=thread_post.id,
        at=work.ports.clock.now(),
    )


def _key(work: ActContext, new: NewIntent) -> str:
    # The attempts at a write are among those of its edition, so the thread's age does not matter.
    earlier = work.ports.ledger.recent_intents(new.thread, editions=(new.edition,), post_ids=())
    attempt = attempt_number(new, earlier)
    return idempotency_key(work.listing.bot_id, new, attempt=attempt)


def _settled(work: ActContext, new: NewIntent, send: Callable[[], Post]) -> Post:
    post = _send(work, work.ports.ledger.begin_intent(new), send)
    work.listing.take_post(post)
    return post


def _send(work: ActContext, intent: Intent, send: Callable[[], Answer]) -> Answer:
    """Send a write and record its outcome. An unknown outcome leaves the intent open."""
    try:
        answer = send()  # raises NotSent only if nothing can have happened (decision 9)
    except (NotSent, NotLemmy, TokenRefused, SignInRefused, SignInBudgetExhausted) as error:
        work.resolve(intent, IntentState.NOT_SENT, note=str(error))
        raise
    except Refused as error:
        # Recorded, so that the same text is not sent again after each pass (A11).
        work.resolve(intent, IntentState.REFUSED, note=str(error))
        raise
    work.resolve(intent, IntentState.DONE)
    return answer
