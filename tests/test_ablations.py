"""The runs behind table 5 and figure 2: each start is what its name says."""

import json
from dataclasses import asdict

import pytest
import torch

from benchmarks import ablations
from benchmarks.ablations import (
    FORMS,
    LABELS,
    LAYERED,
    LM_WEIGHTS,
    RATES,
    TABLE,
    longer,
    main,
    plans,
    pre_trained,
    recipe,
    starts,
    transferring,
    with_marks,
)
from benchmarks.fine_tuning import SEEDS, Bench, Record, Settings, best_rate, measure
from gpt1 import GPT, GPTConfig
from gpt1.finetune import FineTuned
from gpt1.loading import load_model
from gpt1.results import load_results
from gpt1.train.run import read_run
from gpt1.variants.lstm import LSTM
from lib.weights import random_ids

SMALL = GPTConfig(
    vocab_size=4096, context=384, width=16, layers=2, heads=2, dropout=0.0
)


@pytest.fixture(scope="module")
def gpt():
    torch.manual_seed(0)
    return GPT(SMALL)


@pytest.fixture(scope="module")
def lstm():
    torch.manual_seed(1)
    return LSTM(SMALL).eval()


@torch.no_grad()
def test_the_lstm_takes_the_new_tokens_and_keeps_what_it_has_learned(lstm):
    ids = random_ids(SMALL, 2, 7)
    more = with_marks(lstm).eval()
    torch.testing.assert_close(more(ids)[..., :4096], lstm(ids))
    rows = more.token_embedding.weight[4096:]
    assert rows.shape == (3, SMALL.width)
    assert 0 < rows.std() < 0.05
    model = FineTuned(more, 2).eval()
    assert model(torch.tensor([[[4096, 5, 9, 4098]]])).shape == (1, 2)


def test_each_start_takes_over_what_its_name_says(gpt, lstm):
    made = {name: start(gpt) for name, start in starts(2, lstm).items()}

    def same(name, part):
        theirs = gpt.state_dict()
        pairs = [
            (v, theirs[k]) for k, v in made[name].state_dict().items() if part in k
        ]
        return all(torch.equal(mine[: len(own)], own) for mine, own in pairs)

    parts = ("position", "token", "blocks.0", "blocks.1")
    names = (*TABLE[:3], transferring(0), transferring(1))
    kept = {name: [same(name, part) for part in parts] for name in names}
    assert kept == {
        "full": [True] * 4,
        "no auxiliary loss": [True] * 4,
        "no pre-training": [False] * 4,
        transferring(0): [True, True, False, False],
        transferring(1): [True, True, True, False],
    }
    assert isinstance(made["LSTM"], LSTM)


def test_each_row_gets_the_rate_that_is_best_for_it():
    names, runs = (*TABLE, transferring(0)), []
    wanted = dict(zip(TABLE, (*RATES, RATES[0]), strict=True))
    for plan in plans(runs, "follows", 2, names):
        if plan.why == "rate":
            good = plan.rate == wanted[plan.start]
            runs.append({**vars(plan), "dev": 0.9 if good else 0.5})
            continue
        assert plan.rate == wanted.get(plan.start, wanted["full"])
        assert plan.lm_weight == (0.0 if plan.start == "no auxiliary loss" else 0.5)
    assert len(runs) == len(TABLE) * len(RATES)
    assert [*LM_WEIGHTS] == ["no auxiliary loss"]


def test_the_lstm_has_as_many_tokens_to_learn_from_as_the_model():
    small = recipe("tales-small")
    assert small.batch_size * small.max_steps == 4 * 11_000
    assert small.roll_call * small.batch_size == 4 * 1000
    assert (small.context, small.begin_with) == (384, "\\n\\n")


@pytest.mark.slow
def test_the_lstm_is_trained_at_the_best_of_its_rates(tmp_path, monkeypatch, capsys):
    short = {"tales": 150, "begin_with": "\\n\\n", "vocab_size": 600, "context": 16}
    short |= {"width": 8, "layers": 1, "heads": 1, "batch_size": 2, "warmup": 8}
    short |= {"learning_rate": 1e-3, "roll_call": 0, "max_steps": 40, "eval_every": 40}
    short |= {"save_every": 5, "sample_every": 0, "keep": 2}
    monkeypatch.setitem(ablations.RECIPES, "tales-small", short)
    monkeypatch.setattr(ablations, "LSTM_RATES", (1e-2, 1e-7))
    monkeypatch.setattr(ablations, "TRIAL", 2)
    with pytest.raises(ValueError, match="has another tokenizer than tales-small"):
        other = load_model("tales-small", "cpu")[1]
        pre_trained("tales-small", other, tmp_path)
    whole = read_run(tmp_path / "whole")
    assert (whole["step"], whole["options"]["learning_rate"]) == (10, 1e-2)
    assert read_run(tmp_path / "0.01")["step"] == 5
    capsys.readouterr()
    model = pre_trained("tales-small", Known(whole["tokenizer"]), tmp_path)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, whole["model"][name])
    assert capsys.readouterr().out == ""  # nothing was trained again


class Known:
    def __init__(self, told):
        self.told = told

    def to_dict(self):
        return self.told


@pytest.mark.slow
def test_runs_of_all_rows_are_made_and_written(gpt, lstm, tmp_path, monkeypatch):
    monkeypatch.setattr(ablations, "EPOCHS", {4: 1})
    bench = Bench(Settings(dev=4, test=4, tales=1), starts(2, lstm))
    bench.gpt = gpt
    record = Record(tmp_path / "out.json", bench.settings, "x")
    names = (*TABLE, transferring(0))
    planned = plans(record.runs, "same_tale", 1, names, (4,))
    found = list(measure(bench, record, planned))
    assert [run["start"] for run in found if run["why"] == "score"] == list(names)
    stored = json.loads((tmp_path / "out.json").read_text())
    assert stored["runs"] == found
    assert len(stored["baselines"]) == 1


def test_quick_does_not_write_over_the_numbers_of_the_book(capsys):
    with pytest.raises(SystemExit):
        main(["--quick"])
    assert "--quick wants an --out of its own" in capsys.readouterr().err


def test_what_the_book_draws_was_measured_by_this_command():
    """Each row of table 5 on each task, with five seeds and the rate that it chose."""
    stored = load_results("ablations")
    assert stored["command"] == ablations.COMMAND
    assert stored["settings"] == asdict(Settings(precision="bf16"))
    runs, kinds = stored["runs"], {}
    for run in runs:
        start = run["start"]
        assert run["lm_weight"] == LM_WEIGHTS.get(start, 0.5)
        if run["why"] == "score":
            kinds.setdefault((run["task"], run["labels"], start), []).append(
                run["seed"]
            )
            by = start if start in TABLE else "full"
            assert run["rate"] == best_rate(runs, run["task"], 300, by, LABELS[:1])
    assert all(sorted(seeds) == [*range(SEEDS)] for seeds in kinds.values())
    assert {(task, 300, row) for task in FORMS for row in TABLE} <= kinds.keys()
    fewer = {(task, 300, transferring(n)) for task in LAYERED for n in range(3)}
    assert fewer <= kinds.keys()
    found = {(one["task"], one["labels"], one["seed"]) for one in stored["baselines"]}
    control = [asdict(plan) for plan in longer()]
    made = [run for run in runs if run["why"] == "longer"]
    assert all(any(one.items() <= run.items() for run in made) for one in control)
    assert len(made) == len(control) == 6
    assert found == {(*kind[:2], seed) for kind in kinds for seed in range(SEEDS)}
