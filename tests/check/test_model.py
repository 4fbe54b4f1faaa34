"""Exercises about the model: other ways to be right, and what wrong ones are told."""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPT, GPTConfig
from gpt1.check import judge
from gpt1.check.model import (
    FIRST_LOSS,
    IS_TIED,
    LOG_PROBABILITY,
    PADDED_LOSS,
    RELEASED_SOFTMAX,
    Copied,
    small_model,
)


def assert_right(exercise, answer):
    assert judge(exercise, answer) == f"right. Verified: {exercise.verified}."


# The first loss.


def by_logarithms(config):
    variance = torch.tensor(config.width, dtype=torch.double) * config.init_std**2
    return variance.exp().sqrt().log() + torch.tensor(config.vocab_size).log()


def by_deviation(config):
    deviation = math.sqrt(config.width) * config.init_std
    return round(math.log(config.vocab_size) + 0.5 * deviation**2, 3)


@pytest.mark.parametrize("answer", [by_logarithms, by_deviation])
def test_the_first_loss_may_be_found_in_other_ways(answer):
    assert_right(FIRST_LOSS, answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda c: -math.log(1 / c.vocab_size), "uniform guess"),
        (lambda c: math.log(c.vocab_size) + c.width * c.init_std**2, "halve"),
        (
            lambda c: math.log(c.vocab_size) + math.sqrt(c.width) * c.init_std / 2,
            "half their deviation",
        ),
        (lambda c: math.log(c.vocab_size) + 0.1536, "right for GPT-1 only"),
        (lambda c: math.log(c.vocab_size) + 384 * c.init_std**2, "it has width"),
        (lambda c: 10.7621, "always that of GPT-1"),
        (
            lambda c: math.log2(c.vocab_size * math.exp(c.width * c.init_std**2 / 2)),
            "in bits",
        ),
    ],
)
def test_the_first_loss_names_the_mistake(answer, told):
    assert told in judge(FIRST_LOSS, answer)


def test_the_first_loss_shows_an_unknown_mistake():
    said = judge(FIRST_LOSS, lambda config: math.log10(config.vocab_size))
    assert "For GPTConfig():\nexpected 10.76, got 4.607" in said


def test_a_new_tiny_model_starts_a_little_above_the_first_loss():
    config = GPTConfig.tiny()
    torch.manual_seed(0)
    model, ids = GPT(config).eval(), torch.randint(512, (16, 129))
    with torch.no_grad():
        found = model.loss(ids[:, :-1], ids[:, 1:]).item()
    assert 0.02 < found - FIRST_LOSS.right(config) < 0.06  # the chapter says 0.04


# The probability of a sentence.


@torch.no_grad()
def by_steps(model, ids):
    total = 0.0
    for length in range(1, ids.size(1)):
        probabilities = model(ids[:, :length])[0, -1].softmax(0)
        total += math.log(probabilities[ids[0, length]])
    return total


def with_a_cache(model, ids):
    cache, total = model.new_cache(), torch.zeros((), dtype=torch.double)
    with torch.no_grad():
        for token, following in zip(ids[0, :-1], ids[0, 1:], strict=True):
            row = model(token.view(1, 1), cache)[0, 0].double()
            total += row[following] - row.logsumexp(0)
    return total


def with_gradients(model, ids):
    return -F.cross_entropy(model(ids)[0, :-1], ids[0, 1:], reduction="sum")


@pytest.mark.parametrize("answer", [by_steps, with_a_cache, with_gradients])
def test_the_probability_may_be_found_in_other_ways(answer):
    assert_right(LOG_PROBABILITY, answer)


def log_probabilities(model, ids):
    with torch.no_grad():
        return torch.log(torch.softmax(model(ids)[0], dim=-1))


def unshifted(model, ids):
    rows = log_probabilities(model, ids)
    return sum(rows[i, ids[0, i]].item() for i in range(ids.size(1)))


def twice(model, ids):
    inputs, targets = ids[:, :-1], ids[:, 1:]
    rows = log_probabilities(model, inputs)[:-1]
    return sum(row[token] for row, token in zip(rows, targets[0, 1:], strict=True))


def averaged(model, ids):
    rows = log_probabilities(model, ids[:, :-1])
    return rows[range(len(rows)), ids[0, 1:]].mean()


