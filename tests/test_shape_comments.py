"""Every shape comment in the package is true, and every one is reached."""

from importlib import import_module
from pathlib import Path

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.inspect import watched
from gpt1.tales import generate_tales, join
from gpt1.tokenizer import CharTokenizer
from lib.shapes import ShapeError, Traced, parse

ROOT = Path(__file__).parents[1]
MODEL = "gpt1/model.py"
# Distinct primes wherever the architecture allows them (width is heads * head_size).
SIZES = {"vocab": 101, "context": 31, "heads": 3, "head_size": 5, "width": 15}
SIZES |= {"feed_forward": 67}
CONFIG = GPTConfig(
    vocab_size=101, context=31, width=15, heads=3, feed_forward=67, layers=2
)
BATCH, TIME = 13, 11


def load(path, change=lambda source: source):
    name = path.removesuffix(".py").replace("/", ".")
    import_module(name)  # dataclasses look their own module up
    traced = Traced(sizes=SIZES, namespace={"__name__": name})
    traced.run(change((ROOT / path).read_text("utf8")), path)
    return traced


def run_model(code):
    """Call everything in model.py: training, no past, a past of one chunk, one step."""
    model = code["GPT"](CONFIG)
    ids = torch.randint(101, (BATCH, TIME))
    model.loss(ids).backward()
    model.eval()
    query, key, value = torch.randn(3, BATCH, 3, TIME, 5)
    code["attention"](query, key, value)
    code["attention"](query[:, :, -2:], key, value)
    with torch.no_grad():
        cache = model.new_cache()
        for step in ids.split([8, 2, 1], dim=1):
            model(step, cache=cache)


def run_sampling(code):
    """Write by the likeliest token and by chance, with a cache and without."""
    model = GPT(CONFIG).eval()
    ids = torch.randint(101, (BATCH, TIME))
    several = {"generator": [torch.Generator() for _ in ids]}
    for options in ({"temperature": 0}, {"top_p": 0.5}, {"cache": False}, several):
        code["generate"](model, ids, 2, **options)


def run_precision(code):
    """Measure a loss with weights of 8 bits."""
    fast = code["faster"](GPT(CONFIG).eval(), "int8")
    fast.loss(torch.randint(101, (BATCH, TIME)))


def run_dropout(code):
    """Dropout in training, forward and backward, in the place of PyTorch's."""
    query, key, value = torch.randn(3, BATCH, 3, TIME, 5, requires_grad=True)
    with code["fast_dropout"]():
        torch.nn.functional.scaled_dot_product_attention(
            query, key, value, dropout_p=0.5, is_causal=True
        ).sum().backward()


def run_products(code):
    """A linear layer by oneDNN, forward and backward."""
    tensors = [torch.randn(BATCH, TIME, 5), torch.randn(3, 5), torch.randn(3)]
    for tensor in tensors:
        tensor.requires_grad_()
    code["_Linear"].apply(*tensors).sum().backward()


def run_levels(code):
    """Count in a text, in whole pieces and the rest."""
    code["PIECE"] = 23
    code["levels"](torch.arange(211) % 7, torch.arange(30) % 5, vocab_size=101)


def run_held_out(code):
    """Two batches of windows over a text."""
    for _ in code["windows"](torch.arange(207), 31, 7, BATCH):
        pass


def run_scoring(code):
    """Sequences of several lengths."""
    batch = [(tuple(range(size)), 3) for size in range(5, 5 + BATCH)]
    code["_totals"](GPT(CONFIG).eval(), batch)


def run_recall(code):
    """A tale, letter by letter, by a model that knows nothing."""
    letters = CharTokenizer("".join(sorted(set(join(generate_tales(300))))))
    code["recall"](
        lambda ids: torch.randn(1, ids.size(1), 101), letters, generate_tales(1)
    )


def run_places(code):
    """A run that reads every place and doubles what it finds."""
    model = GPT(CONFIG).eval()
    hooks = code["hooks"](model, lambda _, found: 2 * found, wants=lambda _: True)
    assert list(hooks)
    model(torch.randint(101, (BATCH, TIME)))


def run_lens(code):
    """The states of a run, read."""
    model = GPT(CONFIG).eval()
    with watched(model) as run:
        model(torch.randint(101, (BATCH, TIME)))
    code["lens"](model, run)


