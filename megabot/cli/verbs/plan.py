"""`megabot plan`: what the next pass would do, and why. Changes nothing."""

import json

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.cli.views import plan_view as view
from megabot.reconcile import override_facts
from megabot.reconcile.loop import run_pass
from megabot.reconcile.report import Report
from megabot.schedule.editions import next_unposted_edition
from megabot.source import folder
from megabot.source.problems import Problem
from megabot.source.usable import usable_threads


@click.command(help="Show what the next pass would do, and why not more. Changes nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool) -> int:
    """Run a pass that only decides, and print its plan; exit 1 if it failed in a thread."""
    with open_app(options, keeps_facts=False) as app:
        account = app.prove()
        reports = run_pass(app.ports, authenticated=True, account=account, dry=True)
        broken = usable_threads(app.offline_ports.source, app.offline_ports.source.snapshot()).broken
        plans = [_planned(app, report) for report in reports]
        now, source = app.clock.now(), app.settings.source
    if as_json:
        click.echo(json.dumps(view.document(plans), indent=2))
    else:
        terminal.show(view.lines(plans, now, width=terminal.width()))
    for problem in broken.problems if broken else ():
        told = folder.place_problem(problem, source) if isinstance(problem, Problem) else problem
        terminal.say("problem", str(told), err=True)
    return 1 if broken or any(report.failure for report in reports) else 0


def _planned(app: App, report: Report) -> view.ThreadPlan:
    thread = report.thread
    posted = {thread_post.key for thread_post in report.observation.posts} if report.observation else set()
    return view.ThreadPlan(
        thread=thread,
        actions=report.left,
        failure=str(report.failure or ""),
        coming=next_unposted_edition(thread, app.clock.now(), posted),
        changes=override_facts.active_overrides(app.offline_ports, thread),
    )
