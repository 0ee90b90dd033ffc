"""`make new-topic` and its like: a whole beginning in its place, every other byte as it was, or nothing at all."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from macros.__main__ import main
from macros.checked import load_checked
from macros.commands.drafts import PLACEHOLDER, DataList, Draft, placeholders
from macros.commands.new_topic import add_topic
from macros.commands.scaffold import scaffold
from macros.data.paths import DATA, GLOSSARY, QUESTIONS
from macros.data.problems import DataError
from macros.entities.edition import Edition
from macros.render.glossary import sort_key
from support.sitebuild import ROOT, build, copy_sources

# Topics and terms are written beside those of this handbook.
pytestmark = pytest.mark.this_handbook

TOPIC = ["ID=diffs-of-tests", "SKILL=microservice-architecture", "PHASE=phase-3"]
SKILL = [
    "ID=queues-of-tests", "BACKEND=Queues of tests", "APPLICATION=Batch inference", "GAP=Throughput planning",
    "TOPIC=throughput-of-tests", "PHASE=phase-2",
]  # fmt: skip
LAB = ["ID=lab-of-tests", "SKILL=api-design", "PHASE=phase-1", "TOPIC=structured-output"]
PAGE = ["PAGE=career/page-of-tests.md", "AFTER=career/portfolio.md"]
FIGURE = ["ID=figure-of-tests", "PAGE=docs/topics/workflows-and-agents.md"]
TERM = ["ID=ledger-of-tokens", "TERM=token ledgers of tests", "TOPIC=cost-control"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_sources(tmp_path / "project")


def _files(project: Path) -> dict[str, bytes]:
    folders = [project / "docs", project / "mkdocs.yml"]
    files = [f for folder in folders for f in ([folder] if folder.is_file() else folder.rglob("*")) if f.is_file()]
    return {f.relative_to(project).as_posix(): f.read_bytes() for f in files}


def _added(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, list[str]]:
    """The lines that came into each file; fails when one went."""
    assert before.keys() <= after.keys()
    added = {}
    for name in after:
        if before.get(name) == after[name]:
            continue
        old, new = (files.get(name, b"").decode().splitlines(keepends=True) for files in (before, after))
        lines = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
        assert not [line for line in lines if line[0] == "-"], f"{name} lost lines: {lines}"
        added[name] = [line[2:] for line in lines]
    return added


def test_a_placeholder_is_found_on_pages_and_in_the_data(project: Path) -> None:
    # One that is left is named by tests/site/test_site.py; here it would be a riddle.
    left = len(placeholders(project))
    scaffold(project, "new-topic", TOPIC)
    found = placeholders(project)
    assert {place.split(":")[0] for place in found} == {"docs/topics/diffs-of-tests.md", DATA, QUESTIONS}
    assert len(found) == left + 9


def test_a_topic_with_a_page_comes_into_four_places_and_changes_nothing_else(project: Path, tmp_path: Path) -> None:
    before = _files(project)
    said = scaffold(project, "new-topic", TOPIC)
    after = _files(project)
    added = _added(before, after)
    assert sorted(added) == [QUESTIONS, DATA, "docs/topics/diffs-of-tests.md", "mkdocs.yml"]
    assert added["mkdocs.yml"] == ["          - Diffs of tests: topics/diffs-of-tests.md\n"]
    checked = load_checked(project)
    handbook = checked.handbook
    phase_3 = [t.id for t in handbook.topics_of_phase("phase-3")]
    assert phase_3[-1] == "diffs-of-tests"
    paths = [p.path for p in handbook.pages]
    before_it = paths[paths.index("topics/diffs-of-tests.md") - 1]
    assert before_it in {topic.page for topic in handbook.topics_of_skill("microservice-architecture")}
    assert [q.id for q in handbook.questions if q.page == "topics/diffs-of-tests.md"] == ["diffs-of-tests-check"]
    # Everything that it said to edit is there.
    places = re.findall(r"^   (\S+):(\d+)$", said, re.MULTILINE)
    assert len(places) == 9
    for file, line in places:
        assert PLACEHOLDER in after[file].decode().splitlines()[int(line) - 1], f"{file}:{line}"
    build(project, tmp_path / "site")
    assert (tmp_path / "site/topics/diffs-of-tests/index.html").is_file()


#: command, words, the files that change or come
WRITTEN: dict[str, tuple[list[str], list[str]]] = {
    "new-skill": (SKILL, [QUESTIONS, DATA, "docs/examples/queues_of_tests.py", "docs/examples/queues_of_tests.txt",
        "docs/skills/queues-of-tests.md", "mkdocs.yml"]),
    "new-page": (PAGE, ["docs/career/page-of-tests.md", "docs/career/portfolio.md", QUESTIONS, "mkdocs.yml"]),
    "new-figure": (FIGURE, ["docs/diagrams/figure-of-tests.svg", "docs/topics/workflows-and-agents.md"]),
    "new-lab": (LAB, [QUESTIONS, DATA, "docs/labs/lab-of-tests.md", "docs/labs/lab-of-tests/solution/service.py",
        "docs/labs/lab-of-tests/starter/service.py", "docs/labs/lab-of-tests/tests/test_answers.py",
        "docs/labs/lab-of-tests/wrong.yml", "mkdocs.yml"]),
    "new-translation": (["PAGE=docs/challenges.md", "TO=nl"], ["docs/nl/challenges.md", "docs/nl/words.yml"]),
}  # fmt: skip


@pytest.mark.parametrize("command", WRITTEN)
def test_a_beginning_is_whole_and_every_step_that_is_left_is_listed(command: str, project: Path) -> None:
    words, files = WRITTEN[command]
    before, left = _files(project), placeholders(project)
    said = scaffold(project, command, words)
    after = _files(project)
    assert sorted(_added(before, after)) == files
    load_checked(project)
    places = re.findall(r"^   (\S+):(\d+)$", said, re.MULTILINE)
    listed = {place.split(": ")[0] for place in placeholders(project)}
    assert {f"{file}:{line}" for file, line in places} <= listed
    assert len(listed) == len(left) + len(places), "nothing is left that was not said"
    for file, line in places:
        assert PLACEHOLDER in after[file].decode().splitlines()[int(line) - 1], f"{file}:{line}"
    with pytest.raises(DataError, match=r"is already|is a page already|is a figure already|is translated already"):
        scaffold(project, command, words)
    assert _files(project) == after


def test_the_lab_that_was_written_can_be_played(project: Path) -> None:
    """Red as declared on the starter, green on the solution, and the wrong repair is refused."""
    scaffold(project, "new-lab", LAB)
    done = subprocess.run(
        [sys.executable, "docs/labs/kit/play.py", "test", "lab-of-tests"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "lab-of-tests: 1 of 2 red, then 2 green" in done.stdout, done.stdout + done.stderr
    assert "wrong repairs: 1 refused, 0 that no test can tell apart, 0 not refused" in done.stdout, done.stdout


def test_what_was_written_passes_the_tests_of_pages_and_style(project: Path) -> None:
    """The tests that a contributor runs, in a copy with a new topic, a new section and a new term."""
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".yamllint.yml"):
        shutil.copy(ROOT / name, project)
    before = _files(project)
    scaffold(project, "new-topic", TOPIC)
    scaffold(project, "new-topic", ["ID=a-section", *TOPIC[1:], "PAGE=docs/topics/workflows-and-agents.md"])
    scaffold(project, "new-term", TERM)
    for command, (words, _) in WRITTEN.items():
        scaffold(project, command, words)
    written = sorted(_added(before, _files(project)))
    pages, data, programs = ([name for name in written if name.endswith(end)] for end in (".md", ".yml", ".py"))
    assert (len(pages), len(data), len(programs)) == (7, 6, 4)

    def run(*command: str) -> str:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        command = (sys.executable, "-m", *command)
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment)
        return done.stdout + done.stderr if done.returncode else ""

    assert run("yamllint", "--strict", *data) == ""
    assert run("pymarkdown", "scan", *pages) == ""
    assert run("ruff", "check", *programs) == ""
    assert run("ruff", "format", "--check", *programs) == ""
    assert run("codespell_lib", *written) == ""
    placeholder = "tests/site/test_site.py::test_the_handbook_holds_no_placeholder"
    said = run(
        "pytest",
        "-n0",
        "-p",
        "no:cacheprovider",
        "tests/site/test_site.py",
        "tests/repository/test_brief.py",
        "tests/repository/test_examples.py::test_the_output_that_a_page_shows_is_what_the_example_prints[queues_of_tests]",
    )
    assert re.findall(r"^FAILED (\S+)", said, re.MULTILINE) == [placeholder], said[-3000:]


def test_a_section_stands_before_the_self_check(project: Path) -> None:
    before = _files(project)
    scaffold(project, "new-topic", [*TOPIC, "PAGE=topics/workflows-and-agents.md"])
    added = _added(before, _files(project))
    assert sorted(added) == [DATA, "docs/topics/workflows-and-agents.md"]
    text = (project / "docs/topics/workflows-and-agents.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[-2:] == ["Diffs of tests { #diffs-of-tests }", "Check yourself { #check-yourself }"]


def test_a_section_of_a_page_without_self_check_stands_before_the_footer(project: Path) -> None:
    scaffold(project, "new-topic", ["ID=x-y", "SKILL=null", "PHASE=phase-1", "PAGE=reference/topics.md"])
    text = (project / "docs/reference/topics.md").read_text(encoding="utf-8")
    assert text.index("## X y { #x-y }") < text.index("{{ page_footer() }}")
    assert load_checked(project).handbook.topic("x-y").skill is None


@pytest.mark.parametrize(
    "term",
    ["token ledgers of tests", "AA first of all", "zz last of all", 'cost of "retry|fallback" $5', "it's: # here", "yes", "2026-01-02", "ü | ß"],
)  # fmt: skip
def test_a_term_stands_in_the_alphabet_as_it_was_written(term: str, project: Path) -> None:
    before = _files(project)
    scaffold(project, "new-term", ["ID=ledger-of-tokens", f"TERM={term}", "TOPIC=cost-control"])
    added = _added(before, _files(project))
    assert list(added) == [GLOSSARY]
    assert len(added[GLOSSARY]) == 6, "five lines and a blank one"
    terms = [t.term for t in load_checked(project).handbook.glossary]
    place = terms.index(term)
    neighbors = [*terms[max(place - 1, 0) : place + 2]]
    assert neighbors == sorted(neighbors, key=sort_key)


def test_make_hands_over_what_was_typed(project: Path) -> None:
    """Quotes, dollars and pipes reach the data; the TERM of the terminal does not."""
    shutil.copy(ROOT / "Makefile", project)
    term = 'isn\'t "a|b" $5 `x`; echo $(HOME)'

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        fixed = ["-s", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/site.stamp"]
        return subprocess.run(
            ["make", *fixed, *words], cwd=project, capture_output=True, text=True, env=os.environ | {"TERM": "xterm"}
        )

    before = _files(project)
    done = make("new-term", "ID=ledger-of-tokens", "TOPIC=cost-control")
    assert done.returncode != 0
    assert "new-term TERM: nothing: is missing: write make new-term ID=… TERM=… TOPIC=…" in done.stderr
    assert _files(project) == before
    done = make("new-term", "ID=ledger-of-tokens", f"TERM={term}", "TOPIC=cost-control")
    assert done.returncode == 0, done.stderr
    assert term in [t.term for t in load_checked(project).handbook.glossary]
    done = make("new-topic", *TOPIC)
    assert done.returncode == 0, done.stderr
    assert "docs/topics/diffs-of-tests.md:2" in done.stdout


#: command, words, every line that is answered
REFUSED: dict[str, tuple[str, list[str], list[str]]] = {
    "form of the id": ("new-topic", ["ID=Prompt_Diffs", *TOPIC[1:]], ["new-topic ID: 'Prompt_Diffs': is not a well-formed id: use at most 60 "]),
    "id taken": ("new-topic", ["ID=supply-chain", *TOPIC[1:]], ["new-topic ID: 'supply-chain': is already an id, or a former id, in topics: choose another id",
        "new-topic ID: 'supply-chain': is the name of a page, docs/topics/supply-chain.md: "]),
    "id of another list": ("new-topic", ["ID=phase-1", *TOPIC[1:]], ["new-topic ID: 'phase-1': is already an id, or a former id, in phases: "]),
    "anchor taken": ("new-topic", ["ID=check-yourself", *TOPIC[1:]], [":31:22 id: 'check-yourself': is an anchor twice on this page: "]),
    "unknown names": ("new-topic", ["ID=x-y", "SKILL=load-balance", "PHASE=phase-9", "PAGE=skills/agents.md"], [
        "new-topic PAGE: 'skills/agents.md': is not a page below docs/: use one of ", "new-topic PHASE: 'phase-9': is not a phase: use one of phase-1, ",
        "new-topic SKILL: 'load-balance': is not a skill: use one of api-design, "]),
    "page outside": ("new-topic", [*TOPIC, "PAGE=../../secret.md"], ["new-topic PAGE: '../../secret.md': is not a page below docs/: "]),
    "across all rows": ("new-topic", ["ID=x-y", "SKILL=null", "PHASE=phase-1"], ["new-topic PAGE: nothing: is missing for a topic across all rows: "]),
    "words": ("new-topic", ["ID=a", "ID=b", "TERM=x", "stray", "PHASE="], [
        "new-topic: 'TERM=x': is not a word", "new-topic: 'stray': is not a word of this command: write make new-topic ID=… SKILL=… PHASE=… [PAGE=…]",
        "new-topic ID: 'b': is said twice: ", "new-topic PHASE: nothing: is missing: ", "new-topic SKILL: nothing: is missing: "]),
    "page taken as a row": ("new-skill", ["ID=index", *SKILL[1:4], "TOPIC=evaluation", "PHASE=phase-9"], [
        "new-skill ID: 'skills/index.md': is a page already: choose another name",
        "new-skill PHASE: 'phase-9': is not a phase: use one of ", "new-skill TOPIC: 'evaluation': is already an id, or a former id, in topics: "]),
    "row and topic with one id": ("new-skill", ["ID=x-y", *SKILL[1:4], "TOPIC=x-y", "PHASE=phase-1"], ["new-skill TOPIC: 'x-y': is the id of the row already: "]),
    "markup in a row": ("new-skill", ["ID=x-y", "BACKEND=<b>x</b>", *SKILL[2:]], ["new-skill BACKEND: '<b>x</b>': is markup; "]),
    "path of a page": ("new-page", ["PAGE=career/My page.md", "AFTER=career/gone.md"], [
        "new-page AFTER: 'career/gone.md': is not a page below docs/: use one of ", "new-page PAGE: 'career/My page.md': is not a page path: write it as folder/page.md"]),
    "id of a figure": ("new-figure", ["ID=My figure", "PAGE=gone.md"], ["new-figure ID: 'My figure': is not a well-formed id: ", "new-figure PAGE: 'gone.md': is not a page"]),
    "lab": ("new-lab", ["ID=typed-answers", "SKILL=x", "PHASE=phase-0", "TOPIC=y"], [
        "new-lab ID: 'labs/typed-answers.md': is a page already", "new-lab ID: 'typed-answers': is already an id, or a former id, in labs: ",
        "new-lab PHASE: 'phase-0': is not a phase: ", "new-lab SKILL: 'x': is not a skill: ", "new-lab TOPIC: 'y': is not a topic: "]),
    "translation": ("new-translation", ["PAGE=challenge.md", "TO=topics"], [
        "new-translation PAGE: 'challenge.md': is not a page below docs/: ", "new-translation TO: 'topics': is not the code of a language: write two letters"]),
    "term there": ("new-term", ["ID=x", "TERM=Token budget", "TOPIC=cost-control"], ["new-term TERM: 'Token budget': is in the glossary as token-budget: change that entry"]),
    "term id": ("new-term", ["ID=token", *TERM[1:]], ["new-term ID: 'token': is already an id, or a former id, in glossary: "]),
    "term and topic": ("new-term", ["ID=x", "TERM=a `b", "TOPIC=cost-controll"], [
        "new-term TERM: 'a `b': has a backtick without its pair: ", "new-term TOPIC: 'cost-controll': is not a topic: use one of "]),
    "markup": ("new-term", ["ID=x", "TERM=<b>x</b>", "TOPIC=cost-control"], ["new-term TERM: '<b>x</b>': is markup; "]),
    "line break": ("new-term", ["ID=x", "TERM=a\nb", "TOPIC=cost-control"], ["new-term TERM: 'a b': is not one line of text: "]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_words_that_cannot_be_meant_are_answered_and_write_nothing(name: str, project: Path) -> None:
    command, words, expected = REFUSED[name]
    before = _files(project)
    with pytest.raises(DataError) as error:
        scaffold(project, command, words)
    head, *lines = str(error.value).splitlines()
    assert head.startswith(f"{len(expected)} problem") and head.endswith("nothing was written.")
    for line, part in zip(lines, expected, strict=True):
        assert part in line
    assert _files(project) == before


def test_a_topic_does_not_take_the_place_of_a_page(project: Path) -> None:
    scaffold(project, "new-page", ["PAGE=topics/diffs-of-tests.md", "AFTER=topics/prompts-as-code.md"])
    before = _files(project)
    with pytest.raises(DataError, match="new-topic ID: 'diffs-of-tests': is the name of a page, docs/topics/diffs-of"):
        scaffold(project, "new-topic", TOPIC)
    assert _files(project) == before


def test_a_broken_handbook_is_repaired_first(project: Path) -> None:
    file = project / DATA
    file.write_text(file.read_text(encoding="utf-8").replace("phase: phase-1", "phase: phase-9", 1), encoding="utf-8")
    before = _files(project)
    with pytest.raises(DataError, match="problems in the handbook as it is; nothing was written before it is in order"):
        scaffold(project, "new-term", TERM)
    assert _files(project) == before


def test_a_disk_that_refuses_one_file_keeps_the_others_as_they_were(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _files(project)
    write = Path.write_bytes
    written: list[str] = []

    def full(file: Path, content: bytes) -> int:
        if file.is_relative_to(project):
            written.append(file.name)
            if file.name == "mkdocs.yml":
                raise OSError(28, "No space left on device")
        return write(file, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match=r"mkdocs\.yml: nothing: cannot be written \(No space left on device\)"):
        scaffold(project, "new-topic", TOPIC)
    assert len(written) > 2, "others were written before, and back"
    assert _files(project) == before


@pytest.mark.parametrize("command", [("new-topic", TOPIC), ("new-term", TERM)], ids=["topic", "term"])
def test_line_ends_and_byte_order_mark_stay(command: tuple[str, list[str]], project: Path) -> None:
    data = (DATA, GLOSSARY, QUESTIONS)
    for name in (*data, "mkdocs.yml"):
        file = project / name
        mark = b"\xef\xbb\xbf" if name in data else b""
        file.write_bytes(mark + file.read_bytes().replace(b"\n", b"\r\n"))
    before = _files(project)
    scaffold(project, *command)
    after = _files(project)
    written = [name for name in _added(before, after) if name in data]
    assert written
    for name in written:
        assert re.search(rb"[^\r]\n", after[name]) is None
        assert after[name].startswith(b"\xef\xbb\xbf#")


def test_a_comment_in_front_of_the_next_entry_stays_with_it(project: Path) -> None:
    file = project / GLOSSARY
    text = file.read_text(encoding="utf-8")
    first = "  - id: tokenizer\n"
    assert first in text
    text = text.replace(first, "  # About the next entry.\n" + first)
    file.write_text(text, encoding="utf-8")
    scaffold(project, "new-term", TERM)
    assert "    topic: cost-control\n\n  # About the next entry.\n  - id: tokenizer\n" in file.read_text(
        encoding="utf-8"
    )


def test_text_that_looks_like_a_comment_is_text(project: Path) -> None:
    file = project / GLOSSARY
    text = file.read_text(encoding="utf-8")
    budget = re.search(r"  - id: token-budget\n(?:    .*\n)+", text)
    assert budget
    folded = "  - id: token-budget\n    term: token budget\n    topic: cost-control\n    definition: >-\n      A sum of tokens for each tenant and day, that is counted before a call and refused above.\n      # not a comment\n"
    file.write_text(text.replace(budget[0], folded), encoding="utf-8")
    scaffold(project, "new-term", ["ID=budget-of-tests", "TERM=token budget 0", "TOPIC=cost-control"])
    assert folded + "\n  - id: budget-of-tests\n" in file.read_text(encoding="utf-8")
    assert "# not a comment" in next(
        t.definition for t in load_checked(project).handbook.glossary if t.id == "token-budget"
    )


def test_a_list_on_one_line_is_not_guessed_at(project: Path) -> None:
    file = project / GLOSSARY
    text = file.read_text(encoding="utf-8")
    start = text.index("glossary:\n")
    import json

    terms = [t.model_dump(exclude_defaults=True) for t in load_checked(project).handbook.glossary]
    file.write_text(f"{text[:start]}glossary: {json.dumps(terms)}\n", encoding="utf-8")
    before = _files(project)
    with pytest.raises(
        DataError, match="glossary: nothing: is written in a form that cannot be extended: write each entry"
    ):
        scaffold(project, "new-term", TERM)
    assert _files(project) == before


def test_the_first_topic_of_a_phase_follows_those_before_it(checked: Edition, tmp_path: Path) -> None:
    file = tmp_path / DATA
    file.parent.mkdir(parents=True)
    entry = "  - id: {0}\n    phase: {1}\n"
    file.write_text(
        "topics:\n" + entry.format("a", "phase-1") + "\n  # Phase 3\n" + entry.format("c", "phase-3"), encoding="utf-8"
    )
    draft = Draft(tmp_path)
    add_topic(
        DataList(draft, "topics"), checked.handbook, checked.handbook.phase("phase-2"), {"id": "b", "phase": "phase-2"}
    )
    assert draft.finished()[DATA] == (
        "topics:\n" + entry.format("a", "phase-1") + "\n  # Phase 2\n" + entry.format("b", "phase-2")
        + "\n  # Phase 3\n" + entry.format("c", "phase-3")
    )  # fmt: skip


def test_an_example_is_refused_or_says_what_it_needs(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, said in (
        (["NAME=bounded_retry"], "\n"),
        (["NAME=hybrid_search"], "labs.stamp\n"),
        (["NAME=hybrid_serch"], "(nearest: hybrid_search)"),
        (["NAME=local_models"], "is no example"),
        (["NAME=local_postgres"], "is no example"),
        (["NAME=tenant_plans"], "labs.stamp\n"),
        ([], "example NAME: nothing: is no example"),
        (["NAME=bounded_retry", "IN=py"], "\n"),
        (["NAME=bounded_retry", "IN=rust"], "'rust': is no language of bounded_retry: use one of py, ts, go, java"),
        (["NAME=hybrid_search", "IN=go"], "'go': is no language of hybrid_search"),
        (["NAME=bounded_retry", "IN=java", "GSON=no.jar"], "\n"),
        (
            ["NAME=tool_loop", "IN=java", "GSON=no.jar"],
            "example GSON: 'no.jar': is no file, and the example needs Gson",
        ),
        (["NAME=bounded_retry", "IN="], "example IN: nothing: is no language of bounded_retry"),
    ):
        code = main(["example", *words])
        printed = capfd.readouterr()
        assert (printed.out == said, code) == (True, 0) if code == 0 else said in printed.err, words
        assert (code == 0) == (said in ("\n", "labs.stamp\n")), words
    monkeypatch.setenv("PATH", "")
    assert main(["example", "NAME=bounded_retry", "IN=go"]) == 1
    repair = "'go': needs go, which is not on this machine: install it with: sudo apt-get install golang-go (or your"
    assert repair in capfd.readouterr().err
