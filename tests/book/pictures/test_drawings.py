"""The drawings that pages include are the ones that the package draws."""

import pytest

from scripts.site.draw import drawings


@pytest.mark.parametrize("path", drawings(), ids=lambda path: path.name)
def test_the_stored_drawing_is_current(path):
    assert path.read_text("utf8") == drawings()[path], (
        "run  python -m scripts.site.draw"
    )
