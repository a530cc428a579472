"""Title images in front matter and preambles: rendered like everything else, and kept to what Lemmy takes."""

import pytest

from megabot.rendering.model import Rendered
from tests.templates import FRONT, problems_of, render, source

KITE = "preambles/news/2026-W26.md"
LINE = FRONT.count("\n")  # of a setting that is added at the end of the front matter


def front(*settings: str) -> str:
    """Give the front matter with more settings at its end."""
    return FRONT.removesuffix("---\n") + "".join(f"{setting}\n" for setting in settings) + "---\n"


def rendered(*settings: str, preamble: str = "") -> Rendered:
    more = {KITE: f"---\n{preamble}\n---\nAn essay.\n"} if preamble else None
    answer = render(source("Hello.", front=front(*settings), more=more))
    assert isinstance(answer, Rendered), answer
    return answer


def test_without_any_image_there_is_none() -> None:
    text = rendered()

    assert (text.url, text.thumbnail, text.alt_text) == ("", "", "")


def test_a_preambles_image_is_its_editions_title_image() -> None:
    text = rendered(preamble="image: https://pictures.example/kite.png\nimage_alt: A red kite")

    assert (text.url, text.alt_text) == ("https://pictures.example/kite.png", "A red kite")


def test_a_threads_own_image_may_stand_in() -> None:
    text = rendered("image: \"{{ preamble.image or 'images/kite.png' }}\"", 'image_alt: "A kite"')

    assert (text.url, text.alt_text, text.warnings) == ("images/kite.png", "A kite", ())


def test_an_image_without_words_is_a_warning() -> None:
    (warning,) = rendered("image: images/kite.png").warnings

    assert str(warning) == (
        f"thread.md.j2:{LINE}: a title image without image_alt (describe it for those who cannot see it)"
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("image: images/kiet.png", "there is no picture images/kiet.png in the source"),
        ("thumbnail: /etc/passwd", "there is no picture /etc/passwd in the source"),
        ("image: javascript:alert(1)", "there is no picture javascript:alert(1) in the source"),
        ('image: "https://a.example/a b.png"', "image is no address that Lemmy takes"),
        (f"thumbnail: https://a.example/{'x' * 2000}", "thumbnail is no address that Lemmy takes"),
        (f"image_alt: {'x' * 1501}", "image_alt is too long"),
        ('image_alt: "one\\ntwo"', "image_alt has more than one line"),
    ],
)
def test_what_the_server_would_refuse_is_told_with_its_line(setting: str, said: str) -> None:
    (problem,) = problems_of("Hello.", front=front(setting))

    assert problem.startswith(f"thread.md.j2:{LINE}: ")
    assert said in problem


def test_a_preambles_mistake_is_told_in_the_preamble() -> None:
    (problem,) = problems_of("Hello.", more={KITE: "---\ntheme: Tides\nimage: kite.png\n---\nAn essay.\n"})

    assert problem.startswith(f"{KITE}:3: image: there is no picture kite.png in the source")
