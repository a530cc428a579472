"""What a mutant is: one guard of shipped code taken away, and the tests that must notice. Changes nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`file` with `old`, which occurs in it exactly once, replaced by `new`; `name` says what is broken so.

    Each test of `caught_by` (a pytest node id, or a file) must fail. `rule` is the rule of `decide` that is
    broken, if it is one. `words` must be among what the failing tests print, where who catches it matters.
    """

    name: str
    file: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    rule: str = ""
    words: str = ""

    def broken(self, text: str) -> str:
        """Break the text of the file. Raises `ValueError` unless `old` is there once and not the same."""
        if text.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.file} holds {text.count(self.old)} times what would be replaced")
        return text.replace(self.old, self.new)
