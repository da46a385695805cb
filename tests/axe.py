"""What axe-core finds on a page; one place, so that every browser test asks the same question at the same cost."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = frozenset({"serious", "critical"})
_RUN = """async rules => (await axe.run(document, {resultTypes: ['violations'], rules,
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  })).violations.map(one => [one.id, one.impact,
    one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' · ')])"""


def faults(page: Page, *, contrast: bool = True, grave: bool = False) -> list[str]:
    """One line per rule that is broken, with its first places; `grave`: only what is serious or critical.

    Contrast is three quarters of axe's time and does not change with the language: look once, in one of them.
    """
    page.evaluate(AXE_SCRIPT)
    rules = {"frame-tested": {"enabled": False}, "color-contrast": {"enabled": contrast}}
    found = page.evaluate(_RUN, rules)
    return [f"{rule}: {places}" for rule, impact, places in found if not grave or impact in GRAVE]
