"""`gpt1 generate`: what a person types, and what appears."""

import os
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import fields

import pytest
import torch

from gpt1 import GPT, GPTConfig, loading
from gpt1.generate import __main__ as command, sampling
from gpt1.generate.__main__ import GenerateConfig
from gpt1.generate.precision import faster
from gpt1.generate.texts import start_ids, write_text
from gpt1.loading import load_model
from gpt1.plumbing.files import save_checkpoint
from gpt1.tokenizer import BPETokenizer, CharTokenizer, GPT1Tokenizer

LETTERS = CharTokenizer("\n .abcdefgh")
ROOT = loading.SHIPPED_FILES["tales-tiny"].parents[2]
OFFLINE = """
import runpy, socket, sys

class Socket(socket.socket):
    def __init__(self, *_, **__):
        raise AssertionError("something asked for the network")

socket.socket = Socket
sys.argv[0] = "gpt1.generate"
runpy.run_module("gpt1.generate", run_name="__main__")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with checkpoints/best_model.pth, as after training."""
    folder = tmp_path_factory.mktemp("trained")
    torch.manual_seed(0)
    sizes = {"context": 16, "width": 12, "layers": 2, "heads": 3, "init_std": 0.5}
    save(folder / "checkpoints" / "best_model.pth", LETTERS, **sizes)
    return folder


def save(path, tokenizer, **sizes):
    """A checkpoint with a new model."""
    model = GPT(GPTConfig(vocab_size=tokenizer.vocab_size, **sizes))
    parts = {"model": model.state_dict(), "config": model.config.to_dict()}
    save_checkpoint(path, {**parts, "tokenizer": tokenizer.to_dict()})


@pytest.fixture
def typed(folder, monkeypatch, capsys):
    """Type `gpt1 generate` in that folder; gives what stdout and stderr say."""
    monkeypatch.chdir(folder)

    def run(*arguments):
        command.main(["--device", "cpu", *map(str, arguments)])
        return capsys.readouterr()

    return run


def text_of(prompt, tokens, seed, options):
    """What `generate` of the package writes after a prompt."""
    model, tokenizer = load_model("checkpoints/best_model.pth", "cpu")
    options = {**options, "generator": [torch.Generator().manual_seed(seed)]}
    [ids] = sampling.generate(model, [tokenizer.encode(prompt)], tokens, **options)
    return tokenizer.decode(ids)


def test_the_flags_reach_the_model(typed):
    options = {"temperature": 1.3, "top_k": 7, "top_p": 0.8}
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    told = typed("--prompt", "a b", "--max-length", 60, "--seed", 5, *flags)
    assert told.out == text_of("a b", 57, 5, options) + "\n"
    assert told.out != typed("--prompt", "a b", "--max_length", 60).out


def test_the_cache_changes_nothing_but_the_time(typed, monkeypatch):
    caches = []

    def stream(*arguments, cache, **options):
        caches.append(cache)
        return sampling.stream(*arguments, cache=cache, **options)

    monkeypatch.setattr(command, "stream", stream)
    told = [typed("--prompt", "ab", *flag).out for flag in ([], ["--no-cache"])]
    assert told[0] == told[1]
    assert caches == [True, False]


def test_the_defaults_are_temperature_0_7_and_top_k_40(typed):
    defaults = {field.name: field.default for field in fields(GenerateConfig)}
    assert (defaults["temperature"], defaults["top_k"]) == (0.7, 40)
    told = typed("--prompt", "ab")
    assert told.out == text_of("ab", 198, 0, {"temperature": 0.7, "top_k": 40}) + "\n"


def test_each_of_several_samples_can_be_had_alone(typed):
    """Sample i has seed + i, and does not depend on those beside it."""
    told = typed("--prompt", "ab", "--seed", 4, "--samples", 3, "--stop", "c").out
    alone = []
    for seed in (4, 5, 6):
        text = typed("--prompt", "ab", "--seed", seed, "--stop", "c").out
        alone.append(f"--- seed {seed} ---\n{text}")
    assert told == "".join(alone)
    assert len({len(text) for text in alone}) > 1


