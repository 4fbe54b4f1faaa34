"""GPTs in other people's manner, written for the tests: names, layouts, habits.

Each is made with small sizes and can be spoilt through its options.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class NanoConfig:
    """The fields that nanoGPT's has."""

    block_size: int = 1024
    vocab_size: int = 50304
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    dropout: float = 0.0
    bias: bool = True


class NanoAttention(nn.Module):
    """One fused projection."""

    def __init__(self, config):
        super().__init__()
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = nn.Dropout(config.dropout)
        self.resid_dropout = nn.Dropout(config.dropout)
        self.n_head, self.n_embd = config.n_head, config.n_embd

    scale = None

    def forward(self, x):
        batch, time, width = x.shape
        query, key, value = (
            each.view(batch, time, self.n_head, -1).transpose(1, 2)
            for each in self.c_attn(x).split(self.n_embd, 2)
        )
        options = {"dropout_p": self.attn_dropout.p if self.training else 0.0}
        mixed = F.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=self.scale, **options
        )
        mixed = mixed.transpose(1, 2).reshape(batch, time, width)
        return self.resid_dropout(self.c_proj(mixed))


class NanoMLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        return self.dropout(self.c_proj(self.gelu(self.c_fc(x))))


class NanoBlock(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.attn = NanoAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = NanoMLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class PostBlock(NanoBlock):
    """GPT-1's place for the norms."""

    def forward(self, x):
        x = self.ln_1(x + self.attn(x))
        return self.ln_2(x + self.mlp(x))


class Nano(nn.Module):
    """nanoGPT's names and habits: pre-norm, fused, tied, the last position's logits."""

    block, final = NanoBlock, True

    def __init__(self, config: NanoConfig):
        super().__init__()
        self.config = config
        parts = {
            "wte": nn.Embedding(config.vocab_size, config.n_embd),
            "wpe": nn.Embedding(config.block_size, config.n_embd),
            "drop": nn.Dropout(config.dropout),
            "h": nn.ModuleList([self.block(config) for _ in range(config.n_layer)]),
        }
        if self.final:
            parts["ln_f"] = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.transformer = nn.ModuleDict(parts)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        self.begin()

    @torch.no_grad()
    def begin(self):
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                deep = name.endswith("c_proj.weight") and self.final
                more = 1 / math.sqrt(2 * self.config.n_layer) if deep else 1
                parameter.normal_(0.0, 0.02 * more)
            elif name.endswith("bias"):
                parameter.zero_()

    def forward(self, idx, targets=None):
        time = idx.size(1)
        assert time <= self.config.block_size
        x = self.transformer.wte(idx) + self.transformer.wpe(torch.arange(time))
        x = self.transformer.drop(x)
        for block in self.transformer.h:
            x = block(x)
        if self.final:
            x = self.transformer.ln_f(x)
        if targets is None:
            return self.lm_head(x[:, [-1]]), None
        logits = self.lm_head(x)
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class TanhMLP(NanoMLP):
    def __init__(self, config):
        super().__init__(config)
        self.gelu = nn.GELU(approximate="tanh")


class RightBlock(PostBlock):
    def __init__(self, config):
        super().__init__(config)
        self.mlp = TanhMLP(config)


class RightNano(Nano):
    """GPT-1 under nanoGPT's names."""

    block, final = RightBlock, False


class ForgotScale(NanoAttention):
    scale = 1.0


class ForgotScaleBlock(RightBlock):
    def __init__(self, config):
        super().__init__(config)
        self.attn = ForgotScale(config)


class ForgotScaleNano(RightNano):
    """The same but for the scores, which are not scaled."""

    block = ForgotScaleBlock


# --- split projections ----------------------------------------------------------------


class SplitAttention(nn.Module):
    """A matrix each, a mask that is a buffer, and everything written out."""

    def __init__(self, config):
        super().__init__()
        width = config.n_embd
        self.key, self.query = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.proj = nn.Linear(width, width), nn.Linear(width, width)
        self.drops = nn.ModuleList(nn.Dropout(config.attn_pdrop) for _ in "ab")
        mask = torch.ones(config.block_size, config.block_size).tril()
        self.register_buffer("mask", mask[None, None])
        self.n_head = config.n_head

    def heads(self, x):
        return x.view(*x.shape[:2], self.n_head, -1).transpose(1, 2)

    def forward(self, x):
        time = x.size(1)
        query, key = self.heads(self.query(x)), self.heads(self.key(x))
        scores = query @ key.transpose(-2, -1) / math.sqrt(key.size(-1))
        hidden = self.mask[:, :, :time, :time] == 0
        weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
        mixed = self.drops[0](weights) @ self.heads(self.value(x))
        return self.drops[1](self.proj(mixed.transpose(1, 2).flatten(2)))


class TanhGELU(nn.Module):
    def forward(self, x):
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + torch.tanh(inner))


class MinBlock(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config.n_embd
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = SplitAttention(config)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width),
            TanhGELU(),
            nn.Linear(4 * width, width),
            nn.Dropout(config.resid_pdrop),
        )
        self.step = lambda x: self.mlp(x)  # a copy of the block would know this one's

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.step(self.ln2(x))


class Min(nn.Module):
    """minGPT's first form: split projections, positions as a parameter, untied."""

    def __init__(self, config):
        super().__init__()
        self.tok_emb = nn.Embedding(config.vocab_size, config.n_embd)
        self.pos_emb = nn.Parameter(torch.zeros(1, config.block_size, config.n_embd))
        self.drop = nn.Dropout(config.embd_pdrop)
        self.blocks = nn.Sequential(*(MinBlock(config) for _ in range(config.n_layer)))
        self.ln_f = nn.LayerNorm(config.n_embd)
        self.head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

    def forward(self, idx, targets=None):
        x = self.drop(self.tok_emb(idx) + self.pos_emb[:, : idx.size(1)])
        return self.head(self.ln_f(self.blocks(x))), None


