"""Builds that must end: one planted fault each. And builds that must not differ."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from support.sitebuild import ROOT, build, copy_sources


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_sources(tmp_path / "project")


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\n[x](skills/index.md#no-such-anchor)\n", "no-such-anchor"),
        ("\n[x](no-such-page.md)\n", "no-such-page.md"),
        ("\n[x](/absolute.md)\n", "/absolute.md"),
    ],
    ids=["anchor", "page", "absolute"],
)
@pytest.mark.parametrize("frame", ["{}", "{{% raw %}}{}{{% endraw %}}"], ids=["plain", "past our own rules"])
def test_a_broken_link_ends_the_build(
    frame: str, text: str, named: str, project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Our rules do not read raw blocks; MkDocs reads everything.
    _append(project / "docs/index.md", frame.format(text))
    with pytest.raises(Abort):
        build(project, tmp_path / "site")
    assert named in caplog.text


def test_a_page_that_does_not_say_what_it_gives_ends_the_build(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (project / "docs/stray.md").write_text("# Stray\n", encoding="utf-8")
    with pytest.raises(Abort):
        build(project, tmp_path / "site")
    assert (
        "docs/stray.md:1:1 front matter: nothing: is missing: begin the file with lines like `---`, `description: "
        in caplog.text
    )


def test_a_missing_example_ends_the_build(project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = '\n```python\n--8<-- "examples/no_such_example.py"\n```\n'
    _append(project / "docs/index.md", text)
    with pytest.raises(Abort):
        build(project, tmp_path / "site")
    assert "snippet: 'examples/no_such_example.py': is not a file below docs/" in caplog.text


def test_a_missing_example_past_our_own_rules_ends_the_build(project: Path, tmp_path: Path) -> None:
    text = '\n{% raw %}\n```python\n--8<-- "examples/no_such_example.py"\n```\n{% endraw %}\n'
    _append(project / "docs/index.md", text)
    with pytest.raises(Exception, match="no_such_example"):
        build(project, tmp_path / "site")


def test_a_bad_datum_ends_the_build_and_leaves_the_old_site(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("the old site", encoding="utf-8")
    data = project / "docs/data/skills.yml"
    text = data.read_text(encoding="utf-8")
    data.write_text(text.replace("kind: core", "kind: cor", 1), encoding="utf-8")
    with pytest.raises(Abort):
        build(project, site)
    assert "docs/data/skills.yml:" in caplog.text
    assert "'cor': is not one of the allowed words" in caplog.text
    assert [f.name for f in site.iterdir()] == ["index.html"]
    assert (site / "index.html").read_text(encoding="utf-8") == "the old site"


def test_the_build_command_prints_a_line_and_no_traceback_for_bad_data(project: Path) -> None:
    data = project / "docs/data/skills.yml"
    data.write_text(data.read_text(encoding="utf-8").replace("phase: phase-1", "phase: phase-9", 1), encoding="utf-8")
    for command in (["mkdocs", "build", "--strict"], ["macros", "check"]):
        done = _run(project, command)
        assert done.returncode == 1
        assert (
            "'phase-9': is not a phase: use one of phase-1, phase-2, phase-3, phase-4 (nearest: phase-" in done.stderr
        )
        assert "Traceback" not in done.stderr + done.stdout
        assert not (project / "site").exists()


def test_check_data_names_what_is_left_to_write(project: Path) -> None:
    _run(project, ["macros", "new-term", "ID=left-over", "TERM=left over", "TOPIC=cost-control"])
    done = _run(project, ["macros", "check"])
    assert done.returncode == 0, "the handbook builds with it"
    assert re.search(
        r"^1 left to write, which make check will refuse:\n  docs/data/glossary\.yml:\d+: Write here: ",
        done.stdout,
        re.MULTILINE,
    )


@pytest.mark.parametrize("command", [["mkdocs", "build", "--strict"], ["macros", "check"]], ids=["build", "check"])
def test_problems_stand_beside_their_lines_in_a_pull_request(command: list[str], project: Path) -> None:
    _append(project / "docs/index.md", "\n[x](no-such-page.md)\n")
    line = (project / "docs/index.md").read_text(encoding="utf-8").count("\n")
    expected = (
        f"::error file=docs/index.md,line={line},col=5,title=link::'no-such-page.md': is not a file below docs/: use"
    )
    assert any(out.startswith(expected) for out in _run(project, command, GITHUB_ACTIONS="true").stdout.splitlines())
    assert "::error" not in _run(project, command, GITHUB_ACTIONS="").stdout


def test_the_command_builds_as_anybody_types_it(project: Path) -> None:
    """`python -m mkdocs` puts the project on the path of modules; the script `mkdocs` does not, and nor do we."""
    command = Path(sys.executable).with_name("mkdocs")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([command, "build"], cwd=project, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert (project / "site/files.sha256").is_file()


def test_make_build_keeps_the_old_site_when_a_build_fails(project: Path) -> None:
    shutil.copy(ROOT / "Makefile", project)
    (project / "site").mkdir()
    (project / "site/index.html").write_text("the old site", encoding="utf-8")
    _append(project / "docs/index.md", "\n[x](no-such-page.md)\n")
    # The environment of this run serves the copy; its stamps are marked as done.
    environment = Path(sys.prefix)
    stamp = {"SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run(
        ["make", "build", f"VENV={environment}", "-o", f"{environment}/site.stamp"],
        cwd=project, capture_output=True, text=True, env=os.environ | stamp,
    )  # fmt: skip
    assert done.returncode != 0
    assert "no-such-page.md" in done.stderr
    assert (project / "site/index.html").read_text(encoding="utf-8") == "the old site"


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """From two folders, in two time zones, with two hash seeds."""
    sites = []
    for name, zone, seed in (("one", "Pacific/Kiritimati", "1"), ("another-folder", "America/Adak", "2")):
        project = copy_sources(tmp_path / name)
        done = _run(project, ["mkdocs", "build", "--strict"], TZ=zone, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        sites.append(project / "site")
    assert _differences(*sites) == []
    assert sum(1 for _ in sites[0].rglob("*.html")) > 20


def _run(project: Path, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"SOURCE_DATE_EPOCH": "1763856000", "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project, capture_output=True, text=True, env=os.environ | settings | environment,
    )  # fmt: skip


def _differences(left: Path, right: Path) -> list[str]:
    files = {f.relative_to(base) for base in (left, right) for f in base.rglob("*") if f.is_file()}
    return [
        str(f)
        for f in sorted(files)
        if not (left / f).is_file() or not (right / f).is_file() or (left / f).read_bytes() != (right / f).read_bytes()
    ]
