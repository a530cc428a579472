"""The marker: what megabot writes it reads again, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.forum.marker import CommentMarker, Marker, comment_marker, post_marker, sign
from tests.builders import PROPERTY, a_marker

MARKER = a_marker()
LINE = "[//]: # (megabot:v1:news/2026-W47)"
LINK = CommentMarker(thread="news", key="2026-W47", purpose="link")

NAMES = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
KEYS = st.one_of(
    st.builds("{:04}-W{:02}".format, st.integers(1, 9999), st.integers(1, 53)),
    st.builds("{:04}-{:02}".format, st.integers(1, 9999), st.integers(1, 12)),
    st.dates().map(str),
    st.builds("{}-{:02}{:02}".format, st.dates(), st.integers(0, 23), st.integers(0, 59)),
)
COPIES = st.integers(1, 999)
MARKERS = st.builds(Marker, thread=NAMES, key=KEYS, copy=COPIES)
FOLLOWING = st.builds(
    replace, MARKERS, after_key=KEYS, after_post=st.integers(1, 10**18 - 1)
)  # a marker that names the post before
COMMENT_MARKERS = st.builds(
    CommentMarker,
    thread=NAMES,
    key=KEYS,
    copy=COPIES,
    purpose=st.from_regex(r"[a-z-]{1,20}", fullmatch=True),
)
TEXTS = st.text().filter(lambda text: "[//]: # (megabot:" not in text)


def test_a_marker_is_a_link_definition() -> None:
    assert str(MARKER) == LINE


def test_a_copy_and_the_post_before_are_named_in_the_marker() -> None:
    marker = replace(MARKER, copy=2, after_key="2026-W46", after_post=8)

    assert str(marker) == "[//]: # (megabot:v1:news/2026-W47#2 after 2026-W46=8)"


def test_a_comments_marker_names_its_purpose() -> None:
    assert str(replace(LINK, copy=2)) == "[//]: # (megabot:v1:news/2026-W47#2:link)"


def test_the_marker_stands_at_the_end_after_one_blank_line() -> None:
    assert sign("Text\n\n\n", MARKER) == f"Text\n\n{LINE}"


@PROPERTY
@given(TEXTS, st.one_of(MARKERS, FOLLOWING))
def test_a_posts_marker_is_read_from_any_text(text: str, marker: Marker) -> None:
    assert post_marker(sign(text, marker)) == marker


@PROPERTY
@given(TEXTS, COMMENT_MARKERS)
def test_a_comments_marker_is_read_from_any_text(text: str, marker: CommentMarker) -> None:
    assert comment_marker(sign(text, marker)) == marker


@PROPERTY
@given(MARKERS, COMMENT_MARKERS)
def test_a_posts_marker_and_a_comments_are_never_taken_for_each_other(
    marker: Marker, of_comment: CommentMarker
) -> None:
    assert comment_marker(sign("Text", marker)) is None
    assert post_marker(sign("Text", of_comment)) is None


@PROPERTY
@given(st.text(), st.one_of(MARKERS, COMMENT_MARKERS), st.one_of(MARKERS, COMMENT_MARKERS))
def test_of_two_markers_none_counts(
    text: str, one: Marker | CommentMarker, other: Marker | CommentMarker
) -> None:
    """T08."""
    body = sign(sign(text, one), other)

    assert post_marker(body) is None
    assert comment_marker(body) is None


@pytest.mark.parametrize(
    "body",
    [
        f"Text\r\n\r\n{LINE}",
        f"Text\r\n\r\n{LINE}\r\n\r\n",
        f"Text\n\n{LINE}\n\n \t\n",
        f"Text\n\n{LINE}   ",
        f"Text\n{LINE}",
        LINE,
    ],
)
def test_line_ends_and_trailing_blank_lines_do_not_matter(body: str) -> None:
    """A13."""
    assert post_marker(body) == MARKER


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text",
        f"{LINE}\n\nText after it",
        f"{LINE}\n\n{LINE}",
        f"> {LINE}",
        f" {LINE}",
        f"`{LINE}`",
        f"Text {LINE}",
        f"{LINE} more",
        LINE.replace("v1", "v2"),
        LINE.replace("megabot", "Megabot"),
        LINE.replace("news", "News"),
        LINE.replace("news", "n" * 41),
        LINE.replace("2026-W47", ""),
        LINE.replace("2026-W47", "2026-W47-000-0000"),
        LINE.replace("2026-W47", "next-week"),
        LINE.replace(")", "#1234)"),
        LINE.replace(")", " after 2026-W46)"),
        LINE.replace(")", " after 2026-W46=x)"),
        "[//]: # (another:v1:news/2026-W47)",
    ],
)
def test_what_is_not_exactly_a_marker_is_none(body: str) -> None:
    assert post_marker(body) is None
    assert comment_marker(body) is None


def test_a_comments_marker_needs_a_purpose_of_plain_letters() -> None:
    assert comment_marker("[//]: # (megabot:v1:news/2026-W47:)") is None
    assert comment_marker("[//]: # (megabot:v1:news/2026-W47:Link)") is None