def as_loss(model, ids):
    return model.loss(ids[:, :-1], ids[:, 1:])


def no_softmax(model, ids):
    rows = model(ids[:, :-1])[0]
    return rows[range(len(rows)), ids[0, 1:]].sum()


def one_more(model, ids):
    return -model.loss(ids[:, :-1], ids[:, 1:]) * len(ids[0])


def product(model, ids):
    rows = log_probabilities(model, ids[:, :-1]).exp()
    return rows[range(len(rows)), ids[0, 1:]].prod()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (unshifted, "nothing is shifted"),
        (twice, "shifted twice"),
        (averaged, "this is the mean"),
        (as_loss, "this is the loss"),
        (no_softmax, "these are logits"),
        (product, "this is the probability"),
        (one_more, "one fewer is predicted"),
    ],
)
def test_the_probability_names_the_mistake(answer, told):
    assert told in judge(LOG_PROBABILITY, answer)


def test_the_probability_shows_an_unknown_mistake():
    said = judge(LOG_PROBABILITY, lambda model, ids: by_steps(model, ids[:, -2:]))
    assert "For ids [[3, 7, 1]]:\nexpected " in said


def test_ids_of_a_wrong_shape_are_told_with_the_line_and_the_models_own_words():
    def answer(model, ids):
        rows = model(ids[0])
        return rows.sum()

    said = judge(LOG_PROBABILITY, answer)
    assert "stopped in answer, at `rows = model(ids[0])`" in said
    assert "ids must have shape (batch, time)" in said


def test_the_probability_is_minus_six_times_the_loss_of_seven_tokens():
    model, ids = small_model(context=7), torch.tensor([[1, 4, 2, 9, 1, 0, 3]])
    loss = model.loss(ids[:, :-1], ids[:, 1:]).item()
    assert math.isclose(LOG_PROBABILITY.right(model, ids), -6 * loss, rel_tol=1e-5)


# The loss of a padded batch.


def one_by_one(model, ids, lengths):
    total = count = 0
    for text, length in zip(ids, lengths, strict=True):
        for end in range(1, length):
            row = model(text[None, :end])[0, -1]
            total += F.cross_entropy(row, text[end])
            count += 1
    return total / count


def weighted_means(model, ids, lengths):
    total = 0.0
    for text, n in zip(ids, lengths, strict=True):
        total += (n - 1) * model.loss(text[None, : n - 1], text[None, 1:n]).item()
    return total / (sum(lengths) - len(lengths))


def masked(model, ids, lengths):
    rows = model(ids)[:, :-1].double().log_softmax(-1)
    losses = -rows.gather(-1, ids[:, 1:, None])[..., 0]
    mask = torch.zeros_like(losses)
    for n, length in enumerate(lengths):
        mask[n, : length - 1] = 1
    return ((losses * mask).sum() / mask.sum()).item()


def in_place(model, ids, lengths):
    for text, length in zip(ids, lengths, strict=True):
        text[length:] = -100
    rows = model(ids.clamp(min=0))[:, :-1]
    return F.cross_entropy(rows.transpose(1, 2), ids[:, 1:])


@pytest.mark.parametrize("answer", [one_by_one, weighted_means, masked, in_place])
def test_the_loss_may_be_found_in_other_ways(answer):
    assert_right(PADDED_LOSS, answer)


def targets_of(ids, lengths, off=0):
    targets = ids.clone()
    for text, length in zip(targets, lengths, strict=True):
        text[length + off :] = -100
    return targets


def not_shifted(model, ids, lengths):
    return model.loss(ids, targets_of(ids, lengths))


def shifted_twice(model, ids, lengths):
    inputs, targets = ids[:, :-1], targets_of(ids, lengths)[:, 1:]
    rows = model(inputs)[:, :-1].flatten(0, 1)
    return F.cross_entropy(rows, targets[:, 1:].flatten())


def everything(model, ids, lengths):
    return model.loss(ids[:, :-1], ids[:, 1:]).item()


def one_too_many(model, ids, lengths):
    return model.loss(ids[:, :-1], targets_of(ids, lengths, 1)[:, 1:])


def one_too_few(model, ids, lengths):
    total = count = 0
    for text, n in zip(ids, lengths, strict=True):
        losses = F.cross_entropy(model(text[None])[0, :-1], text[1:], reduction="none")
        total, count = total + losses[: n - 2].sum(), count + n - 2
    return total / count


