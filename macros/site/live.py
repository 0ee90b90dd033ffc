"""What `mkdocs serve` keeps between two builds, so that an edit is in the browser at once.

A rebuild is MkDocs' own full build, with the same hooks: there is no list here of what depends on what. But the slow
steps of a build are pure, so what one has made is kept under everything that it was made from (Memo):

* the HTML of a page, under its Markdown after the macros, the files that it shows and the addresses of all files;
* the page in its frame, under that, its title, its front matter and the navigation;
* its finished HTML (finish.py), under the HTML.

So the site after an edit is the one that a clean build makes, byte for byte, and warnings and errors are the same too;
tests/site/test_live.py compares them. The new site is made beside the one that is served and takes its place when it is
complete: after a bad edit, the last good one stays. The book, the plain text, the search index and the archive of
examples are made when somebody asks for them.

hooks.py calls the methods on_… of Live in the order of MkDocs' events; on_serve() hands the server over to rebuild().
"""

from __future__ import annotations

import functools
import logging
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils import DuplicateFilter
from watchdog.observers.polling import PollingObserver

from macros.checked import state_of
from macros.data.paths import ON_DEMAND, SEARCH
from macros.entities.edition import Edition
from macros.site.finish import Settings, finish_on_demand

log = logging.getLogger("mkdocs.handbook")

Made = TypeVar("Made")

#: Front matter that the theme reads of other pages than the one that it draws: it stands in everybody's navigation.
SHARED_META = ("icon", "status", "subtitle")
#: Seconds between two looks at the files; MkDocs has 0.5. A look at 400 files takes some four milliseconds.
LOOK_EVERY = 0.15
#: Seconds without a further change before a rebuild begins, longer than one look: an editor may write several files, or
#: empty a file before it fills it.
QUIET = 0.16
#: What MkDocs and its plugins say of the steps of each build; while serving, one line at its end says it all.
STEPS = (
    "Building documentation", "Cleaning site directory", "Documentation built", "Detected file changes",
    "Reloading browsers", "[macros] - ",
)  # fmt: skip
#: The loggers that say them: the plugin from the first build on, the others once the site is served.
PLUGIN = "mkdocs.plugins.mkdocs_macros.util"
MKDOCS = ("mkdocs.commands.build", "mkdocs.commands.serve", "mkdocs.livereload")
#: A line with nothing but the mark of a snippet opens or closes a list of files.
_BARE_MARK = re.compile(r"8<-+\s*$")


class Memo:
    """Results of pure functions, under everything that they were made from."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._asked: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The result that is kept under a key, or a new one."""
        if key not in self._asked:
            self._asked[key] = self._kept[key] if key in self._kept else make()
        return self._asked[key]

    def end_build(self, good: bool) -> None:
        """Keep what a good build has asked for, nothing older; forget what a bad one has made.

        So a page that warned is read anew in each build, and warns again until it is repaired.
        """
        if good:
            self._kept = self._asked
        self._asked = {}


class Conversion(NamedTuple):
    """What MkDocs learns from a page's Markdown.

    Attributes:
        links: anchors that the page links to, by the path of their page: MkDocs' own objects for files live for one build.
    """

    content: str
    toc: TableOfContents
    title: str | None
    anchors: set[str] | None
    links: dict[str, dict[str, str]]


