"""How the sandbox says no, in Lemmy's error codes; knows nothing of HTTP beyond the status number."""

from http import HTTPStatus


class Refusal(Exception):
    """What a rule of the server refuses, with the code, the status and the message that the client sees."""

    def __init__(
        self, code: str, *, status: int = HTTPStatus.BAD_REQUEST, message: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message


def not_signed_in() -> Refusal:
    """Answer a call that needs an account: the code of a wrong password, and the only 401 there is."""
    return Refusal("incorrect_login", status=HTTPStatus.UNAUTHORIZED)


def not_found_by_name(code: str) -> Refusal:
    """Answer a look-up by name; one by id answers 400 with the same code."""
    return Refusal(code, status=HTTPStatus.NOT_FOUND)
