"""What a fine-tuning run is made of: the paper's numbers, and those for a laptop."""

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from gpt1.config import is_number, is_whole
from gpt1.data.tasks import NEEDED, task_names
from gpt1.finetune.transform import FORMS
from gpt1.plumbing.command import option
from gpt1.train import recipe as pretraining
from gpt1.train.engine import PRECISIONS
from gpt1.train.optimizer import OPTIMIZERS

in_model = partial(option, group="model")
in_task = partial(option, group="task")
in_columns = partial(option, group="columns of your own file")
in_learning = partial(option, group="learning")
in_machine = partial(option, group="machine")
in_output = partial(option, group="output and resuming")


@dataclass
class FineTuneConfig:
    """Fine-tune a GPT-1 on labelled examples, and keep the model that answers best.

    The defaults are the paper's (section 4.1). `FineTuneConfig.tiny()` is the recipe
    for the small model of the tales, which the command line uses unless told otherwise.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    preset: str = in_model(
        "gpt1", "the recipe, and the model that it is for", choices=["gpt1", "tiny"]
    )
    model: str = in_model(
        "openai-community/openai-gpt",
        "the pre-trained model: a file or folder of gpt1 train, a folder in Hugging "
        "Face's or OpenAI's layout, tales-tiny, or the id of a model on the hub",
    )
    transfer: int | None = in_model(
        None,
        "blocks that are taken over, with the embeddings: all unless given; 0 means "
        "the embeddings only, -1 nothing, which is a model that was never trained",
    )
    dropout: float = in_model(0.1, "rate of the four dropouts inside the model")
    head_dropout: float = in_model(0.1, "rate of the dropout before the head")

    task: str | None = in_task(
        None,
        f"what to learn: {', '.join(task_names())}; those of the tales need no "
        f"network. Or give --form and --train",
    )
    form: str | None = in_task(
        None, "form of a task of your own", choices=sorted(FORMS)
    )
    train: str | None = in_task(
        None,
        "where to learn from: a .csv, .tsv or .jsonl, a folder of parquet files or a "
        "data set of the hub; of a --task with a name, a file laid out as that is",
    )
    validation: str | None = in_task(
        None, "where to validate; unless given, the last tenth of a file"
    )
    subset: int | None = in_task(None, "use only the first N examples to learn from")

    text: str | None = in_columns(None, "classification: the column of the text")
    premise: str | None = in_columns(None, "entailment: the column of the premise")
    hypothesis: str | None = in_columns(None, "and that of the hypothesis")
    first: str | None = in_columns(None, "similarity: the column of one text")
    second: str | None = in_columns(None, "and that of the other")
    context: str | None = in_columns(None, "choice: the column of the context")
    question: str | None = in_columns(None, "that of its question, if there is one")
    choices: str | None = in_columns(
        None, "and those of the choices, with commas between; or one, of lists"
    )
    label: str | None = in_columns(None, "the column of the label")

    epochs: int = in_learning(3, "passes over the examples")
    max_steps: int | None = in_learning(None, "number of updates, instead of epochs")
    batch_size: int = in_learning(32, "examples in one update, in total")
    grad_accumulation: int = in_learning(
        1, "parts into which each update is split; more parts need less memory"
    )
    optimizer: str = in_learning(
        "adamw",
        "adamw is PyTorch's AdamW; openai is the exact update of OpenAI's code",
        choices=OPTIMIZERS,
    )
    learning_rate: float = in_learning(6.25e-5, "the highest learning rate")
    warmup: float = in_learning(
        0.002, "share of the run in which the learning rate rises; then it falls to 0"
    )
    lm_weight: float = in_learning(
        0.5, "the paper's lambda: how much the language model's loss counts"
    )
    softmax: str = in_learning(
        "tokens",
        "what the language model chooses among: the tokens, as in the paper, or all "
        "rows of OpenAI's one matrix of embeddings, positions included",
        choices=["tokens", "all"],
    )
    beta1: float = in_learning(0.9, "decay of the running mean of the gradients")
    beta2: float = in_learning(0.999, "decay of the running mean of their squares")
    weight_decay: float = in_learning(
        0.01, "decoupled weight decay, applied to matrices only"
    )
    clip: float = in_learning(
        1.0, "largest norm of the whole gradient; 0 turns clipping off"
    )
    seed: int = in_learning(
        0, "seed of the new weights, the dropout and the order of the examples"
    )

    device: str | None = in_machine(None, "cpu, cuda or mps; cuda where there is one")
    precision: str = in_machine(
        "auto",
        "auto is bf16 on a GPU that has it, fp16 on other GPUs, and float32 elsewhere",
        choices=PRECISIONS,
    )
    num_workers: int = in_machine(0, "number of extra processes that prepare batches")

    out: str = in_output(
        "finetuned",
        "folder for best_model.pth, last.pth, curve.csv, curve.svg, predictions.csv "
        "and confusion.svg",
    )
    resume: str | None = in_output(
        None,
        "continue the run in this folder or file; without a value, the run in --out",
        nargs="?",
        const="",
    )
    overwrite: bool = in_output(
        False, "start again in a folder that already holds a run"
    )
    stop_after: int | None = in_output(
        None, "stop after this many updates; the run can be resumed later"
    )
    eval_every: int | None = in_output(
        None,
        "updates between validations; unless given, a tenth of the run, but at most "
        "1000; 0 means only at the end of each epoch",
    )
    save_every: int = in_output(
        1000, "updates between saves; 0 means only at the end of each epoch"
    )
    export: str | None = in_output(
        None,
        "at the end, save the best model in this folder in Hugging Face's layout, "
        "which has no head for similarity",
        metavar="FOLDER",
    )

    # What the loop of pre-training asks for, and fine-tuning has not.
    sample_every: ClassVar[int] = 0
    compile: ClassVar[bool] = False
    keep: ClassVar[int | None] = None

    def __post_init__(self):
        pretraining.check_ranges(self, RANGES, ("eval_every",))
        if self.task is None and self.form is None:
            raise ValueError("give a --task, or --form and --train for one of your own")
        if self.task is not None and (self.form or self.columns()):
            given = ["form"] * bool(self.form) + list(self.columns())
            raise ValueError(
                f"--task {self.task} says itself what is what: leave out --{given[0]}, "
                f"or leave out --task and give --form and --train"
            )
        if self.task is None and self.train is None:
            raise ValueError(f"--form {self.form} needs --train, the examples")
        if self.validation is not None and self.train is None:
            raise ValueError("--validation needs --train: where to learn from")
        wanted = [*NEEDED[self.form], "label"] if self.form else []
        for name in wanted:
            if getattr(self, name) is None:
                raise ValueError(
                    f"--form {self.form} needs --{name}: the name of a column"
                )
        if self.export and self.form == "similarity":
            raise ValueError(NO_HEAD)

    @classmethod
    def tiny(cls, **changes):
        """A run of the small model of the tales: see `TINY`.

        Args:
            changes: any field, in place of the recipe's value.
        """
        task = {} if {"form", "task", "train"} & changes.keys() else {"task": TASK}
        return cls(**{"preset": "tiny", **TINY, **task, **changes})

    def columns(self):
        """The columns that were named, as `gpt1.data.tasks.read_task` wants them."""
        names = {name for form in FORMS for name in NEEDED[form]} | {"question"}
        found = {name: getattr(self, name) for name in sorted(names | {"label"})}
        found = {name: value for name, value in found.items() if value is not None}
        choices = found.get("choices", "").split(",")
        return {**found, "choices": choices} if len(choices) > 1 else found


NO_HEAD = (
    "--export has no form for similarity: Hugging Face's GPT-1 has a head for a choice "
    "and for classes, but none that reads two sequences; best_model.pth has it all"
)

TASK = "follows"
"""What is learned where nobody says."""

TINY = {
    "model": "tales-tiny",
    "dropout": 0.0,
    "learning_rate": 1e-3,
}
"""What the laptop's recipe changes."""

