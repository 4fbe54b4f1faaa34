"""The runs behind table 5 and figure 2: each start is what its name says."""

import json
from dataclasses import asdict

import pytest
import torch

from benchmarks import ablations, pretrainings
from benchmarks.ablations import (
    BEYOND,
    CONTROL_TASK,
    FORMS,
    LABELS,
    LAYERED,
    LM_WEIGHTS,
    RATES,
    TABLE,
    TUNED,
    longer,
    main,
    plans,
    starts,
    transferring,
    with_marks,
)
from benchmarks.fine_tuning import SEEDS, Bench, Record, Settings, best_rate, measure
from benchmarks.pretrainings import OTHERS, one_wording, recipe
from gpt1 import GPT, GPTConfig
from gpt1.data.sources import TALES
from gpt1.finetune import FineTuned
from gpt1.loading import load_model
from gpt1.results import load_results
from gpt1.tales import SEPARATOR, generate_tales, join, retell
from gpt1.tales.dice import Dice
from gpt1.tales.tell import derive, in_one_wording, stream_of
from gpt1.tokenizer import make_tokenizer
from gpt1.train.pretraining import prepare
from gpt1.train.run import read_run
from gpt1.variants.gpt2 import PreNormGPT
from gpt1.variants.lstm import LSTM
from lib.weights import random_ids

SMALL = GPTConfig(
    vocab_size=4096, context=384, width=16, layers=2, heads=2, dropout=0.0
)

SHORT = {"tales": 150, "begin_with": "\\n\\n", "vocab_size": 600, "context": 16}
SHORT |= {"width": 8, "layers": 1, "heads": 1, "batch_size": 2, "warmup": 8}
SHORT |= {"learning_rate": 1e-3, "roll_call": 0, "max_steps": 40, "eval_every": 40}
SHORT |= {"save_every": 5, "sample_every": 0, "keep": 2}


@pytest.fixture
def short(monkeypatch):
    """The recipe of a model that learns for seconds."""
    monkeypatch.setitem(pretrainings.RECIPES, "tales-small", SHORT)
    monkeypatch.setitem(TALES, "validation", 20)


@pytest.fixture(scope="module")
def gpt():
    torch.manual_seed(0)
    return GPT(SMALL)


@pytest.fixture(scope="module")
def lstm():
    torch.manual_seed(1)
    return LSTM(SMALL).eval()


@pytest.fixture(scope="module")
def others(lstm):
    """Small models in the place of those that take an hour to train."""
    torch.manual_seed(2)
    pre_norm = PreNormGPT(SMALL)
    torch.nn.init.normal_(pre_norm.final_norm.weight)
    gpts = {"a third": GPT(SMALL), "one wording": GPT(SMALL)}
    return {"LSTM": lstm, "pre-norm": pre_norm, **gpts}


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


def test_each_start_takes_over_what_its_name_says(gpt, others):
    made = {name: start(gpt) for name, start in starts(2, others).items()}

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
    layers = {transferring(0), transferring(1)}
    assert made.keys() == {*TABLE, *BEYOND, *layers}
    ids = random_ids(SMALL, 2, 7)
    for name, other in others.items():
        assert type(made[name]) is type(other)
        more = made[name].eval()(ids)[..., : SMALL.vocab_size]
        torch.testing.assert_close(more, other.eval()(ids))


def test_a_model_with_its_norms_first_gets_the_new_weights_of_the_others(others):
    drawn = {}
    for name in ("full", "pre-norm"):
        torch.manual_seed(3)
        gpt = starts(0, others)[name](others["one wording"])
        head = FineTuned(gpt, 2).head.weight
        drawn[name] = gpt.token_embedding.weight[-3:], head, torch.rand(5)
    for mine, other in zip(*drawn.values(), strict=True):
        assert torch.equal(mine, other)


def test_each_row_gets_the_rate_that_is_best_for_it():
    names, runs = (*TUNED, transferring(0)), []
    wanted = dict(zip(TUNED, (*RATES, *RATES, *RATES), strict=False))
    for plan in plans(runs, "follows", 2, names):
        if plan.why == "rate":
            good = plan.rate == wanted[plan.start]
            runs.append({**vars(plan), "dev": 0.9 if good else 0.5})
            continue
        assert plan.rate == wanted.get(plan.start, wanted["full"])
        assert plan.lm_weight == (0.0 if plan.start == "no auxiliary loss" else 0.5)
    assert len(runs) == len(TUNED) * len(RATES)
    assert [*LM_WEIGHTS] == ["no auxiliary loss"]


def test_the_lstm_has_as_many_tokens_to_learn_from_as_the_model():
    small = recipe("tales-small", pretrainings.TIMES)
    assert small.batch_size * small.max_steps == 4 * 11_000
    assert small.roll_call * small.batch_size == 4 * 1000
    assert (small.context, small.begin_with) == (384, "\\n\\n")


