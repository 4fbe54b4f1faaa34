"""Drawing tokens, and writing several texts on past the end of the context."""

import math

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.generate.sampling import candidates, generate, next_token, stream

VOCAB, CONTEXT = 19, 10
LOGITS = torch.tensor([[0.0, 1.0, 2.0, -1.0, 0.5]])
DRAWS = 20_000
CHI_SQUARED = {1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47}
"""By degrees of freedom, what one in 1,000 right samples goes beyond."""

UNEQUAL = [[1, 2, 3], [4], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1], [3] * 10]
"""Prompts below, at and beyond the context."""

WAYS = [
    {"temperature": 0},
    {"temperature": 1.0, "top_k": 0},
    {"temperature": 0.7, "top_k": 5},
    {"temperature": 1.5, "top_k": 0, "top_p": 0.8},
    {"temperature": 1.0, "top_k": 8, "top_p": 0.6},
]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    sizes = {"width": 12, "layers": 2, "heads": 3, "init_std": 0.5}
    return GPT(GPTConfig(vocab_size=VOCAB, context=CONTEXT, **sizes)).eval()


def prompt(batch=2, time=3):
    return torch.arange(batch * time).view(batch, time) % VOCAB


def seeds(*numbers):
    return [torch.Generator().manual_seed(number) for number in numbers]


def chi_squared(expected, **options):
    """How far the frequencies of many draws are from the expected chances.

    Nothing may be drawn that has no chance.
    """
    generator = torch.Generator().manual_seed(0)
    tokens = next_token(LOGITS.expand(DRAWS, -1), generator=generator, **options)
    assert tokens.shape == (DRAWS, 1)
    seen = torch.bincount(tokens.flatten(), minlength=LOGITS.size(-1))
    possible = expected > 0
    assert not seen[~possible].any(), f"drawn {seen.tolist()}"
    want = expected[possible] * DRAWS
    return ((seen[possible] - want) ** 2 / want).sum().item()


def kept(*tokens, temperature=1.0):
    """The softmax over some tokens alone."""
    chances = torch.zeros(LOGITS.size(-1))
    chances[list(tokens)] = (LOGITS[0, list(tokens)] / temperature).softmax(0)
    return chances


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_softmax(temperature):
    expected = kept(0, 1, 2, 3, 4, temperature=temperature)
    off = chi_squared(expected, temperature=temperature, top_k=0)
    assert off < CHI_SQUARED[4]


@pytest.mark.parametrize("temperature", [0.7, 1.5])
def test_top_k_leaves_the_k_likeliest_and_their_proportions(temperature):
    expected = kept(2, 1, 4, temperature=temperature)
    off = chi_squared(expected, temperature=temperature, top_k=3)
    assert off < CHI_SQUARED[2]


@pytest.mark.parametrize(
    ("top_p", "tokens"),  # the chances are 0.57, 0.21, 0.13, 0.08 and 0.03
    [(0.5, [2]), (0.6, [2, 1]), (0.78, [2, 1, 4]), (0.95, [2, 1, 4, 0])],
)
def test_top_p_leaves_the_fewest_whose_chances_reach_p(top_p, tokens):
    off = chi_squared(kept(*tokens), temperature=1.0, top_k=0, top_p=top_p)
    assert off < CHI_SQUARED.get(len(tokens) - 1, 1e-9)


def test_top_p_counts_what_temperature_and_top_k_have_left():
    """At temperature 2, two of the three likeliest have 0.65, of all three are needed;
    at temperature 1, one of three would do."""
    options = {"temperature": 2.0, "top_k": 3, "top_p": 0.65}
    assert chi_squared(kept(2, 1, temperature=2), **options) < CHI_SQUARED[1]
    for temperature, top_k, count in ((2.0, 3, 2), (2.0, 0, 3), (1.0, 3, 1)):
        chances, _ = candidates(LOGITS, temperature, top_k, 0.62)
        assert int((chances > 0).sum()) == count


def test_a_chance_that_reaches_p_exactly_needs_no_further_token():
    logits = torch.tensor([[0.5, 0.25, 0.125, 0.125]]).log()
    for top_p, count in ((0.5, 1), (0.51, 2), (0.75, 2), (0.76, 3)):
        chances, _ = candidates(logits, 1.0, 0, top_p)
        assert int((chances > 0).sum()) == count


def test_the_likeliest_token_always_stays():
    options = {"temperature": 1.0, "top_k": 0, "top_p": 1e-9}
    assert chi_squared(kept(2), **options) == 0


def test_candidates_are_ordered_and_their_chances_sum_to_one():
    logits = torch.randn(7, 50, generator=torch.Generator().manual_seed(0))
    chances, tokens = candidates(logits, 0.9, 20, 0.9)
    assert chances.shape == tokens.shape == (7, 20)
    assert (chances.diff(dim=-1) <= 0).all()
    assert torch.allclose(chances.sum(-1), torch.ones(7))
    assert (logits.gather(-1, tokens).diff(dim=-1) <= 0).all()


