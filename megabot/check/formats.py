"""Findings of a check as programs read them: JSON, and the annotations of code hosts' workflows. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from megabot.check.findings import Finding, Level
from megabot.i18n.tables import Line, Span, Tone, wrap

_TONES = {Level.FINE: Tone.GOOD, Level.WARNING: Tone.ODD, Level.PROBLEM: Tone.BAD}
_COMMANDS = {Level.PROBLEM: "error", Level.WARNING: "warning"}
_IN_WORDS = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PLACE = _IN_WORDS | {":": "%3A", ",": "%2C"}
"""What would end a workflow command, or a property of it, and what stands for it there."""


def line(finding: Finding) -> str:
    """Write a finding for people, in one line."""
    return f"{finding.level.value:8}{finding.sentence}"


def lines(finding: Finding, *, width: int | None) -> list[Line]:
    """Write a finding for a terminal, its level in colour."""
    first, *more = wrap(line(finding), width=width, hanging=8)
    level = Span(first[:8], _TONES[finding.level])
    return [(level, Span(first[8:])), *((Span(other),) for other in more)]


def summary(findings: Sequence[Finding]) -> list[Line]:
    """Count what needs attention; nothing if nothing does."""
    counted = Counter(finding.level for finding in findings)
    problems, warnings = counted[Level.PROBLEM], counted[Level.WARNING]
    named = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((problems, "problem"), (warnings, "warning"))
        if number
    ]
    if not named:
        return []
    note = "" if problems else " Warnings do not block posting. Please review them."
    return [(), (Span(f"{' and '.join(named)}.{note}", Tone.STRONG),)]


def annotation(finding: Finding, folder: PurePath) -> str:
    """Write a finding as a workflow command: it then shows beside the line in a proposed change.

    `folder` is the source's, as seen from the top of the repository. What is fine stays a plain line.
    """
    command, about = _COMMANDS.get(finding.level), finding.about
    if command is None:
        return line(finding)
    if about is None:
        return f"::{command} title=megabot::{_kept(finding.sentence, _IN_WORDS)}"
    place = f"file={_kept((folder / about.path).as_posix(), _IN_PLACE)}"
    place += f",line={about.line}" if about.line else ""
    hint = f" ({about.hint})" if about.hint else ""
    return f"::{command} {place},title=megabot::{_kept(about.what + hint, _IN_WORDS)}"


def document(findings: Sequence[Finding]) -> str:
    """Write all findings as one JSON document, with how many there are of each level."""
    counted = Counter(finding.level for finding in findings)
    numbers = {f"{level.value}s": counted[level] for level in (Level.PROBLEM, Level.WARNING)}
    return json.dumps(numbers | {"findings": [_plain(one) for one in findings]}, indent=2, ensure_ascii=False)


def _plain(finding: Finding) -> dict[str, Any]:
    plain: dict[str, Any] = {"level": finding.level.value, "sentence": finding.sentence}
    if finding.about is not None:
        about = finding.about
        plain |= {"path": about.path, "line": about.line or None, "what": about.what, "hint": about.hint}
    return plain | ({"link": finding.link} if finding.link else {})


def _kept(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
