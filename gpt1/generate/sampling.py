"""From logits to texts: which token comes next, and the loop that writes one by one.

The loop knows ids only. Prompts as strings are in `texts.py`, showing a text on a
terminal in `showing.py`, the command line in `__main__.py`.
"""

import math

import torch

from gpt1.config import is_whole
from gpt1.inputs import INTEGERS


def candidates(logits, temperature=0.7, top_k=40, top_p=1.0):
    """The tokens that may come next, the likeliest first, and their chances.

    Temperature, top-k and top-p act in this order, each on what the one before left
    (as in Hugging Face's `generate`).

    Args:
        logits: scores of the last position, (batch, vocab).
        temperature: above 0; the logits are divided by it.
        top_k: only the k most likely tokens stay; 0 means all.
        top_p: of these the smallest number of most likely ones stays whose chances sum
            to at least this; 1 means all. The likeliest token always stays.

    Returns:
        Chances, which sum to 1 and are 0 for what top-p cut off, and token ids, each
        (batch, k), with k the vocabulary's size where `top_k` is 0.
    """
    vocab = logits.size(-1)
    kept = min(top_k, vocab) if top_k else vocab
    scores, tokens = logits.float().topk(kept)  # each (batch, kept)
    chances = (scores / temperature).softmax(dim=-1)  # (batch, kept)
    if top_p < 1:
        before = chances.cumsum(dim=-1) - chances  # (batch, kept)
        chances = chances.masked_fill(before >= top_p, 0)
        chances = chances / chances.sum(dim=-1, keepdim=True)
    return chances, tokens


def next_token(logits, temperature=0.7, top_k=40, top_p=1.0, generator=None):
    """Draw the next token of each text.

    Args:
        logits: scores of the last position, (batch, vocab).
        temperature: see `candidates`; 0 takes the most likely token.
        top_k: see `candidates`.
        top_p: see `candidates`.
        generator: a `torch.Generator` on the logits' device, or a list of them, one for
            each text, or None.

    Returns:
        Token ids, (batch, 1).
    """
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)  # (batch, 1)
    chances, tokens = candidates(logits, temperature, top_k, top_p)
    if isinstance(generator, list):
        rows = zip(chances.split(1), generator, strict=True)
        drawn = [torch.multinomial(row, 1, generator=own) for row, own in rows]
        chosen = torch.cat(drawn)  # (batch, 1)
    else:
        chosen = torch.multinomial(chances, 1, generator=generator)  # (batch, 1)
    return tokens.gather(-1, chosen)  # (batch, 1)


