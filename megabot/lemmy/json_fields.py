"""Read decoded JSON with checks: each access names the expected type and reports what is wrong. No I/O.

Unknown fields and values are ignored. A missing optional field gets its default. A value of another type
raises `UnexpectedJson`, which `responses` turns into the error for the call.
"""

from datetime import UTC, datetime


class UnexpectedJson(Exception):
    """A response does not have the promised shape. The message names the field, never its value."""


class JsonObject:
    """One JSON object of a response."""

    __slots__ = ("_name", "_values")

    def __init__(self, values: object, name: str = "answer") -> None:
        if not isinstance(values, dict):
            raise UnexpectedJson(f"{name} is not an object")
        self._values = values
        self._name = name

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a string")
        return value

    def word(self, key: str, default: str | None = None) -> str:
        """Return a string that is safe in a header: printable ASCII without spaces."""
        value = self.text(key, default)
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise self._wrong(key, "a word")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value = self._get(key, default)
        # In Python, True and False are integers.
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(key, "a whole number")
        return value

    def flag(self, key: str, *, default: bool | None = False) -> bool:
        """Return a boolean. With `default=None` the field is required."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def time(self, key: str) -> datetime:
        """Return a time, aware, in UTC; a time without an offset is in UTC."""
        try:
            value = datetime.fromisoformat(self.text(key))
        except ValueError as error:
            raise self._wrong(key, "a time") from error
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def child(self, key: str) -> "JsonObject":
        return JsonObject(self._get(key), f"{self._name}.{key}")

    def maybe(self, key: str) -> "JsonObject | None":
        return None if self._get(key) is None else self.child(key)

    def children(self, key: str) -> "tuple[JsonObject, ...]":
        """Return a list of objects, empty if there is none."""
        return tuple(JsonObject(item, f"{self._name}.{key}[]") for item in self._list(key))

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers, empty if there is none."""
        values = self._list(key)
        if not all(isinstance(value, int) for value in values):
            raise self._wrong(key, "a list of numbers")
        return tuple(values)

    def is_empty(self, key: str) -> bool:
        """Return whether a list is empty or missing."""
        return not self._list(key)

    def _list(self, key: str) -> list[int]:
        # The element type is not checked here: `numbers` and `JsonObject` check it.
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _get(self, key: str, default: object = None) -> object:
        value = self._values.get(key)
        return default if value is None else value

    def _wrong(self, key: str, expected: str) -> UnexpectedJson:
        return UnexpectedJson(f"{self._name}.{key} is not {expected}")


def version(answer: JsonObject) -> str:
    """Return the server's version from the answer to GET /site."""
    answer.child("site_view")
    return answer.text("version")


def token(answer: JsonObject) -> str:
    """Return the token from the answer to a sign-in."""
    return answer.word("jwt")


def done(_answer: JsonObject) -> None:
    """Accept any JSON object, because the status already says that the call succeeded."""


def parent(path: str) -> int:
    """Return which comment a comment replies to, from its path such as `0.1.7`; 0 for a top-level one."""
    steps = path.split(".")[:-1]
    return int(steps[-1]) if steps and steps[-1].isdecimal() else 0
