"""The command line: which verbs there are. Each is imported only when it is used, so that help is instant."""

import importlib

import click

VERBS = {
    "run": "the service: keep the threads, until told to stop",
    "post": "post the current edition now, if it is not there yet",
    "repost": "post a fresh copy of the current edition",
    "refresh": "render the current edition again and edit its post",
    "plan": "show what the next pass would do, and why; changes nothing",
    "preview": "show the post as it would be now",
    "check": "look for everything that can be wrong",
    "status": "show what is",
    "history": "show what was",
    "calendar": "show what will be",
    "login": "sign in and keep the token, so that no password need be on disk",
    "logout": "sign out and forget the token",
    "init": "ask a few questions, write the settings and a first template",
    "demo": "see it all work against a small Lemmy in the process",
    "sandbox": "run that small Lemmy alone",
}


class LazyGroup(click.Group):
    """A group whose commands live in `megabot.verbs`, a module each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs in the order of their table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"megabot.verbs.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or name the one that was probably meant."""
        if args[0] not in VERBS:
            from difflib import get_close_matches

            for near in get_close_matches(args[0], VERBS, n=1):
                ctx.fail(f"there is no verb {args[0]!r}; did you mean {near}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing one."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--env", "env_file", type=click.Path(dir_okay=False), help="Read settings from this file.")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
@click.version_option(package_name="megabot", message="megabot %(version)s")
@click.pass_context
def cli(ctx: click.Context, env_file: str | None, *, verbose: bool) -> None:
    """Keep a Lemmy community's recurring thread: rendered from git, posted on time, pinned, linked.

    Results go to stdout, the log to stderr. Exit codes: 0 done, 1 an expected failure (one line and the
    next step), 2 usage or settings, 3 a bug.
    """
    ctx.obj = {"env_file": env_file, "verbose": verbose}
