"""Finding what an address stands for."""

import pytest

from lemmy_sandbox import Sandbox, User
from tests.sandbox.refusals import refusal


def resolved(hand: User, path: str) -> list[str]:
    return list(hand.get("resolve_object", q=f"https://lemmy.example/{path}"))


@pytest.fixture
def post(bot: User, news: int) -> int:
    number = bot.create_post(news, "Resolved")
    bot.comment(number, "likewise")
    return number


@pytest.mark.usefixtures("post")
@pytest.mark.parametrize(
    ("path", "kind"),
    [("post/1", "post"), ("comment/1", "comment"), ("c/news", "community"), ("u/megabot", "person")],
)
def test_what_this_server_has_is_found_by_its_address(
    bot: User, sandbox: Sandbox, path: str, kind: str
) -> None:
    assert resolved(bot, path) == [kind]
    assert resolved(User(sandbox.url), path) == [kind]


@pytest.mark.usefixtures("post")
@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/post/1",
        "http://lemmy.example/post/1",
        "https://lemmy.example/post/1/",
        "https://lemmy.example/post/01",
        "https://lemmy.example/post/nine",
        "https://lemmy.example/post/99",
        "https://lemmy.example/comment/99",
        "https://lemmy.example/c/News",
        "https://lemmy.example/c/nowhere",
        "https://lemmy.example/u/nobody",
        "nonsense",
    ],
)
def test_any_other_address_is_not(bot: User, sandbox: Sandbox, address: str) -> None:
    for hand in (bot, User(sandbox.url)):
        assert refusal(hand.get, "resolve_object", q=address) == "400 couldnt_find_object"


def test_a_removed_post_is_not_found_not_even_by_its_moderator(
    bot: User, modlin: User, sandbox: Sandbox, post: int
) -> None:
    modlin.remove(post)

    assert refusal(resolved, modlin, "post/1") == "400 couldnt_find_object"
    assert refusal(resolved, User(sandbox.url), "post/1") == "400 couldnt_find_object"
    assert refusal(resolved, bot, "post/1") == "404 couldnt_find_object"


@pytest.mark.usefixtures("post")
def test_a_comment_that_is_gone_answers_404(bot: User, modlin: User) -> None:
    bot.delete_comment(1)

    assert refusal(resolved, modlin, "comment/1") == "404 couldnt_find_object"


@pytest.mark.usefixtures("post")
def test_a_community_for_this_server_alone_is_found_by_its_members_only(
    bot: User, modlin: User, sandbox: Sandbox, news: int
) -> None:
    modlin.put("community", community_id=news, visibility="LocalOnly")

    for path in ("post/1", "comment/1", "c/news"):
        assert len(resolved(bot, path)) == 1
        assert refusal(resolved, User(sandbox.url), path) == "400 couldnt_find_object"


def test_a_private_server_tells_strangers_nothing(admin: User, sandbox: Sandbox, post: int) -> None:
    admin.put("site", private_instance=True)

    assert refusal(resolved, User(sandbox.url), f"post/{post}") == "400 instance_is_private"
