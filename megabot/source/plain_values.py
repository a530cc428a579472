"""Converts frozen dataclasses to JSON values and back, to pass them between processes. Pure.

The types of the fields decide how a value is read, because the other process is not trusted.
"""

import types
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")
_MOMENTS = (datetime, date, time)


def plain(value: Any) -> Any:  # noqa: ANN401  any field of a dataclass
    """Return a dataclass, or one of its fields, as a JSON value."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, _MOMENTS):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(plain(one) for one in value)
    return value


def read(wanted: type[_Value], raw: Any) -> _Value:  # noqa: ANN401  JSON
    """Build a dataclass from the result of `plain`. Raise `ValueError` for anything else."""
    try:
        return _read(wanted, raw)  # type: ignore[no-any-return]
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not the value of a {wanted.__name__}") from error


def _read(wanted: Any, raw: Any) -> Any:  # noqa: ANN401  types are values here
    if get_origin(wanted) in (Union, types.UnionType):
        (inner,) = (one for one in get_args(wanted) if one is not types.NoneType)
        return None if raw is None else _read(inner, raw)
    if get_origin(wanted) in (tuple, frozenset):
        return _several(wanted, raw)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return wanted(**{name: _read(kind, raw[name]) for name, kind in _hints(wanted).items()})
    if wanted in _MOMENTS:
        return wanted.fromisoformat(raw)
    if wanted is timedelta:
        return timedelta(seconds=raw)
    if issubclass(wanted, StrEnum):
        return wanted(raw)
    if type(raw) is not wanted:
        raise TypeError(wanted.__name__)
    return raw


def _several(wanted: Any, raw: Iterable[Any]) -> Any:  # noqa: ANN401
    kinds = get_args(wanted)
    if get_origin(wanted) is tuple and kinds[-1] is not Ellipsis:
        return tuple(_read(kind, one) for kind, one in zip(kinds, raw, strict=True))
    return get_origin(wanted)(_read(kinds[0], one) for one in raw)


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return get_type_hints(wanted)
