"""The command `gpt1 generate`, or `python -m gpt1.generate`."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from gpt1.generate.precision import PRECISIONS, faster
from gpt1.generate.sampling import check_sampling, stream
from gpt1.generate.showing import Shown, show
from gpt1.generate.texts import EMPTY_LINE, lacking, start_ids
from gpt1.loading import SHIPPED, SHIPPED_FILES, load_model
from gpt1.plumbing.command import option, parse, run
from gpt1.plumbing.writing import ERRORS

TRAINED = "checkpoints/best_model.pth"
"""What `gpt1 train` leaves behind."""

in_text = partial(option, group="text")
in_choice = partial(option, group="choice of tokens")
in_machine = partial(option, group="model and machine")


@dataclass
class GenerateConfig:
    """Continue a prompt with a trained model; without a prompt, begin a text.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    prompt: str = in_text(
        "",
        "text to continue; empty, the text begins as after an empty line",
        metavar="TEXT",
        empty=True,
    )
    max_length: int | None = in_text(
        None,
        "tokens in all, the prompt's included; 200 (1000 where --stop ends the text), "
        "or 100 more than a long prompt",
    )
    stop: str | None = in_text(
        None,
        "end before this text, \\n being a line end; the models that come with the "
        "package stop at an empty line",
        metavar="TEXT",
        empty=True,
    )
    samples: int = in_text(1, "texts to write, together")
    stream: bool = in_text(
        False, "show each token when it is drawn; a terminal does so anyway"
    )
    temperature: float = in_choice(0.7, "below 1 is safer, above 1 wilder, 0 greedy")
    top_k: int = in_choice(40, "draw from the k likeliest tokens; 0 for all")
    top_p: float = in_choice(1.0, "of these, from the fewest whose chances sum to p")
    seed: int = in_choice(
        0, "the same seed writes the same text; sample i has seed + i - 1"
    )
    model_path: str | None = in_machine(
        None,
        f"checkpoint, folder or id on the hub; else {TRAINED} where there is one, else "
        f"{SHIPPED}, a model that comes with the package",
        metavar="PATH",
    )
    device: str | None = in_machine(None, "cpu, cuda or mps; cuda where there is one")
    precision: str = in_machine(
        "float32",
        "float32; bf16 and int8, which is for a CPU, write faster, from weights that "
        "are rounded",
        choices=PRECISIONS,
        metavar="KIND",
    )
    cache: bool = in_machine(
        True, "compute keys and values again for each token: slower"
    )

    def __post_init__(self):
        check_sampling(self.temperature, self.top_k, self.top_p, prefix="--")
        for name in ("samples", "max_length"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"--{name} must be at least 1, got {value}")
        if not 0 <= self.seed < 2**63 - self.samples:
            raise ValueError(f"--seed must be 0 or more, below 2^63, got {self.seed}")
        if self.stop is not None:
            self.stop = self.stop.replace("\\n", "\n")


def prompt_ids(tokenizer, options):
    """The ids of the prompt that `options` give, after a check.

    Raises:
        ValueError: the tokenizer lacks a character, or nothing would be written.
    """
    if unknown := lacking(tokenizer, options.prompt):
        raise ValueError(
            f"the model does not know these characters of --prompt: "
            f"{' '.join(map(repr, unknown))}; its training text had none of them"
        )
    ids = tokenizer.encode(options.prompt)
    if options.max_length is not None and len(ids) >= options.max_length:
        raise ValueError(
            f"--max_length counts the prompt, which has {len(ids)} tokens: give more "
            f"than that, got {options.max_length}"
        )
    return ids


def chosen_model(options):
    """The model that `options` mean, and what to tell about the choice."""
    if options.model_path is not None:
        return options.model_path, []
    if Path(TRAINED).is_file():
        told = f"writing with {TRAINED}; --model_path {SHIPPED} is the shipped model"
        return TRAINED, [told]
    told = f"writing with {SHIPPED}, the model of this package; there is no {TRAINED}"
    return SHIPPED, [told]


def ends(options, source, read):
    """Where a text ends: before which string, or after how many new tokens.

    Args:
        options: a `GenerateConfig`.
        source: of the model.
        read: tokens of the prompt.
    """
    stop = options.stop
    if stop is None:
        stop = EMPTY_LINE if source in SHIPPED_FILES else ""
    length = options.max_length or max(1000 if stop else 200, read + 100)
    return stop, length - read


def draw(model, prompt, new_tokens, seeds, options):
    """What `stream` yields for a text of each seed, under `options`."""
    device = model.token_embedding.weight.device
    names = "temperature", "top_k", "top_p", "cache"
    chosen = {name: getattr(options, name) for name in names}
    dice = [torch.Generator(device).manual_seed(seed) for seed in seeds]
    return stream(model, [prompt] * len(seeds), new_tokens, generator=dice, **chosen)


def write(options):
    """Print the texts that `options` ask for.

    Args:
        options: a `GenerateConfig`.

    Raises:
        FileNotFoundError, ValueError, ImportError: a file or an option is not usable.
    """
    source, notes = chosen_model(options)
    model, tokenizer = load_model(source, options.device)
    model = faster(model, options.precision)
    prompt, context = prompt_ids(tokenizer, options), model.config.context
    if len(prompt) > context:
        notes.append(
            f"the prompt has {len(prompt)} tokens and the model sees {context}: it "
            f"goes by the last {max(context // 2, 1)}"
        )
    for note in notes:
        ERRORS.line(f"note: {note}")
    stop, new_tokens = ends(options, source, len(prompt))
    seeds = range(options.seed, options.seed + options.samples)
    texts = [Shown(tokenizer, prompt, new_tokens, stop) for _ in seeds]
    titles = [f"--- seed {seed} ---\n" if len(seeds) > 1 else "" for seed in seeds]
    tokens = draw(model, prompt or start_ids(tokenizer), new_tokens, seeds, options)
    show(texts, titles, tokens, options.stream or sys.stdout.isatty())


def main(argv=None):
    """The command line of `python -m gpt1.generate`."""
    less = "fewer --samples or a smaller --max_length"
    run(lambda: write(parse(GenerateConfig, argv, prog="gpt1 generate")), less=less)


if __name__ == "__main__":
    main()
