"""The report: one page of HTML, looked at in a real browser."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pplp import LinearProgram
from pplp.display.report_table import MOST
from pplp.display.sparsity_pattern import KINDS, SHADES, pattern_of, png
from tests.display.test_display import HOSTILE

BROWSER, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
VOID = {"meta", "link", "img", "source", "input"}


class Page(HTMLParser):
    """Tags with their attributes, the text of each table's rows, ids; complains of tags that do not close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.rows: dict[str, list[list[str]]] = {}
        self._open: list[str] = []
        self._section = ""
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in VOID:
            return
        self._open.append(tag)
        if tag == "section":
            self._section = dict(attrs)["id"]
        elif tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        elif tag in ("td", "th"):
            self.rows[self._section][-1].append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "script" in self._open or "style" in self._open:
            return
        self.text += data
        if "td" in self._open or "th" in self._open:
            self.rows[self._section][-1][-1] += data.replace("\N{MINUS SIGN}", "-")


def page_of(lp: LinearProgram, **options) -> tuple[str, Page]:
    target = io.StringIO()
    lp.report(target, **options)
    return target.getvalue(), Page(target.getvalue())


@pytest.fixture
def bakery():
    """max 5 bread + 4 cake + rye, of which the optimum is bread = 3.75, cake = 1.25."""
    lp = LinearProgram(name="bakery")
    bread, cake, rye = lp.Var("bread", lb=0), lp.Var("cake", lb=0), lp.Var("rye", lb=0, ub=8)
    lp.objective = 5 * bread + 4 * cake - rye
    lp.add_constraint(6 * bread + 4 * cake + rye <= 27.5, name="flour")
    lp.add_constraint(bread + cake + 2 * rye <= 5, name="oven")
    lp.add_constraint(-1 <= bread - cake <= 8, name="balance")
    return lp


def test_the_numbers_on_the_page_are_those_of_the_optimum(bakery):
    """flour and oven bind: their duals solve 6u + v = 5, 4u + v = 4, so u = 1/2, v = 2."""
    bakery.maximize()
    page = page_of(bakery)[1]
    rows = {row[0]: row for row in page.rows["variables"]}
    assert rows["Variable"] == ["Variable", "Kind", "Lower", "Value", "Upper", "At", "Cost", "Reduced cost"] + [
        "Cost from",
        "to",
    ]
    # the cost of bread: between those of the slopes of oven (1:1) and flour (6:4)
    assert rows["bread"] == ["bread", "continuous", "0", "3.75", "∞", "", "5", "0", "4", "6"]
    assert rows["cake"][3] == "1.25" and rows["rye"][3:6] == ["0", "8", "lower"]
    assert rows["rye"][7] == "-5.5"  # -1 - 1/2 - 2*2
    rows = {row[0]: row for row in page.rows["constraints"]}
    assert rows["flour"][:8] == ["flour", "-∞", "27.5", "27.5", "0", "0.5", "24", "30"]  # bread - cake >= -1, cake >= 0
    assert rows["oven"][4:6] == ["0", "2"] and rows["balance"][1:6] == ["-1", "2.5", "8", "3.5", "0"]
    assert rows["balance"][8] == "-1 ≤ bread - cake ≤ 8"
    binding = page.rows["binding"]
    assert [row[:4] for row in binding[1:]] == [["oven", "≤", "5", "2"], ["flour", "≤", "27.5", "0.5"]]
    assert "2 constraints of 3 at a bound" in page.text and "23.75" in page.text and "optimal" in page.text


def test_one_target_or_another(bakery, tmp_path, capsys):
    bakery.maximize()
    source, _ = page_of(bakery)
    path = tmp_path / "page.html"
    path.write_text("old")
    bakery.report(path)
    assert path.read_text(encoding="utf-8") == source
    bakery.report("-")
    assert capsys.readouterr().out == source
    file = io.BytesIO()
    bakery.report(file)
    assert file.getvalue().decode() == source
    assert page_of(bakery, title="A <day>")[0].count("A &lt;day&gt;") == 2
    with pytest.raises(OSError):
        bakery.report(tmp_path / "nowhere" / "page.html")


def test_nothing_is_loaded_from_elsewhere(bakery):
    source, page = page_of(bakery)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", source)
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "action"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
        assert not any(name.startswith("on") for name in attributes), tag
    policy = next(its["content"] for tag, its in page.tags if its.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:]))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_on_the_page(name):
    lp = LinearProgram(name=name)
    x, y = lp.Var(name, lb=0), lp.Var("y", lb=0, ub=1)
    lp.add_constraint(x + y <= 4, name=name)
    lp.add_constraint(2 * x + 2 * y <= 9, name=name + "2")
    lp.objective = x
    for solve in (lambda: None, lp.maximize, lambda: (lp.add_constraint(x + y >= 5), lp.solve("maximize"))):
        solve()
        source, page = page_of(lp)
        assert [tag for tag, _ in page.tags].count("script") == 1 and source.count("</script>") == 1
        source.encode()


