"""Long texts as messages, and differences that people can read."""

import pytest

from megabot.i18n.long_messages import diff_block, fence_text, split_message


def test_what_fits_is_one_message_as_it_is() -> None:
    assert split_message("one\ntwo\n", longest=100) == ("one\ntwo\n",)
    assert split_message("", longest=100) == ()


def test_what_does_not_fit_is_split_at_line_ends_and_numbered() -> None:
    assert split_message("one\ntwo\nthree\n", longest=8) == (
        "(1 of 2)\n\none\ntwo\n",
        "(2 of 2)\n\nthree\n",
    )


def test_a_line_that_is_too_long_is_cut() -> None:
    assert split_message("abcdefgh", longest=5) == ("(1 of 2)\n\nabcde", "(2 of 2)\n\nfgh")


def test_what_differs_is_shown_as_a_diff() -> None:
    assert diff_block("one\ntwo", "one\nthree") == "```diff\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n```"


def test_where_nothing_differs_nothing_is_shown() -> None:
    assert diff_block("one", "one\n") == ""


def test_a_long_difference_is_cut_and_says_so() -> None:
    shown = diff_block("", "\n".join(str(number) for number in range(500)))

    assert "and 381 more lines" in shown
    assert "+200" not in shown


@pytest.mark.parametrize("text", ["```", "a\n`````b", "+````"])
def test_no_fence_in_a_text_closes_the_one_around_it(text: str) -> None:
    fence = fence_text(text).partition("\n")[0]

    assert all(not line.lstrip(" +-").startswith(fence) for line in text.splitlines())
