"""The runs behind the curve of label efficiency: fair, repeatable, and resumable."""

import json
from dataclasses import replace

import pytest
import torch

from benchmarks import fine_tuning, label_efficiency
from benchmarks.fine_tuning import (
    FORMS,
    Bench,
    Plan,
    Record,
    Settings,
    accuracy,
    belongs,
    best_rate,
    guess,
    measure,
)
from benchmarks.label_efficiency import (
    COMMAND,
    RATES,
    STARTS,
    main,
    plans,
    threshold,
)
from gpt1 import GPT, GPTConfig, tales
from gpt1.finetune.batch import Examples
from gpt1.loading import load_model
from gpt1.results import load_results
from gpt1.tales.tasks import sentences
from lib.book.chapters import NOTEBOOKS, code_cells

PLAN = Plan("in_order", 8, "pre-trained", 0, 1e-3, 1, "score")
FEW = Settings(dev=6, test=6, tales=2, tuned=[4])


@pytest.fixture(scope="module")
def bench():
    """Runs of a very small model with the shipped one's tokenizer."""
    bench = Bench(FEW, STARTS)
    torch.manual_seed(0)
    sizes = {"width": 16, "layers": 2, "heads": 2, "dropout": 0.0}
    vocabulary = bench.tokenizer.vocab_size
    bench.gpt = GPT(GPTConfig(vocab_size=vocabulary, context=512, **sizes))
    return bench


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(label_efficiency, "EPOCHS", {4: 1, 8: 1})
    monkeypatch.setattr(label_efficiency, "LONGER", 2)
    monkeypatch.setattr(label_efficiency, "CONTROLS", 2)
    monkeypatch.setattr(label_efficiency, "MIDDLE", 4)
    monkeypatch.setattr(label_efficiency, "MANY", 8)


def planned(record):
    return plans(record.runs, "in_order", [4, 8], 2, [4])


def same(run, other):
    return {k: v for k, v in run.items() if k != "seconds"} == {
        k: v for k, v in other.items() if k != "seconds"
    }


@pytest.mark.parametrize("task", FORMS)
def test_a_run_is_the_same_each_time_whatever_the_form(bench, task):
    plan = Plan(task, 8, "scratch", 0, 1e-3, 1, "score")
    one = bench.run(plan)
    assert same(one, bench.run(plan))
    assert {"test", "train", "language"} <= set(one)
    assert 0 <= one["test"] <= 1
    assert one["train"] * 6 == pytest.approx(round(one["train"] * 6), abs=1e-3)


def test_a_run_for_a_rate_never_looks_at_the_test(bench):
    assert "test" not in bench.run(Plan("in_order", 4, "scratch", 9, 1e-3, 1, "rate"))


def weights(bench, plan):
    _, kind = bench.encoded(plan.task, "dev")
    task = bench.task(plan.task, plan.labels, plan.seed, "train")
    training = fine_tuning.encoded(task, kind, bench.tokenizer)[0]
    model = bench.learned(plan, training, kind)
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def changed(**changes):
    return Plan(**{**fine_tuning.asdict(PLAN), **changes})


def test_start_seed_rate_and_weight_of_the_language_make_other_runs(bench):
    one = weights(bench, PLAN)
    assert torch.equal(one, weights(bench, PLAN))
    others = [{"start": "scratch"}, {"seed": 1}, {"rate": 3e-3}, {"lm_weight": 0.0}]
    for changes in others:
        assert not torch.equal(one, weights(bench, changed(**changes))), changes


def test_learning_in_half_precision_is_near_and_not_the_same(bench):
    low = Bench(replace(FEW, precision="bf16"), STARTS)
    low.gpt = bench.gpt
    one, other = weights(bench, PLAN), weights(low, PLAN)
    assert not torch.equal(one, other)
    assert (one - other).abs().max() < 0.05


def test_pre_trained_begins_with_the_models_weights_and_scratch_with_none(bench):
    slow = {"rate": 1e-9}
    table = bench.gpt.token_embedding.weight.detach().flatten()
    near = weights(bench, changed(**slow))[: len(table)]
    far = weights(bench, changed(**slow, start="scratch"))[: len(table)]
    assert (near - table).abs().max() < 1e-6
    assert (far - table).abs().max() > 0.01


def test_accuracy_is_the_share_of_right_answers_in_any_batches():
    class Longest(torch.nn.Module):
        """Answers 1 where a row has more than three tokens."""

        def forward(self, ids):
            return torch.eye(2)[((ids != 0).sum(-1)[:, 0] > 3).long()]

    rows = [[[1] * n] for n in (2, 5, 3, 7)]
    examples = Examples(rows, [0, 1, 1, 1])
    assert accuracy(Longest(), examples) == 0.75
    assert accuracy(Longest(), examples, together=1) == 0.75


@pytest.mark.slow
def test_all_runs_of_a_task_are_made_and_those_that_are_there_are_not_again(
    bench, tmp_path
):
    record = Record(tmp_path / "out.json", FEW, COMMAND)
    whole = list(measure(bench, record, planned(record)))
    kinds = [run["why"] for run in whole]
    assert kinds.count("rate") == 2 * len(RATES)
    assert kinds.count("score") == 2 * 2 * 2
    assert kinds.count("longer") == kinds.count("no language") == 2
    assert kinds.count("longer, rate") == len(RATES)
    longer = [run for run in whole if run["why"].startswith("longer")]
    assert {run["epochs"] for run in longer} == {2}
    best = max(longer[: len(RATES)], key=lambda run: run["dev"])
    assert {run["rate"] for run in longer[len(RATES) :]} == {best["rate"]}
    stored = json.loads((tmp_path / "out.json").read_text())
    assert stored["runs"] == whole
    assert len(stored["baselines"]) == 4
    assert all(0 <= one["pairs"] <= 1 for one in stored["baselines"])
    assert stored["settings"]["model"] == "tales-small"
    # Stopped before the last three: these are made again, and are the same.
    stored["runs"] = stored["runs"][:-3]
    (tmp_path / "out.json").write_text(json.dumps(stored))
    again = Record(tmp_path / "out.json", FEW, COMMAND)
    late = list(measure(bench, again, planned(again)))
    assert len(late) == 3
    assert all(map(same, late, whole[-3:]))


