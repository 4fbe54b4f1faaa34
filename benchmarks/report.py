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
one has a process of its own and random weights. `times as fast` says how fast this
package is beside a contender: that one's time over this package's in the same round,
the median, and in brackets the range. Above 1, this package is the faster.
`memory beside it` is this package's peak over the contender's; below 1, this package
needs less.{clock}"""

PROCESSOR = """ Times are those of the processor, all threads added up, so that other
work on the machine counts little."""

FASTER = {"precision": "as fast as float32"}
"""A column that is the other way round: this package's time in float32 over another."""

LIMITS = """At best this machine multiplies {float32:,.0f} GFLOP/s in float32 and
{bf16:,.0f} in bf16 (large square matrices), and reads {bytes:,.1f} GB/s.
`share of the limit` says how much of that is used. It is in training
6N + 12LHQT FLOP a token over {limit}; in writing the bytes of the weights over what
memory gives."""


NO_AMX = """This processor has no AMX, Intel's unit for bf16 products, so its bf16
lines say little about one that has it: compare the float32 lines."""


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


def table(head, lines, words=2):
    """A Markdown table; the first columns are words, the others numbers."""
    rule = ["---"] * words + ["--:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def describe(machine):
    """The machine in a sentence."""
    cores = ", ".join([machine["architecture"], *machine["features"]])
    parts = [f"{machine['cores']} cores ({cores})"]
    parts += [f"{machine['memory']} GiB of memory"] if machine.get("memory") else []
    parts += [machine["gpu"]] if machine["gpu"] else []
    names = ("Python", "torch", "transformers")
    versions = ", ".join(f"{name} {machine[name.lower()]}" for name in names)
    if machine.get("nanogpt"):
        versions += f", nanoGPT {machine['nanogpt']}"
    return f"{', '.join(parts)}; {machine['system']}; {versions}."


def lacks_amx(machine):
    """Whether it was a CPU that was measured, an x86 one without AMX."""
    x86 = machine["architecture"].lower() in ("x86_64", "amd64")
    return x86 and not machine["gpu"] and "amx_bf16" not in machine["features"]


def starts(result):
    """Lines of the table of start-up times."""
    base = result["import torch"]
    for name, seconds in result.items():
        ratio = "" if seconds is base else spread(ratios(seconds, base))
        yield [name, f"{median(seconds):.2f}", ratio]


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
    parts += [NO_AMX] if lacks_amx(results["machine"]) else []
    parts += [results["left_out"]] if results.get("left_out") else []
    for name, title in TITLES.items():
        cases = [case for case in results["cases"] if case["table"] == name]
        lines = [line for case in cases for line in rows(case, rates)]
        faster = FASTER.get(name, "times as fast")
        head = ["case", "contender", "tokens/s", faster, "peak GiB"]
        head += ["memory beside it", "share of the limit"]
        if lines:
            parts.append(f"## {title}\n\n{table(head, lines)}")
    head = ["what starts", "seconds", "times as long as import torch"]
    parts.append(f"## Start-up\n\n{table(head, starts(results['imports']), 1)}")
    return "\n\n".join(parts) + "\n"
