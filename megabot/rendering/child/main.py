"""The render child: reads jobs as JSON on stdin, writes texts or problems as JSON on stdout, and exits.

It has no environment, no secrets and no open files. Everything that contributors' files can influence, from
parsing YAML to rendering templates, happens here; the parent only reads the result.
"""

import codecs
import contextlib
import html  # noqa: F401  as below
import json
import pprint  # noqa: F401  as below
import sys
from datetime import UTC, datetime
from typing import Any

import jinja2.debug  # noqa: F401  jinja2 imports these three only when needed, when the limits forbid it

from megabot.rendering.child.template import render_all
from megabot.source.child_limits import limit
from megabot.source.problems import Problem


def main() -> None:
    sys.stdout.write(answer(json.load(sys.stdin.buffer)))


def answer(request: dict[str, Any]) -> str:
    """Limit the process, render all jobs and return the answers as JSON."""
    _load_what_is_used_later(request)
    limit(request["cpu_seconds"])
    unreadable = [Problem(**one) for one in request["unreadable"]]
    return json.dumps(render_all(request["files"], request["pictures"], request["jobs"], unreadable))


def _load_what_is_used_later(request: dict[str, Any]) -> None:
    """Load what could not be opened under the limits. Babel is slow, so it is loaded only if it is used."""
    for codec in ("ascii", "unicode-escape", "utf-16-le"):  # for constants in templates and for counting
        codecs.lookup(codec)
    texts = [*request["files"].values(), *(job["thread"]["title"] for job in request["jobs"])]
    if any("date" in text for text in texts):
        from babel.core import UnknownLocaleError
        from babel.dates import format_datetime

        from megabot.rendering.child.filters import zone

        for locale, name in {(job["thread"]["locale"], job["thread"]["timezone"]) for job in request["jobs"]}:
            # Writing one date opens the files of the language and the time zone.
            moment = datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone(name))
            with contextlib.suppress(UnknownLocaleError, ValueError):  # the date filter reports it
                format_datetime(moment, "d MMMM zzzz VVVV", locale=locale.replace("-", "_"))


if __name__ == "__main__":
    main()
