"""The one place that ends the process. Its exit codes are listed in docs/reference/exit-codes.md."""

import os
import shlex
import sys
from collections.abc import Sequence

from megabot.cli.help import help_page
from megabot.cli.terminal import finish, say
from megabot.errors import (
    ConfigError,
    MegabotError,
    NeedsPerson,
    NoNetwork,
    NotApplicable,
    NothingToDo,
    Stopping,
    WrongAccount,
)
from megabot.i18n.tables import EXIT_CODES, Outcome

A_BUG = 3
OFFLINE = 5
INTERRUPTED = 130
_STDERR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error becomes one line with the next step on stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(help_page())  # without importing Click, which takes most of the time
        return 0
    try:
        return _run(arguments)
    except MegabotError as error:
        return _failed(error, arguments)
    except KeyboardInterrupt:
        return _failed(Stopping(), arguments)
    # The reader of the output, such as head, has ended, so nobody would read a message.
    except BrokenPipeError:
        return 1
    except Exception:  # noqa: BLE001  the only catch-all: any other exception is a bug
        import traceback

        _write(traceback.format_exc(), own=False)
        _say(Outcome.FAILED, "this is a bug in megabot; please report the lines above")
        return A_BUG


def _failed(error: MegabotError, arguments: list[str]) -> int:
    match error:
        case Stopping():
            sys.stderr.write("megabot: stopped\n")
            return INTERRUPTED
        case WrongAccount():
            command = shlex.join(["megabot", *arguments])
            return _say(Outcome.ERROR, f"{error}; run: sudo -u {error.account} {command}")
        # These are ConfigErrors, too, and the first case that fits is taken.
        case NothingToDo():
            return finish(Outcome.NOTHING, str(error))
        case NotApplicable():
            return _say(Outcome.REFUSED, error)
        case ConfigError():
            return _say(Outcome.ERROR, error)
        case NeedsPerson():
            return _say(Outcome.REFUSED, error)
        case NoNetwork():
            _say(Outcome.FAILED, error)
            return OFFLINE
        case _:
            return _say(Outcome.FAILED, error)


def _run(arguments: list[str]) -> int:
    _do_without_encoding_guesses()
    import click

    from megabot.cli.group import cli

    try:
        # standalone_mode=False, because click would end the process itself, with its own exit codes.
        code = cli.main(args=arguments, prog_name="megabot", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return 2
    # click raises it for Ctrl-C at a question.
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _do_without_encoding_guesses() -> None:
    """Keep requests from importing a library that guesses the encoding of a text.

    It takes 3 MB, and megabot reads JSON and decodes everything else itself. Importing a module that is None
    in `sys.modules` fails (https://docs.python.org/3/reference/import.html#the-module-cache); requests then
    warns, and would take a text without a charset for UTF-8.
    """
    import warnings

    for name in ("chardet", "charset_normalizer"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # documented, but not typed
    warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")


def _say(outcome: Outcome, error: Exception | str) -> int:
    for line in str(error).splitlines() or [type(error).__name__]:
        _write(line, outcome)
    return EXIT_CODES[outcome]


def _write(text: str, outcome: Outcome | None = None, *, own: bool = True) -> None:
    """Write to stderr like the log does: without secrets, and with priorities if journald reads it."""
    import logging

    from megabot.log_setup import goes_to_journal, journal_lines, redact

    shown = redact(text, own=own)
    if goes_to_journal(os.environ, _STDERR):
        whole = f"{outcome}: {shown}" if outcome else shown
        sys.stderr.write("".join(f"{journal_lines(line, logging.ERROR)}\n" for line in whole.splitlines()))
    elif outcome:
        say(outcome, shown, err=True)
    else:
        sys.stderr.write(shown)


if __name__ == "__main__":
    sys.exit(main())
