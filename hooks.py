"""MkDocs hooks: files that exist only later can be linked to, and each built site is finished (macros/site/finish.py)."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from macros.checked import load_checked
from macros.data.paths import GENERATED
from macros.site.finish import Settings, finish

_command = "build"


def on_startup(command: str, **_: Any) -> None:
    global _command
    # A build makes millions of objects and no circles to speak of: looking for circles took a twentieth of it.
    gc.set_threshold(100_000, 50, 50)
    _command = command


def on_files(files: Files, config: Any) -> Files:
    for name in GENERATED:
        file = File.generated(config, name, content="")
        # Links lead to the folder, as those to pages do: the offline copy knows it by that name.
        file.url = re.sub(r"(^|/)index\.html$", r"\1", file.url)
        files.append(file)
    return files


def on_post_build(config: Any) -> None:
    # The macros plugin has checked the data by now; a wrong file has already ended the build.
    edition = load_checked(Path(config.config_file_path).parent)
    settings = Settings(config.site_url or "http://127.0.0.1:8000/", config.extra["offline"], live=_command == "serve")
    finish(Path(config.site_dir), edition, settings)
