"""Where Hugging Face's GPT-1 has the same head, it gives the same, and opens ours."""

import json

import pytest
import torch

from gpt1.finetune.examples import Kind
from gpt1.finetune.export import for_hugging_face
from gpt1.finetune.model import FineTuned, transferred
from gpt1.tokenizer import CharTokenizer
from gpt1.weights import write
from lib.checks import close
from lib.finetuning import (
    LETTERS,
    POSITIONS,
    VOCAB,
    batch,
    examples,
    finetune_here,
    flags,
    outcome,
    place,
    small_gpt,
)

transformers = pytest.importorskip("transformers")
TOKENIZER = CharTokenizer(LETTERS)


def exported(form, classes, folder):
    """A model of ours with a head as large as its states, and its kind."""
    torch.manual_seed(1)
    model = FineTuned(transferred(small_gpt()), classes).eval()
    torch.nn.init.normal_(model.head.weight)
    torch.nn.init.normal_(model.head.bias)
    labels = tuple("abcd"[: classes or 0])
    kind = Kind("test", form, POSITIONS, labels, classes)
    write(*for_hugging_face(model, kind, TOKENIZER)[:2], folder, head_of(model, kind))
    return model


def head_of(model, kind):
    return for_hugging_face(model, kind, TOKENIZER)[2]


def last(ids, targets):
    """The place of the extract token in each sequence."""
    return (targets != -100).sum(-1)


def test_two_heads_are_our_choice(tmp_path):
    ours = exported("choice", None, tmp_path)
    theirs = transformers.OpenAIGPTDoubleHeadsModel.from_pretrained(tmp_path).eval()
    texts = examples("choice")
    for text in texts:  # of one length, where their mean over tokens is ours too
        text[:] = [(side * 9)[:4] for side in text]
    ids, targets = batch("choice", texts)
    labels = torch.tensor([0, 2, 1])
    given = {"mc_token_ids": last(ids, targets), "mc_labels": labels}
    with torch.no_grad():
        got = theirs(ids, labels=ids.where(ids != VOCAB, -100), **given)
        scores, task, language = ours.parts(ids, targets, labels)
    close(scores, got.mc_logits, "scores", 1e-5)
    close(task, got.mc_loss, "label loss", 1e-5)
    close(language, got.loss, "language loss", 1e-5)


def test_two_heads_weigh_every_token_alike_which_the_code_does_not(tmp_path):
    ours = exported("choice", None, tmp_path)
    theirs = transformers.OpenAIGPTDoubleHeadsModel.from_pretrained(tmp_path).eval()
    ids, targets = batch("choice", examples("choice"))
    places = last(ids, targets)
    labels = torch.where(targets.roll(1, -1) == -100, -100, ids)
    with torch.no_grad():
        got = theirs(ids, mc_token_ids=places, labels=labels)
        scores, _, language = ours.parts(ids, targets, torch.tensor([0, 2, 1]))
    close(scores, got.mc_logits, "scores", 1e-5)
    assert abs(language - got.loss) > 0.001


@pytest.mark.parametrize("form", ["classification", "entailment"])
def test_their_classifier_is_ours_with_the_bias_in_the_last_shift(form, tmp_path):
    ours = exported(form, 4, tmp_path)
    auto = transformers.AutoModelForSequenceClassification
    theirs = auto.from_pretrained(tmp_path).eval()
    assert type(theirs).__name__ == "OpenAIGPTForSequenceClassification"
    assert theirs.config.id2label == dict(enumerate("abcd"))
    ids, targets = batch(form, examples(form))
    labels = torch.tensor([3, 2, 1])
    with torch.no_grad():
        got = theirs(ids[:, 0], labels=labels)
        scores, task, _ = ours.parts(ids, targets, labels)
    close(scores, got.logits, "scores", 1e-5)
    close(task, got.loss, "label loss", 1e-5)


def test_a_bias_that_no_shift_gives_is_refused(tmp_path):
    model = FineTuned(transferred(small_gpt()), 2)
    with torch.no_grad():
        model.head.weight[1] = model.head.weight[0]
        model.head.bias.copy_(torch.tensor([0.0, 1.0]))
    kind = Kind("test", "classification", POSITIONS, ("a", "b"), 2)
    with pytest.raises(ValueError, match="the head's bias has no place"):
        for_hugging_face(model, kind, TOKENIZER)


def test_an_exported_run_answers_there_as_here(tmp_path, monkeypatch):
    monkeypatch.chdir(place(tmp_path / "here"))
    finetune_here(*flags(tmp_path / "here", export="out", max_steps=3))
    auto = transformers.AutoModelForSequenceClassification
    theirs = auto.from_pretrained("out").eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained("out")
    values = json.loads((tmp_path / "here/out/config.json").read_text())
    from gpt1.finetune import load_finetuned, predict

    model, own, kind = load_finetuned("finetuned")
    _, shares = predict(model, own, kind, [("the old cat",)])
    ids = [values["bos_token_id"], *tokenizer("the old cat")["input_ids"]]
    ids = torch.tensor([[*ids, values["cls_token_id"]]])
    with torch.no_grad():
        close(theirs(ids).logits.softmax(-1), shares, "shares", 1e-5)
    card = (tmp_path / "here/out/README.md").read_text()
    assert f"start is {VOCAB}" in card
    assert "OpenAIGPTForSequenceClassification" in card


@pytest.mark.slow
def test_a_similarity_has_no_place_there(tmp_path, capsys):
    place(tmp_path)
    words = ["--task", "same-tale", "--export", tmp_path / "out"]
    words += ["--model", tmp_path / "small.pth", "--out", tmp_path / "run"]
    assert outcome(*words) == 2
    assert "--export has no form for similarity" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