def test_what_there_is_not_is_not_shown(bakery):
    assert "has not been solved" in page_of(bakery)[1].text
    bakery.maximize()
    bakery.variables[0].ub = 2
    page = page_of(bakery)[1]
    assert "edited after it was solved" in page.text and "binding" not in page.rows
    bakery.variables[1].integer = True
    bakery.maximize()
    page = page_of(bakery)[1]
    assert "Mixed-integer program" in page.text and "Reduced cost" not in page.rows["variables"][0]
    assert page.rows["variables"][2][:2] == ["cake", "integer"]
    bakery.add_constraint(bakery.variables[0] + bakery.variables[1] >= 9, name="much")
    bakery.solve("maximize")
    page = page_of(bakery)[1]
    assert "infeasible" in page.text and "These cannot all hold" in page.text and "much" in page.text
    empty = LinearProgram()
    assert "Linear program, minimize, 0 variables" in page_of(empty)[1].text
    empty.minimize()
    assert "optimal" in page_of(empty)[1].text
    free = LinearProgram()
    free.objective = free.Var("up", lb=0) + 0
    free.solve("maximize")
    assert "unbounded" in page_of(free)[1].text and "the upper bound of up" in page_of(free)[1].text


@pytest.mark.parametrize("how", ["interior", "exact", "several", "limit", "pool", "constant", "big-m"])
def test_every_kind_of_answer_makes_a_page(bakery, how):
    bread, cake, _ = bakery.variables
    if how == "several":
        bakery.maximize([bread, cake])
    elif how == "limit":
        cake.integer = True
        bakery.solve("maximize", time_limit=0)
    elif how == "pool":
        bread.integer = cake.integer = True
        bread.ub = cake.ub = 4
        bakery.solve("maximize", pool=3)
    elif how == "constant":
        bakery.remove(*bakery.constraints)
        bakery.add_constraint(True)
        for x in (bread, cake):
            x.ub = 3
        bakery.maximize()
    elif how == "big-m":
        bread.ub = 9
        bakery.add_constraint(bakery.BoolVar("b") >> (bread <= 2), name="few")
        bakery.maximize()
        bread.ub = 20  # from here on the rows do not hold, and nothing is solved
    else:
        bakery.maximize(method=how)
    page = page_of(bakery)[1]
    said = {
        "interior": "optimal",
        "exact": "optimal",
        "several": "of the last of several objectives",
        "limit": "time limit",
        "pool": "There are no duals",
        "constant": "No constraint is at a bound",
        "big-m": "edited after it was solved",
    }
    assert said[how] in page.text
    assert "bread" in page.text and len(page.rows["variables"]) == 4 + (how == "big-m")


def test_removed_things_and_bounds_as_constraints(bakery):
    bread, _, rye = bakery.variables
    bakery.remove(bakery.constraints[2], rye)
    little = bakery.add_constraint(2 * bread <= 5, name="little")  # bread = 2.5, cake = 2.5: flour 25, oven 5
    bakery.maximize()
    rows = {row[0]: row for row in page_of(bakery)[1].rows["constraints"]}
    assert [*rows] == ["Constraint", "flour", "oven", "little"]
    # oven 4, the reduced cost of bread 5 - 4 = 1, of which a unit of little is half
    assert rows["oven"][4:6] == ["0", "4"] and rows["little"][2:6] == ["5", "5", "0", "0.5"]
    assert little.dual == 0.5
    assert rows["flour"][2:6] == ["25", "27.5", "2.5", "0"]


def test_big_tables_hold_what_matters_most():
    lp = LinearProgram()
    count = MOST + 500
    xs = lp.Vars(count, "x", lb=0, ub=[float(k) for k in range(count)])
    lp.add_constraints(xs[k] + xs[k + 1] <= 10.0 * k for k in range(count - 1))
    lp.objective = sum(xs)
    lp.maximize()
    source, page = page_of(lp)
    assert len(page.rows["variables"]) == len(page.rows["constraints"]) == MOST + 1
    assert (
        "The table shows 2\N{NARROW NO-BREAK SPACE}000 of 2\N{NARROW NO-BREAK SPACE}500: those with the largest values"
        in page.text
    )
    names = [row[0] for row in page.rows["variables"][1:]]
    assert names == [f"x[{k}]" for k in range(500, count)]  # each is at its bound k
    assert len(source) < 3_000_000


