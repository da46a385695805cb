"""phone_first_load_kb and phone_interactive_ms: the phone app's first visit, over HTTP and in a browser held back.

The browser is held back as a cheap telephone on a weak signal is: a quarter of this processor, 1.6 Mbit/s, 150 ms to
the server and back, nothing kept from before. Interactive is when every button answers.
"""

import re

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from bench.client import Browser, percentile
from bench.instance import Running
from scripts.browser import ensure

LOADS = 7
SLOWER = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_FILE = re.compile(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
Figures = dict[str, tuple[float, str]]


def phone(running: Running) -> Figures:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
        times = [_load(chromium, running.port) for _ in range(LOADS)]
        chromium.close()
    return {
        "phone_first_load_kb": (_first_load(running.port) / 1000, "kB"),
        "phone_interactive_ms": (percentile(times[1:], 0.95), "ms"),
    }


def _first_load(port: int) -> float:
    """Bytes of HTML, styles and scripts as they travel."""
    browser, wanted = Browser(port), {"Accept-Encoding": "gzip, br"}
    page = browser.request("GET", "/m/", **wanted)
    plain = Browser(port).request("GET", "/m/")
    paths = sorted({path.decode() for path in _FILE.findall(plain.body)})
    if page.status != 200 or len(paths) < 10:
        raise RuntimeError(f"/m/ answered {page.status} with {len(paths)} files")
    return float(len(page.body) + sum(len(browser.request("GET", path, **wanted).body) for path in paths))


def _load(chromium: Chromium, port: int) -> float:
    """Milliseconds until the page's scripts have run, and a door opens when it is pressed."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page = context.new_page()
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", NETWORK)
    link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"http://127.0.0.1:{port}/m/", wait_until="domcontentloaded")
    ended = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    page.locator("a[href='#neighbour']").click()
    page.locator("#tell").wait_for(state="visible")
    context.close()
    return float(ended)
