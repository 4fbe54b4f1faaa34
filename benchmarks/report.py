"""The page: tables of rates and ratios from the times that were measured.

A ratio is taken within each round, where both contenders met the same moment of the
machine; the page gives its median and, in brackets, its range.
"""

from statistics import median

from benchmarks.contenders import OWN, OWN_IN
from gpt1.config import GPTConfig
from gpt1.count.ledgers import parameters, training_flops

TITLES = {
    "training": "Training step",
    "small": "Training step of a small model",
    "generation": "Writing, one text, the likeliest token each time",
    "precision": "The same with weights in fewer bits",
}

METHOD = """{rounds} rounds; within each the contenders of a line work in turn. Every
one has a process of its own and random weights. `faster` is a contender's time over
this package's in the same round: the median, and in brackets the range. `memory` is
this package's peak over the contender's.{clock}"""

PROCESSOR = """ Times are those of the processor, all threads added up, so that other
work on the machine counts little."""

FASTER = {"precision": "as fast as float32"}
"""A column that is the other way round: this package's time in float32 over another."""

LIMITS = """At best this machine multiplies {float32:,.0f} GFLOP/s in float32 and
{bf16:,.0f} in bf16 (large square matrices), and reads {bytes:,.1f} GB/s. `of limit`
is in training 6N + 12LHQT FLOP a token over {limit}; in writing the bytes of the
weights over what memory gives."""


def ratios(theirs, ours):
    """How often ours fits into theirs, round by round.

    Returns:
        (median, least, most).
    """
    each = [other / own for other, own in zip(theirs, ours, strict=True)]
    return median(each), min(each), max(each)


def spread(triple):
    """A median with its range, such as `2.31 (2.20 to 2.40)`."""
    return "{:.2f} ({:.2f} to {:.2f})".format(*triple)


def read_bytes(config):
    """Bytes of float32 weights that writing one token reads: all but the positions'."""
    count = parameters(GPTConfig(**config))
    return 4 * (count.total - count["position embedding"])


def limit_share(case, rate, rates, name=OWN):
    """What share of the memory's speed, or of the products' rate, a case reaches.

    Args:
        case: as stored.
        rate: tokens a second.
        rates: see `benchmarks.roofline.rates`.
        name: the contender.

    Returns:
        (share, what it is a share of); None without a limit to compare with.
    """
    config = case["settings"]["config"]
    precision = OWN_IN.get(name, case["settings"]["precision"])
    if case["table"] in ("generation", "precision"):
        size = read_bytes(config) / {"float32": 1, "bf16": 2, "int8": 4}[precision]
        return rate * size / rates["bytes"]
    limit = rates.get("datasheet") or rates[precision]
    return rate * training_flops(GPTConfig(**config)) / limit


def rows(case, rates):
    """The lines of a table that one case gives."""
    done = case["contenders"]
    own = done[OWN]
    for name, result in done.items():
        if "failed" in result:
            yield [case["label"], name, f"failed: {result['failed']}", "", "", "", ""]
            continue
        rate = case["tokens"] / median(result["seconds"])
        compare = name != OWN and "failed" not in own
        seconds = [result["seconds"], own["seconds"]] if compare else []
        if case["table"] in FASTER:
            seconds.reverse()
        faster = spread(ratios(*seconds)) if compare else ""
        peak = result["peak"]
        yield [
            *(case["label"], name, f"{rate:,.{1 if rate < 100 else 0}f}", faster),
            f"{peak / 2**30:.2f}" if peak else "",
            f"{own['peak'] / peak:.2f}" if compare and peak and own["peak"] else "",
            f"{limit_share(case, rate, rates, name):.0%}",
        ]


def table(head, lines):
    """A Markdown table; the first two columns are text, the others numbers."""
    rule = ["---", "---"] + ["--:"] * (len(head) - 2)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def describe(machine):
    """The machine in a sentence."""
    cores = ", ".join([machine["architecture"], *machine["features"]])
    parts = [f"{machine['cores']} cores ({cores})"]
    parts += [f"{machine['memory']} GiB of memory"] if machine.get("memory") else []
    parts += [machine["gpu"]] if machine["gpu"] else []
    names = ("Python", "torch", "transformers")
    versions = ", ".join(f"{name} {machine[name.lower()]}" for name in names)
    return f"{', '.join(parts)}; {machine['system']}; {versions}."


def starts(result):
    """Lines of the table of start-up times."""
    base = result["import torch"]
    for name, seconds in result.items():
        ratio = "" if seconds is base else spread(ratios(seconds, base))
        yield [name, "", f"{median(seconds):.2f}", ratio]


def page(results):
    """All tables as Markdown.

    Args:
        results: what `python -m benchmarks` stores as JSON.
    """
    rates, limit = results["rates"], "the rate of its precision"
    if "datasheet" in rates:
        limit = f"the data sheet's {rates['datasheet'] / 1e12:,.0f} TFLOP/s"
    best = {name: rates[name] / 1e9 for name in ("float32", "bf16", "bytes")}
    parts = [f"# Benchmark\n\n{describe(results['machine'])}"]
    clock = PROCESSOR if results["clock"] == "processor" else ""
    method = METHOD.format(rounds=results["rounds"], clock=clock)
    parts += [method, LIMITS.format(limit=limit, **best)]
    for name, title in TITLES.items():
        cases = [case for case in results["cases"] if case["table"] == name]
        lines = [line for case in cases for line in rows(case, rates)]
        faster = FASTER.get(name, "faster")
        head = ["", "contender", "tokens/s", faster, "peak GiB", "memory", "of limit"]
        if lines:
            parts.append(f"## {title}\n\n{table(head, lines)}")
    head = ["", "", "seconds", "of import torch"]
    parts.append(f"## Start-up\n\n{table(head, starts(results['imports']))}")
    return "\n\n".join(parts) + "\n"
