"""Fine-tuning from options to the best checkpoint, in the loop of pre-training."""

from dataclasses import asdict

import torch

from gpt1.data import get_dataloader
from gpt1.finetune.answers import answers, write_answers
from gpt1.finetune.examples import encoded, kind_of, read_tasks
from gpt1.finetune.export import export
from gpt1.finetune.model import FineTuned, transferred
from gpt1.finetune.recipe import FREE, NO_HEAD, linear
from gpt1.finetune.report import describe
from gpt1.finetune.saved import from_saved
from gpt1.loading import load_model
from gpt1.plumbing.device import set_seed
from gpt1.plumbing.files import load_checkpoint
from gpt1.plumbing.waiting import shown
from gpt1.train.carrying_out import carry_out
from gpt1.train.curve import COLUMNS
from gpt1.train.engine import Engine
from gpt1.train.run import BEST, Run
from gpt1.train.step import counted


def finetune(options, saved=None):
    """Fine-tune as `options` say; keep the model that answers best.

    Ctrl-C and SIGTERM end it after the current step, with everything saved.

    Args:
        options: a `FineTuneConfig`.
        saved: the contents of a last.pth to go on from; None reads those that
            `options.resume` names, if it names any.

    Returns:
        Path of the best checkpoint.

    Raises:
        OSError, ValueError: the model, the examples, an option, the folder or the
            checkpoint is not usable.
        FloatingPointError: the loss is no longer a finite number.
    """
    return carry_out("finetune", options, saved, prepare, describe, finish)


class FineTuning(Run):
    """The run of a `FineTuned` over labelled examples.

    The best model is the one with the highest score on the validation examples, as in
    OpenAI's code: the share of right answers, or the correlation of scores.

    Args:
        options: a `FineTuneConfig`.
        engine: an `Engine`.
        tokenizer: the model's.
        model: a `FineTuned`.
        kind: the `Kind` of what it learns.
        tasks: the `Task` to learn from, and the one to validate with.
        cut: how many examples of each had a text that was cut.
        batches: `Batches` of each.
        text: hashes of what is learned from, by name.
    """

    unit, place, free = "examples", "train", FREE

    def __init__(
        self, options, engine, tokenizer, model, kind, tasks, cut, batches, text
    ):
        self.kind, self.tasks, self.cut = kind, tasks, cut
        self.score = "correlation" if kind.scored else "accuracy"
        counts = ("examples" if name == "tokens" else name for name in COLUMNS)
        self.columns = (*counts, self.score)
        super().__init__(options, engine, tokenizer, model, *batches, text)

    def share(self, step):
        """The learning rate after `step` updates, as a share of the highest."""
        return linear(step, self.total, self.options.warmup)

    @torch.no_grad()
    def measure(self):
        """The validation loss, and the score by its name."""
        model, training = self.model, self.model.training
        model.eval()
        nats, count, pairs = 0.0, 0, [torch.zeros(2, 0).double()]
        for batch in self.validation:
            ids, targets, labels = self.engine.share(*batch)
            with self.engine.autocast():
                scores, task, language = model.parts(ids, targets, labels)
            here, loss = counted(labels), task + model.lm_weight * language
            nats, count = nats + loss.item() * here, count + here
            if here:  # of several processes, one may have no row of a batch
                found = answers(scores.float(), self.kind)
                pairs.append(torch.stack([found.double(), labels.double()]).cpu())
        model.train(training)
        nats, count = self.engine.sum(nats, count)
        pairs = torch.cat(self.engine.gather(torch.cat(pairs, 1)), 1)
        return nats / count, {self.score: self.judged(*pairs)}

    def judged(self, found, labels):
        """How good answers are, a number.

        Args:
            found: answers, (examples,).
            labels: what is right, (examples,).
        """
        if self.kind.scored:
            # Pearson's, which is not a number where all answers are the same.
            return (
                torch.corrcoef(torch.stack([found, labels]))[0, 1].nan_to_num().item()
            )
        return (found == labels).double().mean().item()

    def worth(self, contents):
        """What decides which model is the best, the lower the better."""
        score = contents.get("scores", {}).get(self.score)
        return None if score is None else -score

    def restore(self, contents):
        """Go on from what `save` wrote."""
        super().restore(contents)
        self.scores = contents["scores"]

    def best_told(self):
        """What `best` is, in words."""
        return f"{self.score} {-self.best:.4f}"

    def contents(self):
        """What a checkpoint of the model holds: plain values and tensors."""
        kind = {**asdict(self.kind), "labels": list(self.kind.labels)}
        return {**super().contents(), "finetuned": kind, "scores": self.scores}


def prepare(options, engine=None, saved=None):
    """The `FineTuning` that `options` ask for, at its beginning.

    Args:
        options: a `FineTuneConfig`.
        engine: an `Engine`; None means alone, on the CPU.
        saved: the contents of a last.pth, to stand where that run stood. The model that
            it began with is not needed any more.
    """
    engine = engine or Engine()
    if saved and "finetuned" not in saved:
        raise ValueError(
            "the run to go on with is one of gpt1 train: give its model to --model, "
            "or go on with  gpt1 train --resume"
        )
    with engine.main_first(), shown(engine.main):
        tasks = read_tasks(options)
        if options.export and tasks[0].form == "similarity":
            raise ValueError(NO_HEAD)
        if saved:
            kind, gpt, tokenizer = from_saved(saved)
        else:
            gpt, tokenizer = load_model(options.model, "cpu")
            kind = kind_of(tasks[0], gpt.config.context)
        both = [encoded(task, kind, tokenizer) for task in tasks]
    (examples, held_out), cut = zip(*both, strict=True)
    set_seed(options.seed)
    if not saved:
        # OpenAI's code keeps as many positions as there are tokens, which counts where
        # the language model chooses among positions too.
        longest = max(examples.longest, held_out.longest)
        positions = longest if options.softmax == "all" else None
        gpt = transferred(gpt, options.transfer, positions, options.dropout)
    model = FineTuned(
        gpt,
        kind.classes,
        dropout=options.head_dropout,
        lm_weight=options.lm_weight,
        all_rows=options.softmax == "all",
    )
    how = {"seed": options.seed, "workers": options.num_workers}
    batches = (
        get_dataloader(examples, options.batch_size, **how),
        get_dataloader(held_out, options.batch_size, shuffle=False),
    )
    text = {"training": examples.digest(), "validation": held_out.digest()}
    run = FineTuning(options, engine, tokenizer, model, kind, tasks, cut, batches, text)
    if engine.count > 1:
        engine.seed(options.seed)
    if saved:
        run.restore(saved)
    return run


def finish(run):
    """Answer the validation examples with the best model, and export it.

    Yields:
        Lines to show.
    """
    if not run.engine.main:
        return
    best = load_checkpoint(run.folder / BEST)
    run.model.load_state_dict(best["model"])
    yield from write_answers(run)
    if run.options.export:
        export(run, best)
        yield f"exported to {run.options.export}"
