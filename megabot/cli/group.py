"""The command line. Each command is imported only when it is used, so that help and small ones start fast."""

import importlib

import click

from megabot.cli.help import VERBS, help_page

MODULES = {
    **dict.fromkeys(["hold", "skip", "move", "resume"], "edition"),
    **dict.fromkeys(["post", "repost", "refresh", "undo"], "thread"),
    **dict.fromkeys(["login", "logout"], "login"),
}
"""Modules with several commands; each command has its own name in its module."""


class LazyGroup(click.Group):
    """Commands in `megabot.cli.verbs`, most of them in a separate module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        name = {"import": "import_"}.get(cmd_name, cmd_name)  # "import" is a Python keyword
        module = importlib.import_module(f"megabot.cli.verbs.{MODULES.get(cmd_name, name)}")
        command = getattr(module, cmd_name if cmd_name in MODULES else "command")
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the one that was probably meant."""
        if args[0] not in VERBS:
            # Loaded only for a mistyped command, so that every other one starts fast.
            from difflib import get_close_matches

            for near in get_close_matches(args[0], VERBS, n=1):
                ctx.fail(f"there is no command {args[0]!r}; did you mean {near}?")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """Return the page that `__main__` shows without importing Click."""
        return help_page()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--env", "env_file", type=click.Path(dir_okay=False))
@click.option("--bot")
@click.option("--account", type=click.Path(dir_okay=False))
@click.option("-v", "--verbose", is_flag=True)
@click.version_option(package_name="megabot", message="megabot %(version)s")
@click.pass_context
def cli(
    ctx: click.Context, env_file: str | None, bot: str | None, account: str | None, *, verbose: bool
) -> None:
    """Pass the options before the command on to it."""
    if sum(map(bool, (env_file, bot, account))) > 1:
        raise click.UsageError(
            "use only one of --bot NAME (settings in /etc/megabot/NAME.env), --account FILE (a file of "
            "`megabot run --accounts`) and --env FILE (any other file)"
        )
    ctx.obj = {"env_file": env_file, "bot": bot, "account": account, "verbose": verbose}
