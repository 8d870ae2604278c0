"""`History`: what it holds, how it is drawn and shown."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

import nn
from tests.nn.data import numbers, regressor


def history(**options: object) -> nn.History:
    x, y = numbers()
    return regressor().fit(x, y, epochs=4, validation_split=0.25, verbose=0, **options)  # type: ignore[arg-type]


def test_what_it_holds() -> None:
    """Values by name, one for each epoch; the arguments of the run; the model keeps it too."""
    x, y = numbers()
    model = regressor()
    found = model.fit(x, y, epochs=3, batch_size=16, verbose=0)
    assert found.epoch == [0, 1, 2] and found.params == {"epochs": 3, "steps": 4, "verbose": 0}
    assert all(len(values) == 3 and all(type(v) is float for v in values) for values in found.history.values())
    assert model.history is found
    assert repr(found).startswith("<History of 3 epochs, last: loss ")


def test_curves_put_validation_beside_training() -> None:
    """Epochs count from 1; what is measured only now and then lies at its epochs."""
    curves = history().curves()
    assert list(curves) == ["loss", "mae"]
    assert [label for label, _, _ in curves["loss"]] == ["training", "validation"]
    assert curves["loss"][0][1] == [1, 2, 3, 4]
    assert history(validation_freq=2).curves()["loss"][1][1] == [2, 4]


def test_plot() -> None:
    """A figure of its own, or on Axes that are given; too few are an error."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    axes = history().plot()
    assert [ax.get_title() for ax in axes] == ["loss", "mae"] and len(axes[0].lines) == 2
    assert axes[0].get_legend() is not None
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"2 numbers to draw \(loss, mae\), 1 axes given"):
        history().plot(ax)
    only = nn.History({})
    only.add(0, {"loss": 1.0})
    assert only.plot(ax) is ax and ax.get_legend() is None
    with pytest.raises(ValueError, match="no epochs"):
        nn.History({}).plot()
    plt.close("all")


def test_in_a_notebook() -> None:
    """Curves and a table of well-formed HTML, of long histories the end; nan, arrays and strange names do no harm."""
    found = nn.History({})
    for epoch in range(30):
        found.add(
            epoch, {"loss": float("nan") if epoch == 5 else 1 / (epoch + 1), "<b>&": 0.5, "per class": np.ones(2)}
        )
    html = found._repr_html_()
    root = ElementTree.fromstring(f"<div>{html}</div>")
    assert len(root.findall(".//{http://www.w3.org/2000/svg}polyline")) == 2
    rows = root.findall(".//tbody/tr")
    assert len(rows) == 11 and rows[-1][0].text == "30" and "<b>" not in html
    assert "History of 0 epochs" in nn.History({})._repr_html_()
    single = nn.History({})
    single.add(0, {"loss": 1.0})
    ElementTree.fromstring(f"<div>{single._repr_html_()}</div>")


def test_values_keep_their_epochs() -> None:
    """What a callback reports in some epochs only is drawn at those."""

    class Odd(nn.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch % 2:
                logs["odd"] = float(epoch)

    curves = history(callbacks=[Odd()]).curves()
    assert curves["odd"][0][1:] == ([2, 4], [1.0, 3.0])


def test_a_notebook_gets_something_always() -> None:
    """A table and pictures; where they cannot be made, a line."""
    found = history()
    assert found._repr_mimebundle_()["text/html"] == found._repr_html_()
    found.history["odd"] = [object()] * 4  # type: ignore[list-item]
    assert found._repr_mimebundle_() == {"text/plain": "<History of 4 epochs>"}
