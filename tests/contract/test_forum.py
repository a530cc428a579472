"""The contract of the port `Forum`, for every implementation of it."""

from contextlib import AbstractContextManager, nullcontext
from urllib.parse import unquote, urlsplit

import pytest

from megabot.clock import new_key
from megabot.errors import NotFound, OutcomeUnknown, Refused
from megabot.forum.models import Feature, PostDraft
from tests.contract.stage import DRAFT, PIXEL, Stage, make_posts

WHOLE = PostDraft(
    title="Everything set",
    body="Text.",
    link="https://files.example/cover.png",
    thumbnail="https://files.example/thumb.png",
    alt_text="A cover",
    nsfw=True,
    language_id=37,
)


def test_the_server_says_who_it_is(stage: Stage) -> None:
    site = stage.forum.site()

    assert (site.actor, site.version) == (stage.address, stage.version)
    assert site.languages["en"] == 37
    assert stage.called("admin") in {admin.name for admin in site.admins}


def test_the_server_says_how_many_posts_it_accepts(stage: Stage) -> None:
    limit = stage.forum.site().post_limit

    assert limit is not None
    assert (limit.posts, limit.at_once) == (99999, stage.version.startswith("1."))
    assert limit.seconds > 0


def test_the_account_knows_itself_and_where_it_moderates(stage: Stage) -> None:
    account = stage.forum.account()

    assert (account.person.name, account.person.bot) == (stage.called("megabot"), True)
    assert account.person.actor == stage.actor("megabot")
    assert [place.id for place in account.moderates] == [stage.news]


def test_settings_that_hide_are_named_and_can_be_put_right(stage: Stage) -> None:
    hiding = {"show_bot_accounts": False, "show_read_posts": False, "discussion_languages": [37]}
    stage.hand("megabot").save_settings(**hiding)
    before = stage.forum.account()

    stage.forum.show_everything()

    assert set(before.hiding_settings) == set(hiding)
    assert before.languages[-1] == 37  # 0.19 always adds the undetermined one
    assert stage.forum.account().hiding_settings == ()


def test_an_empty_inbox_is_empty_and_a_message_is_counted(stage: Stage) -> None:
    before = stage.forum.unread()

    stage.hand("modlin").message(stage.forum.account().person.id, "Hello.")

    assert (before.total, stage.forum.unread().total) == (0, 1)


def test_a_community_is_followed(stage: Stage) -> None:
    for _ in range(2):
        stage.forum.follow(stage.news)

    assert stage.forum.community(stage.called("news")).followed


def test_a_community_is_found_by_name_with_its_moderators(stage: Stage) -> None:
    name = stage.called("news")

    community = stage.forum.community(name)

    assert (community.id, community.actor, community.local) == (stage.news, f"{stage.address}c/{name}", True)
    moderators = [stage.called("modlin"), stage.called("megabot")]
    assert [moderator.name for moderator in community.moderators] == moderators


def test_a_community_that_is_not_there_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.forum.community("nosuch")


def test_a_post_is_created_as_drafted(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)

    assert stage.forum.post(post.id) == post
    assert (post.title, post.body, post.community_id) == (DRAFT.title, DRAFT.body, stage.news)
    assert (post.link, post.thumbnail, post.alt_text) == ("", "", "")
    assert post.creator == stage.forum.account().person
    assert post.creator_is_moderator
    assert post.url == f"{stage.address}post/{post.id}"


def test_every_part_of_a_draft_arrives(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, WHOLE)

    assert (post.link, post.alt_text) == (WHOLE.link, WHOLE.alt_text)
    assert WHOLE.thumbnail in unquote(post.thumbnail)  # 1.0 hands pictures on under an address of its own


def test_an_edit_makes_the_post_the_draft_and_erases_what_is_empty(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, WHOLE)

    edited = stage.forum.edit_post(post.id, DRAFT)

    assert (edited.title, edited.body) == (DRAFT.title, DRAFT.body)
    assert (edited.link, edited.thumbnail, edited.alt_text) == ("", "", "")
    assert stage.forum.post(post.id) == edited


def test_an_edit_keeps_the_thumbnail_of_the_draft(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, WHOLE)

    assert WHOLE.thumbnail in unquote(stage.forum.edit_post(post.id, WHOLE).thumbnail)


@pytest.mark.parametrize("title", ["ab", "x" * 201, "two\nlines"])
def test_a_bad_title_is_refused_and_nothing_is_posted(stage: Stage, title: str) -> None:
    with pytest.raises(Refused) as caught:
        stage.forum.create_post(stage.news, PostDraft(title=title, body="x"))

    assert caught.value.code == "invalid_post_title"
    assert stage.forum.own_content(since=None).posts == ()


def known(stage: Stage) -> AbstractContextManager[object]:
    """Expect what a request with a key that was used before gets: an older server knows no keys."""
    return nullcontext() if stage.version.startswith("0.") else pytest.raises(OutcomeUnknown)


