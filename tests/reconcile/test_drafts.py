"""Whole posts made of texts, and what is kept of them."""

from dataclasses import replace

import pytest

from megabot.forum.marker import post_marker, sign
from megabot.forum.models import PostDraft
from megabot.ledger.records import IntentKind, NewIntent
from megabot.reconcile.content import drafts
from megabot.rendering import context_json
from megabot.rendering.model import Context, Rendered
from megabot.schedule.calendar import Edition
from megabot.source.model import Revision
from tests.builders import TEXT, a_draft, a_marker, a_post, a_record, an_edition, an_intent

PICTURE = Rendered(
    title="  News 47 ",
    body="An essay.\n\n",
    url="https://a.example",
    thumbnail="https://a.example/1.png",
    alt_text="A kite",
)


def to_publish(text: Rendered) -> PostDraft:
    return drafts.new_post_draft(text, a_marker(), nsfw=False, language_id=None)


def an_edit(text: Rendered) -> PostDraft:
    return drafts.edited_post_draft(text, a_post(), nsfw=False, language_id=None)


def a_context(edition: Edition | None = None, revision: Revision | None = None) -> str:
    made = Context(
        edition=context_json.edition_facts(edition or an_edition()),
        community="news",
        companions={},
        revision=revision or Revision(),
    )
    return context_json.to_json(made)


def a_publish(text: Rendered = TEXT, *, revision: Revision | None = None) -> NewIntent:
    return an_intent(draft=to_publish(text), context=a_context(revision=revision)).new


def test_a_post_is_published_with_everything_that_its_text_says() -> None:
    assert drafts.new_post_draft(PICTURE, a_marker(), nsfw=True, language_id=37) == PostDraft(
        title="News 47",
        body=f"An essay.\n\n{a_marker()}",
        link="https://a.example",
        thumbnail="https://a.example/1.png",
        alt_text="A kite",
        nsfw=True,
        language_id=37,
    )


def test_an_edit_keeps_title_and_link_as_posted() -> None:
    post = a_post(title="As posted", link="https://posted.example")

    draft = drafts.edited_post_draft(PICTURE, post, nsfw=False, language_id=None)

    assert (draft.title, draft.link) == ("As posted", "https://posted.example")


def test_an_edit_sends_the_thumbnail_again() -> None:
    """An edit without it clears it (lemmy-api 2.8)."""
    assert an_edit(PICTURE).thumbnail == PICTURE.thumbnail
    assert an_edit(PICTURE).alt_text == PICTURE.alt_text


def test_an_edit_keeps_the_language_and_the_mark_for_adults() -> None:
    draft = drafts.edited_post_draft(TEXT, a_post(), nsfw=True, language_id=37)

    assert (draft.nsfw, draft.language_id) == (True, 37)


def test_an_edit_keeps_the_marker_that_the_post_has() -> None:
    marker = a_marker(copy=2, after_key="2026-W46", after_post=46)
    post = a_post(body=sign("As posted.", marker).replace("\n", "\r\n") + "\r\n")

    draft = drafts.edited_post_draft(TEXT, post, nsfw=False, language_id=None)

    assert draft.body == sign("An essay.", marker)
    assert post_marker(draft.body) == marker


def test_a_draft_carries_the_text_that_it_was_made_of() -> None:
    assert drafts.draft_matches(to_publish(PICTURE), PICTURE)


@pytest.mark.parametrize(
    "other",
    [
        replace(PICTURE, title="News 48"),
        replace(PICTURE, body="An essay.\n\nAnd a word more."),
        replace(PICTURE, body="An"),
        replace(PICTURE, url="https://b.example"),
        replace(PICTURE, thumbnail=""),
        replace(PICTURE, alt_text="A red kite"),
    ],
)
def test_a_draft_carries_no_other_text(other: Rendered) -> None:
    assert not drafts.draft_matches(to_publish(PICTURE), other)


@pytest.mark.parametrize("kind", [IntentKind.PUBLISH, IntentKind.EDIT])
def test_publishes_and_edits_send_their_draft_as_it_was_written_down(kind: IntentKind) -> None:
    assert drafts.draft_of_intent(an_intent(kind, draft=a_draft()).new) == a_draft()


def test_only_a_publish_and_an_edit_carry_a_draft() -> None:
    with pytest.raises(ValueError, match="carry a draft"):
        drafts.draft_of_intent(an_intent(IntentKind.PIN).new)


def test_a_record_holds_what_the_intent_and_the_post_say() -> None:
    new = a_publish(revision=Revision(commit="abc", dirty=True))

    record = drafts.record_of_write(new, a_post())

    assert replace(record, sent="", answered="", context="") == a_record(commit="abc", dirty=True)
    assert record.context == new.context


def test_the_record_of_a_copy_says_which_it_is() -> None:
    record = drafts.record_of_write(replace(a_publish(), copy=2), a_post(copy=2))

    assert (record.copy, record.post_id) == (2, 147)


@pytest.mark.parametrize("text", [TEXT, PICTURE, Rendered(title="News", body="")])
def test_an_unchanged_text_is_known_again_by_what_was_sent(text: Rendered) -> None:
    published = drafts.record_of_write(a_publish(text), a_post())
    edited = drafts.record_of_write(replace(a_publish(text), draft=an_edit(text)), a_post())

    assert published.sent == edited.sent == drafts.text_digest(text)


@pytest.mark.parametrize(
    "changed", [{"body": "Another."}, {"thumbnail": "https://a.example/2.png"}, {"alt_text": "A hawk"}]
)
def test_what_an_edit_can_change_changes_the_digest(changed: dict[str, str]) -> None:
    assert drafts.text_digest(replace(PICTURE, **changed)) != drafts.text_digest(PICTURE)  # type: ignore[arg-type]


@pytest.mark.parametrize("changed", [{"title": "Another"}, {"url": ""}, {"comment": "Another."}])
def test_what_stays_as_posted_does_not_change_the_digest(changed: dict[str, str]) -> None:
    assert drafts.text_digest(replace(PICTURE, **changed)) == drafts.text_digest(PICTURE)  # type: ignore[arg-type]


def test_parts_of_a_text_are_told_apart_in_its_digest() -> None:
    text = Rendered(title="T", body="B", thumbnail="x", alt_text="")
    other = Rendered(title="T", body="B", thumbnail="", alt_text="x")

    assert drafts.text_digest(text) != drafts.text_digest(other)


def test_a_body_that_the_server_rewrote_is_known_again_as_it_answered() -> None:
    """A13."""
    rewritten = a_post(body="An *removed* essay.")
    record = drafts.record_of_write(a_publish(), rewritten)

    assert record.answered == drafts.body_digest(rewritten)
    assert record.answered != drafts.body_digest(a_post())
