"""Labels of one part of a post: each its own, code untouched, and the links lead where they led."""

import pytest

from lemmy_markdown import to_html
from megabot.rendering.child.namespaces import prefix_labels
from megabot.source.code_spans import without_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A[^1]\n\n[^1]: Note", "A[^essay-1]\n\n[^essay-1]: Note"),
        ("A[^1]", "A\\[^1]"),
        ("[words][ref]\n\n[ref]: https://a.example", "[words][essay-ref]\n\n[essay-ref]: https://a.example"),
        ("[ref]\n\n[Ref]: https://a.example", "[ref][essay-ref]\n\n[essay-Ref]: https://a.example"),
        ("[ref][]\n\n[ref]: https://a.example", "[ref][essay-ref]\n\n[essay-ref]: https://a.example"),
        ("![a][pic]\n\n[pic]: https://a.example", "![a][essay-pic]\n\n[essay-pic]: https://a.example"),
        ('[a]\n\n[a]: <b c> "T"\n', '[a][essay-a]\n\n[essay-a]: <b c> "T"\n'),
        ("[ref](https://b.example)\n\n[ref]: https://a.example", None),
        ("[other]", "[other]"),
        ("`[^1]` and ``[ref] ` ``\n\n```\n[^1]: x\n```\n\n    [^1]: y", ...),
        ("\\[^1]", ...),
        ("text\n[ref]: https://a.example", ...),
        ("[note]: this is a sentence", ...),
        ("[^1][ref]\n\n[^1]: N\n[ref]: https://a.example", None),
    ],
)
def test_labels_get_the_name_of_their_part(text: str, expected: object) -> None:
    found = prefix_labels(text, "essay")

    if expected is ...:
        assert found == text
    elif expected is not None:
        assert found == expected
    assert prefix_labels(found, "essay").count("essay-essay-") == found.count("essay-")


@pytest.mark.parametrize(
    "text",
    [
        "[words][ref], [ref], [ref][], ![x][ref], [ref](https://b.example)\n\n[ref]: https://a.example",
        "- one\n\n  [ref]\n\n> [ref]: https://a.example",
        "[a *b*]\n\n[a *b*]: https://a.example 'T'",
        "[![x][pic]][page]\n\n[pic]: https://a.example/1.png\n[page]: https://a.example",
        "text\n[ref]: https://a.example\n\n[ref]",
        "::: spoiler Of [ref]\n[ref]\n:::\n\n[ref]: https://a.example",
        "A[^1]\n\n[^1]: Note\n\n    and [ref]\n\n[ref]: https://a.example",
        "[one][two][one]\n\n[one]: https://1.example\n[two]: https://2.example",
    ],
)
def test_what_readers_see_of_links_stays_the_same(text: str) -> None:
    assert to_html(prefix_labels(text, "essay")) == to_html(text)


def test_an_essay_and_a_template_with_the_same_mark_have_two_notes() -> None:
    essay, template = "A[^1]\n\n[^1]: of the essay", "B[^1]\n\n[^1]: of the template"

    html = to_html(f"{prefix_labels(essay, 'essay')}\n\n{template}")

    assert html.count('class="footnote-item"') == 2
    assert html.index("of the essay") < html.index("of the template")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c", "a     c"),
        ("a `b\nc` d", "a   \n   d"),
        ("a `b\n\nc` d", "a `b\n\nc` d"),
        ("``a ` b`` `", "          `"),
        ("\\`a` b`", "\\`a    "),
        ("```\na\n```\nb", "   \n \n   \nb"),
        ("    a\n\n    b\nc", "     \n\n     \nc"),
        ("- x\n\n    a", "- x\n\n    a"),
        ("[^1]: x\n\n    a\n", "[^1]: x\n\n    a\n"),
        ("p\n    a", "p\n    a"),
    ],
)
def test_code_is_blanked_and_the_rest_stays_where_it_is(text: str, expected: str) -> None:
    assert without_code(text) == expected
