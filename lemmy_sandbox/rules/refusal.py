"""How the sandbox says no, in Lemmy's error codes; knows nothing of HTTP beyond the status number."""

from http import HTTPStatus

NOT_IN_DATABASE = "Record not found"
"""What the database says where there is nothing."""


class Refusal(Exception):
    """What a rule of the server refuses, with the code, the status and the message that the client sees."""

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
        self.cause = cause  # what lies behind it; 1.0 alone tells, and usually the code again

    @property
    def values(self) -> dict[str, object]:
        """Return the JSON that the client sees."""
        return {"error": self.code, **({} if self.message is None else {"message": self.message})}


class ImageRefusal(Refusal):
    """What pict-rs refuses; Lemmy passes its status on and, of its JSON, the fields that it knows."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__("image", status=status, message=message)

    @property
    def values(self) -> dict[str, object]:
        """Return the JSON that the client sees: no Lemmy error at all."""
        return {"files": None, "msg": self.message}


def not_signed_in(*, cause: str | None = None) -> Refusal:
    """Answer a call that needs an account: the code of a wrong password, and the only 401 there is."""
    return Refusal("incorrect_login", status=HTTPStatus.UNAUTHORIZED, cause=cause)


def not_found_by_name(code: str) -> Refusal:
    """Answer a look-up by name; one by id answers 400 with the same code."""
    return Refusal(code, status=HTTPStatus.NOT_FOUND)
