"""What megabot needs of a renderer, as a Protocol with its contract."""

from collections.abc import Sequence
from typing import Protocol

from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.source.model import Snapshot, Thread


class Renderer(Protocol):
    """Turns a thread's template into the text of an edition, where it can hurt nobody."""

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render many editions in one start, answers in the order of the jobs. Raises nothing of its own."""