def test_a_text_ends_before_the_stop(typed):
    whole = typed("--prompt", "ab", "--max_length", 400).out
    told = typed("--prompt", "ab", "--max_length", 400, "--stop", "c").out
    assert "c" in whole
    assert told == whole[: whole.index("c")] + "\n"
    told = typed("--prompt", "ab", "--max_length", 400, "--stop", r"\n").out
    assert told.count("\n") == 1


def test_no_more_is_computed_than_the_longest_text_needs(typed, monkeypatch):
    drawn = []

    def stream(*arguments, **options):
        for row, token in sampling.stream(*arguments, **options):
            drawn.append(row)
            yield row, token

    monkeypatch.setattr(command, "stream", stream)
    told = typed("--prompt", "ab", "--samples", 3, "--stop", "c").out
    texts = [text.split("\n", 1)[1] for text in told.split("--- seed ")[1:]]
    longest = max(len(text) - len("ab\n") for text in texts)
    assert drawn == [0, 1, 2] * longest + [0, 1, 2][: len(drawn) - 3 * longest]
    assert longest < 500, "of the 1000 that are allowed: nothing is shown here"


@pytest.mark.parametrize("prompt", ["", "ab", "abcdefgh" * 3])
def test_from_string_to_string_it_is_what_the_command_prints(typed, prompt):
    model, tokenizer = load_model("checkpoints/best_model.pth", "cpu")
    options = {"temperature": 1.2, "top_p": 0.9, "seed": 3, "stop": "hb"}
    flags = [f"--{name}={value}" for name, value in options.items()]
    told = typed("--prompt", prompt, "--max_length", 300, *flags)
    text = write_text(model, tokenizer, prompt, 300 - len(prompt), **options)
    assert told.out == text + "\n"
    assert len(text) < 300
    assert len(write_text(model, tokenizer, prompt, 20)) == len(prompt) + 20


@pytest.mark.parametrize("precision", ["float32", "bf16", "int8"])
def test_the_precision_is_that_of_the_model_that_writes(typed, monkeypatch, precision):
    made = []

    def noted(*given):
        made.append(faster(*given))
        return made[-1]

    monkeypatch.setattr(command, "faster", noted)
    told = typed("--prompt", "ab", "--max_length", 60, "--precision", precision)
    model, tokenizer = load_model("checkpoints/best_model.pth", "cpu")
    assert told.out == write_text(faster(model, precision), tokenizer, "ab", 58) + "\n"
    kinds = {"float32": torch.float32, "bf16": torch.bfloat16, "int8": torch.int8}
    assert [fast.output.weight.dtype for fast in made] == [kinds[precision]]


@pytest.mark.slow
def test_without_a_max_length_a_stop_or_a_long_prompt_allows_a_longer_text(typed):
    assert len(typed("--prompt", "ab", "--stop", "no such text").out) == 1001
    assert len(typed("--prompt", "ab" * 150).out) == 401


def test_an_empty_prompt_begins_as_after_an_empty_line(typed):
    told = typed("--max_length", 30)
    assert told.out == text_of("\n\n", 30, 0, {})[2:] + "\n"
    assert told.out == typed("--prompt", "", "--max_length", 30).out
    assert len(told.out) == 31


def test_every_tokenizer_has_ids_to_begin_from():
    merges = [("a", "b")]
    original = GPT1Tokenizer({"<unk>": 0, "a</w>": 1, "\n</w>": 2}, [])
    for tokenizer, ids in (
        (CharTokenizer("ab\n"), [2, 2]),
        (CharTokenizer("ab"), [0]),
        (BPETokenizer("\nab", merges), [1, 1]),
        (BPETokenizer("ab", merges), [0]),
        (original, [2]),
    ):
        assert start_ids(tokenizer) == ids


def test_of_a_prompt_beyond_the_context_the_newest_half_is_read_and_that_is_told(typed):
    prompt = "abcdefgh" * 3
    told = typed("--prompt", prompt, "--max_length", 30)
    assert told.out.startswith(prompt)
    assert told.out == prompt[:16] + text_of(prompt[16:], 6, 0, {}) + "\n"
    assert "24 tokens and the model sees 16: it goes by the last 8" in told.err
    assert "goes by" not in typed("--prompt", prompt[:16]).err


