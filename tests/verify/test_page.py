"""The book's page prints what the command prints."""

import re
from pathlib import Path

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.__main__ import main
from gpt1.verify.changes import epsilon
from gpt1.verify.known import draw
from gpt1.verify.names import IN_BLOCK, OUTSIDE, check_role
from gpt1.verify.running import distance

PAGE = Path(__file__).parents[2] / "book" / "verify.md"
TEXT = PAGE.read_text("utf8")
CASES = re.findall(
    r"```console\n\$ gpt1 verify (\S+)\n```\n\n```text\n(.*?)```", TEXT, re.S
)
FILE = re.search(r"```python\n(import torch\n.*?)```", TEXT, re.S)[1]
STATUS = {"transformers:OpenAIGPTLMHeadModel": 0}


def test_there_are_three_cases():
    assert [target for target, _ in CASES] == [
        "transformers:OpenAIGPTLMHeadModel",
        "transformers:GPT2LMHeadModel",
        "my_gpt.py:GPT",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("target", "printed"), CASES)
def test_a_case_prints_what_the_page_says(
    target, printed, capsys, tmp_path, monkeypatch
):
    (tmp_path / "my_gpt.py").write_text(FILE, "utf8")
    monkeypatch.chdir(tmp_path)
    try:
        main(["verify", target])
        status = 0
    except SystemExit as stop:
        status = stop.code
    assert capsys.readouterr().out == printed
    assert status == STATUS.get(target, 1)


def test_the_line_that_is_wrong_can_be_mended():
    wrong = "q @ k.mT * C**-0.5"
    assert FILE.count(wrong) == 1
    mended = FILE.replace(wrong, "q @ k.mT * k.shape[-1] ** -0.5")
    space = {"__name__": "mended"}
    exec(compile(mended, "my_gpt.py", "exec"), space)
    from gpt1.verify import verify

    assert verify(space["GPT"](61, 16, 3, 4, 24), fresh=True).same


def test_every_role_is_on_the_page_and_those_of_the_map_exist():
    for role in (*IN_BLOCK, *OUTSIDE):
        assert role in TEXT, role
    (found,) = re.findall(r"```json\n(.*?)```", TEXT, re.S)
    for role in re.findall(r': "(.+)"', found):
        check_role(role)


@torch.no_grad()
def test_an_epsilon_changes_the_fifth_digit_and_the_root_of_12_is_as_it_says():
    sizes = {"layers": 3, "width": 24, "heads": 4, "context": 16, "vocab_size": 61}
    config = GPTConfig(**sizes)
    models = [GPT(config).double().eval() for _ in range(3)]
    for model in models:
        model.load_state_dict(draw(config), strict=False)
    ids = torch.randint(61, (2, 11))
    other = epsilon(1e-6)(models[2])
    assert 1e-5 < distance(other(ids), models[0](ids)) < 1e-4
    assert distance(models[1](ids), models[0](ids)) < 1e-12
    assert "12 heads the scores\nare 3.5 times too small" in TEXT
    assert round(12**0.5, 1) == 3.5
