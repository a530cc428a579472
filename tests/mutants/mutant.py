"""What a mutant is: one guard of shipped code taken away, and the tests that must notice."""

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.change import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """megabot with `changes` made, in this order; `name` says what is broken so.

    Each test of `caught_by` (a pytest node id, or a file) must fail. `rule` is the rule of `decide` that is
    broken, if it is one. `words` must be among what the failing tests print, where who catches it matters.
    """

    name: str
    changes: tuple[Change, ...]
    caught_by: tuple[str, ...]
    rule: Callable[..., object] | None = None
    words: str = ""

    def broken(self, folder: Path) -> dict[Path, str]:
        """Return the changed files of a copy of the code. Raises `ValueError` if a change does not fit it."""
        trees: dict[Path, ast.Module] = {}
        for change in self.changes:
            path = folder / change.file
            if path not in trees:
                trees[path] = ast.parse(path.read_text(encoding="utf-8"))
            change.apply(trees[path])
        return {path: ast.unparse(ast.fix_missing_locations(tree)) for path, tree in trees.items()}

    def diff(self, folder: Path) -> str:
        """Return the lines that differ, as they are without comments and wraps."""
        texts = self.broken(folder)
        before = [line for path in texts for line in ast.unparse(ast.parse(path.read_bytes())).splitlines()]
        after = [line for text in texts.values() for line in text.splitlines()]
        lines = difflib.unified_diff(before, after, n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("--- ", "+++ ", "@@ ")))