def test_the_model_that_was_trained_here_is_taken_and_named(typed):
    note = "note: writing with checkpoints/best_model.pth; "
    assert typed("--prompt", "a").err.startswith(note)
    told = typed("--prompt", "a", "--model_path", "checkpoints/best_model.pth")
    assert told.err == ""


@pytest.mark.slow
def test_elsewhere_the_shipped_model_is_taken_and_named(
    folder, tmp_path, monkeypatch, capsys
):
    best = folder / "checkpoints" / "best_model.pth"
    monkeypatch.setitem(loading.SHIPPED_FILES, "tales-tiny", best)
    monkeypatch.chdir(tmp_path)
    command.main(["--temperature", "3"])
    told = capsys.readouterr()
    assert "tales-tiny" in told.err
    assert told.out.count("\n\n") == 0
    command.main(["--temperature", "3", "--model-path", "tales-tiny"])
    assert capsys.readouterr() == (told.out, "")
    command.main(["--temperature", "3", "--stop", "", "--max_length", "1000"])
    longer = capsys.readouterr().out
    assert "\n\n" in longer
    assert told.out == longer.split("\n\n")[0] + "\n"


@pytest.mark.slow
def test_with_no_arguments_and_no_network_a_tale_is_written(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    how = {"capture_output": True, "text": True, "timeout": 300}
    words = [sys.executable, "-c", OFFLINE]
    result = subprocess.run(words, cwd=tmp_path, env=environment, **how)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("note: writing with tales-tiny")
    assert result.stderr.count("\n") == 1
    assert len(result.stdout) > 100
    assert "\n\n" not in result.stdout
    assert list(tmp_path.iterdir()) == []


GATED = """
import sys
from gpt1.generate import __main__ as command
from gpt1.generate import sampling

draw, drawn = sampling.next_token, []

def gated(*arguments, **options):
    drawn.append(1)
    if len(drawn) == 4:
        print("three tokens", file=sys.stderr, flush=True)
        sys.stdin.readline()  # go on when the test has seen them
    return draw(*arguments, **options)

sampling.next_token = gated
command.main(sys.argv[1:])
"""


needs_posix = pytest.mark.skipif(os.name == "nt", reason="waits for pipes with select")


def opened(folder, out, *arguments):
    """A process that has written three tokens to `out` and waits for a line."""
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    how = {"cwd": folder, "env": {**buffered, "PYTHONPATH": str(ROOT)}, "text": True}
    how |= {"stdin": subprocess.PIPE, "stdout": out, "stderr": subprocess.PIPE}
    words = [sys.executable, "-c", GATED, "--device", "cpu", *arguments]
    process = subprocess.Popen(words, **how)
    os.close(out)
    while process.stderr.readline() not in {"three tokens\n", ""}:
        pass
    return process


def arrives(source, size, seconds=60):
    """Up to `size` bytes from a file descriptor; fewer when it ends or time is up."""
    data = b""
    while len(data) < size and select.select([source], [], [], seconds)[0]:
        more = b""
        with suppress(OSError):  # how a terminal tells its end
            more = os.read(source, size - len(data))
        if not more:
            break
        data += more
    return data


@pytest.mark.slow
@needs_posix
def test_a_terminal_shows_each_token_when_it_is_drawn(typed, folder):
    import pty

    arguments = ["--prompt", "ab ", "--max_length", "60", "--stop", "gh"]
    whole = typed(*arguments).out.replace("\n", "\r\n").encode()
    source, terminal = pty.openpty()
    process = opened(folder, terminal, *arguments)
    with process:
        assert arrives(source, 6) == whole[:6]
        assert arrives(source, 1, seconds=0.2) == b""
        process.stdin.write("\n")
        process.stdin.flush()
        assert whole[:6] + arrives(source, 1000) == whole
    os.close(source)
    assert process.returncode == 0


@pytest.mark.slow
@needs_posix
@pytest.mark.parametrize("streaming", [True, False])
def test_a_pipe_gets_the_text_at_the_end_unless_it_is_asked_for(
    typed, folder, streaming
):
    arguments = ["--prompt", "ab ", "--max_length", "60"]
    whole = typed(*arguments).out.encode()
    source, pipe = os.pipe()
    process = opened(folder, pipe, *arguments, *(["--stream"] if streaming else []))
    with process:
        early = arrives(source, 6, seconds=0.5)
        assert early == (whole[:6] if streaming else b"")
        process.stdin.write("\n")
        process.stdin.flush()
        assert early + arrives(source, 1000) == whole
    os.close(source)


@pytest.mark.slow
def test_streaming_several_samples_prints_the_same(typed):
    arguments = ["--prompt", "ab", "--samples", 4, "--stop", "gh"]
    assert typed(*arguments).out == typed(*arguments, "--stream").out


@pytest.mark.slow
@needs_posix
def test_a_reader_who_leaves_is_no_error(folder):
    """As in `gpt1 generate | head -c 3`."""
    source, pipe = os.pipe()
    process = opened(folder, pipe, "--prompt", "ab", "--stream", "--max_length", "900")
    os.close(source)
    _, told = process.communicate("\n", timeout=120)
    assert (process.returncode, told) == (1, "")


def test_ctrl_c_ends_the_line_and_says_so(typed, monkeypatch, capsys):
    def interrupted(*_, **__):
        yield 0, 1
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "stream", interrupted)
    with pytest.raises(SystemExit) as stop:
        typed("--prompt", "ab", "--stream")
    told = capsys.readouterr()
    assert stop.value.code == 130
    assert told.out == "ab \n"
    assert told.err.endswith("stopped\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--model_path", "no.pth"], "no.pth"),
        (["--model_path", "nobody/nothing"], "nobody/nothing"),
        (["--model_path", "."], "model.safetensors"),
        (["--model_path", "notes.txt"], "notes.txt is not a checkpoint"),
        (["--prompt", "a~bc~é"], "'~' 'é'"),
        (["--prompt", "abc", "--max-length", "3"], "which has 3 tokens"),
        (["--max_length", "0"], "--max_length must be at least 1, got 0"),
        (["--samples", "0"], "--samples must be at least 1, got 0"),
        (["--temperature", "-1"], "--temperature must be 0"),
        (["--temperature", "nan"], "--temperature must be 0"),
        (["--top_k", "-3"], "--top_k must be"),
        (["--top-p", "0"], "--top_p must be above 0 and at most 1, got 0"),
        (["--top_p", "1.5"], "--top_p must be above 0 and at most 1, got 1.5"),
        (["--seed", "-1"], "--seed must be"),
        (["--seed", str(2**64)], "--seed must be"),
        (["--device", "abacus"], "abacus"),
    ],
)
def test_a_mistake_is_told_in_one_line(folder, monkeypatch, capsys, arguments, named):
    monkeypatch.chdir(folder)
    (folder / "notes.txt").write_text("not a model")
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    told = capsys.readouterr()
    assert stop.value.code == 2
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert named in told.err


def test_a_byte_pair_tokenizer_names_what_it_lacks_too(tmp_path, capsys):
    """It would encode as id 0 without a word."""
    tokenizer, path = BPETokenizer(" abé", [("a", "b")]), tmp_path / "bpe.pth"
    save(path, tokenizer, context=8, width=8, layers=1, heads=1)
    with pytest.raises(SystemExit):
        command.main(["--model_path", str(path), "--prompt", "abé cè"])
    assert "--prompt: 'c' 'è'; its" in capsys.readouterr().err


def test_the_help_is_in_groups_with_defaults(capsys):
    with pytest.raises(SystemExit):
        command.main(["--help"])
    told = capsys.readouterr().out
    for heading in ("\ntext:\n", "\nchoice of tokens:\n", "\nmodel and machine:\n"):
        assert heading in told
    assert "default 0.7" in told
