"""Where a line of code may be parted."""

import pytest
from bs4 import BeautifulSoup
from pygments import highlight
from pygments.lexers import BashLexer, PythonLexer

from book._ext.pages.code_lines import Lines


@pytest.mark.parametrize(
    ("code", "joints", "whole"),
    [
        ("run.adam.load_state_dict(saved['adam'])  # again", 4, []),
        ("print(x.shape)", 0, []),
        ("optimizer = torch.optim.Adam(weights, lr=4e-3)", 4, ["4e-3"]),
    ],
)
def test_a_line_wider_than_a_phone_ends_behind_a_joint(code, joints, whole):
    page = BeautifulSoup(highlight(code, PythonLexer(), Lines()), "html.parser")
    assert page.get_text().rstrip() == code
    assert len(page.select(".line wbr")) == joints
    assert [e.get_text() for e in page.select(".unbroken")] == whole


def test_no_line_ends_at_the_hyphen_of_a_flag():
    code = "gpt1 generate --seed 3 --top_k 5 -h gpt-2"
    page = BeautifulSoup(highlight(code, BashLexer(), Lines()), "html.parser")
    flags = [e.get_text() for e in page.select(".unbroken")]
    assert flags == ["--seed", "--top_k", "-h"]
