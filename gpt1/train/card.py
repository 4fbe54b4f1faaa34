"""What a folder with an exported model says of itself to people and libraries."""

import json
from pathlib import Path

from gpt1.count import parameters
from gpt1.plumbing.files import atomic_write

CARD, GENERATION = "README.md", "generation_config.json"

HEAD = """\
---
library_name: transformers
pipeline_tag: text-generation
tags: [gpt1-from-scratch]
---

# A GPT-1 trained with `gpt1 train`
"""
OURS = "tags: [gpt1-from-scratch]"
"""By it, the card of an earlier export is known from a file of someone's own."""

HERE = """\
```python
from gpt1.generate import load_model, write_text

model, tokenizer = load_model("FOLDER")
print(write_text(model, tokenizer, "Once upon a time"))
```
"""

THERE = """\
```python
from transformers import pipeline

write = pipeline("text-generation", "FOLDER")
print(write("Once upon a time", max_new_tokens=50)[0]["generated_text"])
```

Prompt and text together may have {context} tokens there; `gpt1 generate` goes on.
"""

ALONE = """\
**Hugging Face's libraries read the weights, but have no tokenizer that gives this
model's ids**: it is GPT-1's own, with ftfy and spaCy. `AutoTokenizer` and `pipeline`
refuse this folder. Ids from the tokenizer above go into
`OpenAIGPTLMHeadModel.from_pretrained("FOLDER")`.
"""


def write_card(run, best):
    """Write `README.md` and `generation_config.json`.

    A README.md that is someone's own stays as it is.

    Args:
        run: a `Run`, with the weights that were exported.
        best: the contents of their checkpoint.
    """
    folder, config = Path(run.options.export), run.model.config
    # Greedy, as what is asked for nothing else should always write the same.
    values = {"do_sample": False, "max_length": config.context}
    _write(folder / GENERATION, json.dumps(values, indent=2) + "\n")
    write_if_ours(folder, card(run, best))


def write_if_ours(folder, text):
    """Write a `README.md`, unless there is one that is someone's own.

    Args:
        folder: a `Path`.
        text: begins as `HEAD` does, but for what the model is for.
    """
    path = folder / CARD
    there = path.read_text("utf-8", "replace") if path.exists() else OURS
    if OURS in there.partition("\n# ")[0]:
        _write(path, text)


def card(run, best):
    """The text of the README.md; the arguments are those of `write_card`."""
    config, options = run.model.config, run.options
    steps = f"{best['step']:,} of {run.total:,}"
    rows = {
        "parameters": f"{parameters(config).total:,}",
        "layers, heads, width": f"{config.layers}, {config.heads}, {config.width}",
        "context": f"{config.context} tokens",
        "tokenizer": f"{run.tokenizer.kind}, {run.tokenizer.vocab_size:,} tokens",
        "text": f"`{Path(options.dataset).name}`",
        "updates": f"{steps}, {options.batch_size} windows in each",
        "highest learning rate": f"{options.learning_rate:g}",
        "validation loss": f"{best['validation_loss']:.4f} nats per token",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    use = (
        ALONE if run.tokenizer.kind == "gpt1" else THERE.format(context=config.context)
    )
    return f"{HEAD}\n| | |\n|---|---|\n{table}\n\n{HERE}\n{use}"


def _write(path, text):
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
