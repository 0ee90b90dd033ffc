"""What contributors do, on a copy of the handbook: each change ends in a correct site, or in problems that name what is
left to do. The tests do only what the messages say, and then build."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.commands.scaffold import scaffold
from macros.data.handbook import FILE_OF
from macros.data.paths import DATA, GLOSSARY
from macros.data.problems import DataError
from macros.render.text import in_words
from support.htmlpages import BuiltPage, broken_links, built_pages
from support.serving import SUBPATH
from support.sitebuild import ROOT, build, copy_sources

# They edit entries of this handbook, and read what its guides say.
pytestmark = pytest.mark.this_handbook

NAV = "mkdocs.yml"
#: What parts the lists of the data file.
RULE = "# " + "-" * 105


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_sources(tmp_path / "project")


def problems(project: Path) -> list[str]:
    """What `make check-data` says, a problem a line, without the places."""
    try:
        load_checked(project)
    except DataError as error:
        return [re.sub(r"^(\S+?):\d+:\d+", r"\1", str(problem)) for problem in error.problems]
    return []


def edit(project: Path, file: str, old: str, new: str) -> None:
    """Replace what stands once in a file."""
    text = (project / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {old!r} stands {text.count(old)} times"
    (project / file).write_text(text.replace(old, new), encoding="utf-8")


def before(project: Path, file: str, line: str, new: str) -> None:
    edit(project, file, line, new + line)


def at_end(project: Path, list_name: str, new: str) -> None:
    """Write entries at the end of a list of the data, whichever list follows."""
    file = project / FILE_OF[list_name]
    text = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n"
    end = text.find(f"\n{RULE}\n", text.index(f"\n{list_name}:\n")) + 1 or len(text)
    file.write_text((text[:end] + new + text[end:]).rstrip("\n") + "\n", encoding="utf-8")


def built(project: Path) -> dict[str, BuiltPage]:
    """The pages of a strict build, all of whose links lead somewhere."""
    site = project / "site"
    # Snippets are looked for where the build is started.
    with contextlib.chdir(project):
        build(project, site, site_url=f"https://owner.example{SUBPATH}")
    pages = built_pages(site)
    assert [f"{p.path}: {link}" for p in pages.values() for link in broken_links(p, pages, site, SUBPATH)] == []
    return pages


def rows(page: BuiltPage, css_class: str) -> list[str]:
    """The first cell of each row of the tables with a class."""
    found = page.article.find_class(css_class)
    return [
        " ".join(row.find("td").text_content().split()) for e in found for row in e.iter("tr") if len(row.findall("td"))
    ]


def ids_in_order(page: BuiltPage) -> list[str]:
    return page.article.xpath(".//@id")


# --- a seventh row of the skill map

ROW = """\
  - id: queues-of-tests
    backend: Queues of tests
    application: Batch inference
    gap: Throughput planning
    page: skills/queues-of-tests.md
    holds: Work waits where it can be counted.
    breaks: A message no longer costs what the next one costs.
    outage: One long document holds up a thousand short ones.

"""
ROW_TOPIC = """\
  - id: throughput-of-tests
    title: Planning the throughput of a batch
    skill: queues-of-tests
    phase: phase-2
    kind: depth
    hours: { min: 1, likely: 2, max: 3 }
    requires: [tokens-and-sampling]
    page: skills/queues-of-tests.md
    outcome: Calculate when a batch will be done, and what one more worker changes.

"""
ROW_QUESTION = """\
  - id: question-of-tests-{number}
    skill: queues-of-tests
    topic: throughput-of-tests
    question: Ten workers take an hour for a batch. When do twenty finish?
    options: [After half an hour, "It depends on the limits, too", After an hour]
    right: {number}
    why: The provider's limits may be what bounds it.
"""
ROW_PAGE = """\
---
description: How message queues become batch inference, with the sum that says when a batch is done and what one more worker changes.
outcomes:
  - Calculate when a batch will be done.
before: [skills/api-design/index.md]
next:
  page: roadmap/index.md
  why: See when it is needed.
---

# From message queues to batch inference

{{ page_header() }}

{{ skill_header("queues-of-tests") }}

A queue of ten thousand documents has been waiting since noon.

