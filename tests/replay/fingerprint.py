"""The fingerprint of each workflow: which commands its code issues, in which order, behind which conditions.

    make fingerprints

Read from the code, not from running it, so that a path which no golden history takes is in it, too. One outline for each
function that issues commands, or calls one that does: the commands, such calls, and the branches, loops and early ends
around them. Formatting, comments, docstrings, annotations, the names of locals, the arguments of activities and the
lengths of timers are not in it: none of them matters to a lead that runs.
"""

from __future__ import annotations

import ast
import builtins
import copy
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "fingerprints.json"
COMMANDS = frozenset(
    """execute_activity execute_activity_method execute_local_activity execute_local_activity_method start_activity
    start_activity_method start_local_activity start_local_activity_method execute_child_workflow start_child_workflow
    signal cancel sleep wait_condition wait_for timeout create_task gather upsert_search_attributes upsert_memo patched
    deprecate_patch continue_as_new uuid4 random""".split()
)
"""What becomes a command or decides in which order commands come, by its last name."""
COUNTS = {"activity_id", "id", "timeout"}
"""Options of a command that replays look at; ``timeout`` makes a wait start a timer."""
LOCAL = re.compile(r"\bL_\w+?_L\b")
Outline = list[Any]


def fingerprints(folder: Path = ROOT / "workflows") -> dict[str, dict[str, Outline]]:
    """Workflow type -> function -> outline, of every workflow in ``folder``."""
    modules = {file.stem: ast.parse(file.read_text("utf-8")) for file in sorted(folder.glob("*.py"))}
    found = {}
    for stem, tree in modules.items():
        for name in _workflow_types(tree):
            functions = dict(_functions_of(_reached(stem, modules), modules))
            issuing = _issuing(functions)
            found[name] = {where: _outline(functions[where], issuing) for where in sorted(functions)}
            found[name] = {where: outline for where, outline in found[name].items() if outline}
    return found


