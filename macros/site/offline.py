"""The copy for reading offline: the service worker that fetches it, and the one that removes it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from macros.site.assets import compact

_HERE = Path(__file__).parent

#: What the offline copy holds: pages and what they need. Everybody fetches it once, so data, examples, pictures for
#: other sites and the book with the same text again are left out.
OFFLINE = re.compile(
    r"(?!book/).*\.html|([a-z]+/)?assets/.*\.(css|js|woff2|svg)|search/.*\.json|(data/(course|questions)|figures/[^.]*)\.json"
)


def worker(site: Path) -> str:
    """The service worker: it fetches every page once and answers with that copy when the network does not in time."""
    kept = [f for f in sorted(site.rglob("*")) if f.is_file() and OFFLINE.fullmatch(f.relative_to(site).as_posix())]
    script = compact((_HERE / "sw.js").read_text(encoding="utf-8"))
    names = [re.sub(r"(^|/)index\.html$", r"\1", f.relative_to(site).as_posix()) or "./" for f in kept]
    return script.replace("VERSION", _version(script, kept, site)).replace('["FILES"]', json.dumps(names))


def last_worker() -> str:
    """The worker for a host that has turned the offline copy off: it deletes this handbook's copies and itself."""
    return compact((_HERE / "sw-last.js").read_text(encoding="utf-8"))


def _version(script: str, files: Iterable[Path], site: Path) -> str:
    # With the script in it, a worker never fills or clears the copy of the one before it.
    digest = hashlib.sha256(script.encode())
    for file in files:
        digest.update(f"{file.relative_to(site).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
