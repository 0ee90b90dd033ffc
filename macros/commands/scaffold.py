"""A first contribution: `make new-topic` and its like write a whole beginning in its place, all of it or nothing.

What a person has to write is marked with PLACEHOLDER. The handbook builds with it; a test refuses to let it stay.
"""

from __future__ import annotations

from pathlib import Path

from macros.checked import load_checked
from macros.commands.drafts import Draft
from macros.commands.new_lab import new_lab
from macros.commands.new_page import new_figure, new_page
from macros.commands.new_skill import new_skill
from macros.commands.new_term import new_term
from macros.commands.new_topic import new_topic
from macros.commands.new_translation import new_translation
from macros.commands.words import read_words
from macros.data.problems import DataError

WRITERS = {
    "new-term": new_term,
    "new-topic": new_topic,
    "new-skill": new_skill,
    "new-page": new_page,
    "new-figure": new_figure,
    "new-lab": new_lab,
    "new-translation": new_translation,
}


def scaffold(root: Path, command: str, words: list[str]) -> str:
    """Carry out one of COMMANDS.

    Args:
        root: the project's folder.
        words: NAME=value, as after make.

    Returns:
        What to do next, for a person to read.

    Raises:
        DataError: with every problem of the words, or of the data as it is. Nothing has been written then.
    """
    given, problems = read_words(command, words)
    try:
        edition = load_checked(root)
    except DataError as error:
        outcome = "in the handbook as it is; nothing was written before it is in order"
        raise DataError(error.problems, outcome, error.unchecked) from None
    draft = Draft(root)
    steps = WRITERS[command](draft, edition, given, problems)
    problems, steps_text = draft.tried(steps)
    if problems:
        raise DataError(problems, "with the new entry; nothing was written")
    draft.save()
    return steps_text
