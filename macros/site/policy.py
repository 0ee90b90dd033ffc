"""The security policy of a page: only the build's own scripts run, and no other host is asked for anything."""

from __future__ import annotations

import base64
import hashlib
import re

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


_CHARSET = re.compile(r'<meta charset="utf-8" ?/?>', re.IGNORECASE)


def with_policy(html: str) -> str:
    """A page that runs only the scripts that the build put there, and asks no other host for anything.

    Inline scripts of the theme are allowed by the hash of their text. Styles may be inline: the timeline places its
    bars with them. A page that has its policy already is returned as it is.
    """
    if "Content-Security-Policy" in html:
        return html
    hashes = sorted({f"'sha256-{_digest(code)}'" for code in inline_scripts(html)})
    policy = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )
    metas = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="same-origin">'
    )
    if not _CHARSET.search(html):
        raise ValueError("a page without <meta charset> cannot carry its policy: see overrides/main.html")
    return _CHARSET.sub(lambda charset: charset[0] + metas, html, count=1)


def inline_scripts(html: str) -> list[str]:
    """The code of each script that stands in the page itself. Data in a script element is not code."""
    return [
        match["code"]
        for match in _SCRIPT.finditer(html)
        if "src=" not in match["attributes"] and "application/json" not in match["attributes"]
    ]


def _digest(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
