"""How much of a build is the handbook's own code: the whole build against one of pages that are rendered already.

Both builds use the same MkDocs, theme, templates and Markdown extensions. The second one gets the Markdown that the
macros have produced, and runs neither the macros nor the hooks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from measure import Row, Usage, in_turn, run
from project import Failed, clean, environment, mkdocs, settings

#: Comes last among the plugins, when the macros are done, and keeps what each page has become.
_KEEP_PAGES = """\
from pathlib import Path

import yaml
from mkdocs.plugins import event_priority


@event_priority(-100)
def on_page_markdown(markdown, page, config, files):
    kept = Path({folder!r}) / page.file.src_uri
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(f"---\\n{{yaml.safe_dump(dict(page.meta))}}---\\n{{markdown}}", encoding="utf-8")
"""


def prerender(project: Path) -> list[str]:
    """Render the macros of a project's pages once; returns the command that builds the result to a folder."""
    docs = project / "bench-docs"
    shutil.copytree(project / "docs", docs)
    hook = project / "bench_keep_pages.py"
    hook.write_text(_KEEP_PAGES.format(folder=str(docs)), encoding="utf-8")
    known = settings(project)
    # JSON is YAML. INHERIT replaces lists, so each is written whole.
    keeping = {"INHERIT": "mkdocs.yml", "hooks": [*(known.get("hooks") or ()), hook.name]}
    (project / "bench-keep.yml").write_text(json.dumps(keeping), encoding="utf-8")
    run(mkdocs("build", "-f", "bench-keep.yml", "--site-dir", "site"), project, environment(project))
    if "page_header()" in (docs / "index.md").read_text(encoding="utf-8"):
        raise Failed("own share: the kept pages still hold macros, so the comparison would be of other things")
    clean(project)
    plain = {
        "INHERIT": "mkdocs.yml",
        "docs_dir": docs.name,
        "plugins": [],
        "hooks": [],
        # Pages link to files that only the hooks make.
        "strict": False,
    }
    (project / "bench-plain.yml").write_text(json.dumps(plain), encoding="utf-8")
    return mkdocs("build", "-f", "bench-plain.yml", "--site-dir", "site")


def _clean_build(project: Path, command: list[str]) -> Usage:
    clean(project)
    return run(command, project, environment(project))


def measured(projects: Mapping[str, Path], pairs: int) -> list[Row]:
    """Rows on the first of the projects, compared with its own pre-rendered pages and with the other project.

    The projects are changed: give copies.
    """
    tasks = {}
    for name, project in projects.items():
        tasks[name] = partial(_clean_build, project, mkdocs("build", "--strict", "--site-dir", "site"))
        tasks[f"{name}, pre-rendered"] = partial(_clean_build, project, prerender(project))
    used = in_turn(tasks, pairs)
    here, *others = projects
    rows = []
    plain = f"{here}, pre-rendered"
    for title, unit, value in (("build, wall", "s", "wall"), ("build, CPU", "s", "cpu")):
        values = {name: [getattr(usage, value) for usage in usages] for name, usages in used.items()}
        shares = {
            name: [100 * (1 - b / a) for a, b in zip(values[name], values[f"{name}, pre-rendered"], strict=True)]
            for name in projects
        }
        rows.append(Row(title, unit, values[here], "the same pages, pre-rendered", values[plain]))
        rows.append(Row(f"own share of {title}", "%", shares[here]))
        for other in others:
            rows.append(Row(title, unit, values[here], other, values[other]))
            rows.append(Row(f"own share of {title}", "%", shares[here], other, shares[other]))
    return rows
