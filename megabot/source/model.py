"""A thread as values: the front matter of one template, and the files around it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.schedule.calendar import Calendar, Schedule
from megabot.source.problems import Problem


class Pin(StrEnum):
    """Where the current post is pinned: Lemmy's feature types, or nowhere."""

    COMMUNITY = "community"
    LOCAL = "local"
    NONE = "none"


class Refresh(StrEnum):
    """Which changes of the templates reach the current post."""

    BODY = "body"
    PREAMBLE = "preamble"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What happens to the previous thread when a new one is posted. `comment` is template text, "" for none.

    `announce` is how long before the slot a comment there announces the new thread, None for no comment.
    """

    unpin: bool = True
    lock: bool = False
    comment: str = ""
    announce: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Another thread or site that this thread links.

    Exactly one of these is set: `thread` (a thread of the same source), `url` (a fixed address) and
    `latest_by` (a user's newest post in `community` with a title that matches `title`, with `*` and `?`).
    """

    name: str
    thread: str = ""
    url: str = ""
    latest_by: str = ""
    community: str = ""
    title: str = ""


IMAGE, IMAGE_ALT, THUMBNAIL = "{{ preamble.image }}", "{{ preamble.image_alt }}", "{{ preamble.thumbnail }}"
"""The defaults: if a thread's front matter sets no image, those of the edition's preamble are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A recurring thread, as its template's front matter defines it.

    `max_comments`: more comments than this are too many.

    `title`, `image`, `image_alt` and `thumbnail` are template text; an image is an address, or the path of a
    picture in the source. `community` is `name` or `name@host`, "" for the one in the settings.
    `language` is an ISO 639 code as Lemmy lists it, empty for none sent. `tags` are names of its tags.
    `first_comment` is template text for a comment in the thread itself, "" for none.
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

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.name, self.schedule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The state of the source that a text was rendered from.

    `commit` is the full hash, "" for a folder outside git; `dirty`: whether files differed from it.
    """

    commit: str = ""
    dirty: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The files of the source at one moment: path relative to the source folder -> text.

    `pictures` maps the paths of pictures to a value that changes with the picture. `fetched` is when this
    state was last confirmed by a remote repository, None for a folder. `ignored` are files that look like
    part of the source but are not read. `no_revision` says why there is no revision although the folder is in
    a repository.
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
        """Whether there is exactly one thread file, counting unreadable ones."""
        paths = {*self.files, *(problem.path for problem in self.problems)}
        return sum(map(is_thread_file, paths)) == 1


SUFFIX = ".md.j2"


def is_thread_file(path: str) -> bool:
    """Return whether a path is a thread's template; partials start with `_`."""
    return path.endswith(SUFFIX) and "/" not in path and not path.startswith("_")