{{ page_footer() }}
"""


def test_a_seventh_row_with_a_page(project: Path) -> None:
    at_end(project, "skills", ROW)
    questions, gap, page = problems(project)
    assert questions == (
        f"{DATA} skills[queues-of-tests].id: 'queues-of-tests': has 0 questions in assessment, not 3: add or remove questions there"
    )
    assert page.startswith(
        f"{DATA} skills[queues-of-tests].page: 'skills/queues-of-tests.md': is not a page below docs/: use one of "
    )
    assert page.endswith(
        "; or, for a new page, add a line under `nav` in mkdocs.yml, and docs/skills/queues-of-tests.md with outcomes, "
        "before and next between two lines `---`, its title as heading, {{ page_header() }} and {{ page_footer() }}, "
        '{{ skill_header("queues-of-tests") }}'
    )
    assert gap == (
        f"{DATA} skills[queues-of-tests].gap: 'Throughput planning': has no topic in any phase: "
        "add a topic with skill: queues-of-tests"
    )

    before(project, DATA, "  # Phase 3\n", ROW_TOPIC)
    at_end(project, "assessment", "".join(ROW_QUESTION.format(number=n) for n in (1, 2, 3)))
    before(project, NAV, "  - Roadmap:\n", "      - Queues of tests: skills/queues-of-tests.md\n")
    (project / "docs/skills/queues-of-tests.md").write_text(ROW_PAGE, encoding="utf-8")
    assert problems(project) == [
        f"{DATA} topics[throughput-of-tests].id: 'throughput-of-tests': has no heading on docs/skills/queues-of-tests.md: "
        "add a heading that ends in { #throughput-of-tests } there",
        f"{DATA} topics[throughput-of-tests].id: 'throughput-of-tests': is not introduced on docs/skills/queues-of-tests.md: "
        'add {{ topic("throughput-of-tests") }} under its heading there',
    ]

    section = '## Planning the throughput of a batch { #throughput-of-tests }\n\n{{ topic("throughput-of-tests") }}\n\n'
    before(project, "docs/skills/queues-of-tests.md", "{{ page_footer() }}\n", section)
    pages = built(project)
    count = 1 + len(load_checked(ROOT).handbook.skills)
    assert len(rows(pages["skills/index.html"], "skills-table")) == count
    assert rows(pages["skills/index.html"], "skills-table")[-1] == "Queues of tests"
    assert len(pages["index.html"].article.xpath(".//*[@class='skill-map']//li")) == count
    assert f"Each of the {in_words(count)} skills" in pages["index.html"].text()
    assert "row-queues-of-tests" in pages["reference/topics/index.html"].ids
    bridge = pages["skills/queues-of-tests/index.html"].article.find_class("bridge")[0].text_content()
    assert "You learn Throughput planning" in bridge
    assert "In phase 2; 1–3 hours, likely 2 (estimate)." in bridge, "a row of depth topics shows their hours"


def test_a_seventh_row_by_the_command(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row, topic, page, example, questions and navigation at once; only words are left to write."""
    before = {file: file.read_bytes() for file in [*(project / "docs").rglob("*.*"), project / NAV] if file.is_file()}
    scaffold(project, "new-skill", [
        "ID=queues-of-tests", "BACKEND=Queues of tests", "APPLICATION=Batch inference", "GAP=Throughput planning",
        "TOPIC=throughput-of-tests", "PHASE=phase-2",
    ])  # fmt: skip
    after = {file: file.read_bytes() for file in [*(project / "docs").rglob("*.*"), project / NAV] if file.is_file()}
    touched = sorted(file.relative_to(project).as_posix() for file in after if before.get(file) != after[file])
    assert touched == [
        DATA.replace("skills.yml", "questions.yml"), DATA, "docs/examples/queues_of_tests.py",
        "docs/examples/queues_of_tests.txt", "docs/skills/queues-of-tests.md", NAV,
    ]  # fmt: skip
    assert problems(project) == []
    # Snippets are looked for below the folder in which a build is started.
    monkeypatch.chdir(project)
    pages = built(project)
    assert rows(pages["skills/index.html"], "skills-table")[-1] == "Queues of tests"
    assert "3 documents, 600 words" in pages["skills/queues-of-tests/index.html"].text()
    scaffold(project, "new-topic", ["ID=more-of-tests", "SKILL=queues-of-tests", "PHASE=phase-2"])
    assert problems(project) == []


