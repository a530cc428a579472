"""The template environment: sandboxed, with plain data, a few filters and helpful errors.

Runs only in the child. docs/reference/template.md documents the names. An error message says what is wrong
and, after a semicolon, what to write instead.
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
"""Methods of Python's dates that people try, and the pattern of the `date` filter that does the same."""
_CALLED_WRONGLY = re.compile(r"\w+\(\) (?:missing|takes|got an unexpected keyword argument) .*")
_DAYS_ADDED = re.compile(r"for [-+]: 'datetime\.date(?:time)?' and 'int'")
_LARGEST_POWER = 64
_LARGEST_NUMBER = 4096  # bits
_LONGEST_PRODUCT = 100_000
_SHOWS_ITS_ADDRESS = BlockReference | BuiltinMethodType | FunctionType | MethodType


class LenientData(dict[str, Any]):
    """Data with optional keys: a missing one is None, so that `{% if preamble.theme %}` works."""

    def __str__(self) -> str:
        return str(self.get("text") or "")


class StrictData(dict[str, Any]):
    """Data with fixed keys: any other key is an error that suggests the nearest one."""


class UnavailableUrl(str):
    """`edition.url` outside `previous.comment`: the address does not exist before the post does."""

    __slots__ = ()


class HelpfulUndefined(jinja2.StrictUndefined):
    """A name that does not exist: the error suggests the one that was probably meant, and shows no data."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is jinja2.utils.missing:
            return f"{name} is not defined"
        if self._undefined_obj is None:
            return f"the value before .{name} is empty this time; wrap it in {{% if ... %}}"
        known = self._undefined_obj if isinstance(self._undefined_obj, dict) else {}
        if hasattr(dict, name):  # items, keys, get ...
            return f"data has no {name}(); for pairs use the filter: DATA | items"
        near = difflib.get_close_matches(name, known, n=1)
        if near:
            return f"there is no {name} here; did you mean {near[0]}?"
        if isinstance(known, StrictData):
            return f"there is no {name} here; available: {', '.join(known) or 'nothing'}"
        return f"there is no {name} here"


class NamespaceValues(Namespace):
    """The result of `namespace()`: values that a loop may change. It cannot be printed as a whole."""

    def __repr__(self) -> str:
        raise jinja2.TemplateRuntimeError("a namespace cannot be printed; print one value, like ns.count")


class OpaqueFunction:
    """A function or method in templates. Printing Python's own would show its memory address."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the function takes
        return self._call(*values, **named)

    def __repr__(self) -> str:
        raise jinja2.TemplateRuntimeError("a function cannot be printed; add brackets, like sections()")


