"""Translate the rules' refusals to 1.0: its codes, statuses and causes."""

from http import HTTPStatus

from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import without_none
from lemmy_sandbox.rules.refusal import NOT_IN_DATABASE, Refusal

_CODES = {
    "banned_from_community": "person_is_banned_from_community",
    "only_mods_can_post_in_community": "not_a_moderator",
    "rate_limit_error": "too_many_requests",
    "user_already_exists": "username_already_taken",
    "community_already_exists": "already_exists",
    "community_moderator_already_exists": "already_exists",
    "community_user_already_banned": "couldnt_update",
}
_STATUSES = {
    "not_found": HTTPStatus.NOT_FOUND,
    "incorrect_login": HTTPStatus.UNAUTHORIZED,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
}
_COMPLAINTS = ("Json deserialize error", "Query deserialize error", "Content type error")
_CAUSES = {"not_found": NOT_IN_DATABASE}


def translate(refusal: Refusal) -> tuple[int, Json]:
    """Return the status and the JSON of a refusal on 1.0."""
    code = _code(refusal.code)
    status = _STATUSES.get(code, HTTPStatus.BAD_REQUEST)
    if refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    values: Json = {"error": code, "message": refusal.message, "cause": _cause(refusal, code)}
    return status, without_none(values)


def _code(code: str) -> str:
    """Return 1.0's code for an error, which no longer says what was not found, created or updated."""
    if code.startswith("couldnt_find_"):
        return "not_found"
    for verb in ("create", "update"):
        if code.startswith(f"couldnt_{verb}"):
            return f"couldnt_{verb}"
    return _CODES.get(code, code)


def _cause(refusal: Refusal, code: str) -> str | None:
    """Return the cause: usually the code again, as Rust spells it. Rate limits and parsers have none."""
    if refusal.cause is not None or code == "too_many_requests":
        return refusal.cause
    if (refusal.message or "").startswith(_COMPLAINTS):
        return None
    if code == "unknown":
        return refusal.message
    return _CAUSES.get(code) or "".join(word.capitalize() for word in code.split("_"))
