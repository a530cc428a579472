"""The input and the result of rendering, as values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from megabot.source.model import Revision
from megabot.source.problems import Problem
from megabot.source.section_diff import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """The edition as a template sees it. Dates are in the thread's time zone; `slot` is aware."""

    key: str
    number: int
    start: date
    end: date
    slot: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturedFacts:
    """A featured comment as a template sees it: its first line, author, address and time.

    `author` is a link to the user, because a raw name would notify them.
    """

    line: str
    author: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFacts:
    """The previous edition as a template sees it: the newest one whose post readers can open.

    `slots_ago` is 1 for the slot right before, more after skipped or missing editions. `featured` are the
    comments that moderators featured in it, `stats` are counts.
    """

    title: str
    url: str
    number: int
    slots_ago: int
    comments: int
    featured: tuple[FeaturedFacts, ...] = ()

    @property
    def stats(self) -> dict[str, int]:
        """The number of comments, of featured comments, and of their authors."""
        people = {one.author for one in self.featured}
        return {"comments": self.comments, "featured": len(self.featured), "featured_people": len(people)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionFacts:
    """A companion as a template sees it: an address and the title found there ("" for a fixed address)."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that rendering needs besides the source's files. Plain values only.

    `companions` maps the front matter's names to facts, or None for a missing companion. `preamble` replaces
    the preamble file if a moderator sent one. `added` is a line below a preamble that came after posting.
    `changes` are those in the sections since the previous edition, None if there are none or they are not
    known. `part` is 0 if the edition has one post; `part_of` is the address of the part before. `replaced` is
    the post of the same edition that a fresh copy replaces: the comment in it is for its readers.

    Stored with the post: `preamble_digest`, the digest of the preamble that the text was rendered with;
    `bare`, whether the edition was posted without a preamble for it; `living`, the digest of what moderators
    had added around the text.
    """

    edition: EditionFacts
    community: str
    previous: PreviousFacts | None = None
    companions: dict[str, CompanionFacts | None] | None = None
    preamble: str | None = None
    revision: Revision = field(default_factory=Revision)
    added: str = ""
    preamble_digest: str = ""
    bare: bool = False
    changes: Changes | None = None
    living: str = ""
    part: int = 0
    part_of: str = ""
    replaced: PreviousFacts | None = None


EDITION_URL = "https://edition-url.megabot.invalid/"
"""Placeholder for `edition.url` in `previous.comment` until the post exists (RFC 6761: never a host)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The text of one edition, ready to post except for its marker.

    `comment` and `first_comment` still contain `EDITION_URL` in place of the new post's address. `url` and
    `thumbnail` are addresses of images, or paths of pictures in the source that must be uploaded first.
    `preamble_path` is where the preamble came from: a path in the source, "message", or "" for none;
    `preamble_text` is its text, and `preamble_digest` the digest of the whole file. `warnings` do not block
    posting; `unused` are problems in files of the source that this text does not use.
    """

    title: str
    body: str
    comment: str = ""
    first_comment: str = ""
    url: str = ""
    thumbnail: str = ""
    alt_text: str = ""
    preamble_path: str = ""
    preamble_text: str = ""
    preamble_digest: str = ""
    warnings: tuple[Problem, ...] = ()
    unused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderProblem:
    """Why an edition could not be rendered, so that nothing is sent. Has at least one problem."""

    problems: tuple[Problem, ...]
