"""Time that is used up is a problem at the line where it was, whatever was running.

What is interrupted is a process of its own: an exception out of nowhere could hit the tests' own machinery.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from megabot.source.child_limits import OutOfTime, interrupt
from tests.templates import BODY_LINE

ROOT = Path(__file__).parents[2]
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}"
END = "{% endfor %}{% endfor %}"
SOON = """
import json, signal, sys
from megabot.source.child_limits import interrupt
from tests.templates import problems_of
body, more = json.load(sys.stdin)
signal.signal(signal.SIGPROF, interrupt)
signal.setitimer(signal.ITIMER_PROF, 0.2)
print(json.dumps(problems_of(body, more=more)))
"""


def said(body: str, **more: str) -> list[str]:
    """Render in a process that is interrupted after a fifth of a second of computing."""
    files = {name.replace("__", "/"): text for name, text in more.items()}
    ended = subprocess.run(
        [sys.executable, "-c", SOON],
        input=json.dumps([body, files]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    problems: list[str] = json.loads(ended.stdout)
    return problems


@pytest.mark.parametrize(
    "inside", ["", "{{ a }}", "{% set c = range(99999) | list %}", "{% if a in [b] %}{% endif %}"]
)
def test_a_loop_without_end_has_its_line(inside: str) -> None:
    assert said(f"one\n{LOOP}{inside}{END}") == [
        f"thread.md.j2:{BODY_LINE + 1}: the template takes too long (check it for an endless loop)"
    ]


def test_data_without_end_is_its_files_problem() -> None:
    many = "".join(f"a{number}: 1\n" for number in range(50_000))

    assert said("{{ data.many }}", **{"data__many.yaml": many}) == [
        "data/many.yaml: the data is too large to read (delete what no template uses)"
    ]


def test_outside_of_any_template_there_is_no_line() -> None:
    with pytest.raises(OutOfTime) as raised:
        interrupt(signal.SIGXCPU, None)

    assert (raised.value.path, raised.value.line) == ("", 0)
