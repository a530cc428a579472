"""Reading decoded JSON with care: each access names what it wants and says where it was not there. No I/O.

Unknown fields and values are nobody's business here; a missing optional field takes its default; a value of
another type than the one wanted is `UnexpectedJson`, which `responses` turns into the error for the call.
"""

from datetime import UTC, datetime


class UnexpectedJson(Exception):
    """An answer is not built as the API says. The message names the field and never its value."""


class JsonObject:
    """One JSON object of an answer."""

    __slots__ = ("_name", "_values")

    def __init__(self, values: object, name: str = "answer") -> None:
        if not isinstance(values, dict):
            raise UnexpectedJson(f"{name} is not an object")
        self._values = values
        self._name = name

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value

    def word(self, key: str, default: str | None = None) -> str:
        """Give a string that can travel in a header: ASCII, nothing in it but what can be seen."""
        value = self.text(key, default)
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise self._wrong(key, "a word")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        """Give a whole number."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(key, "a whole number")
        return value

    def flag(self, key: str, *, default: bool | None = False) -> bool:
        """Give a boolean; with None as the default it has to be there."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def time(self, key: str) -> datetime:
        """Give a moment, aware, in UTC; one without an offset is in UTC."""
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError as error:
            raise self._wrong(key, "a time") from error
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def child(self, key: str) -> "JsonObject":
        return JsonObject(self._get(key), f"{self._name}.{key}")

    def maybe(self, key: str) -> "JsonObject | None":
        return None if self._get(key) is None else self.child(key)

    def children(self, key: str) -> "tuple[JsonObject, ...]":
        """Give a list of objects, empty where there is none."""
        return tuple(JsonObject(item, f"{self._name}.{key}[]") for item in self._list(key))

    def numbers(self, key: str) -> tuple[int, ...]:
        """Give a list of whole numbers, empty where there is none."""
        values = self._list(key)
        if not all(isinstance(value, int) for value in values):
            raise self._wrong(key, "a list of numbers")
        return tuple(values)

    def is_empty(self, key: str) -> bool:
        """Tell whether a list has nothing in it, or is not there."""
        return not self._list(key)

    def _list(self, key: str) -> list[int]:
        # The element type is a promise that `numbers` and `JsonObject` check; JSON itself promises nothing.
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _get(self, key: str, default: object = None) -> object:
        value = self._values.get(key)
        return default if value is None else value

    def _wrong(self, key: str, wanted: str) -> UnexpectedJson:
        return UnexpectedJson(f"{self._name}.{key} is not {wanted}")


def version(answer: JsonObject) -> str:
    """Read the server's version out of the answer to GET /site."""
    answer.child("site_view")
    return answer.text("version")


def token(answer: JsonObject) -> str:
    """Read the token that a sign-in gives."""
    return answer.word("jwt")


def done(_answer: JsonObject) -> None:
    """Take any JSON object for a yes: the status has said it already."""


def parent(path: str) -> int:
    """Read from a comment's path, `0.1.7`, which comment it answers; 0 for none."""
    steps = path.split(".")[:-1]
    return int(steps[-1]) if steps and steps[-1].isdecimal() else 0