@pytest.mark.slow
def test_the_lstm_is_trained_at_the_best_of_its_rates(
    short, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(pretrainings, "LSTM_RATES", (1e-2, 1e-7))
    monkeypatch.setattr(pretrainings, "TRIAL", 2)
    with pytest.raises(ValueError, match="has another tokenizer: move it away"):
        other = load_model("tales-small", "cpu")[1]
        pretrainings.lstm("tales-small", other, tmp_path)
    whole = read_run(tmp_path / "whole")
    assert (whole["step"], whole["options"]["learning_rate"]) == (10, 1e-2)
    assert read_run(tmp_path / "0.01")["step"] == 5
    capsys.readouterr()
    model = pretrainings.lstm("tales-small", Known(whole["tokenizer"]), tmp_path)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, whole["model"][name])
    assert capsys.readouterr().out == ""  # nothing was trained again


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind"),
    [("a third", GPT), ("pre-norm", PreNormGPT), ("one wording", GPT)],
)
def test_three_models_are_pre_trained_for_a_third(name, kind, short, tmp_path):
    learned = make_tokenizer("bpe", lambda: join(generate_tales(150)), 600)
    made = OTHERS[name]("tales-small", Known(learned.to_dict()), tmp_path)
    run = read_run(tmp_path)
    assert (run["step"], type(made)) == (SHORT["max_steps"] // 3, kind)
    options = recipe("tales-small", out=str(tmp_path / "new"))
    one = prepare(options, read=one_wording).text
    many = prepare(options).text
    assert one != many
    assert run["text"] == (one if name == "one wording" else many)


def test_one_wording_tells_the_facts_that_are_told_in_many():
    told = pretrainings.text_of("train", 400).split(SEPARATOR)[:-1]
    dice, plots = Dice(0, stream_of("train")), {}
    for text in told:
        facts = derive(dice)
        tale = in_one_wording(facts, dice, "train")
        assert text == tale.text
        assert tale == retell(tale.choices, "train")
        assert tale.facts.plot == facts.plot.title
        assert tale.facts.what == facts.facts["thing"].text
        wording = tale.choices[1 + len(facts.plot.variables) : -1]
        plots.setdefault(tale.facts.plot, set()).add(wording)
    assert len(plots) == 45
    # Where a fact has words to choose among, there are as many choices more.
    assert max(map(len, plots.values())) <= 3
    many = {}
    for tale in generate_tales(400):
        many.setdefault(tale.facts.plot, set()).add(tale.choices[-9:-1])
    assert sum(map(len, many.values())) > 390


class Known:
    def __init__(self, told):
        self.told = told

    def to_dict(self):
        return self.told


@pytest.mark.slow
def test_runs_of_all_rows_are_made_and_written(gpt, others, tmp_path, monkeypatch):
    monkeypatch.setattr(ablations, "EPOCHS", {4: 1})
    bench = Bench(Settings(dev=4, test=4, tales=1), starts(2, others))
    bench.gpt = gpt
    record = Record(tmp_path / "out.json", bench.settings, "x")
    names = (*TUNED, transferring(0))
    planned = plans(record.runs, "same_tale", 1, names, (4,))
    found = list(measure(bench, record, planned))
    assert [run["start"] for run in found if run["why"] == "score"] == list(names)
    stored = json.loads((tmp_path / "out.json").read_text())
    assert stored["runs"] == found
    assert len(stored["baselines"]) == 1


@pytest.mark.slow
def test_the_figure_on_the_right_is_made_by_the_same_command(
    tmp_path, monkeypatch, capsys
):
    """Of runs that are there; what is not is told, and the rest goes on."""
    asked, trained = [], []
    monkeypatch.setattr(ablations.zero_shot, "main", asked.append)
    monkeypatch.setitem(OTHERS, "LSTM", lambda *given: trained.append(given[-1]))
    monkeypatch.setattr(ablations, "starts", lambda *_: {})
    (tmp_path / "models/lstm/whole").mkdir(parents=True)
    out = tmp_path / "found.json"
    given = ["--part", "zero-shot", "--models", str(tmp_path / "models")]
    main([*given, "--out", str(out)])
    assert trained == [tmp_path / "models/lstm"]
    where = ["--out", str(tmp_path / "zero-shot.json")]
    lstm = [str(tmp_path / "models/lstm/whole"), "--build", "lstm", *where]
    assert asked == [lstm]
    lacks = f"lacks {tmp_path / 'models' / 'tales-small'}: make tales-small"
    assert lacks in capsys.readouterr().out
    (tmp_path / "models/tales-small").mkdir()
    main([*given, "--out", str(out)])
    gpt = [str(tmp_path / "models/tales-small"), "--build", "gpt", *where]
    assert asked == [lstm, gpt, lstm]


def test_quick_has_no_figure_on_the_right(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--quick", "--part", "zero-shot", "--out", str(tmp_path / "found.json")])
    assert "--quick leaves out zero-shot" in capsys.readouterr().err


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
            by = start if start in TUNED else "full"
            assert run["rate"] == best_rate(runs, run["task"], 300, by, LABELS[:1])
    assert all(sorted(seeds) == [*range(SEEDS)] for seeds in kinds.values())
    wanted = {(task, n, row) for task in FORMS for n in LABELS for row in TABLE}
    wanted |= {(task, 300, transferring(n)) for task in LAYERED for n in range(3)}
    wanted |= {(CONTROL_TASK, 300, row) for row in BEYOND}
    assert kinds.keys() == wanted
    found = {(one["task"], one["labels"], one["seed"]) for one in stored["baselines"]}
    assert all("pairs" in one for one in stored["baselines"])
    control = [asdict(plan) for plan in longer()]
    made = [run for run in runs if run["why"] == "longer"]
    assert all(any(one.items() <= run.items() for run in made) for one in control)
    assert len(made) == len(control) == 6
    assert found == {(*kind[:2], seed) for kind in kinds for seed in range(SEEDS)}
