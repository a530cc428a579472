"""docs/reference/command-line.md has every command with its options, as the program has them."""

from pathlib import Path

from megabot.cli.help import VERBS
from tools import page_blocks

PAGE = (Path(__file__).parents[2] / page_blocks.COMMAND_LINE).read_text(encoding="utf-8")


def test_each_command_is_on_the_page_once() -> None:
    assert page_blocks.names(PAGE) == [f"verb:{verb}" for verb in VERBS]


def test_usage_and_options_are_those_of_the_program() -> None:
    assert page_blocks.update(PAGE, page_blocks.command_line()) == PAGE


def test_every_option_is_listed() -> None:
    blocks = page_blocks.command_line()

    assert "`--wait [MINUTES]`" in blocks["verb:check"]
    assert "megabot preamble export [OPTIONS] FOLDER" in blocks["verb:preamble"]
    assert all(block.strip() for block in blocks.values())
