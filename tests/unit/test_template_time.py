"""Time that is used up is a problem at the line where it was, whatever was running."""

import signal
from collections.abc import Iterator

import pytest

from megabot.adapters.template_time import OutOfTime, interrupt
from tests.templates import BODY_LINE, problems_of

LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}"
END = "{% endfor %}{% endfor %}"


@pytest.fixture
def soon() -> Iterator[None]:
    """Have this process interrupted after a fifth of a second of computing."""
    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, 0.2)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "inside", ["", "{{ a }}", "{% set c = range(99999) | list %}", "{% if a in [b] %}{% endif %}"]
)
def test_a_loop_without_end_has_its_line(inside: str) -> None:
    said = problems_of(f"one\n{LOOP}{inside}{END}")

    assert said == [f"thread.md.j2:{BODY_LINE + 1}: the template takes too long (a loop that never ends?)"]


@pytest.mark.usefixtures("soon")
def test_data_without_end_is_its_files_problem() -> None:
    said = problems_of("Hello.", more={"data/many.yaml": "".join(f"a{n}: 1\n" for n in range(50_000))})

    assert said == ["data/many.yaml: the data is too much to be read (delete what no template uses)"]


@pytest.mark.usefixtures("soon")
def test_what_is_around_the_templates_has_the_threads_name() -> None:
    said = problems_of("Hello.", more={"sections/30-x.md": "---\ntitle: X\n---\n" + "- one\n" * 200_000})

    assert said == ["thread.md.j2: the template takes too long (a loop that never ends?)"]


def test_outside_of_any_template_there_is_no_line() -> None:
    with pytest.raises(OutOfTime) as raised:
        interrupt(signal.SIGXCPU, None)

    assert (raised.value.path, raised.value.line) == ("", 0)
