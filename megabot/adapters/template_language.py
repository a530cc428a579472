"""What a template may say: a sandboxed environment with plain data, a few filters, and errors that help.

Runs in the render child only. Names and shapes are those of docs/template.md.
"""

import datetime as dt
import difflib
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#~|^])")
_URL = re.compile(r"(https?://[^\s<>\"]+)")
_DANGEROUS = ("lipsum", "cycler", "joiner", "namespace")


class Optional(dict[str, Any]):
    """Data whose keys may be missing: a missing one is none, so that `{% if preamble.theme %}` works."""

    def __str__(self) -> str:
        return str(self.get("text") or "")


class Known(dict[str, Any]):
    """Data whose keys are known: another key is a mistake, and the nearest known one is named."""


class OnlyLater(str):
    """`edition.url` outside `previous.comment`: there is no address before the post exists."""

    __slots__ = ()


class Missing(jinja2.StrictUndefined):
    """A name that is not there: the error says which one was probably meant, and shows no data."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is jinja2.utils.missing:
            return f"{name} is not defined"
        if isinstance(self._undefined_obj, Known):
            near = difflib.get_close_matches(name, self._undefined_obj, n=1)
            return f"there is no {name} here" + (f", did you mean {near[0]}?" if near else "")
        return f"there is no {name} here"


class Environment(ImmutableSandboxedEnvironment):
    """The environment of a source's templates. Attributes are looked up in data alone, never in objects."""

    def __init__(self, files: Mapping[str, str], *, locale: str) -> None:
        super().__init__(
            undefined=Missing,
            loader=_Files(files),
            autoescape=False,  # Markdown is not HTML; readers' clients escape it
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        for name in _DANGEROUS:
            self.globals.pop(name, None)
        self.filters |= {
            "date": _date(locale),
            "ordinal": functools.partial(ordinal, locale=locale),
            "escape_md": escape_md,
            "url": url,
        }

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look a name up in data; nothing else has attributes."""
        if isinstance(obj, Mapping):
            return self._item(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look a key up, a missing one of `Optional` data being none."""
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self._item(obj, argument)
        return super().getitem(obj, argument)

    def _item(self, obj: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
        if name not in obj:
            return None if isinstance(obj, Optional) else self.undefined(obj=obj, name=name)
        value = obj[name]
        if isinstance(value, OnlyLater):
            return self.undefined(
                hint="edition.url is known in previous.comment only: the post must exist first"
            )
        return value


class _Files(jinja2.BaseLoader):
    """Loads templates from what the parent handed over; a path is a name, nothing is opened."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give a template's text under its own path, which tracebacks then name."""
        if template not in self._files:
            raise jinja2.TemplateNotFound(template)
        return self._files[template], template, None


def _date(locale: str) -> Callable[..., str]:
    def date(value: object, pattern: str) -> str:
        """Write a date by a pattern of Babel's, in the thread's locale."""
        from babel.core import UnknownLocaleError
        from babel.dates import format_date, format_datetime

        if "%" in pattern:
            raise jinja2.TemplateRuntimeError("a date pattern is Babel's, like 'd MMMM y', without %")
        try:
            if isinstance(value, dt.datetime):
                return format_datetime(value, pattern, locale=locale)
            if isinstance(value, dt.date):
                return format_date(value, pattern, locale=locale)
        except (UnknownLocaleError, ValueError) as error:
            raise jinja2.TemplateRuntimeError(f"there is no locale {locale}") from error
        raise jinja2.TemplateRuntimeError("date wants a date, like edition.start")

    return date


def ordinal(number: int, *, locale: str) -> str:
    """Write an ordinal: 1st in English, 1. elsewhere."""
    if not locale.startswith("en"):
        return f"{number}."
    teen = 10 < number % 100 < 14  # noqa: PLR2004  11th, 12th, 13th
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def escape_md(value: object) -> str:
    """Keep a text from being read as Markdown; an address in it stays as it is."""
    parts = _URL.split(str(value))
    return "".join(part if index % 2 else _MARKDOWN.sub(r"\\\1", part) for index, part in enumerate(parts))


def url(value: object) -> str:
    """Encode what would break an address within `[...](...)`; what is encoded already stays."""
    return quote(str(value).strip(), safe="!#$%&'*+,/:;=?@[]~").replace("(", "%28").replace(")", "%29")


def spoiler(title: str, cw: str = "", *, caller: Callable[[], str] | None = None, text: str = "") -> str:
    """Make a collapsible part of what a `{% call %}` of it holds, or of `text`."""
    inside = (caller() if caller else text).strip("\n")
    warning = f" (CW: {cw})" if cw else ""
    return f"::: spoiler {title}{warning}\n{inside}\n:::"


def failure(error: Exception) -> str:
    """Say in one line what went wrong in a template, without any of its data."""
    if isinstance(error, SecurityError):
        return "this is not allowed in a template"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no file {error.name} to include"
    if isinstance(error, jinja2.UndefinedError | jinja2.TemplateSyntaxError | jinja2.TemplateRuntimeError):
        return (error.message or type(error).__name__).replace("\n", " ")
    if isinstance(error, RecursionError):
        return "a template includes or calls itself without end"
    if isinstance(error, MemoryError):
        return "the template needs too much memory"
    return f"this cannot be computed ({type(error).__name__})"
