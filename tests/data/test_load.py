"""Bad input: one clear message each, in the grammar file:line:column path: value: rule: repair; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from macros.data.handbook import FILE_OF, KEYS, PARTS, Handbook
from macros.data.load import load
from macros.data.paths import DATA as SKILLS
from macros.data.paths import GLOSSARY, PAGE_SCHEMA
from macros.data.problems import DataError, Problem
from macros.entities.edition import Edition
from macros.entities.files import MODELS, SCHEMAS, as_json, schema_json
from support.sitebuild import ROOT
from support.small_handbook import DATA


class _Plain(yaml.SafeDumper):
    """Writes repeated values out: aliases are refused."""

    def ignore_aliases(self, data: object) -> bool:
        return True


GOOD = yaml.dump(DATA, Dumper=_Plain, sort_keys=False, allow_unicode=True)

#: name, what is done to the file's bytes, the one line that is printed
BAD_FILES: dict[str, tuple[bytes | str, str]] = {
    "empty": (b"", "d.yml:1:1: nothing: the file is empty: restore it: git checkout -- d.yml"),
    "only a comment": (b"# nothing here\n", "d.yml:1:1: nothing: the file is empty: restore it: git checkout -- d.yml"),
    "not utf-8": (b"handbook:\n  title: caf\xe9\n", "d.yml:2:13: 'byte 0xe9': is not UTF-8: save the file as UTF-8"),
    "another encoding": (
        "handbook:\n  title: x\n".encode("utf-16"),
        "d.yml:1:1: 'byte 0xff': is not UTF-8: save the file as UTF-8",
    ),
    "an unfinished merge": (
        b"handbook:\n<<<<<<< HEAD\n  title: x\n=======\n  title: y\n>>>>>>> other\n",
        "d.yml:6:1: '>>>>>>> other': is a mark of a merge that is not finished: keep one of the two versions, and delete "
        "the lines <<<<<<<, ======= and >>>>>>> around them",
    ),
    "a no-break space in front of a key": (
        b"handbook:\n \xc2\xa0title: x\n",
        "d.yml:2:2: 'character U+00A0': is no space to YAML: type a space instead",
    ),
    "a no-break space behind a key": (
        b"handbook:\n  title:\xc2\xa0x\n",
        "d.yml:2:9: 'character U+00A0': is no space to YAML: type a space instead",
    ),
    "a key without a space behind its colon": (
        b"handbook:\n  title:x\n  tagline: y\n",
        "d.yml:2:3: 'title:x': is not valid YAML (mapping values are not allowed in this context): "
        "put a space behind the colon",
    ),
    "a last key without a space behind its colon": (
        b"handbook:\n  tagline: y\n  title:x\n\nskills: []\n",
        "d.yml:3:3: 'title:x': is not valid YAML (could not find expected ':'): put a space behind the colon",
    ),
    "a missing comma": (
        b"handbook:\n  months: { min: 1 max: 2 }\n",
        "d.yml:2:23: 'months: { min: 1 max: 2 }': is not valid YAML (did not find expected ',' or '}'): "
        "put a comma between the parts of a line in brackets, and close the bracket",
    ),
    "a sign that YAML keeps for itself": (
        b"handbook:\n  title: @x\n",
        "d.yml:2:10: 'title: @x': is not valid YAML (found character that cannot start any token): "
        "put the whole text in quotes",
    ),
    "a comment that cuts a text": (
        GOOD.replace("title: Fixture", "title: Fixture # 1"),
        "d.yml:2:10 handbook.title: '# 1': is read as a comment, so the text ends in front of it: "
        "put the whole text in quotes; a comment has a line of its own",
    ),
    "typographic quotes": (
        GOOD.replace("title: Fixture", "title: “Fixture”"),
        "d.yml:2:10 handbook.title: '“Fixture”': is in quotes that YAML does not know: write straight quotes, or none",
    ),
    "tab": (b"handbook:\n\ttitle: x\n", "d.yml:2:1: 'tab': YAML indents with spaces: replace the tab by spaces"),
    "control character": (
        b"handbook:\n  title: a\x07b\n",
        "d.yml:2:11: 'character U+0007': is not allowed in YAML: delete it",
    ),
    "syntax": (
        b'handbook:\n  title: "open\n',
        "d.yml:3:1: nothing: is not valid YAML (found unexpected end of stream): "
        "check the indentation and quotes here and in the line above",
    ),
    "a colon in text": (
        b"handbook:\n  title: A table: what was paid\n",
        "d.yml:2:17: 'title: A table: what was paid': is not valid YAML (mapping values are not allowed in this context): "
        'put text that holds ": " in quotes, or begin it after >- on the next line, indented; '
        "else check the indentation and quotes here and in the line above",
    ),
    "two documents": (
        b"handbook: 1\n---\nhandbook: 2\n",
        "d.yml:2:1: '---': is not valid YAML (but found another document): "
        "check the indentation and quotes here and in the line above",
    ),
    "alias bomb": (
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + b"".join(b"d%d: [*c, *c]\n" % i for i in range(20)),
        "d.yml:2:8: '*a': aliases are not used in this file: write the value out",
    ),
    "deep nesting": (b"[" * 3000 + b"]" * 3000, "d.yml:1:21: nothing: is nested deeper than 20 levels: flatten it"),
    "a list at the top": (b"- a\n", "d.yml:1:1: 'a list': is not a mapping: write `key: value` lines"),
    "duplicate key": (
        GOOD.replace("  tagline: Small.", "  tagline: Small.\n  title: Again"),
        "d.yml:4:3 handbook.title: 'title': the key stands twice, first in line 2: keep one of the two",
    ),
    "unknown key": (
        GOOD.replace("  tagline: Small.", "  tagline: Small.\n  titel: Again"),
        "d.yml:4:3 handbook.titel: 'titel': is not a known key: use one of title, tagline, months, …, words "
        "(nearest: title)",
    ),
    "missing key": (
        GOOD.replace("  tagline: Small.\n", ""),
        "d.yml:2:3 handbook.tagline: nothing: is missing: add `tagline:`",
    ),
    "wrong type": (
        GOOD.replace("hours_per_week: 10", "hours_per_week: ten"),
        "d.yml:8:19 handbook.hours_per_week: 'ten': is not a whole number: write a number without quotes",
    ),
    "number as text": (
        GOOD.replace("  tagline: Small.", "  tagline: 12"),
        "d.yml:3:12 handbook.tagline: 12: is not text: write text; put quotes around numbers, dates, yes and no",
    ),
    "impossible date": (
        GOOD.replace("reviewed: 2026-01-02", "reviewed: 2026-02-30"),
        "d.yml:10:13 handbook.reviewed: '2026-02-30': is not a date of the calendar: "
        "correct it, or put it in quotes if it is text",
    ),
    "badly formed id": (
        GOOD.replace("- id: haste", "- id: Haste!"),
        "challenges[Haste!].id: 'Haste!': is not a well-formed id: "
        "use lower case letters, digits and single hyphens, a letter first",
    ),
    "path outside docs": (
        GOOD.replace("page: phase.md\n  outcome", "page: ../../secret.md\n  outcome"),
        "topics[gamma].page: '../../secret.md': is not a page path: write it as folder/page.md, lower case, below docs/",
    ),
    "script address": (
        GOOD.replace("https://example.org/paper", "javascript:alert(1)"),
        "sources[paper].url: 'javascript:alert(1)': is not an https address: "
        "write a whole address that begins with https://",
    ),
    "not a number": (
        GOOD.replace("min: 20\n", "min: .nan\n", 1),
        "topics[gamma].hours.min: nan: is not a finite number: write a number",
    ),
    "too large": (
        GOOD.replace("max: 40\n", "max: 4000\n", 1),
        "topics[gamma].hours.max: 4000: is too large: use 200 or less",
    ),
    "a number too long to read": (
        GOOD.replace("hours_per_week: 10", "hours_per_week: " + "9" * 5000),
        "handbook.hours_per_week: '" + "9" * 55,
    ),
    "null for text": (
        GOOD.replace("  tagline: Small.", "  tagline:"),
        "handbook.tagline: nothing: is not text: write text; put quotes around numbers, dates, yes and no",
    ),
    "empty list": (
        GOOD.replace("glossary:\n", "glossary: []\nglossary_old:\n"),
        "glossary: []: has too few entries: add at least 1",
    ),
    "another word": (
        GOOD.replace("kind: core", "kind: main", 1),
        "topics[alpha].kind: 'main': is not one of the allowed words: use 'core' or 'depth'",
    ),
}


def _problems(tmp_path: Path, content: bytes | str) -> list[str]:
    file = tmp_path / "d.yml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as error:
        load(file, "d.yml", Handbook)
    return [str(problem) for problem in error.value.problems]


def test_the_small_handbook_loads(tmp_path: Path) -> None:
    file = tmp_path / "d.yml"
    file.write_text(GOOD, encoding="utf-8")
    handbook, parsed = load(file, "d.yml", Handbook)
    assert [t.id for t in handbook.topics] == ["alpha", "beta", "gamma", "delta"]
    line, column = parsed.values["topics", 1, "id"]
    assert GOOD.splitlines()[line - 1][column - 1 :] == "beta"


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_input_gives_a_line_to_repair(name: str, tmp_path: Path) -> None:
    content, expected = BAD_FILES[name]
    printed = _problems(tmp_path, content)
    assert any(expected in line for line in printed), printed
    assert all(line.startswith("d.yml") for line in printed)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x\.yml: nothing: the file does not exist: restore it"):
        load(tmp_path / "x.yml", "x.yml", Handbook)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load(tmp_path, "docs/data", Handbook)


def test_all_problems_come_at_once_and_in_order(tmp_path: Path) -> None:
    text = GOOD.replace("title: Fixture", "title: 1").replace("kind: core", "kind: main").replace("id: paper", "id: P")
    printed = _problems(tmp_path, text)
    assert len(printed) == 5
    lines = [int(line.split(":")[1]) for line in printed]
    assert lines == sorted(lines)


def test_a_long_value_is_cut_on_one_line() -> None:
    line = str(Problem((), "word\n" * 100, "is long", "cut it", "f.yml", 1, 2))
    assert "\n" not in line
    assert line.startswith("f.yml:1:2: 'word word")
    assert len(line) < 100


def test_each_key_of_the_handbook_stands_in_one_file() -> None:
    assert list(FILE_OF) == [key for keys in KEYS.values() for key in keys]
    assert {*FILE_OF, "pages"} == set(Handbook.model_fields), "each page says its own"


def test_a_list_in_another_file_s_place_is_sent_there(tmp_path: Path) -> None:
    file = tmp_path / "d.yml"
    file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load(file, "d.yml", PARTS[SKILLS])
    lines = {problem.value: str(problem) for problem in error.value.problems}
    assert lines["glossary"].endswith(f" glossary: 'glossary': is not a known key: move it to {GLOSSARY}")
    assert lines["pages"].endswith(" pages: 'pages': is not a known key: move it to the front matter of each page")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_schema_beside_the_data_is_the_model_s(schema: str) -> None:
    stale = f"the schema is stale: run `make format` and commit {schema}"
    assert (ROOT / schema).read_text(encoding="utf-8") == schema_json(SCHEMAS[schema]), stale


@pytest.mark.parametrize("name", MODELS)
def test_the_data_names_its_schema_in_its_first_line(name: str) -> None:
    first = (ROOT / name).read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={Path(name).stem}.schema.json"


def test_a_second_validator_accepts_the_data_and_sees_the_same_faults(checked: Edition) -> None:
    published = json.loads(as_json(checked.handbook))
    parts = [{key: published[key] for key in keys} for keys in KEYS.values()]
    files = [*parts, *map(json.loads, map(as_json, (checked.radar, checked.history, checked.queries, checked.figures)))]
    for name, data in zip(MODELS, files, strict=True):
        schema = (ROOT / name.replace(".yml", ".schema.json")).read_text(encoding="utf-8")
        assert list(jsonschema.Draft202012Validator(json.loads(schema)).iter_errors(data)) == []
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / PAGE_SCHEMA).read_text(encoding="utf-8")))
    for page in checked.pages.values():
        assert list(validator.iter_errors(yaml.safe_load(page.front_matter))) == []
    validator = jsonschema.Draft202012Validator(json.loads(schema_json(Handbook)))
    assert list(validator.iter_errors(published)) == []
    published["topics"][0]["titel"] = "x"
    del published["skills"][0]["gap"]
    assert len(list(validator.iter_errors(published))) == 2
