"""The runs behind the chapter on GPT-2: fair, repeatable, and resumable."""

import json
from dataclasses import asdict

import pytest
import torch

from benchmarks import depth
from benchmarks.depth import (
    COMMAND,
    DEPTHS,
    FORMS,
    RATE,
    RATES,
    SEEDS,
    TUNING,
    TWO,
    Bench,
    Plan,
    Settings,
    main,
    measure,
    plans,
)
from benchmarks.fine_tuning import Record
from gpt1 import GPT, GPTConfig
from gpt1.results import load_results
from gpt1.variants.gpt2 import GPT2, PreNormGPT

FEW = Settings(width=16, context=8, updates=10, warmup=4, tales=30, validation=2)
CONFIG = GPTConfig(vocab_size=61, context=8, width=32, heads=2, layers=8, dropout=0.0)
PLAN = Plan("post-norm", 2, 4, 0, 1e-3)


@pytest.fixture(scope="module")
def bench():
    return Bench(FEW)


def same(run, other):
    return {k: v for k, v in run.items() if k != "seconds"} == {
        k: v for k, v in other.items() if k != "seconds"
    }


def test_a_run_is_the_same_each_time_and_another_with_anything_changed(bench):
    one = bench.run(PLAN)
    assert same(one, bench.run(PLAN))
    assert len(one["curve"]) == 10
    others = [{"form": "pre-norm"}, {"layers": 1}, {"warmup": 0}, {"seed": 1}]
    for changes in [*others, {"rate": 1e-2}]:
        other = bench.run(Plan(**{**asdict(PLAN), **changes}))
        assert other["loss"] != one["loss"], changes


def test_a_seed_has_the_same_batches_for_every_form(bench, monkeypatch):
    seen = []
    step = depth.train_step

    def watched(loss_of, batch, optimizer):
        seen.append(batch[0])
        return step(loss_of, batch, optimizer)

    monkeypatch.setattr(depth, "train_step", watched)
    for form in ("post-norm", "GPT-2"):
        bench.run(Plan(form, 1, 4, 3, 1e-3))
    assert len(seen) == 20
    assert all(torch.equal(a, b) for a, b in zip(seen[:10], seen[10:], strict=True))
    assert not torch.equal(seen[0], seen[1])


def test_validation_tales_are_none_that_were_learned_from(bench):
    training, validation = (
        bench.tokenizer.decode(part.ids).split("\n\n")
        for part in (bench.training, bench.validation)
    )
    assert not set(training) & set(filter(None, validation))
    assert len(validation) > 1
    assert set(bench.counted()) == {"unigram", "bigram", "trigram"}


def test_the_rate_rises_over_the_warm_up_or_begins_at_the_top(bench, monkeypatch):
    rates = []
    monkeypatch.setattr(depth, "set_rate", lambda _, rate: rates.append(rate))
    bench.run(PLAN)
    bench.run(Plan("post-norm", 2, 0, 0, 1e-3))
    warm, cold = rates[:10], rates[10:]
    assert warm[:4] == pytest.approx([0.25e-3, 0.5e-3, 0.75e-3, 1e-3])
    assert cold[0] == 1e-3
    assert cold == sorted(cold, reverse=True)


def test_the_forms_are_what_their_names_say():
    made, sizes = {}, {}
    for name, form in FORMS.items():
        torch.manual_seed(0)
        made[name] = form(CONFIG)
        sizes[name] = made[name].blocks[3].attention.projection.weight.std().item()
    assert type(made["post-norm"]) is GPT
    assert type(made["pre-norm"]) is PreNormGPT
    assert type(made["GPT-2"]) is GPT2
    norms = {name: hasattr(model, "final_norm") for name, model in made.items()}
    blocks = {name: type(model.blocks[0]).__name__ for name, model in made.items()}
    small = {name: size < 0.01 for name, size in sizes.items()}
    rows = {name: (blocks[name], norms[name], small[name]) for name in FORMS}
    assert rows == {
        "post-norm": ("Block", False, False),
        "pre-norm": ("PreNorm", True, False),
        "GPT-2": ("PreNorm", True, True),
        "post-norm, small branches": ("Block", False, True),
        "post-norm, frequencies given": ("Block", False, False),
    }


