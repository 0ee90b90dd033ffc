"""Rules on pages in other languages: they are written as the others are, and their words are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from macros.data.problems import Problem, check_plain, choices, shown
from macros.data.translations import WORDS, Translations, data_texts
from macros.entities.diagrams import written
from macros.entities.edition import Edition
from macros.registry import MACROS
from macros.render.phrases import NOT_FOUND, PHRASES
from macros.rules.links import check_links
from macros.rules.pages import check_macro_calls, check_page_frame
from macros.rules.words import frame_words
from macros.rules.writing import check_fences, check_outline, check_slips, check_tables, check_template_calls

#: What holds of a page's text in any language.
RULES = (
    check_macro_calls, check_page_frame, check_template_calls, check_fences, check_slips, check_outline, check_tables
)  # fmt: skip


def check_translations(edition: Edition, files: Collection[str]) -> Iterator[Problem]:
    """Translated pages keep the rules of all pages, and what they say around their text is plain and known.

    A misspelled phrase would stay English without a word; a broken link ends nowhere in German, too.

    Args:
        files: everything below docs/ that the site will hold, pages included.
    """
    for code, there in edition.translations.items():
        for problem in frame_words(there.language.words, ("words",)):
            yield there.words.locate(problem)
        for english, said in there.language.texts.items():
            for problem in check_plain(said, ("texts", english)):
                yield there.words.locate(problem)
        for path, page in there.pages.items():
            for text in (*page.page.outcomes, page.page.next.why):
                for problem in check_plain(text, ()):
                    yield replace(problem, file=f"docs/{path}", line=1, column=1, label="front matter")
        for rule in RULES:
            yield from rule(there.handbook, there.manuscripts)
        yield from _check_shown(edition, there)
        yield from check_links(edition.seen_from(f"{code}/"), files, there.manuscripts)


def _check_shown(edition: Edition, there: Translations) -> Iterator[Problem]:
    """What macros with rules of their own show on a translation, they show on an original: so those rules held."""
    shown = {(call.name, call.argument): None for page in edition.pages.values() for call in page.calls}
    for path, page in there.manuscripts.items():
        for call in page.calls:
            if call.name in MACROS and MACROS[call.name].checked_elsewhere and (call.name, call.argument) not in shown:
                names = [argument or "" for name, argument in shown if name == call.name]
                yield Problem(
                    (), call.argument, "is shown on no other page", choices(call.argument, names),
                    f"docs/{path}", call.line, call.column, f"{call.name}()",
                )  # fmt: skip


def hints(edition: Edition, navigation: str) -> Iterator[str]:
    """What a translator may want to do, a line each. None of it is wrong: what has no words yet stays English.

    Args:
        navigation: mkdocs.yml.
    """
    known = data_texts(edition.handbook).union(*map(written, edition.diagrams.values()))
    for code, there in edition.translations.items():
        file = f"docs/{code}/{WORDS}"
        yield from behind(there)
        if left := [phrase for phrase in PHRASES if phrase not in (*there.language.words, *NOT_FOUND)]:
            yield f"{file}: {len(left)} phrases stay English: {' | '.join(left)}"
        for text in there.language.texts:
            if text not in known and text not in navigation:
                line, _ = there.words.keys.get(("texts", text), (1, 1))
                yield f"{file}:{line}: {shown(text)}: stands nowhere any more: write it as it is now, or delete it"


def behind(there: Translations) -> Iterator[str]:
    """The pages whose original was changed after they were translated."""
    for path, page in there.pages.items():
        if page.is_behind:
            yield (
                f"docs/{path}: docs/{page.original} was changed since {page.translated}: "
                f"bring it up to date, then write today's date and `of_text: {page.present}`"
            )