# --------------------------------------------------------------------- the picture
def pixels(data: bytes) -> tuple[int, int, list[bytes], bytes]:
    """Width, height, lines and palette of a PNG, read by the book."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 3) and [*chunks][-1] == b"IEND"
    raw = zlib.decompress(chunks[b"IDAT"])
    lines = [raw[k * (width + 1) : (k + 1) * (width + 1)] for k in range(height)]
    assert len(raw) == height * (width + 1) and all(line[0] == 0 for line in lines)
    return width, height, [line[1:] for line in lines], chunks[b"PLTE"]


def test_the_picture_of_a_small_matrix_is_the_matrix():
    lp = LinearProgram()
    x, n, y = lp.Var(), lp.IntVar(), lp.Var()
    lp.add_constraint(x + y <= 4)
    lp.add_constraint(n - y == 1)
    pattern = pattern_of(lp.compile())
    kinds = [(cell - 1) // SHADES if cell else None for cell in pattern.cells]
    assert kinds == [0, None, 0, None, 3, 2] and pattern.fullest == 1 and pattern.kinds == (0, 2, 3)
    width, height, lines, palette = pixels(png(pattern, ["#000001", "#000002", "#000003", "#000004"]))
    assert (width, height) == (3, 2)
    assert [[palette[3 * cell + 2] for cell in line] for line in lines] == [[1, 0, 1], [0, 4, 3]]
    assert len(KINDS) == 4


def test_the_picture_of_a_large_matrix_is_drawn_in_fewer_cells():
    lp = LinearProgram()
    xs = lp.Vars(3000)
    for k in range(1500):
        lp.add_constraint(xs[2 * k] + xs[2 * k + 1] <= 1)
    pattern = pattern_of(lp.compile(), 30, 15)
    assert (pattern.width, pattern.height) == (30, 15)
    filled = {divmod(k, 30) for k, cell in enumerate(pattern.cells) if cell}
    assert filled == {(i, j) for i in range(15) for j in (2 * i, 2 * i + 1)}  # 100 rows to a cell of 100 columns each
    assert pattern.fullest == 100


# --------------------------------------------------------------------- in a browser
#: One browser for all of them, whatever processes the tests run in.
in_a_browser = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium, without a window."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="the browser tests need selenium")
    if not (BROWSER.exists() and DRIVER.exists()):
        pytest.skip(f"the browser tests need {BROWSER} and {DRIVER}: apt-get install chromium chromium-driver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for switch in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page of a program with numbers to sort, names to escape, and a long table."""
    lp = LinearProgram(name="</title><script>document.title = 'broken'</script>")
    xs = lp.Vars(30, "x", lb=0, ub=[1.5 * (k % 7) + 0.5 for k in range(30)])
    odd = lp.Var("<img src=x onerror=alert(1)>", lb=-4, ub=1e-7)
    lp.add_constraint(sum(xs[:10]) + odd <= 20, name="<script>alert(1)</script>")
    for k in range(10, 29):
        lp.add_constraint(xs[k] + xs[k + 1] / 3 <= 4)
    lp.add_constraint(xs[1] - odd == 5)
    lp.objective = sum((k % 5) * xs[k] for k in range(30)) - 100 * odd
    lp.maximize()
    path = tmp_path_factory.mktemp("report") / "page.html"
    lp.report(path)
    return path.as_uri()


@pytest.fixture
def shown(browser, address):
    """Opens the page at a width and in a scheme of colours; returns the browser."""

    def show(width: int = 1200, scheme: str = "light"):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        browser.get(address)
        return browser

    return show


def column(driver, section: str, k: int) -> list[str]:
    """The texts of a column, of the rows that are shown."""
    script = """return [...document.querySelectorAll("#" + arguments[0] + " tbody tr")].filter(row => !row.hidden)
        .map(row => row.cells[arguments[1]].textContent)"""
    return driver.execute_script(script, section, k)


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace("∞", "inf"))


@in_a_browser
def test_tables_sort_by_click_and_by_key(shown):
    driver = shown()
    from selenium.webdriver.common.keys import Keys

    heads = driver.find_elements("css selector", "#variables thead th")
    names = [head.text.split()[0] for head in heads]
    at = names.index("Value")
    before = column(driver, "variables", at)
    assert [head.get_attribute("aria-sort") for head in heads] == ["none"] * len(heads)
    button = heads[at].find_element("tag name", "button")
    button.click()
    values = [number(cell) for cell in column(driver, "variables", at)]
    assert heads[at].get_attribute("aria-sort") == "ascending"
    assert values == sorted(values) and values[0] == -4 and len(values) == 31
    button.send_keys(Keys.ENTER)
    assert heads[at].get_attribute("aria-sort") == "descending"
    assert [number(cell) for cell in column(driver, "variables", at)] == sorted(values, reverse=True)
    button.send_keys(Keys.SPACE)
    assert heads[at].get_attribute("aria-sort") == "none" and column(driver, "variables", at) == before
    heads[0].find_element("tag name", "button").click()
    assert column(driver, "variables", 0)[1:4] == ["x[0]", "x[1]", "x[2]"]  # not x[10]
    upper = names.index("Upper")
    heads[upper].find_element("tag name", "button").click()
    assert column(driver, "variables", upper)[0] == "1e\N{MINUS SIGN}7"


