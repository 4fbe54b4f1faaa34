"""The command `gpt1 count`, or `python -m gpt1.count`."""

from dataclasses import dataclass

from gpt1.config import PRESETS, GPTConfig
from gpt1.count import ledgers
from gpt1.plumbing.command import option, parse, run
from gpt1.plumbing.writing import hand_over

GROUP = "sizes; the preset's unless given"


@dataclass
class CountConfig:
    """Count the parameters, operations and bytes of a GPT-1, without making one.

    Raises:
        ValueError: a number is out of its range.
    """

    preset: str = option("gpt1", "the model's size", choices=sorted(PRESETS))
    batch_size: int = option(1, "windows in a step of training")
    time: int | None = option(None, "tokens in a window; the context unless given")
    vocab_size: int | None = option(None, "tokens", group=GROUP)
    context: int | None = option(None, "tokens seen at once", group=GROUP)
    width: int | None = option(None, "size of a state", group=GROUP)
    layers: int | None = option(None, "blocks", group=GROUP)
    heads: int | None = option(None, "attention heads", group=GROUP)
    feed_forward: int | None = option(
        None, "inner size; 4 x width unless given", group=GROUP
    )
    dropout: float | None = option(None, "in all four places", group=GROUP)

    def model(self):
        """The `GPTConfig` that is meant."""
        fields = GPTConfig.__dataclass_fields__
        given = {name: getattr(self, name, None) for name in fields}
        return PRESETS[self.preset](**{k: v for k, v in given.items() if v is not None})


def report(options):
    """All ledgers of a model as one text.

    Args:
        options: a `CountConfig`.

    Raises:
        ValueError: see `GPTConfig` and `activations`.
    """
    config, batch = options.model(), options.batch_size
    time = ledgers.checked_time(config, options.time)
    training = ledgers.training_memory(config, batch, time)
    writing = ledgers.generation_memory(config)
    return f"""\
{options.preset}: vocabulary {config.vocab_size:,}, context {config.context}, width \
{config.width}, {config.layers} layers,
{config.heads} heads, feed-forward {config.feed_forward}, dropout {config.dropout}

PARAMETERS
{ledgers.parameters(config)}

FORWARD, each of {time} tokens
{ledgers.flops(config, time)}
training, three times as much: {ledgers.training_flops(config, time):,}

TRAINING, {batch} x {time} tokens in float32: {_human(training.total)}
{training}

ACTIVATIONS of these
{ledgers.activations(config, batch, time)}

WRITING one text in float32: {_human(writing.total)}
{writing}"""


def _human(size):
    unit = min((len(f"{size}") - 1) // 3, 3)
    return f"{size / 1000**unit:.4g} {('bytes', 'kB', 'MB', 'GB')[unit]}"


def main(argv=None):
    """The command line of `python -m gpt1.count`."""
    run(lambda: hand_over(report(parse(CountConfig, argv, prog="gpt1 count")) + "\n"))


if __name__ == "__main__":
    main()
