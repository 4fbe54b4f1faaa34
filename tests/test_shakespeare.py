"""The recipes beside nanoGPT's, on a small text and a few updates."""

import pytest
import torch

from benchmarks import nanogpt, shakespeare
from benchmarks.shakespeare import RECIPES, SIZES, Both
from gpt1 import GPT
from gpt1.train import prepare
from gpt1.train.recipe import TrainConfig
from lib.checks import SMALL, close
from lib.nanogpt import stand_in
from lib.runs import small_text

NAME = "characters, AdamW"

needs_muon = pytest.mark.skipif(
    not hasattr(torch.optim, "Muon"), reason="this PyTorch has no Muon"
)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(small_text() * 3, "utf8")
    return path


@pytest.mark.slow
def test_a_recipe_is_the_same_run_each_time_and_another_with_another_seed(text):
    updates, loss, seconds = shakespeare.ours(NAME, text, seed=0, share=0.002)
    assert updates == 9
    assert 0 < loss < 5
    assert seconds > 0
    again = shakespeare.ours(NAME, text, seed=0, share=0.002)
    assert again[1] == loss
    assert shakespeare.ours(NAME, text, seed=1, share=0.002)[1] != loss


@needs_muon
def test_muon_has_the_matrices_of_the_blocks_and_adam_all_else():
    model, options = GPT(SMALL), TrainConfig.tiny()
    both = shakespeare.optimizers("Muon", model, options)
    groups = [one.param_groups for one in both.optimizers]
    muon, adam = ([p for group in some for p in group["params"]] for some in groups)
    named = {id(p): name for name, p in model.named_parameters()}
    assert len(muon) == 4 * SMALL.layers
    assert all(named[id(p)].startswith("blocks") and p.dim() == 2 for p in muon)
    assert len(muon) + len(adam) == len(named)
    both.set_share(0.5)
    rates = {group["lr"] for group in both.param_groups}
    assert rates == {0.5 * shakespeare.MUON_RATE, 0.5 * options.learning_rate}


def test_a_model_begins_with_matrices_of_the_deviation_that_is_asked_for():
    torch.manual_seed(0)
    model = GPT(SMALL)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    shakespeare.begin(model, 2 * SMALL.init_std)
    for name, parameter in model.named_parameters():
        times = 2 if parameter.dim() > 1 else 1
        close(parameter.detach(), times * before[name], name, 1e-6)


def test_each_deviation_is_of_a_recipe_and_changes_what_is_learned(text, monkeypatch):
    assert set(shakespeare.DEVIATIONS) <= set(RECIPES)
    loss = shakespeare.ours(NAME, text, seed=0, share=0.002)[1]
    monkeypatch.setattr(shakespeare, "DEVIATIONS", {})
    assert shakespeare.ours(NAME, text, seed=0, share=0.002)[1] != loss


def test_nats_of_byte_pairs_are_told_for_each_character(text, tmp_path):
    recipe = {**SIZES, "tokenizer": "bpe", "max_steps": 2, "seed": 0}
    recipe |= {"dataset": str(text), "out": str(tmp_path / "run")}
    run = prepare(TrainConfig.tiny(**recipe))
    told = torch.cat([targets.flatten() for _, targets in run.validation])
    whole = len(run.tokenizer.decode(told.tolist())) / len(told)
    assert whole > 1.2
    assert abs(shakespeare.characters_per_token(run) - whole) < 1e-6
    as_characters = prepare(TrainConfig.tiny(**recipe | {"tokenizer": "characters"}))
    assert shakespeare.characters_per_token(as_characters) == 1


def test_optimizers_work_as_one():
    given = [torch.ones(2, requires_grad=True) for _ in range(2)]
    first, second = (torch.optim.SGD([p]) for p in given)
    both = Both((first, 1.0), (second, 0.1))
    sum(p.sum() for p in given).backward()
    both.set_share(0.5)
    both.step()
    assert given[0].tolist() == [0.5, 0.5]
    close(given[1], torch.full((2,), 0.95), "second", 1e-6)
    both.zero_grad()
    assert all(p.grad is None for p in given)


def test_nanogpts_recipe_runs_and_is_measured_on_all_windows(text, tmp_path):
    folder = str(stand_in(tmp_path / "nanoGPT"))
    (train, kept), vocab_size = shakespeare.characters(text)
    assert len(train) == int(0.9 * len(text.read_text("utf8")))
    updates, loss, _ = shakespeare.theirs(folder, text, 0, share=0.002)
    assert updates == 4
    assert 0 < loss < 6
    config = {**shakespeare.THEIRS, "vocab_size": vocab_size}
    settings = {"nanogpt": folder, "dropout": 0.0, "config": config}
    model, count = nanogpt.model(settings), (len(kept) - 1) // 64
    each = [model(kept[None, i : i + 64], kept[None, i + 1 : i + 65])[1]
            for i in range(0, 64 * count, 64)]  # fmt: skip
    assert count > 1
    want = torch.stack(each).mean()
    close(torch.tensor(shakespeare.whole_loss(model, kept)), want, "loss", 1e-5)


def test_the_table_has_losses_means_and_shares_of_time():
    found = [("nanoGPT", 2000, 1.9, 100.0), ("AdamW", 4600, 1.6, 90.0)]
    found += [("nanoGPT", 2000, 1.8, 200.0), ("AdamW", 4600, 1.7, 220.0)]
    assert list(shakespeare.table(found))[2:] == [
        "| nanoGPT | 2,000 | 1.900, 1.800 | 1.850 | 150 | 100% |",
        "| AdamW | 4,600 | 1.600, 1.700 | 1.650 | 155 | 100% |",
    ]
    lines = list(shakespeare.table(found[1::2]))
    assert lines[2] == "| AdamW | 4,600 | 1.600, 1.700 | 1.650 | 155 |  |"


def test_without_a_checkout_ours_are_measured_alone(text, tmp_path, monkeypatch):
    monkeypatch.setattr(shakespeare, "ours", lambda *given: (1, 2.0, 3.0))
    found = list(shakespeare.measure(text, tmp_path, seeds=2))
    expected = [n for n in RECIPES if "Muon" not in n or hasattr(torch.optim, "Muon")]
    assert [name for name, *_ in found] == 2 * expected
    assert SIZES["context"] == shakespeare.THEIRS["context"]
