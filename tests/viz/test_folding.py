"""Sections of layers, and folds for what there is no room for."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd import reachable
from tests.viz.graphs import Model, leaf, random_graph
from viz.folding import LEAVES, OPERATIONS, Section, calls, folded, in_order, sections


def test_nested_spans_give_the_smallest() -> None:
    """A node belongs to the innermost layer, and the outer layer has a section before it and one after."""
    x = leaf(2)
    outer = autograd.tick()
    a = x * 2
    inner = autograd.tick()
    b = np.sin(a)
    spans = [("outer.inner", inner, autograd.tick())]
    c = b + a
    spans.append(("outer", outer, autograd.tick()))
    d = np.exp(c)
    found = sections(reachable([d._node]), spans, ())
    names = {t: found[t._node] for t in (a, b, c)}
    assert [section.name for section in names.values()] == ["outer", "outer.inner", "outer"]
    assert len(set(names.values())) == 3
    assert x._node not in found and d._node not in found


def test_a_parameter_joins_its_users() -> None:
    """A parameter is in the section that uses it, but in none if two do; a leaf that is no parameter stays out."""
    own, shared, data = leaf(2), leaf(2), leaf(2)
    spans = []
    y = data
    for name in ("first", "second"):
        start = autograd.tick()
        y = y * shared + own if name == "first" else y * shared
        spans.append((name, start, autograd.tick()))
    found = sections(reachable([y._node]), spans, {own._node, shared._node})
    assert found[own._node].name == "first"
    assert shared._node not in found and data._node not in found


@pytest.mark.parametrize("max_nodes", [3, 4, 7, 20])
@pytest.mark.parametrize("seed", range(8))
def test_folding_fits_and_keeps_the_order(seed: int, max_nodes: int) -> None:
    """However little room there is, it is enough, and operands still stand before their users."""
    y, model = random_graph(seed)
    nodes = reachable([y._node])
    parameters = {t._node for _, t in model.named_parameters() if t._node is not None}
    for found in ({}, sections(nodes, model.spans(), parameters)):
        unit_of = folded(nodes, found, max_nodes)
        units = in_order(nodes, unit_of)
        place = {unit: i for i, unit in enumerate(units)}
        assert len(units) <= max_nodes
        assert all(
            place[unit_of[parent]] <= place[unit_of[node]]
            for node in nodes
            for parent in node.inputs
            if parent is not None
        )


def test_layers_fold_first() -> None:
    """What does not fit as nodes may fit as layers."""
    model = Model()
    nodes = reachable([model.loss(np.ones((4, 64)))._node])
    found = sections(nodes, model.spans(), {t._node for _, t in model.named_parameters() if t._node is not None})
    units = in_order(nodes, folded(nodes, found, 10))
    assert [unit.name for unit in units if isinstance(unit, Section)] == ["dense_0", "dense_1", "dense_2", "loss"]
    assert len(units) == 4


def test_folds_of_the_middle_and_of_leaves() -> None:
    """The ends of a chain stay; of an operation on very many leaves only some do."""
    x = leaf(2)
    y = x
    for _ in range(1000):
        y = np.sin(y)
    nodes = reachable([y._node])
    unit_of = folded(nodes, {}, 9)
    assert unit_of[x._node] is x._node and unit_of[y._node] is y._node
    assert list(unit_of.values()).count(OPERATIONS) == 993
    stack = np.stack([leaf(2) for _ in range(100)])._node
    unit_of = folded(reachable([stack]), {}, 9)
    assert unit_of[stack] is stack and list(unit_of.values()).count(LEAVES) == 94


def test_calls_lie_in_each_other() -> None:
    """A node is in the innermost call, a parameter in the innermost that has all its users."""
    own, shared = leaf(2), leaf(2)
    outer = autograd.tick()
    a = shared * 2
    inner = autograd.tick()
    b = a * own
    c = b * shared
    spans = [("outer.inner", inner, autograd.tick())]
    d = c + a
    spans.append(("outer", outer, autograd.tick()))
    found = calls(reachable([np.exp(d)._node]), spans, {own._node, shared._node})
    assert [call.name for call in found[c._node].chain] == ["outer", "outer.inner"]
    assert found[a._node] is found[d._node] is found[b._node].around
    assert found[own._node].name == "outer.inner" and found[shared._node].name == "outer"
    beside = calls(reachable([d._node]), [("x", outer, inner + 1), ("y", inner, autograd.tick())], ())
    assert beside[d._node].around is None
