"""Scenes of what people put around a thread: notes, highlights; on both APIs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_markdown import to_html
from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.lemmy.detect import ApiKind
from megabot.preview import preview
from megabot.reconcile.content.annotation_store import LOOK_EVERY
from megabot.reconcile.full_scan import scan_all_posts
from megabot.rendering import context_json
from megabot.service.schedulers import HOURLY
from megabot.service.service import Service
from megabot.source.model import Refresh
from tests.world import SLOT, WEEK, Clock, World

BOT = "@megabot@lemmy.example"
REMARK = "# The tide tables\n\nAll of it is here: <script>alert(1)</script>"
HIGHLIGHT = "[The tide tables](https://lemmy.example/comment/"
HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1)) ![y](data:text/html,z)",
    ">" * 9_990 + " deep",
    "::: spoiler open\n```\nnever closed",
    "@reader@lemmy.example look, and @modlin@lemmy.example",
    "https:https://evil.example/@reader@lemmy.example and @modlin@lemmy.example",
    "[//]: # (megabot:v1:news/2026-W99)",
]


class Scene:
    """A thread at work, a moderator and a reader in it."""

    def __init__(self, world: World, api: ApiKind) -> None:
        self.world = world
        self.api = api
        self.ports = world.ports()
        self.service = Service(self.ports, tick=timedelta(seconds=30), notify=lambda _: None)
        self.service.tick()
        self.wait(SLOT + WEEK - world.clock.at)
        self.wait(timedelta(hours=1))

    def hand(self, name: str) -> User:
        return self.world.sandbox.user(name)

    def wait(self, span: timedelta = timedelta(seconds=30)) -> None:
        self.world.clock.at += span
        self.service.tick()

    def body(self, post: int = 1) -> str:
        return self.ports.forum.post(post).body

    def say(self, text: str, *, by: str = "modlin", to: int | None = None) -> None:
        self.hand(by).comment(1, f"{BOT} {text}", parent_id=to)
        self.wait()

    def answers(self) -> list[str]:
        comments = self.ports.forum.own_content(since=None).comments
        return [one.content for one in reversed(comments) if "answer:" in one.content]

    def featured(self) -> list[str]:
        return [one.line for one in self.ports.ledger.highlights("news", "2026-W48")]


@pytest.fixture(params=["v3", "v4"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    clock = Clock(SLOT + timedelta(minutes=1))
    (tmp_path / "state").mkdir(mode=0o700)
    with Sandbox(clock.true, api=request.param) as sandbox:
        sandbox.add_person("admin", admin=True)
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        sandbox.add_person("megabot", bot=True)
        community = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        world = World(sandbox, clock, tmp_path / "state", community.id)
        yield Scene(world, ApiKind(request.param))
        world.close()
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


def promoted(scene: Scene, text: str = REMARK) -> int:
    remark = scene.hand("reader").comment(1, text)
    scene.say("feature", to=remark)
    return remark


def test_a_comment_that_a_moderator_features_is_below_the_text_by_its_first_line(scene: Scene) -> None:
    promoted(scene)

    assert "## Highlights" in scene.body()
    assert f"- {HIGHLIGHT}" in scene.body()
    assert "([reader](https://lemmy.example/u/reader), Mon 23 Nov 13:00 GMT)" in scene.body()
    assert "All of it" not in scene.body()
    assert "Added to the highlights." in scene.answers()[0]


def test_unfeature_takes_it_out(scene: Scene) -> None:
    remark = promoted(scene)
    scene.say("unfeature", to=remark)

    assert "Highlights" not in scene.body()
    assert scene.featured() == []


@pytest.mark.parametrize("by", ["reader", "modlin"])
def test_a_deleted_or_removed_comment_leaves_by_itself(scene: Scene, by: str) -> None:
    remark = promoted(scene)
    if by == "reader":
        scene.hand(by).delete_comment(remark)
    else:
        scene.hand(by).remove_comment(remark)
    scene.wait(LOOK_EVERY + HOURLY)

    assert "Highlights" not in scene.body()


def test_a_person_opts_out_and_is_not_put_forward_again(scene: Scene) -> None:
    remark = promoted(scene)
    scene.say("optout", by="reader")
    scene.wait(HOURLY)
    assert "Highlights" not in scene.body()
    scene.say("feature", to=remark)

    assert scene.featured() == []
    assert "opted out of highlights" in scene.answers()[-1]


def test_a_strangers_feature_does_nothing(scene: Scene) -> None:
    remark = scene.hand("reader").comment(1, REMARK)
    scene.say("feature", by="reader", to=remark)

    assert (scene.featured(), scene.answers()) == ([], [])


def test_feature_without_a_comment_to_answer_says_where_to_say_it(scene: Scene) -> None:
    scene.say("feature")

    assert "in a reply to the comment" in scene.answers()[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_comment_does_no_harm(scene: Scene, text: str) -> None:
    promoted(scene, text)
    before = scene.body()
    scene.wait(HOURLY)

    assert before.count("[//]: # (megabot:v1:news/2026-W48") == 1
    html = to_html(before)
    assert not any(one in html for one in ("<script", "<img", "<details", "<pre", "javascript:", "data:"))
    assert "@reader@" not in before
    assert scene.service.reports[0].verified
    assert len(before) < 2_000


def test_a_note_stands_on_top_until_it_is_over(scene: Scene) -> None:
    scene.say("note The server is slow today, see https://status.example for 2h")
    above = (
        "> **Note, Mon 23 Nov 13:00 GMT (until Mon 23 Nov 15:00 GMT):** The server is slow "
        "today, see https://"
    )
    assert scene.body().startswith(above)
    scene.wait(timedelta(hours=2))

    assert "Note" not in scene.body()
    assert scene.body().startswith("An essay.")


@pytest.mark.parametrize(
    ("end", "until"),
    [
        ("for 6 hours", "Mon 23 Nov 19:00 GMT"),
        ("for 6 h", "Mon 23 Nov 19:00 GMT"),
        ("for 2 days", "Wed 25 Nov 13:00 GMT"),
        ("until 18:00", "Mon 23 Nov 18:00 GMT"),
        ("until Friday 6pm.", "Fri 27 Nov 18:00 GMT"),
        ("until tomorrow", "Tue 24 Nov 00:00 GMT"),
    ],
)
def test_the_answer_to_a_note_names_its_end(scene: Scene, end: str, until: str) -> None:
    scene.say(f"note The map is down {end}")

    assert f"at the top of the thread until {until}." in scene.answers()[-1]
    assert scene.body().startswith(f"> **Note, Mon 23 Nov 13:00 GMT (until {until}):** The map is down\n")


def test_the_answer_to_a_note_without_an_end_says_so(scene: Scene) -> None:
    scene.say("note Closed until further notice")

    assert "It has no end: it stays until you say `unnote`" in scene.answers()[-1]
    assert "Closed until further notice" in scene.body()


def test_a_note_that_would_be_over_is_refused(scene: Scene) -> None:
    scene.say("note The map is down until 2026-11-20 18:00")

    assert "the note would have ended already (Fri 20 Nov 18:00 GMT)" in scene.answers()[-1]
    assert "Note" not in scene.body()


def test_unnote_takes_it_off(scene: Scene) -> None:
    scene.say("note Be kind.")
    scene.say("unnote")

    assert scene.body().startswith("An essay.")


def test_a_note_is_of_its_edition_alone(scene: Scene) -> None:
    scene.say("note Be kind.")
    scene.wait(SLOT + 2 * WEEK - scene.world.clock.at)

    bodies = [scene.body(number) for number in (1, 2)]
    assert [body.startswith("> **Note") for body in bodies] == [True, False]


@pytest.mark.parametrize("refresh", list(Refresh))
def test_a_moderators_word_goes_in_whatever_the_thread_follows(scene: Scene, refresh: Refresh) -> None:
    scene.world.change(refresh=refresh)
    scene.say("note Be kind for 1h")
    assert "Be kind" in scene.body()
    scene.wait(timedelta(hours=1))

    assert "Be kind" not in scene.body()


def test_what_is_put_around_is_not_kept_as_the_text(scene: Scene) -> None:
    promoted(scene)
    scene.say("note Be kind.")

    text = scene.ports.ledger.text(1)
    assert text is not None
    assert text.body == scene.body().partition("(above: a note)\n\n")[2].partition("\n\n[//]: # (below")[0]


def test_nothing_is_edited_while_nothing_changes(scene: Scene) -> None:
    promoted(scene)
    scene.wait(HOURLY)
    scene.world.sandbox.forget_requests()
    scene.wait(HOURLY)
    scene.wait(HOURLY)

    assert scene.world.writes() == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("unnote", "there is no note on the thread"),
        ("optout", "Your comments will no longer be highlighted."),
        ("note", "Something is missing after `note`"),
    ],
)
def test_what_there_is_nothing_to_do_about_is_answered(scene: Scene, words: str, answer: str) -> None:
    scene.say(words)

    assert answer in scene.answers()[0]


def test_only_a_highlight_is_taken_out(scene: Scene) -> None:
    remark = scene.hand("reader").comment(1, REMARK)
    scene.say("unfeature", to=remark)

    assert "that comment is not a highlight" in scene.answers()[0]


def test_a_comment_that_is_gone_is_not_put_forward(scene: Scene) -> None:
    remark = scene.hand("reader").comment(1, REMARK)
    said = scene.hand("modlin").comment(1, f"{BOT} feature", parent_id=remark)
    scene.hand("modlin").remove_comment(remark)
    scene.wait()

    assert said
    assert "deleted or removed" in scene.answers()[0]


def test_a_comment_in_an_older_thread_is_kept_for_the_site(scene: Scene) -> None:
    remark = scene.hand("reader").comment(1, REMARK)
    scene.wait(SLOT + 2 * WEEK - scene.world.clock.at)
    scene.say("feature", to=remark)

    assert scene.featured() == ["The tide tables"]
    assert "Highlights" not in scene.body(1) + scene.body(2)


def test_the_next_edition_has_them_and_their_numbers(scene: Scene) -> None:
    promoted(scene)
    scene.wait(SLOT + 2 * WEEK - scene.world.clock.at)

    record = scene.ports.ledger.posts("news")[-1]
    previous = context_json.from_json(record.context).previous
    assert previous is not None
    assert [one.line for one in previous.featured] == ["The tide tables"]
    assert previous.stats == {"comments": previous.comments, "featured": 1, "featured_people": 1}


def test_a_preview_of_the_next_edition_has_them_and_the_number_of_comments(scene: Scene) -> None:
    promoted(scene)
    scan_all_posts(scene.ports)
    (thread,) = scene.world.pages.all

    edition = preview.find_edition(scene.ports, thread, None)
    context = preview.context_of(scene.ports, scene.ports.source.snapshot(), thread, edition)

    assert edition.key == "2026-W49"
    assert context.previous is not None
    assert [comment.line for comment in context.previous.featured] == ["The tide tables"]
    assert context.previous.comments == scene.ports.forum.post(1).comments == 3


def test_an_adopted_thread_can_have_neither(scene: Scene) -> None:
    by_hand = scene.hand("modlin").create_post(scene.world.community_id, "News 3 by hand", "Breaking.")
    scene.hand("modlin").comment(by_hand, f"{BOT} adopt 2026-W49")
    scene.wait()
    scene.hand("modlin").comment(by_hand, f"{BOT} note Be kind.")
    scene.wait()

    assert scene.ports.forum.post(by_hand).body == "Breaking."
