"""The paper's other model: one layer of an LSTM in the place of the blocks."""

import math

from torch import nn

from gpt1.inputs import check_ids
from gpt1.model import GPT


class LSTM(GPT):
    """A language model that carries one state from token to token (paper, table 5).

    The paper compares GPT-1 with "a single layer 2048 unit LSTM" and says no more of
    it. Here it has GPT-1's embedding and its output by the same matrix, and a linear
    layer from the state to the embedding's size. It has no positions, since the order
    of the tokens is in its state.

    Args:
        config: as a `GPT`'s. What is of blocks alone counts for `cells_of` only.
        cells: numbers in the state; None for `cells_of`.
    """

    def __init__(self, config, cells=None):
        nn.Module.__init__(self)
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(config.width, cells or cells_of(config), batch_first=True)
        self.projection = nn.Linear(self.lstm.hidden_size, config.width)
        nn.init.normal_(self.token_embedding.weight, std=config.init_std)

    def hidden(self, ids, *, cache=None):
        """The final state of each position, (batch, time, width).

        Args:
            ids: as for `GPT.hidden`.
            cache: what `new_cache` made; `ids` then continue those given before.

        Raises:
            ValueError: see `gpt1.inputs.check_ids`.
        """
        cache = cache or State()
        ids = check_ids(ids, self.config, cache.length)  # (batch, time)
        x = self.dropout(self.token_embedding(ids))  # (batch, time, width)
        x, cache.last = self.lstm(x, cache.last)
        cache.length += ids.size(1)
        x = self.dropout(x)  # (batch, time, cells)
        return self.projection(x)  # (batch, time, width)

    def new_cache(self):
        """An empty `State` for `forward` and `hidden`."""
        return State()


class State:
    """Where an LSTM stands in a text: it is all that it remembers of it.

    Attributes:
        length: number of tokens read so far.
        last: its output and its cells after them, (1, batch, cells) each; None before.
    """

    def __init__(self):
        self.length, self.last = 0, None


def cells_of(config):
    """The most cells with which an `LSTM` has no more parameters than a `GPT`.

    Args:
        config: a `GPTConfig`.

    Returns:
        A whole number. Of n cells that read vectors of size d, the LSTM has
        4n(d + n + 2) parameters, and (n + 1) d lead back to d.
    """
    width, inner = config.width, config.feed_forward
    attention = 4 * (width + 1) * width
    block = attention + (2 * inner + 1) * width + inner + 4 * width
    room = config.layers * block + (config.context - 1) * width
    linear = 5 * width + 8  # 4n² + (5d + 8) n is to be the room at most
    return int((math.sqrt(linear**2 + 16 * room) - linear) / 8)