# --- a topic, by the command; then in the weekly plan


def test_a_topic_by_the_command_and_then_in_the_plan(project: Path) -> None:
    said = scaffold(project, "new-topic", ["ID=request-budgets", "SKILL=api-design", "PHASE=phase-1"])
    assert "docs/topics/request-budgets.md:2" in said
    assert problems(project) == []
    pages = built(project)
    page = pages["topics/request-budgets/index.html"]
    assert "request-budgets" in page.ids
    assert "Request budgets" in rows(pages["reference/topics/index.html"], "topic-table")
    assert page.tree.xpath("//nav[contains(@class, 'md-nav')]//a[normalize-space() = 'Request budgets']")
    week_three = "Search by meaning, and a choice you can defend"
    assert "Request budgets" not in pages["roadmap/phase-1/index.html"].article.find_class("weeks")[0].text_content()

    # What it said about core topics.
    text = (project / DATA).read_text(encoding="utf-8")
    entry = re.search(r"  - id: request-budgets\n(?:    .*\n)+", text)
    assert entry
    edit(project, DATA, entry[0], entry[0].replace("kind: depth", "kind: core"))
    assert problems(project) == [
        f"{DATA} topics[request-budgets].id: 'request-budgets': is in no outcome of phase-1: "
        "add it to `topics` of one of core-terms, basic-model-types, design-differences, guided-implementations",
        f"{DATA} phases[phase-1].plan: 'request-budgets': stands in no week of the plan: add it to `topics` of a week",
    ]
    edit(
        project,
        DATA,
        "topics: [tokens-and-sampling, model-api-calls, embeddings]",
        "topics: [tokens-and-sampling, model-api-calls, embeddings, request-budgets]",
    )
    edit(
        project,
        DATA,
        f"{week_three}\n        topics: [embeddings,",
        f"{week_three}\n        topics: [request-budgets, embeddings,",
    )
    weeks = built(project)["roadmap/phase-1/index.html"].article.find_class("weeks")[0]
    assert "Request budgets" in weeks.text_content()


# --- new ids


def test_a_renamed_topic_keeps_its_old_address(project: Path) -> None:
    edit(
        project,
        "docs/career/positioning.md",
        "../topics/tool-permissions.md",
        "../topics/model-context-protocol.md#model-context-protocol",
    )
    edit(
        project,
        DATA,
        "  - id: model-context-protocol\n",
        "  - id: tool-protocol\n    renamed_from: [model-context-protocol]\n",
    )
    found = problems(project)
    assert [line for line in found if "it has a new id: write tool-protocol" not in line] == [
        f"{DATA} topics[tool-protocol].id: 'tool-protocol': has no heading on docs/topics/model-context-protocol.md: "
        "write { #tool-protocol } in place of { #model-context-protocol } there",
        f"{DATA} topics[tool-protocol].id: 'tool-protocol': is not introduced on docs/topics/model-context-protocol.md: "
        'add {{ topic("tool-protocol") }} under its heading there',
        "docs/topics/model-context-protocol.md id: 'model-context-protocol': is no heading",
    ][:2]
    renamed = {line.split(":")[0] for line in found if "it has a new id" in line}
    assert renamed == {
        f"{DATA} topics[multi-agent-systems].requires[1]",
        f"{DATA} phases[phase-3].outcomes[production-project].topics[3]",
        f"{DATA} phases[phase-3].plan[2].topics[3]",
        f"{GLOSSARY} glossary[mcp].topic",
        f"{DATA} labs[trusting-server].topics[0]",
        "docs/topics/model-context-protocol.md topic()",
    }

    # Each of these places, and nothing else: links on other pages stay as they are.
    for name in (DATA, GLOSSARY):
        text = (project / name).read_text(encoding="utf-8")
        text = re.sub(r"(?<!renamed_from: \[)(?<!topics/)\bmodel-context-protocol\b", "tool-protocol", text)
        (project / name).write_text(text, encoding="utf-8")
    edit(project, "docs/topics/model-context-protocol.md", "{ #model-context-protocol }", "{ #tool-protocol }")
    edit(project, "docs/topics/model-context-protocol.md", 'topic("model-context-protocol")', 'topic("tool-protocol")')
    pages = built(project)
    ids = ids_in_order(pages["topics/model-context-protocol/index.html"])
    assert {"tool-protocol", "model-context-protocol"} <= set(ids), "the old id stands at the topic's card"
    assert any(
        link.endswith("model-context-protocol/#model-context-protocol")
        for link in pages["career/positioning/index.html"].article.xpath(".//a/@href")
    )


