"""The port of a renderer, as a Protocol."""

from collections.abc import Sequence
from typing import Protocol

from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.source.model import Snapshot, Thread


class Renderer(Protocol):
    """Renders a thread's template to the text of an edition, in isolation."""

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render several editions at once, with results in the order of the jobs. Errors are results too."""
