"""`megabot plan`: what the next pass would do, and why. Changes nothing."""

import click

from megabot import deed_texts
from megabot.app import open_app
from megabot.reconcile import run_pass
from megabot.sources import usable_threads


@click.command(help="Show what the next pass would do, and why. Changes nothing.")
@click.pass_obj
def command(options: dict[str, object]) -> int:
    """Run a pass that only decides, and print its plan."""
    with open_app(options, keeps_facts=False) as app:
        account = app.prove()
        reports = run_pass(app.ports, proof=True, account=account, dry=True)
        broken = usable_threads(app.desk.source, app.desk.source.snapshot()).broken
    for line in str(broken or "").splitlines():
        click.echo(f"megabot: {line}", err=True)
    for report in reports:
        if report.failure is not None:
            click.echo(f"megabot: {report.thread.name}: {report.failure}", err=True)
        for action in report.left:
            click.echo(deed_texts.action(report.thread, action))
    return 1 if broken or any(report.failure for report in reports) else 0
