"""Right answers to the exercises of the chapter on GPT-2, in other ways."""

import torch

from gpt1.variants.modern import rotated
from gpt1.weights.layouts import to_theirs
from lib.verdicts import ALL, are_right


def shared_by_view(key, heads):
    batch, groups, time, size = key.shape
    times = heads // groups
    return (
        key[:, :, None].expand(-1, -1, times, -1, -1).reshape(batch, heads, time, size)
    )


def shared_by_index(key, heads):
    return key[:, [head * key.shape[1] // heads for head in range(heads)]]


def shared_by_list(key, heads):
    times = heads // key.size(1)
    return torch.stack([key[:, head // times] for head in range(heads)], dim=1)


def whole_by_trying(data):
    for count in range(len(data), -1, -1):
        try:
            return data[:count].decode()
        except UnicodeDecodeError:
            continue
    return None


def whole_by_codec(data):
    import codecs

    return codecs.getincrementaldecoder("utf-8")().decode(data)


def renamed_at_the_end(theirs, names):
    found = {}
    for name, tensor in theirs.items():
        new = name
        for there in names:
            new = new.replace(there, names[there])
        linear = "c_attn" in name or "c_proj" in name or "c_fc" in name
        if linear and tensor.dim() == 2:
            tensor = tensor.transpose(0, 1).contiguous()
        found[new] = tensor
    return found


def renamed_by_the_package(theirs, names):
    found = {}
    for name, tensor in theirs.items():
        for there, here in names.items():
            name = here.join(name.split(there))
        found[name] = to_theirs(name, tensor)
    return found


def rotate_by_package(x, start):
    return rotated(x, start)


def rotate_by_complex(x, start):
    half = x.shape[-1] // 2
    pairs = torch.complex(x[..., :half], x[..., half:])
    places = torch.arange(x.shape[-2]) + start
    speeds = torch.tensor([10_000 ** (-i / half) for i in range(half)])
    pairs = pairs * torch.exp(1j * places[:, None] * speeds)
    return torch.cat([pairs.real, pairs.imag], dim=-1)


def rotate_by_halves(x, start):
    """As in transformers: the vector, and the vector with its halves exchanged."""
    time, size = x.shape[-2:]
    speeds = 1.0 / 10000 ** (torch.arange(0, size, 2).float() / size)
    angles = torch.outer(torch.arange(start, start + time).float(), speeds)
    angles = torch.cat([angles, angles], -1)
    a, b = x.chunk(2, -1)
    return x * angles.cos() + torch.cat([-b, a], -1) * angles.sin()


OTHER_WAYS = {
    "shared-keys": [shared_by_view, shared_by_index, shared_by_list],
    "whole-characters": [whole_by_trying, whole_by_codec],
    "rename-weights": [renamed_at_the_end, renamed_by_the_package],
    "rotary": [rotate_by_package, rotate_by_complex, rotate_by_halves],
}
test_another_way_is_right = are_right(OTHER_WAYS)


def test_a_model_takes_the_renamed_weights():
    """Those of a whole GPT-2 of transformers, under our names."""
    import pytest

    from gpt1 import GPTConfig
    from gpt1.check.gpt2 import NAMES
    from gpt1.variants.gpt2 import GPT2

    transformers = pytest.importorskip("transformers")
    sizes = {"vocab_size": 31, "n_positions": 8, "n_embd": 12, "n_layer": 2}
    theirs = transformers.GPT2Model(transformers.GPT2Config(**sizes, n_head=3)).eval()
    config = GPTConfig(vocab_size=31, context=8, width=12, layers=2, heads=3)
    model = GPT2(config).eval()
    model.load_state_dict(ALL["rename-weights"].right(theirs.state_dict(), NAMES))
    ids = torch.arange(8)[None]
    with torch.no_grad():
        wanted = theirs(ids).last_hidden_state
        torch.testing.assert_close(model.hidden(ids), wanted, atol=1e-5, rtol=1e-5)