class Live:
    """A site that is served while it is written: what its builds share.

    Attributes:
        memo: what the last build has made.
        pages_built: paths of the pages that this build has drawn anew.
    """

    def __init__(self) -> None:
        self.memo = Memo()
        self.pages_built: list[str] = []
        self._lock = threading.Lock()
        self._site: Path | None = None
        self._rebuilding = False
        self._made_from: tuple[Edition, Settings] | None = None
        self._on_demand_is_made = False
        # What the keys of a build are made of.
        self._frame: Hashable = None
        self._code: Hashable = None
        self._env: jinja2.Environment | None = None
        self._files: Hashable = None
        self._nav: Navigation | None = None
        self._navigation: Hashable = None
        self._page_keys: dict[str, Hashable] = {}
        self._paths: list[str] = []
        self._shown_texts: dict[str, str] = {}

    def on_startup(self) -> None:
        """Leave what the plugin says of itself in each build unsaid."""
        logging.getLogger(PLUGIN).addFilter(worth_saying)

    # The events of a build, in their order.

    def on_config(self, config: MkDocsConfig) -> None:
        """Begin a build.

        Raises:
            ConfigurationError: before the first one, when the port is busy.
        """
        self.pages_built, self._page_keys, self._shown_texts = [], {}, {}
        if self._site is None:
            refuse_busy_port(*config.dev_addr)
            self._site = Path(config.site_dir)
            self._code = state_of(python_files(config))
        if self._rebuilding:
            config.site_dir = str(self._next)
        frame = (Path(config.config_file_path).read_bytes(), state_of(overrides(config)))
        if frame != self._frame:
            self.memo, self._env, self._frame = Memo(), None, frame
        config.theme.get_env = functools.partial(self._theme, config.theme.get_env)  # type: ignore[method-assign]
        # The plugin makes a new environment for each build, and to read the calls out of every page takes longer than to
        # answer them. The answers are not kept: they follow from all of the data.
        env = config.plugins["macros"].env  # type: ignore[attr-defined]
        compiled = env.compile
        env.compile = lambda source: self.memo.get(("calls", source), functools.partial(compiled, source))

    def _theme(self, get_env: Callable[[], jinja2.Environment]) -> jinja2.Environment:
        """The theme's templates, compiled and listed once: it has 14,000 icons, and none of them changes."""
        if self._env is None:
            self._env = get_env()
            listed = self._env.list_templates
            self._env.list_templates = lambda **wanted: self.memo.get("theme", lambda: listed(**wanted))  # type: ignore
        return self._env

    def on_nav(self, nav: Navigation, files: Files) -> None:
        """Note where everything will live, once MkDocs knows."""
        self._nav = nav
        self._files = frozenset((file.src_uri, file.url, file.inclusion) for file in files)
        self._paths = [file.src_uri for file in files if file.src_dir is not None]

    def on_pre_page(self, page: Page) -> None:
        """Convert this page through _convert()."""
        # An attribute of an object goes before the method of its class.
        page.render = functools.partial(self._convert, page)  # type: ignore[method-assign]

    def _convert(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        """What Page.render() does, from what is kept where nothing has changed."""
        assert page.markdown is not None
        key = (page.file.src_uri, page.markdown, self._shown_by(page.markdown, Path(config.docs_dir)), self._files)
        self._page_keys[page.file.src_uri] = key
        made = self.memo.get(("conversion", key), lambda: converted(page, config, files))
        page.content, page.toc, page.present_anchor_ids = made.content, made.toc, made.anchors
        page._title_from_render = made.title
        found = ((files.get_file_from_path(path), anchors) for path, anchors in made.links.items())
        page.links_to_anchors = {file: anchors for file, anchors in found if file is not None}

    def _shown_by(self, markdown: str, docs: Path) -> Hashable:
        """The files that a page shows, and those that these show, with their text."""
        shown: dict[str, str] = {}
        texts = [markdown]
        while texts:
            named = beside_marks(texts.pop())
            for path in self._paths if named else ():
                if path in named and path not in shown:
                    if path not in self._shown_texts:
                        self._shown_texts[path] = (docs / path).read_text(encoding="utf-8", errors="replace")
                    shown[path] = self._shown_texts[path]
                    texts.append(shown[path])
        return tuple(shown.items())

    def on_env(self, env: jinja2.Environment, menus: Iterable[Navigation]) -> Any:
        """The theme's templates with what they have made of unchanged pages.

        Args:
            menus: of pages in other languages.
        """
        assert self._nav is not None
        # Titles of pages are known only now that all have been read.
        self._navigation = tuple(tuple(shown_in_navigation(nav.items)) for nav in (self._nav, *menus))
        return _Templates(env, self._draw)

    def _key(self, page: Page) -> Hashable:
        """All that a page is made from, without its frame."""
        return (self._page_keys[page.file.src_uri], page.title, repr(page.meta))

    def _draw(self, template: jinja2.Template, context: Any) -> str:
        page = context["page"]
        if page is None:
            return template.render(context)

        def anew() -> str:
            self.pages_built.append(page.file.src_uri)
            return template.render(context)

        return self.memo.get(("page", template.name, self._key(page), self._navigation), anew)

    def on_post_build(self, edition: Edition, settings: Settings) -> None:
        """Note what the book would be made from."""
        self._made_from = edition, settings
        self._on_demand_is_made = False

    # Serving.

    def on_serve(self, server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]) -> None:
        """Take the server over, once MkDocs has built the site for the first time."""
        self.memo.end_build(good=True)
        watched = [emitter.watch.raw_path for emitter in server.observer.emitters]
        for path in watched:
            server.unwatch(path)
        server.observer = PollingObserver(timeout=LOOK_EVERY)
        for path in watched:
            server.watch(path)
        server.build_delay = QUIET

        def rebuild() -> None:
            self.rebuild(builder)
            if state_of(python_files(config)) != self._code:
                log.warning("The code has changed; the server began with the old one: end it (Ctrl+C), start it again.")

        server.builder = rebuild
        mount = urlsplit(server.url).path
        answer: Callable[..., Any] = server.get_app()  # type: ignore[assignment]

        def answer_on_demand(environ: dict[str, Any], start_response: Any) -> Any:
            self.make_on_demand(environ["PATH_INFO"].removeprefix(mount))
            return answer(environ, start_response)

        server.set_app(answer_on_demand)
        for logger in map(logging.getLogger, MKDOCS):
            for once in [known for known in logger.filters if isinstance(known, DuplicateFilter)]:
                # A mistake that is made again is to be told again.
                logger.removeFilter(once)
            logger.addFilter(worth_saying)

    @property
    def _next(self) -> Path:
        """Where the next site is made, beside the one that is served."""
        assert self._site is not None
        return self._site.with_name(f"{self._site.name}.next")

    def rebuild(self, builder: Callable[[], None]) -> bool:
        """Build beside the served site, then put the new one in its place. False when the last good one stays."""
        began = time.monotonic()
        good = False
        with self._lock:
            self._rebuilding = True
            try:
                builder()
                good = True
            except SystemExit:
                # MkDocs and its plugins end so when they have said what is wrong.
                log.error("The last good site is served until this is repaired.")
            except Exception:
                log.exception("The last good site is served until this is repaired.")
            finally:
                self._rebuilding = False
                self.memo.end_build(good)
            if good:
                self._exchange()
                log.info(f"Rebuilt {told(self.pages_built)} in {time.monotonic() - began:.1f} s")
        return good

    def _exchange(self) -> None:
        assert self._site is not None
        last = self._site.with_name(f"{self._site.name}.last")
        self._site.rename(last)
        self._next.rename(self._site)
        # The next build empties the folder, as MkDocs does each time.
        last.rename(self._next)

    def make_on_demand(self, path: str) -> None:
        """Make the book, the plain text, the search index and the archive once somebody asks for one after a change."""
        if not (
            path.endswith(".md") or path.startswith(SEARCH) or {path, f"{path.rstrip('/')}/index.html"} & {*ON_DEMAND}
        ):
            return
        with self._lock:
            if not self._on_demand_is_made:
                assert self._site is not None and self._made_from is not None
                finish_on_demand(self._site, *self._made_from)
                self._on_demand_is_made = True

    def on_shutdown(self) -> None:
        """MkDocs removes the served site; this, what lies beside it."""
        if self._site is not None:
            shutil.rmtree(self._next, ignore_errors=True)


