"""Cells on GPT-1's own weights, which no run here can have, run with stand-ins.

What they ask of the package, they get; what they assert of the vocabulary is so, if it
is at hand; and without a network they end quietly.
"""

import ast
import re
from pathlib import Path

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.data.tasks import Task
from gpt1.tales import Example
from gpt1.tokenizer import GPT1Tokenizer
from lib.book.chapters import NOTEBOOKS, code_cells
from lib.solved import namespace

DATA = Path(__file__).parents[4] / "shared" / "data" / "gpt1-bpe"
[CHAPTER] = [path for path in NOTEBOOKS if path.stem == "16-the-real-gpt-1"]
SKIPPED = [c for c in code_cells(CHAPTER) if "nbval-skip" in c["tags"]]
pytestmark = pytest.mark.slow
needs_vocabulary = pytest.mark.skipif(
    not DATA.is_dir(), reason="GPT-1's vocabulary is not at hand"
)


def is_simple(node):
    """Whether a statement defines something without computing anything."""
    if isinstance(node, ast.FunctionDef):
        return True
    if not isinstance(node, (ast.Assign, ast.AugAssign)):
        return False
    try:
        ast.literal_eval(node.value)
    except ValueError:
        return False
    return True


def defined():
    """What the chapter's other cells import, define and list."""
    names = dict(namespace(CHAPTER))
    for cell in code_cells(CHAPTER):
        if not cell["tags"] & {"nbval-skip", "exercise", "key"}:
            body = [n for n in ast.parse(cell["source"]).body if is_simple(n)]
            for node in body:
                code = compile(ast.Module([node], []), CHAPTER.name, "exec")
                try:
                    exec(code, names)
                except NameError:  # it changes what other cells computed
                    continue
    return names


def run(cell, names):
    exec(compile(cell["source"], CHAPTER.name, "exec"), names)


def test_without_a_network_each_of_them_ends_quietly(capsys):
    names = defined()

    def load_model(source, device=None):
        raise FileNotFoundError(f"there is no {source}")

    names["load_model"] = load_model
    for cell in SKIPPED:
        run(cell, names)
    said = capsys.readouterr().out
    assert said.startswith("Go on without OpenAI's weights: there is no openai-comm")
    assert said.count("\n") == 1


@needs_vocabulary
def test_with_a_network_they_ask_the_package_for_what_it_has(
    capsys, monkeypatch, tmp_path
):
    torch.manual_seed(0)
    config = GPTConfig(vocab_size=40_478, width=12, layers=1, heads=2)
    model, tokenizer = GPT(config).eval(), GPT1Tokenizer.from_pretrained(DATA)
    names, tuned = defined(), []
    reviews = [Example(("a fine film .",), 1), Example(("it 's dull .",), 0)]

    def load_task(name, split):
        assert (name, split) == ("sst2", "validation")
        return Task(name, "classification", reviews, ("negative", "positive"))

    def finetune(options):
        tuned.append((options.task, options.seed, options.out))
        return tmp_path

    monkeypatch.setattr("gpt1.evaluate.load_task", load_task)
    monkeypatch.setattr("gpt1.finetune.finetune", finetune)
    scores = {"scores": {"accuracy": 0.6}}
    monkeypatch.setattr("gpt1.plumbing.files.load_checkpoint", lambda path: scores)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    names["load_model"] = lambda source: (model, tokenizer)
    for cell in SKIPPED:
        if "proof" in cell["tags"]:
            with pytest.raises(AssertionError):  # these are not the real weights
                run(cell, names)
        else:
            run(cell, names)
    said = capsys.readouterr().out
    assert "0 of 17 tokens agree" in said
    assert re.search(r"negative: [01] of 1 right\npositive: [01] of 1 right", said)
    assert tuned == [(t, n, f"{t}-{n}") for t, n in names["runs"]]
    assert said.count("standard errors from the paper's") == 4


@needs_vocabulary
def test_what_is_known_of_the_ids_is_so():
    names = defined()
    its = GPT1Tokenizer.from_pretrained(DATA)
    text = names["prompt"] + names["known"]
    [proof] = [c["source"] for c in SKIPPED if "proof" in c["tags"]]
    names |= {"encode": its.encode, "decode": its.decode}
    [sentence] = re.findall(r"(?m)^sentence = .+", proof)
    known = re.findall(r"assert encode.+", proof)
    assert len(known) == 3
    for line in (sentence, *known):
        exec(line, names)
    words = ["the", "president", "is", *names["words"]]
    assert [its.ids[f"{word}</w>"] for word in words] == text
    assert its.encode(names["written"]) == text
    assert its.words(names["written"]) == words
