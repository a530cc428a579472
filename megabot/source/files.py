"""Which files belong to a source, how large they may be, and how they are decoded. Reads no file."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

from megabot.source.problems import Problem

FILE_LARGEST = 2 * 1024 * 1024
ALL_LARGEST = 20 * 1024 * 1024
FILES_MOST = 2_000
TOO_LARGE = Problem(".", 0, "there are too many or too large files", "at most 2,000 files and 20 MB")
PICTURE_LARGEST = 10 * 1024 * 1024
_FOLDERS = ("preambles", "sections", "data", "images")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
_DATA = (".yaml", ".yml", ".json", ".csv")
_BACKUPS = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp", "thumbs.db", "desktop.ini")
_LIKE_A_TEMPLATE = re.compile(r"[^.]+(?:\.(?:md|markdown))?\.(?:j2|jinja2?)|[^.]+\.(?:j2|jinja2?)\.md")
_LFS = b"version https://git-lfs.github.com/spec/"


def is_source_file(path: str) -> bool:
    """Return whether a path is a template, preamble, section or data file."""
    parts = path.split("/")
    if any(part.startswith(".") for part in parts):
        return False
    match parts:
        case [name]:
            return name.endswith(".md.j2")
        case ["preambles", *_, name]:
            return name.endswith(".md")
        case ["sections", name]:
            return name.endswith(".md")
        case ["data", name]:
            return name.endswith(_DATA)
        case _:
            return False


def is_picture(path: str) -> bool:
    """Return whether a path is a picture. Pictures are read only when they are uploaded."""
    return path.startswith("images/") and path.lower().endswith(_PICTURES) and "/." not in path


def is_inside(path: PurePath) -> bool:
    """Return whether a path is one of the source's folders or inside one."""
    return path.parts[0] in _FOLDERS and not path.name.startswith(".")


def canonical(path: str) -> str:
    """Return a path in composed Unicode (NFC), because macOS and some editors write é as two characters."""
    return unicodedata.normalize("NFC", path)


def why_ignored(path: str) -> Problem | None:
    """Return why a file that looks like part of the source is not read; None for others, such as backups."""
    folder, _, name = path.rpartition("/")
    top, low = path.split("/", maxsplit=1)[0], name.lower()
    if "/." in f"/{path}" or low.endswith(_BACKUPS) or low.partition(".")[0] in ("readme", "license"):
        return None
    if is_source_file(path) or is_picture(path) or odd_name(path):
        return None
    if not folder:
        template = _LIKE_A_TEMPLATE.fullmatch(low)
        return Problem(path, 0, "the file is ignored", "name it NAME.md.j2") if template else None
    endings = {"preambles": (".md",), "sections": (".md",), "data": _DATA, "images": _PICTURES}.get(top)
    if endings is None:
        return None
    if low.endswith(endings) and folder != top:
        return Problem(path, 0, "the file is ignored", f"move it to {top}/")
    near = next((ending for ending in endings if low.endswith(ending)), None)
    hint = f"its name must end in {near} (lower case)" if near else f"its name must end in {_either(endings)}"
    return Problem(path, 0, "the file is ignored", hint)


def _either(endings: tuple[str, ...]) -> str:
    *others, last = endings
    return f"{', '.join(others)} or {last}" if others else last


def odd_name(path: str) -> Problem | None:
    """Refuse names with line breaks, control characters or bytes that are not UTF-8."""
    if path.isprintable():
        return None
    return Problem(ascii(path)[1:-1], 0, "the file name has unusual characters", "use letters, digits and -")


def too_large(path: str, size: int) -> Problem | None:
    """Refuse a text file too large to be hand-written, or a picture that few servers accept."""
    largest = PICTURE_LARGEST if is_picture(path) else FILE_LARGEST
    if size <= largest:
        return None
    return Problem(path, 0, f"the file has {size:,} bytes", f"make it smaller: at most {largest:,} bytes")


def gather(contents: Iterable[tuple[str, bytes | Problem]]) -> tuple[dict[str, str], list[Problem]]:
    """Return the files as texts by path, and a problem for each of the rest; stop at the size limits."""
    files: dict[str, str] = {}
    problems: list[Problem] = []
    room = ALL_LARGEST
    for path, raw in contents:
        if len(files) >= FILES_MOST or room < 0:
            problems.append(TOO_LARGE)
            break
        if path in files:
            what = "two files have this name; their accents are encoded differently"
            problems.append(Problem(path, 0, what, "delete one of them"))
            continue
        text = _text(path, raw) if isinstance(raw, bytes) else raw
        if isinstance(text, Problem):
            problems.append(text)
        else:
            files[path] = text
            room -= len(text)
    return files, problems


def _text(path: str, raw: bytes) -> str | Problem:
    if raw.startswith(_LFS):
        return Problem(path, 0, "this is a Git LFS pointer, not the file", "store the file in git itself")
    try:
        # Byte order marks and line ends are normalised (T05).
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(path, line, "the file is not UTF-8", "save it as UTF-8 in your editor")
    if "\0" in text:
        return Problem(path, text.count("\n", 0, text.index("\0")) + 1, "there is a zero byte", "delete it")
    return text.replace("\r\n", "\n").replace("\r", "\n")
