"""What is kept of a post's text: what was sent, whatever the server makes of it."""

from dataclasses import replace
from datetime import timedelta

from megabot.forum.marker import Marker, sign
from megabot.ledger.records import IntentKind, IntentState, KeptText, PostRecord
from megabot.reconcile.content import stored_text
from megabot.reconcile.observation import ThreadPost
from tests.builders import AN_HOUR_AGO, NOW, a_draft, a_post, an_intent

BODY = "An essay.\n\nA list."
DRAFT = a_draft()
PUBLISH = replace(
    an_intent(IntentKind.PUBLISH).new,
    draft=replace(DRAFT, body=sign(BODY, Marker(thread="news", key="2026-W47"))),
    preamble="An essay.",
)
POST = a_post(body="rewritten by the server", published=AN_HOUR_AGO, comments=4)
RECORD = PostRecord(
    post_id=POST.id,
    thread="news",
    edition="2026-W47",
    number=47,
    slot=AN_HOUR_AGO,
    community_id=2,
    url=POST.url,
    title=POST.title,
)
KEPT = KeptText(post_id=POST.id, body=BODY, published=AN_HOUR_AGO, changed=AN_HOUR_AGO, preamble="An essay.")


def shown(text: KeptText | None, *, adopted: bool = False, **changed: object) -> KeptText:
    post = replace(POST, **changed)  # type: ignore[arg-type]
    return stored_text.merge_observed_text(
        text, ThreadPost(post=post, key="2026-W47", adopted=adopted), now=NOW
    )


def test_what_is_kept_of_a_publish_is_what_was_sent_without_its_marker() -> None:
    assert stored_text.text_from_write(PUBLISH, POST, now=NOW) == replace(KEPT, comments=4)


def test_an_edit_changed_the_text_now() -> None:
    edit = replace(PUBLISH, kind=IntentKind.EDIT, post_id=POST.id)

    assert stored_text.text_from_write(edit, POST, now=NOW).changed == NOW


def test_a_look_changes_what_is_known_of_the_state_and_not_the_text() -> None:
    assert shown(KEPT, removed=True, comments=9) == replace(KEPT, open=False, comments=9)


def test_a_post_that_was_never_kept_has_the_text_that_the_server_shows() -> None:
    body = sign("From the server.", Marker(thread="news", key="2026-W47"))

    assert shown(None, body=body).body == "From the server."


def test_an_adopted_posts_text_follows_its_author() -> None:
    text = replace(KEPT, preamble="")
    changed = shown(text, adopted=True, body="Rewritten.")

    assert (changed.body, changed.changed) == ("Rewritten.", NOW)


def test_a_removed_posts_hidden_body_takes_nothing_away() -> None:
    assert shown(KEPT, adopted=True, body="", removed=True).body == BODY


def test_a_text_that_was_only_sent_is_found_among_the_intents() -> None:
    done = replace(an_intent(IntentKind.PUBLISH, IntentState.DONE), new=PUBLISH)
    later = replace(
        done, new=replace(PUBLISH, kind=IntentKind.EDIT), changed=done.changed + timedelta(hours=1)
    )

    text = stored_text.text_from_intents([done, later], RECORD)

    assert text == replace(KEPT, published=done.changed, changed=later.changed)


def test_what_was_never_sent_is_no_text_of_a_post() -> None:
    lost = replace(an_intent(IntentKind.PUBLISH, IntentState.NOT_SENT), new=PUBLISH)

    assert stored_text.text_from_intents([lost], RECORD) is None
