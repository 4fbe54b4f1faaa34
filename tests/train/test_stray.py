"""What a launcher left behind, seeds of any length, no clipping, means over nothing."""

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.count.__main__ import main as count
from gpt1.generate.__main__ import main as generate
from gpt1.plumbing.device import set_seed
from gpt1.train import evaluate, train_step
from gpt1.train.engine import LAUNCHER, launched
from gpt1.train.roll_call import RollCall
from lib.runs import differences, flags, kept, outcome, train_here

WHOLE = dict(zip(LAUNCHER, ["1", "2", "1", "127.0.0.1", "29500"], strict=True))


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    for name in LAUNCHER:
        monkeypatch.delenv(name, raising=False)


# --- variables of launchers -----------------------------------------------------------


def test_only_all_variables_together_mean_several_processes(monkeypatch):
    assert launched() is None
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert launched() == (1, 2, 1)
    for name in LAUNCHER:
        for wrong in ("", "abc" if name in LAUNCHER[:3] else ""):
            with monkeypatch.context() as one:
                one.setenv(name, wrong)
                assert launched() is None
    monkeypatch.setenv("RANK", "2")
    assert launched() is None


@pytest.mark.parametrize(
    "stray",
    [
        {"WORLD_SIZE": "2"},
        {"WORLD_SIZE": "abc"},
        {"RANK": "1"},
        {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0"},
    ],
    ids=str,
)
def test_stray_variables_are_named_and_the_run_is_alone(
    here, monkeypatch, capsys, stray
):
    for name, value in stray.items():
        monkeypatch.setenv(name, value)
    train_here(*flags(max_steps=1))
    out, error = capsys.readouterr()
    assert error.startswith("note: training in one process: several need all of ")
    assert error.endswith(f"this environment has only {', '.join(stray)}\n")
    assert error.count("\n") == 1
    assert "Training completed." in out
    assert outcome(*flags(heads=3)) == 2
    assert "error: heads must divide" in capsys.readouterr().err


@pytest.mark.parametrize("environment", [{"RANK": "1"}, WHOLE], ids=["stray", "whole"])
@pytest.mark.parametrize(
    ("command", "words"),
    [(generate, ["--temperature", "-5"]), (count, ["--heads", "7"])],
)
def test_a_command_without_processes_is_never_mute(
    monkeypatch, capsys, command, words, environment
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        command(words)
    assert capsys.readouterr().err.startswith("error: ")


# --- seeds ----------------------------------------------------------------------------

LARGE = 20240101123456


def test_each_bit_of_a_large_seed_counts():
    ids = torch.randint(9, (4, 128), generator=torch.Generator().manual_seed(0))
    drawn = []
    for seed in (LARGE, LARGE + 2**32, 2**63 - 1):
        set_seed(seed)
        called, _ = RollCall([5, 6], 450, seed)(0, ids, ids)
        drawn.append((torch.rand(4).tolist(), called.tolist()))
    assert all(a != b for a, b in zip(drawn, drawn[1:] + drawn[:1], strict=True))
    assert drawn[0][1] != drawn[1][1]


def test_small_seeds_draw_what_they_always_drew():
    set_seed(3)
    ours = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(ours, torch.rand(4))


def test_a_run_takes_a_large_seed(here):
    train_here(*flags(max_steps=2, sample_every=1), "--seed", 2**63 - 1)
    assert kept(here / "checkpoints")["step"] == 2


# --- clipping -------------------------------------------------------------------------


def test_zero_and_infinity_mean_no_clipping(here):
    made = {}
    for clip in ("0", "inf", "1e9", "0.01"):
        train_here(*flags(max_steps=3), "--clip", clip, "--out", clip)
        made[clip] = kept(here / clip)["model"]
    assert differences(made["0"], made["inf"]) == []
    assert differences(made["0"], made["1e9"]) == []
    assert differences(made["0"], made["0.01"]) != []


# --- means over nothing ---------------------------------------------------------------


def test_a_mean_over_nothing_is_refused():
    model = GPT(GPTConfig.tiny(vocab_size=8))
    ids = torch.zeros(1, 4, dtype=torch.long)
    nothing = (ids, torch.full_like(ids, -100))
    used = iter([(ids, ids.clone())])
    assert evaluate(model, used) > 0
    for batches in (used, [], [nothing]):
        with pytest.raises(ValueError, match="got no target"):
            evaluate(model, batches)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.raises(ValueError, match="got no target"):
        train_step(model.loss, nothing, optimizer)
    assert differences(before, dict(model.state_dict())) == []
