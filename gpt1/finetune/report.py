"""What a person sees of a fine-tuning run before it begins."""

from gpt1.finetune.transform import room
from gpt1.train.report import computed

SHOWN = 10
"""Of the characters that a tokenizer does not know, so many are named."""


def describe(run):
    """What a run is made of, in a few lines."""
    options, kind = run.options, run.kind
    config = run.model.config
    parameters = sum(parameter.numel() for parameter in run.model.parameters())
    learned, kept = (len(task) for task in run.tasks)
    answers = f"{kind.classes} classes" if kind.classes else "one score for each choice"
    if kind.scored:
        answers = f"scores from 0 to {kind.classes - 1}"
    sizes = f"{config.layers} layers, width {config.width}, context {config.context}"
    told = f"{learned:,} examples to learn from, {kept:,} to validate"
    how = f"{options.optimizer}, learning rate {options.learning_rate:g}"
    how += f", language model weighted {options.lm_weight:g}"
    taking = taken(options, config)
    lines = [
        f"device: {computed(run)}",
        f"model: {options.model}, {parameters:,} parameters: {sizes}; {taking}",
        f"task: {kind.name}, {kind.form}, {answers}: {told}",
        f"run: {run.total:,} updates of {options.batch_size} examples, {how}",
    ]
    if any(run.cut):
        most = room(kind.positions)
        most = kind.positions - 2 if kind.form == "classification" else most
        lines.append(
            f"cut: {run.cut[0]:,} and {run.cut[1]:,} examples have a text of more than "
            f"{most} tokens, whose end the model does not see"
        )
    if unknown := lacking(run):
        more = f" and {len(unknown) - SHOWN:,} more" if len(unknown) > SHOWN else ""
        lines.append(
            f"unknown: the model's tokenizer has nothing for "
            f"{' '.join(map(repr, unknown[:SHOWN]))}{more}"
        )
    if run.step:
        lines += [f"resumed after update {run.step:,}", *run.notes]
    return "\n".join(lines)


def taken(options, config):
    """What of the pre-trained model is taken over, in words."""
    layers = options.transfer
    if layers == -1:
        return "nothing of it taken over"
    if layers == 0:
        return "its embeddings taken over"
    many = config.layers if layers is None else layers
    return f"{many} of {config.layers} blocks taken over"


def lacking(run):
    """The characters of the texts that the tokenizer does not know, each once.

    GPT-1's own changes texts before it looks at their characters.
    """
    if run.tokenizer.kind == "gpt1":
        return []
    texts = (
        text for task in run.tasks for each in task.examples for text in each.texts
    )
    seen = dict.fromkeys(mark for text in texts for mark in text)
    return run.tokenizer.lacking("".join(seen))
