"""A run of `gpt1 finetune`: what it leaves, what it goes on with, what it learns."""

import csv

import pytest
import torch

from gpt1.finetune import FineTuneConfig, load_finetuned, predict
from gpt1.finetune.finetuning import prepare
from gpt1.finetune.recipe import linear
from gpt1.plumbing.files import load_checkpoint
from gpt1.train.optimizer import OpenAIAdam
from lib.finetuning import SMALL, finetune_here, flags, outcome, place, sentences
from lib.runs import assert_same_run, kept


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a small model and a file of sentences, which is the current one."""
    monkeypatch.chdir(place(tmp_path))
    return tmp_path


def options(folder, **changes):
    """Options of a small run."""
    task = {"form": "classification", "text": "said", "label": "about"}
    task |= {"train": str(folder / "train.csv"), "model": str(folder / "small.pth")}
    return FineTuneConfig(**{**SMALL, **task, "dropout": 0.0, **changes})


def test_the_paper_is_the_default_recipe():
    recipe = FineTuneConfig(task="sst2")
    assert (recipe.learning_rate, recipe.batch_size, recipe.epochs) == (6.25e-5, 32, 3)
    assert (recipe.lm_weight, recipe.warmup, recipe.clip) == (0.5, 0.002, 1.0)
    assert (recipe.head_dropout, recipe.dropout, recipe.weight_decay) == (
        0.1,
        0.1,
        0.01,
    )


def test_the_rate_rises_over_a_share_of_the_run_and_falls_all_the_while():
    rates = [linear(step, 1000, 0.002) for step in range(1000)]
    assert rates[:3] == pytest.approx([0.5 * 0.999, 0.998, 0.997])
    assert rates[500] == pytest.approx(0.499)
    assert rates[-1] == 0
    assert linear(0, 10, 0.002) == pytest.approx(0.9)  # no update is in the warm-up
    assert linear(3, 10, 0.0) == pytest.approx(0.6)


def test_a_run_leaves_model_curve_answers_and_picture(here, capsys):
    finetune_here(*flags(here))
    out = here / "finetuned"
    found = sorted(path.name for path in out.iterdir())
    assert found == [
        "best_model.pth",
        "confusion.svg",
        "curve.csv",
        "curve.svg",
        "last.pth",
        "predictions.csv",
    ]
    told = capsys.readouterr().out
    assert "classification, 2 classes: 22 examples to learn from, 2 to validate" in told
    assert "Training completed. Best model: " in told
    [header, *rows] = csv.reader((out / "predictions.csv").read_text().splitlines())
    assert header == ["text 1", "label", "answer", "p(cat)", "p(dog)"]
    assert [row[1] for row in rows] == ["cat", "dog"]
    model, tokenizer, kind = load_finetuned(out)
    answers, shares = predict(model, tokenizer, kind, [(row[0],) for row in rows])
    assert [kind.labels[i] for i in answers] == [row[2] for row in rows]
    for row, share in zip(rows, shares.tolist(), strict=True):
        assert [float(p) for p in row[3:]] == pytest.approx(share, abs=1e-4)
        assert sum(share) == pytest.approx(1)
    curve = list(csv.DictReader((out / "curve.csv").read_text().splitlines()))
    assert {"examples", "accuracy", "validation_loss"} <= set(curve[0])
    assert curve[-1]["examples"] == "44"
    assert "nats per example" in (out / "curve.svg").read_text()
    assert "Answers to" in (out / "confusion.svg").read_text()


def test_the_best_model_is_the_one_that_answers_best_and_of_equals_the_first(here):
    finetune_here(*flags(here, eval_every=1))
    curve = csv.DictReader((here / "finetuned/curve.csv").read_text().splitlines())
    seen = [(int(r["step"]), float(r["accuracy"])) for r in curve if r["accuracy"]]
    best = load_checkpoint(here / "finetuned/best_model.pth")
    highest = max(score for _, score in seen)
    assert best["scores"]["accuracy"] == pytest.approx(highest, abs=1e-5)
    assert best["step"] == next(step for step, score in seen if score == highest)


CASES = {
    "in the middle of an epoch": {"stop_after": 4},
    "with dropout": {"stop_after": 5, "dropout": 0.1},
    "OpenAI's": {"stop_after": 7, "optimizer": "openai", "softmax": "all"},
    "accumulating": {"stop_after": 3, "grad_accumulation": 2},
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_stopping_and_going_on_changes_no_bit(here, changes):
    changes = dict(changes)
    stop = changes.pop("stop_after")
    finetune_here(*flags(here, out="straight", **changes))
    finetune_here(*flags(here, out="stopped", stop_after=stop, **changes))
    assert kept(here / "stopped")["step"] == stop
    (here / "small.pth").unlink()  # all that it needs is in last.pth
    finetune_here("--resume", "stopped")
    assert_same_run(here / "straight", here / "stopped")
    straight, stopped = (
        (here / name / "predictions.csv").read_text()
        for name in ("straight", "stopped")
    )
    assert straight == stopped


def test_other_examples_are_another_run(here, capsys):
    finetune_here(*flags(here, stop_after=2))
    sentences(here / "train.csv", seed=1)
    assert outcome("--resume", "finetuned") == 2
    assert "is not the one that the run began with" in capsys.readouterr().err


def test_parts_of_an_update_learn_the_same(here):
    runs = []
    for pieces in (1, 3):
        finetune_here(
            *flags(here, out=f"in{pieces}", grad_accumulation=pieces, head_dropout=0)
        )
        runs.append(load_checkpoint(here / f"in{pieces}/last.pth")["model"])
    for name, tensor in runs[0].items():
        if not name.endswith("query_key_value.bias"):  # Adam enlarges its noise
            assert torch.allclose(tensor, runs[1][name], atol=2e-4), name


@pytest.mark.slow
def test_it_learns_what_can_be_learned(here):
    finetune_here(*flags(here, epochs=12, train=sentences(here / "more.csv", 60)))
    best = load_checkpoint(here / "finetuned/best_model.pth")
    assert best["scores"]["accuracy"] == 1


def language_loss(run):
    """The language model's loss on the validation examples."""
    with torch.no_grad():
        parts = [run.model.eval().parts(*batch)[2] for batch in run.validation]
    return sum(parts).item() / len(parts)


