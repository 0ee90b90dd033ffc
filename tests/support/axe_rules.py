"""The devices that pages are looked at on, and the accessibility rules that they are held to (axe)."""

from __future__ import annotations

DEVICES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


ALL_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Findings only: a list of everything that passed is megabytes a page.
    "resultTypes": ["violations"],
}


SHAPE_RULES = ALL_RULES | {"rules": {"color-contrast": {"enabled": False}}}


#: Colors are all that a scheme changes.
COLOR_RULES = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
