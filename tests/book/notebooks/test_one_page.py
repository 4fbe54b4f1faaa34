"""GPT-1 on one page: its form, its single file, and that both are the package's GPT."""

import ast
import json
import re
import sys
from dataclasses import asdict

import pytest
import torch

import gpt1
from lib.book.chapters import NOTEBOOKS, ONE_PAGE, ROOT, cells, code_cells, markdown
from scripts.notebooks.one_page import FILE, one_file
from scripts.site.address import pages_address, project

CODE = FILE.read_text("utf8")
TITLE = "GPT-1 on one page"
OPENING = re.compile(
    rf"# {TITLE}\n\n[^>*#|].+\n\n\*You need .+ Reading takes about (\d+) minutes; "
    r"running the code takes about a minute on two CPU cores\b.*\*"
)
SIZES = {"vocab_size": 101, "context": 31, "width": 60, "layers": 3, "heads": 5}


def minutes():
    return OPENING.fullmatch(cells(ONE_PAGE)[0]["source"])[1]


# The page.


def test_it_opens_with_a_promise_what_it_needs_and_how_long_it_takes():
    assert 5 <= int(minutes()) <= 15
    kinds = [cell["tags"] for cell in code_cells(ONE_PAGE)[:3]]
    assert kinds == [{"setup"}, {"setup"}, {"picture"}]


def test_it_leads_from_each_part_to_the_chapter_that_explains_it():
    beside = {path.name: path for path in NOTEBOOKS}
    linked = re.findall(r"\[([^]]+)\]\((\d\d-[\w-]+\.ipynb)\)", markdown(ONE_PAGE))
    assert len({file for _, file in linked}) >= 8
    for title, file in linked:
        assert cells(beside[file])[0]["source"].startswith(f"# {title}\n")


def test_it_ends_with_what_to_change_to_read_and_the_first_chapter():
    parts = re.split(r"(?m)^## (.+)$", markdown(ONE_PAGE))
    last = ["Change one thing", "What you can now do", "What to read"]
    assert parts[-6:][::2] == last
    assert len(re.findall(r"(?m)^\d\. \*\*", parts[-5])) == 3
    title = cells(NOTEBOOKS[0])[0]["source"].split("\n")[0].removeprefix("# ")
    onward = parts[-1].strip().split("\n\n")[-1]
    assert onward.startswith(f"Next: [{title}]({NOTEBOOKS[0].name})")


@pytest.mark.parametrize("paper", ["README.md", "book/index.md", "book/how-to-read.md"])
def test_the_first_pages_name_it_with_its_minutes(paper):
    text = (ROOT / paper).read_text("utf8")
    about = next(line for line in text.split("\n\n") if ONE_PAGE.name in line)
    listed = rf"\| 0 \| \[{TITLE}\]\(notebooks/{ONE_PAGE.name}\) \|.*\| {minutes()} \|"
    told = rf"\[{TITLE}\]\(\.\./notebooks/.*?\[{minutes()} min\]"
    assert re.search(listed if paper == "README.md" else told, about, re.DOTALL)


# The file.


def test_the_file_is_the_notebooks():
    notebook = json.loads(ONE_PAGE.read_text("utf8"))
    assert one_file(notebook) == CODE, "run: make one-page"


def test_each_lesson_stands_in_the_file_line_by_line():
    there = [line.strip() for line in CODE.split("\n")]
    place = 0
    for cell in code_cells(ONE_PAGE):
        if "lesson" in cell["tags"]:
            for line in filter(str.strip, cell["source"].split("\n")):
                place = there.index(line.strip(), place) + 1


def test_a_person_reads_it_in_ten_minutes_and_it_needs_torch_alone():
    assert 150 <= sum(bool(line.strip()) for line in CODE.split("\n")) <= 200
    lessons = [c["source"] for c in code_cells(ONE_PAGE) if "lesson" in c["tags"]]
    told = sum(bool(line.strip()) for line in "\n".join(lessons).split("\n"))
    assert "in about 150 lines" in cells(ONE_PAGE)[0]["source"]
    assert 140 <= told <= 160
    imported = set(re.findall(r"(?m)^ *(?:import|from) (\w+)", CODE))
    assert imported - sys.stdlib_module_names == {"torch", "gpt1"}
    assert CODE.count("gpt1.tales import") == CODE.count(" gpt1.") == 1


