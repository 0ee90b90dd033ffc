"""A new glossary entry in its place."""

from __future__ import annotations

from macros.commands.drafts import DataList, Draft, scalar, to_write
from macros.commands.pieces import steps
from macros.commands.words import about, has_shape, id_problems, refuse
from macros.data.fields import Text
from macros.data.handbook import Term
from macros.data.problems import Problem, check_plain_text
from macros.entities.edition import Edition
from macros.render.glossary import sort_key
from macros.rules.ids import id_or_choices


def new_term(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-term"
    name, shown, topic = (given.get(word, "") for word in ("ID", "TERM", "TOPIC"))
    problems += id_problems(handbook, command, "glossary", name)
    if shown and not has_shape(Text, shown):
        rule, repair = "is not one line of text", "shorten it, and remove line breaks and spaces at both ends"
        problems.append(about(command, "TERM", shown, rule, repair))
    entry = Term.model_construct(id=name, renamed_from=[], term=shown, definition="", topic=topic)
    problems += [about(command, "TERM", p.value, p.rule, p.repair) for p in check_plain_text(entry, ())]
    same = next((t for t in handbook.glossary if t.term.casefold() == shown.casefold()), None)
    if same:
        problems.append(about(command, "TERM", shown, f"is in the glossary as {same.id}", "change that entry"))
    if topic and topic not in [t.id for t in handbook.topics]:
        problems.append(about(command, "TOPIC", topic, "is not a topic", id_or_choices(topic, handbook.topics)))
    refuse(problems)

    terms = DataList(draft, "glossary")
    before = [index for index, t in enumerate(terms.entries) if sort_key(t["term"]) < sort_key(shown)]
    terms.add(before[-1] if before else None, {
        "id": scalar(name),
        "term": scalar(shown),
        "definition": to_write(
            "what it is, in 18 to 45 words; then what it corresponds to in a backend, or where its name misleads."
        ),
        "topic": scalar(topic),
    })  # fmt: skip
    return steps(
        f"The term {name} is in the glossary",
        f"reference/glossary/#{name}",
        f'On the page where the term is used first, write {{{{ term("{name}") }}}}, and its definition shows there.',
    )
