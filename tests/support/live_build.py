"""A project as `mkdocs serve` builds it, without the server: the first build, then rebuilds."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from macros.site.live import Live


class LiveBuild:
    """Builds the project at once.

    Attributes:
        site: the folder that would be served.
        heard: warnings and errors of the last build.
    """

    def __init__(self, root: Path, site: Path) -> None:
        # MkDocs checks anchors only when its logger is at INFO: at any other level a broken one passes.
        logging.getLogger("mkdocs").setLevel(logging.INFO)
        os.environ.setdefault("SOURCE_DATE_EPOCH", "1763856000")
        os.environ["NO_MKDOCS_2_WARNING"] = "1"
        self.root, self.site = root, site
        self.heard: list[str] = []
        # Any port that is free: nothing is served.
        self._options = {"site_dir": str(site), "strict": True, "dev_addr": "127.0.0.1:0"}
        config = self._config()
        config.plugins.on_startup(command="serve", dirty=False)
        self.live: Live = config.plugins["hooks.py"].state.live  # type: ignore[attr-defined]
        #: Whether the first build was good.
        self.good = False
        with contextlib.suppress(Exception, SystemExit):
            self._build(config)
            self.good = True
        self.live.memo.end_build(self.good)

    def rebuild(self) -> bool:
        return self.live.rebuild(lambda: self._build(self._config()))

    def _config(self) -> MkDocsConfig:
        return load_config(str(self.root / "mkdocs.yml"), **self._options)

    def _build(self, config: MkDocsConfig) -> None:
        # Snippets are looked for below the folder that the command was typed in.
        with contextlib.chdir(self.root), self._listening():
            build(config)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        handler = logging.Handler(logging.WARNING)
        self.heard.clear()
        handler.emit = lambda record: self.heard.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("mkdocs").addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger("mkdocs").removeHandler(handler)