# --- one matrix a head ----------------------------------------------------------------


class Head(nn.Module):
    def __init__(self, width, head_size, dropout, bias):
        super().__init__()
        self.key = nn.Linear(width, head_size, bias=bias)
        self.query = nn.Linear(width, head_size, bias=bias)
        self.value = nn.Linear(width, head_size, bias=bias)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        scores = self.query(x) @ self.key(x).mT * x.size(-1) ** -0.5
        hidden = torch.ones_like(scores).triu(1).bool()
        weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
        return self.dropout(weights) @ self.value(x)


class LectureBlock(nn.Module):
    def __init__(self, width, heads, dropout, bias):
        super().__init__()
        self.sa = nn.Module()
        self.sa.heads = nn.ModuleList(
            [Head(width, width // heads, dropout, bias) for _ in range(heads)]
        )
        self.sa.proj = nn.Linear(width, width)
        self.ffwd = nn.Module()
        self.ffwd.net = nn.Sequential(
            nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width)
        )
        self.drop = nn.Dropout(dropout)
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        given = self.ln1(x)
        mixed = torch.cat([head(given) for head in self.sa.heads], -1)
        x = x + self.drop(self.sa.proj(mixed))
        return x + self.drop(self.ffwd.net(self.ln2(x)))


class Lecture(nn.Module):
    """A lecture's form: a matrix for each head, ReLU, scores scaled by the width."""

    bias = False

    def __init__(self, vocab_size, block_size, n_embd, n_head, n_layer, dropout=0.2):
        super().__init__()
        self.token_embedding_table = nn.Embedding(vocab_size, n_embd)
        self.position_embedding_table = nn.Embedding(block_size, n_embd)
        self.blocks = nn.Sequential(
            *(LectureBlock(n_embd, n_head, dropout, self.bias) for _ in range(n_layer))
        )
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size)

    def forward(self, idx, targets=None):
        place = torch.arange(idx.size(1), device=idx.device)
        x = self.token_embedding_table(idx) + self.position_embedding_table(place)
        logits = self.lm_head(self.ln_f(self.blocks(x)))
        if targets is not None:
            logits = logits.view(-1, logits.size(-1))
        return logits, None


# --- PyTorch's own layers -------------------------------------------------------------


class Layers(nn.Module):
    """nn.TransformerEncoderLayer: post-norm, with the exact GELU or ReLU."""

    def __init__(self, d_model, nhead, num_layers, vocab, max_len, activation="gelu"):
        super().__init__()
        self.embed = nn.Embedding(vocab, d_model)
        self.pos = nn.Embedding(max_len, d_model)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                *(d_model, nhead, 4 * d_model),
                activation=activation,
                batch_first=True,
            )
            for _ in range(num_layers)
        )

    def forward(self, ids):
        time = ids.size(1)
        mask = nn.Transformer.generate_square_subsequent_mask(time).to(self.pos.weight)
        x = self.drop(self.embed(ids) + self.pos(torch.arange(time)))
        for layer in self.layers:
            x = layer(x, src_mask=mask, is_causal=True)
        return F.linear(x, self.embed.weight)


# --- raw parameters, in any order and either way round --------------------------------


class RawBlock(nn.Module):
    """A block of GPT-1 out of bare parameters."""

    def __init__(self, order, names):
        super().__init__()
        self.order, self.names = order, names
        shapes = ((24, 72), (24, 24), (24, 96), (96, 24))
        for name, shape in zip(names, shapes, strict=True):
            setattr(self, name, nn.Parameter(0.02 * torch.randn(shape)))
            bias = nn.Parameter(torch.zeros(shape[1]))
            setattr(self, name.replace("w_", "b_"), bias)
        self.norm_1, self.norm_2 = nn.LayerNorm(24), nn.LayerNorm(24)

    def times(self, x, place):
        name = self.names[place]
        x = x @ getattr(self, name) + getattr(self, name.replace("w_", "b_"))
        return F.dropout(x, 0.1, self.training) if place % 2 else x

    def forward(self, x):
        parts = self.times(x, 0).chunk(3, -1)
        parts = [parts[self.order.index(letter)] for letter in "qkv"]
        query, key, value = (
            part.unflatten(-1, (4, -1)).transpose(1, 2) for part in parts
        )
        options = {"dropout_p": 0.1 * self.training, "is_causal": True}
        mixed = F.scaled_dot_product_attention(query, key, value, **options)
        x = self.norm_1(x + self.times(mixed.transpose(1, 2).flatten(2), 1))
        inner = F.gelu(self.times(x, 2), approximate="tanh")
        return self.norm_2(x + self.times(inner, 3))


class Raw(nn.Module):
    """GPT-1 out of bare parameters, stored (in, out); its heads are named nowhere.

    Args:
        order: of query, key and value in the fused matrix.
        names: the names of a block's four matrices; `w_` is `b_` for their biases.
    """

    def __init__(self, order="qkv", names=("w_qkv", "w_o", "w_1", "w_2")):
        super().__init__()
        self.wte = nn.Parameter(0.02 * torch.randn(61, 24))
        self.wpe = nn.Parameter(0.02 * torch.randn(16, 24))
        self.blocks = nn.ModuleList(RawBlock(order, names) for _ in range(3))

    def forward(self, ids):
        x = F.dropout(self.wte[ids] + self.wpe[: ids.size(1)], 0.1, self.training)
        for block in self.blocks:
            x = block(x)
        return x @ self.wte.T
