"""The larger model that comes with the package: what it knows of a tale."""

import json
import math
from itertools import pairwise

import pytest
import torch

from gpt1 import GPT
from gpt1.inspect.recall import recall
from gpt1.loading import load_model
from gpt1.plumbing.files import load_checkpoint
from gpt1.tales import generate_tales, retell
from gpt1.train.loop import kept
from gpt1.train.recipe import TINY, TrainConfig
from gpt1.weights import SHIPPED, SHIPPED_FILES
from scripts.project import shipped
from scripts.project.shipped import FACTS

NAME = "tales-small"
TALES = 40
SPLITS = ("validation", "heldout")


@pytest.fixture(scope="module")
def small():
    return load_model(NAME, "cpu")


@pytest.fixture(scope="module")
def asset():
    return load_checkpoint(SHIPPED_FILES[NAME])


@pytest.fixture(scope="module")
def record():
    path = SHIPPED_FILES[NAME].with_suffix(".json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_model_that_is_shipped_has_a_recipe():
    assert set(SHIPPED_FILES) == set(shipped.RECIPES)


def test_model_and_tokenizer_take_less_than_7_megabytes(asset):
    assert SHIPPED_FILES[NAME].stat().st_size < 7e6
    assert {tensor.dtype for tensor in asset["model"].values()} == {torch.float16}


def test_it_loads_by_its_name(small, asset):
    model, tokenizer = small
    for name, tensor in GPT.from_pretrained(NAME).state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name])
        assert torch.equal(tensor, asset["model"][name].float())
    assert tokenizer.vocab_size == model.config.vocab_size
    text = generate_tales(1, seed=5)[0].text
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_it_was_made_by_the_recipe_of_its_command(record):
    given = {**TINY, **shipped.RECIPES[NAME]}
    told = {name: value for name, value in given.items() if value}
    assert record["options"].items() >= told.items()
    config = TrainConfig.tiny(**shipped.RECIPES[NAME]).model(given["vocab_size"])
    assert record["config"] == config.to_dict()
    assert record["updates"] == given["max_steps"]
    assert record["parameters"] <= 3.5e6
    assert record["command"] == "make tales-small"


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_it_recalls_what_its_record_claims(small, record, split):
    found = recall(*small, generate_tales(TALES, split=split))
    claimed = record["recall"][split]
    for fact in FACTS:
        right, named = found[fact]
        assert right / named == pytest.approx(share(claimed[fact]), abs=0.1), fact
        assert 10 < named < claimed[fact][1]


@pytest.mark.parametrize("split", SPLITS)
def test_it_recalls_nearly_all(record, split):
    least = {"who": 0.95, "what": 0.95, "helper": 0.95, "where": 0.8}
    for fact, wanted in least.items():
        assert share(record["recall"][split][fact]) >= wanted, fact
    assert set(record["recall"][split]) == {*FACTS, "others"}


@pytest.mark.slow
def test_it_stands_as_near_the_floor_as_its_record_claims(small, record):
    above = shipped.nats_per_tale(*small, TALES) - floor(TALES)
    told = record["validation"]["read_alone"]
    claimed = told["nats_per_tale"] - told["floor_of_these"]
    assert above == pytest.approx(claimed, abs=2)
    assert told["floor_of_these"] == pytest.approx(floor(told["tales"]))
    assert 0 < claimed < 8


@pytest.mark.slow
def test_it_recalls_more_than_the_smaller_one(small):
    tales = generate_tales(10, split="heldout")
    both = [recall(*model, tales) for model in (small, load_model(SHIPPED, "cpu"))]
    for fact in ("what", "helper"):
        assert share(both[0][fact]) > share(both[1][fact]) + 0.1


def test_what_was_learned_on_the_way_is_recorded(record):
    points, given = record["kept"], record["options"]
    wanted = kept(given["keep"], given["warmup"], given["max_steps"])
    assert [point["update"] for point in points] == sorted(wanted)
    assert len(points) == 12
    nats = [point["nats_per_tale"] for point in points]
    assert all(later < earlier for earlier, later in pairwise(nats))
    for fact in FACTS:
        first, last = (p["recall"]["heldout"][fact] for p in (points[0], points[-1]))
        assert share(first) < 0.4 < 0.75 < share(last)


@pytest.mark.slow
def test_what_is_recorded_of_kept_weights_is_what_they_know(monkeypatch, asset):
    monkeypatch.setattr(shipped, "FEW", 5)
    found = shipped.on_the_way(SHIPPED_FILES[NAME])
    assert found["update"] == asset["step"]
    model, tokenizer = load_model(NAME, "cpu")
    facts = recall(model, tokenizer, generate_tales(5, split="heldout"))
    told = found["recall"]["heldout"]
    assert told["who"] == facts["who"]
    assert sum(named for _, named in told.values()) == sum(n for _, n in facts.values())
    nats = shipped.nats_per_tale(model, tokenizer, 5)
    assert math.isclose(found["nats_per_tale"], nats)


def share(counts):
    right, named = counts
    return right / named


def floor(count):
    tales = generate_tales(count, split="validation")
    return sum(-retell(tale.choices).log_prob for tale in tales) / count