class Reader:
    """Reads texts as they grow, and forgets when the context is full.

    Then only the newest half of the context is kept, read again as a beginning, and
    reading goes on. Positions are learned for each place, so a window that slid by one
    token would have to be read again for every token. The rule is the same with and
    without the cache.

    Args:
        model: a `GPT` in evaluation mode, or what `faster` made of one.
        cache: keep keys and values instead of computing them again.
    """

    def __init__(self, model, cache=True):
        self.model, self.cache = model, cache
        self.seen, self.memory = None, model.new_cache()

    def read(self, ids):
        """Read on, and tell the final state after the last token.

        Args:
            ids: what comes next in each text, lists of equal length or a tensor
                (batch, time); more than the context holds is cut to the newest half.

        Returns:
            (batch, width).
        """
        ids = torch.as_tensor(ids, device=self.model.token_embedding.weight.device)
        seen = ids if self.seen is None else torch.cat([self.seen, ids], 1)
        context = self.model.config.context
        if seen.size(1) > context:
            ids = seen = seen[:, -max(context // 2, 1) :]
            self.memory = self.model.new_cache()
        self.seen = seen
        if self.cache:
            hidden = self.model.hidden(ids, cache=self.memory)  # (batch, time, width)
        else:
            hidden = self.model.hidden(seen)  # (batch, time, width)
        return hidden[:, -1]  # (batch, width)


class Texts:
    """Where several texts stand: what each reads next, how much each may still write.

    All stand at the same position. Reading begins with as many tokens as the shortest
    prompt has; a text that still has tokens of its prompt is then given the next of
    these instead of a drawn one. So nothing is padded, and each text is written as if
    it were alone.

    Args:
        prompts: lists of ids, each with one or more.
        new_tokens: how many to write to each at most.
        stop: ids that end the text in which they are drawn.
    """

    def __init__(self, prompts, new_tokens, stop=()):
        shortest = min(map(len, prompts))
        self.fresh = [prompt[:shortest] for prompt in prompts]
        self.ahead = [prompt[shortest:] for prompt in prompts]
        self.left = [new_tokens] * len(prompts)
        self.stop = stop

    def writing(self):
        """Rows of the texts whose prompt has been read to its end."""
        return [row for row, rest in enumerate(self.ahead) if not rest]

    def extend(self, rows, tokens):
        """Go on by one token in every text: the next of its prompt, or the drawn one.

        Args:
            rows: what `writing` told.
            tokens: what was drawn for these rows.

        Yields:
            (row, token) for each text that was not finished.
        """
        self.fresh = [[rest.pop(0)] if rest else None for rest in self.ahead]
        for row, token in zip(rows, tokens, strict=True):
            self.fresh[row] = [token]
            if self.left[row]:
                self.left[row] = 0 if token in self.stop else self.left[row] - 1
                yield row, token


@torch.no_grad()
def stream(
    model, prompts, new_tokens, *, generator=None, cache=True, stop=(), **sampling
):
    """Continue texts together, handing over each token as soon as it is drawn.

    Args:
        model: a `GPT` in evaluation mode, or what `faster` made of one.
        prompts: lists of token ids, of any lengths, or a tensor (batch, time); of a
            prompt longer than the context the newest half context is read.
        new_tokens: how many to write to each at most.
        generator: see `next_token`. With a list of generators each text's draws are
            what they would be alone; with one, they depend on the texts beside it.
        cache: see `Reader`; for comparison.
        stop: ids that end the text in which they are drawn.
        sampling: temperature, top_k and top_p, see `next_token`.

    Yields:
        (row, token), two integers; a stop token is the last of its text.

    Raises:
        ValueError: a prompt is empty, or a number out of its range.
    """
    check_sampling(new_tokens=new_tokens, **sampling)
    prompts = check_prompts(prompts, model.config.context)
    texts, reader = Texts(prompts, new_tokens, stop), Reader(model, cache)
    while any(texts.left):
        state = reader.read(texts.fresh)  # (batch, width)
        rows = texts.writing()
        logits = model.logits(state[rows])  # (writing, vocab)
        random = generator
        if isinstance(generator, list):
            random = [generator[row] for row in rows]
        drawn = next_token(logits, generator=random, **sampling)  # (writing, 1)
        yield from texts.extend(rows, drawn.flatten().tolist())


def generate(model, prompts, new_tokens, **options):
    """Continue texts together.

    Args:
        model: a `GPT` in evaluation mode, or what `faster` made of one.
        prompts: see `stream`.
        new_tokens: how many to write to each at most.
        options: those of `stream`: temperature, top_k, top_p, generator, cache, stop.

    Returns:
        The texts as lists of ids, each with its whole prompt.

    Raises:
        ValueError: see `stream`.
    """
    texts = [torch.as_tensor(prompt).tolist() for prompt in prompts]
    for row, token in stream(model, prompts, new_tokens, **options):
        texts[row].append(token)
    return texts


def check_prompts(prompts, context):
    """What is to be read of the prompts of several texts.

    Args:
        prompts: lists of ids, or an integer tensor (batch, time).
        context: the most tokens that the model sees; of a longer prompt the newest
            half context is read.

    Returns:
        New lists of ids.

    Raises:
        ValueError: there is no prompt, an empty one, or something else than integers.
    """
    read = []
    for prompt in prompts:
        ids = torch.as_tensor(prompt)
        if ids.dim() != 1 or ids.numel() == 0 or ids.dtype not in INTEGERS:
            raise ValueError(
                f"prompts must be lists of token ids, each with one id or more, got "
                f"{prompt!r:.60}"
            )
        ids = ids.tolist()
        read.append(ids if len(ids) <= context else ids[-max(context // 2, 1) :])
    if not read:
        raise ValueError("prompts must hold at least one list of token ids, got none")
    return read


def check_sampling(temperature=0, top_k=0, top_p=1, *, new_tokens=0, prefix=""):
    """Check the numbers that decide how tokens are drawn.

    Args:
        temperature: 0, or 1e-6 and more.
        top_k: 0, or a number of tokens.
        top_p: above 0 and at most 1.
        new_tokens: 0 or more.
        prefix: what the names begin with in a message: `--` on a command line.

    Raises:
        ValueError: a number is out of its range.
    """
    if not (temperature == 0 or 1e-6 <= temperature < math.inf):
        raise ValueError(
            f"{prefix}temperature must be 0, which is greedy, or finite and at least "
            f"1e-06, got {temperature}"
        )
    if not is_whole(top_k) or top_k < 0:
        raise ValueError(
            f"{prefix}top_k must be a whole number, 0 for all tokens, got {top_k}"
        )
    if not 0 < top_p <= 1:
        raise ValueError(f"{prefix}top_p must be above 0 and at most 1, got {top_p}")
    if not is_whole(new_tokens) or new_tokens < 0:
        raise ValueError(f"new_tokens must be a whole number >= 0, got {new_tokens}")
