"""What a thread is: the front matter of one template as values. Parsing them is the adapters' work."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from megabot.core.calendar import Schedule
from megabot.core.changes import Changes
from megabot.core.problems import Problem


class Pin(StrEnum):
    """Where the standing post is pinned: Lemmy's feature types, or nowhere."""

    COMMUNITY = "community"
    LOCAL = "local"
    NONE = "none"


class Refresh(StrEnum):
    """Which changes of the source reach the standing post."""

    BODY = "body"
    PREAMBLE = "preamble"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What happens to the thread before when a new one stands. `comment` is template text, empty for none.

    `announce` is how long before the slot a comment there says that it comes, None for not at all.
    """

    unpin: bool = True
    lock: bool = False
    comment: str = ""
    announce: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Another thread or site that this thread links.

    Exactly one of `thread` (a thread of the same source), `url` (a fixed address) and `latest_by` (a
    person's newest post in community `community` whose title matches `title`, with `*` and `?`) is set.
    """

    name: str
    thread: str = ""
    url: str = ""
    latest_by: str = ""
    community: str = ""
    title: str = ""


IMAGE, IMAGE_ALT, THUMBNAIL = "{{ preamble.image }}", "{{ preamble.image_alt }}", "{{ preamble.thumbnail }}"
"""Where a thread's own front matter says nothing of images, those of the edition's preamble are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A recurring thread, as its template's front matter defines it.

    `max_comments` is how many comments are too many.

    `title`, `image`, `image_alt` and `thumbnail` are template text; an image is an address, or the path of a
    picture in the source. `community` is `name` or `name@host`, empty where the setting's default holds.
    `language` is an ISO 639 code as Lemmy lists it, empty for none sent. `tags` are names of the community's.
    `first_comment` is template text for a comment in the thread itself, empty for none.
    `unpin_after` and `lock_after` count from when a post was published, None for never.
    `path` is the template's file.
    """

    name: str
    path: str
    title: str
    schedule: Schedule
    image: str = IMAGE
    image_alt: str = IMAGE_ALT
    thumbnail: str = THUMBNAIL
    community: str = ""
    pin: Pin = Pin.COMMUNITY
    previous: Previous = Previous()
    companions: tuple[Companion, ...] = ()
    refresh: Refresh = Refresh.BODY
    locale: str = "en"
    language: str = ""
    nsfw: bool = False
    mentions: bool = False
    max_comments: int = 0
    tags: tuple[str, ...] = ()
    first_comment: str = ""
    unpin_after: timedelta | None = None
    lock_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Which state of the source a text was made from.

    `commit` is the full hash, empty for a folder outside git; `dirty` says whether files differed from it.
    """

    commit: str = ""
    dirty: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The files of the source at one moment: path relative to the source folder -> text.

    `pictures` has the paths of its pictures, each with something that changes when the picture does.
    `fetched` is when this state was last seen at a source that is elsewhere, None for a folder. `ignored`
    are files that look like part of the source and are not read. `no_revision` says why there is no revision
    although the folder is in a repository.
    """

    files: dict[str, str]
    pictures: dict[str, str] = field(default_factory=dict)
    revision: Revision = Revision()
    problems: tuple[Problem, ...] = ()
    fetched: datetime | None = None
    no_revision: str = ""
    ignored: tuple[Problem, ...] = ()

    @property
    def has_one_thread(self) -> bool:
        """Whether there is one thread file, those that cannot be read included."""
        paths = {*self.files, *(problem.path for problem in self.problems)}
        return sum(map(is_thread_file, paths)) == 1


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
    `preamble` replaces the preamble file's text when a moderator wrote one. `added` is a line below an essay
    that came after the post. Two are kept with what was posted: `essay`, the digest of the essay that the
    text was made with, and `bare`: the edition went up without an essay of its own. `changes` are
    those of the directory since the edition before, None where there are none or nothing is known. `living`
    is kept too: the digest of what people had put around the text, and `part` with the address of the part
    before, 0 where the edition has one post. `replaced` is the post of the same edition that a fresh copy
    takes the place of: the comment in it is for its readers.
    """

    edition: EditionFacts
    community: str
    previous: PreviousFacts | None = None
    companions: dict[str, CompanionFacts | None] | None = None
    preamble: str | None = None
    revision: Revision = Revision()
    added: str = ""
    essay: str = ""
    bare: bool = False
    changes: Changes | None = None
    living: str = ""
    part: int = 0
    part_of: str = ""
    replaced: PreviousFacts | None = None


SUFFIX = ".md.j2"


def is_thread_file(path: str) -> bool:
    """Return whether a path of the source is a thread's template: `_` begins a partial."""
    return path.endswith(SUFFIX) and "/" not in path and not path.startswith("_")


EDITION_URL = "https://edition-url.megabot.invalid/"
"""Stands for `edition.url` in a rendered `previous.comment` until the post exists (RFC 6761: no host)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The text of one edition, ready to be posted but for its marker.

    `comment` and `first_comment` still hold `EDITION_URL` for the new post's address. `url` and `thumbnail`
    are addresses of images, or paths of pictures in the source that are still to be uploaded. `preamble_path`
    says where the essay came from: a path of the source, "message", or "" when there was none;
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
