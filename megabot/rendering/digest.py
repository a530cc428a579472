"""Digests of texts, by which a later pass sees that one changed. Pure."""

import hashlib


def preamble_digest(preamble: str) -> str:
    """Give the digest of the preamble that a text was made with: by it alone some posts follow the source."""
    return digest(preamble)


def digest(*parts: str) -> str:
    """Return one digest of several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
