"""Fine-tuning is OpenAI's: sequences, states, scores and losses of a batch."""

import pytest
import torch

from gpt1.finetune.batch import padded
from gpt1.finetune.transform import entailment, marks
from lib import openai_graph
from lib.checks import close


@pytest.fixture(scope="module")
def found():
    return openai_graph.graph()


def test_the_batch_is_what_the_transformation_and_padding_make(found):
    ids, targets, _ = openai_graph.batch(found)
    for example, goals, sides in zip(
        ids, targets, openai_graph.texts(found), strict=True
    ):
        sequences = [
            each
            for one, other in sides
            for each in entailment(one, other, marks(openai_graph.WORDS), 1000)
        ]
        mine, predicted = padded(sequences)
        time = mine.size(1)
        assert torch.equal(mine, example[:, :time])
        assert torch.equal(predicted, goals[:, :time])
        assert not example[:, time:].any()
        assert (goals[:, time:] == -100).all()


def test_states_after_the_embedding_and_each_block_are_theirs(found):
    model = openai_graph.model(found)
    ids, *_ = openai_graph.batch(found)
    states = [model.gpt.dropout, *model.gpt.blocks]
    seen = []
    for module in states:
        module.register_forward_hook(lambda *a: seen.append(a[-1]))
    with torch.no_grad():
        model.hidden(ids)
    for layer, mine in enumerate(seen):
        close(mine, torch.from_numpy(found[f"h{layer}"]), f"state {layer}", 1e-5)


def test_scores_and_losses_are_theirs(found):
    model, (ids, targets, labels) = openai_graph.model(found), openai_graph.batch(found)
    with torch.no_grad():
        scores = model(ids)
        close(scores, torch.from_numpy(found["clf_logits"]), "scores", 1e-5)
        for row in range(len(labels)):
            one = slice(row, row + 1)
            _, task, _ = model.parts(ids[one], targets[one], labels[one])
            close(task, torch.tensor(found["clf_losses"][row]), "label loss", 1e-5)
        rows = zip(ids.flatten(0, 1), targets.flatten(0, 1), strict=True)
        for number, (row, goals) in enumerate(rows):
            row, goals = row[None, None], goals[None, None]
            language = model.language_loss(model.hidden(row), row, goals)
            want = torch.tensor(found["lm_losses"][number])
            close(language, want, "language loss", 1e-5)
        total = model.loss(ids, targets, labels)
    close(total, torch.tensor(found["total"]), "total", 1e-5)


def test_a_softmax_over_tokens_alone_is_another_loss(found):
    model, batch = openai_graph.model(found), openai_graph.batch(found)
    model.all_rows = False
    with torch.no_grad():
        assert abs(model.loss(*batch) - found["total"].item()) > 0.01