@pytest.mark.parametrize(("top_k", "drawn"), [(50, 3), (2, 2)])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
def test_of_equal_logits_top_k_keeps_k_and_no_more_than_there_are(kind, top_k, drawn):
    """In half precision they often are."""
    tokens = next_token(torch.zeros(2_000, 3, dtype=kind), 1.0, top_k=top_k)
    assert len(set(tokens.flatten().tolist())) == drawn


def test_no_temperature_is_too_low_or_too_high_for_the_arithmetic():
    logits = torch.tensor([[-3e4, 7e4, 6.9e4]])
    assert next_token(logits, 1e-6, top_k=0).item() == 1
    drawn = next_token(logits.expand(2_000, -1), 1e30, top_k=0)
    assert set(drawn.flatten().tolist()) == {0, 1, 2}


def test_chances_are_exact_in_half_precision_too():
    """Their sums are not computed in the logits' own precision."""
    logits = torch.randn(9, 60, generator=torch.Generator().manual_seed(0))
    logits = logits.bfloat16()
    exact = candidates(logits.double(), 0.7, 50, 0.9)
    assert all(map(torch.equal, candidates(logits, 0.7, 50, 0.9), exact))


def test_temperature_zero_needs_no_luck():
    logits = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    before = torch.random.get_rng_state()
    assert torch.equal(next_token(logits, 0), logits.argmax(-1, keepdim=True))
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("way", WAYS[1:])
def test_chances_are_hugging_faces(way):
    """Their processors in the order of their `generate`, on logits without ties."""
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    logits = torch.randn(40, 60, generator=torch.Generator().manual_seed(0))
    theirs = TemperatureLogitsWarper(way["temperature"])(None, logits)
    if way["top_k"]:
        theirs = TopKLogitsWarper(way["top_k"])(None, theirs)
    if "top_p" in way:
        theirs = TopPLogitsWarper(way["top_p"])(None, theirs)
    chances, tokens = candidates(logits, **way)
    ours = torch.zeros_like(logits).scatter(-1, tokens, chances)
    assert torch.allclose(ours, theirs.softmax(-1), atol=1e-6)


@pytest.mark.parametrize("cache", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_each_text_of_a_batch_is_written_as_if_alone(model, way, cache):
    """Alone and the other way about: with a cache together, without one alone."""
    dice = seeds(5, 6, 7, 8)
    together = generate(model, UNEQUAL, 25, generator=dice, cache=cache, **way)
    alone = [
        generate(model, [one], 25, generator=seeds(seed), cache=not cache, **way)[0]
        for one, seed in zip(UNEQUAL, (5, 6, 7, 8), strict=True)
    ]
    assert together == alone


def test_each_text_stops_at_its_own_stop_token_and_the_others_go_on(model):
    whole = generate(model, UNEQUAL, 25, generator=seeds(1, 2, 3, 4))
    cut = generate(model, UNEQUAL, 25, generator=seeds(1, 2, 3, 4), stop={3, 4})
    for one, long, short in zip(UNEQUAL, whole, cut, strict=True):
        written = long[len(one) :]
        ends = [i for i, token in enumerate(written, 1) if token in {3, 4}]
        assert short == one + written[: ends[0] if ends else 25]
    assert len({len(text) for text in cut}) > 2


def test_a_stop_token_in_the_prompt_does_not_stop(model):
    [text] = generate(model, [[3, 3, 3]], 6, temperature=0, stop={3})
    assert len(text) > 3


def test_the_longest_prompt_may_be_the_only_text_that_still_writes(model):
    """The short ones stop at once, the long one has not even been read."""
    greedy = generate(model, [[1], [2, 4, 6, 8, 10]], 5, temperature=0)
    stop = {greedy[0][1]}
    cut = generate(model, [[1], [2, 4, 6, 8, 10]], 5, temperature=0, stop=stop)
    assert len(cut[0]) == 2
    assert cut[1] == greedy[1][: len(cut[1])]
    assert len(cut[1]) > 5


def test_the_prompts_are_kept_and_the_lists_that_were_given_not_changed(model):
    texts = generate(model, prompt().to(torch.int16), 4)
    assert [text[:3] for text in texts] == prompt().tolist()
    mine = [list(one) for one in UNEQUAL]
    texts = generate(model, mine, 4)
    assert [t[: len(p)] for t, p in zip(texts, UNEQUAL, strict=True)] == UNEQUAL
    assert mine == UNEQUAL == generate(model, UNEQUAL, 0)


@pytest.mark.slow
def test_past_the_context_the_newest_half_is_read_again(model):
    """The rule by hand, without a cache, for several starts."""
    for first in range(VOCAB):
        text = seen = [first, 3]
        for _ in range(35):
            if len(seen) > CONTEXT:
                seen = seen[-CONTEXT // 2 :]
            token = model(torch.tensor([seen]))[0, -1].argmax().item()
            text, seen = [*text, token], [*seen, token]
        assert generate(model, [[first, 3]], 35, temperature=0) == [text]


def test_of_a_prompt_beyond_the_context_the_newest_half_is_read(model):
    long = UNEQUAL[2]
    whole = generate(model, [long], 4, temperature=0)[0]
    half = generate(model, [long[-5:]], 4, temperature=0)[0]
    assert whole == long + half[5:]


def test_a_context_of_one_token_can_be_written_past():
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=7, context=1, width=8, layers=1, heads=2)).eval()
    options = {"prompts": [[3], [1]], "new_tokens": 6, "temperature": 0}
    texts = generate(model, **options)
    assert texts == generate(model, **options, cache=False)
    assert [len(text) for text in texts] == [7, 7]


