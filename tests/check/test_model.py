"""Right answers to the exercises of the chapter on the model, in other ways."""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from gpt1 import GPT, GPTConfig
from gpt1.check.model import Copied, small_model
from lib.verdicts import ALL, are_right, said


def first_loss_by_logarithms(config):
    variance = torch.tensor(config.width, dtype=torch.double) * config.init_std**2
    return variance.exp().sqrt().log() + torch.tensor(config.vocab_size).log()


def first_loss_by_deviation(config):
    deviation = math.sqrt(config.width) * config.init_std
    return round(math.log(config.vocab_size) + 0.5 * deviation**2, 3)


@torch.no_grad()
def chance_by_steps(model, ids):
    total = 0.0
    for length in range(1, ids.size(1)):
        probabilities = model(ids[:, :length])[0, -1].softmax(0)
        total += math.log(probabilities[ids[0, length]])
    return total


@torch.no_grad()
def chance_with_cache(model, ids):
    cache, total = model.new_cache(), torch.zeros((), dtype=torch.double)
    for token, following in zip(ids[0, :-1], ids[0, 1:], strict=True):
        row = model(token.view(1, 1), cache=cache)[0, 0].double()
        total += row[following] - row.logsumexp(0)
    return total


def chance_by_loss(model, ids):
    return -F.cross_entropy(model(ids)[0, :-1], ids[0, 1:], reduction="sum")


def loss_by_steps(model, ids, lengths):
    total = count = 0
    for text, length in zip(ids, lengths, strict=True):
        for end in range(1, length):
            total += F.cross_entropy(model(text[None, :end])[0, -1], text[end])
            count += 1
    return total / count


def loss_of_means(model, ids, lengths):
    total = 0.0
    for text, n in zip(ids, lengths, strict=True):
        total += (n - 1) * model.loss(text[None, : n - 1], text[None, 1:n]).item()
    return total / (sum(lengths) - len(lengths))


def loss_masked(model, ids, lengths):
    rows = model(ids)[:, :-1].double().log_softmax(-1)
    losses = -rows.gather(-1, ids[:, 1:, None])[..., 0]
    mask = torch.arange(1, ids.size(1)) < torch.tensor(lengths)[:, None]
    return ((losses * mask).sum() / mask.sum()).item()


def loss_in_place(model, ids, lengths):
    for text, length in zip(ids, lengths, strict=True):
        text[length:] = -100
    rows = model(ids.clamp(min=0))[:, :-1]
    return F.cross_entropy(rows.transpose(1, 2), ids[:, 1:])


def tied_on_a_copy(model, ids):
    other = copy.deepcopy(model)
    row = next(n for n in range(11) if n not in ids.tolist()[0])
    other.token_embedding.weight.data[row] = torch.randn(12)
    return bool((model(ids) != other(ids)).any())


@torch.no_grad()
def tied_by_one_number(model, ids):
    row = max(set(range(11)) - set(ids[0].tolist()))
    weight = model.token_embedding.weight
    before = model(ids)[..., row].clone()
    weight[row, 0] += 1
    moved = (model(ids)[..., row] - before).abs().max() > 1e-4
    weight[row, 0] -= 1
    return moved


def tied_by_zeros(model, ids):
    weight = model.token_embedding.weight
    row = int((torch.bincount(ids[0], minlength=len(weight)) == 0).nonzero()[0])
    old, before = weight.detach().clone(), model(ids).detach()
    weight.data[row] = 0.0
    after = model(ids).detach()
    weight.data.copy_(old)
    return not before.allclose(after)


def softmax_by_parts(model, ids, special):
    state = model.hidden(ids).double()
    parts = model.token_embedding.weight, special, model.position_embedding.weight
    scores = torch.cat([state @ part.T.double() for part in parts], -1)
    return scores - scores.logsumexp(-1, keepdim=True)


@torch.no_grad()
def softmax_by_steps(model, ids, special):
    rows = [*model.token_embedding.weight, *special, *model.position_embedding.weight]
    out = []
    for states in model.hidden(ids):
        scores = [[float(state @ row) for row in rows] for state in states]
        totals = [math.log(sum(map(math.exp, line))) for line in scores]
        pairs = zip(scores, totals, strict=True)
        out.append([[score - total for score in line] for line, total in pairs])
    return out


OTHER_WAYS = {
    "first-loss": [first_loss_by_logarithms, first_loss_by_deviation],
    "log-probability": [chance_by_steps, chance_with_cache, chance_by_loss],
    "padded-loss": [loss_by_steps, loss_of_means, loss_masked, loss_in_place],
    "is-tied": [tied_on_a_copy, tied_by_one_number, tied_by_zeros],
    "released-softmax": [softmax_by_parts, softmax_by_steps],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_new_tiny_model_starts_a_little_above_the_first_loss():
    config = GPTConfig.tiny()
    torch.manual_seed(0)
    model, ids = GPT(config).eval(), torch.randint(512, (16, 129))
    with torch.no_grad():
        found = model.loss(ids[:, :-1], ids[:, 1:]).item()
    more = found - ALL["first-loss"].right(config)
    assert 0.02 < more < 0.06  # the chapter says 0.04


def test_the_probability_is_minus_six_times_the_loss_of_seven_tokens():
    model, ids = small_model(context=7), torch.tensor([[1, 4, 2, 9, 1, 0, 3]])
    loss = model.loss(ids[:, :-1], ids[:, 1:]).item()
    found = ALL["log-probability"].right(model, ids)
    assert math.isclose(found, -6 * loss, rel_tol=1e-5)


def test_a_change_in_place_that_asks_for_gradients_is_shown_with_its_line():
    def answer(model, ids):
        model.token_embedding.weight[2] += 1

    told = said("is-tied", answer)
    assert "at `model.token_embedding.weight[2] += 1`" in told
    assert "leaf Variable that requires grad" in told


@pytest.mark.parametrize(("kind", "tied"), [(GPT, True), (Copied, False)])
def test_a_trained_copy_is_not_tied_and_a_trained_tie_is(kind, tied):
    ids, model = torch.tensor([[1, 2, 3, 4]]), small_model(kind=kind)
    F.cross_entropy(model(ids)[0, :-1], ids[0, 1:]).backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    assert ALL["is-tied"].right(model, ids) == tied
