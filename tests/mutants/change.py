"""Changes of shipped code: one place in a function, and what becomes of it.

Functions are named by the objects themselves, so that a rename or a move takes the mutants along. Places are
numbered from 1 in the order of the text. Code that is put in is written as a function with one `return`: what
that returns takes the place, and the parameters are variables of the place.
"""

import ast
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import TypeVar

ROOT = Path(__file__).parents[2]

Function = Callable[..., object]
New = Function | Enum | int | tuple[()] | None
"""What takes a place: a value, or a function whose one `return` says it."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Change:
    """What `alter` makes of the syntax tree of a function, or of its whole module if `function` is empty.

    `file` is relative to the repository. `alter` raises `ValueError` unless it finds one place.
    """

    file: str
    function: str
    alter: Callable[[ast.AST], None]

    def apply(self, module: ast.Module) -> None:
        """Change the tree of the file. Raises `ValueError` if it stays the same."""
        tree: ast.AST = module
        for name in filter(None, self.function.split(".")):
            named = [
                node for node in ast.walk(tree) if getattr(node, "name", None) == name and node is not tree
            ]
            tree = _nth(named, None)
        before = ast.dump(tree)
        self.alter(tree)
        if ast.dump(tree) == before:
            raise ValueError(f"nothing of {self.function} in {self.file} is changed")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a node stands in a tree."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    def put(self, *nodes: ast.AST) -> None:
        """Replace the node; in a list, by any number of them."""
        new = [ast.fix_missing_locations(ast.copy_location(node, self.node)) for node in nodes]
        if self.index is None:
            setattr(self.parent, self.field, *new)
        else:
            getattr(self.parent, self.field)[self.index : self.index + 1] = new


def condition(function: Function, number: int, *, gives: New) -> Change:
    """Replace a condition: the test of an `if`, `while` or comprehension, or any other `and` or `or`."""
    return _change(function, lambda tree: _nth(_conditions(tree), number).put(_code(gives, function, tree)))


def operand(function: Function, number: int, part: int, *, gives: New) -> Change:
    """Replace one operand of a condition."""

    def alter(tree: ast.AST) -> None:
        whole = _nth(_conditions(tree), number)
        leaf = _nth(_operands(whole.node), part)
        whole.put(*_rebuilt(whole.node, [leaf], _code(gives, function, tree)))

    return _change(function, alter)


def without_operand(function: Function, number: int, *parts: int) -> Change:
    """Leave operands out of a condition."""

    def alter(tree: ast.AST) -> None:
        whole = _nth(_conditions(tree), number)
        whole.put(*_rebuilt(whole.node, [_nth(_operands(whole.node), part) for part in parts]))

    return _change(function, alter)


def without(function: Function, called: Function) -> Change:
    """Leave out the one operand of a condition that calls a function."""

    def alter(tree: ast.AST) -> None:
        found = [
            (whole, leaf)
            for whole in _conditions(tree)
            for leaf in _operands(whole.node)
            if any(_calls(node, called) for node in ast.walk(leaf))
        ]
        whole, leaf = _nth(found, None)
        whole.put(*_rebuilt(whole.node, [leaf]))

    return _change(function, alter)


def call(function: Function, called: Function, number: int | None = None, *, gives: New) -> Change:
    """Replace a call: the only one of a function, or that of a number."""
    return _change(
        function, lambda tree: _nth(_calls_of(tree, called), number).put(_code(gives, function, tree))
    )


def without_last_argument(function: Function, called: Function) -> Change:
    """Leave the last argument out of a call."""

    def alter(tree: ast.AST) -> None:
        node = _nth(_calls_of(tree, called), None).node
        if isinstance(node, ast.Call):
            (node.keywords or node.args).pop()

    return _change(function, alter)


def without_argument(
    function: Function, called: Function, number: int | None = None, *, position: int
) -> Change:
    """Leave a positional argument out of a call, counted from 1."""

    def alter(tree: ast.AST) -> None:
        node = _nth(_calls_of(tree, called), number).node
        if isinstance(node, ast.Call):
            del node.args[position - 1]

    return _change(function, alter)


def without_step(function: Function, called: Function, number: int | None = None) -> Change:
    """Leave out the statement, or the element of a tuple, that calls a function."""

    def alter(tree: ast.AST) -> None:
        step = _step(tree, _nth(_calls_of(tree, called), number).node)
        is_needed = step.field != "elts" and len(getattr(step.parent, step.field)) == 1
        step.put(*([ast.Pass()] if is_needed else []))

    return _change(function, alter)


def sooner(function: Function, called: Function, *, than: Function) -> Change:
    """Move the statement, or the element of a tuple, that calls a function before that with another call."""

    def alter(tree: ast.AST) -> None:
        late = _step(tree, _nth(_calls_of(tree, called), None).node)
        late.put()
        early = _step(tree, _nth(_calls_of(tree, than), None).node)
        while early.parent is not late.parent:
            early = _step(tree, early.parent)
        early.put(late.node, early.node)

    return _change(function, alter)


def returns(function: Function, number: int | None = None, *, gives: New) -> Change:
    """Replace what a function returns: at its only `return`, or at that of a number."""

    def alter(tree: ast.AST) -> None:
        spots = [spot for spot in _spots(tree) if isinstance(spot.node, ast.Return)]
        _nth(spots, number).put(ast.Return(_code(gives, function, tree)))

    return _change(function, alter)


def catches(function: Function, number: int, error: type[Exception]) -> Change:
    """Have an `except` catch a built-in error in place of those that it names."""

    def alter(tree: ast.AST) -> None:
        found = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
        _nth(found, number).type = ast.Name(error.__name__)

    return _change(function, alter)


def opposite(function: Function, number: int, *, of: bool) -> Change:
    """Replace a `True` or `False` by the other one."""

    def alter(tree: ast.AST) -> None:
        spots = [spot for spot in _spots(tree) if isinstance(spot.node, ast.Constant)]
        found = [spot for spot in spots if getattr(spot.node, "value", None) is of]
        _nth(found, number).put(ast.Constant(value=not of))

    return _change(function, alter)


def without_entry(module: ModuleType, listed: Function) -> Change:
    """Leave a function out of the one tuple of a module that it is in."""

    def alter(tree: ast.AST) -> None:
        elements = [spot for spot in _spots(tree) if spot.field == "elts"]
        _nth([spot for spot in elements if _is_named(spot.node, listed)], None).put()

    return _change(module, alter)


def imports(module: ModuleType, old: ModuleType, *, becomes: ModuleType) -> Change:
    """Have a module import from another one than it does."""

    def alter(tree: ast.AST) -> None:
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        _nth([node for node in nodes if node.module == old.__name__], None).module = becomes.__name__

    return _change(module, alter)


def _change(where: Function | ModuleType, alter: Callable[[ast.AST], None]) -> Change:
    path = inspect.getfile(where if isinstance(where, ModuleType) else inspect.unwrap(where))
    file = Path(path).resolve().relative_to(ROOT).as_posix()
    return Change(file, "" if isinstance(where, ModuleType) else where.__qualname__, alter)


def _nth(found: list[Found], number: int | None) -> Found:
    if number is None and len(found) != 1:
        raise ValueError(f"{len(found)} places fit, and it must be one")
    if number is not None and not 0 < number <= len(found):
        raise ValueError(f"{len(found)} places fit, and number {number} is meant")
    return found[(number or 1) - 1]


def _spots(tree: ast.AST) -> list[Spot]:
    """Find what is below a node, in the order of the text and the outer before the inner."""
    spots = []
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            nodes = [*enumerate(value)] if isinstance(value, list) else [(None, value)]
            spots += [Spot(parent, field, index, node) for index, node in nodes if hasattr(node, "lineno")]
    return sorted(
        spots, key=lambda spot: (getattr(spot.node, "lineno", 0), getattr(spot.node, "col_offset", 0))
    )


def _conditions(tree: ast.AST) -> list[Spot]:
    spots = [
        spot for spot in _spots(tree) if spot.field in {"test", "ifs"} or isinstance(spot.node, ast.BoolOp)
    ]
    operands = {id(node) for spot in spots for node in ast.walk(spot.node) if node is not spot.node}
    return [spot for spot in spots if not (isinstance(spot.node, ast.BoolOp) and id(spot.node) in operands)]


def _operands(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.BoolOp):
        return [leaf for value in node.values for leaf in _operands(value)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.BoolOp):
        return _operands(node.operand)
    return [node]


def _rebuilt(node: ast.AST, leaves: list[ast.AST], *new: ast.expr) -> list[ast.expr]:
    """Copy a condition with something in the place of operands: nothing is left of one that had no others."""
    if node in leaves:
        return [*new]
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.BoolOp):
        return [ast.UnaryOp(node.op, operand) for operand in _rebuilt(node.operand, leaves, *new)]
    if isinstance(node, ast.BoolOp):
        values = [kept for value in node.values for kept in _rebuilt(value, leaves, *new)]
        return [ast.BoolOp(node.op, values)] if len(values) > 1 else values
    return [node] if isinstance(node, ast.expr) else []


def _calls_of(tree: ast.AST, called: Function) -> list[Spot]:
    return [spot for spot in _spots(tree) if _calls(spot.node, called)]


def _calls(node: ast.AST, called: Function) -> bool:
    return isinstance(node, ast.Call) and _is_named(node.func, called)


def _is_named(node: ast.AST, named: Function) -> bool:
    name: object = getattr(node, "id", None) or getattr(node, "attr", None)
    return name == named.__name__


def _step(tree: ast.AST, node: ast.AST) -> Spot:
    """Find the innermost statement, or element of a tuple, that a node belongs to."""
    steps = [spot for spot in _spots(tree) if spot.field in {"body", "orelse", "finalbody", "elts"}]
    return [spot for spot in steps if spot.index is not None and node in ast.walk(spot.node)][-1]


def _code(new: New, function: Function, tree: ast.AST) -> ast.expr:
    """Write a value as code for the module that a function is in."""
    home = sys.modules[function.__module__]
    if isinstance(new, Enum):
        return ast.Attribute(ast.Name(_name(home, type(new))), new.name)
    if not inspect.isfunction(new):
        return ast.parse(repr(new), mode="eval").body
    (definition,) = ast.parse(dedent(inspect.getsource(new))).body
    statement = definition.body[-1] if isinstance(definition, ast.FunctionDef) else None
    if not isinstance(statement, ast.Return) or statement.value is None:
        raise TypeError(f"{new.__name__} must end in a return")
    unknown = set(inspect.signature(new).parameters) - _variables(tree)
    if unknown:
        raise ValueError(f"{function.__qualname__} has no variable {', '.join(unknown)}")
    value: ast.expr = _AtHome(home, new, _variables(definition)).visit(statement.value)
    return value


def _variables(tree: ast.AST) -> set[str]:
    nodes = [*ast.walk(tree)]
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


class _AtHome(ast.NodeTransformer):
    """Writes the names of a function as the module does into which it is put."""

    def __init__(self, home: ModuleType, new: Function, variables: set[str]) -> None:
        self._home = home
        self._names = {
            name: thing for name, thing in vars(sys.modules[new.__module__]).items() if name not in variables
        }

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Leave the module itself out of what is said of its own."""
        if isinstance(node.value, ast.Name) and self._names.get(node.value.id) is self._home:
            return ast.Name(node.attr)
        return ast.Attribute(self.visit(node.value), node.attr)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Call a thing as the module calls it."""
        known = node.id in self._names
        return ast.Name(_name(self._home, self._names[node.id])) if known else ast.Name(node.id)


def _name(home: ModuleType, thing: object) -> str:
    names = [name for name, value in vars(home).items() if value is thing]
    if not names:
        raise ValueError(f"{home.__name__} does not import {thing!r}")
    return names[0]
