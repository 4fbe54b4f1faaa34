"""The built book opens from a file and from any static server, and asks nobody else."""

import pytest
from browsing import PAGES
from chapters import NOTEBOOKS

# A page's own style sheets, scripts, typefaces and pictures; the most there are now is
# under fifty. What is asked for is in the message of a failure.
MOST = 50


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_a_file_and_asks_nobody_for_anything(visit, site, name):
    page = visit(name)
    assert [url for url in page.asked if not url.startswith(site.as_uri())] == []
    assert page.failed == []
    assert any(page.locator("h1").all_inner_texts())
    if name in {f"notebooks/{path.stem}" for path in NOTEBOOKS}:
        formulas = page.locator("article .math").count()
        assert 0 < formulas <= page.locator("article mjx-container").count()
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_a_static_server_with_few_requests(
    visit, server, name, record_property
):
    page = visit(name, "phone", at=server)
    assert [url for url in page.asked if not url.startswith(server)] == []
    assert page.failed == []
    record_property("requests", len(page.asked))
    assert len(page.asked) == len(set(page.asked)) <= MOST, "\n".join(page.asked)


def test_the_root_leads_to_the_welcome_page(visit, site):
    page = visit("book/glossary")
    page.goto(f"{site.as_uri()}/index.html")
    page.wait_for_url("**/book/index.html")
    assert page.inner_text("h1").strip()
