"""Digests of texts, so that a later pass can detect a change. Pure."""

import hashlib


def preamble_digest(preamble: str) -> str:
    """Return the digest of a preamble: posts with `refresh: preamble` are edited only if it changes."""
    return digest(preamble)


def digest(*parts: str) -> str:
    """Return one digest of several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