def test_each_start_has_the_rate_that_is_best_in_development_and_no_other():
    base = {"task": "in_order", "labels": 100, "why": "rate"}
    runs = [
        {**base, "start": start, "rate": rate, "dev": dev, "seed": 1000}
        for start, found in {"scratch": (0.5, 0.7), "pre-trained": (0.8, 0.6)}.items()
        for rate, dev in zip((1e-3, 3e-3), found, strict=True)
    ]
    runs.append({**runs[0], "why": "score", "dev": 1.0, "rate": 9.0})
    assert best_rate(runs, "in_order", 30, "scratch", [100, 1000]) == 3e-3
    assert best_rate(runs, "in_order", 300, "pre-trained", [100, 1000]) == 1e-3


def test_the_parts_of_the_examples_share_no_text(bench):
    parts = [bench.task("in_order", 20, seed, "train").examples for seed in (0, 1)]
    for seed, split in ((1001, "validation"), (1002, "heldout")):
        parts.append(bench.task("in_order", 20, seed, split).examples)
    texts = [{example.texts for example in part} for part in parts]
    assert len(set.union(*texts)) == sum(map(len, texts))


def test_baselines_learn_from_as_many_labels(bench, tmp_path, monkeypatch):
    seen, paired = [], []

    def accuracies(training, test):
        seen.append((len(training), len(test)))
        return {"majority": 0.5}

    def word_pairs(training, test):
        paired.append((len(training), len(test)))
        return 0.5

    monkeypatch.setattr(fine_tuning.baselines, "accuracies", accuracies)
    monkeypatch.setattr(fine_tuning.baselines, "word_pairs", word_pairs)
    record = Record(tmp_path / "out.json", FEW, COMMAND)
    for _ in range(2):  # of which the second finds it done
        guess(bench, record, "in_order", 4, 1)
    assert seen == paired == [(4, 6)]


def test_a_file_of_other_settings_is_not_gone_on_with(tmp_path, capsys):
    record = Record(tmp_path / "out.json", FEW, COMMAND)
    record.write()
    with pytest.raises(SystemExit):
        main(["--quick", "--out", str(tmp_path / "out.json")])
    assert "move it away" in capsys.readouterr().err


def test_quick_does_not_write_over_the_numbers_of_the_book(capsys):
    with pytest.raises(SystemExit):
        main(["--quick"])
    assert "--quick wants an --out of its own" in capsys.readouterr().err


def test_the_shipped_model_is_what_is_measured_unless_another_is_named():
    assert load_model(Settings().model, "cpu")[0].config.context == 384


def test_the_chapter_makes_the_same_examples():
    [chapter] = [path for path in NOTEBOOKS if path.stem == "13-fine-tuning"]
    [cell] = [c["source"] for c in code_cells(chapter) if "def pairs(" in c["source"]]
    names = {"Example": tales.Example, "examples": tales.examples}
    names["sentences"] = sentences
    exec(cell, names)
    for split in ("train", "heldout"):
        assert names["pairs"](6, seed=3, split=split) == belongs(6, 3, split)


def test_labels_of_the_chapters_task_are_balanced_and_texts_are_short():
    found = belongs(20, 0, "train")
    assert sum(one.label for one in found) == 10
    assert {len(sentences(one.texts[0])) for one in found} == {4}


def test_what_the_book_draws_was_measured_by_this_command():
    """On every number of labels, from both starts, with the settings of now."""
    stored = load_results("label-efficiency")
    assert stored["command"] == "python -m benchmarks.label_efficiency"
    settings = Settings(stored["settings"]["model"], tuned=stored["settings"]["tuned"])
    assert stored["settings"] == fine_tuning.asdict(settings)
    kinds = {
        (run["labels"], run["start"])
        for run in stored["runs"]
        if run["task"] == "belongs" and run["why"] == "score"
    }
    starts = ("pre-trained", "scratch")
    assert kinds == {(n, start) for n in (30, 100, 300, 1000) for start in starts}
    for run in stored["runs"]:
        assert run["lm_weight"] == (0.0 if run["why"] == "no language" else 0.5)
        how = run["task"], run["labels"], run["start"], settings.tuned
        by = "longer, rate" if run["why"] == "longer" else "rate"
        rate = best_rate(stored["runs"], *how, by)
        assert run["why"].endswith("rate") or run["rate"] == rate
    assert all("pairs" in one for one in stored["baselines"])


@pytest.mark.weekly
def test_the_threshold_is_chosen_with_the_labels_of_its_seed_and_asked_the_test():
    stored = load_results("label-efficiency")
    found = {(b["labels"], b["seed"]): b["threshold"] for b in stored["baselines"]}
    assert len(found) == len(stored["baselines"]) == 20
    bench = Bench(Settings(stored["settings"]["model"]), STARTS)
    assert found[30, 1] < min(v for k, v in found.items() if k != (30, 1))
    for seed in (0, 1):
        assert threshold(bench, 30, seed) == pytest.approx(found[30, seed], abs=0.011)