def text_by_text(model, ids, lengths):
    found = [
        model.loss(text[None, : n - 1], text[None, 1:n]).item()
        for text, n in zip(ids, lengths, strict=True)
    ]
    return sum(found) / len(found)


def by_the_whole(model, ids, lengths):
    mask = (torch.arange(1, ids.size(1)) < torch.tensor(lengths)[:, None]).float()
    rows = model(ids[:, :-1]).transpose(1, 2)
    return (F.cross_entropy(rows, ids[:, 1:], reduction="none") * mask).mean()


def by_tokens(model, ids, lengths):
    found = 0.0
    for text, n in zip(ids, lengths, strict=True):
        found += model.loss(text[None, : n - 1], text[None, 1:n]).item() * (n - 1)
    return found / sum(lengths)


def weighed_by_tokens(model, ids, lengths):
    found = 0.0
    for text, n in zip(ids, lengths, strict=True):
        found += model.loss(text[None, : n - 1], text[None, 1:n]).item() * n
    return found / sum(lengths)


def by_id(model, ids, lengths):
    rows = model(ids[:, :-1]).transpose(1, 2)
    losses = F.cross_entropy(rows, ids[:, 1:], reduction="none")
    return losses[ids[:, 1:] != 0].mean()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (not_shifted, "not shifted"),
        (shifted_twice, "shifted twice"),
        (everything, "the padding is counted"),
        (one_too_many, "one padding token"),
        (one_too_few, "the last token of each text"),
        (text_by_text, "mean of means"),
        (by_the_whole, "divide by all positions"),
        (by_id, "by its id"),
        (by_tokens, "by the number of tokens"),
        (weighed_by_tokens, "it has n - 1 targets"),
    ],
)
def test_the_loss_names_the_mistake(answer, told):
    assert told in judge(PADDED_LOSS, answer)


def test_the_loss_shows_an_unknown_mistake():
    said = judge(PADDED_LOSS, lambda model, ids, lengths: float(sum(lengths)))
    assert "For ids [[3, 7, 1]], lengths [3]:\nexpected " in said
    assert said.endswith("got 3")


# Is it tied?


def on_a_copy_of_the_model(model, ids):
    other = copy.deepcopy(model)
    row = next(n for n in range(11) if n not in ids.tolist()[0])
    other.token_embedding.weight.data[row] = torch.randn(12)
    return bool((model(ids) != other(ids)).any())


def by_one_number(model, ids):
    row = max(set(range(11)) - set(ids[0].tolist()))
    with torch.no_grad():
        weight = model.token_embedding.weight
        before = model(ids)[..., row].clone()
        weight[row, 0] += 1
        moved = (model(ids)[..., row] - before).abs().max() > 1e-4
        weight[row, 0] -= 1
    return moved


def by_zeros(model, ids):
    weight = model.token_embedding.weight
    row = int((torch.bincount(ids[0], minlength=len(weight)) == 0).nonzero()[0])
    old = weight.detach().clone()
    before = model(ids).detach()
    weight.data[row] = 0.0
    after = model(ids).detach()
    weight.data.copy_(old)
    return not before.allclose(after)


def test_a_weight_that_is_left_without_gradients_is_told():
    def answer(model, ids):
        model.token_embedding.weight.requires_grad = False
        return by_one_number(model, ids)

    assert "left without requires_grad" in judge(IS_TIED, answer)


@pytest.mark.parametrize("answer", [on_a_copy_of_the_model, by_one_number, by_zeros])
def test_a_tie_may_be_found_in_other_ways(answer):
    assert_right(IS_TIED, answer)


def with_row(model, ids, row, put_back=True, add=lambda old: old * 3):
    with torch.no_grad():
        before = model(ids)
        weight = model.token_embedding.weight
        old = weight[row].clone()
        weight[row] = add(old)
        after = model(ids)
        if put_back:
            weight[row] = old
    return not torch.allclose(before, after, atol=1e-4)


def row_zero(model, ids):
    return with_row(model, ids, 0)


def free(ids):
    return min(set(range(11)) - set(ids[0].tolist()))


def not_put_back(model, ids):
    return with_row(model, ids, free(ids), put_back=False)


def a_copy_of_the_row(model, ids):
    with torch.no_grad():
        before = model(ids)
        row = model.token_embedding.weight[free(ids)].clone()
        row += 1
        return not torch.equal(before, model(ids))


