"""What a learner is told about the exercises of the chapter on the model.

The answers here are typed as learners would type them, without the gallery: those that
are right, and those that are wrong in ways that `check/test_mutants.py` does not make.
"""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPT, GPTConfig
from gpt1.check.model import Copied, small_model
from lib.verdicts import ALL, right, said

# --- the first loss -------------------------------------------------------------------


def by_logarithms(config):
    variance = torch.tensor(config.width, dtype=torch.double) * config.init_std**2
    return variance.exp().sqrt().log() + torch.tensor(config.vocab_size).log()


def by_deviation(config):
    deviation = math.sqrt(config.width) * config.init_std
    return round(math.log(config.vocab_size) + 0.5 * deviation**2, 3)


@pytest.mark.parametrize("answer", [by_logarithms, by_deviation])
def test_the_first_loss_another_way(answer):
    assert right("first-loss", answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda config: math.log(config.vocab_size) + 0.1536, "right for GPT-1 only"),
        (lambda config: 10.7621, "always that of GPT-1"),
        (
            lambda c: math.log2(c.vocab_size * math.exp(c.width * c.init_std**2 / 2)),
            "in bits",
        ),
        (
            lambda config: math.log10(config.vocab_size),
            "For GPTConfig():\nexpected 10.76, got 4.607",
        ),
    ],
)
def test_the_first_loss_gone_wrong(answer, told):
    assert told in said("first-loss", answer)


def test_a_new_tiny_model_starts_a_little_above_the_first_loss():
    config = GPTConfig.tiny()
    torch.manual_seed(0)
    model, ids = GPT(config).eval(), torch.randint(512, (16, 129))
    with torch.no_grad():
        found = model.loss(ids[:, :-1], ids[:, 1:]).item()
    more = found - ALL["first-loss"].right(config)
    assert 0.02 < more < 0.06  # the chapter says 0.04


# --- the probability of a sentence ----------------------------------------------------


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
            row = model(token.view(1, 1), cache=cache)[0, 0].double()
            total += row[following] - row.logsumexp(0)
    return total


def with_gradients(model, ids):
    return -F.cross_entropy(model(ids)[0, :-1], ids[0, 1:], reduction="sum")


@pytest.mark.parametrize("answer", [by_steps, with_a_cache, with_gradients])
def test_the_probability_another_way(answer):
    assert right("log-probability", answer)


def one_text(model, ids):
    rows = model(ids[0])
    return rows.sum()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda model, ids: model.loss(ids[:, :-1], ids[:, 1:]), "this is the loss"),
        (
            lambda model, ids: -model.loss(ids[:, :-1], ids[:, 1:]) * len(ids[0]),
            "one fewer is predicted",
        ),
        (
            lambda model, ids: by_steps(model, ids[:, -2:]),
            "For ids [[3, 7, 1]]:\nexpected ",
        ),
        (one_text, "stopped in one_text, at `rows = model(ids[0])`"),
        (one_text, "ids must have shape (batch, time)"),
    ],
)
def test_the_probability_gone_wrong(answer, told):
    assert told in said("log-probability", answer)


def test_the_probability_is_minus_six_times_the_loss_of_seven_tokens():
    model, ids = small_model(context=7), torch.tensor([[1, 4, 2, 9, 1, 0, 3]])
    loss = model.loss(ids[:, :-1], ids[:, 1:]).item()
    found = ALL["log-probability"].right(model, ids)
    assert math.isclose(found, -6 * loss, rel_tol=1e-5)


# --- the loss of a padded batch -------------------------------------------------------


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
def test_the_loss_another_way(answer):
    assert right("padded-loss", answer)


def one_too_few(model, ids, lengths):
    total = count = 0
    for text, n in zip(ids, lengths, strict=True):
        losses = F.cross_entropy(model(text[None])[0, :-1], text[1:], reduction="none")
        total, count = total + losses[: n - 2].sum(), count + n - 2
    return total / count


def by_the_whole(model, ids, lengths):
    mask = (torch.arange(1, ids.size(1)) < torch.tensor(lengths)[:, None]).float()
    rows = model(ids[:, :-1]).transpose(1, 2)
    return (F.cross_entropy(rows, ids[:, 1:], reduction="none") * mask).mean()


def by_id(model, ids, lengths):
    rows = model(ids[:, :-1]).transpose(1, 2)
    losses = F.cross_entropy(rows, ids[:, 1:], reduction="none")
    return losses[ids[:, 1:] != 0].mean()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (one_too_few, "the last token of each text"),
        (by_the_whole, "divide by all positions"),
        (by_id, "by its id"),
        (
            lambda model, ids, lengths: float(sum(lengths)),
            "For ids [[3, 7, 1]], lengths [3]:\nexpected ",
        ),
    ],
)
def test_the_loss_gone_wrong(answer, told):
    assert told in said("padded-loss", answer)


# --- is it tied? ----------------------------------------------------------------------


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


@pytest.mark.parametrize("answer", [on_a_copy_of_the_model, by_one_number, by_zeros])
def test_a_tie_another_way(answer):
    assert right("is-tied", answer)


def without_gradients(model, ids):
    model.token_embedding.weight.requires_grad = False
    return by_one_number(model, ids)


def a_copy_of_the_row(model, ids):
    with torch.no_grad():
        before = model(ids)
        row = model.token_embedding.weight[7].clone()
        row += 1
        return not torch.equal(before, model(ids))


def by_counting(model, ids):
    tables = [p for p in model.parameters() if p.shape == (11, 12)]
    return len(tables) == 1


def with_gradients_on(model, ids):
    model.token_embedding.weight[2] += 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (without_gradients, "left without requires_grad"),
        (a_copy_of_the_row, "always False"),
        (by_counting, "not by names or numbers of parameters"),
        (
            lambda model, ids: by_zeros(model, ids) or 3 in ids,
            "output is an equal copy:\nat 'the answer': expected False, got True",
        ),
        (with_gradients_on, "at `model.token_embedding.weight[2] += 1`"),
        (with_gradients_on, "leaf Variable that requires grad"),
    ],
)
def test_a_tie_gone_wrong(answer, told):
    assert told in said("is-tied", answer)


@pytest.mark.parametrize(("kind", "tied"), [(GPT, True), (Copied, False)])
def test_a_trained_copy_is_not_tied_and_a_trained_tie_is(kind, tied):
    ids, model = torch.tensor([[1, 2, 3, 4]]), small_model(kind=kind)
    F.cross_entropy(model(ids)[0, :-1], ids[0, 1:]).backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    assert ALL["is-tied"].right(model, ids) == tied


# --- the softmax of the released code -------------------------------------------------


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
def test_the_softmax_another_way(answer):
    assert right("released-softmax", answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda model, ids, _: F.log_softmax(model(ids), -1), "this is the plain"),
        (
            lambda model, ids, special: special,
            "the shape is not right: expected (1, 1, 12), got (3, 12)",
        ),
    ],
)
def test_the_softmax_gone_wrong(answer, told):
    assert told in said("released-softmax", answer)