def test_other_renamed_entries_keep_their_old_addresses(project: Path) -> None:
    """A term, a source, a question, an outcome, a project, a row and a challenge."""
    new = {
        "glossary": ("token-budget", "budget-of-tokens"),
        "sources": ("a2a-docs", "agent-to-agent-docs"),
        "questions": ("how-to-use-old-price", "how-to-use-price-of-last-year"),
        "outcomes": ("core-terms", "terms-to-know"),
        "projects": ("showcase-project", "showcase"),
        "challenges": ("over-engineering", "too-much-architecture"),
    }
    new["projects"] = ("showcase-project", "showcase-build")
    for name, (old, renamed) in new.items():
        file = FILE_OF.get(name, DATA)
        # The keys of an entry stand two columns right of its hyphen.
        (space,) = re.findall(rf"^( *)- id: {old}$", (project / file).read_text(encoding="utf-8"), re.MULTILINE)
        edit(project, file, f"- id: {old}\n", f"- id: {renamed}\n{space}  renamed_from: [{old}]\n")
    found = problems(project)
    assert f"{DATA} challenges[too-much-architecture].renamed_from[0]: " not in "".join(found), (
        "its heading still carries the old id"
    )
    for line in found:
        match = re.search(
            r"it has a new id: write ([\w-]+)$|write \{ #([\w-]+) \} in place of \{ #([\w-]+) \} there$|^docs|is not introduced|twice",
            line,
        )
        assert match, line
    # What checks a project stands in a folder of its name.
    old, renamed = new["projects"]
    (project / "docs/projects" / old).rename(project / "docs/projects" / renamed)
    edit(
        project,
        f"docs/projects/{renamed}/project.json",
        f'"id": "{old}",\n  "renamed_from": []',
        f'"id": "{renamed}",\n  "renamed_from": [\n    "{old}"\n  ]',
    )
    for file in (project / "docs").rglob("*.md"):
        page = file.read_text(encoding="utf-8").replace(f"{old}/", f"{renamed}/")
        for old_id, new_id in new.values():
            page = re.sub(rf'(\b(?:term|cite|project|project_rubric)\("){old_id}"', rf'\1{new_id}"', page)
            page = page.replace(f"{{ #{old_id} }}", f"{{ #{new_id} }}")
        file.write_text(page, encoding="utf-8")
    (left,) = [line for line in problems(project) if "#" not in line.split(": ")[1]]
    assert left == (
        f"{DATA} challenges[too-much-architecture].renamed_from[0]: 'over-engineering': is no anchor on "
        'docs/challenges.md any more: write <span id="over-engineering"></span> in front of the words of the heading '
        "{ #too-much-architecture } there"
    )
    edit(
        project,
        "docs/challenges.md",
        "## Over-engineering {",
        '## <span id="over-engineering"></span>Over-engineering {',
    )
    pages = built(project)
    where = {
        "glossary": "reference/glossary", "sources": "reference/sources", "questions": "start/how-to-use",
        "outcomes": "roadmap/phase-1", "projects": "roadmap/phase-4", "challenges": "challenges",
    }  # fmt: skip
    for name, (old, renamed) in new.items():
        ids = ids_in_order(pages[f"{where[name]}/index.html"])
        assert ids.count(old) == ids.count(renamed) == 1, name
        assert 0 < ids.index(old) - ids.index(renamed) <= 2, name


# --- a topic goes


