"""Where a training step is computed: device, precision, and how many processes.

`step.py` says what a step is; an `Engine` says how it is carried out. Alone, on a CPU,
in float32, it does nothing at all. Under `torchrun` every process has an engine of its
own: each takes its share of every batch, and PyTorch's DistributedDataParallel (DDP)
adds up their gradients.
"""

import math
import os
import re
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from gpt1.plumbing.device import mixed, pick_device, short
from gpt1.speed.loss import IGNORED

PRECISIONS = ("auto", "float32", "bf16", "fp16")
PATIENCE = timedelta(minutes=10)
"""How long a process waits for another that has stopped answering."""

LOST = re.compile("gloo|nccl|connection|peer|socket|store|timed out", re.IGNORECASE)
"""What the messages of broken connections between processes have in them."""


LAUNCHER = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
"""The variables by which torchrun tells a process of the others."""

CPU = torch.device("cpu")


@dataclass
class Engine:
    """How the steps of a run are computed.

    Attributes:
        device: where.
        kind: the type that autocast computes matrix products in; None for float32.
        rank: the number of this process, from 0.
        count: number of processes.
        messages: the group through which the processes tell each other plain numbers.
        scaler: keeps float16 gradients in range; None for other types.
    """

    device: torch.device = CPU
    kind: torch.dtype | None = None
    rank: int = 0
    count: int = 1
    messages: object = None
    scaler: object = None

    def __post_init__(self):
        if self.kind == torch.float16:
            self.scaler = torch.amp.GradScaler(self.device.type)

    @property
    def main(self):
        """Whether this process is the one that prints and writes files."""
        return self.rank == 0

    @property
    def precision(self):
        """The name of the type that matrix products are computed in."""
        return str(self.kind or torch.float32).removeprefix("torch.")

    def autocast(self):
        """A context in which matrix products use `kind`."""
        if self.kind is None:
            return nullcontext()
        return torch.autocast(self.device.type, self.kind)

    def share(self, *batch):
        """This process's rows of a batch, on its device; every row is somebody's.

        Args:
            batch: tensors of as many rows, the same in all processes; the last are the
                targets.

        Returns:
            The same tensors with fewer rows. A process for which no row is left gets
            the first one with nothing to predict in it, for all have to take part.
        """
        rows, (*inputs, targets) = slice(self.rank, None, self.count), batch
        if self.rank >= len(targets):
            rows, targets = slice(1), torch.full_like(targets, IGNORED)
        share = [tensor[rows] for tensor in (*inputs, targets)]
        return tuple(tensor.to(self.device, non_blocking=True) for tensor in share)

    def spread(self, module):
        """A module whose gradients are summed over the processes, for `backward`."""
        if self.count == 1:
            return module
        devices = [self.device] if self.device.type == "cuda" else None
        return DistributedDataParallel(
            module, device_ids=devices, gradient_as_bucket_view=True
        )

    def part(self, module, last):
        """A context for one part of a gradient: the last one is shared, with the sum.

        Args:
            module: what `spread` made.
            last: whether this is the last part.
        """
        return nullcontext() if last or self.count == 1 else module.no_sync()

    def backward(self, loss):
        """Add the gradients of this process's share of a loss.

        DDP takes the mean over the processes; a share times their number makes it the
        sum.
        """
        loss = loss * self.count
        (self.scaler.scale(loss) if self.scaler else loss).backward()

    def step(self, optimizer, clip):
        """Clip the gradient by its norm over all parameters, and update.

        Args:
            optimizer: holds the parameters; their gradients are cleared.
            clip: the largest norm; 0 or infinity for no clipping.

        Returns:
            The norm before clipping, a scalar tensor.
        """
        if self.scaler:
            self.scaler.unscale_(optimizer)
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        norm = torch.nn.utils.clip_grad_norm_(parameters, clip or math.inf)
        if self.scaler:
            self.scaler.step(optimizer)
            self.scaler.update()
        else:
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return norm

    def sum(self, *values):
        """Each number summed over the processes, as a list of floats."""
        if self.count == 1:
            return [float(value) for value in values]
        total = torch.tensor([float(value) for value in values], dtype=torch.float64)
        distributed.all_reduce(total, group=self.messages)
        return total.tolist()

    def gather(self, value):
        """A list with the value of each process, for plain values and tensors."""
        values = [None] * self.count
        if self.count == 1:
            return [value]
        # As bytes: PyTorch 2.4 warns of tensors that it sends in objects itself.
        torch.save(value, packed := BytesIO())
        distributed.all_gather_object(values, packed.getvalue(), group=self.messages)
        return [torch.load(BytesIO(got), weights_only=True) for got in values]

    @contextmanager
    def main_first(self):
        """A block that the main process runs before the others do."""
        if not self.main:
            self.sum(0)
        yield
        if self.main:
            self.sum(0)

    def seed(self, seed):
        """Seed dropout, differently in each process; alone, with the seed itself."""
        if self.rank:
            seed = mixed(seed, self.rank)
        torch.manual_seed(short(seed))

    def random_state(self):
        """The states of the random numbers of this process."""
        state = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state(self.device)
        return state

    def set_random_state(self, state):
        """Go on with the random numbers of `random_state`."""
        torch.set_rng_state(state["cpu"])
        if self.device.type == "cuda" and "cuda" in state:
            torch.cuda.set_rng_state(state["cuda"], self.device)


