"""Refusals with Lemmy's error codes. Of HTTP it knows only the status number."""

from http import HTTPStatus

NOT_IN_DATABASE = "Record not found"
"""The database's message for a missing row."""


class Refusal(Exception):
    """A rule's refusal, with the code, status and message that the client sees."""

    def __init__(
        self,
        code: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        message: str | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message
        self.cause = cause  # sent by 1.0 only, usually the code again

    @property
    def values(self) -> dict[str, object]:
        """The JSON that the client sees."""
        return {"error": self.code, **({} if self.message is None else {"message": self.message})}


class ImageRefusal(Refusal):
    """A refusal by pict-rs. Lemmy passes on its status and the JSON fields that it knows."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__("image", status=status, message=message)

    @property
    def values(self) -> dict[str, object]:
        """The JSON that the client sees, which is not a Lemmy error."""
        return {"files": None, "msg": self.message}


def not_signed_in(*, cause: str | None = None) -> Refusal:
    """Return the refusal of a call that needs an account: status 401, the code of a wrong password."""
    return Refusal("incorrect_login", status=HTTPStatus.UNAUTHORIZED, cause=cause)


def not_found_by_name(code: str) -> Refusal:
    """Return the refusal of a look-up by name; a look-up by id answers 400 with the same code."""
    return Refusal(code, status=HTTPStatus.NOT_FOUND)
