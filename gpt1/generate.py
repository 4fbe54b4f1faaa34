"""Writing text: `python -m gpt1.generate --prompt "..." --model_path FILE`."""

import math
from dataclasses import dataclass

import torch

from gpt1.command import option, parse, run
from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.tokenizer import tokenizer_from_dict
from gpt1.utils import load_checkpoint, pick_device


@dataclass
class GenerateConfig:
    """Continue a prompt with a trained model.

    Raises:
        ValueError: a number is out of its range; the message names the flag.
    """

    prompt: str = option("", "text to continue", metavar="TEXT", required=True)
    model_path: str = option(
        "checkpoints/best_model.pth", "what gpt1 train wrote", metavar="FILE"
    )
    max_length: int = option(200, "tokens in all, the prompt's included")
    temperature: float = option(0.7, "below 1 is bolder, above 1 wilder, 0 greedy")
    top_k: int = option(40, "draw from the k most likely tokens only; 0 means all")
    seed: int = option(0, "the same seed writes the same text")
    device: str | None = option(
        None, "cpu, cuda or mps; cuda where there is one", type=str
    )

    def __post_init__(self):
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"--temperature must be 0 or more, got {self.temperature}")
        if self.top_k < 0:
            raise ValueError(f"--top_k must be 0 or more, got {self.top_k}")
        if self.max_length < 1:
            raise ValueError(f"--max_length must be at least 1, got {self.max_length}")


def next_token(logits, temperature=0.7, top_k=40, generator=None):
    """Draw the next token of each text.

    Args:
        logits: scores of the last position, (batch, vocab).
        temperature: the logits are divided by it; 0 takes the most likely token.
        top_k: only the k most likely tokens can be drawn; 0 means all.
        generator: a `torch.Generator` on the logits' device, or None.

    Returns:
        Token ids, (batch, 1).
    """
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)  # (batch, 1)
    logits = logits.float() / temperature  # (batch, vocab)
    if 0 < top_k < logits.size(-1):
        lowest = logits.topk(top_k).values[:, -1:]  # (batch, 1)
        logits = logits.masked_fill(logits < lowest, float("-inf"))
    chances = logits.softmax(dim=-1)  # (batch, vocab)
    return torch.multinomial(chances, 1, generator=generator)  # (batch, 1)


@torch.no_grad()
def generate(
    model, ids, new_tokens, *, temperature=0.7, top_k=40, generator=None, cache=True
):
    """Continue each text by a number of tokens.

    When the context is full, the model forgets: only the newest half of the context is
    kept, read again as a beginning, and writing goes on. Positions are learned for
    each place, so a window that slid by one token would have to be read again for every
    token. The rule is the same with and without the cache, and so are the tokens.

    Args:
        model: a `GPT` in evaluation mode.
        ids: the prompts, (batch, time); of a prompt longer than the context the newest
            half context is read.
        new_tokens: how many to write.
        temperature: see `next_token`.
        top_k: see `next_token`.
        generator: see `next_token`.
        cache: keep keys and values instead of computing them again; for comparison.

    Returns:
        Prompts and continuations, (batch, time + new_tokens), int64.
    """
    context = model.config.context
    ids, memory = ids.long(), model.new_cache()
    seen = ids
    fresh = ids  # what the cache has not read yet
    for _ in range(new_tokens):
        if seen.size(1) > context:
            seen = seen[:, -max(context // 2, 1) :]
            fresh, memory = seen, model.new_cache()
        hidden = model.hidden(fresh, memory) if cache else model.hidden(seen)
        logits = model.logits(hidden[:, -1])  # (batch, vocab)
        fresh = next_token(logits, temperature, top_k, generator)  # (batch, 1)
        ids, seen = torch.cat([ids, fresh], 1), torch.cat([seen, fresh], 1)
    return ids


def load_model(path, device=None):
    """Model and tokenizer from a checkpoint of `gpt1.train`.

    Args:
        path: the checkpoint.
        device: see `gpt1.utils.pick_device`.

    Returns:
        A `GPT` in evaluation mode and its tokenizer.

    Raises:
        FileNotFoundError, ValueError: there is no such file, or it is something else.
    """
    contents = load_checkpoint(path)
    if not {"model", "config", "tokenizer"} <= set(contents):
        raise ValueError(
            f"{path} lacks model, config or tokenizer: expected a file written by  "
            f"python -m gpt1.train"
        )
    model = GPT(GPTConfig.from_dict(contents["config"]))
    try:
        model.load_state_dict(contents["model"])
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} does not fit its config: {reason:.200}") from None
    tokenizer = tokenizer_from_dict(contents["tokenizer"])
    return model.to(pick_device(device)).eval(), tokenizer


def write(options):
    """Print the continuation that `options` ask for.

    Args:
        options: a `GenerateConfig`.

    Raises:
        FileNotFoundError, ValueError: a file or an option is not usable.
    """
    model, tokenizer = load_model(options.model_path, options.device)
    if not options.prompt:
        raise ValueError("--prompt must have one character or more to continue")
    device = model.token_embedding.weight.device
    ids = torch.tensor([tokenizer.encode(options.prompt)], device=device)
    if ids.size(1) >= options.max_length:
        raise ValueError(
            f"--max_length counts the prompt, which has {ids.size(1)} tokens: give "
            f"more than that, got {options.max_length}"
        )
    text = generate(
        model,
        ids,
        options.max_length - ids.size(1),
        temperature=options.temperature,
        top_k=options.top_k,
        generator=torch.Generator(device).manual_seed(options.seed),
    )
    print(tokenizer.decode(text[0].tolist()))


def main(argv=None):
    """The command line of `python -m gpt1.generate`."""
    run(lambda: write(parse(GenerateConfig, argv, prog="gpt1 generate")))


if __name__ == "__main__":
    main()
