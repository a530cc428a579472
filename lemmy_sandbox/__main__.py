"""Run a mini Lemmy server with a community, a moderator, a reader and a bot account until interrupted."""

import argparse
import sys
import threading
from collections.abc import Sequence

from lemmy_sandbox.practice import PORT, introduction, practice_server
from lemmy_sandbox.records import Generation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; return 1 if the port cannot be used."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument(
        "--api",
        choices=[generation.value for generation in Generation],
        default=Generation.LEMMY_0.value,
        help="v3: Lemmy 0.19 (default); v4: Lemmy 1.0",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}; 0 picks any free port")
    options = parser.parse_args(arguments)
    try:
        with practice_server(options.api, options.port) as sandbox:
            for line in introduction(sandbox):
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"Port {options.port} cannot be used: {error}; choose another one with --port\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