@pytest.mark.slow
def test_without_lambda_the_language_is_forgotten_and_with_it_not(here):
    """Of texts that the model knew: it has learned to write them before."""
    after = {}
    for weight in (0.0, 0.5):
        run = prepare(options(here, lm_weight=0.5, learning_rate=0.01, epochs=20))
        learn(run, 40)
        before = language_loss(run)
        run.model.lm_weight = weight
        learn(run, 40)
        after[weight] = language_loss(run) - before
    assert after[0.0] > 0.1
    assert after[0.5] < 0.05


def learn(run, updates):
    """So many updates at one rate."""
    optimizer = torch.optim.AdamW(run.model.parameters(), 3e-3)
    run.model.train()
    while updates:
        for batch in run.training:
            run.model.loss(*batch).backward()
            optimizer.step()
            optimizer.zero_grad()
            updates -= 1
            if not updates:
                return


def test_openais_optimizer_and_softmax_are_options(here):
    run = prepare(options(here, optimizer="openai", softmax="all"))
    assert isinstance(run.optimizer, OpenAIAdam)
    assert run.model.all_rows
    longest = max(run.training.dataset.longest, run.validation.dataset.longest)
    assert run.model.config.context == longest < 24
    run = prepare(options(here))
    assert not run.model.all_rows
    assert run.model.config.context == 24


def test_scores_are_judged_by_their_correlation(here):
    rows = [("one,other,score")]
    rows += [f"a{'b' * (i % 6)},a,{(i % 6) - 0.5 * (i % 2)}" for i in range(24)]
    (here / "pairs.csv").write_text("\n".join(rows) + "\n")
    words = ["--form", "similarity", "--first", "one", "--second", "other"]
    words += ["--label", "score", "--train", "pairs.csv", "--validation", "pairs.csv"]
    words += ["--model", "small.pth", "--learning_rate", "0.02", "--epochs", 12]
    finetune_here(*words, "--batch_size", 8)
    best = load_checkpoint(here / "finetuned/best_model.pth")
    assert best["scores"]["correlation"] > 0.9
    assert best["finetuned"]["classes"] == 6
    assert not (here / "finetuned/confusion.svg").exists()
    table = csv.DictReader(
        (here / "finetuned/predictions.csv").read_text().splitlines()
    )
    pairs = [(float(row["label"]), float(row["answer"])) for row in table]
    got = torch.corrcoef(torch.tensor(pairs, dtype=torch.float64).T)[0, 1].item()
    assert got == pytest.approx(best["scores"]["correlation"], abs=1e-3)