@in_a_browser
def test_tables_show_what_is_searched_for(shown):
    driver = shown()
    search = driver.find_element("css selector", "#variables input[type=search]")
    output = driver.find_element("css selector", "#variables output")
    assert output.text == "31 rows"
    search.send_keys("X[1")
    assert column(driver, "variables", 0) == ["x[1]", *(f"x[{k}]" for k in range(10, 20))]
    assert output.text == "11 of 31 rows"
    search.clear()
    search.send_keys("<img")
    assert column(driver, "variables", 0) == ["<img src=x onerror=alert(1)>"]
    search.clear()
    search.send_keys(" ")
    at = [head.text.split()[0] for head in driver.find_elements("css selector", "#variables thead th")].index("Value")
    assert "0" in column(driver, "variables", at)
    driver.find_element("css selector", "#variables input[value=nonzero]").click()
    some = column(driver, "variables", at)
    assert "0" not in some and 0 < len(some) < 31
    driver.find_element("css selector", "#constraints input[value=binding]").click()
    slack = [head.text.split()[0] for head in driver.find_elements("css selector", "#constraints thead th")].index(
        "Slack"
    )
    assert {*column(driver, "constraints", slack)} == {"0"}


@in_a_browser
def test_no_errors_and_no_requests(shown, address):
    driver = shown()
    driver.get_log("browser")
    driver.get_log("performance")
    driver = shown()
    assert driver.get_log("browser") == []
    sent = [
        entry["message"] for entry in driver.get_log("performance") if "Network.requestWillBeSent" in entry["message"]
    ]
    found = [re.search(r'"url":"([^"]*)"', message)[1] for message in sent]
    assert address in found and all(url == address or url.startswith("data:") for url in found)
    assert driver.title.startswith("</title><script>")  # the text, not the tags
    assert driver.execute_script("return document.images.length") == 1


@in_a_browser
@pytest.mark.parametrize("width", [1200, 375, 320])
def test_the_page_does_not_scroll_sideways(shown, width):
    driver = shown(width)
    wide = driver.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1] == width
    picture = driver.execute_script("const p = document.images[0]; return [p.complete, p.naturalWidth]")
    assert picture == [True, 31]


#: The least contrast of any text with what is behind it, where it is.
CONTRAST = """
const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
const light = colour => { const [r, g, b] = rgb(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = node => { for (; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor; if (rgb(colour)[3] !== 0) return colour; }
    return "rgb(255, 255, 255)"; };
let least = [Infinity, ""];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
    const of = node.parentElement;
    if (!node.textContent.trim() || of.closest("script") || !of.offsetParent) continue;
    const [a, b] = [light(getComputedStyle(of).color), light(behind(of))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, node.textContent];
}
return [least, behind(document.querySelector("main")), document.images[0].currentSrc];
"""


@in_a_browser
def test_light_and_dark_have_colours_of_their_own_that_can_be_read(shown):
    (least, where), page, picture = shown(scheme="light").execute_script(CONTRAST)
    assert least >= 4.5, where
    (dark_least, where), dark_page, dark_picture = shown(scheme="dark").execute_script(CONTRAST)
    assert dark_least >= 4.5, where
    assert page == "rgb(251, 251, 250)" and dark_page == "rgb(20, 23, 27)"
    lines, dark_lines = (pixels(base64.b64decode(src.split(",")[1])) for src in (picture, dark_picture))
    assert lines[:3] == dark_lines[:3] and lines[3] != dark_lines[3]


@in_a_browser
def test_what_is_operated_has_a_name(shown):
    """As assistive technology hears it."""
    driver = shown(375)
    for each in driver.find_elements("css selector", "input, button, [role=region]"):
        assert each.accessible_name, each.get_attribute("outerHTML")[:100]
    names = [each.accessible_name for each in driver.find_elements("css selector", "#variables input")]
    assert names == ["Name", "Nonzero only", "At a bound only"]


@in_a_browser
def test_without_scripts_the_tables_are_there(browser, address):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        tree = browser.execute_cdp_cmd("DOMSnapshot.captureSnapshot", {"computedStyles": ["display"]})
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    strings, document = tree["strings"], tree["documents"][0]
    laid_out = {strings[k] for k in document["layout"]["text"] if k >= 0}
    assert {"x[29]", "At a bound only"} & laid_out == {"x[29]"}  # the row is shown, what filters is not