def test_a_key_makes_one_post_and_one_comment_except_on_0_19(stage: Stage) -> None:
    for_the_post, for_the_comment = new_key(), new_key()
    post = stage.forum.create_post(stage.news, DRAFT, key=for_the_post)
    stage.forum.comment(post.id, "Once.", key=for_the_comment)

    with known(stage):
        stage.forum.create_post(stage.news, DRAFT, key=for_the_post)
    with known(stage):
        stage.forum.comment(post.id, "Once.", key=for_the_comment)

    own = stage.forum.own_content(since=None)
    most = 2 if stage.version.startswith("0.") else 1
    assert (len(own.posts), len(own.comments)) == (most, most)


def test_a_refused_request_uses_its_key_up_except_on_0_19(stage: Stage) -> None:
    key = new_key()
    with pytest.raises(Refused):
        stage.forum.create_post(stage.news, PostDraft(title="x", body="x"), key=key)

    with known(stage):
        stage.forum.create_post(stage.news, DRAFT, key=key)


def test_requests_with_different_keys_are_all_carried_out(stage: Stage) -> None:
    for _ in range(2):
        stage.forum.create_post(stage.news, DRAFT, key=new_key())

    assert len(stage.forum.own_content(since=None).posts) == 2


def test_a_post_of_somebody_else_cannot_be_edited(stage: Stage) -> None:
    foreign = stage.hand("modlin").create_post(stage.news, "By hand")

    with pytest.raises(Refused):
        stage.forum.edit_post(foreign, DRAFT)


def test_a_post_that_is_not_there_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.forum.post(424242)


