"""Other site generators with the same content: Zensical from the same sources, Starlight and VitePress from plain
Markdown.

The Markdown is what a built site gives to programs that read text (llms-full.txt): every macro is carried out in it.
Starlight and VitePress are installed from peers/package-lock.json into the scratch folder.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import first_view
from edit_loop import PAGE, PAGE_ADDRESS, Server, free_port, mkdocs_server
from measure import Row, Usage, in_turn, run, run_all
from project import PYTHON, Failed, clean, copy_project, environment, mkdocs

HERE = Path(__file__).resolve().parent
FULL = "llms-full.txt"

_CHAPTER = re.compile(r"^# (?P<title>.+)\n\nSource: (?P<address>\S+)\n", re.MULTILINE)
#: Blocks and spans of code, which stay as they are.
_CODE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1`*$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Peer:
    """A generator with a project of its own.

    Attributes:
        builds: the commands of a build.
        made: folders that a build leaves, its site first.
        serve: the command of the development server, from its port.
        page: the file of the page that is edited, below the folder.
        page_address: where the server has its text.
    """

    name: str
    folder: Path
    builds: Sequence[Sequence[str]]
    made: Sequence[str]
    serve: Callable[[int], Sequence[str]]
    page: str
    page_address: str = PAGE_ADDRESS

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.folder, ASTRO_TELEMETRY_DISABLED="1")

    def build(self) -> Usage:
        for name in self.made:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return run_all(self.builds, self.folder, self.environment)

    def server(self) -> Server:
        port = free_port()
        page = self.folder / self.page
        return Server(self.folder, self.serve(port), page, self.page_address, port, self.environment)


def zensical(source: Path, folder: Path) -> Peer:
    """The same sources, finished as tests/site/test_zensical.py does it."""
    return Peer(
        "Zensical, same sources",
        copy_project(source, folder),
        [[PYTHON, "-m", "zensical", "build", "--strict", "--clean"], [PYTHON, "-m", "macros", "finish", "site"]],
        ["site", ".cache"],
        lambda port: [PYTHON, "-m", "zensical", "serve", "--dev-addr", f"127.0.0.1:{port}"],
        f"docs/{PAGE}",
    )


def chapters(full: str) -> dict[str, tuple[str, str]]:
    """Title and Markdown of each page, by its path with .md, from the text of all pages.

    Links within the handbook begin with a slash, and what looks like HTML in a sentence is text.
    """
    found = list(_CHAPTER.finditer(full))
    root = found[0]["address"]
    pages = {}
    for start, end in zip(found, [*(chapter.start() for chapter in found[1:]), len(full)], strict=True):
        text = full[start.end() : end]
        address = start["address"].removeprefix(root).strip("/")
        pages[address or "index"] = start["title"], _outside_code(text).replace(f"]({root}", "](/")
    # A page that has others below it is their index.
    folders = {path.rpartition("/")[0] for path in pages}
    return {f"{path}/index.md" if path in folders else f"{path}.md": page for path, page in pages.items()}


def _outside_code(text: str) -> str:
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [_as_text(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, _as_text(text[end:])])


def _as_text(text: str) -> str:
    return text.replace("<", "&lt;").replace("{{", "&#123;&#123;")


def _write_pages(pages: Mapping[str, tuple[str, str]], folder: Path, with_heading: bool) -> None:
    for path, (title, text) in pages.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        heading = f"# {title}\n" if with_heading else ""
        file.write_text(f"---\ntitle: {json.dumps(title)}\n---\n\n{heading}{text}", encoding="utf-8")


def starlight(pages: Mapping[str, tuple[str, str]], folder: Path) -> Peer:
    _write_pages(pages, folder / "src/content/docs", with_heading=False)
    groups = sorted({path.partition("/")[0] for path in pages if "/" in path})
    sidebar = [{"label": name.capitalize(), "autogenerate": {"directory": name}} for name in groups]
    options = {"title": "Handbook", "sidebar": sidebar}
    (folder / "astro.config.mjs").write_text(
        'import { defineConfig } from "astro/config";\nimport starlight from "@astrojs/starlight";\n'
        f"export default defineConfig({{ integrations: [starlight({json.dumps(options)})] }});\n",
        encoding="utf-8",
    )
    (folder / "src/content.config.mjs").write_text(
        'import { defineCollection } from "astro:content";\nimport { docsLoader } from "@astrojs/starlight/loaders";\n'
        'import { docsSchema } from "@astrojs/starlight/schema";\n'
        "export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };\n",
        encoding="utf-8",
    )
    return Peer(
        "Starlight",
        folder,
        [["npx", "--no-install", "astro", "build"]],
        ["dist", ".astro", "node_modules"],
        lambda port: ["npx", "--no-install", "astro", "dev", "--host", "127.0.0.1", "--port", str(port)],
        f"src/content/docs/{PAGE}",
    )


def vitepress(pages: Mapping[str, tuple[str, str]], folder: Path) -> Peer:
    _write_pages(pages, folder, with_heading=True)
    groups: dict[str, list[dict[str, str]]] = {}
    for path, (title, _) in pages.items():
        link = f"/{path.removesuffix('.md').removesuffix('index')}"
        groups.setdefault(path.rpartition("/")[0] or "Home", []).append({"text": title, "link": link})
    sidebar = [{"text": name.capitalize(), "items": items} for name, items in groups.items()]
    options = {
        "title": "Handbook",
        "themeConfig": {"sidebar": sidebar, "search": {"provider": "local"}},
        "ignoreDeadLinks": True,
    }
    (folder / ".vitepress").mkdir()
    (folder / ".vitepress/config.mjs").write_text(f"export default {json.dumps(options)};\n", encoding="utf-8")
    return Peer(
        "VitePress",
        folder,
        [["npx", "--no-install", "vitepress", "build"]],
        [".vitepress/dist", ".vitepress/cache", ".vitepress/.temp"],
        lambda port: ["npx", "--no-install", "vitepress", "dev", "--host", "127.0.0.1", "--port", str(port)],
        PAGE,
        # The browser puts a page together from its module, which holds the text.
        f"{PAGE}?import",
    )


def _from_npm(pages: Mapping[str, tuple[str, str]], scratch: Path) -> list[Peer]:
    if not shutil.which("npm"):
        raise Failed("Starlight and VitePress: Node.js with npm is not installed (20.3 or newer), so they are left out")
    folder = scratch / "npm"
    shutil.copytree(HERE / "peers", folder, ignore=shutil.ignore_patterns("node_modules"))
    run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], folder, environment(folder))
    return [starlight(pages, folder / "starlight"), vitepress(pages, folder / "vitepress")]


def measured(project: Path, scratch: Path, pairs: int, from_npm: bool) -> tuple[list[Row], list[str]]:
    """Rows on a project, compared with each peer, and sentences on what was left out. Give a copy."""
    here, notes = "this checkout", []
    site = first_view.built(project)
    pages = chapters((site / FULL).read_text(encoding="utf-8"))
    # Zensical takes its sources before the site is among them.
    peers = [zensical(project, scratch / "zensical")]
    try:
        peers += _from_npm(pages, scratch) if from_npm else []
    except Failed as failure:
        notes.append(str(failure))
    rows = []
    for peer in peers:
        try:
            rows += _against(here, project, peer, pairs)
        except Failed as failure:
            notes.append(f"{peer.name} was not measured to the end. {failure}")
    return rows, notes


def _against(here: str, project: Path, peer: Peer, pairs: int) -> list[Row]:
    used = in_turn({here: lambda: _our_build(project), peer.name: peer.build}, pairs)
    rows = []
    for title, unit, value in (("build, wall", "s", "wall"), ("build, CPU", "s", "cpu")):
        values = [[getattr(usage, value) for usage in used[name]] for name in (here, peer.name)]
        rows.append(Row(title, unit, values[0], peer.name, values[1]))
    with first_view.browser() as chromium:
        sizes = {here: first_view.loaded(chromium, project / "site")}
        sizes[peer.name] = first_view.loaded(chromium, peer.folder / peer.made[0])
    with mkdocs_server(project).running() as ours, peer.server().running() as theirs:
        edits = in_turn({here: ours.page_edit(), peer.name: theirs.page_edit()}, pairs)
        rows.append(Row("edit loop: start to first page", "s", [ours.started], peer.name, [theirs.started]))
        rows.append(Row("edit loop: save a page", "s", edits[here], peer.name, edits[peer.name]))
    return rows + first_view.compared(sizes, here, [peer.name])


def _our_build(project: Path) -> Usage:
    clean(project)
    return run(mkdocs("build", "--strict", "--site-dir", "site"), project, environment(project))
