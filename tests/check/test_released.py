"""Right answers to the exercises of the chapter on the real GPT-1, in other ways."""

import math

import torch

from gpt1 import GPT, GPTConfig
from gpt1.weights.layouts import shapes, their_name, to_theirs
from lib.verdicts import ALL, are_right

SMALL = GPTConfig(vocab_size=7, context=6, width=8, layers=2, heads=2)


def fitting_by_block(name, tensor):
    """What is in a block has the block's number in its name."""
    inside = any(part.isdigit() for part in name.split("."))
    return tensor.t().contiguous() if inside else tensor


def fitting_by_names(name, tensor):
    turned = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
    return tensor.T if name.endswith(turned) else tensor.clone()


def very_by_chances(model, review, hint, words):
    logits = model(torch.tensor([*review, hint]).unsqueeze(0))
    chances = logits.softmax(-1)[0, len(review), words]
    return 1 if chances[1] > chances[0] else 0


def very_by_argmax(model, review, hint, words):
    """The first of two that are equal is taken."""
    return model(torch.tensor([[*review, hint]]))[:, -1, words].argmax(-1).item()


def needed_by_search(accuracy, gap):
    number = 1
    while gap < 2 * math.sqrt(2 * accuracy * (1 - accuracy) / number):
        number += 1
    return number


def needed_by_rounding(accuracy, gap):
    return -int(-8 * accuracy * (1 - accuracy) // gap**2)


def margins_by_loop(model, prompt, known):
    logits = model(torch.tensor([prompt + known]))[0]
    found = []
    for place, token in enumerate(known, start=len(prompt) - 1):
        row = logits[place]
        others = torch.cat([row[:token], row[token + 1 :]])
        found.append(row[token] - others.max())
    return torch.stack(found)


def margins_by_best_two(model, prompt, known):
    rows = model(torch.tensor([prompt + known])).squeeze(0)[len(prompt) - 1 : -1]
    values, tokens = rows.topk(2)
    known = torch.tensor(known)
    others = torch.where(tokens[:, 0] == known, values[:, 1], values[:, 0])
    return rows[range(len(known)), known] - others


OTHER_WAYS = {
    "fitting": [fitting_by_block, fitting_by_names],
    "very": [very_by_chances, very_by_argmax],
    "examples-needed": [needed_by_search, needed_by_rounding],
    "margins": [margins_by_loop, margins_by_best_two],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_the_package_turns_the_same_tensors():
    torch.manual_seed(0)
    state = GPT(SMALL).state_dict()
    assert state.keys() == shapes(SMALL).keys()
    for name, tensor in state.items():
        stored = to_theirs(name, tensor)
        found = ALL["fitting"].right(f"transformer.{their_name(name)}", stored)
        assert torch.equal(found, tensor), name


@torch.no_grad()
def test_margins_of_a_models_own_greedy_continuation_are_positive():
    torch.manual_seed(0)
    model, ids = GPT(SMALL).eval(), [1, 2]
    for _ in range(3):
        ids.append(model(torch.tensor([ids]))[0, -1].argmax().item())
    assert (ALL["margins"].right(model, ids[:2], ids[2:]) > 0).all()
    other = [*ids[:-1], (ids[-1] + 1) % 7]
    assert ALL["margins"].right(model, other[:2], other[2:])[-1] < 0