def launched():
    """Rank, number and local rank of this process, as torchrun tells them.

    Batch systems and containers set some of these variables for purposes of their own;
    only all together do they mean a group of processes.

    Returns:
        Three integers; None where the variables are incomplete.
    """
    told = [os.environ.get(name, "") for name in LAUNCHER[:3]]
    if not all(map(str.isdecimal, told)) or int(told[0]) >= int(told[1]):
        return None
    if told[1] != "1" and not all(os.environ.get(name) for name in LAUNCHER):
        return None
    return tuple(map(int, told))


@contextmanager
def start_engine(device=None, precision="auto"):
    """The engine of this process, which joins those that `torchrun` started with it.

    Args:
        device: see `pick_device`; None gives each process a GPU of its own where there
            are GPUs.
        precision: see `pick_precision`.

    Yields:
        An `Engine`.

    Raises:
        ValueError: device or precision does not exist here.
    """
    rank, count, local = launched() or (0, 1, 0)
    if count == 1:
        device = pick_device(device)
        yield Engine(device, pick_precision(precision, device))
        return
    if device in (None, "cuda") and torch.cuda.is_available():
        device = f"cuda:{local}"
    device = pick_device(device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    backend = "nccl" if device.type == "cuda" else "gloo"
    kind = pick_precision(precision, device)
    try:
        distributed.init_process_group(backend, timeout=PATIENCE)
        messages = distributed.new_group(backend="gloo", timeout=PATIENCE)
        engine = Engine(device, kind, rank, count, messages)
        yield engine
    except RuntimeError as error:
        if not LOST.search(str(error)):
            raise
        raise ConnectionError(
            f"process {rank} of {count} lost contact with another one, whose own "
            f"message says why; the last checkpoint is intact: start all of them again "
            f"with --resume"
        ) from None
    # A group ends its threads. PyTorch before 2.8 holds Python's lock meanwhile, for
    # which they may wait; when the last to be dropped is what is under the group, not.
    below = messages._get_backend(CPU)
    distributed.destroy_process_group()
    engine.messages = messages = None
    del below


def pick_precision(name, device):
    """The type for matrix products: bfloat16 where the GPU has it, else float16.

    Args:
        name: "float32"; "bf16", for which a GPU without it (T4) uses float16; "fp16";
            or "auto": bf16 on a GPU, float32 elsewhere.
        device: the `torch.device`.

    Returns:
        A type, or None for float32.

    Raises:
        ValueError: the name is unknown, or "fp16" where there is no GPU.
    """
    if name not in PRECISIONS:
        raise ValueError(f"precision must be {', '.join(PRECISIONS)}, got {name!r}")
    if name == "float32" or (name == "auto" and device.type != "cuda"):
        return None
    if name == "fp16" and device.type != "cuda":
        raise ValueError(
            f"precision fp16 needs a CUDA device, got {device.type}: use bf16 or "
            f"float32"
        )
    if device.type != "cuda":
        return torch.bfloat16
    # is_bf16_supported says yes to emulation too, which is slow.
    native = torch.version.hip or torch.cuda.get_device_capability(device) >= (8, 0)
    return torch.bfloat16 if native and name != "fp16" else torch.float16
