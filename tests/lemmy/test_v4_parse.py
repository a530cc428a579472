"""What API v4 answers, as values; the recordings of a real 1.0.0-beta.1 are the judge."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from megabot.errors import (
    ForumError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RemoteUnreachable,
    SignInRefused,
    TokenRefused,
)
from megabot.forum.models import Comment, CommunityRef, Feature, Person, Post, PostLimit, Tag
from megabot.lemmy import json_fields
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson
from megabot.lemmy.responses import Call, SignInCollision, UnknownCall, failure
from megabot.lemmy.v3 import parse as v3_parse
from megabot.lemmy.v4 import parse
from tests.sandbox.recordings import FOLDER

RECORDED: dict[str, Any] = {
    path.stem[4:]: json.loads(path.read_text("utf-8"))["response"]
    for path in sorted((FOLDER / "lemmy-1.0.0-beta.1").glob("*.json"))
}
BOT = Person(id=4, name="megabot", actor="https://lemmy.example/u/megabot", bot=True)
WRITES = [Call.CHANGE, Call.NEW_POST, Call.NEW_COMMENT]
PUBLISHED = "2026-11-22T23:40:50.452342Z"
MEGATHREAD = Tag(id=1, name="megathread", title="Megathread")


def answered(name: str) -> JsonObject:
    return JsonObject(RECORDED[name]["json"])


def refusal(name: str, call: Call) -> ForumError:
    response = RECORDED[name]
    body = json.dumps(response["json"]) if "json" in response else response["text"]
    return failure(response["status"], body.encode(), call)


def error(code: str, call: Call) -> ForumError:
    return failure(400, json.dumps({"error": code}).encode(), call)


# Values


def test_a_whole_post_is_read() -> None:
    post = parse.written_post(answered("post-create-whole"))

    assert (post.id, post.title, post.community_id, post.creator) == (5, "Everything set", 2, BOT)
    assert (post.url, post.link) == ("https://lemmy.example/post/5", "https://files.example/cover.png")
    assert post.thumbnail.startswith("https://lemmy.example/api/v4/image/proxy?url=")
    assert (post.alt_text, post.body) == ("A cover", "::: spoiler More\ntext\n:::")
    assert post.published == datetime(2026, 11, 22, 23, 40, 52, 947459, tzinfo=UTC)
    assert (post.featured, post.locked, post.open, post.federation_pending) == (False, False, True, False)
    assert post.tags == ()


def test_what_the_server_leaves_out_is_empty() -> None:
    post = parse.written_post(answered("post-create-minimal"))

    assert (post.body, post.link, post.thumbnail, post.alt_text) == ("", "", "", "")


def test_pins_locks_comments_and_a_moderator_are_seen() -> None:
    both = parse.written_post(answered("post-feature-local-admin"))
    locked = parse.written_post(answered("post-lock-with-reason"))

    assert (both.featured_community, both.featured_local, both.creator_is_moderator) == (True, True, True)
    assert (locked.locked, locked.comments) == (True, 1)


@pytest.mark.parametrize(
    ("name", "removed", "deleted", "body"),
    [
        ("post-get-removed-as-author", True, False, "Edited body"),
        ("post-get-deleted-as-author", False, True, "edit of a removed post"),
        ("post-get-deleted-as-reader", False, True, ""),
    ],
)
def test_removed_and_deleted_posts_say_so(name: str, *, removed: bool, deleted: bool, body: str) -> None:
    post = parse.written_post(answered(name))

    assert (post.removed, post.deleted, post.body, post.open) == (removed, deleted, body, False)


def view_of(post: dict[str, object], **more: object) -> JsonObject:
    needed = {"id": 1, "name": "T", "ap_id": "u", "community_id": 2, "published_at": PUBLISHED}
    return JsonObject({"post": needed | post, "creator": {"id": 4, "name": "b", "ap_id": "a"}} | more)


def test_a_post_that_its_own_community_has_not_taken_over_says_so() -> None:
    assert parse.post(view_of({"federation_pending": True})).federation_pending


def test_the_tags_of_a_post_are_read_and_deleted_ones_are_not() -> None:
    tag = RECORDED["tag-create"]["json"]
    nameless = {"id": 3, "name": "plain"}

    post = parse.post(view_of({}, tags=[tag, tag | {"id": 2, "deleted": True}, nameless]))

    assert post.tags == (MEGATHREAD, Tag(id=3, name="plain", title="plain"))


def test_an_opened_post_tells_the_tags_of_its_community() -> None:
    opened = dict(RECORDED["post-get"]["json"])
    opened["community_view"] = opened["community_view"] | {"tags": [RECORDED["tag-create"]["json"]]}

    post, offered = parse.post_and_tags(JsonObject(opened))

    assert (post.id, offered) == (8, (MEGATHREAD,))


def test_a_list_keeps_the_servers_order_and_says_how_to_go_on() -> None:
    page = parse.list_reader(parse.post)(answered("post-list-hot-with-two-pinned"))

    assert [post.id for post in page.items] == [8, 1, 7]
    assert page.after == "BU0KBxiIGgGjd-yKyU0KBxiIGZ"


def test_the_last_page_leads_nowhere() -> None:
    page = parse.list_reader(parse.post)(answered("post-list-new-when-bots-are-hidden"))

    assert page.after == ""


def test_own_content_has_posts_and_comments() -> None:
    posts = parse.list_reader(parse.own_item)(answered("person-content"))
    comment = RECORDED["comment-create"]["json"]["comment_view"] | {"type_": "comment"}

    assert [one.id for one in posts.items] == [8, 7, 6, 5, 4]
    assert {type(one) for one in posts.items} == {Post}
    assert isinstance(parse.own_item(JsonObject(comment)), Comment)


def test_a_comment_is_read() -> None:
    comment = parse.written_comment(answered("comment-create"))

    assert (comment.id, comment.post_id, comment.content) == (1, 1, "The new thread is up.")
    assert comment.url == "https://lemmy.example/comment/1"
    assert (comment.removed, comment.deleted) == (False, False)


def test_a_community_is_read_with_its_moderators_and_tags() -> None:
    community = parse.community(answered("community-by-name"))

    assert (community.id, community.name, community.title, community.local) == (2, "news", "News", True)
    assert community.actor == "https://lemmy.example/c/news"
    assert [moderator.actor for moderator in community.moderators] == ["https://lemmy.example/u/modlin"]
    assert (community.tags, community.banned, len(community.languages)) == ((), False, 184)


def test_a_community_says_whether_the_bot_is_banned() -> None:
    view = dict(RECORDED["community-by-name"]["json"]["community_view"])
    view["community_actions"] = {"received_ban_at": PUBLISHED}

    assert parse.community(JsonObject({"community_view": view})).banned
    assert not parse.community(answered("community-get-after-ban")).banned


def test_a_community_says_that_only_moderators_may_post() -> None:
    assert parse.community(answered("community-mods-only")).moderators_only


def test_the_site_has_name_version_languages_and_admins() -> None:
    site = parse.site(answered("site-anonymous"))

    assert (site.actor, site.name, site.version) == ("https://lemmy.example/", "lemmy-10", "1.0.0-beta.1")
    assert (site.languages["und"], site.languages["en"]) == (0, 37)
    assert [(admin.name, admin.admin) for admin in site.admins] == [("admin", True)]


def test_both_apis_of_a_1_0_tell_its_version() -> None:
    assert json_fields.version(answered("site-anonymous")) == "1.0.0-beta.1"
    assert json_fields.version(answered("v3-site-on-1.0")) == "1.0.0-beta.1"


def test_the_site_names_the_limit_on_new_posts() -> None:
    site = parse.site(answered("site-anonymous"))

    assert site.post_limit == PostLimit(posts=99999, seconds=600, at_once=True)


@pytest.mark.parametrize("limits", [None, {}, {"post_max_requests": 0, "post_interval_seconds": 600}])
def test_a_site_without_limits_names_none(limits: object) -> None:
    view = {"site": {"ap_id": "s"}, "local_site_rate_limit": limits}

    site = parse.site(JsonObject({"site_view": view, "version": "1.0.0"}))

    assert site.post_limit is None


def test_the_v3_of_a_1_0_names_no_limit() -> None:
    assert v3_parse.site(answered("v3-site-on-1.0")).site.post_limit is None


def test_the_account_is_read_and_hides_nothing() -> None:
    languages = parse.site(answered("site-anonymous")).languages

    account = parse.account(answered("account-as-bot"), languages)

    assert account.person == BOT
    assert (account.hiding_settings, account.languages, account.moderates) == ((), (), ())


def account_of(*, reads: list[int], moderates: list[object], **settings: object) -> JsonObject:
    view = {"local_user": settings, "person": {"id": 4, "name": "b", "ap_id": "a"}}
    return JsonObject({"local_user_view": view, "discussion_languages": reads, "moderates": moderates})


def test_settings_that_hide_are_named_as_lemmy_spells_them() -> None:
    off = dict.fromkeys(["show_nsfw", "show_bot_accounts", "show_read_posts"], False)
    more = {"hide_posts_with_media": True, "default_post_time_range_seconds": 86400}

    account = parse.account(account_of(reads=[1], moderates=[], **off, **more), {"en": 0, "de": 1})

    assert account.hiding_settings == (*off, *more, "discussion_languages")
    assert account.languages == (1,)


def test_words_that_the_account_does_not_want_to_read_hide() -> None:
    mine = {**RECORDED["account-as-bot"]["json"], "keyword_blocks": ["weekly"]}

    assert parse.account(JsonObject(mine), {"en": 37}).hiding_settings == ("blocking_keywords",)


def test_the_account_knows_where_it_moderates_and_that_it_is_an_admin() -> None:
    actor = "https://lemmy.example/c/birds"
    seat = {"community": {"id": 9, "name": "birds", "ap_id": actor, "local": True, "nsfw": False}}

    account = parse.account(account_of(reads=[], moderates=[seat], admin=True), {})

    assert account.moderates == (CommunityRef(id=9, name="birds", actor=actor),)
    assert account.person.admin


def test_what_waits_is_counted_without_its_kind() -> None:
    unread = parse.unread(answered("unread-counts"))

    assert (unread.notices, unread.total) == (8, 8)


def test_the_log_of_pins_names_who_and_when_to_a_moderator_of_the_community() -> None:
    newest, *_ = parse.list_reader(parse.pin_event)(answered("modlog-featured")).items

    assert (newest.post_id, newest.featured, newest.kind, newest.by) == (8, False, Feature.COMMUNITY, 5)
    assert newest.when == datetime(2026, 11, 22, 23, 40, 57, 213211, tzinfo=UTC)


@pytest.mark.parametrize("name", ["modlog-of-one-post", "modlog-featured-anonymous"])
def test_others_are_told_no_name(name: str) -> None:
    events = parse.list_reader(parse.pin_event)(answered(name)).items

    assert {event.by for event in events} == {None}
    assert {event.featured for event in events} == {True, False}


def test_a_pin_on_the_front_page_is_told_apart_and_other_deeds_are_no_pins() -> None:
    items = RECORDED["modlog-all"]["json"]["items"]
    front = next(item for item in items if item["modlog"]["kind"] == "admin_feature_post_site")
    lock = next(item for item in items if item["modlog"]["kind"] == "mod_lock_post")

    assert parse.pin_event(JsonObject(front)).kind is Feature.LOCAL
    with pytest.raises(UnexpectedJson):
        parse.pin_event(JsonObject(lock))


def test_the_log_of_removals_has_the_post_where_it_is_still_there() -> None:
    entry = RECORDED["modlog-featured"]["json"]["items"][0]

    post = parse.removed_post(JsonObject(entry), BOT)

    assert post is not None
    assert (post.id, post.body, post.creator) == (8, "Edited body", BOT)
    assert parse.removed_post(JsonObject({"modlog": {}}), BOT) is None


def test_an_address_leads_to_a_post_or_to_something_else() -> None:
    assert parse.found_post(answered("resolve-object-own-post")).id == 1
    with pytest.raises(UnexpectedJson):
        parse.found_post(JsonObject({"type_": "community", "community": {}}))


def test_a_person_is_read() -> None:
    view = {"person": {"id": 5, "name": "modlin", "ap_id": "https://lemmy.example/u/modlin"}}

    assert parse.found_person(JsonObject({"person_view": view})).name == "modlin"


def test_an_image_has_an_address() -> None:
    address = "https://lemmy.example/api/v4/image/x.png"

    assert parse.uploaded_url(JsonObject({"image_url": address, "filename": "x.png"})) == address


def test_unknown_fields_are_nobodys_business() -> None:
    """A22."""
    assert parse.post(view_of({"novel": {"x": 1}}, later=1)).id == 1


# Errors


@pytest.mark.parametrize(
    "name",
    [
        "post-create-title-201",
        "post-create-title-newline",
        "post-create-body-50001",
        "post-create-bad-url",
        "post-create-bad-language",
        "post-create-honeypot",
        "post-create-mods-only",
        "post-create-banned",
        "post-create-banned-from-site",
    ],
)
def test_recorded_refusals_of_a_post_are_certain(name: str) -> None:
    assert isinstance(refusal(name, Call.NEW_POST), Refused)


@pytest.mark.parametrize("code", ["nsfw_not_allowed", "plugin_error", "slurs", "blocked_url"])
def test_other_codes_that_come_before_the_insert_are_certain(code: str) -> None:
    assert isinstance(error(code, Call.NEW_POST), Refused)


@pytest.mark.parametrize("code", ["couldnt_create", "couldnt_update", "tag_not_in_community", "unknown"])
@pytest.mark.parametrize("call", WRITES)
def test_a_code_that_can_follow_the_insert_proves_nothing(code: str, call: Call) -> None:
    """A01."""
    assert isinstance(error(code, call), OutcomeUnknown)


def test_what_is_not_there_is_said_by_the_code_that_also_fails_to_read_the_new_row_back() -> None:
    for call in (Call.NEW_POST, Call.NEW_COMMENT):
        assert isinstance(refusal("post-create-no-community", call), OutcomeUnknown)
    assert isinstance(refusal("post-feature-missing", Call.CHANGE), NotFound)


@pytest.mark.parametrize(
    "name", ["post-get-missing", "community-missing", "person-missing", "resolve-object-missing"]
)
def test_what_is_not_there_is_not_found(name: str) -> None:
    assert isinstance(refusal(name, Call.READ), NotFound)


def test_a_community_of_a_server_that_does_not_answer_may_be_asked_for_again() -> None:
    away = refusal("community-remote-unknown", Call.READ)

    assert isinstance(away, RemoteUnreachable)
    assert str(away) == "The server could not reach elsewhere.example: it is down, or its name is wrong."


@pytest.mark.parametrize("name", ["post-create-idempotent-again", "post-create-idempotent-after-failure"])
def test_a_key_that_the_server_knows_says_nothing_of_what_became_of_it(name: str) -> None:
    assert isinstance(refusal(name, Call.NEW_POST), OutcomeUnknown)


@pytest.mark.parametrize("name", ["account-anonymous", "account-with-dead-token", "validate-auth-dead-token"])
@pytest.mark.parametrize("call", [Call.READ, *WRITES])
def test_a_dead_token_is_refused_on_any_call(name: str, call: Call) -> None:
    assert isinstance(refusal(name, call), TokenRefused)


@pytest.mark.parametrize(
    "name", ["login-wrong-password", "login-no-such-user", "login-totp-missing", "login-totp-wrong"]
)
def test_credentials_are_refused_for_good(name: str) -> None:
    assert isinstance(refusal(name, Call.SIGN_IN), SignInRefused)


def test_two_sign_ins_in_one_second_collide() -> None:
    assert isinstance(refusal("login-twice-in-one-second", Call.SIGN_IN), SignInCollision)


@pytest.mark.parametrize(
    ("name", "call"), [("post-create-limited-3", Call.NEW_POST), ("login-limited-3", Call.SIGN_IN)]
)
def test_an_empty_bucket_is_to_be_waited_for(name: str, call: Call) -> None:
    """A02."""
    assert isinstance(refusal(name, call), RateLimited)


def test_not_being_a_moderator_is_said() -> None:
    assert isinstance(refusal("post-feature-not-moderator", Call.CHANGE), Refused)


@pytest.mark.parametrize(
    "name",
    [
        "not-a-route",
        "v3-feature-on-1.0",
        "v3-lock-on-1.0",
        "v3-modlog-on-1.0",
        "v3-person-on-1.0",
        "v3-mention-on-1.0",
        "v3-private-message-on-1.0",
        "v3-validate-auth-on-1.0",
    ],
)
@pytest.mark.parametrize("call", [Call.READ, *WRITES])
def test_a_call_that_the_server_does_not_know_was_not_carried_out(name: str, call: Call) -> None:
    assert isinstance(refusal(name, call), UnknownCall)