def test_a_topic_that_others_need_goes_when_every_place_that_names_it_has_changed(project: Path) -> None:
    text = (project / DATA).read_text(encoding="utf-8")
    entry = re.search(r"  - id: hybrid-search\n    title(?:.*\n)+?\n", text)
    assert entry
    edit(project, DATA, entry[0], "")
    found = problems(project)
    named = {line.split(":")[0] for line in found if "'hybrid-search': is not a topic" in line}
    assert named == {
        f"{DATA} topics[rag-patterns].requires[0]",
        f"{DATA} topics[reranking-and-query-rewriting].requires[0]",
        f"{DATA} phases[phase-2].outcomes[architecture-patterns].topics[3]",
        f"{DATA} phases[phase-2].plan[1].topics[0]",
        f"{DATA} labs[leaking-cache].topics[1]",
        *(f"{GLOSSARY} glossary[{t.id}].topic" for t in load_checked(ROOT).handbook.glossary if t.topic == "hybrid-search"),
    }  # fmt: skip
    assert all("or remove it here" in line for line in found if "requires" in line)
    (hours,) = [line for line in found if "hours of core topics" in line]
    assert "46–68 hours" in hours and "inside 48–72 hours" in hours
    (call,) = [line for line in found if line.startswith("docs/topics/hybrid-search.md topic(): 'hybrid-search'")]
    assert call.endswith("or remove the call")
    (published,) = [line for line in found if line.startswith("docs/data/ids.txt")]
    assert "'hybrid-search': was published, and nothing has this id now: " in published
    assert published.endswith("or delete this line if it has ended for good")
    assert any("'13–22 weeks': does not lie inside 3–6 months" in line for line in found), "with the phase's new weeks"
    assert len(found) == len(named) + 4, "nothing else is said"

    text = (project / GLOSSARY).read_text(encoding="utf-8")
    text = re.sub(r"topic: hybrid-search", "topic: rag-patterns", text)
    (project / GLOSSARY).write_text(text, encoding="utf-8")
    text = (project / DATA).read_text(encoding="utf-8")
    text = re.sub(r"(\[)hybrid-search(?:, )?|, hybrid-search", r"\1", text).replace("          - hybrid-search\n", "")
    (project / DATA).write_text(text, encoding="utf-8")
    edit(project, DATA, "hours: { min: 3, likely: 4, max: 5 }\n    requires: [model-api-calls]\n    page: topics/rag-patterns.md",
         "hours: { min: 5, likely: 7, max: 9 }\n    requires: [model-api-calls]\n    page: topics/rag-patterns.md")  # fmt: skip
    edit(project, "docs/topics/hybrid-search.md", '{{ topic("hybrid-search") }}\n\n', "")
    edit(project, "docs/data/ids.txt", "handbook/hybrid-search\n", "")
    assert problems(project) == []
    pages = built(project)
    assert "Hybrid search" not in " ".join(rows(pages["reference/topics/index.html"], "topic-table"))


# --- a fifth phase

PHASE = """\
  - id: phase-5
    title: Teaching Others
    page: roadmap/phase-5.md
    weeks: { min: 2, max: 3 }
    aim: Pass on what holds.
    outcomes:
      - id: teach-a-colleague
        ask: Teach one colleague
        outcome: Explain one topic so that a colleague repeats it.
        topics: [teaching]
    exit_check: A colleague has repeated one build without you.
    plan:
      - title: Prepare
        topics: [teaching]
        project_hours: 0
        read: Your own notes.
        do: Write the outline.
        skip: Slides.
      - title: Teach
        topics: [teaching]
        project_hours: 4
        read: Your own notes.
        do: Teach it.
        skip: Slides.
      - title: Let go
        topics: []
        project_hours: 11
        read: The colleague's change.
        do: Answer questions only.
        skip: Doing it yourself.
    behind: Teach one person instead of three.

"""
PHASE_TOPIC = """\
  - id: teaching
    title: Teaching a colleague
    skill: null
    phase: phase-5
    kind: core
    hours: { min: 12, likely: 18, max: 20 }
    requires: [decision-records]
    page: roadmap/phase-5.md
    outcome: Explain one decision so that a colleague can defend it.

"""
PHASE_PROJECT = """\
  - id: taught-build
    phase: phase-5
    title: A build by somebody else
    brief: A colleague builds what you built in phase 1.
    hours: { min: 12, likely: 15, max: 16 }
    deliverables: [The colleague's repository.]
    rubric:
      - { id: taught-runs, criterion: It runs, points: 20, full: Without you., half: With you. }
    pass_points: 12

"""
PHASE_PAGE = """\
---
description: The fifth phase, in which a colleague repeats a build of yours, with its weeks, its hours, its build and the check that ends it.
outcomes:
  - Explain one decision so that somebody else can defend it.
before: [roadmap/phase-4.md]
next:
  page: career/positioning.md
  why: Put it into words.
---

# Phase 5: Teaching Others

{{ page_header() }}

{{ phase_summary("phase-5") }}

{{ week_plan("phase-5") }}

## Teaching a colleague { #teaching }

{{ topic("teaching") }}

## Build { #taught-build }

{{ project("taught-build") }}

{{ page_footer() }}
"""


