"""A fine-tuned model in Hugging Face's layout, head and all."""

from pathlib import Path

import torch

from gpt1.finetune.transform import marks
from gpt1.train.card import HEAD, write_if_ours
from gpt1.weights import write
from gpt1.weights.hugging_face import Head

CARD = """\
| | |
|---|---|
| task | {name}, {form} |
| {score} on {count:,} validation examples | {value:.4f} |
| updates | {step:,} of {total:,}, {batch} examples in each |

Fine-tuned with `gpt1 finetune` from `{model}`.

```python
from transformers import {architecture}

model = {architecture}.from_pretrained("FOLDER")
```

It reads `{sequence}`, in which start is {start}, the delimiter {delimiter} and the
extract token {extract}; {reading}. What fills a row is 0, on the right.
"""

SEQUENCE = {
    "classification": "start text extract",
    "entailment": "start premise delimiter hypothesis extract",
    "choice": "start context delimiter answer extract",
}


def export(run, best):
    """Write the model, its tokenizer and a card where `--export` says.

    Args:
        run: a `FineTuning`, with the weights of the best model.
        best: the contents of their checkpoint.
    """
    folder = Path(run.options.export)
    config, state, head = for_hugging_face(run.model, run.kind, run.tokenizer)
    write(config, state, folder, head)
    run.tokenizer.save_pretrained(folder)
    extra, options = marks(run.tokenizer.vocab_size), run.options
    told = CARD.format(
        **extra._asdict(),
        name=run.kind.name,
        form=run.kind.form,
        sequence=SEQUENCE[run.kind.form],
        architecture=head.architecture,
        reading="a sequence for each answer, whose place of the extract token is in "
        "`mc_token_ids`"
        if run.kind.form == "choice"
        else "the last token is read",
        score=run.score,
        value=-run.worth(best),
        count=len(run.tasks[1]),
        step=best["step"],
        total=run.total,
        batch=options.batch_size,
        model=Path(options.model).name,
    )
    card = HEAD.replace("text-generation", PIPELINE[run.kind.form])
    write_if_ours(folder, card.replace("gpt1 train", "gpt1 finetune") + "\n" + told)


PIPELINE = dict.fromkeys(SEQUENCE, "text-classification")
"""What Hugging Face calls such a task."""


def for_hugging_face(model, kind, tokenizer):
    """A model's config, its tensors and its head, as `gpt1.weights.write` takes them.

    Their classifier has no bias. Ours goes into the shift of the last normalisation,
    which moves all states by what the head turns into the bias: the classes' scores
    are the same, those of the language model, which goes with it, are not.

    Args:
        model: a `FineTuned`.
        kind: the `Kind` of its answers.
        tokenizer: the model's.

    Raises:
        ValueError: there is no such head, or no shift that gives the bias.
    """
    state = {name: tensor.cpu() for name, tensor in model.gpt.state_dict().items()}
    weight, bias = (p.detach().cpu() for p in (model.head.weight, model.head.bias))
    extra = marks(tokenizer.vocab_size)
    values = {
        "bos_token_id": extra.start,
        "sep_token_id": extra.delimiter,
        "cls_token_id": extra.extract,
        "eos_token_id": extra.extract,
        "pad_token_id": 0,
    }
    if kind.form == "choice":
        name = "multiple_choice_head.summary"
        tensors = {f"{name}.weight": weight, f"{name}.bias": bias}
        values |= {"summary_type": "cls_index", "summary_proj_to_labels": True}
        values |= {"summary_use_proj": True, "summary_activation": None}
        values |= {"num_labels": 1}
        return model.config, state, Head("OpenAIGPTDoubleHeadsModel", tensors, values)
    if kind.form == "similarity":
        raise ValueError("Hugging Face's GPT-1 has no head that reads two sequences")
    shift = torch.linalg.pinv(weight.double()) @ bias.double()
    if (weight.double() @ shift - bias).abs().max() > 1e-5:
        raise ValueError(
            f"the head's bias has no place in Hugging Face's layout, since its "
            f"{len(weight)} rows depend on each other in a width of {weight.size(1)}"
        )
    last = f"blocks.{model.config.layers - 1}.feed_forward_norm.bias"
    state[last] = (state[last].double() + shift).float()
    labels = kind.labels or [str(number) for number in range(len(weight))]
    values |= {"id2label": dict(enumerate(labels)), "num_labels": len(weight)}
    values |= {"label2id": {name: number for number, name in enumerate(labels)}}
    values |= {"problem_type": "single_label_classification"}
    head = Head("OpenAIGPTForSequenceClassification", {"score.weight": weight}, values)
    return model.config, state, head
