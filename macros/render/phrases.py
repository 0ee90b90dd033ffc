"""The words around a page's text, which a copy in another language says in its own (`handbook.words` in the data)."""

from __future__ import annotations

from macros.data.fields import HourRange, WeekRange
from macros.data.handbook import Handbook
from macros.render.text import NUMBERS, span

IN_SHORT = "In short: where the analogy holds, where it breaks, the outage, the hours"

#: What scripts say; only on translated pages can they say it otherwise.
SCRIPTS = (
    # docs/assets/javascripts/search.js
    "The search index could not be loaded. Type again to retry.",
    "No section has “{words}”.",
    "1 result",
    "{number} results",
    ", none with “{words}”",
    "Did you mean",
    "? These are its results.",
    "The nearest topics:",
    # docs/assets/javascripts/reader.js
    "Done",
    "{name}: done",
    ", {done} of {number} topics done",
    ", {done} of {number} core topics and builds done",
    "Glossary",
    "This tool could not be loaded. Reload the page to try again.",
    # docs/assets/javascripts/lib/review.js
    "Did you know it?",
    "Yes",
    "No",
    "Good.",
    "It comes back in 1 day.",
    "It comes back in {number} days.",
)

#: What the page for an address that does not exist says. There is one, in the language of the originals.
NOT_FOUND = (
    "Page not found",
    "This page does not exist (404)",
    "The address may be mistyped, or the page has a new name. Nothing of yours is lost. Search with the field at the top, or go on from here:",
    "Without a network you read your browser's copy. It holds every page, but not the book on one page, the files of the labs or the data.",
    "The skill map, when you look for what a backend skill becomes",
    "The roadmap, when you look for phases, weeks and hours",
    "Topic index, when you know what the page was about",
    "Glossary, when you look for a term",
    "Contribute, when a link on this site led you here: that is a mistake of ours",
    "Home, when you want to begin again",
)

#: Each as the data names it. What stands in braces is filled in, and stays in a translation.
PHRASES = (
    # The header and the footer of a page.
    "After this page you can",
    "1 minute to read.",
    "{minutes} minutes to read.",
    "Read first: {pages}.",
    "Learning the topic takes {hours} (estimate).",
    "Learning the {topics} topics takes {hours} (estimate).",
    "Sections that have moved from this page",
    "Next",
    "Next step",
    "Answer aloud or on paper before you open the answer.",
    # The cards of rows, phases and topics.
    "You know",
    "You build",
    "You learn",
    "Where the analogy holds",
    "Where it breaks",
    "The outage that this causes",
    IN_SHORT,
    "In {phases}; {hours} (estimate).",
    "In {phases}; {hours} for the core topics (estimate).",
    "Goal:",
    "{phase} of the roadmap, {hours} (estimate).",
    "Builds on {topics}.",
    "Topics: {topics}.",
    "Build: {project}",
    "core topics and build included",
    "Of the total: {hours}.",
    "Repair",
    "These hours are part of the topics' hours.",
    "Go on when",
    "Lab: {labs}.",
    "Labs: {labs}.",
    "phase {number}",
    "Phase {number}",
    "{hours} hours, likely {likely}",
    "{weeks} week",
    "{weeks} weeks",
    "and",
    "Checked {day}.",
    # The list of symptoms.
    "Across all rows",
    "Why: {page}.",
    "What to do: {page}.",
    "Why, and what to do: {page}.",
    # Sheets to print.
    "What you can do after the row",
    "What you see, and the likeliest cause",
    # The map as a picture.
    "and {number} more",
    # Requests that an example printed.
    "{name} asks",
    "{name} gets",
    "right",
    "wrong",
    # The map and the topics of a row.
    "to learn: {gap}",
    "Phase {number}; {hours} (estimate).",
    "Phase {number}, in depth; {hours} (estimate).",
    # Figures in a sentence: with a number, or a number in words.
    "{months} months",
    "about {months} months",
    "{hours} hours a week",
    "{number} minute",
    "{number} minutes",
    "{least} to {most}",
    *NUMBERS,
    # The timeline.
    "months",
    "weeks",
    "week {number}",
    "weeks {first}–{last}",
    "Fastest path",
    "Slowest path",
    "{weeks} weeks, {months} months",
    "{months} months of focused learning, as the source article reports",
    "About {months} months: many people find a role, as the source article reports",
    "Counted at {hours} hours a week, {pace}. Weeks follow the article; hours are estimates of this handbook.",
    *SCRIPTS,
    # Under a figure.
    "The figure in words",
    # Above a translated page, and beside the title of a page that has a translation.
    "Translated on {day} from {page}.",
    "The original was changed after that day; where the two differ, it is right.",
    # Under an example.
    "{file} needs only Python. Run {make} in a {copy}, or take {all} along.",
    "{file} needs packages of 250 MB. Run {make} in a {copy}, which installs them once, or take {all} along.",
    "{file} needs only {needed}. Run {make} in a {copy}, or take {all} along.",
    "{file} needs {needed}, and the model's packages of 250 MB. Run {make} in a {copy}, which installs those once, or take {all} along.",
    "Language of the example",
    "The same program in each language: {files}.",
    "copy of the handbook",
    "all examples",
    "Output",
    # At a figure that moves.
    "Try this:",
    "Show me",
    "Again",
    "Step back",
    "Step forward",
    "Play",
    "Pause",
    "Back to the start",
    "Copy a link to this",
    "The link is copied.",
    "Copy the address of this page: it holds what you have set.",
    # Beside the title, and at the foot of each page (overrides/).
    "Copy this page as Markdown",
    "Source and issues",
    "Made with",
    "what is new",
    *NOT_FOUND,
)


def say(handbook: Handbook, phrase: str, **values: object) -> str:
    """One of PHRASES in the words of the data, filled in."""
    # On a translated page a phrase that it has no words for is marked as English.
    words = handbook.handbook.words
    return (words.get(phrase) or words.get("", "{}").replace("{}", phrase)).format(**values)


def hours(handbook: Handbook, value: HourRange) -> str:
    """'11–18 hours, likely 15'."""
    return say(handbook, "{hours} hours, likely {likely}", hours=span(value.min, value.max), likely=f"{value.likely:g}")


def weeks(handbook: Handbook, value: WeekRange) -> str:
    """'3–6 weeks'."""
    return say(handbook, "{weeks} week" if value.max == 1 else "{weeks} weeks", weeks=span(value.min, value.max))
