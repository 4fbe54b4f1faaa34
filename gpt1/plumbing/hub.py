"""Files from Hugging Face's hub, and libraries that are not installed."""

import re
from pathlib import Path

NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
ENDING = re.compile(r"\.[A-Za-z]+\Z")
"""Of a file, versions and sizes, as in `phi-1.5` or `gpt-1.3B`, begin with a digit."""


def is_hub_name(source):
    """Whether something can be a name on the hub, and does not look like a file's."""
    return bool(NAME.fullmatch(source)) and not ENDING.search(source)


def missing(package, extra):
    """The error for a library that is not installed.

    Args:
        package: what could not be imported.
        extra: the extra of this package that brings it.
    """
    return ImportError(
        f'this needs {package}: install it with  pip install "gpt1[{extra}]"  '
        f"or  pip install {package}"
    )


def hub_folder(source, files, revision=None):
    """The folder with some files of a model of the hub, fetched once and kept.

    Args:
        source: the model's id, such as "openai-community/openai-gpt".
        files: the names of the files that are wanted.
        revision: branch, tag or commit; None means the main branch.

    Returns:
        A `Path`.

    Raises:
        FileNotFoundError: `source` is no id, or the hub did not give the model.
        ImportError: huggingface_hub is missing.
    """
    if not is_hub_name(source):
        raise FileNotFoundError(f"no such file or directory: {source}")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise missing("huggingface_hub", "pretrained") from None
    try:
        wanted = list(files)
        return Path(snapshot_download(source, revision=revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f"there is no file or directory {source}, and {wanted[0]} of a model of "
            f"that name could not be fetched from the hub: "
            f"{' '.join(str(error).split())[:200]}"
        ) from None
