"""What a person reads about a run: its beginning, its samples, its end."""

import torch

from gpt1.generate.sampling import generate
from gpt1.train.progress import clock
from gpt1.train.run import BEST


def sample(run):
    """What the model writes now, from the first words of the validation text."""
    model, training = run.model, run.model.training
    ids, _ = run.validation.dataset[0]
    dice = torch.Generator(run.engine.device).manual_seed(run.options.seed)
    [text] = generate(model.eval(), [ids[:8]], 60, generator=dice)
    model.train(training)
    return f"step {run.step:,} writes: {run.tokenizer.decode(text)!r}"


def describe(run):
    """What a run is made of, in a few lines."""
    options, engine, config = run.options, run.engine, run.model.config
    device = str(engine.device)
    if engine.device.type == "cuda":
        device = torch.cuda.get_device_name(engine.device)
    elif engine.device.type == "cpu":
        threads = torch.get_num_threads()
        device += f" with {threads} thread{'s' if threads > 1 else ''}"
    parameters = sum(parameter.numel() for parameter in run.model.parameters())
    windows, kept = len(run.training.dataset), len(run.validation.dataset)
    lines = [
        f"device: {device}, {engine.precision}"
        + (f", {engine.count} processes" if engine.count > 1 else "")
        + (", compiled" if options.compile else ""),
        (
            f"model: {options.preset}, {parameters:,} parameters: {config.layers} "
            f"layers, width {config.width}, {config.heads} heads, context "
            f"{config.context}, vocabulary {config.vocab_size:,}, dropout "
            f"{config.dropout}"
        ),
        f"data: {options.dataset}, {windows * config.context:,} tokens per epoch, "
        f"{kept * config.context:,} to validate"
        + (f"; floor {run.floor:.4f} nats per token" if run.floor else ""),
        (
            f"run: {run.total:,} updates of {options.batch_size} x {config.context} "
            f"tokens, {options.optimizer}, learning rate {options.learning_rate} after "
            f"{min(options.warmup, run.total // 2):,} updates"
        ),
    ]
    if run.roll_call.updates:
        lines.append(
            f"roll call: names sprinkled over the tales in the first "
            f"{run.roll_call.updates:,} updates"
        )
    if run.step:
        lines.append(f"resumed after update {run.step:,}")
    return "\n".join(lines)


def summary(run):
    """The last line of a run."""
    speed = run.tokens / max(run.seconds, 1e-9)
    return (
        f"Training completed. Best model: {run.folder / BEST} "
        f"(Val Loss = {run.best:.4f}) after {run.tokens:,} tokens in "
        f"{clock(run.seconds)}, {speed:,.0f} tokens/s"
    )
