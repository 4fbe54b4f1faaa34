"""A picture that can be moved is shown as it is, with its numbers beside it."""

import json
from types import SimpleNamespace

import pytest
import torch

from gpt1.pictures import Drawing, Moving
from gpt1.pictures.moving import MIME


def test_a_drawing_is_stored_with_its_numbers():
    drawing = Drawing(["<svg/>"], "nothing")
    shown = Moving(drawing, "none", truth=torch.tensor([0.5, 1 / 3]), names=("a", "b"))
    data = shown._repr_mimebundle_()
    assert data.pop(MIME) == {
        "name": "none",
        "truth": [0.5, 0.3333],
        "names": ["a", "b"],
    }
    assert data == drawing._repr_mimebundle_()
    assert repr(shown) == repr(drawing)


def test_numbers_are_rounded_where_they_are_deep_inside():
    given = {"rows": [{"moved": torch.ones(2, 2, dtype=torch.bool), "p": 0.123456}]}
    numbers = Moving(None, "none", digits=2, **given).numbers
    assert numbers["rows"] == [{"moved": [[True, True], [True, True]], "p": 0.12}]
    assert json.loads(json.dumps(numbers)) == numbers


def test_a_plot_is_stored_as_a_notebook_shows_it_and_only_once(monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pytest.importorskip("IPython")
    figure = pyplot.figure()
    shell = SimpleNamespace(display_formatter=SimpleNamespace(format=as_svg))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    data = Moving(figure, "none", p=1)._repr_mimebundle_()
    assert data == {
        "image/svg+xml": "<svg>a plot</svg>",
        MIME: {"name": "none", "p": 1},
    }
    assert pyplot.get_fignums() == []


def as_svg(figure):
    return {"image/svg+xml": "<svg>a plot</svg>"}, {}