def test_given_frequencies_cost_what_counting_costs_and_nothing_else_changes(bench):
    """With a model that says nothing of its own, the loss is the unigram's."""
    size = {"width": 16, "heads": 1, "context": 8, "layers": 1, "dropout": 0.0}
    config = GPTConfig(vocab_size=bench.tokenizer.vocab_size, **size)
    told, plain = FORMS["post-norm, frequencies given"](config), GPT(config)
    plain.load_state_dict(told.state_dict(), strict=False)
    ids = torch.as_tensor(bench.training.ids)[None, :9]
    torch.testing.assert_close(told.loss(ids), plain.loss(ids))
    told.log_share.copy_(bench.log_share())
    for parameter in told.parameters():
        parameter.data.zero_()
    ids = torch.as_tensor(bench.validation.ids)
    assert told.loss(ids[:8][None], ids[1:9][None]).item() == pytest.approx(
        -bench.log_share()[ids[1:9]].mean().item(), abs=1e-3
    )
    assert bench.log_share().exp().sum().item() == pytest.approx(1, abs=1e-3)
    mean = -bench.log_share()[ids].mean().item()
    assert mean == pytest.approx(bench.counted()["unigram"], abs=0.01)


@pytest.mark.slow
def test_what_was_stopped_goes_on_and_comes_to_the_same(tmp_path):
    settings = Settings(
        width=16, context=8, updates=2, warmup=1, tales=30, validation=1
    )
    planned, bench = list(plans(settings, (1, 2), 1)), Bench(settings)
    planned = [plan for plan in planned if plan.layers < 3]
    record = Record(tmp_path / "out.json", settings, COMMAND)
    whole = list(measure(bench, record, planned))
    assert len(whole) == len(planned) >= 8
    stored = json.loads((tmp_path / "out.json").read_text("utf8"))
    assert stored["runs"] == whole
    stored["runs"] = stored["runs"][:-3]
    (tmp_path / "out.json").write_text(json.dumps(stored), "utf8")
    again = Record(tmp_path / "out.json", settings, COMMAND)
    late = list(measure(bench, again, planned))
    assert len(late) == 3
    assert all(map(same, late, whole[-3:]))


def test_quick_does_not_write_over_the_numbers_of_the_book(capsys):
    with pytest.raises(SystemExit):
        main(["--quick"])
    assert "--quick wants an --out of its own" in capsys.readouterr().err


def test_what_the_book_draws_was_measured_by_this_command():
    """All that is planned, with the settings of now, and nothing else."""
    stored = load_results("depth")
    assert stored["command"] == COMMAND
    assert stored["settings"] == asdict(Settings())
    names = Plan.__dataclass_fields__
    made = [{name: run[name] for name in names} for run in stored["runs"]]
    planned = [asdict(plan) for plan in plans(Settings())]
    assert len(made) == len(planned)
    assert all(plan in made for plan in planned)
    assert DEPTHS == (4, 12, 24, 48)
    assert SEEDS == 3


def test_the_rate_is_the_best_of_those_tried_for_both_forms():
    runs = [run for run in load_results("depth")["runs"] if run["seed"] == TUNING]
    assert len(runs) == len(RATES) * len(TWO)
    for form in TWO:
        best = min((r for r in runs if r["form"] == form), key=lambda r: r["loss"])
        assert best["rate"] == RATE


@pytest.mark.weekly
def test_a_stored_run_comes_out_again():
    """The first of four layers: as near as another machine's sums allow."""
    settings, runs = Settings(), load_results("depth")["runs"]
    stored = next(r for r in runs if r["layers"] == 4 and r["form"] == "pre-norm")
    plan = Plan(**{name: stored[name] for name in Plan.__dataclass_fields__})
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        again = Bench(settings).run(plan)
    finally:
        torch.set_num_threads(threads)
    assert again["curve"][0] == pytest.approx(stored["curve"][0], abs=0.01)
    assert again["loss"] == pytest.approx(stored["loss"], abs=0.05)
