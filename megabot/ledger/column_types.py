"""The types of the ledger's columns, the same values on SQLite and PostgreSQL.

SQLite's strict tables know only INTEGER and TEXT (https://www.sqlite.org/stricttables.html).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Boolean, Dialect, Integer, String
from sqlalchemy import Text as SqlText
from sqlalchemy.types import TIMESTAMP, TypeDecorator, TypeEngine
from typing_extensions import override

Word = TypeVar("Word", bound=StrEnum)

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A number or an id of any size."""

# PostgreSQL stores no NUL character, so it is escaped by two characters that no language has.
_ESCAPE, _OF_ESCAPE, _OF_NUL = "\ue000", "\ue000\ue001", "\ue000\ue002"


class Moment(TypeDecorator[datetime]):
    """An aware time: on SQLite as text in UTC that sorts like the time. Refuses naive ones."""

    impl = String
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = SqlText() if dialect.name == "sqlite" else TIMESTAMP(timezone=True)
        return dialect.type_descriptor(kind)

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time in the ledger has to be aware")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    @override
    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value else None
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError(f"{value} is not an aware time")
        return moment


class Words(TypeDecorator[str]):
    """Text of any length and content."""

    impl = SqlText
    cache_ok = True

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        # None spares a call for each text that is written or read, and most columns are text.
        return None if dialect.name == "sqlite" else super().bind_processor(dialect)

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None] | None:
        return None if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or not ("\0" in value or _ESCAPE in value):
            return value
        return value.replace(_ESCAPE, _OF_ESCAPE).replace("\0", _OF_NUL)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or _ESCAPE not in value:
            return value
        return value.replace(_OF_NUL, "\0").replace(_OF_ESCAPE, _ESCAPE)


class Flag(TypeDecorator[bool]):
    """Yes or no; on SQLite 1 or 0."""

    impl = Boolean
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = Integer() if dialect.name == "sqlite" else Boolean()
        return dialect.type_descriptor(kind)

    @override
    def process_bind_param(self, value: bool | None, dialect: Dialect) -> object:
        return None if value is None else int(value) if dialect.name == "sqlite" else value

    @override
    def process_result_value(self, value: object, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class OneOf(TypeDecorator[Word]):
    """A value of an enumeration, as its text. Raises `ValueError` for any other when it is read."""

    impl = SqlText
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    @override
    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)
