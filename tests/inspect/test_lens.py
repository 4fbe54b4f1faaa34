"""`lens` reads every layer by the output matrix."""

import pytest
import torch

from gpt1 import GPTConfig
from gpt1.inspect import edited, lens, watched
from lib import numpy_gpt
from lib.weights import numpy_weights, our_model, random_ids

CONFIG = GPTConfig(vocab_size=17, context=11, width=12, layers=3, heads=3)
WEIGHTS = numpy_weights(CONFIG)
IDS = random_ids(CONFIG, batch=2, time=7)


@torch.no_grad()
def test_every_state_is_read_by_the_embedding_matrix():
    model = our_model(CONFIG, WEIGHTS)
    with watched(model, "blocks.0.input", "blocks.*.output") as run:
        logits = model(IDS)
    found = lens(model, run)
    states, _ = numpy_gpt.forward(WEIGHTS, IDS, CONFIG.heads)
    matrix = WEIGHTS["transformer.tokens_embed.weight"]
    assert found.shape == (4, 2, 7, 17)
    for ours, state in zip(found, states, strict=True):
        theirs = torch.from_numpy(state @ matrix.T)
        torch.testing.assert_close(ours.double(), theirs, rtol=0, atol=1e-5)
    torch.testing.assert_close(found[-1], logits)


@torch.no_grad()
def test_it_reads_an_edited_run():
    model = our_model(CONFIG, WEIGHTS)
    with edited(model, {"blocks.1.output": torch.zeros_like}), watched(model) as run:
        model(IDS)
    assert [layer.any().item() for layer in lens(model, run)] == [1, 1, 0, 1]


def test_a_run_without_the_states_is_refused():
    model = our_model(CONFIG, WEIGHTS)
    with watched(model, "logits") as run:
        model(IDS)
    with pytest.raises(KeyError, match=r"no 'blocks.0.input' in this run, only logits"):
        lens(model, run)
