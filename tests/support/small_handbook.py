"""A small, valid handbook for tests: three rows would say nothing that one row does not, lists have three entries."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from macros.data.handbook import FILE_OF, Handbook
from macros.data.manuscript import Manuscript, manuscript
from macros.data.places import Parsed, Places
from macros.entities.labs import Elsewhere, LabFiles
from macros.entities.wrong_repairs import Listed, WrongRepair

CHECKED = datetime.date(2026, 1, 2)


def _topic(topic_id: str, phase: str, page: str, requires: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": topic_id,
        "title": topic_id.capitalize(),
        "skill": "queues",
        "phase": phase,
        "kind": "core",
        "hours": {"min": 10, "likely": 15, "max": 20},
        "requires": requires,
        "page": page,
        "outcome": f"Explain {topic_id}.",
    } | more


def _phase(number: int, topics: list[str], weeks: list[list[str]]) -> dict[str, Any]:
    return {
        "id": f"phase-{number}",
        "title": f"Stage {number}",
        "page": "phase.md",
        "weeks": {"min": 3, "max": 6},
        "aim": "Learn it.",
        "outcomes": [{"id": f"ask-{number}", "ask": f"Ask {number}", "outcome": "Explain it all.", "topics": topics}],
        "exit_check": "It runs.",
        "plan": [_week(week) for week in weeks],
        "behind": "Drop the second half.",
    }


def _week(topics: list[str]) -> dict[str, Any]:
    return {
        "title": "A week",
        "topics": topics,
        "project_hours": 2 if topics else 7,
        "read": "The page.",
        "do": "Run it.",
        "skip": "The rest.",
    }


def _project(number: int) -> dict[str, Any]:
    return {
        "id": f"build-{number}",
        "phase": f"phase-{number}",
        "title": f"Build {number}",
        "brief": "Build it.",
        "hours": {"min": 10, "likely": 15, "max": 20},
        "deliverables": ["A repository."],
        "rubric": [
            {"id": f"runs-{number}", "criterion": "It runs", "points": 12, "full": "At once.", "half": "Later."},
            {"id": f"tests-{number}", "criterion": "Tests", "points": 8, "full": "All.", "half": "Some."},
        ],
        "pass_points": 14,
    }


def _question(number: int) -> dict[str, Any]:
    return {
        "id": f"case-{number}",
        "skill": "queues",
        "topic": "alpha",
        "question": f"Which of *three* is number {number}?",
        "options": ["One", "Two | 2", "Three"],
        "right": number,
        "why": "Counting says so.",
    }


#: For a project that a machine can check, on the page row.md.
STAGED: dict[str, Any] = {
    "page": "row.md",
    "stages": [
        {
            "id": "first-step",
            "title": "The *first* step",
            "hours": {"min": 4, "likely": 6, "max": 8},
            "build": "`GET /`, and a | b.",
            "why": "Otherwise nothing answers.",
            "checks": [
                {
                    "id": "answers",
                    "title": "It answers.",
                    "does": "Asks *once*.",
                    "blind": "What it means.",
                    "proves": "runs-1",
                }
            ],
        }
    ],
}

_POINT = {"title": "A point", "show": "Show it."}

DATA: dict[str, Any] = {
    "handbook": {
        "title": "Fixture",
        "tagline": "Small.",
        "months": {"min": 1, "max": 3},
        "role_after_months": 2,
        "hours_per_week": 10,
        "pace": "an hour a day",
        "reviewed": CHECKED,
        "verbs": ["Explain", "Look"],
    },
    "strengths": [{"id": "patience", "title": "Patience", "meaning": "Waiting.", "in_ai": "Waiting longer."}],
    "skills": [
        {
            "id": "queues",
            "backend": "Queues | lists",
            "application": "Batches",
            "gap": "Tokens",
            "page": "row.md",
            "holds": "It waits.",
            "breaks": "It grows.",
            "outage": "It stops.",
        }
    ],
    "topics": [
        _topic("alpha", "phase-1", "row.md", []),
        _topic("beta", "phase-1", "row.md", ["alpha"]),
        _topic("gamma", "phase-2", "phase.md", ["beta"], skill=None, hours={"min": 20, "likely": 30, "max": 40}),
        _topic("delta", "phase-2", "phase.md", ["beta"], skill=None, kind="depth"),
    ],
    # 15 or 30 hours of topics over four weeks, with two hours of the project in each, and a week for the rest of it.
    "phases": [
        _phase(1, ["alpha", "beta"], [["alpha"], ["alpha"], ["beta"], ["beta"], []]),
        _phase(2, ["gamma"], [["gamma"], ["gamma"], ["gamma"], ["gamma"], []]),
    ],
    "projects": [_project(1), _project(2)],
    "labs": [
        {
            "id": "broken-queue",
            "title": "The queue that | forgets",
            "skill": "queues",
            "phase": "phase-1",
            "topics": ["alpha", "beta"],
            "page": "row.md",
            "hours": {"min": 2, "likely": 3, "max": 4},
            "story": "It *forgot* an order.",
            "hints": ["Look.", "Look *closer*.", "Write `commit()`."],
            "red": ["test_it_remembers"],
        }
    ],
    "specializations": [
        {"id": "area-depth", "title": "Depth", "habit": "digging", "trial": "two holes", "topics": ["delta"]}
    ],
    "assessment": [_question(1), _question(2), _question(3)],
    "challenges": [{"id": "haste", "title": "Haste", "happens": "Too fast.", "sign": "Errors.", "way_out": "Slower."}],
    "positioning": [_POINT | {"id": "words"}],
    "portfolio": [_POINT | {"id": "proof"}],
    "community": [{"id": "talk", "title": "Talk", "offer": "A place to ask.", "page": "index.md"}],
    "pages": [
        {
            "path": path,
            "title": title,
            "outcomes": ["Explain the page."],
            "before": before,
            "next": {"page": "index.md", "why": "Go home."},
        }
        for path, title, before in [
            ("index.md", "Home", []),
            ("row.md", "Row", ["index.md"]),
            ("phase.md", "Stages", ["index.md", "row.md"]),
            ("challenges.md", "Traps", []),
            ("career/positioning.md", "Words", []),
            ("career/portfolio.md", "Proof", []),
        ]
    ],
    "glossary": [
        {
            "id": "token",
            "term": "token",
            "definition": "A piece of text. A model reads and writes nothing else, so prices and limits are counted in it.",
            "topic": "alpha",
        },
        {
            "id": "pipe",
            "term": "a|b",
            "definition": 'One "or" two. The sign stands between two values of which one is enough, as in a pattern.',
            "topic": "beta",
        },
        {
            "id": "p99",
            "term": "p99",
            "definition": "The time within which 99 of 100 requests are answered. The slowest percent waits longer than that.",
            "topic": "gamma",
        },
    ],
    "symptoms": [
        {
            "id": "slow",
            "symptom": "It is *slow*",
            "skill": "queues",
            "because": "Something waits.",
            "explains": "row.md#alpha",
            "repairs": "phase.md#gamma",
        },
        {
            "id": "wrong",
            "symptom": "It is wrong",
            "skill": None,
            "because": "It is guessed.",
            "explains": "row.md#beta",
            "repairs": "row.md#beta",
        },
    ],
    "questions": [{"id": "why-wait", "page": "row.md", "question": "Why wait?", "answer": "Because `x | y`."}],
    "sources": [
        {
            "id": "paper",
            "label": "paper",
            "title": "A paper",
            "publisher": "A journal",
            "url": "https://example.org/paper",
            "published": "2025-02",
            "checked": CHECKED,
            "supports": "Waiting.",
        }
    ],
}

_FRAME = "{{ page_header() }}\n\n{{ page_footer() }}\n"

TEXTS: dict[str, str] = {
    "index.md": "# Home\n" + _FRAME + '\n{{ cite("paper") }} {{ term("token") }}\n',
    "row.md": "# Row\n"
    + _FRAME
    + '\n{{ skill_header("queues") }}\n\n## Alpha { #alpha }\n\n{{ topic("alpha") }}\n\n## Beta { #beta }\n\n{{ topic("beta") }}\n\n{{ self_check() }}\n',
    "phase.md": "# Stages\n"
    + _FRAME
    + '\n## Gamma { #gamma }\n\n{{ topic("gamma") }}\n\n## Delta { #delta }\n\n{{ topic("delta") }}\n'
    + "".join(
        f'\n{{{{ phase_summary("phase-{n}") }}}}\n\n{{{{ week_plan("phase-{n}") }}}}\n\n'
        f'## Build {{ #build-{n} }}\n\n{{{{ project("build-{n}") }}}}\n'
        for n in (1, 2)
    ),
    "challenges.md": "# Traps\n" + _FRAME + "\n## Haste { #haste }\n",
    "career/positioning.md": "# Words\n" + _FRAME + "\n## Words { #words }\n",
    "career/portfolio.md": "# Proof\n" + _FRAME + "\n## Proof { #proof }\n",
}


_PLACE = {"file": "service.py", "from": "commit()", "to": "None"}
_IN_TYPESCRIPT = _PLACE | {"file": "service.ts", "why": "It forgets.", "refused_by": "test_it_remembers"}
ELSEWHERE = Elsewhere(
    {"service.ts": "function take() {}\n"},
    {"service.ts": "function take() {\n  return commit();\n}\n"},
    Listed(
        [WrongRepair.model_validate(_IN_TYPESCRIPT | {"id": f"forgets-{number}"}) for number in range(5)],
        Parsed("docs/labs/broken-queue/wrong-ts.yml"),
    ),
)
LAB = LabFiles(
    {"service.py": "def take():\n    return None\n"},
    {"service.py": "def take():\n    return commit()\n"},
    {"test_it_remembers": "What was <paid> is kept.", "test_it_starts": "It starts."},
    Listed(
        [
            WrongRepair.model_validate(
                _PLACE | {"id": "forgets-late", "why": "It forgets *later*.", "undetectable": "No test waits."}
            ),
            WrongRepair.model_validate(
                _PLACE | {"id": "forgets", "why": "It forgets.", "refused_by": "test_it_remembers"}
            ),
        ],
        Parsed("docs/labs/broken-queue/wrong.yml"),
    ),
    {"ts": ELSEWHERE},
)


def data() -> dict[str, Any]:
    """A copy that a test may damage."""
    return copy.deepcopy(DATA)


def handbook(changed: dict[str, Any] | None = None) -> Handbook:
    return Handbook.model_validate(changed or data())


def places(changed: dict[str, Any]) -> Places:
    """The files of a handbook. Values carry no places here, so that a line more above does not change every message."""
    by_key = {key: Parsed(file, changed) for key, file in FILE_OF.items()}
    return Places(by_key, [Parsed(f"docs/{page['path']}", page) for page in changed["pages"]])


def pages(**changed: str) -> dict[str, Manuscript]:
    """The pages, with some texts replaced; names as Python identifiers: row__md for row.md."""
    texts = TEXTS | {name.replace("__", ".", 1): text for name, text in changed.items()}
    return {path: manuscript(path, text) for path, text in texts.items()}
