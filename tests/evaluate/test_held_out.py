"""`measure`: loss, perplexity and bits per byte of a text."""

import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.data import GPTDataset, get_dataloader
from gpt1.evaluate.held_out import HeldOut, measure, text_loss, windows
from gpt1.tokenizer import CharTokenizer, GPT1Tokenizer
from gpt1.train.step import evaluate
from lib.weights import numpy_weights, our_model, random_ids, their_model

CONFIG = GPTConfig(vocab_size=31, context=8, width=16, layers=2, heads=2, dropout=0.1)


@pytest.fixture(scope="module")
def weights():
    return numpy_weights(CONFIG)


@pytest.fixture(scope="module")
def model(weights):
    return our_model(CONFIG, weights)


@pytest.mark.parametrize("stride", [1, 3, 7, 8])
@pytest.mark.parametrize("tokens", [2, 5, 8, 9, 10, 17, 24, 25, 30])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_each_token_but_the_first_is_a_target_once(tokens, stride, batch_size):
    ids = torch.arange(100, 100 + tokens, dtype=torch.int32)
    targets = []
    for read, wanted in windows(ids, 8, stride, batch_size):
        assert read.shape == wanted.shape
        assert 1 <= len(read) <= batch_size
        counts = wanted != -100
        assert torch.equal(wanted[counts], read[counts] + 1), "they follow each other"
        targets += wanted[counts].tolist()
    assert targets == ids[1:].tolist()


@pytest.mark.parametrize("stride", [1, 3, 8])
def test_a_stride_leaves_at_least_that_much_context(stride):
    ids = torch.arange(30)
    for read, wanted in windows(ids, 8, stride, 2):
        for row, counts in zip(read, wanted != -100, strict=True):
            first = counts.nonzero()[0].item()
            assert first == 0 if row[0] == 0 else first == 8 - stride


@pytest.mark.parametrize("stride", [1, 5, 8])
def test_the_loss_is_what_hugging_faces_model_says(model, weights, stride):
    """One window at a time there, and one token after another."""
    theirs = their_model(CONFIG, weights)
    [ids] = random_ids(CONFIG, 1, 30)
    nats, done = 0.0, 1
    for begin in range(0, 30, stride):
        end = min(begin + 8, 29)
        with torch.no_grad():
            logits = theirs(ids[None, begin:end]).logits[0].double()
        for place in range(done, end + 1):
            nats -= logits[place - 1 - begin].log_softmax(-1)[ids[place]].item()
        done = end + 1
        if done == 30:
            break
    ours, tokens = text_loss(model, ids, stride=stride, batch_size=3)
    assert ours == pytest.approx(nats, abs=1e-4)
    assert tokens == 29


def test_without_a_stride_it_is_trainings_validation_loss(model):
    [ids] = random_ids(CONFIG, 1, 8 * 5 + 1)
    batches = get_dataloader(GPTDataset(ids, 8), 2, shuffle=False)
    nats, tokens = text_loss(model, ids)
    assert tokens == 40
    assert nats / tokens == pytest.approx(evaluate(model, batches), abs=1e-6)


def test_the_end_that_fills_no_window_counts(model):
    [ids] = random_ids(CONFIG, 1, 8 * 2 + 4)
    rest = model.loss(ids[None, 16:]).item() * 3
    nats, tokens = text_loss(model, ids)
    whole, _ = text_loss(model, ids[:17])
    assert tokens == 19
    assert nats == pytest.approx(whole + rest, abs=1e-4)


def test_dropout_is_off_and_the_mode_comes_back(model):
    [ids] = random_ids(CONFIG, 1, 20)
    model.train()
    dropped = text_loss(model, ids)
    assert model.training
    model.eval()
    assert text_loss(model, ids) == dropped


def test_perplexity_and_bits_per_byte_are_those_of_chapter_9():
    found = HeldOut(nats=3 * math.log(8), tokens=9, bytes=18)
    assert found.loss == pytest.approx(math.log(2))
    assert found.perplexity == pytest.approx(2)
    assert found.bits_per_byte == pytest.approx(0.5)
    assert HeldOut(nats=2000.0, tokens=1, bytes=1).perplexity == math.inf


def test_bytes_are_those_of_the_text_without_its_first_token():
    """Not its characters: é has two bytes, and the sign for the euro three."""
    text = "éa€ é"
    letters = CharTokenizer.train(text)
    model = GPT(GPTConfig(vocab_size=4, context=4, width=8, layers=1, heads=1))
    found = measure(model, letters, text)
    assert (found.tokens, found.bytes, found.kept) == (4, 1 + 3 + 1 + 2, True)
    wanted = text_loss(model, torch.tensor(letters.encode(text)))
    assert (found.nats, found.tokens) == wanted


def test_a_tokenizer_that_loses_some_of_the_text_is_known():
    pytest.importorskip("spacy")
    vocabulary = {"<unk>": 0, "a</w>": 1, "b</w>": 2, "\n</w>": 3}
    model = GPT(GPTConfig(vocab_size=4, context=4, width=8, layers=1, heads=1))
    tokenizer = GPT1Tokenizer(vocabulary, [])
    assert measure(model, tokenizer, "a b a").kept
    found = measure(model, tokenizer, "A b a")
    assert not found.kept
    assert found.bytes == 4


@pytest.mark.parametrize(
    ("tokens", "stride", "told"),
    [
        (1, None, "the text has 1 tokens: expected two or more"),
        (9, 0, "stride must be 1 to the context, 8, got 0"),
        (9, 9, "stride must be 1 to the context, 8, got 9"),
    ],
)
def test_what_cannot_be_measured_is_said(model, tokens, stride, told):
    with pytest.raises(ValueError, match=told):
        text_loss(model, torch.zeros(tokens, dtype=torch.long), stride=stride)
