"""What a template may say: a sandboxed environment with plain data, a few filters, and errors that help.

Runs in the render child only. docs/reference/template.md documents the names and their values. An error
message says what is wrong and, after a semicolon, what to write instead.
"""

import datetime as dt
import difflib
import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.ext import LoopControlExtension
from jinja2.runtime import BlockReference, Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from megabot.rendering.child.filters import add_days, date_filter, escape_md, ordinal, url
from megabot.source.child_limits import OutOfTime

_DANGEROUS = ("lipsum", "cycler", "joiner")
_LONGEST_MESSAGE = 200
_PARTS_OF_A_DATE = frozenset({"year", "month", "day", "hour", "minute"})
_METHODS_OF_DATES = {
    "strftime": "'d MMMM y'",
    "isoformat": "'yyyy-MM-dd'",
    "weekday": "'EEEE'",
    "isoweekday": "'EEEE'",
    "isocalendar": "'w'",
    "timetuple": "'d MMMM y'",
    "date": "'d MMMM y'",
    "time": "'HH:mm'",
    "ctime": "'full'",
    "tzname": "'z'",
}
"""What people call on a date of Python's, and the pattern of the filter that writes the same."""
_CALLED_WRONGLY = re.compile(r"\w+\(\) (?:missing|takes|got an unexpected keyword argument) .*")
_DAYS_ADDED = re.compile(r"for [-+]: 'datetime\.date(?:time)?' and 'int'")
_LARGEST_POWER = 64
_LARGEST_NUMBER = 4096  # bits
_LONGEST_PRODUCT = 100_000
_SHOWS_ITS_ADDRESS = BlockReference | BuiltinMethodType | FunctionType | MethodType


class LenientData(dict[str, Any]):
    """Data whose keys may be missing: a missing one is none, so that `{% if preamble.theme %}` works."""

    def __str__(self) -> str:
        return str(self.get("text") or "")


class StrictData(dict[str, Any]):
    """Data whose keys are known: another key is a mistake, and the nearest known one is named."""


class UnavailableUrl(str):
    """`edition.url` outside `previous.comment`: there is no address before the post exists."""

    __slots__ = ()


class HelpfulUndefined(jinja2.StrictUndefined):
    """A name that is not there: the error says which one was probably meant, and shows no data."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is jinja2.utils.missing:
            return f"{name} is not defined"
        if self._undefined_obj is None:
            return f"{name} is asked of what is none this time; put {{% if ... %}} around it"
        known = self._undefined_obj if isinstance(self._undefined_obj, dict) else {}
        if hasattr(dict, name):  # items, keys, get ...
            return f"data has no {name}(); for pairs there is the filter: DATA | items"
        near = difflib.get_close_matches(name, known, n=1)
        if near:
            return f"there is no {name} here; did you mean {near[0]}?"
        if isinstance(known, StrictData):
            return f"there is no {name} here; there is: {', '.join(known) or 'nothing'}"
        return f"there is no {name} here"


class NamespaceValues(Namespace):
    """What `namespace()` makes: values that a loop may change. It cannot be printed as a whole."""

    def __repr__(self) -> str:
        raise jinja2.TemplateRuntimeError("a namespace cannot be printed; name a value of it, as in ns.count")


class OpaqueFunction:
    """A function or method as templates have it: Python's own would print its address in memory."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the function takes
        return self._call(*values, **named)

    def __repr__(self) -> str:
        raise jinja2.TemplateRuntimeError("this needs brackets to be printed; as in sections()")


