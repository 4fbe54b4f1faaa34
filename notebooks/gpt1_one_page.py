"""GPT-1 on one page: tokens, model, training, sampling, in PyTorch.

    python gpt1_one_page.py story.txt    learns from a text and writes
    python gpt1_one_page.py              the same with gpt1's tales

The first needs PyTorch alone, the second the package gpt1 too. With
the tales it takes about a minute on two CPU cores. Each part has a
chapter in the book "GPT-1 From Scratch", which explains it:
https://gpt1-from-scratch.github.io/gpt1-from-scratch

MIT licence. Made from notebooks/00-one-page.ipynb by `make one-page`.
"""

import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import torch
from torch import nn
from torch.nn import functional as F

# --- A text to learn from: chapter 1, Predicting the next word ---
if len(sys.argv) > 1:
    text = Path(sys.argv[1]).read_text("utf8")
else:
    from gpt1.tales import generate_tales, join

    stories = ["the sledge race", "the kite in the oak"]
    stories += ["the moon in the pond", "message in a bottle"]
    stories += ["the bird with the hurt wing"]
    tales = generate_tales(18000)
    text = join(tale for tale in tales if tale.facts.plot in stories)
print(fill(text[:400], 70))


# --- Tokens: chapter 2, Tokens ---
def split(text):
    return re.findall(r" ?\w+|\W", text)


vocabulary = sorted(set(split(text)))
number = {token: i for i, token in enumerate(vocabulary)}


def encode(text):
    return [number[token] for token in split(text)]


def decode(ids):
    return "".join(vocabulary[i] for i in ids)


data = torch.tensor(encode(text))
print(f"{len(data):,} tokens, {len(vocabulary):,} different ones")
print(split(text)[:6])
print(data[:6].tolist())


# --- Batches: chapter 11, Long runs ---
def draw_batch(size, context):
    starts = torch.randint(len(data) - context, (size, 1))
    places = starts + torch.arange(context + 1)
    passages = data[places]  # (size, context + 1)
    return passages[:, :-1], passages[:, 1:]


# --- Sizes ---
@dataclass
class GPTConfig:
    vocab_size: int = 40478
    context: int = 512
    width: int = 768
    layers: int = 12
    heads: int = 12
    dropout: float = 0.1
    init_std: float = 0.02


small = GPTConfig(
    vocab_size=len(vocabulary),
    context=64,
    width=96,
    layers=2,
    heads=4,
    dropout=0.0,
    init_std=0.05,
)


# --- Attention: chapter 4, Attention ---
class MultiHeadAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        width = config.width
        self.query_key_value = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        batch, time, width = x.shape
        joint = self.query_key_value(x)  # (batch, time, 3 * width)
        joint = joint.unflatten(2, (3, self.heads, -1))
        query, key, value = joint.permute(2, 0, 3, 1, 4)
        scores = query @ key.mT  # (batch, heads, time, time)
        scores = scores / math.sqrt(query.size(-1))
        mask = torch.ones(time, time, device=x.device).tril()
        scores = scores.masked_fill(mask == 0, float("-inf"))
        weights = self.dropout(scores.softmax(dim=-1))
        mixed = weights @ value  # (batch, heads, time, head_size)
        mixed = mixed.transpose(1, 2).flatten(2)
        return self.dropout(self.projection(mixed))


# --- The block: chapter 5, The block ---
class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.expand = nn.Linear(config.width, 4 * config.width)
        self.contract = nn.Linear(4 * config.width, config.width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        inner = F.gelu(self.expand(x), approximate="tanh")
        return self.dropout(self.contract(inner))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(config)
        self.feed_forward_norm = nn.LayerNorm(config.width)

    def forward(self, x):
        x = self.attention_norm(x + self.attention(x))
        x = self.feed_forward_norm(x + self.feed_forward(x))
        return x  # (batch, time, width)


# --- The model: chapter 6, The model ---
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width = config.width
        self.token_embedding = nn.Embedding(config.vocab_size, width)
        self.position_embedding = nn.Embedding(config.context, width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            Block(config) for _ in range(config.layers)
        )
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, 0.0, config.init_std)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, ids):
        positions = torch.arange(ids.size(1), device=ids.device)
        x = self.token_embedding(ids)  # (batch, time, width)
        x = x + self.position_embedding(positions)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x)  # (batch, time, width)
        table = self.token_embedding.weight
        return F.linear(x, table)  # (batch, time, vocab)

    def loss(self, ids, targets):
        logits = self(ids).flatten(0, 1)
        return F.cross_entropy(logits, targets.flatten())


def count(model):
    return sum(p.numel() for p in model.parameters())


torch.manual_seed(0)
model = GPT(small)
with torch.device("meta"):  # only shapes, no memory
    full = GPT(GPTConfig())
print(f"this page: {count(model):11,} parameters")
print(f"GPT-1:     {count(full):11,} parameters")


# --- Writing: chapter 9, Sampling ---
@torch.no_grad()
def write(model, start, length=80, temperature=0.8):
    model.eval()  # no dropout while it writes
    ids = encode(start)
    for _ in range(length):
        seen = torch.tensor([ids[-model.config.context :]])
        logits = model(seen)[0, -1]  # (vocab,)
        chances = (logits / temperature).softmax(dim=-1)
        ids.append(torch.multinomial(chances, 1).item())
    model.train()
    lines = decode(ids).strip().split("\n")
    return "\n".join(fill(line, 70) for line in lines)


print(write(model, "\n\n"))


# --- Training: chapter 8, Training ---
steps = 800
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)


def rate(step):
    warmup = (step + 1) / 80
    return min(warmup, (1 + math.cos(math.pi * step / steps)) / 2)


schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)


for step in range(steps):
    ids, targets = draw_batch(8, small.context)
    loss = model.loss(ids, targets)
    if step in (50, 150, 300):
        print(f"after {step} updates, loss {loss.item():.2f}:")
        print(write(model, "\n\n"), end="\n\n")
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    schedule.step()


print(f"after {steps} updates, loss {loss.item():.2f}:")
print(write(model, "\n\n", length=250))
