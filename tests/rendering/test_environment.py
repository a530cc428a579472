"""What a template may say, and how it is told what it may not."""

import pytest

from megabot.rendering.child.environment import failure
from tests.templates import BODY_LINE, FIRST, body_of, problems_of

HERE = f"thread.md.j2:{BODY_LINE}: "
NAMES = (
    "changes, community, companions, data, edition, preamble, previous, section, sections, source, spoiler"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ edition.key }} {{ edition.start }} {{ edition.end }}", "2026-W26 2026-06-22 2026-06-28"),
        ("{{ edition.start.year }} {{ edition.slot.hour }}", "2026 12"),
        ("{{ previous.title }} {{ previous.slots_ago }} {{ previous.comments }}", "News 129 1 7"),
        ("{{ preamble }} {{ preamble.text }} {{ preamble.theme }}", "An essay. An essay. Tides"),
        ("{{ preamble.author }}.", "."),
        ("{% if preamble.author %}by{% endif %}.", "."),
        ("{{ companions.atlas.url }} {{ companions['atlas'].title }}.", "https://atlas.example ."),
        ("{% if companions.film %}film{% endif %}.", "."),
        ("{{ data.events[0].what }} {{ data.events[0].items }}", "Market 3"),
        ("{{ data.prices[0].price }} {{ data['prices'][0]['name'] }}", "1,5 Apple"),
        ("{{ source.revision }} {{ source.url }} {{ community }}", "abcdef0 https://git.example/news news"),
        ("{% include '_footer.md.j2' %}", "That was news."),
        ("{% for n in range(3) %}{{ n }}{% endfor %} {{ 7 % 4 }} {{ 2 ** 3 }} {{ 'a' * 3 }}", "012 3 8 aaa"),
        ("{{ nosuch is defined }} {{ 'a,b'.split(',') | length }}", "False 2"),
        ("{% set twice %}x{% endset %}{{ twice }}{{ twice }}", "xx"),
    ],
)
def test_data_is_there_by_its_name(body: str, text: str) -> None:
    assert body_of(body) == text


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("{{ editon.start }}", "editon is not defined (did you mean edition?)"),
        ("{{ config }}", f"config is not defined (use one of: {NAMES})"),
        ("{{ lipsum(9) }}", f"lipsum is not defined (use one of: {NAMES})"),
        ("{{ edition.nmuber }}", "there is no nmuber here (did you mean number?)"),
        ("{{ edition['strat'] }}", "there is no strat here (did you mean start?)"),
        ("{{ companions.atlsa.url }}", "there is no atlsa here (did you mean atlas?)"),
        ("{{ data.zzz }}", "there is no zzz here (available: events, more, prices)"),
        ("{{ data.events[0].waht }}", "there is no waht here (did you mean what?)"),
        ("{{ data.events[0].zzz }}", "there is no zzz here"),
        ("{{ data.events[0].keys() }}", "data has no keys() (for pairs use the filter: DATA | items)"),
        ("{{ edition.start | date }}", "date() missing 1 required positional argument: 'pattern'"),
        ("{{ spoiler('a', tilte='b') }}", "spoiler() got an unexpected keyword argument 'tilte'"),
        ("{{ 3 is evn }}", "No test named 'evn'. (did you mean even?)"),
        ("{{ rnage(3) }}", "rnage is not defined (did you mean range?)"),
        ("{{ data.events[9].what }}", "there is no 9 here"),
        ("{{ companions.film.url }}", "the value before .url is empty this time (wrap it in {% if ... %})"),
        (
            "{{ edition.url }}",
            "edition.url exists only in previous.comment (elsewhere the post does not exist yet)",
        ),
        ("{{ 'x' | dat('d') }}", "No filter named 'dat'. (did you mean date?)"),
        ("{{ x ", "unexpected end of template, expected 'end of print statement'."),
        (
            "{% include '_fotter.md.j2' %}",
            "the file _fotter.md.j2 to include does not exist (did you mean _footer",
        ),
        (
            "{% include '../x' %}",
            "the file ../x to include does not exist (partials are files like",
        ),
        ("{% include '/etc/passwd' %}", "the file /etc/passwd to include does not exist"),
        ("{{ sections }}", "a function cannot be printed (add brackets, like sections())"),
        (
            "{{ data.events }}",
            "a list or group of values cannot be printed (print one of them, or use {% for %})",
        ),
        ("{{ edition }}", "a list or group of values cannot be printed"),
        ("{{ 'a' + 1 }}", "this cannot be computed (TypeError)"),
        ("{{ 1 / 0 }}", "this cannot be computed (ZeroDivisionError)"),
    ],
)
def test_a_mistake_has_its_line_and_what_to_write(body: str, line: str) -> None:
    (said,) = problems_of(body)

    assert said.startswith(HERE + line)


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__ }}",
        "{{ '' | attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ edition.start.__format__('%999999999d') }}",
        "{{ edition.start.replace(year=1) }}",
        "{{ sections.__globals__ }}",
        "{{ [].append(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
    ],
)
def test_objects_cannot_be_reached(body: str) -> None:
    (said,) = problems_of(body)

    assert said == HERE + "this is not allowed in a template"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("{{ 'a' * 80000000 }}", "* would be too large (use smaller values)"),
        ("{{ 80000000 * [1] }}", "* would be too large (use smaller values)"),
        ("{{ 3 ** 3000000 }}", "** would be too large (use smaller values)"),
        ("{{ '%9999999999d' % 1 }}", "% would be too large (use smaller values)"),
        ("{% include '_endless.md.j2' %}", "a template includes or calls itself endlessly"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "a template includes or calls itself endlessly"),
    ],
)
def test_what_grows_without_end_is_refused(body: str, line: str) -> None:
    (said,) = problems_of(body)

    assert line in said


