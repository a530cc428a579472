"""The credentials for signing in. They are never shown, and stored only as a slow salted hash."""

import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from datetime import datetime

from megabot.errors import ConfigError

_ROUNDS = 200_000
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """User name, password and two-factor secret (base32 or an `otpauth://` link); "" means not set.

    `typed_code` is a two-factor code that someone just typed; it overrides the secret. `at_terminal` means
    that someone waits for the result and can correct a typing error.
    """

    username: str
    password: str = field(default="", repr=False)
    totp_secret: str = field(default="", repr=False)
    typed_code: str = field(default="", repr=False)
    at_terminal: bool = False

    def code(self, now: datetime) -> str:
        """Return the two-factor code for `now`, or "" if there is no secret."""
        if self.typed_code or not self.totp_secret:
            return self.typed_code
        import pyotp

        try:
            if "://" in self.totp_secret:
                parsed = pyotp.parse_uri(self.totp_secret)
                if not isinstance(parsed, pyotp.TOTP):
                    raise _bad_secret()
                return parsed.at(now)
            return pyotp.TOTP("".join(self.totp_secret.split()).upper()).at(now)
        except (ValueError, binascii.Error):
            raise _bad_secret() from None  # pyotp's message may quote the secret

    def fingerprint(self, salt: bytes = b"") -> str:
        """Return a salted hash that `match` recognizes."""
        salt = salt or os.urandom(_SALT_BYTES)
        secret = f"{self.username}\0{self.password}\0{self.totp_secret}".encode()
        return f"{salt.hex()}:{hashlib.pbkdf2_hmac('sha256', secret, salt, _ROUNDS).hex()}"

    def match(self, fingerprint: str) -> bool:
        """Return whether a fingerprint was made from these credentials."""
        try:
            salt = bytes.fromhex(fingerprint.partition(":")[0])
        except ValueError:
            return False
        return bool(salt) and hmac.compare_digest(self.fingerprint(salt), fingerprint)


def _bad_secret() -> ConfigError:
    return ConfigError(
        "MEGABOT_TOTP_SECRET is neither a base32 secret nor an otpauth://totp link; copy it again."
    )
