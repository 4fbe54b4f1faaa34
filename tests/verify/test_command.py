"""`gpt1 verify`: what it prints, its exit statuses, and one line for mistakes."""

import json

import pytest

from gpt1.__main__ import main
from gpt1.verify import Finding, Report, verify
from lib import foreign

CODE = """
from lib.foreign import ForgotScaleNano, NanoConfig, RightNano, Raw

print("number of parameters: many")

class Single(RightNano):
    def forward(self, idx):
        return super().forward(idx.clone(), idx)[0].float()

def raw():
    return Raw(names=("w_mlp", "w_second", "w_third", "w_fourth"))
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "model.py").write_text(CODE)
    return tmp_path / "model.py"


def run(capsys, *words):
    """Exit status, standard output and standard error."""
    try:
        main(["verify", *map(str, words)])
        status = 0
    except SystemExit as stop:
        status = stop.code
    return status, *capsys.readouterr()


def test_the_status_is_the_verdict(capsys, file):
    for name, want in {"RightNano": 0, "ForgotScaleNano": 1, "Single": 3}.items():
        status, out, error = run(capsys, f"{file}:{name}")
        assert status == want, name
        assert out.startswith(f"{file}:{name}\nlayers 3, width 24, heads 4, ")
        assert "number of parameters" not in out
        assert "number of parameters" in error


def test_it_prints_the_report(capsys, file):
    _, out, _ = run(capsys, f"{file}:ForgotScaleNano")
    report = verify(foreign.ForgotScaleNano)
    assert out.splitlines()[2:] == str(report).splitlines()[2:]
    assert "differs      scale " in out
    last = out.rpartition("\n\n")[2]
    assert " ".join(last.split()) == report.summary
    assert max(map(len, out.splitlines()[2:])) <= 88


def test_markdown_is_a_table_under_a_sentence(capsys, file):
    status, out, _ = run(capsys, f"{file}:ForgotScaleNano", "--markdown")
    assert status == 1
    first, empty, head, rule, *rows = out.splitlines()
    assert first.startswith(f"**{file}:ForgotScaleNano**: block 1 differs first; ")
    assert (empty, head, rule) == ("", "|  | aspect | found |", "|---|---|---|")
    assert "| ✗ | scale | scores not divided by √head size |" in rows
    assert "| ✓ | activation | GELU, tanh form |" in rows
    assert all(row.count("|") == 4 for row in rows)


def test_heads_map_and_arguments_are_passed_on(capsys, file, tmp_path):
    status, out, _ = run(capsys, f"{file}:raw", "--heads", 4)
    assert status == 3, out
    assert "map blocks.0.w_mlp" in " ".join(out.split())
    roles = {
        "blocks.*.w_mlp": "blocks.*.attention.query_key_value.weight",
        "blocks.*.w_second": "blocks.*.attention.projection.weight",
        "blocks.*.w_third": "blocks.*.feed_forward.expand.weight",
        "blocks.*.w_fourth": "blocks.*.feed_forward.contract.weight",
        "blocks.*.b_mlp": "blocks.*.attention.query_key_value.bias",
        "blocks.*.b_second": "blocks.*.attention.projection.bias",
        "blocks.*.b_third": "blocks.*.feed_forward.expand.bias",
        "blocks.*.b_fourth": "blocks.*.feed_forward.contract.bias",
    }
    (tmp_path / "map.json").write_text(json.dumps(roles))
    words = "--map", tmp_path / "map.json", "--heads", 4
    status, out, _ = run(capsys, f"{file}:raw", *words)
    assert status == 0, out
    given = json.dumps({"n_layer": 2, "vocab_size": 50})
    _, out, _ = run(capsys, f"{file}:RightNano", "--arguments", given)
    assert "\nlayers 2, " in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "required: target"),
        ([""], "needs a target"),
        (["{file}:Nope"], "has no Nope; it has "),
        (["{file}"], "has no name behind it"),
        (["{file}:RightNano", "--heads", "0"], "--heads must be at least 1, got 0"),
        (["{file}:RightNano", "--heads", "7"], "heads must divide the width 24, got 7"),
        (["{file}:RightNano", "--map", "{file}"], "model.py is no JSON"),
        (["{file}:RightNano", "--map", "no.json"], "no.json"),
        (
            ["{file}:RightNano", "--arguments", "[3]"],
            "must be an object {...}, got [3]",
        ),
        (["{file}:RightNano", "--tokenizer", "no"], "there is no folder no"),
        (["{file}:RightNano", "--tokenizer", "{folder}"], "has no tokenizer"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(capsys, file, words, message):
    words = [word.format(file=file, folder=file.parent) for word in words]
    status, out, error = run(capsys, *words)
    lines = [line for line in error.splitlines() if "number of" not in line]
    assert (status, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("error: ")
    assert message in lines[0]


def test_a_report_without_differences_that_is_not_whole_says_so():
    findings = [Finding("scale", "same", "a"), Finding("mask", "undecided", "b")]
    report = Report("x", findings)
    assert (report.same, report.exit_code) == (False, 3)
    assert report.summary == "nothing was found that is not GPT-1's. Undecided: mask"
    assert Report("x", findings[:1]).same
    assert "| ? | mask | b |" in report.markdown