def test_a_token_is_handed_over_before_the_next_one_is_computed(model):
    passes = []
    with model.blocks[0].register_forward_hook(lambda *_: passes.append(1)):
        tokens = stream(model, [[1, 2]], 5)
        for done in range(1, 6):
            next(tokens)
            assert len(passes) == done
        assert list(tokens) == []
        assert len(passes) == 5


@pytest.mark.parametrize(
    ("cache", "lengths"),
    [(True, [3, 1, 1, 1, 1, 1, 1, 1, 5, 1]), (False, [3, 4, 5, 6, 7, 8, 9, 10, 5, 6])],
)
def test_the_cache_saves_reading_again(model, cache, lengths):
    read = []
    with model.blocks[0].register_forward_hook(
        lambda _part, given, _made: read.append(given[0].size(1))
    ):
        generate(model, [[1, 2, 3]], 10, cache=cache)
    assert read == lengths


def test_whole_texts_have_the_chances_that_the_model_gives_them(model):
    """Pairs of tokens, drawn together with a longer prompt, against the product of
    two softmaxes: a chi-squared test on all that may come."""
    draws = 3_000
    options = {"temperature": 1.0, "top_k": 3}
    options["generator"] = torch.Generator().manual_seed(0)
    texts = generate(model, [[2, 7, 1]] * draws + [[5] * 4], 2, **options)
    logits = model(torch.tensor([[2, 7, 1]]))[0, -1].topk(3)
    seen = torch.zeros(VOCAB, VOCAB)
    for text in texts[:-1]:
        seen[text[3], text[4]] += 1
    off, cells = 0.0, 0
    for first, token in zip(logits.values.softmax(0), logits.indices, strict=True):
        after = model(torch.tensor([[2, 7, 1, token]]))[0, -1].topk(3)
        want = draws * first * after.values.softmax(0)
        got = seen[token, after.indices]
        off, cells = off + ((got - want) ** 2 / want).sum().item(), cells + got.sum()
    assert cells == draws
    assert off < 26.12  # 8 degrees of freedom, one in 1,000


def test_half_precision_writes_too(model):
    with torch.autocast("cpu", torch.bfloat16):
        texts = generate(model, UNEQUAL, 15, temperature=0)
    assert [len(t) - len(p) for t, p in zip(texts, UNEQUAL, strict=True)] == 4 * [15]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": -0.5}, "temperature must be 0.* got -0.5"),
        ({"temperature": math.nan}, "temperature .* got nan"),
        ({"temperature": math.inf}, "temperature .* got inf"),
        ({"temperature": 1e-9}, "at least 1e-06, got 1e-09"),
        ({"top_k": -1}, "top_k must be .* got -1"),
        ({"top_k": 2.5}, "top_k must be .* got 2.5"),
        ({"top_p": 0}, "top_p must be .* got 0"),
        ({"top_p": 1.1}, "top_p must be .* got 1.1"),
        ({"top_p": math.nan}, "top_p must be .* got nan"),
        ({"new_tokens": -1}, "new_tokens must be .* got -1"),
        ({"prompts": []}, "at least one"),
        ({"prompts": [[1], []]}, r"one id or more, got \[\]"),
        ({"prompts": [1, 2]}, "lists of token ids"),
        ({"prompts": [[1.5]]}, "lists of token ids"),
        ({"prompts": torch.zeros(2, 0, dtype=torch.long)}, "one id or more"),
        ({"prompts": [[VOCAB]]}, "ids must be 0 to 18, got 19"),
    ],
)
def test_what_cannot_be_written_is_refused(model, change, message):
    options = {"prompts": [[1]], "new_tokens": 3, **change}
    with pytest.raises(ValueError, match=message):
        generate(model, **options)
