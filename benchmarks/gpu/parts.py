"""What `make gpu` runs: speed, the tests that want a GPU, and every notebook."""

from importlib.util import find_spec

from benchmarks.gpu.outcome import ROOT, Part

MEASURED = {
    "large products": ("products", 30),
    "training step, full size, bf16": ("step", 90),
    "the same, compiled": ("compiled", 150),
    "bf16 beside float32": ("bf16", 60),
    "writing, full size": ("generation", 45),
}
"""The name of each measurement, its key in `measure.py`, and its limit in seconds."""

# Without nbval the options that the project gives it would be unknown.
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
PYTEST += ["-o", "addopts=--import-mode=importlib --strict-markers"]


def measurements(tiny):
    """The parts that take a time, alone on the machine."""
    flag = ["--tiny"] if tiny else []
    return [
        Part(name, ["-m", "benchmarks.gpu.measure", key, *flag], limit, cuda=not tiny)
        for name, (key, limit) in MEASURED.items()
    ]


def tests():
    """The tests that need a GPU, which have "cuda" in their names."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    files = [str(f) for f in files if "\n@needs_cuda\n" in f.read_text("utf8")]
    return Part("CUDA tests", [*PYTEST, "-k", "cuda", *files], 120, False, True)


def notebooks(names=""):
    """One part for each notebook whose name has this in it.

    By nbval where it and Jupyter's kernel are there, else by `notebook.py`. Neither
    compares outputs.
    """
    jupyter = all(map(find_spec, ("nbval", "ipykernel", "pytest")))
    way = [*PYTEST, "--nbval-lax", "--nbval-current-env"] if jupyter else []
    way = way or ["-m", "benchmarks.gpu.notebook"]
    return [
        Part(f"{path.stem}.ipynb", [*way, f"notebooks/{path.name}"], 180, alone=False)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        if names in path.name
    ]