def test_its_address_is_the_one_that_the_page_names():
    assert f"({pages_address(project()[0])}/{FILE.name})" in markdown(ONE_PAGE)


@pytest.mark.slow
def test_it_learns_from_a_file_that_is_named_and_writes_its_words(
    tmp_path, monkeypatch, capsys
):
    story = "The cat sat on the mat.\n\nIt was a red mat, and a fat cat.\n\n"
    (tmp_path / "story.txt").write_text(20 * story, "utf8")
    monkeypatch.setattr(sys, "argv", [FILE.name, str(tmp_path / "story.txt")])
    assert CODE.count("\nsteps = ") == 1
    code = re.sub(r"\nsteps = \d+", "\nsteps = 2", CODE)
    exec(compile(code, FILE.name, "exec"), {"__name__": __name__})
    said = capsys.readouterr().out
    told = said.rpartition("after 2 updates")[2].partition(":")[2]
    words = "|".join(re.findall(r"\w+", story))
    assert re.fullmatch(rf"(?:{words}|\W)+", told), told


# The model.


def page_classes(change=lambda code: code):
    """The definitions of the file, without what it runs."""
    tree = ast.parse(change(CODE))
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    tree.body = [node for node in tree.body if isinstance(node, kept)]
    space = {"__name__": __name__}  # dataclasses look the module up
    exec(compile(tree, FILE.name, "exec"), space)
    return space


def twins(change=lambda code: code):
    """A model of the page and one of the package, with the same weights."""
    space = page_classes(change)
    torch.manual_seed(0)
    config = gpt1.GPTConfig(**SIZES, init_std=0.2, dropout=0.0)
    theirs = gpt1.GPT(config).double()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))  # biases and gains too
    ours = space["GPT"](space["GPTConfig"](**SIZES, dropout=0.0)).double()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return ours, theirs


def furthest(ours, theirs):
    """The largest difference between logits, losses and gradients."""
    ids, targets = torch.randint(101, (2, 7, 29))
    losses = ours.loss(ids, targets), theirs.loss(ids, targets)
    pairs = [(ours(ids), theirs(ids)), losses]
    for loss in losses:
        loss.backward()
    wanted = dict(theirs.named_parameters())
    pairs += [(p.grad, wanted[name].grad) for name, p in ours.named_parameters()]
    return max((a - b).abs().max().item() for a, b in pairs)


def test_with_the_same_weights_it_gives_the_packages_logits_loss_and_gradients():
    assert furthest(*twins()) < 1e-10


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (', approximate="tanh"', ""),
        (".tril()", ".tril(1)"),
        ("math.sqrt(query.size(-1))", "query.size(-1)"),
        ("(2, 0, 3, 1, 4)", "(2, 0, 3, 1, 4).flip(0)"),
        ("_norm(x + self.attention(x))", "_norm(self.attention(x)) + x"),
        ("_embedding(positions)", "_embedding(0 * positions)"),
    ],
    ids=["GELU", "mask", "scale", "order", "norm", "positions"],
)
def test_another_model_would_be_seen(true, false):
    assert CODE.count(true) == 1
    ours, theirs = twins(lambda code: code.replace(true, false))
    assert furthest(ours, theirs) > 1e-6


def test_at_the_sizes_of_the_paper_it_is_gpt_1():
    space = page_classes()
    sizes = asdict(space["GPTConfig"]())
    assert sizes.items() <= gpt1.GPTConfig().to_dict().items()
    with torch.device("meta"):
        ours, theirs = space["GPT"](space["GPTConfig"]()), gpt1.GPT(gpt1.GPTConfig())
    shapes = [{n: t.shape for n, t in m.state_dict().items()} for m in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert sum(p.numel() for p in ours.parameters()) == 116_534_784


def test_new_weights_are_drawn_as_the_packages_are():
    space = page_classes()
    torch.manual_seed(0)
    ours = space["GPT"](space["GPTConfig"](**SIZES))
    torch.manual_seed(0)
    for name, parameter in gpt1.GPT(gpt1.GPTConfig(**SIZES)).named_parameters():
        mean, deviation = parameter.mean().item(), parameter.std().item()
        drawn = ours.get_parameter(name)
        assert abs(drawn.mean().item() - mean) < 2e-3
        assert abs(drawn.std().item() - deviation) < 2e-3
