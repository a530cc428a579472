"""What API v3 answers, as values and typed errors; the recordings of a real 0.19.20 are the judge."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from megabot.errors import (
    ForumError,
    NotFound,
    NotLemmy,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServerStarting,
    SignInRefused,
    TokenRefused,
    Unreadable,
)
from megabot.forum.models import CommunityRef, Feature, Person, PostLimit
from megabot.lemmy import error_codes, json_fields
from megabot.lemmy.auth.budget import Bucket, refill_seconds
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson
from megabot.lemmy.responses import Call, SignInCollision, decode, failure
from megabot.lemmy.v3 import parse
from tests.sandbox.recordings import Recording, recordings

RECORDED = {recording.name: recording for recording in recordings()}
BOT = Person(id=3, name="megabot", actor="https://lemmy.example/u/megabot", bot=True)
WRITES = [Call.CHANGE, Call.NEW_POST, Call.NEW_COMMENT]
PUBLISHED = "2026-11-22T23:42:57.546114Z"


def answered(name: str) -> JsonObject:
    return JsonObject(RECORDED[name].response["json"])


def refusal(name: str, call: Call) -> ForumError:
    response = RECORDED[name].response
    body = json.dumps(response["json"]) if "json" in response else response["text"]
    return failure(response["status"], body.encode(), call)


def error(code: str, call: Call, status: int = 400) -> ForumError:
    return failure(status, json.dumps({"error": code}).encode(), call)


def a_post(**changes: object) -> dict[str, Any]:
    needed = {"id": 1, "name": "T", "ap_id": "u", "creator_id": 3, "community_id": 2, "published": PUBLISHED}
    return needed | changes


# Values


def test_a_whole_post_is_read() -> None:
    post = parse.written_post(answered("post-create-whole"))

    assert (post.id, post.title, post.community_id, post.creator) == (6, "Everything set", 2, BOT)
    assert post.url == "https://lemmy.example/post/6"
    assert post.link == "https://files.example/cover.png"
    assert (post.thumbnail, post.alt_text) == ("https://files.example/thumb.png", "A cover")
    assert post.body.startswith("::: spoiler More")
    assert post.published == datetime(2026, 11, 22, 23, 42, 59, 593942, tzinfo=UTC)
    assert (post.featured, post.locked, post.open) == (False, False, True)


def test_what_the_server_leaves_out_is_empty() -> None:
    post = parse.written_post(answered("post-create-minimal"))

    assert (post.body, post.link, post.thumbnail, post.alt_text) == ("", "", "", "")


def test_a_pin_and_a_moderator_are_seen() -> None:
    post = parse.written_post(answered("post-feature"))

    assert (post.featured_community, post.featured_local, post.creator_is_moderator) == (True, False, True)


@pytest.mark.parametrize(
    ("name", "state"),
    [("post-get-removed-as-author", (True, False)), ("post-get-deleted-as-author", (True, True))],
)
def test_removed_and_deleted_posts_say_so(name: str, state: tuple[bool, bool]) -> None:
    post = parse.written_post(answered(name))

    assert post.removed or post.deleted
    assert not post.open
    assert post.deleted is state[1]


def test_comments_are_counted_where_the_server_counts() -> None:
    view = {"post": a_post(), "creator": {"id": 3, "name": "b", "actor_id": "a"}}
    counted = JsonObject({"post_view": view | {"counts": {"comments": 7}}})

    assert parse.written_post(counted).comments == 7
    assert parse.written_post(JsonObject({"post_view": view})).comments == 0


def test_a_list_keeps_the_servers_order() -> None:
    posts = parse.posts(answered("post-list-new-show-read-asked"))

    assert [post.id for post in posts][:2] == [8, 7]
    assert posts[0].featured


def test_own_content_has_posts_comments_and_their_author() -> None:
    page = parse.own_content(answered("person-own-with-deleted"))

    assert page.author == 3
    assert page.posts[0].deleted
    assert [comment.id for comment in page.comments] == [4, 1]


def test_a_comment_is_read() -> None:
    comment = parse.written_comment(answered("comment-create"))

    assert (comment.id, comment.post_id, comment.content) == (1, 1, "The new thread is up.")
    assert comment.url == "https://lemmy.example/comment/1"
    assert (comment.removed, comment.deleted) == (False, False)


def test_a_community_is_read_with_its_moderators() -> None:
    community = parse.community(answered("community-by-name"))

    assert (community.id, community.name, community.title, community.local) == (2, "news", "News", True)
    assert community.actor == "https://lemmy.example/c/news"
    assert [moderator.actor for moderator in community.moderators] == ["https://lemmy.example/u/modlin"]
    assert community.languages == ()


def test_a_community_says_whether_the_bot_is_banned() -> None:
    about = {"id": 2, "name": "news", "actor_id": "a", "local": True}
    view = {"community": about, "banned_from_community": True}

    assert parse.community(JsonObject({"community_view": view})).banned


def test_a_community_says_that_only_moderators_may_post() -> None:
    assert parse.community(answered("community-mods-only")).moderators_only


def test_the_site_has_name_version_languages_and_admins() -> None:
    site = parse.site(answered("site-anonymous")).site

    assert (site.actor, site.name, site.version) == ("https://lemmy.example/", "lemmy-019", "0.19.20")
    assert (site.languages["und"], site.languages["en"]) == (0, 37)
    assert [(admin.name, admin.admin) for admin in site.admins] == [("admin", True)]
    assert json_fields.version(answered("site-anonymous")) == "0.19.20"


def test_the_account_is_read_and_hides_nothing() -> None:
    account = parse.site(answered("site-as-bot")).authenticated()

    assert account.person == BOT
    assert (account.hiding_settings, account.languages, account.moderates) == ((), (), ())


@pytest.mark.parametrize("name", ["site-anonymous", "site-as-bot"])
def test_the_site_names_the_limit_on_new_posts(name: str) -> None:
    site = parse.site(answered(name)).site

    assert site.post_limit == PostLimit(posts=99999, seconds=600, at_once=False)


@pytest.mark.parametrize("limits", [None, {}, {"post": 0, "post_per_second": 0}, {"post": 6}])
def test_a_site_without_limits_names_none(limits: object) -> None:
    view = {"site": {"actor_id": "s"}, "local_site_rate_limit": limits}

    site = parse.site(JsonObject({"site_view": view, "version": "0.19.20"})).site

    assert site.post_limit is None


@pytest.mark.parametrize("name", ["site-anonymous", "site-with-dead-token", "site-after-logout"])
def test_a_site_without_the_account_proves_a_dead_token(name: str) -> None:
    with pytest.raises(TokenRefused):
        parse.site(answered(name)).authenticated()


def site_of(*, reads: list[int], moderates: list[object], **settings: bool) -> JsonObject:
    view = {"local_user": settings, "person": {"id": 3, "name": "b", "actor_id": "a"}}
    mine = {"local_user_view": view, "discussion_languages": reads, "moderates": moderates}
    languages = [{"id": number, "code": f"l{number}"} for number in range(3)]
    about = {"site_view": {"site": {"actor_id": "s"}}, "version": "0.19.20", "all_languages": languages}
    return JsonObject(about | {"my_user": mine})


def test_settings_that_hide_are_named_as_lemmy_spells_them() -> None:
    hiding = site_of(reads=[1], moderates=[], show_nsfw=False, show_bot_accounts=False, show_read_posts=False)

    account = parse.site(hiding).authenticated()

    assert account.hiding_settings == (
        "show_nsfw",
        "show_bot_accounts",
        "show_read_posts",
        "discussion_languages",
    )
    assert account.languages == (1,)


def test_reading_every_language_hides_nothing() -> None:
    account = parse.site(site_of(reads=[0, 1, 2], moderates=[])).authenticated()

    assert (account.hiding_settings, account.languages) == ((), ())


def test_the_account_knows_where_it_moderates_and_that_it_is_an_admin() -> None:
    actor = "https://lemmy.example/c/birds"
    seat = {"community": {"id": 9, "name": "birds", "actor_id": actor, "local": True, "nsfw": False}}
    account = parse.site(site_of(reads=[], moderates=[seat], admin=True)).authenticated()

    assert account.moderates == (CommunityRef(id=9, name="birds", actor=actor),)
    assert account.person.admin


def test_unread_counts_are_read() -> None:
    unread = parse.unread(answered("unread-count"))

    assert (unread.replies, unread.mentions, unread.messages) == (1, 3, 0)


@pytest.mark.parametrize("name", ["modlog-featured", "modlog-featured-anonymous"])
def test_the_log_of_pins_names_who_and_when_even_to_strangers(name: str) -> None:
    newest = parse.pin_events(answered(name))[0]

    assert (newest.post_id, newest.featured, newest.kind, newest.by) == (8, False, Feature.COMMUNITY, 4)
    assert newest.when == datetime(2026, 11, 22, 23, 43, 1, 694511, tzinfo=UTC)


def test_a_pin_without_a_name_is_by_nobody_known() -> None:
    event = {"post_id": 1, "featured": True, "is_featured_community": False, "when_": PUBLISHED}

    (read,) = parse.pin_events(JsonObject({"featured_posts": [{"mod_feature_post": event}]}))

    assert (read.by, read.kind) == (None, Feature.LOCAL)


def test_of_the_removals_the_own_ones_are_given_and_all_are_counted() -> None:
    entries = [{"post": a_post(id=1)}, {"post": a_post(id=2, creator_id=8)}, {"post": a_post(id=3)}]

    posts = parse.removed_posts(JsonObject({"removed_posts": entries}), BOT)

    assert [post and (post.id, post.creator) for post in posts] == [(1, BOT), None, (3, BOT)]


def test_an_address_leads_to_a_post_or_to_something_else() -> None:
    view = RECORDED["post-create-minimal"].response["json"]["post_view"]

    assert parse.found_post(JsonObject({"post": view})).id == view["post"]["id"]
    with pytest.raises(UnexpectedJson):
        parse.found_post(JsonObject({"community": {}}))


def test_a_sign_in_gives_the_token() -> None:
    answer = RECORDED["login-megabot"].response["json"]

    assert json_fields.token(JsonObject({**answer, "jwt": "eyJ0.eyJz.c2ln"})) == "eyJ0.eyJz.c2ln"
    with pytest.raises(UnexpectedJson, match=r"^answer\.jwt is not a word"):
        json_fields.token(JsonObject({**answer, "jwt": "eyJ0\r\nX-Other: eyJz"}))


def test_a_yes_is_a_yes() -> None:
    json_fields.done(answered("validate-auth-ok"))


# Fields


def test_unknown_fields_and_values_are_nobodys_business() -> None:
    """A22."""
    view = {"post": a_post(novel={"x": 1}), "creator": {"id": 3, "name": "b", "actor_id": "a"}}

    assert parse.written_post(JsonObject({"post_view": view, "later": 1})).id == 1


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda f: f.text("x"), 1),
        (lambda f: f.text("x"), None),
        (lambda f: f.number("x"), "1"),
        (lambda f: f.number("x"), True),
        (lambda f: f.flag("x"), "true"),
        (lambda f: f.flag("x", default=None), None),
        (lambda f: f.time("x"), "soon"),
        (lambda f: f.child("x"), []),
        (lambda f: f.children("x"), {}),
        (lambda f: f.children("x"), [1]),
        (lambda f: f.numbers("x"), ["1"]),
    ],
)
def test_a_value_of_another_type_is_named_and_never_shown(
    read: Callable[[JsonObject], object], value: object
) -> None:
    with pytest.raises(UnexpectedJson, match=r"^answer\.x"):
        read(JsonObject({"x": value, "y": "canary"}))


@pytest.mark.parametrize(
    "text", ["2026-11-16T12:00:00Z", "2026-11-16T12:00:00", "2026-11-16T13:00:00.000000000+01:00"]
)
def test_times_are_aware_and_in_utc(text: str) -> None:
    moment = JsonObject({"x": text}).time("x")

    assert moment == datetime(2026, 11, 16, 12, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_a_missing_object_is_none_where_it_may_be_missing() -> None:
    assert JsonObject({"x": None}).maybe("x") is None


# Errors


def test_a_good_answer_is_given_as_a_value() -> None:
    body = json.dumps(RECORDED["unread-count"].response["json"]).encode()

    assert decode(200, body, call=Call.READ, parse=parse.unread).total == 4


BAD_BODIES = [
    b"",
    b"<html>blocked</html>",
    b'{"post_view": {"po',
    b"[]",
    b'{"other": 1}',
    b"\xff",
    b"[" * 99999,
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_read_with_an_odd_answer_may_be_made_again(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(200, body, call=Call.READ, parse=parse.written_post)

    assert "blocked" not in str(caught.value)


@pytest.mark.parametrize("body", BAD_BODIES)
@pytest.mark.parametrize("call", WRITES)
def test_a_write_with_an_odd_answer_is_unknown(call: Call, body: bytes) -> None:
    """N07, A22."""
    with pytest.raises(OutcomeUnknown):
        decode(200, body, call=call, parse=parse.written_post)


BEFORE_INSERT = [
    recording
    for recording in RECORDED.values()
    if recording.name.startswith("post-create") and recording.response["status"] == 400
]


@pytest.mark.parametrize("recording", BEFORE_INSERT, ids=lambda recording: recording.name)
def test_recorded_refusals_of_a_post_are_certain(recording: Recording) -> None:
    refused = refusal(recording.name, Call.NEW_POST)

    assert isinstance(refused, Refused | RateLimited)


def test_a_refused_call_is_sent_back_with_words_and_the_code() -> None:
    with pytest.raises(Refused, match="3 to 200 characters") as caught:
        decode(400, b'{"error":"invalid_post_title"}', call=Call.NEW_POST, parse=json_fields.done)

    assert caught.value.code == "invalid_post_title"


@pytest.mark.parametrize(
    "code", ["couldnt_like_post", "couldnt_mark_post_as_read", "unknown", "couldnt_create_post"]
)
@pytest.mark.parametrize("call", WRITES)
def test_a_code_that_can_follow_the_insert_proves_nothing(code: str, call: Call) -> None:
    """A01."""
    assert isinstance(error(code, call), OutcomeUnknown)


def test_reading_the_new_row_back_can_fail_after_the_insert() -> None:
    assert isinstance(error("couldnt_find_post", Call.NEW_POST), OutcomeUnknown)
    assert isinstance(error("couldnt_find_comment", Call.NEW_COMMENT), OutcomeUnknown)
    assert isinstance(error("couldnt_find_post", Call.CHANGE), NotFound)


@pytest.mark.parametrize(
    "name", ["post-get-missing", "community-missing", "community-remote-unknown", "person-missing"]
)
def test_what_is_not_there_is_not_found_by_400_and_by_404(name: str) -> None:
    assert isinstance(refusal(name, Call.READ), NotFound)


@pytest.mark.parametrize("code", ["unknown", "couldnt_get_posts", "something_new"])
def test_a_read_that_failed_inside_the_server_may_be_made_again(code: str) -> None:
    assert isinstance(error(code, Call.READ), Unreadable)


@pytest.mark.parametrize(
    "name", ["post-create-dead-token", "post-create-anonymous", "validate-auth-dead-token"]
)
@pytest.mark.parametrize("call", [Call.READ, *WRITES])
def test_a_dead_token_is_refused_on_any_call(name: str, call: Call) -> None:
    assert isinstance(refusal(name, call), TokenRefused)


def test_a_private_server_tells_a_stranger_that_the_token_is_dead() -> None:
    assert isinstance(error("instance_is_private", Call.READ), TokenRefused)


@pytest.mark.parametrize(
    "name",
    ["login-wrong-password", "login-no-such-user", "login-totp-missing", "login-totp-wrong", "login-banned"],
)
def test_credentials_are_refused_for_good(name: str) -> None:
    refused = refusal(name, Call.SIGN_IN)

    assert isinstance(refused, SignInRefused)
    assert refused.code == RECORDED[name].response["json"]["error"]


@pytest.mark.parametrize("code", error_codes.SIGN_IN)
def test_every_refusal_of_a_sign_in_has_a_sentence_with_a_next_step(code: str) -> None:
    assert str(error(code, Call.SIGN_IN)).endswith(".")
    assert ";" in str(error(code, Call.SIGN_IN))


def test_two_sign_ins_in_one_second_collide() -> None:
    assert isinstance(refusal("login-twice-in-one-second", Call.SIGN_IN), SignInCollision)


def test_a_sign_in_that_failed_inside_the_server_is_not_refused() -> None:
    assert type(refusal("login-missing-field", Call.SIGN_IN)) is Unreadable


@pytest.mark.parametrize(
    ("call", "bucket"),
    [(Call.NEW_POST, Bucket.POST), (Call.SIGN_IN, Bucket.REGISTER), (Call.READ, Bucket.MESSAGE)],
)
def test_rate_limits_of_both_generations_say_how_long_to_wait(call: Call, bucket: Bucket) -> None:
    """A02."""
    old, new = error("rate_limit_error", call), error("too_many_requests", call, status=429)

    assert isinstance(old, RateLimited)
    assert isinstance(new, RateLimited)
    assert old.wait == new.wait == refill_seconds(bucket)


def test_a_starting_server_did_nothing() -> None:
    assert isinstance(failure(503, b'{"error":"Lemmy is currently starting"}', Call.NEW_POST), ServerStarting)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_other_server_errors_prove_nothing_whatever_they_say(status: int) -> None:
    for body in (b"<html>Bad gateway</html>", b'{"error":"slurs"}', b""):
        assert isinstance(failure(status, body, Call.NEW_POST), OutcomeUnknown)
        assert isinstance(failure(status, body, Call.READ), Unreadable)


def test_a_call_that_the_server_does_not_know_is_told_apart_from_what_is_not_there() -> None:
    assert isinstance(refusal("not-a-route", Call.READ), NotLemmy)
    assert isinstance(refusal("not-a-route", Call.CHANGE), NotLemmy)


def test_a_page_in_the_place_of_an_answer_is_never_quoted() -> None:
    page = json.dumps({"error": "Attention! <script>canary</script>"}).encode()

    assert "canary" not in str(failure(403, page, Call.READ))
    assert "canary" not in str(failure(403, page, Call.CHANGE))


@pytest.mark.parametrize("code", error_codes.REFUSALS)
def test_every_refusal_is_a_whole_sentence(code: str) -> None:
    sentence = error_codes.REFUSALS[code]

    assert sentence[0].isupper()
    assert sentence.endswith(".")
