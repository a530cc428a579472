"""Which posts of a listing are a thread's own."""

from megabot.forum.models import Person
from megabot.reconcile.thread_posts import own_posts_of
from tests.builders import BOT, a_post, a_thread_post

MODERATOR = Person(id=4, name="modlin", actor="https://lemmy.example/u/modlin")


def test_a_post_of_the_account_with_the_threads_marker_is_one() -> None:
    assert own_posts_of((a_post(47),), "news", BOT.id) == (a_thread_post(47),)


def test_a_marker_that_somebody_copied_proves_nothing() -> None:
    assert own_posts_of((a_post(47, creator=MODERATOR),), "news", BOT.id) == ()


def test_another_threads_post_is_none() -> None:
    assert own_posts_of((a_post(47),), "group", BOT.id) == ()
