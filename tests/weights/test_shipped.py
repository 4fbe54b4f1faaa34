"""The model that comes with the package: what its file is, what its record claims."""

import json
import re
import subprocess
import sys

import pytest
import torch

from gpt1 import GPT
from gpt1.data.sources import TALES, load_text
from gpt1.data.windows import GPTDataset, get_dataloader
from gpt1.generate.texts import write_text
from gpt1.loading import load_model
from gpt1.plumbing.files import load_checkpoint
from gpt1.tales import SEPARATOR, entropy_per_tale, generate_tales
from gpt1.tales.words import ANIMALS, CHILDREN
from gpt1.train import evaluate
from gpt1.train.pretraining import train
from gpt1.train.recipe import TINY, TrainConfig
from gpt1.train.roll_call import name_ids
from gpt1.train.run import read_run
from gpt1.weights import SHIPPED, SHIPPED_FILES
from scripts.project import shipped as shipped_models

FILE = SHIPPED_FILES[SHIPPED]
TRIGRAM, BEST_N_GRAM = 423, 247
"""Nats per tale on the validation tales, as the first chapter measures them."""

WRITTEN = 12


@pytest.fixture(scope="module")
def shipped():
    return load_model(SHIPPED, "cpu")


@pytest.fixture(scope="module")
def asset():
    return load_checkpoint(FILE)


@pytest.fixture(scope="module")
def record():
    return json.loads(FILE.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validation_ids(shipped):
    return shipped[1].encode(load_text("tales", "validation"))


ALONE = """
import socket, sys, warnings

WITHOUT = {
    "safetensors", "tokenizers", "huggingface_hub", "transformers", "datasets",
    "ftfy", "spacy", "tqdm", "matplotlib", "numpy",
}

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in WITHOUT:
            raise ModuleNotFoundError(f"{name} is not to be imported")

def no_network(*args, **kwargs):
    raise OSError("there is no network")

sys.meta_path.insert(0, Wall())
socket.socket.connect = socket.getaddrinfo = no_network
warnings.filterwarnings("ignore", "Failed to initialize NumPy")

from gpt1 import GPT
from gpt1.generate.texts import write_text
from gpt1.loading import load_model

assert GPT.from_pretrained("tales-tiny").config.context > 1
print(write_text(*load_model("tales-tiny", "cpu"), "One day", 5))
assert not WITHOUT & sys.modules.keys()
"""


@pytest.mark.slow
def test_it_loads_and_writes_with_torch_alone_and_no_network(tmp_path):
    environment = {"PYTHONPATH": str(FILE.parents[2]), "OMP_NUM_THREADS": "1"}
    how = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    result = subprocess.run([sys.executable, "-c", ALONE], **how)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("One day")


def test_model_and_tokenizer_take_less_than_3_megabytes():
    assert FILE.stat().st_size < 3e6


def test_the_file_has_half_precision_and_the_model_float32(asset):
    assert {tensor.dtype for tensor in asset["model"].values()} == {torch.float16}
    model = GPT.from_pretrained(SHIPPED)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert (model.training, model.config.dropout) == (False, 0)
    assert GPT.from_pretrained(SHIPPED, dropout=0.1).config.dropout == 0.1
    assert all(parameter.requires_grad for parameter in model.parameters())
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, asset["model"][name].float()), name


def test_a_folder_of_the_same_name_comes_first(tmp_path, monkeypatch):
    (tmp_path / SHIPPED).mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="has neither"):
        GPT.from_pretrained(SHIPPED)


def test_model_and_tokenizer_fit_each_other(shipped):
    model, tokenizer = shipped
    assert tokenizer.vocab_size == model.config.vocab_size
    text = "\n\n".join(tale.text for tale in generate_tales(20, seed=5))
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.slow
def test_the_command_that_makes_it_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    short = {"tales": 40, "vocab_size": 400, "context": 16, "width": 8, "layers": 1}
    short |= {"heads": 1, "batch_size": 2, "max_steps": 6, "eval_every": 3}
    short |= {"roll_call": 0, "sample_every": 0}
    monkeypatch.setitem(shipped_models.RECIPES, "short", short)
    monkeypatch.setitem(TALES, "validation", 20)
    monkeypatch.setattr(shipped_models, "packed", lambda *about: about)
    monkeypatch.setattr(shipped_models, "save", lambda *packed: None)
    train(TrainConfig.tiny(out=str(tmp_path), **short, stop_after=3))
    assert read_run(tmp_path)["step"] == 3
    shipped_models.make("short", tmp_path)
    assert read_run(tmp_path)["step"] == 6