def test_memory_that_is_used_up_is_said() -> None:
    assert failure(MemoryError()) == ("the template needs too much memory", "")


def test_a_mistake_in_an_included_part_has_the_parts_line() -> None:
    assert problems_of("{% include '_broken.md.j2' %}")[0].startswith("_broken.md.j2:2: nosuch is not")


@pytest.mark.parametrize(
    "body",
    [
        "{% macro part() %}\n{{ nosuch }}{% endmacro %}\n\n{{ part() }}",
        "{% for n in range(3) %}\n{{ nosuch }}{% endfor %}",
        "{% call spoiler('Maps') %}\n{{ nosuch }}{% endcall %}",
        "{% if true %}\n{{ 'x' | default(nosuch.a) }}{% endif %}",
        "{# a\n#}{{ nosuch }}",
    ],
)
def test_a_mistake_within_a_block_has_its_own_line(body: str) -> None:
    assert problems_of(body)[0].startswith(f"thread.md.j2:{BODY_LINE + 1}: nosuch is not defined")


def test_a_mistake_further_down_has_its_own_line() -> None:
    assert problems_of("one\n\n{{ previous.title }}", FIRST)[0].startswith(
        f"thread.md.j2:{BODY_LINE + 2}: the value before .title is empty this time"
    )


def test_no_value_of_the_data_is_in_a_message() -> None:
    more = {"data/secret.yaml": "word: swordfish\n"}
    bodies = ["{{ data.secret.word + 1 }}", "{{ data.secret.word | date('d') }}", "{{ data.secret.wrd }}"]

    assert not [body for body in bodies if "swordfish" in problems_of(body, more=more)[0]]


def test_a_namespace_keeps_what_a_loop_changes() -> None:
    body = "{% set ns = namespace(sum=1) %}{% for n in [2, 3] %}{% set ns.sum = ns.sum + n %}{% endfor %}"

    assert body_of(f"{body}{{{{ ns.sum }}}}") == "6"


@pytest.mark.parametrize(
    "way", ["{{ ns ~ '' }}", "{{ ns | string }}", "{{ [ns] | join }}", "{{ '%s' | format(ns) }}"]
)
def test_a_namespace_is_not_printed(way: str) -> None:
    (said,) = problems_of("{% set ns = namespace(a=1) %}" + way)

    assert "a namespace cannot be printed (print one value, like ns.count)" in said


def test_a_loop_can_be_left() -> None:
    assert body_of("{% for n in [1, 2, 3] %}{% if n == 2 %}{% break %}{% endif %}{{ n }}{% endfor %}") == "1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "{{ edition.start.strftime('%d') }}",
            "a date has no strftime() in templates (write | date('d MMMM y'))",
        ),
        (
            "{{ edition.slot.isoformat() }}",
            "a date has no isoformat() in templates (write | date('yyyy-MM-dd'))",
        ),
        ("{{ edition.start + 7 }}", "a number cannot be added to a date (write | add_days(7))"),
        (
            "{{ 'x' | add_days(1) }}",
            "the date filter needs a date (write it like 2026-11-16, or use edition.start)",
        ),
        (
            "{{ edition.start | add_days('nan' | float) }}",
            "add_days needs a date and a number (write",
        ),
        (
            "{{ edition.start | add_days(9999999999) }}",
            "add_days needs a date and a number (write",
        ),
        (
            "{{ now() }}",
            "now is not defined (write edition.start or edition.slot, because a text must not depend on",
        ),
        (
            "{{ edition.start | strftime }}",
            "No filter named 'strftime'. (write the filter date: {{",
        ),
        ("{{ len(data) }}", "len is not defined (write the filter: | length)"),
        (
            "{% do x %}",
            "Encountered unknown tag 'do'. (write {% set ... %}; a loop can change values only in",
        ),
    ],
)
def test_what_people_expect_from_elsewhere_is_told_what_there_is_instead(body: str, said: str) -> None:
    (found,) = problems_of(body)

    assert said in found


def test_days_can_be_added() -> None:
    assert body_of("{{ edition.start | add_days(3) | date('d MMMM') }}") == "25 June"
