"""Driving a real Chromium: pages on the live server, axe-core, screenshots for a human eye."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ASSETS = ROOT / ".assets" / "vendor" / "tabler.min.css"
SIZES = {"1280": (1280, 900), "360": (360, 740)}
SCHEMES = ("light", "dark")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium(chromium_path):
    """One browser for the whole run; skipped where the front-end files were not collected."""
    if not ASSETS.is_file() or not AXE.is_file():
        pytest.skip("fichiers de l'interface absents (make assets)")
    # Playwright keeps an event loop in this thread: Django would refuse its synchronous database calls.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium, live_server):
    """Open a browser context: `open_context(size="360", scheme="dark", scripts=False)`; closed at the end."""
    opened = []

    def open_one(size="1280", scheme="light", scripts=True):
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="fr-FR",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


def _watched(context):
    """A page that remembers the errors of its console, refusals of the content policy included."""
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    return page


@pytest.fixture
def open_page(open_context, live_server):
    """Open a page in a context of its own, with a session: `open_page(client, size=…, scheme=…, scripts=…)`.

    `client` is a Django test client that is logged in, or None. Fails at the end on any console error.
    """
    pages = []

    def open_one(client=None, **options):
        context = open_context(**options)
        if client is not None:
            cookies = [{"name": key, "value": morsel.value} for key, morsel in client.cookies.items()]
            context.add_cookies([{**cookie, "url": live_server.url} for cookie in cookies])
        page = _watched(context)
        pages.append(page)
        return page

    yield open_one
    faults = [fault for page in pages for fault in page.faults]
    assert not faults, f"console errors: {faults}"


@pytest.fixture
def browser_page(open_page):
    """A page at 1280 px, nobody logged in."""
    return open_page()


@pytest.fixture
def axe():
    """`axe(page)` fails on any accessibility violation, naming the rule and the places."""

    def check(page):
        # The content policy refuses injected scripts; evaluation through the debugging protocol does not pass it.
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text())
        found = page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        told = {rule["id"]: [" ".join(map(str, node["target"])) for node in rule["nodes"]] for rule in found}
        assert not told, f"{page.url}: {json.dumps(told, ensure_ascii=False, indent=1)}"

    return check


#: The innermost elements that are seen beyond the window, outside regions that scroll by themselves.
OVERFLOWING = """() => {
  const isWide = e => e.getBoundingClientRect().right > innerWidth + .5
  const scrolls = e => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement))
  return [...document.querySelectorAll("main *, header *")]
    .filter(e => isWide(e) && e.checkVisibility() && !scrolls(e.parentElement))
    .filter(e => ![...e.children].some(isWide))
    .map(e => [e.tagName, e.className, e.getBoundingClientRect().right, e.textContent.trim().slice(0, 40)].join(" "))
}"""


@pytest.fixture
def fits():
    """`fits(page)` fails when the page itself scrolls sideways, and names what is too wide."""

    def check(page):
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen, f"{page.url}: {wide} px wide in {seen} px: {page.evaluate(OVERFLOWING)}"

    return check


@pytest.fixture
def shots(open_page):
    """`shots(client, "/pile/", "pile")` writes 1280/360 × light/dark pictures when JALONS_SHOTS names a folder."""
    folder = os.environ.get("JALONS_SHOTS")

    def take(client, path, name):
        if not folder:
            return
        for size in SIZES:
            for scheme in SCHEMES:
                page = open_page(client, size=size, scheme=scheme)
                page.goto(path)
                page.wait_for_load_state("load")
                page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)

    return take


@pytest.fixture
def review(open_page, axe, fits, shots):
    """The whole review of one page: axe and width at each size and scheme, pictures if asked.

    `review(client, "/pile/", "pile")`; returns nothing, fails with the first defect.
    """

    def check(client, path, name):
        page = open_page(client)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            answer = page.goto(path)
            assert answer.ok, f"{path} answered {answer.status}"
            assert page.locator("h1").count() == 1, f"{path}: one h1 expected"
            assert page.title().endswith(" · Jalons")
            fits(page)
            # The system decides the scheme: no page needs to be loaded again for it.
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                axe(page)
        shots(client, path, name)

    return check