def test_a_fifth_phase(project: Path) -> None:
    at_end(project, "phases", PHASE)
    found = problems(project)
    steps = {line.split(":")[0].removeprefix(f"{DATA} phases[phase-5]"): line for line in found}
    assert steps[".id"].endswith("has no project: add one under `projects`")
    assert (
        "add a line under `nav` in mkdocs.yml, and docs/roadmap/phase-5.md with outcomes, before and next"
        in steps[".page"]
    )
    assert '{{ phase_summary("phase-5") }} and {{ week_plan("phase-5") }}' in steps[".page"]
    assert "'teaching': is not a topic" in steps[".outcomes[teach-a-colleague].topics[0]"]
    assert "does not lie inside 24–36 hours" in steps[".weeks"]

    at_end(project, "topics", PHASE_TOPIC)
    at_end(project, "projects", PHASE_PROJECT)
    before(project, NAV, "      - Your plan: ", '      - "Phase 5: Teaching": roadmap/phase-5.md\n')
    (project / "docs/roadmap/phase-5.md").write_text(PHASE_PAGE, encoding="utf-8")
    assert problems(project) == []
    pages = built(project)
    timeline = pages["roadmap/index.html"].article.find_class("timeline")[0]
    phases = load_checked(ROOT).handbook.phases
    assert len(timeline.findall(".//ol/li")) == len(phases) + 1
    last = sum(phase.weeks.max for phase in phases)
    assert f"weeks {last + 1}–{last + 3}" in timeline.text_content(), "the slowest path goes on behind the last phase"
    assert rows(pages["roadmap/index.html"], "phases-table")[-2:] == ["Phase 5: Teaching Others", "All phases"]
    assert "taught-build" in pages["roadmap/phase-5/index.html"].ids
    assert f"{in_words(len(phases) + 1)} phases" in pages["start/how-to-use/index.html"].text()
    assert "ticks-phase-5" in pages["roadmap/progress/index.html"].ids


# --- a term that HTML and Markdown would read as marks


def test_a_term_with_a_pipe_and_a_quote(project: Path) -> None:
    scaffold(project, "new-term", ["ID=either-or", 'TERM=either|or, "both"', "TOPIC=structured-output"])
    assert problems(project) == []
    before(project, "docs/skills/api-design/index.md", "You've built JSON APIs for years.", '{{ term("either-or") }}. ')
    pages = built(project)
    heading = pages["reference/glossary/index.html"].article.xpath(".//h3[@id='either-or']")[0]
    assert heading.text_content().strip() == 'either|or, "both"'
    link = pages["skills/api-design/index.html"].article.get_element_by_id("def-either-or")
    assert link.text_content() == link.get("data-term") == 'either|or, "both"'


# --- what the pages for contributors say

FIRST = "docs/contribute/first-pull-request.md"
GUIDES = ["README.md", "CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md"]
GUIDES += sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "docs/contribute").glob("*.md"))


def guide(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str, command: str) -> list[list[str]]:
    """The words of each line of a page that begins with `make command`."""
    return [shlex.split(line, comments=True)[1:] for line in re.findall(rf"^ *(make {command} .*)$", guide(name), re.M)]


def without_what_ages(message: str) -> str:
    """A message without line numbers and without the list of names: each change of the data moves them."""
    message = re.sub(r"(\.yml):\d+:\d+ ", r"\1 ", message)
    return re.sub(r"use one of [^()]*\(", "use one of … (", message)


