"""A page's translation in its place: the original's text with its links, to be written over, under its own front matter."""

from __future__ import annotations

import posixpath
import re
from datetime import date

from macros.commands.drafts import PLACEHOLDER, Draft
from macros.commands.pieces import filled, known_page, steps
from macros.commands.words import about, refuse
from macros.data.paths import address
from macros.data.problems import Problem
from macros.data.translations import WORDS, fingerprint
from macros.entities.edition import Edition

#: A folder that the theme and browsers know as a language.
CODE = re.compile(r"[a-z]{2,3}")


def new_translation(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    command = "new-translation"
    code = given.get("TO", "")
    original = known_page(edition, command, "PAGE", given.get("PAGE", ""), problems)
    if code and not CODE.fullmatch(code):
        problems.append(about(command, "TO", code, "is not the code of a language", "write two letters, as in TO=de"))
    elif any(page.startswith(f"{code}/") for page in edition.pages):
        problems.append(about(command, "TO", code, "is a folder of the handbook", "write the code of a language"))
    there = edition.translations.get(code)
    path = f"{code}/{original.path}" if original else ""
    if there and path in there.pages:
        repair = f"change docs/{path}; make check-data says when its original has gone on"
        problems.append(about(command, "PAGE", path, "is translated already", repair))
    refuse(problems)
    assert original

    if not there:
        draft.texts[f"docs/{code}/{WORDS}"] = filled(
            "words.yml", language=f"{PLACEHOLDER} what the language calls itself"
        )
    page = edition.handbook.page(original.path)
    draft.texts[f"docs/{path}"] = filled(
        "translation.md",
        today=date.today().isoformat(),
        fingerprint=fingerprint(page, original),
        outcomes="\n".join(f"  - >-\n    {PLACEHOLDER} {outcome}" for outcome in page.outcomes),
        why=page.next.why,
        text=_moved(draft, original.path, path),
    )
    return steps(
        f"docs/{path} holds the text of docs/{original.path}, to be written over",
        address(path),
        "Ids of headings and links stay as they are: the build leads links on to pages that are translated.",
        f"docs/{code}/{WORDS} holds the words around the page's text; make check-data lists those that stay English.",
    )


def _moved(draft: Draft, original: str, path: str) -> str:
    """The original's text below its front matter, with its links led from where the translation stands."""
    text = re.sub(
        r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n",
        "",
        draft.read(f"docs/{original}").replace("\r\n", "\n"),
        flags=re.DOTALL,
    )
    here, there = posixpath.dirname(original), posixpath.dirname(path)

    def led(link: re.Match[str]) -> str:
        if re.match(r"[a-z]+:|#|/", link[2]):
            return link[0]
        file, mark, anchor = link[2].partition("#")
        return link[1] + posixpath.relpath(posixpath.join(here, file), there) + mark + anchor

    parts = re.split(r"(^ *(?:`{3,}|~{3,})[^\n]*\n.*?^ *(?:`{3,}|~{3,})[ \t]*$)", text, flags=re.DOTALL | re.MULTILINE)
    # Every second part is a block of code.
    return "".join(
        part if index % 2 else re.sub(r"(\]\()([^()\s]+)", led, part) for index, part in enumerate(parts)
    ).strip("\n")
