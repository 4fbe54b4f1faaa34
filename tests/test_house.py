"""The rooms of `gpt1/`: who may import whom. CONTRIBUTING.md says what is in them."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "gpt1"
# From the ground up: a room knows rooms above this line only, and those on its line.
MAY_IMPORT = {
    "config": "",
    "plumbing": "",
    "results": "",
    "speed": "",
    "tales": "",
    "inputs": "config speed",
    "count": "config plumbing",
    "tokenizer": "plumbing",
    "data": "plumbing tales",
    "weights": "config plumbing",  # what reads and writes a model never knows it
    "pictures": "config count plumbing",
    "model": "config inputs speed weights",
    "variants": "config inputs model weights",
    "loading": "config model plumbing tokenizer weights",
    "generate": "config inputs loading model plumbing speed tokenizer",
    "train": "config count data generate inputs loading model pictures plumbing "
    "speed tales tokenizer weights",
    "evaluate": "config data generate inputs loading model plumbing speed tales "
    "tokenizer train",
    "finetune": "config data inputs loading model pictures plumbing speed tales "
    "tokenizer train weights",
    "inspect": "count pictures tales",  # any model, so none of ours
    "check": "config count data generate inputs inspect loading model pictures "
    "plumbing speed tales tokenizer train variants weights",
    "verify": "config count inspect model plumbing tokenizer variants weights",
    "__init__": "config model",
    "__main__": "__init__",
}


def module(path):
    """`gpt1/data/ids.py` as ("data", "ids"), `gpt1/data/__init__.py` as ("data",)."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return parts[:-1] or parts if parts[-1] == "__init__" else parts


FILES = {module(path): path for path in HOUSE.rglob("*.py")}


def imported(path):
    """The files of the house that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [entry.name for entry in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: names of the house are written in full"
            names = [f"{node.module}.{entry.name}" for entry in node.names]
        for name in names:
            first, *parts = name.split(".")
            while parts and tuple(parts) not in FILES:
                parts.pop()
            if first == HOUSE.name:
                yield tuple(parts) or ("__init__",)


ARROWS = {file: set(imported(path)) - {file} for file, path in FILES.items()}


def test_each_room_is_in_the_table_and_each_in_the_table_is_there():
    assert {file[0] for file in FILES} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_what_it_may(room):
    known = {*MAY_IMPORT[room].split(), room}
    for file, others in ARROWS.items():
        if file[0] == room:
            wrong = {".".join(other) for other in others if other[0] not in known}
            assert not wrong, f"{FILES[file].relative_to(ROOT)} imports {wrong}"


def test_every_arrow_of_the_table_leads_down():
    rooms = list(MAY_IMPORT)
    for floor, room in enumerate(rooms):
        assert set(MAY_IMPORT[room].split()) <= set(rooms[:floor]), room


def test_there_is_no_circle_of_files():
    TopologicalSorter(ARROWS).prepare()


def test_the_house_opens_on_few_files():
    assert len(list(HOUSE.glob("*.py"))) <= 8
