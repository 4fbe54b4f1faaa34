"""axe-core, which test_pages.py asks, sees what readers cannot use, on every page."""

import pytest

from lib.book.browsing import DARK, FINGERS, LIGHT, PAGES, violations

SPOILT = {
    "image-alt": "article.append(new Image())",
    "link-name": "article.querySelector('p a:not(.headerlink)').replaceChildren()",
    "heading-order": "article.querySelector('h2').outerHTML = '<h4>Deep</h4>'",
    "color-contrast": "article.querySelector('p').style.color = 'gray'",
    "target-size": "article.querySelectorAll('summary').forEach(e => e.style = tiny)",
}


@pytest.mark.weekly
def test_axe_sees_mistakes(visit):
    page = visit("notebooks/06-model", reduced_motion="reduce")
    page.evaluate(f"""() => {{
      const article = document.querySelector("article");
      const tiny = "font-size: 5px; line-height: 5px; min-height: 0; padding: 0";
      const sheet = document.head.appendChild(document.createElement("style"));
      sheet.textContent = "pre .k {{ color: gray !important }}";
      {"; ".join(SPOILT.values())}
    }}""")
    found = violations(page, LIGHT, FINGERS, DARK)
    assert {rule for _, rule, *_ in found} >= set(SPOILT)
    grey = [place for _, rule, place, *_ in found if rule == "color-contrast"]
    assert any("pre" in place or ".k" in place for place in grey), grey


def test_every_page_that_was_built_is_one_of_those_looked_at(site):
    built = {path.relative_to(site) for path in site.rglob("*.html")}
    built = {p.with_suffix("").as_posix() for p in built if p.parts[0] != "_static"}
    lead_on = {"index", "404", "notebooks/03-batches-and-embeddings"}
    assert built - lead_on == set(PAGES)