class Environment(ImmutableSandboxedEnvironment):
    """The environment of a source's templates: data, never objects; sums, but nothing without end."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, files: Mapping[str, str], *, locale: str, timezone: str) -> None:
        super().__init__(
            undefined=HelpfulUndefined,
            loader=_Files(files),
            finalize=_printed,
            autoescape=False,  # Markdown is not HTML; readers' clients escape it
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=[LoopControlExtension],
            optimized=False,  # else constants are calculated while compiling, and a bomb has no line
        )
        for name in _DANGEROUS:
            self.globals.pop(name, None)
        self.globals["namespace"] = OpaqueFunction(NamespaceValues)
        self.globals = {name: _callable(value) for name, value in self.globals.items()}
        self.filters = {name: _listed(made) for name, made in self.filters.items() if name != "random"} | {
            "add_days": add_days,
            "date": date_filter(locale, timezone),
            "ordinal": functools.partial(ordinal, locale=locale),
            "escape_md": escape_md,
            "url": url,
        }

        self._codes: dict[tuple[str, str], CodeType] = {}

    def text(self, path: str, text: str, names: dict[str, Any]) -> str:
        """Render a text that stands in a file; what was compiled once is kept."""
        if (path, text) not in self._codes:
            self._codes[path, text] = self.compile(text, name=path, filename=path)
        template = self.template_class.from_code(self, self._codes[path, text], self.make_globals(None))
        return template.render({name: _callable(value) for name, value in names.items()})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Calculate, but nothing whose size a few characters of a template could make endless."""
        if not _is_bounded(operator, left, right):
            raise jinja2.TemplateRuntimeError(f"{operator} of such values is not calculated")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        """Keep to the parts of a date: its methods know no language, and one takes a width without end."""
        if isinstance(obj, dt.date):
            return attr in _PARTS_OF_A_DATE
        if isinstance(obj, type):  # dict.pop would take from data what jinja2 keeps whole
            return False
        return super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look a name up in data first: a column may be called `items`."""
        if isinstance(obj, Mapping):
            return self._item(obj, attribute)
        if isinstance(obj, dt.date) and attribute in _METHODS_OF_DATES:
            return self.undefined(
                hint=f"a date has no {attribute}() here; write | date({_METHODS_OF_DATES[attribute]})"
            )
        if attribute.startswith("_"):
            return self.unsafe_undefined(obj, attribute)
        return _callable(super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look a key up, a missing one of `LenientData` data being none."""
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self._item(obj, argument)
        return _callable(super().getitem(obj, argument))

    def _item(self, obj: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
        if name not in obj and not name.isascii():
            composed = unicodedata.normalize("NFC", name)
            name = next((key for key in obj if unicodedata.normalize("NFC", str(key)) == composed), name)
        if name not in obj:
            return None if isinstance(obj, LenientData) else self.undefined(obj=obj, name=name)
        value = obj[name]
        if isinstance(value, UnavailableUrl):
            return self.undefined(
                hint="edition.url is for previous.comment only; elsewhere there is no post yet"
            )
        return value


def _is_bounded(operator: str, left: object, right: object) -> bool:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | bytes | list | tuple):
            return operator == "*" and isinstance(other, int) and len(one) * other <= _LONGEST_PRODUCT
    if operator == "**" and isinstance(right, int | float):
        return abs(right) <= _LARGEST_POWER and _bits(left) * right <= _LARGEST_NUMBER
    return operator != "*" or _bits(left) + _bits(right) <= _LARGEST_NUMBER


def _bits(number: object) -> int:
    return number.bit_length() if isinstance(number, int) else 0  # other numbers have a size of their own


def _callable(value: Any) -> Any:  # noqa: ANN401  any value of a template
    return OpaqueFunction(value) if isinstance(value, _SHOWS_ITS_ADDRESS) else value


def _listed(made: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter give a list where it would give an iterator, which would print its address in memory."""

    @functools.wraps(made)  # with jinja2's marks of what the filter wants to be passed
    def filtered(*values: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the filter takes
        value = made(*values, **named)
        return list(value) if isinstance(value, Iterator) else value

    return filtered


class _Files(jinja2.BaseLoader):
    """Loads templates from what the parent handed over; a path is a name, nothing is opened."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give a template's text under its own path, which tracebacks then name."""
        template = unicodedata.normalize("NFC", template)  # as the names of files are
        if template not in self._files:
            raise jinja2.TemplateNotFound(template)
        return self._files[template], template, None

    def list_templates(self) -> list[str]:
        """Name all that can be included."""
        return sorted(self._files)


@jinja2.pass_context  # with one, jinja2 leaves this to the rendering too
def _printed(context: Context, value: object) -> object:
    """Print what people can read: none is nothing, and a list a mistake rather than in Python's notation."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | dt.date | LenientData | jinja2.Undefined):
        return value
    if callable(value):
        raise jinja2.TemplateRuntimeError("this needs brackets to be printed; as in sections()")
    raise jinja2.TemplateRuntimeError(
        "a list or group cannot be printed; name a part of it, or use {% for %}"
    )


def failure(error: BaseException) -> tuple[str, str]:
    """Say in one line what went wrong in a template and what to write instead, without any of its data."""
    what, _, hint = _message(error).replace("\n", " ")[:_LONGEST_MESSAGE].partition("; ")
    return what, hint


def _message(error: BaseException) -> str:
    if isinstance(error, SecurityError):
        return "this is not allowed in a template"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no file {error.name} to include"
    if isinstance(error, jinja2.UndefinedError | jinja2.TemplateSyntaxError | jinja2.TemplateRuntimeError):
        return error.message or type(error).__name__
    if isinstance(error, RecursionError):
        return "a template includes or calls itself without end, or nests too deeply"
    if isinstance(error, MemoryError):
        return "the template needs too much memory"
    if isinstance(error, OutOfTime):
        return "the template takes too long; a loop that never ends?"
    if isinstance(error, TypeError) and _DAYS_ADDED.search(str(error)):
        return "a number cannot be added to a date; write | add_days(7)"
    called = _CALLED_WRONGLY.search(str(error)) if isinstance(error, TypeError) else None
    return called[0] if called else f"this cannot be computed ({type(error).__name__})"
