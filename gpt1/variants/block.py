"""The rest of a block in other ways: activation, LayerNorm, residual sums."""

from torch import nn
from torch.nn import functional as F

from gpt1.model import Block, FeedForward
from gpt1.variants.swapping import swapped


def activation(function):
    """The variant with another function in the feed-forward layer."""

    class Other(FeedForward):
        def forward(self, x):
            return self.dropout(self.contract(function(self.expand(x))))

    return swapped(FeedForward, Other)


class GeluAtTheEnd(FeedForward):
    def forward(self, x):
        out = self.contract(self.expand(x))
        return self.dropout(F.gelu(out, approximate="tanh"))


class DropoutAfterGelu(FeedForward):
    def forward(self, x):
        inner = self.dropout(F.gelu(self.expand(x), approximate="tanh"))
        return self.dropout(self.contract(inner))


class UnbiasedNorm(nn.LayerNorm):
    """Divides by the deviation of a sample, n - 1, with epsilon inside the root."""

    def forward(self, x):
        variance = x.var(-1, keepdim=True, correction=1)
        normal = (x - x.mean(-1, keepdim=True)) / (variance + self.eps).sqrt()
        return normal * self.weight + self.bias


class EpsilonOutside(nn.LayerNorm):
    """Adds epsilon to the deviation instead of the variance."""

    def forward(self, x):
        deviation = x.var(-1, keepdim=True, correction=0).sqrt()
        normal = (x - x.mean(-1, keepdim=True)) / (deviation + self.eps)
        return normal * self.weight + self.bias


class NoMean(nn.LayerNorm):
    """Root mean square, as newer models have it."""

    def forward(self, x):
        size = (x.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return x / size * self.weight + self.bias


def other_epsilon(model):
    for part in model.modules():
        if isinstance(part, nn.LayerNorm):
            part.eps = 1e-12
    return model


class PreNorm(Block):
    """As in GPT-2, without its final norm."""

    def forward(self, x, cache=None):
        x = x + self.attention(self.attention_norm(x), cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class SwappedNorms(Block):
    def forward(self, x, cache=None):
        x = self.feed_forward_norm(x + self.attention(x, cache))
        return self.attention_norm(x + self.feed_forward(x))


class NoResidual(Block):
    def forward(self, x, cache=None):
        x = self.attention_norm(x + self.attention(x, cache))
        return self.feed_forward_norm(self.feed_forward(x))
