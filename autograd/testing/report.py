"""What a gradient check has found, for a terminal, a notebook, or a program."""

from __future__ import annotations

import html
import math
from dataclasses import asdict, dataclass, field
from textwrap import fill
from typing import Any

import numpy as np


class GradientCheckError(AssertionError):
    """A gradient check has failed; the message is the report, which is also at `.report`."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class Cause:
    """What may be wrong with a rule: a short name, and a sentence."""

    name: str
    text: str


@dataclass(frozen=True)
class Blame:
    """The first operation whose own derivative is wrong at its own inputs, and which element of which operand."""

    operation: str
    site: str | None  # "file:line in function" where it was called
    rule: str | None = None  # "file:line" where its rule is written
    operand: int = 0
    index: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    numeric: float = math.nan
    error: float = math.nan
    analytic: float = math.nan
    text: str = ""  # where it is not the operation's rule: what is wrong instead


@dataclass(frozen=True)
class Failure:
    """One check that did not hold."""

    check: str
    text: str
    input: int | None = None
    input_name: str = ""
    index: tuple[int, ...] = ()
    output: int | None = None
    output_index: tuple[int, ...] = ()
    numeric: float = math.nan
    error: float = math.nan
    analytic: float = math.nan
    kink: float = math.inf
    blame: Blame | None = None
    causes: tuple[Cause, ...] = ()
    snippet: str = ""

    @property
    def ratio(self) -> float:
        """The analytic derivative over the numerical one; nan where that is 0."""
        return self.analytic / self.numeric if self.numeric else math.nan


@dataclass
class Report:
    """The outcome of `check_grad`: true if all checks held."""

    function: str
    inputs: list[str]
    seed: int
    failures: list[Failure] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)  # all that were made, in order
    notes: list[str] = field(default_factory=list)
    one_by_one: bool = True  # whether every derivative was compared by itself, and not random sums of them
    derivatives: int = 0
    evaluations: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return not self.failures

    def __bool__(self) -> bool:
        return self.passed

    def raise_if_failed(self) -> Report:
        """Raise GradientCheckError, whose message is this report, if a check has failed; return the report."""
        if self.failures:
            raise GradientCheckError(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain lists, dicts, numbers and strings, ready for JSON (a nan as the string "nan")."""
        found = {"passed": self.passed, **asdict(self)}
        for entry, failure in zip(found["failures"], self.failures, strict=True):
            entry["ratio"] = failure.ratio
        return _plain(found)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        state = "passed" if self.passed else f"FAILED: {', '.join(f.check for f in self.failures)}"
        return f"<Report on {self.function}: {state}>"

    def __str__(self) -> str:
        given = ", ".join(self.inputs)
        lines = [f"gradient check of {self.function}({given}): {'passed' if self.passed else 'FAILED'}"]
        for failure in self.failures:
            lines += ["", *(f"  {line}".rstrip() for line in _lines(failure))]
        failed = {f.check for f in self.failures}
        held = [check for check in self.checks if check not in failed]
        lines += [""] * bool(self.failures)
        for label, text in (("held", ", ".join(held) or "nothing"), *(("note", note) for note in self.notes)):
            lines.append(fill(f"  {label}: {text}", width=100, subsequent_indent="        "))
        how = "" if self.one_by_one else " along random directions"
        lines.append(
            f"  {self.derivatives:,} derivatives{how}, {self.evaluations:,} evaluations, {self.seconds * 1e3:.0f} ms, "
            f"seed {self.seed}"
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour, word = ("#1a7f37", "passed") if self.passed else ("#cf222e", "failed")
        head = (
            f'<div style="font-weight:600">gradient check of <code>{html.escape(self.function)}</code>'
            f'({html.escape(", ".join(self.inputs))}): <span style="color:{colour}">{word}</span></div>'
        )
        body = "".join(_html(failure) for failure in self.failures)
        tail = html.escape(str(self).rpartition("\n  held: ")[2]).replace("\n        ", " ").replace("\n  ", "<br>")
        return f'<div style="max-width:60em">{head}{body}<div style="color:#57606a">held: {tail}</div></div>'


def number(x: float) -> str:
    """Return a number with as many digits as help to see a difference of 1e-9."""
    return f"{x:.12g}"


def _table(failure: Failure) -> list[tuple[str, str]]:
    """Return the rows of what is to be read about a failure, in order."""
    rows = []
    if failure.input is not None and failure.output is not None:
        rows.append(("at", _place(failure)))
        if not math.isnan(failure.numeric):
            rows += _compared(failure.numeric, failure.error, failure.analytic, failure.kink)
    blame = failure.blame
    if blame is not None:
        rows.append(("operation", blame.operation + (f", called at {blame.site}" if blame.site else "")))
        if blame.text:
            rows.append(("", blame.text))
        else:
            place = f"element {blame.index} of operand {blame.operand}, whose shape is {blame.shape}"
            rows.append(("", f"its own rule is wrong at {place}"))
            rows += [("", f"{what}: {text}") for what, text in _compared(blame.numeric, blame.error, blame.analytic)]
        if blame.rule:
            rows.append(("its rule", blame.rule))
    rows += [("causes" if k == 1 else "", f"{k}. {c.name}: {c.text}") for k, c in enumerate(failure.causes, 1)]
    return rows


def _place(failure: Failure) -> str:
    result = f" {failure.output}" if failure.output else ""
    by = f", as the result{result} at {failure.output_index} depends on it" if failure.output_index or result else ""
    return f"element {failure.index} of {failure.input_name}{by}"


def _compared(numeric: float, error: float, analytic: float, kink: float = math.inf) -> list[tuple[str, str]]:
    rows = [("numeric", f"{number(numeric)} ± {error:.1g}"), ("analytic", number(analytic))]
    if numeric and math.isfinite(numeric) and math.isfinite(analytic):
        rows.append(("ratio", number(analytic / numeric)))
    if math.isfinite(kink):
        rows.append(("kink", "at this very point" if kink == 0 else f"about {kink:.0e} of the input's size away"))
    return rows


def _lines(failure: Failure) -> list[str]:
    lines = [f"{failure.check}: {failure.text}"]
    lines += [f"  {label:<10}{text}" for label, text in _table(failure)]
    if failure.snippet:
        lines += ["  to reproduce", *(f"      {line}" for line in failure.snippet.splitlines())]
    return lines


def _html(failure: Failure) -> str:
    cell = '<td style="text-align:left;vertical-align:top;padding:1px 12px 1px 0">'
    rows = "".join(
        f"<tr>{cell}<b>{label}</b></td>{cell}{html.escape(text)}</td></tr>" for label, text in _table(failure)
    )
    code = f"<pre>{html.escape(failure.snippet)}</pre>" if failure.snippet else ""
    return f"<p><b>{html.escape(failure.check)}</b>: {html.escape(failure.text)}</p><table>{rows}</table>{code}"


def _plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {key: _plain(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return [_plain(item) for item in x]
    if isinstance(x, np.generic):
        x = x.item()
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