def _workflow_types(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "workflow.defn":
                yield next(ast.literal_eval(one.value) for one in decorator.keywords if one.arg == "name")


def _reached(stem: str, modules: dict[str, ast.Module]) -> list[str]:
    """The module and those that it imports, but for other workflows: they have a fingerprint of their own."""
    found, todo = [stem], [stem]
    while todo:
        for node in ast.walk(modules[todo.pop()]):
            for name in _imported(node):
                if name in modules and name not in found and not any(_workflow_types(modules[name])):
                    found.append(name)
                    todo.append(name)
    return found


def _imported(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("workflows"):
        return []
    module = (node.module or "").removeprefix("workflows").lstrip(".")
    return [module] if module else [alias.name for alias in node.names]


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions_of(stems: Iterable[str], modules: dict[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    for stem in stems:
        for node in modules[stem].body:
            if isinstance(node, Function):
                yield f"{stem}.{node.name}", node
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function):
                        yield f"{stem}.{node.name}.{inner.name}", inner


def _issuing(functions: dict[str, Function]) -> frozenset[str]:
    """The names of functions that issue commands, themselves or through others; one of the same name too many is harmless."""
    calls = {where: {_called(one) for one in _calls_in(node)} for where, node in functions.items()}
    issuing: set[str] = set()
    while True:
        more = {where.rpartition(".")[2] for where, names in calls.items() if names & (COMMANDS | issuing)} - issuing
        if not more:
            return frozenset(issuing)
        issuing |= more


def _calls_in(function: Function) -> list[ast.Call]:
    return [one for statement in function.body for one in ast.walk(statement) if isinstance(one, ast.Call)]


def _called(call: ast.Call) -> str:
    """The last name of what is called; empty for Python's own functions."""
    name = ast.unparse(call.func).rpartition(".")[2]
    own = (isinstance(call.func, ast.Name) and hasattr(builtins, name)) or name.startswith("__")
    return "" if own else name


# --- one function --------------------------------------------------------------------------------------------------


def _outline(function: Function, issuing: frozenset[str]) -> Outline:
    """Empty where the function issues nothing and takes no message."""
    renamed = _Renamer(function).visit(copy.deepcopy(function))
    body = _Writer(COMMANDS | issuing).block(renamed.body)
    taken = [f"@{ast.unparse(one).partition('(')[0]} {_name(one)}".rstrip() for one in function.decorator_list]
    taken = [one for one in taken if one.startswith("@workflow.") and not one.startswith("@workflow.query")]
    return _numbered([*taken, *body]) if taken or _commands_in(body) else []


def _commands_in(outline: Outline) -> bool:
    heads = ("call ", *(f"{name}(" for name in COMMANDS))
    return any(_commands_in(part) if isinstance(part, list) else part.startswith(heads) for part in outline)


def _name(decorator: ast.expr) -> str:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return next((ast.unparse(one.value) for one in keywords if one.arg == "name"), "")


class _Renamer(ast.NodeTransformer):
    """Marks the names of locals, so that they can be numbered where they are named."""

    def __init__(self, function: Function) -> None:
        inner = list(ast.walk(function))
        self._names = {one.arg for one in inner if isinstance(one, ast.arg)} - {"self"}
        self._names |= {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        named = (ast.ExceptHandler, ast.MatchAs, ast.FunctionDef, ast.AsyncFunctionDef)
        self._names |= {one.name for one in inner if isinstance(one, named) and one.name and one is not function}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"L_{node.id}_L", node.ctx) if node.id in self._names else node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(f"L_{node.arg}_L") if node.arg in self._names else node


def _numbered(outline: Outline) -> Outline:
    """Locals as ``_1``, ``_2`` … in the order in which the outline names them."""
    numbers: dict[str, str] = {}

    def one(part: Any) -> Any:
        if isinstance(part, list):
            return [one(inner) for inner in part]
        return LOCAL.sub(lambda found: numbers.setdefault(found[0], f"_{len(numbers) + 1}"), part)

    return [one(part) for part in outline]


class _Writer:
    """Writes down what counts, in the order in which it happens."""

    def __init__(self, counts: frozenset[str]) -> None:
        self._counts = counts

    def block(self, body: Iterable[ast.stmt]) -> Outline:
        return [line for node in body for line in self._statement(node)]

    def _statement(self, node: ast.stmt) -> Outline:
        match node:
            case ast.If():
                return self._branches(node.test, [("if " + _text(node.test), node.body), ("else", node.orelse)])
            case ast.While():
                return self._branches(node.test, [("while " + _text(node.test), node.body), ("else", node.orelse)])
            case ast.For() | ast.AsyncFor():
                head = f"for {_text(node.target)} in {_text(node.iter)}"
                return self._branches(node.iter, [(head, node.body), ("else", node.orelse)])
            case ast.With() | ast.AsyncWith():
                return self._branches(node.items[0], [("with " + ", ".join(map(_text, node.items)), node.body)])
            case ast.Try():
                handlers = [(f"except {_text(one.type) if one.type else ''}", one.body) for one in node.handlers]
                last = [("else", node.orelse), ("finally", node.finalbody)]
                return self._branches(None, [("try", node.body), *handlers, *last])
            case ast.Match():
                cases = [(_case(one), one.body) for one in node.cases]
                inner = self._branches(node.subject, cases)
                return [f"match {_text(node.subject)}", *inner] if inner else []
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = self.block(node.body)
                return ["def", inner] if _commands_in(inner) else []
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                return [*self._calls(node), type(node).__name__.lower()]
            case _:
                return self._calls(node)

    def _branches(self, first: ast.AST | None, branches: list[tuple[str, list[ast.stmt]]]) -> Outline:
        """A branch that issues nothing and ends nothing does not count."""
        found: Outline = self._calls(first) if first is not None else []
        inner = [(head, self.block(body)) for head, body in branches]
        if any(lines for _, lines in inner):
            inner = [(head, lines) for head, lines in inner if lines or head not in ("else", "finally")]
            found += [part for head, lines in inner for part in (head, lines) if part]
        return found

    def _calls(self, node: ast.AST) -> Outline:
        """The calls that count, those within the arguments of another one first, as Python does."""
        found: Outline = []
        for child in ast.iter_child_nodes(node):
            found += self._calls(child)
        if isinstance(node, ast.IfExp | ast.BoolOp) and found:
            found = [f"perhaps: {_text(node.test if isinstance(node, ast.IfExp) else node.values[0])}", found]
        if isinstance(node, ast.Call) and _called(node) in self._counts:
            found.append(_command(node))
        return found


def _command(call: ast.Call) -> str:
    name = _called(call)
    if name not in COMMANDS:
        return f"call {ast.unparse(call.func)}"
    first = _text(call.args[0]) if call.args and name not in ("sleep", "upsert_memo", "gather", "create_task") else ""
    first = "" if name in ("upsert_search_attributes", "continue_as_new") else first
    options = [one for one in call.keywords if one.arg in COUNTS]
    told = [f"{one.arg}={'…' if one.arg == 'timeout' else _text(one.value)}" for one in options]
    return f"{name}({', '.join(filter(None, [first, *told]))})"


def _case(case: ast.match_case) -> str:
    guard = f" if {_text(case.guard)}" if case.guard else ""
    return f"case {_text(case.pattern)}{guard}"


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def written(found: dict[str, dict[str, Outline]]) -> str:
    """As it is committed: a change shows in the lines of the function that changed."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(fingerprints()), "utf-8")
    print(f"{FILE.relative_to(ROOT)} is written; commit it with the change.")
