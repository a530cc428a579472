"""What the server refuses beside the other files: fields of a wrong kind, other people's things."""

import http.client
import json
from typing import Any

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.refusals import refusal


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"community_id": "2", "name": "abc"}, 'invalid type: string "2", expected i32'),
        ({"community_id": True, "name": "abc"}, "invalid type: boolean `true`, expected i32"),
        ({"community_id": 2, "name": ["abc"]}, "invalid type: map, expected a string"),
        ({"community_id": 2, "name": "abc", "nsfw": "yes"}, 'invalid type: string "yes", expected a boolean'),
        ([], "invalid type, expected struct"),
    ],
)
def test_a_field_of_a_wrong_kind_is_refused(sandbox: Sandbox, body: object, words: str) -> None:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {sandbox.token_of('reader')}"}
    connection.request("POST", "/api/v3/post", json.dumps(body), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()

    assert answer["error"] == "unknown"
    assert words in answer["message"]


@pytest.mark.parametrize("wrong", [{"limit": "ten"}, {"limit": ""}, {"page": "1.5"}])
def test_a_number_in_a_query_must_be_one(reader: User, wrong: dict[str, Any]) -> None:
    assert refusal(reader.get, "post/list", **wrong) == "400 unknown"


def test_lists_must_be_lists(modlin: User, admin: User, news: int) -> None:
    for languages in ("none", ["en"]):
        answer = refusal(modlin.put, "community", community_id=news, discussion_languages=languages)
        assert answer == "400 unknown"
    assert refusal(admin.put, "site", blocked_urls="a.example") == "400 unknown"
    missing = refusal(modlin.put, "community", community_id=news, discussion_languages=[99999])
    assert missing == "400 language_not_allowed"


def test_a_body_that_is_too_big_is_refused(reader: User, news: int) -> None:
    assert refusal(reader.create_post, news, "Too big", "b" * 2_000_001) == "413 unknown"


def test_other_peoples_comments_are_left_alone(bot: User, reader: User, modlin: User, news: int) -> None:
    comment = bot.comment(bot.create_post(news, "Commented"), "by the bot")

    assert refusal(modlin.edit_comment, comment, "mine now") == "400 no_comment_edit_allowed"
    assert refusal(modlin.delete_comment, comment) == "400 no_comment_edit_allowed"
    assert refusal(reader.remove_comment, comment) == "400 not_a_mod_or_admin"
    assert refusal(bot.vote_comment, comment) == "400 invalid_bot_action"
    assert refusal(reader.delete, 1) == "400 no_post_edit_allowed"


def test_a_comment_is_deleted_once_and_then_not_removed(
    bot: User, modlin: User, reader: User, news: int
) -> None:
    comment = reader.comment(bot.create_post(news, "Commented"), "gone soon")
    reader.delete_comment(comment)

    assert refusal(reader.delete_comment, comment) == "400 couldnt_update_comment"
    assert refusal(modlin.remove_comment, comment) == "400 couldnt_update_comment"
    assert refusal(modlin.edit_comment, 99, "nothing") == "400 couldnt_find_comment"


def test_a_comment_cannot_answer_one_of_another_post_or_go_too_deep(
    bot: User, reader: User, news: int
) -> None:
    first, second = bot.create_post(news, "The first"), bot.create_post(news, "The second")
    parent = reader.comment(first, "the top")
    assert refusal(reader.comment, second, "astray", parent_id=parent) == "400 couldnt_create_comment"

    for _ in range(49):
        parent = reader.comment(first, "deeper", parent_id=parent)
    assert refusal(reader.comment, first, "too deep", parent_id=parent) == "400 max_comment_depth_reached"


def test_other_peoples_messages_and_replies_are_not_marked(
    bot: User, reader: User, modlin: User, sandbox: Sandbox, news: int
) -> None:
    reader.comment(bot.create_post(news, "Commented"), "a reply")
    modlin.message(sandbox.person("megabot").id, "for the bot")
    marking = {"private_message_id": 1, "read": True}

    answer = refusal(reader.post, "private_message/mark_as_read", **marking)
    assert answer == "400 couldnt_update_private_message"
    marking["private_message_id"] = 99
    answer = refusal(reader.post, "private_message/mark_as_read", **marking)
    assert answer == "400 couldnt_find_private_message"
    answer = refusal(reader.post, "comment/mark_as_read", comment_reply_id=1, read=True)
    assert answer == "400 couldnt_update_comment"
    marked = bot.post("comment/mark_as_read", comment_reply_id=1, read=True)
    assert marked["comment_reply_view"]["comment_reply"]["read"] is True


def test_admins_cannot_be_blocked_or_banned_by_their_juniors(
    admin: User, reader: User, sandbox: Sandbox
) -> None:
    senior = sandbox.person("admin").id
    sandbox.add_person("second", admin=True)
    second = User(sandbox.url, "second", token=sandbox.token_of("second"))

    assert refusal(reader.post, "user/block", person_id=senior, block=True) == "400 cant_block_admin"
    assert refusal(reader.post, "user/block", person_id=99, block=True) == "400 couldnt_find_person"
    assert refusal(second.post, "user/ban", person_id=senior, ban=True) == "400 not_higher_admin"
    assert refusal(admin.post, "user/ban", person_id=99, ban=True) == "400 couldnt_update_user"


def test_communities_are_founded_by_admins_where_that_is_set(admin: User, reader: User, news: int) -> None:
    admin.put("site", community_creation_admin_only=True)
    fields = {"name": "books", "title": "Books"}

    assert refusal(reader.post, "community", **fields) == "400 only_admins_can_create_communities"
    assert refusal(admin.post, "community", name="no spaces", title="x") == "400 invalid_name"
    assert admin.post("community", **fields)["community_view"]["community"]["title"] == "Books"


def test_readers_do_not_touch_communities(admin: User, modlin: User, reader: User, news: int) -> None:
    assert refusal(reader.put, "community", community_id=news, title="Mine") == "400 not_a_mod_or_admin"
    delete = {"community_id": news, "deleted": True}
    assert refusal(reader.post, "community/delete", **delete) == "400 not_a_mod_or_admin"
    remove = {"community_id": news, "removed": True}
    assert refusal(modlin.post, "community/remove", **remove) == "400 not_an_admin"
    assert refusal(modlin.ban, news, 99) == "400 community_user_already_banned"


def test_a_wrong_old_password_changes_nothing(reader: User) -> None:
    new = {"new_password": "battery staple", "new_password_verify": "battery staple"}

    assert refusal(reader.put, "user/change_password", old_password="wrong", **new) == "401 incorrect_login"
    assert reader.get("user/validate_auth") == {"success": True}


def test_what_an_account_is_shown_comes_with_the_site(
    reader: User, sandbox: Sandbox, admin: User, news: int
) -> None:
    reader.save_settings(display_name="A Reader", bot_account=True, default_sort_type="New")
    reader.post("user/block", person_id=sandbox.person("megabot").id, block=True)
    reader.post("community/follow", community_id=news, follow=True)
    admin.put("site", blocked_urls=["bad.example"], name="Renamed")

    site = reader.get("site")
    mine = site["my_user"]
    assert mine["local_user_view"]["person"]["display_name"] == "A Reader"
    assert (len(mine["follows"]), len(mine["person_blocks"])) == (1, 1)
    assert (site["blocked_urls"][0]["url"], site["site_view"]["site"]["name"]) == ("bad.example", "Renamed")
