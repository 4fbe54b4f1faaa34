"""A GPU that is not there: CPU memory that PyTorch takes for another device.

    python tests/lib/two_devices.py notebooks/08-training.ipynb

runs a notebook with `torch.cuda.is_available()` true. Every tensor is computed on the
CPU, but those that were sent to "cuda" say that they are there, and an operation that
mixes the two kinds fails as it would on a GPU. So does a look at their memory from
NumPy, and a generator of the other device.

What this finds: a tensor or a model that was not moved. What it does not: anything
about CUDA itself, its numbers, its kernels, its memory, its speed. Operations that
PyTorch carries out without telling Python (inside `backward`, inside a fused optimizer)
are not looked at one by one, only what goes in and what comes out. A cell that asks
more of a GPU than its name, such as a profile of its kernels, fails and is listed; the
command's exit status tells of tensors on the wrong device alone.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import torch
import torch._dynamo  # which would look at what is patched below
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

T = torch.Tensor
CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)
RealGenerator = torch.Generator

FREE = {T.copy_, T.size, T.dim, T.stride, T.numel, T.is_floating_point, T.element_size}
FREE |= {T.shape.__get__, T.dtype.__get__, T.__repr__, T.__hash__, T.__format__}
FREE |= {torch._has_compatible_shallow_copy_type}
"""What may be asked of tensors on different devices at once."""

HOST = {T.numpy, T.__array__}
"""What needs the memory to be the CPU's."""


def is_cuda(device) -> bool:
    return device is not None and torch.device(device).type == "cuda"


class WrongDeviceError(RuntimeError, TypeError):
    """What PyTorch would say, for whom it would be said to."""


class Generator(RealGenerator):
    """A source of random numbers that remembers where it is meant to be."""

    def __new__(cls, device="cpu"):
        made = super().__new__(cls, "cpu")
        made.where = torch.device(device)
        return made

    def manual_seed(self, seed):
        super().manual_seed(seed)
        return self


class TwoDevices(TorchFunctionMode):
    """Keeps account of whose memory a tensor's is, by its address."""

    def __init__(self):
        super().__init__()
        self.there: set[int] = set()

    @staticmethod
    def address(tensor) -> int:
        if tensor.device.type != "cpu" or tensor.layout != torch.strided:
            return 0
        return tensor.untyped_storage().data_ptr()

    def on_gpu(self, tensor) -> bool:
        return self.address(tensor) in self.there

    def put(self, tensor, gpu: bool):
        """Note where a tensor's memory is."""
        if isinstance(tensor, T) and (address := self.address(tensor)):
            (self.there.add if gpu else self.there.discard)(address)
        return tensor

    def send(self, tensor, gpu: bool):
        """Return the tensor on a device: itself, or a copy."""
        if tensor.device.type != "cpu" or self.on_gpu(tensor) == gpu:
            return tensor
        return self.put(tensor.clone(), gpu)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function == T.device.__get__:
            real = function(*args)
            return CUDA if self.on_gpu(args[0]) else real
        if function == T.is_cuda.__get__:
            return self.on_gpu(args[0])
        if function in (T.cuda, T.cpu):
            return self.send(args[0], function is T.cuda)
        if function in (T.grad.__get__, T.data.__get__):
            found = function(*args)
            return found if found is None else self.put(found, self.on_gpu(args[0]))
        if function is T.to:
            return self.to(args, kwargs)
        if function is T.__deepcopy__:
            return self.put(function(*args, **kwargs), self.on_gpu(args[0]))
        return self.compute(function, args, kwargs)

    def to(self, args, kwargs):
        """`tensor.to`: of a type, of a device, or of both."""
        tensor, before = args[0], self.on_gpu(args[0])
        kwargs.pop("non_blocking", None)
        gpu, rest = before, []
        for value in [*args[1:], kwargs.pop("device", None)]:
            if isinstance(value, T):
                gpu, rest = self.on_gpu(value), [*rest, value.dtype]
            elif isinstance(value, torch.dtype):
                rest.append(value)
            elif isinstance(value, (str, torch.device)):
                gpu = is_cuda(value)
                rest += [] if torch.device(value).type in ("cpu", "cuda") else [value]
        if rest or kwargs:
            tensor = self.put(tensor.to(*rest, **kwargs), before)
        return self.send(tensor, gpu)

    def compute(self, function, args, kwargs):
        """Any other operation: its tensors are on one device, and so is the result."""
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, T)]
        gpu = self.one_device(function, tensors, args)
        if "device" in kwargs and kwargs["device"] is not None:
            gpu = is_cuda(kwargs["device"])
            if torch.device(kwargs["device"]).type in ("cpu", "cuda"):
                kwargs["device"] = CPU
        dice = kwargs.get("generator")
        if dice is not None and is_cuda(getattr(dice, "where", CPU)) != gpu:
            raise WrongDeviceError(f"{function.__name__}: the generator is elsewhere")
        result = function(*args, **kwargs)
        if result is not NotImplemented:
            tree_map(lambda x: self.put(x, gpu) if isinstance(x, T) else x, result)
        return result

    def one_device(self, function, tensors, args) -> bool:
        """Return whether the operation is the GPU's; refuse one that is nobody's."""
        if function in (T.grad.__set__, T.data.__set__):
            gpu = any(self.on_gpu(t) for t in tensors[1:])
            self.put(tensors[0], gpu or (len(tensors) == 1 and self.on_gpu(tensors[0])))
            return gpu
        real = [t for t in tensors if t.device.type == "cpu"]
        gpus = [self.on_gpu(t) for t in real]
        if not any(gpus):
            return False
        if function in HOST:
            raise WrongDeviceError("can't convert cuda:0 device type tensor to numpy")
        if function in FREE or all(gpus):
            return gpus[0]
        if function in (T.__getitem__, T.__setitem__) and gpus[0]:
            return True  # the index may be on the CPU, and a value is copied
        if any(t.dim() for t, gpu in zip(real, gpus, strict=True) if not gpu):
            where = ["cuda" if gpu else "cpu" for gpu in gpus]
            raise WrongDeviceError(
                f"Expected all tensors to be on the same device, but "
                f"{function.__name__} got {where}"
            )
        return True  # numbers without axes may be anywhere


