"""The devices that pages are looked at on, and the accessibility rules that they are held to (axe)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DEVICES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


ALL_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Findings only: a list of everything that passed is megabytes a page.
    "resultTypes": ["violations"],
}


SHAPE_RULES = ALL_RULES | {"rules": {"color-contrast": {"enabled": False}}}


#: Colors are all that a scheme changes.
COLOR_RULES = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}


def violations(page: Page, rules: dict[str, Any] = ALL_RULES, within: str | None = None) -> list[tuple[str, str]]:
    """What breaks a rule on a page as it is: the rule, and the beginning of the first element that does.

    Args:
        within: selects the part that is looked at; all of it without one.
    """
    page.evaluate(Axe().axe_script)
    found = Axe("0").run(page, context=within, options=rules).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
