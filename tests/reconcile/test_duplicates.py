"""Two posts of one copy of an edition: which is kept, and in which order posts stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.rules.duplicates import find_duplicates, order_posts
from tests.builders import PROPERTY, SLOT, WEEK, a_thread_post

TWIN = a_thread_post(48, id=480, published=SLOT + WEEK * 1.1)
POSTS = st.permutations(
    [
        a_thread_post(46),
        a_thread_post(47),
        a_thread_post(48),
        TWIN,
        a_thread_post(48, copy=2),
        a_thread_post(49),
    ]
)


def ids(posts: tuple[ThreadPost, ...]) -> list[int]:
    return [one.id for one in posts]


@given(POSTS)
@PROPERTY
def test_posts_stand_newest_first_and_a_double_behind_the_one_that_it_doubles(
    posts: list[ThreadPost],
) -> None:
    assert ids(order_posts(tuple(posts))) == [49, 148, 48, 480, 47, 46]


@given(POSTS)
@PROPERTY
def test_a_double_is_paired_with_the_older_one_whatever_the_order(posts: list[ThreadPost]) -> None:
    assert [(thread_post.id, other.id) for thread_post, other in find_duplicates(tuple(posts))] == [(48, 480)]


def test_three_of_one_copy_are_two_doubles_of_the_oldest() -> None:
    third = a_thread_post(48, id=481, published=SLOT + WEEK * 1.2)

    assert [ids(pair) for pair in find_duplicates((third, TWIN, a_thread_post(48)))] == [[48, 480], [48, 481]]


def test_of_two_that_were_made_in_one_moment_the_lower_id_is_the_older() -> None:
    twin = a_thread_post(48, id=480)

    assert ids(order_posts((twin, a_thread_post(48)))) == [48, 480]
    assert [ids(pair) for pair in find_duplicates((twin, a_thread_post(48)))] == [[48, 480]]


@pytest.mark.parametrize("gone", ["removed", "deleted"])
def test_one_that_readers_cannot_open_doubles_nothing(gone: str) -> None:
    assert find_duplicates((a_thread_post(48, **{gone: True}), TWIN)) == ()


def test_a_copy_that_was_ordered_is_no_double() -> None:
    assert find_duplicates((a_thread_post(48), a_thread_post(48, copy=2), a_thread_post(47))) == ()
