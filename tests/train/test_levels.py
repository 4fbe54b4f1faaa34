"""What counting makes of a text, and where a run says that it stands to it."""

import math
import random
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest
import torch

from gpt1.data.windows import covered
from gpt1.tales import generate_tales, join
from gpt1.train import levels as module
from gpt1.train.curve import picture
from gpt1.train.levels import NAMES, REST, STRENGTHS, levels, surprises, verdict
from gpt1.train.pretraining import prepare
from gpt1.train.recipe import TrainConfig
from gpt1.train.report import beside, describe
from lib.runs import SMALL, flags, kept, train_here

SHAKESPEARE = Path(__file__).parents[3] / "shared/data/tinyshakespeare/input.txt"
KNOWN = {"unigram": 3.0, "bigram": 2.0, "trigram": 1.5}


def ladder(counted, text, vocab_size, strength):
    """The mean surprise of each order, token by token, from dictionaries."""
    grams = [
        Counter(tuple(counted[i : i + n]) for i in range(len(counted) - n + 1))
        for n in range(1, 4)
    ]
    contexts = [Counter({(): len(counted)})] + [
        Counter(tuple(counted[i : i + n]) for i in range(len(counted) - n))
        for n in range(1, 3)
    ]
    sums = [0.0] * 3
    for i in range(1, len(text)):
        p = 1 / vocab_size
        for n in range(3):
            if i >= n:
                before = tuple(text[i - n : i])
                count = grams[n][(*before, text[i])]
                p = (count + strength * p) / (contexts[n][before] + strength)
            sums[n] -= math.log(p)
    return [total / (len(text) - 1) for total in sums]


def slow_levels(training, validation, vocab_size):
    """`levels`, with everything looked up one token at a time."""
    cut = len(training) - max(1, len(training) // 10)
    parts = training[:cut], training[cut - 1 :]
    tuning = [ladder(*parts, vocab_size, s) for s in STRENGTHS]
    found = {}
    for n, name in enumerate(NAMES):
        best = min(range(len(STRENGTHS)), key=lambda i: tuning[i][n])
        judged = ladder(training, validation, vocab_size, STRENGTHS[best])
        found[name] = judged[n]
    return found


def chain(tokens, vocab_size, seed=0):
    """Ids of which each depends on the two before it."""
    dice = random.Random(seed)
    ids = [0, 1]
    for _ in range(tokens):
        likely = (ids[-1] * ids[-1] + ids[-2]) % vocab_size
        ids.append(likely if dice.random() < 0.6 else dice.randrange(vocab_size))
    return ids


# --- counting -------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [1, 7, module.PIECE])
@pytest.mark.parametrize("kind", [torch.uint16, torch.int32, torch.int64])
def test_levels_are_those_of_a_slow_count(monkeypatch, piece, kind):
    monkeypatch.setattr(module, "PIECE", piece)
    training, validation = chain(1500, 7), chain(90, 7, seed=1)
    found = levels(*(torch.tensor(t, dtype=kind) for t in (training, validation)), 7)
    assert found == pytest.approx(slow_levels(training, validation, 7), rel=1e-12)
    assert found["trigram"] < found["bigram"] < found["unigram"] < 2


@pytest.mark.parametrize("size", [2, 3, 4, 5, 11])
@pytest.mark.parametrize("judged", [2, 3, 4])
@pytest.mark.parametrize("vocab_size", [1, 2, 40_478])
def test_texts_of_few_tokens_have_levels_too(size, judged, vocab_size):
    training = [i * i % 7 % vocab_size for i in range(size)]
    validation = [vocab_size - 1 - i % 2 * (vocab_size > 1) for i in range(judged)]
    found = levels(torch.tensor(training), torch.tensor(validation), vocab_size)
    known = slow_levels(training, validation, vocab_size)
    assert found == pytest.approx(known, rel=1e-12, abs=1e-12)


def test_what_could_come_next_shares_one_whole():
    counted, vocab_size = torch.tensor(chain(60, 5)), 5
    for before in ([0, 1], [4, 4], [2, 0]):
        paid = surprises(counted, torch.tensor(before), vocab_size)
        shares = [
            (paid - 2 * surprises(counted, torch.tensor([*before, last]), vocab_size))
            for last in range(vocab_size)
        ]
        whole = torch.stack(shares).exp().sum(0)  # one for each strength and order
        torch.testing.assert_close(whole, torch.ones_like(whole), rtol=1e-9, atol=0)


# --- where a loss stands --------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (3.4, "0.40 above the unigram level: counting does better"),
        (3.01, "0.01 above the unigram level: the model knows only how often"),
        (2.98, "0.02 below the unigram level: the model knows only how often"),
        (2.5, "0.50 above the bigram level: counting does better"),
        (2.01, "0.01 above the bigram level: the model does not use its context; look"),
        (1.98, "0.02 below the bigram level: the model does not use its context; look"),
        (1.52, "0.02 above the trigram level: the model does as well as counting"),
        (1.48, "0.02 below the trigram level: the model does as well as counting"),
    ],
)
def test_a_loss_that_rests_at_a_level_is_told(loss, told):
    assert verdict(loss, loss, KNOWN).startswith(f"Val Loss {loss:.4f} is {told}")
    assert verdict(loss, loss, {}) is None


