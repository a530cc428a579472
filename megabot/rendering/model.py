"""What a template is rendered with and what comes of it, as values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from megabot.source.model import Revision
from megabot.source.problems import Problem
from megabot.source.section_diff import Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """What a template may know of its edition. Dates are in the thread's zone; `slot` is aware."""

    key: str
    number: int
    start: date
    end: date
    slot: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturedFacts:
    """A comment that was put forward, as a template sees it: its first line, and by whom, when and where.

    `author` is a link to the person: a raw name would call them.
    """

    line: str
    author: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFacts:
    """What a template may know of the edition before: the newest one whose post readers can open.

    `slots_ago` is 1 for the slot right before; more after skipped or missing ones. `featured` are the
    comments that moderators put forward in it, `stats` plain counts.
    """

    title: str
    url: str
    number: int
    slots_ago: int
    comments: int
    featured: tuple[FeaturedFacts, ...] = ()

    @property
    def stats(self) -> dict[str, int]:
        """How many comments there were, how many were put forward, and of how many people."""
        people = {one.author for one in self.featured}
        return {"comments": self.comments, "featured": len(self.featured), "featured_people": len(people)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionFacts:
    """A companion as a template sees it: an address and the title found there ("" for a fixed address)."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a rendering takes beside the source's files. Plain values only.

    `companions` maps the front matter's names to facts, or None where a companion is missing.
    `preamble` replaces the preamble file's text when a moderator wrote one. `added` is a line below a
    preamble that came after the post. Two are kept with what was posted: `preamble_digest`, of the preamble
    that the text was made with, and `bare`: the edition was posted without a preamble of its own. `changes`
    are those of the directory since the edition before, None where there are none or nothing is known.
    `living` is kept too: the digest of what people had put around the text, and `part` with the address of
    the part before, 0 where the edition has one post. `replaced` is the post of the same edition that a
    fresh copy takes the place of: the comment in it is for its readers.
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
"""Stands for `edition.url` in a rendered `previous.comment` until the post exists (RFC 6761: no host)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The text of one edition, ready to be posted but for its marker.

    `comment` and `first_comment` still hold `EDITION_URL` for the new post's address. `url` and `thumbnail`
    are addresses of images, or paths of pictures in the source that are still to be uploaded. `preamble_path`
    says where the preamble came from: a path of the source, "message", or "" when there was none;
    `preamble_text` is what it says and `preamble_digest` the digest of what stood there. `warnings` do not
    hinder; `unused` is what is wrong with files of the source that this text does not use.
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
    """Why an edition could not be rendered: nothing is sent. At least one problem."""

    problems: tuple[Problem, ...]