@contextlib.contextmanager
def two_devices():
    """A block in which there is a GPU, as far as can be told without one."""
    nothing = lambda *args, **options: None  # noqa: E731
    cuda = {
        "is_available": lambda: True,
        "device_count": lambda: 1,
        "current_device": lambda: 0,
        "is_current_stream_capturing": lambda: False,
        "synchronize": nothing,
        "get_device_name": lambda device=None: "no GPU at all",
        "get_device_capability": lambda device=None: (7, 5),
        "is_bf16_supported": lambda *args, **options: True,
        "get_rng_state": lambda device=None: torch.get_rng_state(),
        "set_rng_state": lambda state, device=None: torch.set_rng_state(state),
        "max_memory_allocated": lambda device=None: 0,
        "reset_peak_memory_stats": nothing,
        "empty_cache": nothing,
        "manual_seed_all": nothing,
    }
    real_autocast = torch.autocast

    def autocast(kind, *args, **options):
        return real_autocast("cpu", *args, **options)

    with contextlib.ExitStack() as stack:
        for name, value in cuda.items():
            stack.enter_context(patch.object(torch.cuda, name, value))
        stack.enter_context(patch.object(torch, "Generator", Generator))
        stack.enter_context(patch.object(torch, "autocast", autocast))
        # A newer optimizer asks this one, where PyTorch is built for CUDA.
        if hasattr(torch, "accelerator"):
            stream = SimpleNamespace(is_capturing=lambda: False)
            there = patch.object(
                torch.accelerator, "current_stream", lambda device=None: stream
            )
            stack.enter_context(there)
        yield stack.enter_context(TwoDevices())


def run(path: Path) -> list[tuple[int, Exception]]:
    """Run a notebook's cells from top to bottom; return the cells that failed."""
    import matplotlib

    matplotlib.use("agg")
    namespace = {"__name__": "__main__", "display": lambda *shown: None}
    failed = []
    with two_devices():
        for number, cell in enumerate(json.loads(path.read_text("utf8"))["cells"]):
            tags = cell["metadata"].get("tags", [])
            if cell["cell_type"] != "code" or "nbval-skip" in tags:
                continue
            code = compile("".join(cell["source"]), f"cell {number}", "exec")
            try:
                exec(code, namespace)
            except Exception as error:
                failed.append((number, error))
    return failed


if __name__ == "__main__":
    failed = run(Path(sys.argv[1]))
    for number, error in failed:
        print(f"cell {number}: {type(error).__name__}: {error}")
    sys.exit(any(isinstance(error, WrongDeviceError) for _, error in failed))