@pytest.mark.parametrize("name", GUIDES)
def test_a_command_on_a_page_for_contributors_exists(name: str) -> None:
    known = re.findall(r"^([a-z-]+):.*##", guide("Makefile"), re.M)
    named = re.findall(r"`make ([a-z-]+)|^ *make ([a-z-]+)[^a-z\n]* {2,}#|^ *make ([a-z-]+) \w+=", guide(name), re.M)
    assert {word for words in named for word in words if word} <= set(known)


def test_the_code_guide_names_every_room_and_no_file_that_is_gone() -> None:
    text = guide("docs/contribute/code-guide.md")
    tree = re.search(r"```text\n(.*?)```", text, re.S)[1]
    named = re.findall(r"^  (\w+)(/?) ", tree, re.M)
    rooms = {(folder.name, "/") for folder in (ROOT / "macros").glob("*/") if (folder / "__init__.py").exists()}
    joints = {(file.stem, "") for file in (ROOT / "macros").glob("[a-z]*.py")}
    assert set(named) == rooms | joints
    folders = ("macros", "tests", "docs/figures", "docs/labs/kit", "docs/projects/kit")
    files = {file.name for folder in folders for file in (ROOT / folder).rglob("*.py")} | {"hooks.py"}
    assert set(re.findall(r"\b\w+\.py\b", text)) <= files


def test_the_first_pull_request_goes_as_its_page_says(project: Path) -> None:
    # Who has followed the page up to `make check` has the term already.
    text = (project / GLOSSARY).read_text(encoding="utf-8")
    (project / GLOSSARY).write_text(re.sub(r"  - id: token-ledger\n(?:    .*\n)+\n", "", text), encoding="utf-8")

    (words,) = commands(FIRST, "new-term")
    assert commands("README.md", "new-term") == commands("CONTRIBUTING.md", "new-term") == [words]
    said = scaffold(project, words[0], words[1:])
    line = int(re.search(rf"{GLOSSARY}:(\d+)", said)[1])
    lines = (project / GLOSSARY).read_text(encoding="utf-8").splitlines()
    shown = re.search(r"^    ```yaml\n((?:    .*\n)+?)    ```", guide(FIRST), re.M)[1]
    entry = re.sub(r"^    ", "", shown, flags=re.M)
    assert [*lines[line - 4 : line - 1], lines[line]] == [*entry.splitlines()[:3], entry.splitlines()[-1]], (
        "the page shows the entry that the command wrote, with a definition"
    )
    written = "".join(f"{text}\n" for text in lines[line - 4 : line + 1])
    edit(project, GLOSSARY, written, entry)
    assert problems(project) == []

    edit(project, GLOSSARY, entry, entry.replace("topic: cost-control\n", "topic: cost-controll\n"))
    text = (project / DATA).read_text(encoding="utf-8")
    topic = re.search(r"  - id: hybrid-search\n    title(?:.*\n)+?\n", text)[0]
    edit(project, DATA, topic, re.sub(r"(requires: \[.*)vector-indexes", r"\1vector-index", topic))
    with pytest.raises(DataError) as refused:
        load_checked(project)
    message = re.search(r"^```text\n((?:.*\n)+?)```", guide(FIRST), re.M)[1]
    assert without_what_ages(message) == without_what_ages(f"{refused.value}\n")
    shown = re.search(r"^```text\n(.*)\n```", guide("README.md"), re.M)[1]
    assert without_what_ages(shown) in without_what_ages(message).splitlines()


def test_the_other_commands_of_that_page_write_what_it_says(project: Path) -> None:
    with_a_page, with_a_section = commands(FIRST, "new-topic")
    for words, ident in ((with_a_page, "first-of-tests"), (with_a_section, "second-of-tests")):
        assert words[1].startswith("ID=")
        scaffold(project, words[0], [f"ID={ident}", *words[2:]])
    for command in ("new-skill", "new-page", "new-figure", "new-lab"):
        (words,) = commands(FIRST, command)
        scaffold(project, words[0], words[1:])
    assert problems(project) == []
    assert (project / "docs/topics/first-of-tests.md").is_file()
    assert not (project / "docs/topics/second-of-tests.md").exists()
