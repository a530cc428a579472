"""A handover: the requests it takes, and what it takes of the machine, beside the naive script's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, Spread
from bench.processes import Usage, python
from bench.stage import Stage, week_gone
from megabot.service.service import Service

NAIVE = "naive script"
SERVICE_REQUESTS = 8
ONE_SHOT_REQUESTS = 10

_SLOT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
_SCRIPT = str(Path(__file__).with_name("naive.py"))


def requests() -> tuple[Figure, ...]:
    """Count what the service and a one-shot `post` ask, and the naive script beside them."""
    naive = _asked_by(_naive)
    return (
        _counted("handover, running service", _asked_by_service(), naive, limit=SERVICE_REQUESTS),
        _counted("handover, megabot post", _asked_by(_post), naive, limit=ONE_SHOT_REQUESTS),
        _counted(
            "handover, megabot post, ledger lost", _asked_by(_post_anew), naive, limit=ONE_SHOT_REQUESTS
        ),
    )


def costs(runs: int) -> tuple[Figure, ...]:
    """Measure `megabot post` and the naive script as processes, one after the other, again and again."""
    _used_by(_post), _used_by(_naive)  # what is read from disk the first time counts for neither
    pairs = [(_used_by(_post), _used_by(_naive)) for _ in range(runs)]
    ours, naive = zip(*pairs, strict=True)
    return (
        _cost("wall time", "ms", ours, naive, lambda used: used.wall * 1000),
        _cost("CPU", "ms", ours, naive, lambda used: used.cpu * 1000),
        _cost("peak memory", "MB", ours, naive, lambda used: used.memory),
    )


def _counted(what: str, ours: list[str], naive: list[str], *, limit: int) -> Figure:
    return Figure(
        what=what,
        unit="requests",
        ours=Spread.of([len(ours)]),
        other=NAIVE,
        beside=Spread.of([len(naive)]),
        limit=limit,
        detail=("megabot:", *ours, f"{NAIVE}:", *naive),
    )


def _cost(
    what: str, unit: str, ours: tuple[Usage, ...], naive: tuple[Usage, ...], of: Callable[[Usage], float]
) -> Figure:
    return Figure(
        what=f"megabot post, {what}",
        unit=unit,
        ours=Spread.of(map(of, ours)),
        other=NAIVE,
        beside=Spread.of(map(of, naive)),
    )


def _asked_by_service() -> list[str]:
    """Let a service tick before a slot and at it; give what the handover asked.

    Near a slot the inbox is left alone: a service that starts then reads it after the handover.
    """
    with week_gone(_SLOT) as stage:
        stage.clock.at = _SLOT - timedelta(minutes=10)
        app = stage.app()
        try:
            service = Service(app.ports, tick=app.settings.tick, notify=lambda _: None)
            service.tick()
            stage.sandbox.forget_requests()
            stage.clock.at = _SLOT
            service.tick()
        finally:
            app.close()
        stage.check()
        asked = stage.requests()
    asked.remove("GET /api/v3/user/unread_count")  # every tick's, with a handover or without
    return asked


def _asked_by(act: Callable[[Stage], Usage]) -> list[str]:
    with week_gone() as stage:
        act(stage)
        stage.check()
        return stage.requests()


def _used_by(act: Callable[[Stage], Usage]) -> Usage:
    with week_gone() as stage:
        used = act(stage)
        stage.check()
        return used


def _post(stage: Stage) -> Usage:
    return python("-m", "megabot", "post", environ=stage.environ, cwd=stage.folder)


def _post_anew(stage: Stage) -> Usage:
    stage.forget_ledger()
    return _post(stage)


def _naive(stage: Stage) -> Usage:
    """Run the naive script with the text of last week's thread."""
    text = stage.folder / "text.md"
    text.write_text(stage.bodies()[0], encoding="utf-8")
    return python(_SCRIPT, str(text), environ=stage.environ, cwd=stage.folder)
