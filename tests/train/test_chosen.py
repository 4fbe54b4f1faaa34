"""The laptop's recipe: what it leaves open follows the tokenizer and the text."""

from types import SimpleNamespace

import pytest

from gpt1.data import sources
from gpt1.tokenizer import BPETokenizer, CharTokenizer
from gpt1.tokenizer.trained import MERGES, fitting_size
from gpt1.train import recipe
from gpt1.train.pretraining import choose_tokenizer, prepare, train
from gpt1.train.recipe import OPEN, TINY, TrainConfig, chosen
from gpt1.train.report import describe
from lib.runs import assert_same_run, differences, kept, outcome, small_text, train_here

LETTERS = CharTokenizer.train("abc")
PIECES = BPETokenizer.train("abc", 10)


def found(tokens, tokenizer=LETTERS, **given):
    """What is chosen for a text of so many tokens, a tenth of them to validate."""
    given = {"dataset": "text.txt", **given}
    options = TrainConfig.tiny(tokenizer="characters", **given)
    options = chosen(options, tokenizer, [tokens - tokens // 10, tokens // 10])
    return {name: getattr(options, name) for name in OPEN}


def test_tales_in_byte_pairs_have_the_recipe_of_the_model_that_is_shipped():
    plain = TrainConfig.tiny()
    assert vars(plain).items() >= TINY.items()
    assert chosen(plain, PIECES, [5, 5]) == plain
    saved = chosen(TrainConfig.tiny(tokenizer="saved.json"), PIECES, [5, 5])
    assert vars(saved).items() >= {**TINY, "tokenizer": "saved.json"}.items()
    assert saved.max_steps is None


@pytest.mark.parametrize(
    ("tokens", "updates", "batch_size", "context", "dropout"),
    [
        (10**9, 5000, 16, 64, 0.0),
        (3 * 10**6, 2636, 16, 64, 0.0),
        (1_710_000, 1502, 16, 64, 0.0),
        (1_700_000, 2000, 12, 64, 0.0),
        (10**6, 2000, 12, 64, 0.0),
        (300_000, 2000, 12, 64, 0.2),
        (171_000, 2000, 12, 64, 0.2),
        (170_000, 1000, 16, 64, 0.2),
        (100_000, 878, 16, 64, 0.2),
        (10_000, 200, 8, 64, 0.2),
        (2_000, 280, 1, 64, 0.2),
        (200, 200, 1, 19, 0.2),
        (20, 200, 1, 1, 0.2),
        (3, 200, 1, 1, 0.2),
    ],
)
def test_what_is_chosen_follows_the_length(
    tokens, updates, batch_size, context, dropout
):
    assert found(tokens) == {
        "vocab_size": LETTERS.vocab_size,
        "context": context,
        "layers": 2 if batch_size == 12 else 4,
        "width": 112 if batch_size == 12 else 128,
        "heads": 4,
        "dropout": dropout,
        "epochs": None,
        "max_steps": updates,
        "batch_size": batch_size,
        "learning_rate": 5e-3 if batch_size == 12 else 3e-3,
        "warmup": 100,
    }


def test_tales_in_characters_keep_their_model():
    known = found(10**6, dataset="tales")
    told = known["layers"], known["width"], known["batch_size"], known["max_steps"]
    assert told == (4, 128, 16, 1000)
    assert known["learning_rate"] == 3e-3


@pytest.mark.parametrize(
    ("tokens", "updates", "batch_size", "dropout"),
    [(10**9, 5000, 4, 0.0), (300_000, 2000, 4, 0.0), (10_000, 350, 4, 0.2)],
)
def test_a_large_vocabulary_gets_more_updates_of_fewer_windows(
    tokens, updates, batch_size, dropout
):
    large = SimpleNamespace(kind="gpt1", vocab_size=40_478)
    known = found(tokens, large)
    assert (known["max_steps"], known["batch_size"]) == (updates, batch_size)
    assert (known["learning_rate"], known["dropout"]) == (1e-3, dropout)
    assert (known["layers"], known["width"]) == (4, 128)
    assert known["vocab_size"] == 40_478
    assert found(tokens, large, batch_size=9, learning_rate=0.5)["batch_size"] == 9


def test_what_is_given_stays():
    given = {"context": 32, "heads": 8, "batch_size": 5, "max_steps": 70, "epochs": 3}
    given |= {"layers": 3, "width": 24}
    given |= {"dropout": 0.3, "learning_rate": 1e-3, "warmup": 0, "vocab_size": 90}
    assert found(10**6, **given) == given
    for name, value in given.items():
        assert found(10**6, **{name: value})[name] == value
    assert found(10**6, epochs=3)["max_steps"] is None
    assert found(10**6, max_steps=3)["epochs"] is None


def test_dropout_follows_how_often_the_text_is_passed():
    assert [found(10**6, epochs=n)["dropout"] for n in (5, 6)] == [0.0, 0.2]
    passes = 900_000 // 64 // 12
    asked = (5 * passes, 5 * passes + 10)
    assert [found(10**6, max_steps=n)["dropout"] for n in asked] == [0.0, 0.2]
    assert found(10**6, subset=300)["dropout"] == 0.2


def test_the_papers_recipe_leaves_nothing_open():
    options = TrainConfig(dataset="text.txt")
    assert chosen(options, LETTERS, [10**6, 10**5]) == options


def test_a_vocabulary_fits_its_text():
    assert fitting_size("ab" * 5000) == 1 + 2 + 100
    assert fitting_size("ab" * 10**7) == 1 + 2 + MERGES
    signs = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    assert BPETokenizer.train(signs, fitting_size(signs)).vocab_size > 3000


def test_a_vocabulary_that_is_given_is_learned(here):
    options = {"dataset": "text.txt", "tokenizer": "bpe"}
    tokenizer = choose_tokenizer(TrainConfig.tiny(**options, vocab_size=30))
    assert tokenizer.vocab_size == 30
    text = sources.load_text("text.txt")
    tokenizer = choose_tokenizer(TrainConfig.tiny(**options))
    assert 30 < tokenizer.vocab_size <= fitting_size(text)


@pytest.mark.parametrize("tokenizer", ["characters", "bpe"])
@pytest.mark.parametrize("lines", [1, 4, 60])
def test_a_short_text_trains_with_no_flags(here, capsys, tokenizer, lines):
    (here / "text.txt").write_text(small_text(lines), encoding="utf-8")
    words = ["--dataset", "text.txt", "--tokenizer", tokenizer]
    assert outcome(*words, "--layers", 1, "--width", 16, "--stop_after", 5) == 0
    told = capsys.readouterr().out
    assert "stopped after update 5 of 2" in told
    assert "learning rate 0.003 after 100 updates" in told


def test_python_and_the_command_choose_the_same(here):
    small = {"layers": 1, "width": 8, "dataset": "text.txt", "tokenizer": "bpe"}
    words = [f"--{name}={value}" for name, value in small.items()]
    train_here(*words, "--stop_after", 1)
    train(TrainConfig.tiny(**small, out="python", stop_after=1))
    one, other = (kept(here / name) for name in ("checkpoints", "python"))
    assert differences(one, other) == []


def test_a_run_says_what_was_chosen(here):
    run = prepare(TrainConfig.tiny(dataset="text.txt", tokenizer="characters"))
    told = describe(run)
    assert "4 heads, context 64, vocabulary 19, dropout 0.2\n" in told
    assert "run: 250 updates of 1 x 64 tokens, adamw, learning rate 0.003 " in told


@pytest.mark.parametrize("python", [False, True])
def test_a_run_goes_on_with_what_was_chosen_then(here, monkeypatch, python):
    small = {"layers": 1, "width": 8, "dataset": "text.txt", "tokenizer": "characters"}
    monkeypatch.setattr(recipe, "LEAST", 4)
    monkeypatch.setattr(recipe, "ONCE", 5)
    monkeypatch.setitem(recipe.SLOW, "max_steps", 6)
    train(TrainConfig.tiny(**small, out="straight"))
    train(TrainConfig.tiny(**small, stop_after=3))
    assert kept(here / "checkpoints")["total"] == 6
    monkeypatch.setitem(recipe.SLOW, "max_steps", 9)
    monkeypatch.setattr(recipe, "WINDOW", 7)
    monkeypatch.setattr(recipe, "DROPOUT", 0.4)
    if python:
        train(TrainConfig.tiny(**small, resume="checkpoints"))
    else:
        train_here("--resume")
    assert_same_run(here / "straight", here / "checkpoints")


def test_a_run_from_before_goes_on_with_its_own_dropout():
    began = {**TINY, "dropout": None, "max_steps": None, "layers": None, "width": None}
    options = TrainConfig.tiny(dataset="text.txt", tokenizer="characters")
    options = chosen(options, LETTERS, [900, 100], began)
    assert {name: getattr(options, name) for name in OPEN} == {
        name: began[name] for name in OPEN
    }
