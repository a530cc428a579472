"""The address of a PostgreSQL database: its form, and the secrets in it. Needs no database library."""

import re
from urllib.parse import parse_qs, quote, unquote

FORM = (
    "write postgresql://USER:PASSWORD@HOST/DATABASE; an @, / or : in the password is written as %40, %2F or "
    "%3A"
)
# Only one @, because SQLAlchemy takes what follows the first as the host, which messages name: it would be
# the rest of the password.
_FORM = re.compile(
    r"postgres(?:ql)?://(?:[^:/@]*(?::(?P<password>[^/@]*))?@)?(?:\[[^]/@]*\]|[^:/@]*)(?::\d+)?/[^/?@]+"
    r"(?:\?(?P<query>.*))?"
)


def is_valid(address: str) -> bool:
    """Return whether an address has the form that `FORM` describes."""
    return _FORM.fullmatch(address) is not None


def secrets(address: str) -> tuple[str, ...]:
    """Return the passwords of a valid address in every form in which they could appear in a log."""
    found = _FORM.fullmatch(address)
    if found is None:
        return ()
    query = parse_qs(found["query"] or "")
    passwords = [unquote(found["password"] or ""), *query.get("password", []), *query.get("sslpassword", [])]
    forms = (form for word in passwords if word for form in (word, quote(word, safe="")))
    written = [found["password"]] if found["password"] else []
    return tuple(dict.fromkeys([*written, *forms]))