def test_pinning_and_unpinning_show_in_the_list_of_pinned_posts(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    before = stage.forum.pinned(stage.news)

    pinned = stage.forum.feature(post.id, featured=True, kind=Feature.COMMUNITY)

    assert before == ()
    assert stage.forum.pinned(stage.news) == (pinned,)
    assert not stage.forum.feature(post.id, featured=False, kind=Feature.COMMUNITY).featured
    assert stage.forum.pinned(stage.news) == ()


def test_the_front_page_is_for_admins(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)

    with pytest.raises(Refused, match="front page"):
        stage.forum.feature(post.id, featured=True, kind=Feature.LOCAL)


def test_pinned_posts_of_other_people_are_seen_and_unpinned_ones_are_not(stage: Stage) -> None:
    modlin = stage.hand("modlin")
    foreign = modlin.create_post(stage.news, "Rules")
    modlin.feature(foreign)
    modlin.create_post(stage.news, "Later")

    (seen,) = stage.forum.pinned(stage.news)

    assert (seen.id, seen.creator.id, seen.creator_is_moderator) == (foreign, stage.person("modlin"), True)


def test_more_pinned_posts_than_a_page_holds_are_all_seen(stage: Stage) -> None:
    """A17."""
    modlin = stage.hand("modlin")
    ids = {modlin.create_post(stage.news, f"Post {number}") for number in range(51)}
    for post_id in ids:
        modlin.feature(post_id)

    assert {post.id for post in stage.forum.pinned(stage.news)} == ids


def test_who_pinned_and_unpinned_is_in_the_log_newest_first(stage: Stage) -> None:
    made = stage.forum.create_post(stage.news, DRAFT)
    other = stage.forum.create_post(stage.news, DRAFT)
    for post in (made, other):
        stage.forum.feature(post.id, featured=True, kind=Feature.COMMUNITY)
    stage.clock.advance(minutes=1)
    stage.hand("modlin").feature(made.id, featured=False)

    events = stage.forum.pin_events(community_id=stage.news, post_id=made.id)

    modlin = stage.person("modlin")
    assert [(event.featured, event.by) for event in events] == [(False, modlin), (True, made.creator.id)]
    assert {(event.post_id, event.kind) for event in events} == {(made.id, Feature.COMMUNITY)}
    assert stage.is_now(events[0].when)


def test_a_post_can_be_locked_and_opened(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)

    assert stage.forum.lock(post.id, locked=True, reason="The thread goes on elsewhere.").locked
    assert not stage.forum.lock(post.id, locked=False).locked


def test_a_comment_is_read_with_its_author_and_what_it_answers(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    theirs = stage.hand("reader").comment(post.id, "A remark.")
    answer = stage.forum.comment(post.id, "An answer.", parent_id=theirs)

    comment = stage.forum.comment_by_id(theirs)
    assert (comment.content, comment.open, comment.parent_id, comment.post_id) == (
        "A remark.",
        True,
        0,
        post.id,
    )
    assert comment.creator is not None
    assert (comment.creator.actor, comment.creator.bot) == (stage.actor("reader"), False)
    assert stage.forum.comment_by_id(answer.id).parent_id == theirs


def test_a_comment_that_its_author_deleted_is_not_open(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    theirs = stage.hand("reader").comment(post.id, "A remark.")
    stage.hand("reader").delete_comment(theirs)

    assert not stage.forum.comment_by_id(theirs).open


def test_a_comment_that_is_not_there_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.forum.comment_by_id(999_999)


def test_an_own_comment_is_edited_and_marked_as_a_moderators_word(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    comment = stage.forum.comment(post.id, "Soon.")

    marked = stage.forum.distinguish(comment.id, distinguished=True)
    edited = stage.forum.edit_comment(comment.id, "Now.")

    assert (comment.distinguished, marked.distinguished, edited.distinguished) == (False, True, True)
    assert (edited.id, edited.content) == (comment.id, "Now.")


def test_a_comment_of_somebody_elses_is_not_edited(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    theirs = stage.hand("reader").comment(post.id, "A remark.")

    with pytest.raises(Refused):
        stage.forum.edit_comment(theirs, "Mine.")


def test_a_comment_is_found_among_the_own_content(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)

    comment = stage.forum.comment(post.id, "The new thread is up.")

    own = stage.forum.own_content(since=None)
    assert own.comments == (comment,)
    assert (comment.post_id, comment.content) == (post.id, "The new thread is up.")
    assert own.posts[0].comments == 1


def test_own_content_is_newest_first_and_of_all_communities(stage: Stage) -> None:
    books = stage.books
    first, second = make_posts(stage, 2)
    stage.clock.advance(hours=1)
    third = stage.forum.create_post(books, DRAFT)
    stage.hand("reader").create_post(stage.news, "Not the bot's")

    own = stage.forum.own_content(since=None)

    assert own.author == stage.forum.account().person.id
    assert [post.id for post in own.posts] == [third.id, second.id, first.id]


def test_own_content_is_paged_to_the_first(stage: Stage) -> None:
    """A17."""
    posts = make_posts(stage, 55)

    assert len(stage.forum.own_content(since=None).posts) == len(posts)


def test_an_own_post_that_was_deleted_is_listed_and_says_so(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    stage.hand("megabot").delete(post.id)

    (own,) = stage.forum.own_content(since=None).posts

    assert own.deleted
    assert not own.open


def test_an_own_post_that_was_removed_is_found_by_id_and_among_the_removed(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    stage.hand("modlin").remove(post.id)

    (removed,) = stage.forum.own_removed(stage.news)

    assert (removed.id, removed.removed, removed.body) == (post.id, True, DRAFT.body)
    assert stage.forum.post(post.id).removed


def test_a_post_that_was_restored_is_among_the_removed_once_and_as_it_is_now(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)
    for removed in (True, False):
        stage.hand("modlin").remove(post.id, removed=removed)

    (listed,) = stage.forum.own_removed(stage.news)

    assert listed.open


def test_removed_posts_of_other_people_and_communities_are_left_out(stage: Stage) -> None:
    modlin = stage.hand("modlin")
    modlin.remove(stage.hand("reader").create_post(stage.news, "Spam"))
    books = stage.books
    modlin.remove(stage.forum.create_post(books, DRAFT).id)

    assert stage.forum.own_removed(stage.news) == ()
    assert len(stage.forum.own_removed(books)) == 1


def test_the_servers_time_is_that_of_its_newest_answer(stage: Stage) -> None:
    before = stage.forum.server_time()
    stage.forum.unread()
    stage.clock.advance(minutes=5)
    stage.forum.unread()

    assert before is None
    assert stage.is_now(stage.forum.server_time())


def test_a_post_is_found_by_its_address(stage: Stage) -> None:
    post = stage.forum.create_post(stage.news, DRAFT)

    assert stage.forum.post_at(post.url) == post


@pytest.mark.parametrize("url", ["{here}post/424242", "https://elsewhere.example/post/1"])
def test_an_address_of_no_post_is_not_found(stage: Stage, url: str) -> None:
    with pytest.raises(NotFound):
        stage.forum.post_at(url.format(here=stage.address))


def test_a_person_is_found_by_name(stage: Stage) -> None:
    name, host = stage.called("modlin"), urlsplit(stage.address).netloc

    assert stage.forum.person(name).id == stage.person("modlin")
    assert stage.forum.person(f"{name}@{host}").name == name


def test_a_person_that_is_not_there_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.forum.person("nobody")


def test_the_newest_posts_of_a_person_in_a_community_are_listed(stage: Stage) -> None:
    modlin = stage.hand("modlin")
    first = modlin.create_post(stage.news, "One of them")
    modlin.create_post(stage.books, "Elsewhere")
    stage.clock.advance(minutes=1)
    second = modlin.create_post(stage.news, "Another one")

    posts = stage.forum.posts_by(stage.called("modlin"), stage.news)

    assert [post.id for post in posts] == [second, first]


def test_a_message_reaches_a_person(stage: Stage) -> None:
    stage.forum.message(stage.person("modlin"), "Hello.")

    message = stage.hand("modlin").messages()[0]
    assert message["private_message"]["content"] == "Hello."


def test_an_image_is_uploaded_to_an_address_of_the_server_where_it_takes_any(stage: Stage) -> None:
    try:
        address = stage.forum.upload("dot.png", PIXEL)
    except (Refused, OutcomeUnknown):
        address = ""

    assert address.startswith(stage.address if stage.takes_images else "")
