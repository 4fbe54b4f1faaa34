"""What a fine-tuned model answers: in Python, as a table, and as a picture."""

import csv

import torch

from gpt1.data.tasks import Task
from gpt1.finetune.batch import Examples
from gpt1.finetune.examples import encoded
from gpt1.pictures.confusion import confusion_matrix
from gpt1.plumbing.files import atomic_write
from gpt1.tales import Example

PREDICTIONS, CONFUSION = "predictions.csv", "confusion.svg"
"""What a run leaves beside its model."""

TOGETHER = 32
"""Examples that are answered at once."""


def answers(scores, kind):
    """What scores say: the likeliest class or choice, or the mean over the classes.

    Args:
        scores: (batch, classes).
        kind: a `Kind`.

    Returns:
        (batch,): int64, or floats where the answer is a score.
    """
    if not kind.scored:
        return scores.argmax(-1)
    classes = torch.arange(scores.size(-1), device=scores.device)
    return scores.softmax(-1) @ classes.to(scores.dtype)


@torch.no_grad()
def predict(model, tokenizer, kind, texts):
    """Answers to examples.

    Args:
        model: a `FineTuned`; its mode is restored afterwards.
        tokenizer: the model's.
        kind: the `Kind` of its answers.
        texts: for each example its texts, as the form wants them.

    Returns:
        What `answers` gives, (examples,); and the probability of each class or choice,
        (examples, classes). Both on the CPU.

    Raises:
        ValueError: see `gpt1.finetune.examples.encoded`.
    """
    examples = [Example(tuple(each), 0) for each in texts]
    task = Task("the texts", kind.form, examples, kind.labels)
    return _answered(model, kind, encoded(task, kind, tokenizer)[0])


def _answered(model, kind, examples):
    """`predict`, of `Examples`."""
    device, training, found = model.head.weight.device, model.training, []
    model.eval()
    for start in range(0, len(examples), TOGETHER):
        stop = min(start + TOGETHER, len(examples))
        ids, *_ = Examples.collate([examples[i] for i in range(start, stop)])
        found.append(model(ids.to(device)).float().cpu())
    model.train(training)
    scores = torch.cat(found)
    return answers(scores, kind), scores.softmax(-1)


def write_answers(run):
    """Write the answers to the validation examples, as a table and as a picture.

    Args:
        run: a `FineTuning`, with the model that is to answer.

    Yields:
        Lines to show.
    """
    task, kind = run.tasks[1], run.kind
    found, shares = _answered(run.model, kind, run.validation.dataset)
    path = run.folder / PREDICTIONS
    write_table(path, task, kind, found, shares)
    yield f"answers to {len(task):,} examples: {path}"
    if kind.scored:
        return
    names = kind.labels or [f"choice {i + 1}" for i in range(shares.size(1))]
    right = torch.tensor([example.label for example in task.examples])
    counts = torch.zeros(len(names), len(names), dtype=torch.long)
    counts.index_put_((right, found), torch.tensor(1), accumulate=True)
    picture = confusion_matrix(counts.tolist(), names, f"Answers to {task.name}")
    with atomic_write(run.folder / CONFUSION) as temporary:
        temporary.write_text(picture.svg + "\n", encoding="utf-8", newline="\n")
    yield f"which for which: {run.folder / CONFUSION}"


def write_table(path, task, kind, found, shares):
    """A row for each example: its texts, the label, the answer, and the probabilities.

    Args:
        path: of the .csv.
        task: a `Task`.
        kind: a `Kind`.
        found: what `predict` gave, and so is `shares`.
    """
    names = list(kind.labels) or list(range(shares.size(1)))
    texts = [f"text {i + 1}" for i in range(len(task.examples[0].texts))]
    with (
        atomic_write(path) as temporary,
        open(temporary, "w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*texts, "label", "answer", *(f"p({name})" for name in names)])
        for example, answer, row in zip(
            task.examples, found.tolist(), shares.tolist(), strict=True
        ):
            told = example.label, round(answer, 4)
            if kind.labels:
                told = (kind.labels[each] for each in told)
            writer.writerow([*example.texts, *told, *(f"{share:.4f}" for share in row)])