RECIPES = {"tiny": {**TINY, "task": TASK}, "gpt1": {}}
"""For each preset, the defaults that it changes; the first is the command line's."""

RANGES = {
    **pretraining.RANGES,
    "a whole number, at least 0": (
        pretraining.RANGES["a whole number, at least 0"][0],
        "num_workers eval_every save_every",
    ),
    "a name, not an empty one": (
        lambda value: str(value) != "",
        "model task train validation device out export",
    ),
    "-1, 0 or a number of blocks": (
        lambda value: value is None or (is_whole(value) and value >= -1),
        "transfer",
    ),
    "at least 0 and below 1": (
        lambda value: is_number(value) and 0 <= value < 1,
        "dropout head_dropout beta1 beta2 warmup",
    ),
    "at least 0 and finite": (
        lambda value: 0 <= value < math.inf,
        "weight_decay lm_weight",
    ),
    "tokens or all": (("tokens", "all").__contains__, "softmax"),
    "gpt1 or tiny": (("gpt1", "tiny").__contains__, "preset"),
    ", ".join(FORMS): ((None, *FORMS).__contains__, "form"),
}
del RANGES[" or ".join(sorted(pretraining.PRESETS))]
"""See `gpt1.train.recipe.RANGES`."""

FREE = pretraining.FREE - {"dataset", "column", "tokenizer", "compile"}
FREE |= {"train", "validation"}
"""Options that a resumed run may change, as in `gpt1.train.recipe`."""


def linear(step, total, warmup):
    """The learning rate at a step, as a share of the highest.

    Linear up over the warm-up, and down all the while: to 0 at the last update, exactly
    as in OpenAI's code (opt.py, warmup_linear), whose count begins at 1.

    Args:
        step: updates done so far, from 0.
        total: updates in the run.
        warmup: the part of the run that is the warm-up, such as 0.002.
    """
    done = (step + 1) / total
    return (done / warmup if done <= warmup else 1.0) * (1 - done)
