"""A new page in its place, or a new figure on one that exists."""

from __future__ import annotations

import posixpath

from macros.commands.drafts import PLACEHOLDER, Draft
from macros.commands.pieces import add_page, before_the_end, check_new_page, filled, known_page, steps, title_of
from macros.commands.words import about, has_shape, refuse
from macros.data.fields import Id
from macros.data.paths import address
from macros.data.problems import Problem
from macros.entities.edition import Edition


def new_page(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-page"
    page = given.get("PAGE", "").removeprefix("docs/")
    check_new_page(edition, command, "PAGE", page, problems)
    after = known_page(edition, command, "AFTER", given.get("AFTER", ""), problems)
    refuse(problems)
    assert after

    title = title_of(posixpath.basename(page).removesuffix(".md"))
    add_page(draft, handbook, page, title, "", handbook.page(after.path))
    link = posixpath.relpath(page, posixpath.dirname(after.path) or ".")
    before_the_end(draft, after, f"{PLACEHOLDER} a sentence that says who reads on in [{title}]({link}), and why.\n\n")
    return steps(
        f"The page docs/{page} follows docs/{after.path}, which links to it",
        address(page),
        f"Its place in the order of reading is its line in mkdocs.yml; docs/{after.path} may name it as its `next`.",
    )


def new_figure(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    command = "new-figure"
    name = given.get("ID", "")
    if name and not has_shape(Id, name):
        repair = "use at most 60 lower case letters, digits and single hyphens, a letter first"
        problems.append(about(command, "ID", name, "is not a well-formed id", repair))
    if name in edition.diagrams:
        problems.append(about(command, "ID", name, "is a figure already", "choose another id, or change that file"))
    page = known_page(edition, command, "PAGE", given.get("PAGE", ""), problems)
    refuse(problems)
    assert page

    draft.texts[f"docs/diagrams/{name}.svg"] = filled("figure.svg")
    before_the_end(draft, page, f'{{{{ diagram("{name}") }}}}\n\n')
    return steps(
        f"The figure docs/diagrams/{name}.svg stands at the end of docs/{page.path}",
        address(page.path),
        "Move its line to the paragraph that it explains. Colors and arrowheads come from the classes of the drawing.",
    )