def by_counting(model, ids):
    tables = [p for p in model.parameters() if p.shape == (11, 12)]
    return len(tables) == 1


def exchanged(model, ids):
    return not by_zeros(model, ids)


def plus_one(model, ids):
    return with_row(model, ids, free(ids), add=lambda old: old + 1)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (row_zero, "you call a copy tied"),
        (not_put_back, "put it back"),
        (a_copy_of_the_row, "always False"),
        (by_counting, "not by names or numbers of parameters"),
        (exchanged, "exchanged"),
        (plus_one, "its states have mean 0"),
    ],
)
def test_the_tie_names_the_mistake(answer, told):
    assert told in judge(IS_TIED, answer)


def test_the_tie_shows_an_unknown_mistake():
    said = judge(IS_TIED, lambda model, ids: by_zeros(model, ids) or 3 in ids)
    assert "For a model whose output is an equal copy:" in said
    assert "at 'the answer': expected False, got True" in said


def test_a_change_without_no_grad_is_told_with_its_line():
    def answer(model, ids):
        model.token_embedding.weight[2] += 1

    said = judge(IS_TIED, answer)
    assert "at `model.token_embedding.weight[2] += 1`" in said
    assert "leaf Variable that requires grad" in said


def test_a_trained_copy_is_not_tied_and_a_trained_tie_is():
    ids = torch.tensor([[1, 2, 3, 4]])
    for kind, tied in ((GPT, True), (Copied, False)):
        model = small_model(kind=kind)
        F.cross_entropy(model(ids)[0, :-1], ids[0, 1:]).backward()
        torch.optim.SGD(model.parameters(), lr=0.1).step()
        assert IS_TIED.right(model, ids) == tied


# The softmax of the released code.


def by_parts(model, ids, special):
    state = model.hidden(ids).double()
    parts = model.token_embedding.weight, special, model.position_embedding.weight
    scores = torch.cat([state @ part.T.double() for part in parts], -1)
    return scores - scores.logsumexp(-1, keepdim=True)


@torch.no_grad()
def position_by_position(model, ids, special):
    rows = [*model.token_embedding.weight, *special, *model.position_embedding.weight]
    out = []
    for states in model.hidden(ids):
        scores = [[float(state @ row) for row in rows] for state in states]
        totals = [math.log(sum(map(math.exp, line))) for line in scores]
        pairs = zip(scores, totals, strict=True)
        out.append([[score - total for score in line] for line, total in pairs])
    return out


def not_contiguous(model, ids, special):
    return by_parts(model, ids, special).transpose(0, 2).contiguous().transpose(0, 2)


@pytest.mark.parametrize("answer", [by_parts, position_by_position, not_contiguous])
def test_the_softmax_may_be_written_in_other_ways(answer):
    assert_right(RELEASED_SOFTMAX, answer)


def softmax_over(model, ids, rows, dim=-1):
    return torch.log_softmax(model.hidden(ids) @ torch.vstack(rows).T, dim=dim)


def as_embedded(model, ids, special):
    places = model.position_embedding.weight
    return softmax_over(model, ids, [model.token_embedding.weight, places, special])


def places_in_use(model, ids, special):
    places = model.position_embedding.weight[: ids.shape[1]]
    return softmax_over(model, ids, [model.token_embedding.weight, special, places])


def probabilities(model, ids, special):
    return by_parts(model, ids, special).exp()


def over_positions(model, ids, special):
    rows = [model.token_embedding.weight, special, model.position_embedding.weight]
    return softmax_over(model, ids, rows, 1)


def tokens_alone(model, ids, special):
    return F.log_softmax(model(ids), dim=-1)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (as_embedded, "in another order"),
        (places_in_use, "only over as many positions as there are ids"),
        (probabilities, "these are probabilities"),
        (over_positions, "runs over the positions of the text"),
        (tokens_alone, "this is the plain model"),
    ],
)
def test_the_softmax_names_the_mistake(answer, told):
    assert told in judge(RELEASED_SOFTMAX, answer)


def test_the_softmax_shows_an_unknown_mistake_shapes_first():
    said = judge(RELEASED_SOFTMAX, lambda model, ids, special: special)
    assert "the shape is not right: expected (1, 1, 12), got (3, 12)" in said
