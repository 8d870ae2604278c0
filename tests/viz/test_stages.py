"""The order in which all that a program ever had stands: as it comes, with what is computed together side by side."""

from __future__ import annotations

import random

import pytest

from viz.model import Box, Graph
from viz.placing import placed
from viz.stages import Place, Span, spans


def test_what_is_computed_stands_at_its_place() -> None:
    """In the order of stages and loops; both ends of the span are its own place."""
    places = {"late": (1, 0), "second": (0, 1), "first": (0, 0)}
    found = spans(list(places), [("first", "second"), ("second", "late")], places)
    assert list(found) == ["first", "second", "late"]
    assert all(found[name] == Span(place, place) for name, place in places.items())


def test_what_is_not_computed_is_in_a_stage_only_if_it_has_to_be() -> None:
    places = {"a": (0, 0), "b": (0, 0), "c": (0, 1), "d": (1, 0)}
    edges = [("x", "a"), ("a", "loop"), ("loop", "b"), ("a", "nest"), ("nest", "c"), ("a", "between"), ("between", "d")]
    found = spans(["x", "a", "loop", "b", "nest", "c", "between", "d", "alone"], edges, places)
    assert found["loop"].loop == (0, 0)
    assert found["nest"].loop is None and found["nest"].stage == 0
    assert [found[name].stage for name in ("x", "between", "alone")] == [None, None, None]


def test_an_arrow_that_goes_back_moves_nothing() -> None:
    """What is computed early, and was once made of what is computed late, stands early."""
    places = {"early": (0, 0), "late": (1, 0)}
    found = spans(["late", "gone", "early"], [("late", "gone"), ("gone", "early")], places)
    assert list(found) == ["early", "late", "gone"]


@pytest.mark.parametrize("seed", range(40))
def test_groups_can_be_laid_out(seed: int) -> None:
    """Whatever stages there are, arrows that run down in the order make no circle of groups, and the rest is little."""
    draw = random.Random(seed)
    names = [f"n{i}" for i in range(40)]
    edges = {(a, b) for a, b in (sorted(draw.sample(range(40), 2)) for _ in range(90))}
    arrows = [(names[a], names[b]) for a, b in edges]
    arrows += [(b, a) for a, b in draw.sample(arrows, seed % 4)]  # circles, as passes have moved something
    places: dict[str, Place] = {name: (draw.randrange(4), draw.randrange(2)) for name in draw.sample(names, 20)}
    found = spans(names, arrows, places)
    assert sorted(found) == sorted(names)
    assert all(found[name] == Span(place, place) for name, place in places.items())
    at = {name: i for i, name in enumerate(found)}
    boxes = [Box(name, "operation", name, [], _group(span)) for name, span in found.items()]
    groups = {f"g{k}": "group" for k in range(4)} | {f"g{k}_{i}": "loop" for k in range(4) for i in range(2)}
    around = {id: id.split("_")[0] for id in groups if "_" in id}
    down = [(a, b) for a, b in arrows if at[a] < at[b]]
    layout = placed(Graph(boxes, down, groups, around=around))
    for (a, b), way in zip(down, layout.arrows, strict=True):
        assert way[0].y < way[-1].y, f"{a} -> {b}"


def _group(span: Span) -> str | None:
    if span.loop is not None and span.loop[0] in range(4):
        return f"g{span.loop[0]}_{span.loop[1]}"
    return f"g{span.stage}" if span.stage in range(4) else None
