"""The model that is meant: an object, `file.py:Class`, `module:function`, a folder."""

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from gpt1.plumbing.hub import missing
from gpt1.verify.sizes import build, told, with_sizes


@dataclass
class Target:
    """A model to be verified.

    Attributes:
        model: an `nn.Module`.
        name: what it is called in the report.
        fresh: whether its weights are those that it was made with.
    """

    model: nn.Module
    name: str
    fresh: bool


def find_target(target, arguments=None):
    """Find a model, or make a small one.

    Args:
        target: an `nn.Module`; a class or a function that makes one; the text
            `path/to/file.py:Name` or `package.module:Name` for either; or a folder in
            Hugging Face's layout, of whose config a small model is made.
        arguments: values for the constructor or its config, by name.

    Returns:
        A `Target`.

    Raises:
        ValueError: what is meant makes no model; the message says why.
        FileNotFoundError: there is no such file or folder.
        ImportError: a folder needs transformers, and they are missing.
    """
    given = arguments or {}
    if isinstance(target, nn.Module):
        return Target(target, type(target).__name__, False)
    if callable(target):
        return made(target, getattr(target, "__name__", "the function"), given)
    if not isinstance(target, str | Path) or not str(target):
        raise ValueError(
            f"a target is a model, a class, a function, file.py:Name, module:Name or a "
            f"folder; got {target!r}"
        )
    text = str(target)
    if Path(text).is_dir():
        return from_folder(Path(text), given)
    if text.endswith(".py") or Path(text).is_file():
        raise ValueError(f"{text} has no name behind it: give {text}:Name")
    place, colon, name = text.rpartition(":")
    if not colon or not name or not place:
        raise FileNotFoundError(
            f"{text} is no folder, and no file.py:Name or module:Name either"
        )
    module = from_file(Path(place)) if place.endswith(".py") else from_module(place)
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            has = [w for w, v in vars(module).items() if mine(v, module)]
            raise ValueError(
                f"{place} has no {name}; it has {', '.join(has) or 'none'}"
            )
        found = getattr(found, part)
    if isinstance(found, nn.Module):
        return Target(found, text, True)
    if not callable(found):
        raise ValueError(
            f"{text} is no model, class or function: {type(found).__name__}"
        )
    return made(found, text, given)


def mine(value, module):
    """Whether a module defines a class or a function, rather than importing it."""
    return getattr(value, "__module__", None) == module.__name__ and callable(value)


def made(maker, name, given):
    model = build(maker, name, given)
    if isinstance(model, tuple) and model and isinstance(model[0], nn.Module):
        model = model[0]
    if not isinstance(model, nn.Module):
        raise ValueError(f"{name} gives no nn.Module but {type(model).__name__}")
    return Target(model, name, True)


def from_file(path):
    """Import a file of Python, with its folder on the path while it is read."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    name = f"verified_{path.stem}"  # no module's name
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    folder = str(path.parent.resolve())
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        hint = "; give package.module:Name" if "relative import" in str(error) else ""
        raise ValueError(f"{path} cannot be imported: {told(error)}{hint}") from error
    finally:
        sys.path.remove(folder)
    return module


def from_module(name):
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise ValueError(f"{name} cannot be imported: {told(error)}") from error
    finally:
        sys.path.remove(str(Path.cwd()))


def from_folder(folder, given):
    """A small model with all of a folder's config but its sizes."""
    if not (folder / "config.json").is_file():
        raise FileNotFoundError(f"{folder} has no config.json, as Hugging Face's have")
    try:
        from transformers import AutoConfig, AutoModelForCausalLM
    except ImportError:
        raise missing("transformers", "test") from None
    try:
        config = with_sizes(AutoConfig.from_pretrained(folder), given)
        model = AutoModelForCausalLM.from_config(config)
    except Exception as error:
        raise ValueError(f"{folder} makes no model: {told(error)}") from error
    return Target(model, str(folder), True)