@pytest.mark.parametrize("file", SHIPPED_FILES.values(), ids=SHIPPED_FILES)
def test_a_record_is_of_its_file(file):
    asset = load_checkpoint(file)
    record = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["config"] == asset["config"]
    assert record["updates"] == asset["step"]
    assert record["validation"]["in_half_precision"] == asset["validation_loss"]
    sizes = [tensor.numel() for tensor in asset["model"].values()]
    assert record["parameters"] == sum(sizes)


def test_the_record_has_as_many_tokens_as_its_updates_had(asset, record):
    update = record["options"]["batch_size"] * asset["config"]["context"]
    short = record["options"]["epochs"]  # the last update of each epoch may be smaller
    assert (record["updates"] - short) * update < record["tokens"]
    assert record["tokens"] <= record["updates"] * update


def test_it_was_made_by_the_recipe_that_gpt1_train_has_now(record):
    assert record["options"].items() >= TINY.items()
    config = TrainConfig.tiny().model(record["config"]["vocab_size"])
    assert record["config"] == config.to_dict()


def test_its_recorded_loss_is_computed_again(shipped, record, validation_ids):
    model, _ = shipped
    told = record["validation"]["first_windows"]
    windows = GPTDataset(validation_ids, model.config.context, told["windows"])
    loss = evaluate(model, get_dataloader(windows, 8, shuffle=False))
    assert loss == pytest.approx(told["loss"], abs=1e-4)


def test_nats_per_tale_and_floor_follow_from_the_loss_per_token(record, validation_ids):
    told = record["validation"]
    per_tale = len(validation_ids) / 1000
    assert told["tokens_per_tale"] == per_tale
    assert told["nats_per_tale"] == pytest.approx(told["in_half_precision"] * per_tale)
    assert told["floor_per_tale"] == pytest.approx(entropy_per_tale("all"))
    assert told["floor_per_token"] == pytest.approx(told["floor_per_tale"] / per_tale)


def test_it_is_far_below_counting_and_above_the_floor(record):
    told = record["validation"]
    assert told["in_half_precision"] == pytest.approx(told["as_trained"], abs=2e-3)
    floor, alone = told["floor_per_tale"], told["read_alone"]["nats_per_tale"]
    assert floor < alone < told["nats_per_tale"] < BEST_N_GRAM / 2
    assert TRIGRAM - alone > 0.94 * (TRIGRAM - floor)
    # On two cores, in less than a quarter of an hour with the validations.
    assert record["machine"]["threads"] <= 2
    assert record["minutes"] < 14


def test_the_curve_comes_down_to_the_recorded_loss(record):
    losses = [point["validation"] for point in record["curve"]]
    assert record["curve"][-1]["update"] == record["updates"]
    assert min(losses) == record["validation"]["as_trained"]
    assert losses[0] > 3 * losses[-1]


@pytest.fixture(scope="module")
def told(shipped):
    return [write_text(*shipped, stop="\n\n", seed=seed) for seed in range(WRITTEN)]


def test_its_tales_end_and_differ(told):
    assert sum(300 < len(text) < 2000 for text in told) >= WRITTEN - 3
    assert len(set(told)) == WRITTEN


def test_a_name_stays_with_the_tale(told):
    children = {name for names in (*CHILDREN, *ANIMALS) for name in names}
    named = [[w for w in re.findall(r"\w+", text) if w in children] for text in told]
    own = sum(max(map(names.count, names)) for names in named)
    assert own > 0.85 * sum(map(len, named))
    assert sum(len(set(names)) == 1 for names in named) > WRITTEN / 2


def test_a_name_that_comes_back_costs_a_fraction_of_a_new_one(shipped):
    model, tokenizer = shipped
    ids_of = set(name_ids(tokenizer))
    empty, new, again = tokenizer.encode(SEPARATOR), [], []
    for tale in generate_tales(20, split="validation"):
        ids = torch.tensor(empty + tokenizer.encode(tale.text))
        with torch.no_grad():
            costs = -model(ids[None, :-1])[0].log_softmax(-1)
        seen = set()
        for cost, token in zip(costs, ids[1:].tolist(), strict=True):
            if token in ids_of:
                (again if token in seen else new).append(cost[token].item())
                seen.add(token)
    assert sum(again) / len(again) < 0.4 < 3 < sum(new) / len(new)


def test_greedy_it_tells_one_whole_tale(shipped):
    text = write_text(*shipped, stop="\n\n", temperature=0)
    assert 400 < len(text) < 2000
    assert text.count("\n") == 1
    assert text.endswith((".", '"', "!", "?"))
