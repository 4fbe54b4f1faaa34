"""One set of versions: constraints.txt, environment.yml and pyproject.toml agree."""

import re
import sys
from importlib.metadata import metadata, requires

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib.book.chapters import ROOT
from scripts.project.lock import follow, newest_versions

CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf8")
LINES = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]
PINS = [Requirement(line) for line in LINES]
SYSTEMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}
# What no processor, system or Python here decides.
ENVIRONMENTS = [
    {"python_version": python, "python_full_version": f"{python}.9"}
    | {"sys_platform": system, "os_name": name}
    for python in ("3.10", "3.11", "3.12", "3.13")
    for system, name in SYSTEMS.items()
]


def environment():
    """Return (conda's part, pip's pins, pip's options) of environment.yml."""
    text = (ROOT / "environment.yml").read_text("utf8")
    listed = yaml.safe_load(text)["dependencies"]
    conda = [entry for entry in listed if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    pins = [entry for entry in pip if not entry.startswith("--")]
    options = [entry for entry in pip if entry.startswith("--")]
    return conda, pins, options


def needed():
    """Return the names of what the package asks for, with any extra that is locked."""
    lines = [line for line in requires("gpt1") if '"clients"' not in line]
    names = {canonicalize_name(Requirement(line).name) for line in lines}
    return names - {"gpt1"}


def test_a_constraint_is_a_name_a_version_and_a_marker():
    for pin in PINS:
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
        assert pin.url is None, pin
        assert "+" not in str(pin.specifier), pin


@pytest.mark.parametrize("where", ENVIRONMENTS, ids=lambda e: "-".join(e.values()))
def test_each_system_and_python_gets_one_version_of_each_package(where):
    names = [pin.name for pin in PINS if not pin.marker or pin.marker.evaluate(where)]
    assert len(names) == len(set(names))
    assert needed() <= set(names)


def test_environment_yml_lists_what_the_package_asks_for_at_these_versions():
    _, pins, _ = environment()
    versions = newest_versions(CONSTRAINTS)
    assert sorted(pins) == sorted(f"{name}=={versions[name]}" for name in needed())


def test_environment_yml_installs_the_package_and_holds_the_rest_still():
    conda, _, options = environment()
    assert any(re.fullmatch(r"python=3\.\d+", entry) for entry in conda)
    assert {"--constraint constraints.txt", "--editable ."} <= set(options)


def test_lock_moves_environment_yml_with_the_constraints():
    before = "- pip\n- torch==1.0\n- a-b==2.0.post1\n"
    versions = newest_versions("torch==2.13.0\na-b==3.0 ; x < '3.11'\na-b==4.0\n")
    assert follow(before, versions) == "- pip\n- torch==2.13.0\n- a-b==4.0\n"


def test_the_package_needs_torch_alone_and_sets_it_no_upper_bound():
    core = [Requirement(line) for line in requires("gpt1") if "extra ==" not in line]
    assert [str(requirement) for requirement in core] == ["torch>=2.4"]


def test_this_python_is_one_that_the_package_supports():
    assert metadata("gpt1")["Requires-Python"] == ">=3.10"
    assert sys.version_info >= (3, 10)
