"""The model in seven tests that anyone can read: python tests/test_model.py

They run under pytest as well. What holds the model to the last digit, and shows that
each test can fail, is in `tests/model`.
"""

import math
import sys
import traceback

import torch

from gpt1 import GPT, GPTConfig
from gpt1.generate import generate
from gpt1.train import train_step

SIZES = {"vocab_size": 61, "context": 16, "width": 24, "layers": 3, "heads": 4}


def small_model(dropout=0.0):
    torch.manual_seed(0)
    return GPT(GPTConfig(**SIZES, dropout=dropout))


def some_ids(batch, time, seed=1):
    dice = torch.Generator().manual_seed(seed)
    return torch.randint(SIZES["vocab_size"], (batch, time), generator=dice)


def test_each_token_gets_a_score_for_every_token_that_may_follow():
    logits = small_model()(some_ids(2, 11))
    assert logits.shape == (2, 11, 61)


def test_gpt1_has_as_many_parameters_as_published():
    with torch.device("meta"):  # shapes without numbers
        model = GPT(GPTConfig())
    assert sum(tensor.numel() for tensor in model.parameters()) == 116_534_784


def test_a_token_changes_nothing_before_it():
    model, ids = small_model().eval(), some_ids(2, 11)
    changed = ids.clone()
    changed[:, 6] = (ids[:, 6] + 1) % 61
    before, after = model(ids), model(changed)
    torch.testing.assert_close(after[:, :6], before[:, :6])
    assert (after[:, 6:] - before[:, 6:]).abs().amax(-1).gt(1e-6).all()


def test_a_new_model_knows_nothing():
    ids = some_ids(8, 17)
    loss = small_model().loss(ids[:, :-1], ids[:, 1:]).item()
    assert abs(loss - math.log(61)) < 0.1


def test_the_model_is_its_equations_written_out():
    model, ids = small_model().eval(), some_ids(2, 11)
    for tensor in model.parameters():  # large enough that a slip shows
        torch.nn.init.normal_(tensor, std=0.3)
    torch.testing.assert_close(
        model(ids), written_out(model, ids), rtol=1e-4, atol=1e-4
    )


def test_an_update_lowers_the_loss():
    model, ids = small_model(dropout=0.1), some_ids(8, 17)
    batch = ids[:, :-1], ids[:, 1:]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    losses = [train_step(model.loss, batch, optimizer)[0] for _ in range(20)]
    assert losses[-1] < losses[0] - 1


def test_greedy_writing_takes_the_likeliest_token():
    model, text = small_model().eval(), [1, 2, 3]
    [written] = generate(model, [text], 6, temperature=0)
    for token in written[-6:]:
        assert token == model(torch.tensor([text]))[0, -1].argmax()
        text = [*text, token]


def written_out(model, ids):
    """The logits of GPT-1, with nothing but sums, products and a loop over heads."""
    where = torch.arange(ids.shape[1])
    states = model.token_embedding.weight[ids] + model.position_embedding.weight[where]
    future = where[None, :] > where[:, None]
    for block in model.blocks:
        layer = block.attention
        parts = linear(states, layer.query_key_value).chunk(3, dim=-1)
        heads = []
        for query, key, value in zip(*(p.chunk(4, dim=-1) for p in parts), strict=True):
            scores = query @ key.mT / math.sqrt(key.shape[-1])
            heads.append(scores.masked_fill(future, -math.inf).softmax(-1) @ value)
        mixed = linear(torch.cat(heads, dim=-1), layer.projection)
        states = normed(states + mixed, block.attention_norm)
        layer = block.feed_forward
        fed = linear(gelu(linear(states, layer.expand)), layer.contract)
        states = normed(states + fed, block.feed_forward_norm)
    return states @ model.token_embedding.weight.T


def linear(states, layer):
    return states @ layer.weight.T + layer.bias


def gelu(states):
    cubed = states + 0.044715 * states**3
    return 0.5 * states * (1 + torch.tanh(math.sqrt(2 / math.pi) * cubed))


def normed(states, layer):
    centred = states - states.mean(-1, keepdim=True)
    deviation = (centred.square().mean(-1, keepdim=True) + layer.eps).sqrt()
    return centred / deviation * layer.weight + layer.bias


def run_all():
    """Run the tests without pytest, and return how many failed."""
    failed = 0
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            try:
                test()
                print(f"{name} OK")
            except Exception:
                failed += 1
                print(f"{name} FAILED")
                traceback.print_exc()
    return failed


if __name__ == "__main__":
    sys.exit(1 if run_all() else 0)
