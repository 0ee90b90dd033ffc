"""The examples as one archive, and the acceptance kit as another: a reader who has seen one on a phone takes all of them
along to a machine with Python."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from macros.data.paths import EXAMPLES_ARCHIVE, EXAMPLES_NEED, KIT_ARCHIVE
from macros.entities.edition import Edition
from macros.entities.examples import (
    GSON_FILE,
    GSON_PACKAGE,
    HELPER,
    SERVER,
    languages,
    needs_gson,
    needs_packages,
    programs,
)
from macros.render.template import templates

#: Kinds of file that the kit is made of.
KIT_FILES = (".py", ".json", ".yml")
_TEMPLATES = templates(Path(__file__).parent)


def examples_archive(folder: Path, edition: Edition, url: str) -> bytes:
    """The files of the examples with what they need and how to run them. The same files give the same bytes.

    Args:
        folder: of the examples in a built site.
        url: where the site will live, with a slash at the end.
    """
    files = {
        file.name: file.read_bytes()
        for file in folder.glob("*")
        if file.is_file() and file.name != Path(EXAMPLES_ARCHIVE).name
    }
    names = programs(edition.examples)
    readme = _TEMPLATES.get_template("examples-readme.txt").render(
        handbook=edition.handbook.handbook,
        url=url,
        plain=[name for name in names if not needs_packages(edition.examples[f"{name}.py"])],
        with_packages=[name for name in names if needs_packages(edition.examples[f"{name}.py"])],
        in_languages=[command for name in names for command in _commands(edition.examples, name)],
        gson=GSON_FILE,
        gson_package=GSON_PACKAGE,
        helper=HELPER,
        server=SERVER,
        requirements=EXAMPLES_NEED,
    )
    files |= {"README.txt": readme.encode(), EXAMPLES_NEED: edition.requirements.encode()}
    return _packed(Path(EXAMPLES_ARCHIVE).stem, files)


def _commands(examples: Mapping[str, str], name: str) -> Iterator[str]:
    """How to run an example in each other language that it stands in, from the folder of the archive."""
    model = f".venv/bin/python {HELPER}.py " if needs_packages(examples[f"{name}.py"]) else ""
    gson = f"-cp {GSON_FILE} " if needs_gson(examples.get(f"{name}.java", "")) else ""
    run = {"ts": f"node built/{name}.js", "go": f"go run {name}.go", "java": f"java {gson}{name}.java"}
    for ending in languages(examples, name):
        if ending in run:
            yield model + run[ending]


def kit_archive(folder: Path, edition: Edition) -> bytes:
    """What `python kit/accept.py` needs, and the contracts. The same files give the same bytes.

    Args:
        folder: of the projects in a built site.
    """
    files = [file for name in ("kit", *edition.projects) for file in (folder / name).glob("*.*")]
    return _packed(
        Path(KIT_ARCHIVE).stem,
        {file.relative_to(folder).as_posix(): file.read_bytes() for file in files if file.suffix in KIT_FILES},
    )


def _packed(folder: str, files: dict[str, bytes]) -> bytes:
    """A ZIP archive without times and owners, which differ from build to build."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return written.getvalue()
