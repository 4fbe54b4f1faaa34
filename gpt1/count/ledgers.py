"""How large a GPT is and what it costs, from its config alone.

Nothing here makes a model or a tensor: every number is arithmetic on a `GPTConfig`. The
tests hold the ledgers to real models, to PyTorch's own FLOP counter, and to the tensors
that a real training step keeps. `gpt1 count`, or `python -m gpt1.count`, prints them.

Conventions, in one place:

- A multiply and an add are two FLOPs. Only matrix products count: LayerNorm, GELU,
  softmax, sums and the look-up of embeddings are left out.
- Attention counts all time x time scores, the masked half included.
- A backward pass costs twice its forward pass: training is three times forward.
- Memory is in bytes, everything in float32, activations as eager PyTorch keeps them on
  a CPU.
"""

from gpt1.config import GPTConfig
from gpt1.count.ledger import Ledger, Row

BYTES = 4
"""Bytes of a float32."""


def parameters(config: GPTConfig) -> Ledger:
    """Trainable numbers by component; 116,534,784 for GPT-1.

    The output projection is the token embedding and adds nothing.

    Args:
        config: the model's config.
    """
    width, inner, layers = config.width, config.feed_forward, config.layers

    def linear(name, into, out):
        return Row(name, f"{into} x {out} + {out}", into * out + out, layers)

    def table(name, rows):
        return Row(name, f"{rows} x {width}", rows * width)

    rows = [
        table("token embedding", config.vocab_size),
        table("position embedding", config.context),
        linear("query, key, value", width, 3 * width),
        linear("attention projection", width, width),
        linear("feed-forward expand", width, inner),
        linear("feed-forward contract", inner, width),
        Row("two LayerNorms", f"2 x (2 x {width})", 4 * width, layers),
    ]
    return Ledger("parameters", rows)


def flops(config: GPTConfig, time=None) -> Ledger:
    """Forward FLOPs of one token in a sequence, by component.

    Args:
        config: the model's config.
        time: length of the sequence; None means the whole context.

    Returns:
        A `Ledger` for one token; times `time` it is the forward pass of a sequence,
        times three it is training (see `training_flops`).

    Raises:
        ValueError: `time` is not between 1 and the context.
    """
    time = checked_time(config, time)
    width, inner, layers = config.width, config.feed_forward, config.layers

    def product(name, into, out, times=layers):
        return Row(name, f"2 x {into} x {out}", 2 * into * out, times)

    rows = [
        product("query, key, value", width, 3 * width),
        product("scores", width, time),
        product("weighted values", time, width),
        product("attention projection", width, width),
        product("feed-forward expand", width, inner),
        product("feed-forward contract", inner, width),
        product("logits", width, config.vocab_size, 1),
    ]
    return Ledger("FLOPs per token", rows)


def training_flops(config: GPTConfig, time=None) -> int:
    """FLOPs to train on one token: forward once, backward twice as much.

    Equal to 6 x (parameters in matrices that multiply) + 12 x layers x width x time,
    the convention in which utilisation (MFU) is usually stated.

    Args:
        config: the model's config.
        time: length of the sequence; None means the whole context.

    Raises:
        ValueError: see `flops`.
    """
    return 3 * flops(config, time).total


def activations(config: GPTConfig, batch, time=None) -> Ledger:
    """Bytes kept between the forward and the backward pass of a training step.

    The plain form of the loss is assumed, `F.cross_entropy` on all logits; `GPT.loss`
    avoids the last row. Without dropout, attention keeps one number per query and head
    in place of its weights. With dropout, PyTorch on a CPU leaves that fused path and
    keeps the weights three times: before dropout, after it, and the mask.

    Args:
        config: the model's config; its dropout counts.
        batch: sequences in a step.
        time: length of a sequence; None means the whole context.

    Raises:
        ValueError: `batch` is below 1, or `time` not between 1 and the context.
    """
    time = checked_time(config, time)
    tokens = checked_batch(batch) * time
    width, inner, heads = config.width, config.feed_forward, config.heads
    dropped = config.dropout > 0
    # Where dropout splits the queries, keys and values into tensors of their own, one
    # sequence or one head leaves the values inside the joint tensor, which stays whole.
    joint = 5 if dropped and 1 in (batch, heads) else 3

    def kept(name, numbers, what=None, times=config.layers):
        formula = f"{tokens} x {what or numbers} x {BYTES}"
        return Row(name, formula, tokens * numbers * BYTES, times)

    block = [
        kept("attention input", width),
        kept("queries, keys, values", joint * width, f"{joint} x {width}"),
        kept("attention output", width),
        kept("two LayerNorms", 2 * (width + 2), f"2 x ({width} + 2)"),
        kept("feed-forward input", width),
        kept("before GELU", inner),
        kept("after GELU", inner),
    ]
    if dropped:
        weights = f"3 x {heads} x {time}"
        block.append(kept("attention weights", 3 * heads * time, weights))
        block.append(kept("two dropout masks", 2 * width, f"2 x {width}"))
        ends = [kept("embedding dropout mask", width, times=1)]
    else:
        block.append(kept("softmax sums", heads))
        ends = []
    ends.append(kept("final state", width, times=1))
    ends.append(kept("log-probabilities", config.vocab_size, times=1))
    return Ledger("bytes", block + ends)


def training_memory(config: GPTConfig, batch, time=None) -> Ledger:
    """Bytes that a training step with Adam needs.

    Weights, gradients and Adam's two moments do not depend on the batch; activations
    grow with it. The total takes all four at their largest. Temporary buffers are not
    counted.

    Args:
        config: the model's config; its dropout counts.
        batch: sequences in a step.
        time: length of a sequence; None means the whole context.

    Raises:
        ValueError: see `activations`.
    """
    size = parameters(config).total
    kept = activations(config, batch, time)
    rows = [
        Row("weights", f"{size} x {BYTES}", size * BYTES),
        Row("gradients", f"{size} x {BYTES}", size * BYTES),
        Row("Adam's moments", f"2 x {size} x {BYTES}", 2 * size * BYTES),
        Row("activations", "see activations()", kept.total),
    ]
    return Ledger("bytes", rows)


def generation_memory(config: GPTConfig, batch=1, time=None) -> Ledger:
    """Bytes that writing text with a cache needs.

    Args:
        config: the model's config.
        batch: texts written at once.
        time: positions to count; None means the whole context, for which `KVCache`
            makes room at the first token.

    Raises:
        ValueError: see `activations`.
    """
    time = checked_time(config, time)
    size, width = parameters(config).total, config.width
    room = 2 * checked_batch(batch) * time * width * BYTES
    how = f"2 x {batch} x {time} x {width} x {BYTES}"
    weights = Row("weights", f"{size} x {BYTES}", size * BYTES)
    kept = Row("keys and values", how, room, config.layers)
    return Ledger("bytes", [weights, kept])


def checked_time(config, time):
    time = config.context if time is None else time
    if not 1 <= time <= config.context:
        raise ValueError(f"time must be 1 to {config.context}, got {time}")
    return time


def checked_batch(batch):
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    return batch
