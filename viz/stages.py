"""An order for all that a program ever had, in which what is computed together in the end stands together.

One layout serves all passes, so that nothing moves. It has the arrows of all of them: those of what is computed in the
end run down for sure, others do if they do not go back into a group that comes before.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

Place = tuple[int, int]
"""The number of a stage, and that of a loop within it."""

_BEFORE: Final[Place] = (-1, 0)
_BEHIND: Final[Place] = (sys.maxsize, 0)


class Span(NamedTuple):
    """The last place that something needs, and the first that needs it: both its own if it is computed there."""

    first: Place
    last: Place

    @property
    def loop(self) -> Place | None:
        """The loop that it belongs to, as all that it comes from and goes to is computed there."""
        return self.first if self.first == self.last else None

    @property
    def stage(self) -> int | None:
        """The stage that it belongs to."""
        return self.first[0] if self.first[0] == self.last[0] else None


def spans(names: Sequence[str], edges: Collection[tuple[str, str]], places: Mapping[str, Place]) -> dict[str, Span]:
    """Return where everything stands among the stages, in an order where operands come first and stages together.

    `places` are those of what is computed in a stage. What is not, as views and what passes have left out, is in one
    only where it would otherwise stand both behind and before it.
    """
    above: dict[str, list[str]] = {name: [] for name in names}
    for a, b in edges:
        above[b].append(a)
    order = _operands_first(names, above)
    at = {name: i for i, name in enumerate(order)}
    first: dict[str, Place] = {}
    last = {name: places.get(name, _BEHIND) for name in order}
    for name in order:
        above[name] = [a for a in above[name] if at[a] < at[name]]
        if name in places:
            first[name] = places[name]
        else:
            first[name] = max((first[a] for a in above[name]), default=_BEFORE)
    for name in reversed(order):
        for a in above[name]:
            if a not in places:
                last[a] = min(last[a], last[name])
    found = {name: Span(first[name], last[name]) for name in order}
    return {name: found[name] for name in sorted(order, key=lambda name: _rank(found[name]))}


def _operands_first(names: Sequence[str], above: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names with operands before their users, as far as no circle is in the way."""
    done: dict[str, None] = {}
    begun: set[str] = set()
    for name in names:
        stack = [name]
        while stack:
            top = stack[-1]
            begun.add(top)
            waiting = [a for a in above[top] if a not in begun]
            stack.extend(reversed(waiting))
            if not waiting:
                done.setdefault(stack.pop())
    return list(done)


def _rank(span: Span) -> tuple[int, int, int]:
    """Return what to sort by: a loop, then what is behind it in its stage, then what is behind the stage."""
    if span.loop is not None:
        return *span.loop, 0
    return (*span.first, 1) if span.stage is not None else (span.first[0], sys.maxsize, 1)
