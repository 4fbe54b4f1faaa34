"""What a fine-tuned model computes: what must change nothing, and what its loss is."""

import pytest
import torch
from torch.nn import functional as F

from gpt1.finetune.model import FineTuned, label_loss, transferred
from gpt1.finetune.transform import FORMS
from gpt1.speed import loss as fast
from lib.checks import close
from lib.finetuning import POSITIONS, VOCAB, batch, examples, small_gpt


def model_for(form, **options):
    """A model in evaluation mode whose head is as large as its states."""
    torch.manual_seed(1)
    classes = None if form == "choice" else 4
    model = FineTuned(transferred(small_gpt()), classes, **options)
    torch.nn.init.normal_(model.head.weight)
    torch.nn.init.normal_(model.head.bias)
    return model.eval()


@pytest.mark.parametrize("form", FORMS)
def test_padding_changes_no_bit_of_the_scores(form):
    model = model_for(form)
    ids, targets = batch(form, examples(form))
    room = POSITIONS - ids.size(-1)
    more = F.pad(ids, (0, room), value=7)
    with torch.no_grad():
        # The same shapes, so the same sums: only what fills the rows differs.
        assert torch.equal(model(F.pad(ids, (0, room))), model(more))
        close(model(more), model(ids), "scores", 1e-5)
        labels = torch.tensor([0, 1, 2])
        padded = F.pad(targets, (0, room), value=-100)
        one = model.loss(ids, targets, labels)
        close(model.loss(more, padded, labels), one, "loss", 1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_an_example_has_the_same_scores_alone_and_in_a_batch(form):
    model, texts = model_for(form), examples(form)
    ids, _ = batch(form, texts)
    with torch.no_grad():
        together = model(ids)
        for number, text in enumerate(texts):
            alone, _ = batch(form, [text])
            close(model(alone)[0], together[number], "scores", 1e-5)


def test_swapping_two_similar_texts_changes_nothing():
    model, texts = model_for("similarity"), examples("similarity")
    there, _ = batch("similarity", texts)
    back, _ = batch("similarity", [[other, one] for one, other in texts])
    assert not torch.equal(there, back)
    with torch.no_grad():
        assert torch.equal(model(there), model(back))
    entailed = model_for("entailment")
    one, _ = batch("entailment", texts)
    other, _ = batch("entailment", [[b, a] for a, b in texts])
    with torch.no_grad():
        assert (entailed(one) - entailed(other)).abs().max() > 0.01


def test_the_order_of_choices_orders_the_scores():
    model, texts = model_for("choice"), examples("choice")
    order = [2, 0, 1]
    turned = [[story, *(answers[i] for i in order)] for story, *answers in texts]
    with torch.no_grad():
        scores, other = (
            model(batch("choice", texts)[0]),
            model(batch("choice", turned)[0]),
        )
    close(scores[:, order], other, "scores", 1e-5)
    assert (scores - other).abs().max() > 0.01


@pytest.mark.parametrize("form", FORMS)
def test_the_head_reads_the_states_at_the_extract_token(form):
    model = model_for(form)
    ids, _ = batch(form, examples(form))
    with torch.no_grad():
        got = model(ids)
        for example, scores in zip(ids, got, strict=True):
            states = []
            for row in example.tolist():
                end = row.index(model.marks.extract) + 1
                states.append(model.gpt.hidden(torch.tensor([row[:end]]))[0, -1])
            if form == "choice":
                want = torch.cat([model.head(state) for state in states])
            else:
                want = model.head(sum(states))
            close(scores, want, "scores", 1e-5)


def test_the_language_loss_is_a_mean_for_each_sequence_and_then_over_them():
    model = model_for("entailment")
    ids, targets = batch("entailment", examples("entailment"))
    labels = torch.tensor([0, 1, 2])
    with torch.no_grad():
        _, _, language = model.parts(ids, targets, labels)
        logits = model.gpt(ids.flatten(0, 1))
    each = [F.cross_entropy(x, y) for x, y in zip(logits, targets[:, 0], strict=True)]
    close(language, sum(each) / len(each), "language loss", 1e-6)
    over_all = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    assert abs(language - over_all) > 0.01


@pytest.mark.parametrize("all_rows", [False, True])
def test_large_losses_have_the_gradient_of_small_ones(monkeypatch, all_rows):
    """Many tokens are scored in pieces, each weighted by its sequence."""

    def gradients():
        model = model_for("similarity", all_rows=all_rows)
        ids, targets = batch("similarity", examples("similarity"))
        model.loss(ids, targets, torch.tensor([0, 1, 2])).backward()
        return torch.cat([p.grad.flatten() for p in model.parameters()])

    plain = gradients()
    monkeypatch.setattr(fast, "WHOLE", 0)
    monkeypatch.setattr(fast, "ROWS", 7)
    close(gradients(), plain, "gradient", 1e-5)


def test_the_loss_is_that_of_the_labels_and_lambda_times_the_language_models():
    ids, targets = batch("entailment", examples("entailment"))
    labels = torch.tensor([0, 1, 2])
    for weight in (0.0, 0.5, 2.0):
        model = model_for("entailment", lm_weight=weight)
        with torch.no_grad():
            scores, task, language = model.parts(ids, targets, labels)
            total = model.loss(ids, targets, labels)
        close(task, F.cross_entropy(scores, labels), "label loss", 1e-6)
        close(total, task + weight * language, "loss", 1e-6)


def test_an_example_without_label_counts_for_nothing_in_the_labels_loss():
    scores = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([2, -100, 1])
    close(
        label_loss(scores, labels),
        F.cross_entropy(scores[[0, 2]], labels[[0, 2]]),
        "label loss",
    )
    assert label_loss(scores, torch.full((3,), -100)) == 0


def test_a_score_is_shared_by_the_two_classes_beside_it():
    scores = torch.randn(2, 6, generator=torch.Generator().manual_seed(0))
    logs = scores.log_softmax(-1)
    want = -(0.75 * logs[0, 2] + 0.25 * logs[0, 3] + logs[1, 5]) / 2
    close(label_loss(scores, torch.tensor([2.25, 5.0])), want, "label loss", 1e-6)


def test_all_answers_of_an_example_share_one_mask_of_dropout():
    model = model_for("choice", dropout=0.5).train()
    hidden = torch.ones(1, 3, 4, 16)
    ids = torch.full((1, 3, 4), model.marks.extract)
    torch.manual_seed(0)
    [scores] = model.scores(hidden, ids)
    assert scores[0] == scores[1] == scores[2]
    seen = {model.scores(hidden, ids)[0, 0].item() for _ in range(10)}
    assert len(seen) > 1
    assert model.eval().scores(hidden, ids)[0, 0] not in seen


def test_three_rows_are_new_and_the_rest_is_the_pretrained_models():
    gpt = small_gpt()
    new = transferred(gpt)
    assert new.config.vocab_size == VOCAB + 3
    state, old = new.state_dict(), gpt.state_dict()
    rows = state.pop("token_embedding.weight")
    assert torch.equal(rows[:VOCAB], old.pop("token_embedding.weight"))
    assert all(torch.equal(state[name], old[name]) for name in old)


def test_new_rows_and_the_head_are_drawn_as_in_the_code():
    gpt = small_gpt(width=512, heads=2, layers=1)
    rows = [transferred(gpt).token_embedding.weight[VOCAB:] for _ in range(20)]
    assert torch.cat(rows).std().item() == pytest.approx(0.02, rel=0.03)
    head = FineTuned(transferred(gpt), 30).head
    assert head.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert not head.bias.any()


@pytest.mark.parametrize("layers", [-1, 0, 1, 2])
def test_so_many_blocks_are_taken_over(layers):
    gpt = small_gpt()
    state, old = transferred(gpt, layers).state_dict(), gpt.state_dict()
    for name, tensor in old.items():
        if tensor.dim() < 2:
            continue  # gains and biases begin alike
        block = int(name.split(".")[1]) if name.startswith("blocks") else -1
        taken = block < layers
        assert torch.equal(state[name][: len(tensor)], tensor) == taken, name


def test_positions_that_no_text_needs_can_be_left_out():
    new = transferred(small_gpt(), positions=9)
    assert new.config.context == 9
    old = small_gpt().position_embedding.weight
    assert torch.equal(new.position_embedding.weight, old[:9])


@pytest.mark.parametrize("wrong", [{"layers": 3}, {"layers": -2}, {"positions": 99}])
def test_more_than_there_is_cannot_be_taken_over(wrong):
    with pytest.raises(ValueError, match=f"got {next(iter(wrong.values()))}"):
        transferred(small_gpt(), **wrong)


def test_a_pretrained_model_stays_as_it_was():
    gpt = small_gpt()
    before = {name: tensor.clone() for name, tensor in gpt.state_dict().items()}
    model = FineTuned(transferred(gpt), 4)
    ids, targets = batch("entailment", examples("entailment"))
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    model.loss(ids, targets, torch.tensor([0, 1, 2])).backward()
    optimizer.step()
    after = gpt.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert gpt.config.context == POSITIONS
