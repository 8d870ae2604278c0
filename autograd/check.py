"""`python -m autograd.check`: gradient checks from the command line.

    python -m autograd.check package.module:function     a function of arrays, on inputs of its own or drawn ones
    python -m autograd.check --op sin                     one operation of the engine, on the samples of its record
    python -m autograd.check --all                        every operation
    python -m autograd.check --model path.py:model        the parameters of a model, layer by layer

It exits with 0 if all checks held, with 1 if one failed, and with 2 if it could not be run.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import json
import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np

import autograd
from autograd.testing import Report, check_grad, check_model
from autograd.testing.comparison import Kinks, Method
from autograd.testing.samples import samples_of


class Unusable(Exception):
    """The command line asks for something that is not there; the message says what, and what is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    reports: dict[str, Report] = {}
    try:
        for name, report in _reports(asked):
            reports[name] = report
            if not asked.json:
                print(_line(name, report), flush=True)
    except Exception as error:
        if not isinstance(error, Unusable) and not str(error).startswith("check_"):
            traceback.print_exc()  # raised in the function itself
        print(f"autograd.check: {error}", file=sys.stderr)
        return 2
    failed = {name: report for name, report in reports.items() if not report}
    if asked.json:
        print(json.dumps({name: report.to_dict() for name, report in reports.items()}, indent=2))
    else:
        for name, report in failed.items():
            print(f"\n{name}\n{report}")
        print(_summary(reports, failed))
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd.check",
        description="Compare derivatives with differences; on failure, name the operation that is wrong.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("function", nargs="?", help="package.module:function, or path.py:function")
    what.add_argument("--op", metavar="NAME", action="append", help="an operation, such as sin; may be repeated")
    what.add_argument("--all", action="store_true", help="every operation")
    what.add_argument("--model", metavar="PATH:NAME", help="a model, by path.py:name or package.module:name")
    parser.add_argument(
        "--inputs", metavar="NAME", help="the inputs' name beside the function: arrays, or what makes them"
    )
    parser.add_argument("--shapes", nargs="+", metavar="2x3", help="draw inputs of these shapes; 0d for a number")
    parser.add_argument("--order", type=int, help="derivatives up to this order (2; of a model 1)")
    parser.add_argument("--dtype", default="float64", choices=("float64", "float32"), help="of what is drawn")
    parser.add_argument("--method", default="auto", choices=get_args(Method))
    parser.add_argument("--kinks", default="subgradient", choices=get_args(Kinks))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print all reports as one JSON object")
    return parser


def _reports(asked: argparse.Namespace) -> Iterator[tuple[str, Report]]:
    """Yield the reports that were asked for, by name, as they are made."""
    options = {"method": asked.method, "kinks": asked.kinks, "seed": asked.seed}
    options |= {} if asked.order is None else {"order": asked.order}
    if asked.model:
        yield from _of_model(asked, options)
    elif asked.function:
        module, name = _named(asked.function)
        function = _in(module, name, asked.function)
        if not callable(function):
            raise Unusable(f"{asked.function} is {type(function).__name__}, not a function")
        inputs = _inputs(asked, module, _required(function), function.__name__)
        yield name, check_grad(function, *inputs, **options)
    else:
        for name in asked.op or sorted(autograd.OPS):
            yield from _of_operation(name, asked, options)


# --- operations --------------------------------------------------------------------------------------------


def _of_operation(name: str, asked: argparse.Namespace, options: dict[str, Any]) -> Iterator[tuple[str, Report]]:
    op = autograd.OPS.get(name)
    if op is None:
        close = difflib.get_close_matches(name, autograd.OPS, 3)
        advice = f". Did you mean {' or '.join(close)}?" if close else ""
        if callable(getattr(autograd, name, None)):
            advice = f": it is composed of operations; check it as autograd:{name}"
        raise Unusable(f"there is no operation {name!r}{advice}")
    for sample in samples_of(op):
        arrays = sample.arrays(asked.seed, np.dtype(asked.dtype))
        if all(a.dtype.kind == "f" for a in arrays) and sample.floats(*map(autograd.tensor, arrays)):
            report = check_grad(sample.floats, *arrays, **options)
            report.function = name
        else:
            report = Report(name, [f"{a.dtype} {a.shape}" for a in arrays], asked.seed)
            report.notes.append("booleans and integers have no derivative: nothing to check")
        yield str(sample).rstrip("-"), report