class Environment(ImmutableSandboxedEnvironment):
    """The environment of templates: data but no objects, and no calculation of unlimited size."""

    # Each can make a huge value of small ones; % does so by the width of a format (T01).
    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, files: Mapping[str, str], *, locale: str, timezone: str) -> None:
        super().__init__(
            undefined=HelpfulUndefined,
            loader=_Files(files),
            finalize=_printed,
            autoescape=False,  # the output is Markdown; readers' clients escape HTML
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=[LoopControlExtension],
            optimized=False,  # otherwise constants are calculated while compiling, and errors have no line
        )
        for name in _DANGEROUS:
            self.globals.pop(name, None)
        self.globals["namespace"] = OpaqueFunction(NamespaceValues)
        self.globals = {name: _callable(value) for name, value in self.globals.items()}
        # Without `random`, because an unchanged source must never cause an edit (decision 14).
        self.filters = {name: _listed(made) for name, made in self.filters.items() if name != "random"} | {
            "add_days": add_days,
            "date": date_filter(locale, timezone),
            "ordinal": functools.partial(ordinal, locale=locale),
            "escape_md": escape_md,
            "url": url,
        }

        self._codes: dict[tuple[str, str], CodeType] = {}

    def text(self, path: str, text: str, names: dict[str, Any]) -> str:
        """Render a text from a file; compiled code is cached."""
        if (path, text) not in self._codes:
            self._codes[path, text] = self.compile(text, name=path, filename=path)
        template = self.template_class.from_code(self, self._codes[path, text], self.make_globals(None))
        return template.render({name: _callable(value) for name, value in names.items()})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Calculate, unless the result could be huge."""
        if not _is_bounded(operator, left, right):
            raise jinja2.TemplateRuntimeError(
                f"the result of {operator} would be too large; use smaller values"
            )
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        """Allow only parts of a date: its methods ignore the language, and strftime accepts huge widths."""
        if isinstance(obj, dt.date):
            return attr in _PARTS_OF_A_DATE
        if isinstance(obj, type):  # dict.pop would change data that jinja2 protects
            return False
        return super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look up a name in data first, because a column may be called `items`."""
        if isinstance(obj, Mapping):
            return self._item(obj, attribute)
        if isinstance(obj, dt.date) and attribute in _METHODS_OF_DATES:
            return self.undefined(
                hint=f"a date has no {attribute}() in templates; write | date({_METHODS_OF_DATES[attribute]})"
            )
        if attribute.startswith("_"):
            return self.unsafe_undefined(obj, attribute)
        return _callable(super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  jinja2's own signature
        """Look up a key; a missing one in `LenientData` is None."""
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self._item(obj, argument)
        return _callable(super().getitem(obj, argument))

    def _item(self, obj: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
        if name not in obj and not name.isascii():
            # macOS and some editors write an accent as two characters.
            composed = unicodedata.normalize("NFC", name)
            name = next((key for key in obj if unicodedata.normalize("NFC", str(key)) == composed), name)
        if name not in obj:
            return None if isinstance(obj, LenientData) else self.undefined(obj=obj, name=name)
        value = obj[name]
        if isinstance(value, UnavailableUrl):
            return self.undefined(
                hint="edition.url exists only in previous.comment; elsewhere the post does not exist yet"
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
    return number.bit_length() if isinstance(number, int) else 0  # other numbers have a fixed size


def _callable(value: Any) -> Any:  # noqa: ANN401  any value of a template
    return OpaqueFunction(value) if isinstance(value, _SHOWS_ITS_ADDRESS) else value


def _listed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter return a list instead of an iterator, which would print as its memory address."""

    @functools.wraps(original)  # keeps jinja2's attributes about what the filter gets passed
    def filtered(*values: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the filter takes
        value = original(*values, **named)
        return list(value) if isinstance(value, Iterator) else value

    return filtered


class _Files(jinja2.BaseLoader):
    """Loads templates from the request of the parent; a path is only a name, and no file is opened."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return a template's text with its path, so that tracebacks show it."""
        template = unicodedata.normalize("NFC", template)  # like the names of files
        if template not in self._files:
            raise jinja2.TemplateNotFound(template)
        return self._files[template], template, None

    def list_templates(self) -> list[str]:
        return sorted(self._files)


@jinja2.pass_context  # otherwise jinja2 would apply this to constants while compiling
def _printed(context: Context, value: object) -> object:
    """Return what is printed for a value: nothing for None; a list is an error, not Python's notation."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | dt.date | LenientData | jinja2.Undefined):
        return value
    if callable(value):
        raise jinja2.TemplateRuntimeError("a function cannot be printed; add brackets, like sections()")
    raise jinja2.TemplateRuntimeError(
        "a list or group of values cannot be printed; print one of them, or use {% for %}"
    )


def failure(error: BaseException) -> tuple[str, str]:
    """Return what went wrong in a template and what to write instead, without any of its data."""
    what, _, hint = _message(error).replace("\n", " ")[:_LONGEST_MESSAGE].partition("; ")
    return what, hint


def _message(error: BaseException) -> str:
    if isinstance(error, SecurityError):
        return "this is not allowed in a template"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"the file {error.name} to include does not exist"
    if isinstance(error, jinja2.UndefinedError | jinja2.TemplateSyntaxError | jinja2.TemplateRuntimeError):
        return error.message or type(error).__name__
    if isinstance(error, RecursionError):
        return "a template includes or calls itself endlessly, or is nested too deeply"
    if isinstance(error, MemoryError):
        return "the template needs too much memory"
    if isinstance(error, OutOfTime):
        return "the template takes too long; check it for an endless loop"
    if isinstance(error, TypeError) and _DAYS_ADDED.search(str(error)):
        return "a number cannot be added to a date; write | add_days(7)"
    # Other messages of Python could contain a value of the data (T13).
    called = _CALLED_WRONGLY.search(str(error)) if isinstance(error, TypeError) else None
    return called[0] if called else f"this cannot be computed ({type(error).__name__})"
