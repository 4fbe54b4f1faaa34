"""Drawing tokens and writing on past the end of the context."""

import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.generate import generate, next_token


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = GPTConfig(
        vocab_size=19, context=10, width=12, layers=2, heads=3, init_std=0.5
    )
    return GPT(config).eval()


def prompt(batch=2, time=3):
    return torch.arange(batch * time).view(batch, time) % 19


@pytest.mark.parametrize("time", [1, 3, 10, 14])
@pytest.mark.parametrize("temperature", [0, 1.0])
def test_cache_on_and_off_write_the_same_tokens(model, time, temperature):
    texts = [
        generate(
            model,
            prompt(time=time),
            25,
            temperature=temperature,
            generator=torch.Generator().manual_seed(1),
            cache=cache,
        )
        for cache in (True, False)
    ]
    assert torch.equal(*texts)
    assert texts[0].shape == (2, time + 25)


def test_the_prompt_is_kept(model):
    text = generate(model, prompt().to(torch.int16), 4)
    assert torch.equal(text[:, :3], prompt())


def test_greedy_takes_the_most_likely_token_each_time(model):
    ids = prompt(batch=1)
    for _ in range(5):
        ids = torch.cat([ids, model(ids)[:, -1].argmax(-1, keepdim=True)], 1)
    assert torch.equal(generate(model, prompt(batch=1), 5, temperature=0), ids)


def test_past_the_context_the_newest_half_is_read_again(model):
    text = generate(model, prompt(batch=1), 8, temperature=0)
    assert text.size(1) == 11  # the 11th token was the first that did not fit
    more = generate(model, prompt(batch=1), 9, temperature=0)
    expected = model(text[:, -5:])[:, -1].argmax(-1)
    assert more[:, -1] == expected


def test_each_text_of_a_batch_is_written_as_if_alone(model):
    together = generate(model, prompt(batch=3), 15, temperature=0)
    for i in range(3):
        alone = generate(model, prompt(batch=3)[i : i + 1], 15, temperature=0)
        assert torch.equal(together[i : i + 1], alone)


def test_draws_follow_the_softmax():
    logits = torch.tensor([[0.0, 1.0, 2.0, -1.0]])
    draws = 20_000
    generator = torch.Generator().manual_seed(0)
    for temperature in (0.5, 1.0, 2.0):
        tokens = next_token(
            logits.expand(draws, -1), temperature, top_k=0, generator=generator
        )
        expected = (logits[0] / temperature).softmax(0) * draws
        seen = torch.bincount(tokens.flatten(), minlength=4)
        chi_squared = ((seen - expected) ** 2 / expected).sum()
        assert chi_squared < 16.27  # 3 degrees of freedom, 1 in 1,000


def test_top_k_leaves_the_k_most_likely_and_their_proportions():
    logits = torch.tensor([[0.0, 1.0, 2.0, -1.0]]).expand(20_000, -1)
    generator = torch.Generator().manual_seed(0)
    tokens = next_token(logits, 1.0, top_k=2, generator=generator).flatten()
    assert set(tokens.tolist()) == {1, 2}
    share = (tokens == 2).float().mean()
    assert share.item() == pytest.approx(1 / (1 + math.exp(-1)), abs=0.01)


def test_a_top_k_beyond_the_vocabulary_draws_from_all():
    logits = torch.zeros(2_000, 3)
    assert set(next_token(logits, 1.0, top_k=50).flatten().tolist()) == {0, 1, 2}