# --- functions and models ----------------------------------------------------------------------------------


def _of_model(asked: argparse.Namespace, options: dict[str, Any]) -> Iterator[tuple[str, Report]]:
    module, name = _named(asked.model)
    model = _in(module, name, asked.model)
    if inspect.isfunction(model):
        model = model()
    if not hasattr(model, "named_parameters"):
        raise Unusable(f"{asked.model} is {type(model).__name__}, which has no named_parameters(): not a model")
    shape = getattr(model, "input_shape", None)  # with None for the number of examples; of several inputs, a list
    example = shape[1:] if isinstance(shape, tuple) and None not in shape[1:] else None
    inputs = _inputs(asked, module, 1, name, example)
    loss = len(inputs) == 2 and getattr(model, "loss", None) is not None and hasattr(model, "loss_on")
    f = (lambda: model.loss_on(*inputs)) if loss else (lambda: model(*inputs))
    yield from check_model(model, f=f, **options).items()


def _named(text: str) -> tuple[dict[str, Any], str]:
    """Return the names in a module or file, and the one after the colon."""
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise Unusable(f"{text!r}: write package.module:name or path.py:name")
    try:
        return (runpy.run_path(place) if place.endswith(".py") else vars(importlib.import_module(place))), name
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Unusable(f"{place}: {error}") from None


def _in(module: dict[str, Any], name: str, text: str) -> Any:
    if name not in module:
        close = difflib.get_close_matches(name, module, 3)
        raise Unusable(f"{text}: there is no {name!r}" + (f". Did you mean {' or '.join(close)}?" if close else ""))
    return module[name]


def _required(function: Any) -> int:
    """Return how many arguments a function must be given; 1 where it does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # some functions written in C
        return 1
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.default is p.empty and p.kind in plain for p in parameters) or 1


def _inputs(
    asked: argparse.Namespace, module: dict[str, Any], count: int, name: str, example: tuple[int, ...] | None = None
) -> Sequence[Any]:
    """Return the inputs: those that stand beside the function, or drawn ones of the shapes asked for."""
    if asked.inputs:
        found = _in(module, asked.inputs, asked.inputs)
        found = found() if callable(found) else found
        return found if isinstance(found, tuple | list) else (found,)
    if asked.shapes:
        shapes = [_shape(text) for text in asked.shapes]
    else:
        shapes = [(4, *example)] if example is not None else [(2, 3)] * count
        drawn = ", ".join(map(str, shapes))
        print(f"{name}: drawing inputs of shape {drawn}; --shapes or --inputs choose others", file=sys.stderr)
    rng = np.random.default_rng(asked.seed)
    return [rng.uniform(-2, 2, shape).astype(asked.dtype) for shape in shapes]


def _shape(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(size) for size in text.replace(",", "x").split("x") if size not in ("", "0d"))
    except ValueError:
        raise Unusable(f"--shapes: {text!r} is no shape; write 2x3, 3, or 0d for a single number") from None


# --- what is printed ---------------------------------------------------------------------------------------


def _line(name: str, report: Report) -> str:
    state = "ok    " if report else "FAILED"
    what = (
        f"{report.derivatives:7,} derivatives {report.seconds * 1e3:7.0f} ms" if report.checks else "not differentiable"
    )
    return f"{state}  {name:44} {what}"


def _summary(reports: dict[str, Report], failed: dict[str, Report]) -> str:
    derivatives = sum(report.derivatives for report in reports.values())
    seconds = sum(report.seconds for report in reports.values())
    plural = "s" * (len(reports) != 1)
    outcome = f"{len(failed)} of {len(reports)} failed" if failed else f"{len(reports)} check{plural} held"
    return f"\n{outcome}: {derivatives:,} derivatives in {seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
