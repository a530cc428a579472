"""A second language: all that the bot says on Lemmy, in scenes, comes from it.

It has no words at all: each sentence is what is filled in between brackets, so any word that is not a name
or an address is one that the code says by itself.
"""

import re
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from gettext import NullTranslations

import pytest

from megabot.commands.model import Verb, Word
from megabot.i18n import translation
from megabot.ledger.records import IntentState
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.service.service import Service
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem
from tests.scenario import BOT, answers, at_work, letters, say, tick, write
from tests.world import NEWS, SLOT, WEEK, Press, World

NAMES = {*Verb, *Word, "news", "film", "News", "Film", "modlin", "megabot", "lemmy", "example"}
NAMES |= {"GMT", "BST", "UTC", "London", "md", "preambles", "birds", "repots"}
NO_WORDS = re.compile(r"https?://\S+|\[//\]: # \(\S+\)|```diff.*?```|2026-W\d\d", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")


def wordless(sentence: str) -> str:
    """Keep of a sentence what is filled in."""
    facts = [f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
    return f"⟦{' '.join(facts)}⟧"


class Wordless(NullTranslations):
    """A language that says what is filled into each message, and numbers for days and months."""

    def gettext(self, message: str) -> str:
        return wordless(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return wordless(msgid2)

    def pgettext(self, context: str, message: str) -> str:
        if context in {"weekday", "month"}:
            names = "Mon Tue Wed Thu Fri Sat Sun", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
            return str(names[context == "month"].split().index(message) + 1)
        return wordless(message)


class Figures(Press):
    """A renderer of templates that have no words."""

    def _text(self, snapshot: Snapshot, thread: Thread, context: Context) -> Rendered:
        text = super()._text(snapshot, thread, context)
        return replace(
            text, body="\n\n".join(filter(None, [text.preamble_text, context.added, context.edition.key]))
        )


@pytest.fixture
def service(world: World, monkeypatch: pytest.MonkeyPatch) -> Service:
    """At work in the second language."""
    world.press, world.pages.commit = Figures(words="12345"), "1" * 40
    world.change(previous=replace(NEWS.previous, comment="{{ edition.url }}"))
    monkeypatch.setattr(translation._Active, "messages", Wordless())
    return at_work(world)


def foreign(texts: list[str]) -> list[str]:
    """The words in what was said that are neither names nor in an address or the bot's marker."""
    plain = (NO_WORDS.sub("", text) for text in texts)
    return [word for text in plain for word in WORD.findall(text) if word not in NAMES]


def spoken(world: World) -> list[str]:
    """All that the bot wrote to anybody, anywhere."""
    found = world.hand("reader").get("user", username=world.bot_name, sort="New", limit=50)
    return [*letters(world), *(str(one["comment"]["content"]) for one in found["comments"])]


@pytest.mark.parametrize(
    "words",
    [
        ["help", "repots", "status", "preview", "preview all", "post", "repost", "refresh", "adopt", "undo"],
        ["repost yes", "undo", "alerts off", "alerts on", "note 123", "yes abc123", "skip birds", "move"],
        ["hold", "hold", "status", "hold 2026-W48", "skip 2026-W47", "resume", "resume", "hold 1999-W01"],
        ["skip", "skip", "hold 2026-W49", "resume 2026-W49", "move +2h", "status", "move +300d", "move x"],
        ["preamble\n\n777", "preamble clear", "preamble clear", "preamble 2026-W47\n\n777", "preamble"],
    ],
)
def test_what_is_answered_comes_from_the_language(world: World, service: Service, words: list[str]) -> None:
    for word in words:
        write(world, service, word)

    assert len(letters(world)) >= len(words)
    assert foreign(spoken(world)) == []


def test_what_is_answered_in_the_thread_comes_from_the_language(world: World, service: Service) -> None:
    say(world, service, f"123, {BOT} status")
    say(world, service, f"{BOT} preamble 123")
    world.hand("modlin").remove(1)
    post = world.hand("modlin").create_post(world.community_id, "12345")

    say(world, service, f"{BOT} adopt", post=post)

    assert len(answers(world)) == 2
    assert any("adopted" in text for text in world.comments(post))
    assert foreign(spoken(world)) == []


def test_with_several_threads_the_question_which_comes_from_the_language(
    world: World, service: Service
) -> None:
    world.pages.all = (*world.pages.all, replace(NEWS, name="film", community="film"))
    write(world, service, "skip")
    world.sandbox.add_community("film", "Film", moderators=["modlin", "megabot"])
    for words in ("help", "skip", "status", "preview film"):
        write(world, service, words)
    world.hand("admin").add_mod(
        world.sandbox.community("film").id, world.sandbox.person("modlin").id, added=False
    )
    write(world, service, "skip film")

    alert, *told = letters(world)
    assert "film" in alert  # its community was not there yet
    assert len(told) == 6
    assert foreign(spoken(world)) == []


def broken_template(world: World) -> None:
    world.press.problem = RenderProblem((Problem("1.md", 7, "12345"),))


def broken_source(world: World) -> None:
    world.pages.broken = "1.md:7: 12345"


def removed_post(world: World) -> None:
    world.hand("modlin").remove(1)


def no_essay(world: World) -> None:
    world.pages.files = {"preambles/news/2026-W47.md": "12345"}
    world.clock.at = SLOT + 2 * WEEK - timedelta(hours=20)


def lost_rights(world: World) -> None:
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("megabot").id, added=False)


def lost_post(world: World) -> None:
    """A post of the second week was sent, and nobody knows whether it was made."""
    ledger = world.ports().ledger
    publish = next(one for one in ledger.intents("news") if one.new.kind == "publish")
    world.hand("admin").purge(1)
    ledger.resolve_intent(publish.id, IntentState.SENDING, at=world.clock.now())


@pytest.mark.parametrize(
    "trouble", [broken_template, broken_source, removed_post, no_essay, lost_rights, lost_post]
)
def test_what_the_moderators_are_told_comes_from_the_language(
    world: World, service: Service, trouble: Callable[[World], None]
) -> None:
    trouble(world)
    for words in ("status", "preview", "repost yes", "status"):
        write(world, service, words)
    world.clock.at = SLOT + 2 * WEEK + timedelta(minutes=1)
    tick(world, service)

    assert len(letters(world)) >= 4
    assert foreign(spoken(world)) == []


def test_a_command_of_long_ago_is_answered_from_the_language(world: World, service: Service) -> None:
    world.hand("modlin").message(world.sandbox.person("megabot").id, "repost yes")
    world.clock.at += timedelta(days=3)
    service.tick()

    assert letters(world)[-1] == "⟦2⟧"


def test_the_line_below_a_late_essay_comes_from_the_language(world: World, service: Service) -> None:
    write(world, service, "preamble\n\n777")

    assert "777\n\n⟦⟦1 23 11 13:00⟧ GMT⟧" in str(world.posts()[0]["body"])


def test_the_scenes_would_notice_a_word_of_the_codes_own(world: World, service: Service) -> None:
    world.hand("megabot").comment(1, "This is over, https://lemmy.example/post/1 stands")

    assert foreign(spoken(world)) == ["This", "is", "over", "stands"]
