"""Speed on one GPU, one measurement a process: its last line is the result.

    python -m benchmarks.gpu.measure step

The training step is that of `gpt1 train`: `train_step` with its loss module, AdamW and
clipping, batches coming from the CPU, bf16 unless said otherwise.
"""

import argparse
import math
import statistics
import time

import torch

from benchmarks.cases import FULL, QUICK
from benchmarks.roofline import datasheet_peak, rates
from gpt1 import GPT, GPTConfig
from gpt1.count import training_flops
from gpt1.generate import faster, generate
from gpt1.train import Engine, make_optimizer, train_step
from gpt1.train.run import Loss

WANTED = {"H100": 0.5, "H200": 0.5}
"""The share of the data sheet's peak (MFU) that is aimed at, by the GPU's name."""


class Bench:
    """The device and the sizes of all measurements.

    Args:
        tiny: sizes that a CPU does at once; the numbers then mean nothing.
    """

    def __init__(self, tiny):
        self.tiny = tiny
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.sizes = QUICK if tiny else FULL
        self.batches = (2,) if tiny else (32, 64, 128)
        self.steps, self.warm_up = (2, 1) if tiny else (10, 5)

    def wait(self):
        """Until the device has done what it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def seconds(self, work, times):
        """The median of the seconds that a piece of work takes."""
        spent = []
        for _ in range(times):
            self.wait()
            start = time.perf_counter()
            work()
            self.wait()
            spent.append(time.perf_counter() - start)
        return statistics.median(spent)

    def step(self, batch, *, low=True, compiled=False, dropout=0.0):
        """One training step as a function; its result is the loss."""
        torch.manual_seed(0)
        model = GPT(GPTConfig(**self.sizes, dropout=dropout)).to(self.device)
        loss_of = Loss(model)
        if compiled:
            loss_of.compile(backend="eager" if self.tiny else "inductor")
        optimizer = make_optimizer(model, learning_rate=2.5e-4)
        engine = Engine(self.device, torch.bfloat16 if low else None)
        config = model.config
        ids = torch.randint(config.vocab_size, (batch, config.context + 1))
        given = ids[:, :-1], ids[:, 1:]
        return lambda: train_step(loss_of, given, optimizer, engine=engine)[0]

    def speed(self, batch, **how):
        """Tokens a second of a training step."""
        step = self.step(batch, **how)
        for _ in range(self.warm_up):
            step()

        def several():
            for _ in range(self.steps):
                step()

        tokens = batch * self.sizes["context"] * self.steps
        return tokens / self.seconds(several, 1 if self.tiny else 3)

    def fastest(self, **how):
        """The highest speed over the batches that fit, and its batch."""
        found = []
        for batch in self.batches:
            try:
                found.append((self.speed(batch, **how), batch))
            except torch.OutOfMemoryError:
                print(f"{batch} windows do not fit")
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
        return max(found)

    def told(self, speed, batch):
        """A speed in words, with its MFU where the peak is known."""
        context = self.sizes["context"]
        text = f"{speed:,.0f} tokens/s at {batch} x {context}"
        cuda = self.device.type == "cuda"
        name = torch.cuda.get_device_name() if cuda else "this CPU"
        peak = datasheet_peak(name)
        if not peak:
            return f"{text}; no peak is known of {name}, so no MFU"
        share = speed * training_flops(GPTConfig(**self.sizes)) / (peak * 1e12)
        text = f"{text}, MFU {share:.1%} of {peak} TFLOP/s"
        least = max((least for key, least in WANTED.items() if key in name), default=0)
        return text if share >= least else f"{text}, under the {least:.0%} aimed at"


def products(bench):
    """The device's best rates, of large products and of memory."""
    cuda = bench.device.type == "cuda"
    size = {"size": 8192} if cuda else {"size": 64, "megabytes": 1, "rounds": 1}
    found = rates(bench.device.type, **size)
    low, full = (found[kind] / 1e12 for kind in ("bf16", "float32"))
    return f"{low:,.1f} TFLOP/s in bf16, {full:,.1f} in float32"


def step(bench):
    """The training step as it is, without and with dropout."""
    parts = []
    for dropout in (0.0, 0.1):
        told = bench.told(*bench.fastest(dropout=dropout))
        parts.append(f"dropout {dropout:g}: {told}")
    return "; ".join(parts)


def compiled(bench):
    """The training step compiled: the same loss, and its speed."""
    batch = bench.batches[0]
    plain, after = (bench.step(batch, low=False, compiled=c) for c in (False, True))
    loss, start = float(plain()), time.perf_counter()
    assert math.isclose(float(after()), loss, rel_tol=1e-4)
    waited = time.perf_counter() - start
    del plain, after
    told = bench.told(*bench.fastest(compiled=True))
    return f"the same loss; {told}; the first step took {waited:.0f} s"


def bf16(bench):
    """Losses in bf16 beside float32's, from the same weights, and the speeds."""
    batch = bench.batches[0]
    curves = [[float(s()) for _ in range(5)] for s in _pair(bench, batch)]
    apart = max(abs(a / b - 1) for a, b in zip(*curves, strict=True))
    assert apart < 0.01, curves
    low, full = (bench.speed(batch, low=kind) for kind in (True, False))
    return (
        f"losses of 5 updates within a share of {apart:.0e} of float32's; "
        f"{low / full:.1f} times as fast"
    )


def _pair(bench, batch):
    return bench.step(batch, low=True), bench.step(batch, low=False)


@torch.no_grad()
def generation(bench):
    """Writing after a prompt, one text, the likeliest token each time."""
    prompt, new = (3, 5) if bench.tiny else (32, 128)
    told = []
    for precision in ("float32", "bf16"):
        torch.manual_seed(0)
        model = faster(GPT(GPTConfig(**bench.sizes)).to(bench.device), precision)
        ids = torch.randint(bench.sizes["vocab_size"], (1, prompt), device=bench.device)

        def write(model=model, ids=ids):
            text = generate(model, ids, new, temperature=0)
            assert len(text[0]) == prompt + new

        write()
        spent = bench.seconds(write, 3)
        told.append(f"{new / spent:,.0f} tokens/s in {precision}")
    return f"{', '.join(told)}; {prompt} + {new} tokens"


MEASUREMENTS = {f.__name__: f for f in (products, step, compiled, bf16, generation)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=MEASUREMENTS)
    parser.add_argument("--tiny", action="store_true")
    given = parser.parse_args()
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
    print(MEASUREMENTS[given.name](Bench(given.tiny)))


if __name__ == "__main__":
    main()
