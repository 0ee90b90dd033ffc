"""MkDocs hooks: files that exist only later can be linked to, and each built site is finished (macros/site/finish.py).

While `mkdocs serve` runs, what a build has made is kept for the next one (macros/site/live.py).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from macros.checked import load_checked
from macros.data.paths import GENERATED
from macros.entities.edition import Edition
from macros.site.finish import Settings, finish
from macros.site.live import Live
from macros.site.translations import hide_files, menus, note_translations


class State:
    """What outlives one event: MkDocs knows hooks as functions of a module, and gives the command only to the first."""

    live: Live | None = None
    nav: Navigation | None = None
    menus: Mapping[str, Navigation] = MappingProxyType({})


state = State()


def _edition(config: MkDocsConfig) -> Edition:
    """What the macros plugin has read and checked by now: a wrong file has already ended the build."""
    return load_checked(Path(config.config_file_path).parent)


def on_startup(command: str, **_: Any) -> None:
    # A build makes millions of objects and hardly a reference cycle: to look for cycles took a twentieth of its time.
    gc.set_threshold(100_000, 50, 50)
    state.live = Live() if command == "serve" else None
    if state.live:
        state.live.on_startup()


def on_config(config: MkDocsConfig) -> None:
    # The templates in overrides/ say these words.
    config.extra["words"] = _edition(config).handbook.handbook.words
    if state.live:
        state.live.on_config(config)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name in GENERATED:
        file = File.generated(config, name, content="")
        # Links lead to the folder, as those to pages do: the offline copy knows it by that name.
        file.url = re.sub(r"(^|/)index\.html$", r"\1", file.url)
        files.append(file)
    hide_files(files, _edition(config).translations)
    return files


def on_nav(nav: Navigation, files: Files, **_: Any) -> None:
    state.nav = nav
    if state.live:
        state.live.on_nav(nav, files)


def on_pre_page(page: Page, **_: Any) -> None:
    if state.live:
        state.live.on_pre_page(page)


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    # Titles and front matter are known only now that all pages have been read.
    edition = _edition(config)
    note_translations(files, edition, config.theme["language"])
    state.menus = menus(state.nav, files, edition) if state.nav else {}
    # Of this build alone: overrides/partials/nav-item.html keeps in it what pages share.
    env.globals["menu_parts"] = {}
    return state.live.on_env(env, state.menus.values()) if state.live else env


def on_page_context(context: Any, page: Page, **_: Any) -> Any:
    if menu := state.menus.get(page.meta.get("language", "")):
        context["nav"] = menu
    return context


def on_post_build(config: MkDocsConfig) -> None:
    edition = _edition(config)
    live = state.live
    settings = Settings(config.site_url or "http://127.0.0.1:8000/", config.extra["offline"], live=live is not None)
    if live:
        finish(Path(config.site_dir), edition, settings, live.memo.get)
        live.on_post_build(edition, settings)
    else:
        finish(Path(config.site_dir), edition, settings)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
    if state.live:
        state.live.on_serve(server, config, builder)


def on_shutdown() -> None:
    if state.live:
        state.live.on_shutdown()
