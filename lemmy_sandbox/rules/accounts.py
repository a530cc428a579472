"""Signing up, in and out, and account settings. All tokens are made here."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from lemmy_sandbox.languages import UNDETERMINED, every_id
from lemmy_sandbox.records import ModKind, Person, Settings, SignIn
from lemmy_sandbox.rules import notifications
from lemmy_sandbox.rules.refusal import NOT_IN_DATABASE, Refusal, not_signed_in
from lemmy_sandbox.rules.rights import check_account, check_admin, check_higher_admin
from lemmy_sandbox.world import World

_STEP = 30
_WEEK = timedelta(weeks=1)
_END_OF_TIME = 8210266876799  # the last second that chrono can represent
_NAME = re.compile(r"[a-zA-Z0-9_]{3,20}")
_PASSWORD_LENGTHS = range(10, 61)
_KEY = b"the sandbox signs, nobody checks"


def add(world: World, name: str, password: str, *, admin: bool = False) -> Person:
    """Add an account without checks, like a row in the database."""
    person = Person(
        id=world.new_id("person"),
        account_id=world.new_id("account"),
        name=name,
        password=password,
        published=world.now(),
        admin=admin,
    )
    world.people[person.id] = person
    return person


def register(world: World, name: str, password: str, repeated: str) -> str:
    """Sign up and sign in."""
    _check_password(password, repeated)
    if not _NAME.fullmatch(name):
        raise Refusal("invalid_name")
    if world.person_named(name):
        raise Refusal("user_already_exists")
    return new_token(world, add(world, name, password))


def login(world: World, name: str, password: str, code: str | None, *, stays: bool = False) -> str:
    """Sign in, with checks in the server's order. 1.0 lets banned accounts in."""
    person = world.person_named(name)
    if person is None:
        raise not_signed_in(cause=NOT_IN_DATABASE)
    if not hmac.compare_digest(person.password.encode(), password.encode()):
        raise not_signed_in()
    if not world.is_lemmy_1:
        check_account(person)
    if person.totp_secret:
        _check_code(person.totp_secret, code, world.now())
    return new_token(world, person, stays=stays)


def logout(world: World, token: str) -> None:
    """Revoke this token only."""
    world.tokens.pop(token, None)


def change_password(world: World, person: Person, old: str, new: str, repeated: str) -> str:
    """Change the password; all tokens are revoked, and a new one is returned."""
    _check_password(new, repeated)
    if person.password != old:
        raise not_signed_in()
    person.password = new
    forget_tokens(world, person)
    return new_token(world, person)


def save_settings(
    world: World,
    person: Person,
    settings: Mapping[str, object],
    *,
    bot_account: bool | None,
    display_name: str | None,
    languages: list[int] | None,
) -> None:
    """Change fields of `Settings` and the account. None leaves a value unchanged.

    On 0.19, languages always include Undetermined (actor_language.rs).
    """
    for name, value in settings.items():
        if value is not None:
            setattr(person.settings, name, value)
    person.settings.default_post_time_range_seconds = person.settings.default_post_time_range_seconds or None
    if bot_account is not None:
        person.bot_account = bot_account
    if display_name is not None:
        person.display_name = display_name or None
    if languages is not None:
        chosen = set(languages)
        if chosen and not world.is_lemmy_1:
            chosen.add(UNDETERMINED)
        person.settings.languages = frozenset() if chosen >= every_id() else frozenset(chosen)


def ban_from_site(world: World, admin: Person, person_id: int, *, ban: bool, reason: str | None) -> Person:
    """Ban an account or undo a ban; on 0.19 both revoke its tokens."""
    check_admin(admin)
    check_higher_admin(world, admin, person_id)
    person = world.people.get(person_id)
    if person is None:
        raise Refusal("couldnt_update_user")
    person.banned = ban
    if not world.is_lemmy_1:
        forget_tokens(world, person)
    row = world.log(ModKind.BAN, admin, turned_on=ban, other_person_id=person.id, reason=reason)
    notifications.notify_of_action(world, row)
    return person


def new_token(world: World, person: Person, *, stays: bool = False) -> str:
    """Make a token from subject, issuer and second, so two tokens in one second are equal.

    It lives until it is revoked; on 1.0 for a week, unless it `stays`.
    """
    claims = {"sub": str(person.account_id), "iss": world.hostname, "iat": int(world.now().timestamp())}
    expires = None
    if world.is_lemmy_1:
        expires = None if stays else world.now() + _WEEK
        claims["exp"] = int(expires.timestamp()) if expires else _END_OF_TIME
    token = _signed(claims)
    # Two sign-ins in one second make the same token (recorded: 011).
    if token in world.tokens:
        message = 'duplicate key value violates unique constraint "login_token_pkey"'
        if world.is_lemmy_1:
            raise Refusal("couldnt_create", cause=message)
        raise Refusal("unknown", message=message)
    world.tokens[token] = SignIn(person.id, expires)
    return token


def is_signed_here(token: str) -> bool:
    """Return whether this server signed a token."""
    head, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature, _signature(head))


def forget_tokens(world: World, person: Person) -> None:
    world.tokens = {
        token: sign_in for token, sign_in in world.tokens.items() if sign_in.person_id != person.id
    }


def totp_code(secret: str, now: datetime, *, steps: int = 0) -> str:
    """Return the six digits of a base32 secret at a time, shifted by some steps of 30 seconds."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    counter = int(now.timestamp()) // _STEP + steps
    digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def make_settings(values: dict[str, object]) -> Settings:
    return Settings(**values)  # type: ignore[arg-type]


def _check_code(secret: str, code: str | None, now: datetime) -> None:
    if code is None:
        raise Refusal("missing_totp_token")
    # The server accepts the neighbouring steps, too (lemmy-api 1.1).
    if code not in {totp_code(secret, now, steps=steps) for steps in (-1, 0, 1)}:
        raise Refusal("incorrect_totp_token")


def _check_password(password: str, repeated: str) -> None:
    if len(password) not in _PASSWORD_LENGTHS:
        raise Refusal("invalid_password")
    if password != repeated:
        raise Refusal("passwords_do_not_match")


def _signed(claims: dict[str, object]) -> str:
    head = _base64(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    body = _base64(json.dumps(claims).encode())
    return f"{head}.{body}.{_signature(f'{head}.{body}')}"


def _signature(text: str) -> str:
    return _base64(hmac.new(_KEY, text.encode(), hashlib.sha256).digest())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