class _Templates:
    """The part of a Jinja environment that MkDocs uses once it has one."""

    def __init__(self, env: jinja2.Environment, draw: Callable[[jinja2.Template, Any], str]) -> None:
        self._env = env
        self._draw = draw

    def get_template(self, name: str) -> _Template:
        return _Template(functools.partial(self._draw, self._env.get_template(name)))


class _Template(NamedTuple):
    render: Callable[[Any], str]


def converted(page: Page, config: MkDocsConfig, files: Files) -> Conversion:
    """A page's Markdown as HTML, and what MkDocs learns of its links and anchors on the way."""
    Page.render(page, config, files)
    assert page.content is not None
    links = {file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()}
    return Conversion(page.content, page.toc, page._title_from_render, page.present_anchor_ids, links)


def beside_marks(markdown: str) -> str:
    """The lines that name files for pymdownx.snippets; the whole text where marks stand around a list of names."""
    lines = [line for line in markdown.splitlines() if "8<-" in line]
    return markdown if any(_BARE_MARK.search(line) for line in lines) else "\n".join(lines)


def shown_in_navigation(items: Iterable[StructureItem]) -> Iterator[Hashable]:
    """What every page shows of the others."""
    for item in items:
        meta = tuple(repr(item.meta.get(name)) for name in SHARED_META) if isinstance(item, Page) else ()
        inside = tuple(shown_in_navigation(getattr(item, "children", None) or ()))
        yield (item.title, getattr(item, "url", None), meta, inside)


def overrides(config: MkDocsConfig) -> Iterator[Path]:
    """The files that stand before the theme's. Those of the theme do not change while it is used."""
    return Path(config.theme.custom_dir).rglob("*") if config.theme.custom_dir else iter(())


def python_files(config: MkDocsConfig) -> Iterator[Path]:
    """The code among what the configuration watches."""
    for path in map(Path, config.watch):
        yield from path.rglob("*.py") if path.is_dir() else [path]


def refuse_busy_port(host: str, port: int) -> None:
    """Say in a sentence, before the first build, what MkDocs would end with in a traceback after it.

    Raises:
        ConfigurationError: when the address cannot be served on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As MkDocs' server does: a port that was left a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"dev_addr: '{host}:{port}': cannot be served on ({(error.strerror or str(error)).lower()}): "
                f"end what is served there, or take another port: make serve PORT={port + 1}"
            ) from None


def worth_saying(record: logging.LogRecord) -> bool:
    """Warnings and errors, and what is no step of each build."""
    return record.levelno > logging.INFO or not any(step in record.getMessage() for step in STEPS)


def told(pages: list[str]) -> str:
    """What a rebuild has drawn anew, in words."""
    if not pages:
        return "the site, with every page as it was,"
    return ", ".join(pages) if len(pages) <= 3 else f"{len(pages)} pages"
