"""Write the drawings that pages include as files: `python -m scripts.site.draw`.

A test holds the files equal to what `gpt1.pictures.model` draws today.
"""

from pathlib import Path

from gpt1.pictures.model import model_drawing

IMAGES = Path(__file__).resolve().parents[2] / "book" / "images"
FILES = {"model.svg": None}
"""Each file, and the part that it lights."""


def drawings() -> dict[Path, str]:
    """Return each file with the text that it should have."""
    return {
        IMAGES / name: model_drawing(part).svg + "\n" for name, part in FILES.items()
    }


def main() -> None:
    for path, svg in drawings().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf8", newline="\n")
        print("wrote", path.name)


if __name__ == "__main__":
    main()
