"""Exercises about GPT-2 and what came after: shared keys, names, and rotation."""

import torch

from gpt1.check.exercise import Exercise

# Keys that several heads share.


def shared(key, heads):
    return key.repeat_interleave(heads // key.size(1), dim=1)


def groups():
    torch.manual_seed(0)
    sizes = ((1, 1, 2, 3, 2), (2, 2, 3, 5, 4), (1, 3, 4, 2, 6), (2, 4, 2, 3, 4))
    return [(torch.randn(*size), heads) for *size, heads in sizes]


SHARED = Exercise(
    name="shared-keys",
    verified="one group, several groups, and a group for every head",
    cases=groups,
    right=shared,
    mistakes="""
        ... -> key.repeat(1, heads // key.size(1), 1, 1)
            you repeated the whole row of keys, so heads 0 and 1 have different keys.
            Heads of a group are neighbours: repeat each key before the next one comes
        repeat_interleave(heads // key.size(1), dim=1) \
            -> repeat_interleave(heads, dim=1)
            you repeated each key once for every head. Repeat it once for every head of
            its group
        heads // key.size(1) -> key.size(1)
            you repeated each key as often as there are groups. Divide the number of
            heads by it
        dim=1 -> dim=0
            you repeated the texts. The groups are axis 1
        dim=1 -> dim=2
        dim=1 -> dim=-2
            you repeated the positions. The groups are axis 1
        dim=1 -> dim=3
        dim=1 -> dim=-1
            you repeated the numbers of a key. The groups are axis 1
        repeat_interleave(heads // key.size(1), dim=1) \
            -> repeat_interleave(heads // key.size(1))
            without dim, PyTorch flattens the keys first. The groups are axis 1
        ... -> key[:, :1].expand(-1, heads, -1, -1)
            you gave all heads the first group's key
        ... -> key
            the keys are as they were. There has to be one for each head
        heads // key.size(1) -> key.size(1) // heads
        heads // key.size(1) -> heads * key.size(1)
        heads // key.size(1) -> heads // key.size(0)
        heads // key.size(1) -> heads // key.size(2)
        heads // key.size(1) -> heads // key.size(-1)
        heads // key.size(1) -> heads - key.size(1)
        heads // key.size(1) -> heads + key.size(1)
            a group has as many heads as the number of heads divided by the number of
            groups, which is the size of axis 1
    """,
)

# Bytes of which the last may be missing.


def whole(data):
    return data.decode("utf-8", errors="ignore")


def cut_bytes():
    pancake, crepe = "🥞".encode(), "crêpe".encode()
    cases = [b"", b"Fern", crepe, crepe[:3], crepe + pancake]
    cases += [crepe + pancake[:count] for count in (1, 2, 3)]
    return [(data,) for data in [*cases, "東京".encode()[:5]]]


WHOLE = Exercise(
    name="whole-characters",
    verified="characters of one to four bytes, whole and cut in every place",
    cases=cut_bytes,
    right=whole,
    mistakes="""
        errors="ignore" -> errors="replace"
            a character that's cut becomes U+FFFD, the replacement character. Leave its
            bytes out
        data.decode("utf-8", errors="ignore") -> data.decode("utf-8")
            your function stops with an error at a character that's cut. `decode` can do
            something else with what it can't read
        data.decode("utf-8", errors="ignore") -> data.decode("latin-1")
            you read every byte as a character of its own. In UTF-8, one character can
            have several bytes
        data.decode("utf-8", errors="ignore") -> data.decode("ascii", errors="ignore")
            you left out every character that isn't ASCII. Only the one that's cut has
            to go
        data.decode("utf-8", errors="ignore") \
            -> data[:-1].decode("utf-8", errors="ignore")
            you always leave out the last byte, even if no character is cut
        data.decode("utf-8", errors="ignore") \
            -> data.decode("utf-8", errors="ignore")[:-1]
            you always leave out the last character, even if it's whole
        data.decode("utf-8", errors="ignore") \
            -> data.decode("utf-8", errors="backslashreplace")
            the bytes of a character that's cut are shown as numbers. Leave them out
        ... -> data
            these are still bytes. Return a string
        ... -> ""
            your string is empty
    """,
)

# Hugging Face's names and ours.


def renamed(theirs, names):
    ours = {}
    for name, tensor in theirs.items():
        turned = ".c_" in name and name.endswith("weight")
        for there, here in names.items():
            name = name.replace(there, here)
        ours[name] = tensor.t() if turned else tensor
    return ours


NAMES = {
    "h.": "blocks.",
    "attn.c_attn": "attention.query_key_value",
    "attn.c_proj": "attention.projection",
    "ln_1": "attention_norm",
    "mlp.c_fc": "feed_forward.expand",
    "mlp.c_proj": "feed_forward.contract",
    "ln_2": "feed_forward_norm",
    "ln_f": "final_norm",
    "wte": "token_embedding",
    "wpe": "position_embedding",
}


def states():
    torch.manual_seed(0)
    width = 3
    layer = {
        "ln_1": (width,),
        "attn.c_attn": (width, 3 * width),
        "attn.c_proj": (width, width),
        "ln_2": (width,),
        "mlp.c_fc": (width, 4 * width),
        "mlp.c_proj": (4 * width, width),
    }
    small = {"ln_f.weight": torch.randn(width), "ln_f.bias": torch.randn(width)}
    whole = {"wte.weight": torch.randn(5, width), "wpe.weight": torch.randn(4, width)}
    for number in range(2):
        for name, size in layer.items():
            whole[f"h.{number}.{name}.weight"] = torch.randn(*size)
            whole[f"h.{number}.{name}.bias"] = torch.randn(size[-1])
    few = {name: tensor for name, tensor in whole.items() if "attn.c_proj" in name}
    return [
        ("the two tensors of the last norm", (small, NAMES)),
        ("a square matrix in two layers", (few, NAMES)),
        ("a model of two layers", (whole | small, NAMES)),
    ]


RENAMED = Exercise(
    name="rename-weights",
    verified="every name, and that linear weights are transposed, square ones too",
    cases=states,
    right=renamed,
    mistakes="""
        tensor.t() if turned else tensor -> tensor
            no matrix is transposed. Hugging Face's GPT-2 stores linear weights as
            (in, out), nn.Linear as (out, in). The square ones fit either way, and are
            wrong all the same
        tensor.t() if turned else tensor -> tensor.t()
        ".c_" in name and name.endswith("weight") -> True
        ".c_" in name and name.endswith("weight") -> ".c_" in name \
            or name.endswith("weight")
        ".c_" in name and name.endswith("weight") -> name.endswith("weight")
            you transposed the embeddings too. Only linear layers store their weights
            the other way round
        ".c_" in name and name.endswith("weight") -> "c_attn.weight" in name \
            or "c_fc.weight" in name or "mlp.c_proj.weight" in name
            you left the square matrix as it is. Its shape is right either way, but its
            numbers are in the wrong places
        tensor.t() if turned else tensor -> tensor if turned else tensor.t()
        ".c_" in name and -> ".c_" not in name and
            you transposed everything but the linear weights
        name = name.replace(there, here) -> pass
        name.replace(there, here) -> name.replace(here, there)
            the names are still Hugging Face's. Put ours in their place: the keys of
            `names` are theirs, and its values are ours
        name.replace(there, here) -> here
            the new name has lost its number and its ending. Replace only the part
            that differs
        name.replace(there, here) -> there
            every tensor now has the same name. Replace only the part that differs
        ours[name] = tensor.t() if turned else tensor -> pass
            your dictionary is empty: no tensor was put into it
        return ours -> return theirs
            you returned what you were given
    """,
)

# Rotary positions.


def rotate(x, start):
    time, half = x.size(-2), x.size(-1) // 2
    positions = torch.arange(start, start + time)
    speeds = 10_000 ** (-torch.arange(half) / half)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    first, second = x[..., :half], x[..., half:]
    turned = first * cos - second * sin, second * cos + first * sin
    return torch.cat(turned, dim=-1)


def vectors():
    torch.manual_seed(0)
    sizes = ((2, 2, 0), (3, 4, 0), (1, 2, 1), (2, 3, 5, 6, 3), (1, 2, 1, 8, 400))
    return [
        (f"x of shape {tuple(size)} and start {start}", (torch.randn(*size), start))
        for *size, start in sizes
    ]


ROTATE = Exercise(
    name="rotary",
    verified="one pair and several, heads and texts in front, and a start that isn't 0",
    cases=vectors,
    right=rotate,
    mistakes="""
        torch.arange(start, start + time) -> torch.arange(time)
            you counted the positions from 0. After a cache of `start` tokens, the first
            position is `start`
        torch.arange(start, start + time) -> torch.arange(start + 1, start + time + 1)
            your first position is start + 1. Begin at start
        torch.arange(start, start + time) -> torch.arange(start, time)
        torch.arange(start, start + time) -> torch.arange(start + time)
            the number of positions is wrong. There are `time` of them: the first is
            start, the last is start + time - 1
        x.size(-1) // 2 -> x.size(-2) // 2
        x.size(-1) // 2 -> x.size(0) // 2
        x.size(-1) // 2 -> x.size(1) // 2
            you halved the size of another axis. The numbers of a vector are the last
            axis, so half is x.size(-1) // 2
        x[..., :half] -> x[..., :]
        x[..., :half] -> x[..., :half + 1]
        x[..., :half] -> x[..., :half - 1]
            your first half has the wrong numbers of the vector. It is x[..., :half]
        x[..., half:] -> x[..., :]
        x[..., half:] -> x[..., half + 1:]
        x[..., half:] -> x[..., half - 1:]
            your second half has the wrong numbers of the vector. It is x[..., half:]
        x[..., :half], x[..., half:] -> x[..., half:], x[..., :half]
            you took the second half of the vector for the first. The first is
            x[..., :half]
        first, second = x[..., :half], x[..., half:] -> \
            first, second = x[..., 0::2], x[..., 1::2]
        and torch.cat(turned, dim=-1) -> torch.stack(turned, dim=-1).flatten(-2)
            you paired neighbours, numbers 0 and 1, 2 and 3. That's the paper's way, but
            here number i belongs with number i + half
        first * cos - second * sin -> first * cos + second * sin
        and second * cos + first * sin -> second * cos - first * sin
            you turned the other way: the angles have the wrong sign
        first * cos - second * sin -> first * cos + second * sin
        second * cos + first * sin -> second * cos - first * sin
            one of the two signs is wrong, so this is no rotation: the vectors don't
            keep their lengths
        first * cos - second * sin, second * cos + first * sin \
            -> first * cos, second * cos
            the terms with the sine are missing
        second * cos + first * sin \
            -> second * cos + (first * cos - second * sin) * sin
            you made the second half from the new first half, perhaps because the old
            one had been overwritten. Compute both from the old halves
        first * cos - second * sin -> first * cos
        first * cos - second * sin -> second * sin
            your new first half has only one of its two terms. It is first · cos minus
            second · sin
        second * cos + first * sin -> second * cos
        second * cos + first * sin -> first * sin
            your new second half has only one of its two terms. It is second · cos plus
            first · sin
        first * cos - second * sin -> second * sin - first * cos
            your new first half has the wrong sign. Subtract second · sin from
            first · cos, not the reverse
        first * cos -> first
        first * cos -> cos
        second * sin -> second
        second * sin -> sin
            a factor is missing in your new first half. It is first · cos minus
            second · sin
        second * cos -> second
        second * cos -> cos
        first * sin -> first
        first * sin -> sin
            a factor is missing in your new second half. It is second · cos plus
            first · sin
        first * cos -> first / cos
        second * sin -> second / sin
        second * cos -> second / cos
        first * sin -> first / sin
            you divided by a cosine or a sine. All four terms are products
        first * cos - second * sin, second * cos + first * sin \
            -> first * cos - second * sin, first * cos + second * sin
            the second half is made of the wrong numbers: it is second · cos plus
            first · sin
        -torch.arange(half) / half -> -torch.arange(half) / x.size(-1)
            the exponents fall too slowly. They are -i / half, which is -2i / head_size
        -torch.arange(half) / half -> -torch.arange(half)
        -torch.arange(half) / half -> -torch.arange(half) / 1
        -torch.arange(half) / half -> -torch.arange(half) * half
        -torch.arange(half) / half -> -torch.arange(half) // half
            the exponents aren't divided by half. They are -i / half, with / and not //
        -torch.arange(half) / half -> half / -torch.arange(half)
            the fraction in the exponent is upside down. It is -i / half
        10_000 ** (-torch.arange(half) / half) -> 10_000
        -torch.arange(half) / half -> half
        -torch.arange(half) / half -> -half / half
            all your pairs turn at the same speed. The exponent of pair i is -i / half,
            and torch.arange(half) has every i
        10_000 ** (-torch.arange(half) / half) -> -torch.arange(half) / half
        10_000 ** -> 10_000 *
            your speeds aren't powers of 10,000. Raise it to the exponents with **
        angles = positions[:, None] * speeds -> angles = positions[:, None] / speeds
        -torch.arange(half) / half -> torch.arange(half) / half
            your pairs turn faster and faster. The exponents are negative
        -torch.arange(half) / half -> -torch.arange(1, half + 1) / half
            your first pair is already slowed down. Number the pairs from 0
        10_000 ** -> 1_000 **
        10_000 ** -> 10_001 **
        10_000 ** -> 9_999 **
            the base is 10,000
        positions[:, None] * speeds -> speeds[:, None] * positions
            the axes of the angles are exchanged. They are (time, half)
        angles = positions[:, None] * speeds -> angles = speeds
            every position turns by the same angle. Multiply by the position
        angles = positions[:, None] * speeds -> angles = positions[:, None]
            every pair turns by the same angle. Multiply by its speed
        cos, sin = angles.cos(), angles.sin() -> cos, sin = angles.sin(), angles.cos()
            cosine and sine are exchanged
        cos, sin = angles.cos(), angles.sin() -> cos, sin = angles, angles.sin()
        cos, sin = angles.cos(), angles.sin() -> cos, sin = angles.cos(), angles
            you multiplied by an angle itself. Take the cosine of all angles, and the
            sine of all angles
        torch.cat(turned, dim=-1) -> torch.cat(turned[::-1], dim=-1)
            the two halves are exchanged
        torch.cat(turned, dim=-1) -> torch.stack(turned, dim=-1).flatten(-2)
            you put the pairs side by side. Put the first halves first, then the second
            ones
        torch.cat(turned, dim=-1) -> torch.cat(turned)
        torch.cat(turned, dim=-1) -> torch.cat(turned, dim=1)
        torch.cat(turned, dim=-1) -> torch.cat(turned, dim=-2)
            you joined the new halves along another axis. Join them along the last one:
            dim=-1
        torch.cat(turned, dim=-1) -> turned
            you returned two tensors. Join them along the last axis with torch.cat
        ... -> x
            nothing is turned
    """,
)

EXERCISES = (SHARED, WHOLE, RENAMED, ROTATE)
