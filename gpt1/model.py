"""GPT-1, from attention up to the whole model.

Read it top to bottom: each class uses the ones above it. The architecture is that of
Radford et al. (2018), section 4.1 and figure 1: learned positions, normalisation
*after* each residual sum ("post-norm"), no normalisation at the end, GELU in its tanh
form, and one matrix that is both the input embedding and the output projection.

What this file does not do: count (`count/`), train (`train/`), write text
(`generate/`), read and write files (`weights/`).
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from gpt1.inputs import check_ids, check_targets
from gpt1.speed.loss import linear_cross_entropy
from gpt1.weights import read as read_weights, write as write_weights

# --- attention ------------------------------------------------------------------------


def causal_mask(time, past=0, device=None):
    """Which positions may look at which: True where a query may see a key.

    Args:
        time: number of queries; they are the last `time` positions.
        past: number of earlier positions, whose keys are already known.
        device: where to make the mask.

    Returns:
        A boolean tensor of shape (time, past + time); row `i` is True up to and
        including column `past + i`.
    """
    everything = torch.ones(time, past + time, dtype=torch.bool, device=device)
    return everything.tril(diagonal=past)  # (time, past + time)


def attention_weights(query, key):
    """How much each position takes from each other: softmax(Q Kᵀ / √head_size).

    Args:
        query: (..., time, head_size).
        key: (..., past + time, head_size); the queries belong to its last positions.

    Returns:
        (..., time, past + time); each row is non-negative, sums to 1 and is 0 for
        positions after the query's own.

    Source: Vaswani et al. (2017), section 3.2.1, with the mask of a decoder.
    """
    time, past = query.size(-2), key.size(-2) - query.size(-2)
    scores = query @ key.transpose(-2, -1)  # (batch, heads, time, past + time)
    scores = scores / math.sqrt(query.size(-1))
    mask = causal_mask(time, past, device=query.device)  # (time, past + time)
    scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1)  # (batch, heads, time, past + time)


def attention(query, key, value, dropout=0.0):
    """Causal scaled dot-product attention, written out.

    The model itself calls `F.scaled_dot_product_attention`, which computes the same
    without keeping the weights; the tests hold the two equal.

    Args:
        query: (..., time, head_size).
        key: (..., past + time, head_size).
        value: (..., past + time, head_size).
        dropout: probability of dropping a weight; give 0 when not training.

    Returns:
        (..., time, head_size): for each query, a weighted mean of the values.
    """
    weights = attention_weights(query, key)  # (batch, heads, time, past + time)
    weights = F.dropout(weights, dropout)
    return weights @ value  # (batch, heads, time, head_size)


class KVCache:
    """The keys and values that one attention layer has already computed.

    It starts empty and takes shape, type and device from the first keys it is given.
    A cache is for inference: run the model under `torch.no_grad()`. `GPT.new_cache`
    makes one for each block.

    Args:
        context: the most positions it can hold.

    Attributes:
        length: number of positions held so far.
    """

    def __init__(self, context):
        self.context = context
        self.length = 0
        self.keys = self.values = None

    def extend(self, key, value):
        """Append keys and values; return all that are held, oldest first.

        Args:
            key: (batch, heads, time, head_size).
            value: (batch, heads, time, head_size).

        Returns:
            Two tensors of shape (batch, heads, past + time, head_size), views into
            the cache.

        Raises:
            ValueError: the cache would overflow, the batch changed, or gradients are
                on.
        """
        start, stop = self.length, self.length + key.size(2)
        self._check(key, stop)
        if self.keys is None:
            batch, heads, _, head_size = key.shape
            room = (batch, heads, self.context, head_size)
            self.keys, self.values = key.new_empty(room), value.new_empty(room)
        self.keys[:, :, start:stop] = key
        self.values[:, :, start:stop] = value
        self.length = stop
        return self.keys[:, :, :stop], self.values[:, :, :stop]

    def _check(self, key, stop):
        if stop > self.context:
            raise ValueError(
                f"the cache holds {self.length} of {self.context} positions; "
                f"{key.size(2)} more do not fit: start a new cache"
            )
        if self.keys is not None and self.keys.size(0) != key.size(0):
            raise ValueError(
                f"the cache holds a batch of {self.keys.size(0)}, got a batch of "
                f"{key.size(0)}: use one cache for each batch"
            )
        if torch.is_grad_enabled():
            raise ValueError(
                "a cache keeps no gradients: call the model under torch.no_grad(), or "
                "without a cache"
            )


class Cache(list):
    """The caches of a whole model: one `KVCache` for each block."""

    @property
    def length(self):
        """Number of positions held so far."""
        return self[0].length


class MultiHeadAttention(nn.Module):
    """Causal self-attention with several heads (Vaswani et al. 2017, section 3.2.2).

    One matrix makes queries, keys and values for all heads at once. Dropout falls in
    two of the paper's four places: on the attention weights and on the output.

    Args:
        config: `width`, `heads` and `dropout` are used.
    """

    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        self.head_size = config.head_size
        self.query_key_value = nn.Linear(config.width, 3 * config.width)
        self.projection = nn.Linear(config.width, config.width)
        self.dropout = nn.Dropout(config.dropout)

    def split(self, x):
        """Queries, keys and values of each head.

        Args:
            x: (batch, time, width).

        Returns:
            Three tensors of shape (batch, heads, time, head_size).
        """
        batch, time, width = x.shape
        joint = self.query_key_value(x)  # (batch, time, 3 * width)
        joint = joint.view(
            batch, time, 3, self.heads, self.head_size
        )  # (batch, time, 3, heads, head_size)
        joint = joint.permute(2, 0, 3, 1, 4)  # (3, batch, heads, time, head_size)
        query, key, value = joint  # each (batch, heads, time, head_size)
        return query, key, value

    def forward(self, x, cache=None):
        """Mix information between positions.

        Args:
            x: (batch, time, width).
            cache: a `KVCache` with the keys and values of earlier positions; it is
                extended by those of `x`.

        Returns:
            (batch, time, width).
        """
        query, key, value = self.split(x)  # each (batch, heads, time, head_size)
        time = query.size(2)
        if cache is not None:
            key, value = cache.extend(key, value)
        past = key.size(2) - time
        # is_causal lines its mask up with the first key, which is wrong as soon as
        # there is a past; a single new position may see everything.
        masked = past > 0 and time > 1
        mixed = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=causal_mask(time, past, x.device) if masked else None,
            dropout_p=self.dropout.p if self.training else 0.0,
            is_causal=not past,
        )  # (batch, heads, time, head_size)
        mixed = mixed.transpose(1, 2)  # (batch, time, heads, head_size)
        mixed = mixed.flatten(2)  # (batch, time, width)
        return self.dropout(self.projection(mixed))  # (batch, time, width)


# --- the block ------------------------------------------------------------------------


class FeedForward(nn.Module):
    """Two linear layers with a GELU between, applied to each position alone.

    The GELU is the tanh form, as in OpenAI's code; the paper does not say which.

    Args:
        config: `width`, `feed_forward` and `dropout` are used.
    """

    def __init__(self, config):
        super().__init__()
        self.expand = nn.Linear(config.width, config.feed_forward)
        self.contract = nn.Linear(config.feed_forward, config.width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        """Transform each position.

        Args:
            x: (batch, time, width).

        Returns:
            (batch, time, width).
        """
        inner = self.expand(x)  # (batch, time, feed_forward)
        inner = F.gelu(inner, approximate="tanh")
        return self.dropout(self.contract(inner))  # (batch, time, width)


class Block(nn.Module):
    """One layer of the decoder: attention, then feed-forward, each in a residual sum.

    Post-norm, as in GPT-1 (paper, figure 1 left): LayerNorm comes after the sum. GPT-2
    moved it in front of each sub-layer.

    Args:
        config: the model's `GPTConfig`.
    """

    def __init__(self, config):
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.width, config.norm_eps)
        self.feed_forward = FeedForward(config)
        self.feed_forward_norm = nn.LayerNorm(config.width, config.norm_eps)

    def forward(self, x, cache=None):
        """Apply the block.

        Args:
            x: (batch, time, width).
            cache: the `KVCache` of this layer, or None.

        Returns:
            (batch, time, width).
        """
        x = self.attention_norm(x + self.attention(x, cache))  # (batch, time, width)
        x = self.feed_forward_norm(x + self.feed_forward(x))  # (batch, time, width)
        return x


# --- the model ------------------------------------------------------------------------


class GPT(nn.Module):
    """The decoder-only Transformer of GPT-1.

    Embedding dropout falls on the sum of token and position embedding, position by
    position, as in Hugging Face's port. OpenAI's released code instead drops entries of
    the embedding matrix itself before the look-up: there all occurrences of a token in
    a batch share one mask, and the same dropped matrix makes the logits. The paper
    does not say which it means.

    Args:
        config: sizes and dropout; `GPTConfig()` is GPT-1.
    """

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.width)
        self.position_embedding = nn.Embedding(config.context, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.initialise()

    @torch.no_grad()
    def initialise(self):
        """Draw matrices from N(0, init_std²); set gains to 1 and biases to 0.

        The same deviation at every depth: scaling by depth came with GPT-2.
        """
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, self.config.init_std)
            else:
                parameter.fill_(1.0 if name.endswith("norm.weight") else 0.0)

    def hidden(self, ids, *, cache=None):
        """The final state of each position.

        Args:
            ids: token ids, any integer type, (batch, time) with time from 1 to
                `config.context`.
            cache: what `new_cache` made, extended in place; `ids` then continue the
                ids given before, and both together must fit the context.

        Returns:
            (batch, time, width).

        Raises:
            ValueError: see `check_ids`.
        """
        past = cache[0].length if cache else 0
        ids = check_ids(ids, self.config, past)  # (batch, time)
        positions = torch.arange(past, past + ids.size(1), device=ids.device)
        x = self.token_embedding(ids)  # (batch, time, width)
        x = x + self.position_embedding(positions)  # (batch, time, width)
        x = self.dropout(x)
        for layer, block in enumerate(self.blocks):
            x = block(x, cache[layer] if cache else None)  # (batch, time, width)
        return x

    def logits(self, hidden):
        """Scores for the next token, by the transposed embedding (paper, eq. 2).

        Args:
            hidden: (batch, time, width).

        Returns:
            (batch, time, vocab).
        """
        return F.linear(hidden, self.token_embedding.weight)  # (batch, time, vocab)

    def forward(self, ids, *, cache=None):
        """Scores for the token after each position.

        Args:
            ids: as for `hidden`.
            cache: as for `hidden`.

        Returns:
            (batch, time, vocab): unnormalised log-probabilities.

        Raises:
            ValueError: see `check_ids`.
        """
        return self.logits(self.hidden(ids, cache=cache))  # (batch, time, vocab)

    def loss(self, ids, targets=None):
        """Mean cross-entropy of the targets, in nats per token (paper, eq. 1).

        The same value and gradient as `F.cross_entropy` on the logits, without holding
        the logits of all positions at once. Targets are not shifted here: target `i` is
        what follows id `i`.

        Args:
            ids: as for `hidden`.
            targets: the token that follows each position, (batch, time); -100 where
                there is none to predict. None predicts each of `ids` from those before
                it: the first is not predicted, the last predicts nothing.

        Returns:
            A scalar.

        Raises:
            ValueError: see `check_ids`; targets of another shape than ids, or `ids`
                itself, which would train a model to copy.
        """
        if targets is None:
            ids, targets = ids[:, :-1], ids[:, 1:]  # each (batch, time)
        targets = check_targets(targets, ids, self.config)  # (batch, time)
        hidden = self.hidden(ids).flatten(0, 1)  # (batch * time, width)
        return linear_cross_entropy(
            hidden, self.token_embedding.weight, targets.flatten()
        )

    def new_cache(self):
        """An empty `Cache` for `forward` and `hidden`."""
        return Cache(KVCache(self.config.context) for _ in self.blocks)

    @classmethod
    def from_pretrained(cls, source, **options):
        """A GPT with weights from somewhere else, in evaluation mode and float32.

        Args:
            source: a directory, a file, the id of a model on the hub, or a name such as
                "tales-tiny"; see `gpt1.weights.read`.
            options: dropout, heads and revision of `gpt1.weights.read`.

        Raises:
            FileNotFoundError, ValueError, ImportError: see `gpt1.weights.read`.
        """
        config, state = read_weights(source, **options)
        with torch.random.fork_rng(devices=[]):  # the weights it begins with are lost
            model = cls(config)
        model.load_state_dict(state)
        return model.eval()

    def save_pretrained(self, directory):
        """Write config and weights in Hugging Face's layout.

        Args:
            directory: created if need be.

        Raises:
            ValueError, ImportError: see `gpt1.weights.write`.
        """
        write_weights(self.config, self.state_dict(), directory)