def run_finetuned(code):
    """Classes of two orders, scores between classes, and a choice of three."""
    for classes, several, labels in (
        (7, 2, torch.arange(BATCH) % 7),
        (7, 2, torch.arange(BATCH) / 2),
        (None, 3, torch.arange(BATCH) % 3),
    ):
        model = code["FineTuned"](GPT(CONFIG), classes)
        ids = torch.randint(98, (BATCH, several, TIME))
        ids[..., -1] = model.marks.extract
        targets = ids.roll(-1, -1)
        targets[..., -1] = -100
        model.loss(ids, targets, labels)


def run_lstm(code):
    """Read a batch, and go on with a cache."""
    model = code["LSTM"](CONFIG, cells=17)
    ids = torch.randint(101, (BATCH, TIME))
    model.loss(ids).backward()
    cache = model.new_cache()
    for step in ids.split([8, 2, 1], dim=1):
        model(step, cache=cache)


def run_modern(code):
    """Turn some vectors, and a gated layer."""
    code["rotated"](torch.randn(BATCH, 3, TIME, 14))
    code["SwiGLU"](CONFIG)(torch.randn(BATCH, TIME, 15))


DRIVERS = {
    MODEL: run_model,
    "gpt1/speed/dropout.py": run_dropout,
    "gpt1/speed/products.py": run_products,
    "gpt1/evaluate/held_out.py": run_held_out,
    "gpt1/evaluate/scoring.py": run_scoring,
    "gpt1/finetune/model.py": run_finetuned,
    "gpt1/generate/precision.py": run_precision,
    "gpt1/inspect/lens.py": run_lens,
    "gpt1/inspect/places.py": run_places,
    "gpt1/inspect/recall.py": run_recall,
    "gpt1/generate/sampling.py": run_sampling,
    "gpt1/train/levels.py": run_levels,
    "gpt1/variants/lstm.py": run_lstm,
    "gpt1/variants/modern.py": run_modern,
}
"""What runs every line with a shape comment, for each module that has one."""


@pytest.mark.parametrize("path", DRIVERS)
def test_every_comment_is_true_and_reached(path):
    traced = load(path)
    DRIVERS[path](traced.namespace)
    assert traced.comments
    assert traced.unreached() == []


def test_every_module_with_a_shape_comment_is_driven():
    commented = set()
    for path in (ROOT / "gpt1").rglob("*.py"):
        traced = Traced()
        traced.find(path.read_text("utf8"), path.name)
        if traced.comments:
            commented.add(path.relative_to(ROOT).as_posix())
    assert commented == set(DRIVERS)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("(time, past + time)", "(past + time, time)"),
        ("(batch, time, 3 * width)", "(batch, time, 2 * width)"),
        ("(3, batch, heads, time, head_size)", "(3, batch, time, heads, head_size)"),
        ("# (batch, time, feed_forward)", "# (batch, time, width)"),
        ("# (batch, time, vocab)", "# (batch, vocab, time)"),
        ("each (batch, heads, time, head_size)", "each (batch, heads, time)"),
    ],
)
def test_a_false_comment_in_the_model_fails(true, false):
    assert true in (ROOT / MODEL).read_text("utf8")
    traced = load(MODEL, lambda source: source.replace(true, false))
    with pytest.raises(ShapeError, match=r"gpt1/model\.py:\d+"):
        run_model(traced.namespace)


def check(source, **namespace):
    traced = Traced(namespace={"torch": torch, **namespace})
    traced.run(source, "test")
    return traced


