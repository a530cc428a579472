"""The one place that ends the process: 0 done, 1 an expected failure, 2 usage, 3 a bug, 4 offline."""

import os
import shlex
import sys
from collections.abc import Sequence

from megabot.errors import ConfigError, Expected, NoNetwork, Stopping, WrongAccount
from megabot.verbs import help_page

OFFLINE = 4
INTERRUPTED = 130
_STDERR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit code; errors become one line and the next step on stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(help_page())  # without the library that parses, which is most of the time
        return 0
    try:
        return _run(arguments)
    except WrongAccount as error:
        command = shlex.join(["megabot", *arguments])
        return _say(ConfigError(f"{error}; run: sudo -u {error.account} {command}"), 2)
    except ConfigError as error:
        return _say(error, 2)
    except Expected as error:
        return _say(error, OFFLINE if isinstance(error, NoNetwork) else 1)
    except (KeyboardInterrupt, Stopping):
        sys.stderr.write("megabot: stopped\n")
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except Exception:  # noqa: BLE001  the one catch-all: what nobody foresaw is a bug
        import traceback

        _write(f"{traceback.format_exc()}megabot: this is a bug; please report the lines above\n", own=False)
        return 3


def _run(arguments: list[str]) -> int:
    import click

    from megabot.cli import cli

    try:
        code = cli.main(args=arguments, prog_name="megabot", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _say(error: Exception, code: int) -> int:
    lines = str(error).splitlines() or [type(error).__name__]
    _write("".join(f"megabot: {line}\n" for line in lines))
    return code


def _write(text: str, *, own: bool = True) -> None:
    """Write what goes past the log as the log would: without secrets, and as journald takes it."""
    import logging

    from megabot.logs import blotted, in_journal, journal_lines

    said = blotted(text, own=own)
    if in_journal(os.environ, _STDERR):
        said = "".join(f"{journal_lines(line, logging.ERROR)}\n" for line in said.splitlines())
    sys.stderr.write(said)


if __name__ == "__main__":
    sys.exit(main())
