"""Exercises about the model."""

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.check.exercise import Exercise, Mistake
from gpt1.check.losses import FIRST_LOSS, LOG_PROBABILITY, PADDED_LOSS, small_model
from gpt1.model import GPT

# Is it tied?


class Copied(GPT):
    """Its output is a matrix of its own, equal to the embedding at first."""

    def __init__(self, config):
        super().__init__(config)
        copy = self.token_embedding.weight.detach().clone()
        self.output = nn.Parameter(copy)

    def logits(self, hidden):
        return hidden @ self.output.T


class Spare(Copied):
    """It has a second matrix and does not use it."""

    logits = GPT.logits


def notices(model, ids, row, change, same=torch.equal):
    """Whether logits move when a row of the embedding is changed and put back."""
    weight = model.token_embedding.weight
    with torch.no_grad():
        before, kept = model(ids), weight[row].clone()
        weight[row] = change(kept)
        after = model(ids)
        weight[row] = kept
    return not same(before, after)


def absent(ids):
    return next(n for n in range(ids.numel() + 1) if n not in ids)


def is_tied(model, ids):
    return notices(model, ids, absent(ids), lambda row: -row)


def left_changed(model, ids):
    answer = is_tied(model, ids)
    with torch.no_grad():
        model.token_embedding.weight[absent(ids)] += 1
    return answer


def without_gradients(model, ids):
    model.token_embedding.weight.requires_grad_(False)
    return is_tied(model, ids)


def nearly(one, other):
    return torch.allclose(one, other, atol=1e-3)


def answer_and_trace(answer, model, ids):
    before = [parameter.detach().clone() for parameter in model.parameters()]
    says = answer(model, ids)
    after = model.parameters()
    kept = all(
        torch.allclose(b, a, atol=1e-6) for b, a in zip(before, after, strict=True)
    )
    learns = all(parameter.requires_grad for parameter in model.parameters())
    return {"the answer": says, "the model is as it was": kept, "it learns": learns}


def models():
    """Cases of `is_tied`; token 0 and the last one are read wherever a copy is."""
    first, second, third = (
        torch.tensor([text])
        for text in ((3, 0, 10, 1), (2, 0, 5, 10), (10, 4, 6, 0, 7))
    )
    copy = small_model(kind=Copied)
    with torch.no_grad():
        copy.output.copy_(copy.token_embedding.weight)
    other, spare = small_model(kind=Copied), small_model(kind=Spare)
    new, new_copy = (small_model(kind=kind, scrambled=False) for kind in (GPT, Copied))
    return [
        ("a tied model:", (small_model(), first)),
        ("a model whose output is an equal copy:", (copy, first)),
        ("a model with another matrix at the output:", (other, second)),
        ("a tied model with a second matrix, unused:", (spare, third)),
        ("a new tied model:", (new, second)),
        ("a new model whose output is a copy:", (new_copy, third)),
    ]


IS_TIED = Exercise(
    name="is-tied",
    verified="six models, tied, copied and new, told apart and left as they were",
    cases=models,
    right=is_tied,
    observe=answer_and_trace,
    mistakes=(
        Mistake(
            "you call a copy tied: the row that you change must belong to a token "
            "that ids does not contain, or the input end notices",
            lambda model, ids: True,
        ),
        Mistake(
            "your answer is always False: either you changed a copy of the row, or you "
            "do not look at the logit of the token whose row you changed",
            lambda model, ids: False,
        ),
        Mistake(
            "True and False are exchanged: a tied model's logits move",
            lambda model, ids: not is_tied(model, ids),
        ),
        Mistake(
            "the answers are right, but the row is left changed: put it back",
            left_changed,
        ),
        Mistake(
            "the answers are right, but the weight is left without requires_grad, and "
            "cannot be trained; change it under torch.no_grad() instead",
            without_gradients,
        ),
        Mistake(
            "one of the models has a second matrix and does not use it: judge by what "
            "the logits do, not by names or numbers of parameters",
            lambda model, ids: not hasattr(model, "output"),
        ),
        Mistake(
            "equal numbers are no tie: a copy has them too, until it is trained",
            lambda model, ids: (
                not hasattr(model, "output")
                or torch.equal(model.output, model.token_embedding.weight)
            ),
        ),
        Mistake(
            "a new tied model escapes you: its states have mean 0, so adding one "
            "number to the whole row moves no logit; change the row unevenly",
            lambda model, ids: notices(
                model, ids, absent(ids), lambda row: row + 1, nearly
            ),
        ),
    ),
)


# The softmax of the released code.


def all_rows(model, special, order="wsp", places=None):
    parts = {
        "w": model.token_embedding.weight,
        "s": special,
        "p": model.position_embedding.weight[:places],
    }
    return [parts[name] for name in order]


def released(end=lambda scores: scores.log_softmax(-1), order="wsp", cut=False):
    @torch.no_grad()
    def answer(model, ids, special):
        places = ids.size(1) if cut else None
        matrix = torch.cat(all_rows(model, special, order, places))
        return end(F.linear(model.hidden(ids), matrix))

    return answer


@torch.no_grad()
def part_by_part(model, ids, special):
    state = model.hidden(ids)
    parts = all_rows(model, special)
    return torch.cat([F.linear(state, part).log_softmax(-1) for part in parts], -1)


def released_cases():
    dice = torch.Generator().manual_seed(6)
    model = small_model(seed=3, vocab_size=5, context=4)
    special = torch.randn(3, 12, generator=dice)
    return [
        ("5 tokens, 4 positions, ids [[2]]:", (model, torch.tensor([[2]]), special)),
        (
            "5 tokens, 4 positions, ids of shape (2, 3):",
            (model, torch.tensor([[2, 0, 4], [1, 1, 3]]), special),
        ),
    ]


RELEASED_SOFTMAX = Exercise(
    name="released-softmax",
    verified="log-probabilities over tokens, special rows and positions, in this order",
    cases=released_cases,
    right=released(),
    mistakes=(
        Mistake(
            "the rows are in another order: tokens, special rows, positions",
            released(order="wps"),
        ),
        Mistake(
            "the rows are in another order: tokens come first, then the special rows",
            released(order="swp"),
        ),
        Mistake(
            "the softmax runs over the rows of the context, not only over as many "
            "positions as there are ids",
            released(cut=True),
        ),
        Mistake(
            "the special rows are missing",
            released(order="wp"),
        ),
        Mistake(
            "the positions are missing",
            released(order="ws"),
        ),
        Mistake(
            "this is the plain model: the special rows and the positions are missing",
            released(order="w"),
        ),
        Mistake(
            "these are probabilities; their logarithms are asked for",
            released(lambda scores: scores.softmax(-1)),
        ),
        Mistake(
            "these are scores; the softmax is missing",
            released(lambda scores: scores),
        ),
        Mistake(
            "three softmaxes, one for each part; the released code has a single one "
            "over all rows",
            part_by_part,
        ),
        Mistake(
            "your softmax runs over the positions of the text; it belongs to the last "
            "axis, the rows",
            released(lambda scores: scores.log_softmax(1)),
        ),
    ),
)

EXERCISES = (FIRST_LOSS, LOG_PROBABILITY, PADDED_LOSS, IS_TIED, RELEASED_SOFTMAX)
