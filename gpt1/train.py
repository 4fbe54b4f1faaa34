"""Pre-training: `python -m gpt1.train --dataset FILE`.

The recipe is the paper's (section 4.1) in its form, with sizes for a laptop: Adam with
decoupled weight decay on matrices, a linear warm-up and a cosine to zero, one pass over
all windows per epoch in a new order.
"""

import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from gpt1.command import option, parse, run
from gpt1.config import PRESETS
from gpt1.dataset import GPTDataset, get_dataloader, load_text
from gpt1.model import GPT
from gpt1.tokenizer import CharTokenizer
from gpt1.utils import pick_device, save_checkpoint, set_seed


@dataclass
class TrainConfig:
    """Train a GPT on a text, with characters as tokens.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    dataset: str = option("", "text file to learn from", metavar="FILE", required=True)
    preset: str = option("tiny", "the model's size", choices=sorted(PRESETS))
    context: int = option(64, "tokens that the model sees at once")
    epochs: int = option(1, "passes over the training text")
    batch_size: int = option(32, "windows in a step")
    learning_rate: float = option(3e-3, "highest learning rate")
    warmup: int = option(100, "steps to reach it, at most half of the run")
    weight_decay: float = option(0.01, "decoupled decay of matrices")
    clip: float = option(1.0, "largest norm of the whole gradient")
    subset: int | None = option(
        None, "use only the first N windows", type=int, metavar="N"
    )
    seed: int = option(0, "for the weights, dropout and order of the windows")
    device: str | None = option(
        None, "cpu, cuda or mps; cuda where there is one", type=str
    )
    out: str = option("checkpoints", "folder for best_model.pth", metavar="FOLDER")

    def __post_init__(self):
        for name in ("context", "epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"--{name} must be at least 1, got {getattr(self, name)}"
                )
        for name in ("learning_rate", "clip"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"--{name} must be above 0, got {getattr(self, name)}")
        for name in ("warmup", "weight_decay"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(
                    f"--{name} must be at least 0, got {getattr(self, name)}"
                )


def parameter_groups(model, weight_decay):
    """The model's parameters for an optimizer: decay on matrices only.

    "All non bias or gain weights" (paper, section 4.1), embeddings among them.

    Args:
        model: a `GPT`.
        weight_decay: the decay of the matrices.

    Returns:
        Two groups, for any torch optimizer.
    """
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


def schedule(step, total, warmup):
    """The learning rate at a step, as a share of the highest.

    Linear up over the warm-up, then half a cosine down to zero at the end of the run
    (paper, section 4.1). The cosine begins where the warm-up ends; the paper does not
    say whether it does.

    Args:
        step: updates done so far, from 0.
        total: updates in the run.
        warmup: updates until the highest rate; at most half of the run is used, so that
            a short run of a post-norm model, which needs its warm-up, gets one too.

    Returns:
        A number above 0 and up to 1, for steps before `total`.
    """
    warmup = min(warmup, total // 2)
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def evaluate(model, batches):
    """Mean loss over all batches, each token counting once.

    Args:
        model: a `GPT`; its mode is restored afterwards.
        batches: pairs of ids and targets, each (batch, time).

    Returns:
        Nats per token.
    """
    device = model.token_embedding.weight.device
    training = model.training
    model.eval()
    loss, tokens = 0.0, 0
    for ids, targets in batches:
        mean = model.loss(ids.to(device), targets.to(device)).item()
        loss, tokens = loss + mean * targets.numel(), tokens + targets.numel()
    model.train(training)
    return loss / tokens


def train(options):
    """Train as `options` say; keep the model with the lowest validation loss.

    Args:
        options: a `TrainConfig`.

    Returns:
        Path of the best checkpoint.

    Raises:
        OSError, ValueError: the text, an option or the folder is not usable.
        FloatingPointError: the loss is no longer a finite number; the last good
            checkpoint stays.
    """
    device = pick_device(options.device)
    set_seed(options.seed)
    tokenizer, training, validation = prepare(options)
    sizes = {"vocab_size": tokenizer.vocab_size, "context": options.context}
    model = GPT(PRESETS[options.preset](**sizes)).to(device)
    optimizer = torch.optim.AdamW(
        parameter_groups(model, options.weight_decay), lr=options.learning_rate
    )
    total = options.epochs * len(training)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: schedule(step, total, options.warmup)
    )
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{device}: {count:,} parameters, {total:,} steps")
    path, best = Path(options.out) / "best_model.pth", math.inf
    path.parent.mkdir(parents=True, exist_ok=True)  # fails now, not after an epoch
    for epoch in range(1, options.epochs + 1):
        loss = train_epoch(model, training, optimizer, rates, options.clip, epoch)
        held_out = evaluate(model, validation)
        print(f"Epoch {epoch}: Train Loss = {loss:.4f}, Val Loss = {held_out:.4f}")
        if held_out < best:
            best = held_out
            save_checkpoint(path, checkpoint(model, tokenizer, epoch, best))
    print(f"Training completed. Best model: {path} (Val Loss = {best:.4f})")
    return path


def prepare(options):
    """Tokenizer, training batches and validation batches for `train`."""
    text = load_text(options.dataset, "train")
    held_out = load_text(options.dataset, "validation")
    tokenizer = CharTokenizer.train(text + held_out)
    windows, kept = (
        GPTDataset(tokenizer.encode(part), options.context, subset)
        for part, subset in ((text, options.subset), (held_out, None))
    )
    return (
        tokenizer,
        get_dataloader(windows, options.batch_size, seed=options.seed),
        get_dataloader(kept, options.batch_size, shuffle=False),
    )


def train_epoch(model, batches, optimizer, rates, clip, epoch):
    """One pass over the batches; returns the mean loss in nats per token."""
    device = model.token_embedding.weight.device
    model.train()
    loss_sum, tokens = 0.0, 0
    bar = progress(batches, f"epoch {epoch}")
    for ids, targets in bar:
        loss = model.loss(ids.to(device), targets.to(device))
        value = loss.item()
        if not math.isfinite(value):
            raise FloatingPointError(
                f"the loss became {value} in epoch {epoch}: try a lower "
                f"--learning_rate or a longer --warmup; the last checkpoint is intact"
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        rates.step()
        loss_sum, tokens = loss_sum + value * ids.numel(), tokens + ids.numel()
        bar.set_postfix(loss=f"{value:.3f}", refresh=False)
    return loss_sum / tokens


def checkpoint(model, tokenizer, epoch, validation_loss):
    """What a checkpoint holds: plain values and tensors."""
    return {
        "model": {name: tensor.cpu() for name, tensor in model.state_dict().items()},
        "config": model.config.to_dict(),
        "tokenizer": tokenizer.to_dict(),
        "epoch": epoch,
        "validation_loss": validation_loss,
    }


def progress(batches, label):
    """The batches with a progress bar; plain lines where nobody sees a bar."""
    if sys.stderr.isatty():
        try:
            from tqdm import tqdm

            return tqdm(batches, desc=label, leave=False)
        except ImportError:
            pass
    return Lines(batches, label)


class Lines:
    """A progress bar for logs: one line about every ten seconds.

    Args:
        batches: what to go through; its length must be known.
        label: what each line begins with.
    """

    def __init__(self, batches, label):
        self.batches, self.label, self.note = batches, label, ""

    def set_postfix(self, refresh=True, **values):
        """Remember what to print beside the count, as tqdm's method does."""
        self.note = ", ".join(f"{name} {value}" for name, value in values.items())

    def __iter__(self):
        last = time.monotonic()
        for done, batch in enumerate(self.batches, start=1):
            yield batch
            if time.monotonic() - last > 10:
                last = time.monotonic()
                total = len(self.batches)
                print(f"{self.label}: step {done} of {total}, {self.note}", flush=True)


def main(argv=None):
    """The command line of `python -m gpt1.train`."""
    run(lambda: train(parse(TrainConfig, argv, prog="gpt1 train")))


if __name__ == "__main__":
    main()
