"""Findings as programs read them."""

import json
from pathlib import PurePath

import pytest

from megabot.check.findings import (
    Finding,
    Level,
    mistake_finding,
    ok_finding,
    problem_finding,
    warning_finding,
)
from megabot.cli.verbs.check import annotation, document, line
from megabot.source.problems import Problem

FOLDER = PurePath("templates")
BAD = Problem("thread.md.j2", 7, "colour is not defined", "did you mean color?")


@pytest.mark.parametrize(
    ("finding", "written"),
    [
        (
            mistake_finding(Level.PROBLEM, BAD),
            (
                "::error file=templates/thread.md.j2,line=7,title=megabot::"
                "colour is not defined (did you mean color?)"
            ),
        ),
        (
            mistake_finding(Level.WARNING, Problem("data/a, b: c.csv", 0, "100% odd\r\n::error::no")),
            "::warning file=templates/data/a%2C b%3A c.csv,title=megabot::100%25 odd%0D%0A::error::no",
        ),
        (problem_finding("the server is gone\nsay so"), "::error title=megabot::the server is gone%0Asay so"),
        (warning_finding("odd"), "::warning title=megabot::odd"),
        (ok_finding("::error::all is well"), "ok      ::error::all is well"),
    ],
)
def test_an_annotation_names_file_and_line_and_cannot_be_broken_out_of(
    finding: Finding, written: str
) -> None:
    assert annotation(finding, FOLDER) == written


def test_a_source_at_the_top_of_its_repository_has_no_folder_before_its_files() -> None:
    assert annotation(mistake_finding(Level.PROBLEM, BAD), PurePath()).startswith(
        "::error file=thread.md.j2,line=7,"
    )


def test_a_document_counts_and_lists_everything() -> None:
    found = json.loads(
        document([ok_finding("well"), warning_finding("odd"), mistake_finding(Level.PROBLEM, BAD)])
    )

    assert (found["problems"], found["warnings"]) == (1, 1)
    assert found["findings"][:2] == [
        {"level": "ok", "sentence": "well"},
        {"level": "warning", "sentence": "odd"},
    ]
    assert found["findings"][2] == {
        "level": "problem", "sentence": str(BAD),
        "path": BAD.path, "line": 7, "what": BAD.what, "hint": BAD.hint,
    }  # fmt: skip


def test_a_line_begins_with_how_bad_it_is() -> None:
    assert line(warning_finding("odd")) == "warning odd"
