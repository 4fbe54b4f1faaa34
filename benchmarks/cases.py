"""What is measured: sizes, contenders and amounts."""

from dataclasses import dataclass, field

from benchmarks.contenders import GPT1, GPT1_KEPT, GPT2, OWN, OWN_IN
from gpt1.config import GPTConfig

SIZES = ("vocab_size", "context", "width", "layers", "heads")
FULL = {name: getattr(GPTConfig(), name) for name in SIZES}
SMALL = {"vocab_size": 65, "context": 64, "width": 128, "layers": 4, "heads": 4}
QUICK = {"vocab_size": 101, "context": 16, "width": 12, "layers": 2, "heads": 3}


@dataclass
class Case:
    """One line of a table.

    Args:
        table: "training", "small", "generation" or "precision".
        label: how the page names it.
        contenders: names from `contenders.py`, the package first.
        settings: for `contenders.WORK`.
    """

    table: str
    label: str
    contenders: list
    settings: dict = field(default_factory=dict)

    @property
    def work(self):
        """A key of `contenders.WORK`."""
        writing = self.table in ("generation", "precision")
        return "generation" if writing else "training"

    @property
    def tokens(self):
        """How many tokens one turn trains on or writes."""
        if self.work == "generation":
            return self.settings["new"]
        context = self.settings["config"]["context"]
        return self.settings["batch"] * context * self.settings["repeat"]


def train(table, label, contenders, config, batch, **changes):
    settings = {"precision": "float32", "dropout": 0.0, "device": "cpu"}
    settings |= {"compile": False, "repeat": 1, "warm_up": 1}
    settings |= {"config": config, "batch": batch, **changes}
    return Case(table, label, contenders, settings)


def write(label, contenders, config, prompt, new, **changes):
    settings = {"precision": "float32", "device": "cpu", "warm_up": 1}
    settings |= {"config": config, "prompt": prompt, "new": new, **changes}
    return Case("generation", label, contenders, settings)


def write_in_fewer_bits(config, prompt, new):
    """float32, bf16 and int8 in one line, and Hugging Face's GPT-2 in float32."""
    case = write(f"{prompt} + {new} tokens", [OWN, *OWN_IN, GPT2], config, prompt, new)
    case.table = "precision"
    return case


def on_cpu():
    """Everything that two cores do in a quarter of an hour."""
    cases = []
    for batch in (2, 4):
        for precision in ("float32", "bf16"):
            label = f"{precision}, {batch} x 512"
            kept = [GPT1_KEPT] if batch == 4 else []
            everybody = [OWN, GPT1, *kept, GPT2]
            sizes, low = (FULL, batch), {"precision": precision}
            cases.append(train("training", label, everybody, *sizes, **low))
            label, low["dropout"] = f"{label}, dropout 0.1", 0.1
            cases.append(train("training", label, [OWN, GPT1], *sizes, **low))
    everybody = [OWN, GPT1, GPT2]
    label = "4 layers, 128 wide, 12 x 64"
    cases.append(train("small", label, everybody, SMALL, 12, repeat=20))
    cases.append(write("float32, 32 + 128 tokens", everybody, FULL, 32, 128))
    cases.append(write_in_fewer_bits(FULL, 32, 128))
    return cases


def on_gpu():
    """Larger batches in bf16, compiled and not; writing in both precisions."""
    cases, everybody = [], [OWN, GPT1, GPT2]
    low = {"precision": "bf16", "device": "cuda", "warm_up": 5, "repeat": 10}
    for batch in (16, 64):
        for dropout in (0.0, 0.1):
            for compiled in (False, True):
                label = f"bf16, {batch} x 512" + ", dropout 0.1" * bool(dropout)
                options = {**low, "dropout": dropout, "compile": compiled}
                job = (label + ", compiled" * compiled, everybody, FULL, batch)
                cases.append(train("training", *job, **options))
    for precision in ("float32", "bf16"):
        label = f"{precision}, 32 + 128 tokens"
        options = {"device": "cuda", "precision": precision}
        cases.append(write(label, everybody, FULL, 32, 128, **options))
    return cases


def quick():
    """Tiny sizes, to see that everything runs; the numbers mean nothing."""
    everybody = [OWN, GPT1, GPT2]
    low = {"precision": "bf16", "dropout": 0.1}
    return [
        train("training", "bf16, dropout 0.1", everybody, QUICK, 2, **low),
        write("float32, 3 + 5 tokens", [OWN, GPT2], QUICK, 3, 5),
        write_in_fewer_bits(QUICK, 3, 5),
    ]
