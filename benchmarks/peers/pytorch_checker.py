"""PyTorch's checkers: `gradcheck`, and `gradgradcheck` besides where the second order is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.autograd.gradcheck import GradcheckError

from benchmarks.peers.mistakes import Function, Problem, plain, tasks
from benchmarks.peers.pytorch import VERSION as VERSION


def _elementwise(problem: Problem, detach: Callable[[Any], Any]) -> Function:
    scale, factor = problem.scale, torch.as_tensor(problem.factor)

    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return scale * torch.sin(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * factor * scale * torch.cos(detach(x))

    return Sine.apply


def _bias(rule: Callable[[Any], Any]) -> Function:
    class Bias(torch.autograd.Function):
        @staticmethod
        def forward(_ctx: Any, x: Any, b: Any) -> Any:
            return x + b

        @staticmethod
        def backward(_ctx: Any, g: Any) -> Any:
            return g, rule(g)

    return Bias.apply


def _not_summed(*_: Any) -> Function:
    raise NotImplementedError("the engine itself sums a cotangent that was not: there is no mistake to catch")


FUNCTIONS = {
    "planted sine": lambda problem, _: _elementwise(problem, lambda x: x),
    "detached sine": lambda problem, _: _elementwise(problem, torch.detach),
    "bias, summed": lambda *_: _bias(lambda g: g.sum(0)),
    "bias, not summed": _not_summed,
    "bias, one row": lambda *_: _bias(lambda g: g[0]),
    "relu": lambda *_: torch.relu,
    **plain(torch),
}


def _alarmed(f: Function, problem: Problem, mode: str, order: int | None, seed: int) -> bool:
    torch.manual_seed(seed)
    inputs = tuple(torch.from_numpy(x).requires_grad_() for x in problem.inputs)
    gradcheck(f, inputs, fast_mode=mode == "fast")
    if order == 2:
        gradgradcheck(f, inputs, fast_mode=mode == "fast")
    return False


checked, interrupted = tasks(FUNCTIONS, _alarmed, (GradcheckError,))