@pytest.mark.parametrize(
    "source",
    [
        "x = torch.ones(2, 3)  # (2, 3)",
        "x = torch.ones(6)  # (2 * 3,)",
        "x = torch.ones(3).sum()  # ()",
        "x = torch.ones(2, 3, 5)  # (..., 3, 5)",
        "x, y = torch.ones(2, 5)  # each (5,)",
        "torch.ones(2, 3)  # (2, 3)",
        "x = torch.ones(\n    2, 3\n)  # (2, 3)",
        "def f(x,  # (n,)\n      ):\n    return x + 1  # (n,)\nf(torch.ones(3))",
        "x = torch.ones(2, 3)  # (batch, time)\ny = x.T  # (time, batch)",
        "time = 2\nx = torch.ones(2, 5)  # (time, past + time)\nx[0]  # (past + 2,)",
        "batch = 2\nx = torch.ones(2, 3)  # (batch, 3)",
        "for n in (2, 3):\n    x = torch.ones(n)  # (n,)",
        "def f(x):\n    y = x + x  # (n,)\nf(torch.ones(2)); f(torch.ones(3))",
        # The same size by chance, or where an axis fills another.
        "x = torch.ones(2, 2)  # (batch, time)",
        "batch = 2\nx = torch.ones(2, 2)  # (batch, time)",
        "context = 7\nx = torch.ones(3, 7)  # (batch, time)",
        "width = 6\nx = torch.ones(1, 6)  # (heads, head_size)",
        "x = torch.ones(6)  # (head_size,)\ny = x + 1  # (width,)",
        "batch = 2\nx = torch.ones(2)  # (n,)",
    ],
)
def test_a_true_comment_passes(source):
    traced = check(source)
    assert traced.comments
    assert traced.unreached() == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = torch.ones(2, 3)  # (3, 2)", "axis 0 should be 3"),
        ("x = torch.ones(2, 3)  # (2, 3, 1)", "the tensor"),
        ("x = torch.ones(2, 3)  # (n, n)", "axis 1 should be 2"),
        ("n = 5\nx = torch.ones(2, 3)  # (2, n)", "axis 1 should be 5"),
        ("x, y = torch.ones(2, 5)  # each (2,)", "axis 0 should be 2"),
        ("x, y = torch.ones(2, 5)  # (5,)", "write `each"),
        ("x = torch.ones(2, 3)  # (2, n * m)", "means nothing here"),
        ("n = 3\nx = torch.ones(3, 2)  # (n, m + n)", "means nothing here"),
        ("x = [1, 2]  # (2,)", "a list has no shape"),
        ("x = 1\n# (2, 3)\ny = 2", "no statement ends on this line"),
        ("if True:  # (2, 3)\n    y = 2", "no statement ends on this line"),
        ("x = torch.ones(2, 3)  # (batch, time): words", "cannot be checked"),
        ("def f(x):\n    return x.T  # (2, 3)\nf(torch.ones(2, 3))", "axis 0"),
        ("def f(x,  # (2,)\n      ):\n    return x\nf(torch.ones(3))", "axis 0"),
        ("a = torch.ones(3)  # (n,)\nb = torch.ones(2)  # (n,)", "should be 3"),
        ("time = 7\nx = torch.ones(7, 15)  # (width, 15)", "7, as time is"),
        ("x = torch.ones(7)  # (time,)\ny = x + 1  # (width,)", "7, as time is"),
        ("time = 7\nx = torch.ones(9)  # (width + 2,)", "7, as time is"),
    ],
)
def test_a_false_comment_fails(source, message):
    with pytest.raises(ShapeError, match=message):
        check(source)


def test_a_chapters_example_has_no_say_about_the_cases_of_a_check():
    traced = check("n = 5\ndef f(x):\n    return x  # (n, m)\nf(torch.ones(5, 2))")
    with pytest.raises(ShapeError, match="axis 0 should be 5"):
        traced.namespace["f"](torch.ones(4, 3))
    traced.example = False
    traced.namespace["f"](torch.ones(4, 3))


def test_the_axes_of_a_check_may_have_equal_sizes():
    traced = check("time = 4\ndef f(x):\n    return x  # (width,)")
    with pytest.raises(ShapeError, match="4, as time is"):
        traced.namespace["f"](torch.ones(4))
    traced.example = False
    traced.namespace["f"](torch.ones(4))


TWO = "def f(x, y):\n    x = x + 1  # (n,)\n    return y  # (n,)\nf(a, a)\n"


@pytest.mark.parametrize(
    "source",
    [
        "for n in (2, 3):\n    x = torch.ones(2)  # (n,)",
        "for n in (2, 3):\n    x = torch.ones(n)  # (2,)",
        "a, b = torch.ones(2), torch.ones(3)\n" + TWO + "f(b, a)",
        "a, b = torch.ones(2), torch.ones(3)\n" + TWO + "f(a, b)",
        "k = 2\na = torch.ones(2)\ndef f(x):\n    return x  # (k,)\nf(a)\nk = 3\nf(a)",
    ],
)
def test_what_was_true_once_is_compared_again_where_anything_differs(source):
    with pytest.raises(ShapeError):
        check(source)


def test_a_comment_on_a_line_that_never_runs_is_reported():
    traced = check("def f(x):\n    return x  # (2, 3)\n")
    assert traced.unreached() == ["test:2"]


@pytest.mark.parametrize(
    "remark",
    ["# (untrained)", "# (2018)", "# (see the paper, section 4)", "# words", "# f(x)"],
)
def test_a_remark_is_not_taken_for_a_shape(remark):
    assert parse(remark) is None
