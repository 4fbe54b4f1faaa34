"""Pages are light: one style sheet without what nobody uses, and icons as drawings.

How many bytes and requests a page has, and that nothing moves, is in test_pages.py.
"""

import re

import pytest

from book._ext.weight.icons import ICON, Icons
from book._ext.weight.styles import can_apply, needed, rules, tight, without_idle
from lib.book.chapters import EVERY


def test_every_icon_that_the_theme_names_is_a_drawing(site):
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    texts = [path.read_text("utf8") for path in pages]
    left = {icon[0] for text in texts for icon in ICON.finditer(text)}
    assert left == set()
    chapter = (site / "notebooks" / f"{EVERY[1].stem}.html").read_text("utf8")
    classes = " ".join(re.findall(r'<svg class="svg-inline--fa ([^"]*)"', chapter))
    drawn = {one.removeprefix("fa-") for one in classes.split()}
    assert drawn >= {"bars", "rocket", "github", "download", "list", "arrow-up"}
    assert drawn >= {"magnifying-glass", "moon", "sun", "circle-half-stroke"}


def test_an_icon_that_is_not_known_stops_the_build():
    script = 'a={"sun":[512,512,[9728],"f185","M1 2z"],list:[9,8,["x"],"f0","M3z"]}'
    icons = Icons(script)
    drawn = icons.inline(
        '<i class="fas fa-sun"></i><span class="fa-solid fa-list"></span>'
    )
    assert drawn.count("<svg") == 2
    assert 'viewBox="0 0 9 8"' in drawn
    with pytest.raises(ValueError, match="fa-moon"):
        icons.inline('<i class="fa-solid fa-moon"></i>')


def test_the_site_has_one_style_sheet_and_no_part_of_the_icon_font(site):
    static = site / "_static"
    css = (static / "book.css").read_text("utf8")
    assert "Font Awesome" not in css
    assert "@import" not in css
    for theme in ("light", "dark"):
        assert f'html[data-theme="{theme}"] .highlight .c1' in css
    for address in re.findall(r'url\("([^")]+)"\)', css):
        assert address.startswith("data:") or (static / address).is_file(), address
    assert not list(static.rglob("*fontawesome*"))
    assert not list(static.rglob("*.map"))


CSS = """a,.there b:hover{x:1}.gone,.there .gone{x:2}.there,.gone>a{x:3}
@media print{.gone{x:4}.there{x:5}}@media screen{#gone{x:6}}
@font-face{font-family:"Font Awesome 6"}:is(.gone,.there) p{x:7}
p:not(.gone){x:8}.tooltip{content:"}{"}.a\\:b{x:9}"""


def test_a_rule_stays_if_something_on_the_pages_can_match_it():
    assert len(list(rules(CSS))) == 10
    kept = needed(CSS, {"there", "a:b"})
    assert re.findall(r"x:(\d)", kept) == list("1357" + "89")
    assert ".gone,.there" not in kept.replace(":is(.gone,.there)", "")
    assert "@media screen" not in kept
    assert "Font Awesome" not in kept
    assert 'content:"}{"' in kept
    assert not can_apply("#x .there", {"there"})


def test_a_style_sheet_loses_spaces_but_not_those_of_its_strings():
    css = 'a:is(b, c)::after {\n  content: ": { \\" } ";\n  margin: 0 1px;\n}\n'
    assert tight(css) == 'a:is(b,c)::after{content:": { \\" } ";margin:0 1px}'


def test_a_variable_that_nothing_asks_for_goes_with_those_that_only_it_asks_for():
    css = 'a{--x:1px;--y:var(--x);--z:url("data:;}");y:2}b{--w:(;);c:var( --v )}'
    assert without_idle(css, {"--w"}) == "a{y:2}b{--w:(;);c:var( --v )}"
    assert without_idle(css, {"--y", "--z", "--w"}) == css
