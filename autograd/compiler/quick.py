"""The usual call of a program, written for it: a check of each argument, the run, what is done with the results.

A step of a tiny network takes a microsecond of arithmetic; so there is no loop here over arguments or results, and no
look-up that can be done beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from autograd.compiler.c_expressions import C_TYPES
from autograd.compiler.graph import Argument, Host, Value
from autograd.compiler.kinds import Kind, expression
from autograd.engine.tensor import REBOUND, Tensor

if TYPE_CHECKING:
    from autograd.compiler.native_runner import NativeRunner
    from autograd.compiler.program import Program

MISSED: Final = object()
"""What a quick call returns whose arguments are not of the kind that the program is for."""


def never(_mode: Any, _args: Any) -> Any:
    """Stand in where there is no quick call."""
    return MISSED


def quick_call(program: Program) -> Callable[[Any, Any], Any]:
    """Return a function of the grad mode and the arguments; it returns MISSED where these do not fit."""
    runner = program.runner
    in_parts = not runner.whole
    targets = [*(e.target for e in runner.graph.effects), *program.must_be_none]
    by_position = any(isinstance(target, int) for target in targets)
    differentiated = any(kind.node for kind in program.kinds)
    if in_parts or by_position or differentiated or not program.flat or program.backward is not None:
        return never
    return _Quick(program).function()


class _Quick:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.runner = program.runner
        self.native = self.runner.backend == "native"
        self.names: dict[str, Any] = {
            "MISSED": MISSED, "Tensor": Tensor, "ndarray": np.ndarray, "empty": np.empty, "asarray": np.asarray,
            "rebound": REBOUND, "program": program, "runner": self.runner, "new": object.__new__, "kind_of": Kind.of,
            "float64": np.float64,
        }  # fmt: skip
        self.lines: list[str] = []
        self.passed: dict[Value, str] = {}  # the expression of each argument of the run

    def function(self) -> Callable[[Any, Any], Any]:
        program = self.program
        self._check_arguments()
        if program.guards:
            self.lines.append("if program.stale(): return MISSED")
        for i, node in enumerate(program.must_be_none):
            self.names[f"m{i}"] = node
        if program.must_be_none:
            had = " or ".join(f"m{i}.grad is not None" for i in range(len(program.must_be_none)))
            self.lines.append(f"if {had}: return MISSED")
        self.lines += ["if rebound[0] != runner.seen:", "  if program.stale(): return MISSED", "  runner.look_again()"]
        if self.native:
            self.lines.append("if runner.copies: return MISSED")
        self._call_back()
        self._run()
        self._leave_gradients()
        built = expression(program.out, [self._leaf(i) for i in range(len(program.forms))])
        if built is None:
            return never
        self.lines.append(f"return {built}")
        exec("def quick(mode, args):\n" + "\n".join(f"  {line}" for line in self.lines), self.names)
        return self.names["quick"]  # type: ignore[no-any-return]

    def _check_arguments(self) -> None:
        kinds = self.program.kinds
        self.lines.append(f"if mode is not {self.program.grads} or len(args) != {len(kinds)}: return MISSED")
        if kinds:
            self.lines.append(f"{', '.join(f'x{i}' for i in range(len(kinds)))}, = args")
        wanted = {v.params["source"].position: v for v in self.runner.arguments if _is_argument(v)}
        written = {id(e.target) for e in self.program.optimized.effects if e.kind == "store"}
        for i, kind in enumerate(kinds):
            value = f"x{i}._value" if kind.what == "tensor" else f"x{i}"
            if kind.what == "tensor":
                self.lines.append(f"if type(x{i}) is not Tensor or x{i}._node is not None: return MISSED")
                if written:
                    self.names["written"] = written
                    self.lines.append(f"if id(x{i}) in written: return MISSED")
            elif kind.what == "static":
                self.names[f"k{i}"] = kind.value
                same = f"x{i} is k{i}" if kind.by_identity else f"type(x{i}) is type(k{i}) and x{i} == k{i}"
                self.lines.append(f"if not ({same}): return MISSED")
            elif kind.what == "float":
                self.lines.append(f"if type(x{i}) is not float: return MISSED")
            seen_by_c = self.native and i in wanted and kind.dtype is not None and kind.dtype in C_TYPES
            if kind.what in ("array", "tensor") and (self.program.callbacks or not seen_by_c):
                self.names[f"D{i}"] = kind.dtype
                self.lines.append(
                    f"if type({value}) is not ndarray or {value}.shape != {kind.shape} or {value}.dtype != D{i}: "
                    "return MISSED"
                )
            if i in wanted:
                self.passed[wanted[i]] = value

    def _call_back(self) -> None:
        callbacks = self.program.callbacks
        for i, once in enumerate(callbacks):
            self.names[f"c{i}"] = once
            self.lines.append(f"h{i} = c{i}()")
        for v in self.runner.arguments:
            source = v.params["source"]
            if isinstance(source, Host):
                result = f"h{callbacks.index(source.call)}"
                self.passed[v] = result if source.item is None else f"{result}[{source.item}]"

    def _run(self) -> None:
        arguments = [self.passed[v] for v in self.runner.arguments]
        outs = [f"o{k}" for k in range(len(self.runner.results))]
        if not self.native:
            self.lines.append(
                f"{''.join(f'{o}, ' for o in outs) or '_'} = runner.run(({''.join(f'{a}, ' for a in arguments)}))"
            )
            return
        runner = cast("NativeRunner", self.runner)
        for out, v in zip(outs, runner.results, strict=True):
            self.names[f"d{out}"] = v.dtype
            self.lines.append(f"{out} = empty({v.shape}, d{out})")
        self.names |= {"call": runner.library.call, "state": runner.library.state}
        self.lines.append(f"code = call({', '.join(['state', *arguments, *outs])})")
        hosted = ", ".join(f"c{i}: h{i}" for i in range(len(self.program.callbacks)))
        self.lines.append(f"if code == 1: return {f'program.run(args, {{{hosted}}})' if hosted else 'MISSED'}")
        self.lines.append("if code: runner.check(code)")

    def _leave_gradients(self) -> None:
        at = {v: f"o{k}" for k, v in enumerate(self.runner.results)}
        for n, e in enumerate(e for e in self.runner.graph.effects if e.kind in ("grad", "add")):
            if e.value is None and e.target in self.program.must_be_none:
                continue
            self.names[f"n{n}"] = e.target
            array = "None" if e.value is None else at[e.value] if e.value.shape else f"asarray({at[e.value]})"
            if e.kind == "add":
                array = f"{array} if n{n}.grad is None else n{n}.grad + {array}"
            self.lines.append(f"n{n}.grad = {array}")

    def _leaf(self, i: int) -> str:
        form, at = self.program.forms[i]
        if form == "same":
            self.names[f"s{i}"] = at
            return f"s{i}"
        if form == "argument":
            return f"x{at}"
        k = self.runner.results.index(self.runner.graph.outputs[at])
        result = self.runner.results[k]
        value = f"o{k}[()]" if self.native and not result.shape else f"o{k}"
        if result.weak and not self.native:
            value = f"float64({value})"
        if form == "array":
            return value
        self.lines += [f"t{i} = new(Tensor)", f"t{i}._value = {value}", f"t{i}._node = None"]
        return f"t{i}"


def _is_argument(value: Value) -> bool:
    return isinstance(value.params["source"], Argument)