@pytest.mark.parametrize("loss", [1.9, 2 - REST - 0.001, 1.6, 1.4, 0.2])
def test_a_loss_that_has_left_the_levels_is_told_nothing(loss):
    assert verdict(loss, loss, KNOWN) is None
    assert verdict(loss, loss + 1, KNOWN) is None


def test_a_loss_that_rises_again_gets_other_advice():
    assert "by heart; give more text" in verdict(2.0, 2.1, KNOWN)
    assert "by heart" not in verdict(2.0, 2.0 + REST / 2, KNOWN)


def test_a_text_that_leaves_nothing_to_guess_is_no_fault_of_the_model():
    assert verdict(1e-4, 1e-4, dict.fromkeys(NAMES, 0.0)) is None


def test_levels_of_a_run_are_those_of_what_its_windows_cover(here):
    run = prepare(TrainConfig.tiny(**SMALL, subset=20))
    ids = [covered(part.dataset).tolist() for part in (run.training, run.validation)]
    assert [len(part) for part in ids] == [321, 209]
    assert run.levels == pytest.approx(slow_levels(*ids, run.tokenizer.vocab_size))
    known = [f"{name} {run.levels[name]:.3f}" for name in NAMES]
    assert f"\ncounting: {', '.join(known)} nats per token\n" in describe(run)


def test_beside_the_loss_stands_the_next_level(here):
    run = prepare(TrainConfig.tiny(**SMALL))
    run.levels = KNOWN
    shown = [beside(run, loss)["level"] for loss in (9.0, 2.9, 1.6, 1.5, 0.5)]
    assert shown == ["uni 3.000", "bi 2.000", *["tri 1.500"] * 3]
    run.floor = 1.0
    assert beside(run, 2.9) == {"floor": "1.000"}


@pytest.mark.parametrize(
    ("distance", "told"),
    [(0.01, "is 0.01 above the bigram level: the model does not use"), (-0.5, None)],
)
def test_a_run_says_at_its_end_where_it_rests(
    here, monkeypatch, capsys, distance, told
):
    run = prepare(TrainConfig.tiny(**SMALL))
    loss = run.levels["bigram"] + distance
    monkeypatch.setattr("gpt1.train.run.evaluate", lambda *_: loss)
    monkeypatch.setattr(module, "REST", 0.02)
    train_here(*flags(max_steps=3))
    *lines, before, last = capsys.readouterr().out.splitlines()
    assert last.startswith("Training completed.")
    assert (told in before) if told else before.startswith("Epoch 1: ")
    epoch = before if told is None else lines[-1]
    name = "bigram" if told else "trigram"
    distance = loss - run.levels[name]
    side = "above" if distance >= 0 else "below"
    assert epoch.endswith(
        f"Val Loss = {loss:.4f}, {abs(distance):.2f} {side} the {name} level"
    )


def test_a_run_that_goes_on_does_not_count_again(here, monkeypatch, capsys):
    train_here(*flags(max_steps=6, stop_after=3))
    first = re.search(r"counting: .*", capsys.readouterr().out)[0]
    assert kept(here / "checkpoints")["levels"].keys() == set(NAMES)
    monkeypatch.setattr("gpt1.train.pretraining.levels", None)
    train_here("--resume")
    assert f"{first}\n" in capsys.readouterr().out
    assert f"trigram {first.split()[-4]}" in (
        (here / "checkpoints" / "curve.svg").read_text()
    )


# --- the curve ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "known", [KNOWN, {"unigram": 1.02, "bigram": 1.01, "trigram": 1.0}, {}]
)
@pytest.mark.parametrize("floor", [None, 1.0])
def test_levels_are_drawn_with_names_that_do_not_overlap(known, floor):
    rows = [(step, 0, step, step, 0.1, 4 / step, 4 / step) for step in range(1, 9)]
    root = ElementTree.fromstring(picture(rows, floor, known))
    drawn = {**known, **({} if floor is None else {"floor": floor})}
    dashed = [part for part in root.iter() if part.get("stroke-dasharray")]
    assert len(dashed) == len(drawn)
    boxes = []
    for name, nats in drawn.items():
        [label] = [part for part in root.iter() if part.text == f"{name} {nats:.3f}"]
        right, bottom = float(label.get("x")), float(label.get("y"))
        width = 6.6 * len(label.text)  # of 11.5 pixels of a sans-serif, amply
        assert right - width > 60
        boxes.append((right - width, right, bottom - 10, bottom + 3))
    for i, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[:i]:
            apart = right < other[0] or other[1] < left
            assert apart or bottom < other[2] or other[3] < top


# --- a short run with the default recipe ----------------------------------------------


@pytest.mark.weekly
def test_a_short_run_of_the_default_recipe_gets_below_the_bigram_level(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    text = tmp_path / "text.txt"
    if SHAKESPEARE.is_file():
        verses = SHAKESPEARE.read_text("utf8")[:300_000]
    else:  # then the same with a text that is always at hand
        verses = join(generate_tales(300))
    text.write_text(verses, encoding="utf-8")
    words = ["--tokenizer", "characters", "--max_steps", 300, "--sample_every", 0]
    words += ["--eval_every", 300]  # once: it reads all of the validation text
    train_here("--dataset", text, *words)
    contents = kept(tmp_path / "checkpoints")
    assert contents["config"]["context"] == 64
    assert contents["numbers"]["best"] < contents["levels"]["bigram"] - REST
    assert "does not use its context" not in capsys.readouterr().out
