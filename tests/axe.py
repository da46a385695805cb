"""What axe-core finds on a page; one place, so that every browser test asks the same question at the same cost."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = frozenset({"serious", "critical"})
#: What nobody reads is not worked out: paths to each element, frames.
_RUN = """async ([rules, preload]) => (await axe.run(document, {resultTypes: ['violations'], rules, preload,
  iframes: false, selectors: false, elementRef: false,
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  })).violations.map(one => [one.id, one.impact,
    one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' · ')])"""


def faults(page: Page, *, contrast: bool = True, grave: bool = False) -> list[str]:
    """One line per rule that is broken, with its first places; `grave`: only what is serious or critical.

    Without `contrast` when the page was looked at in the other language: contrast, the size of targets (Korean words
    are the shorter ones) and style sheets, together three quarters of axe's time, get no worse with the language.
    """
    page.wait_for_load_state("load")  # a press waits for the answer's first byte, not for its style sheets
    page.evaluate(AXE_SCRIPT)
    once = {"enabled": contrast}
    rules = {"frame-tested": {"enabled": False}, "color-contrast": once, "target-size": once}
    found = page.evaluate(_RUN, [rules, contrast])
    return [f"{rule}: {places}" for rule, impact, places in found if not grave or impact in GRAVE]
