"""What a public repository promises: workflows that cannot be misused, forms that work, files that are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.sitebuild import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "vendor.dependabot": [GITHUB / "dependabot.yml"],
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE/config.yml"],
    "vendor.github-issue-forms": [f for f in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) if f.stem != "config"],
}


def _module(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_for_github_have_the_shape_that_github_reads(schema: str) -> None:
    assert SCHEMAS[schema]
    done = _module("check_jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_have_no_known_holes() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", "--persona", "pedantic", "--no-progress", GITHUB], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings" in done.stdout + done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_gives_no_job_more_than_it_needs(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    triggers = workflow[True]  # YAML reads `on` as a truth value
    assert "pull_request_target" not in triggers
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 60, name
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
                assert re.search(re.escape(step["uses"]) + r" # v\d+\.\d+\.\d+$", text, re.MULTILINE), step["uses"]
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
            # Text from outside reaches a shell only through a variable.
            assert "${{" not in step.get("run", ""), step["name"]
        if "pull_request" in triggers and "if" not in job:
            assert "write" not in job["permissions"].values(), f"{name} runs for pull requests"


def test_one_script_of_each_workflow_is_what_people_run_too() -> None:
    for file in WORKFLOWS:
        for script in re.findall(r"bash (\.ci/[\w-]+)", file.read_text(encoding="utf-8")):
            assert os.access(ROOT / script, os.X_OK), script


# --- the scripts of the workflows ---


def _script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    return subprocess.run(
        ["bash", str(ROOT / ".ci" / name), *arguments],
        cwd=ROOT, capture_output=True, text=True, env=kept | environment, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "site"),
    [
        ({"GITHUB_REPOSITORY": "Owner/handbook"}, "https://owner.github.io/handbook/"),
        ({"GITHUB_REPOSITORY": "Owner/Owner.GitHub.io"}, "https://owner.github.io/"),
        ({"GITHUB_REPOSITORY": "o/r", "PAGES_URL": "https://docs.example.org"}, "https://docs.example.org/"),
        ({"GITHUB_REPOSITORY": "o/r", "PAGES_URL": "https://o.github.io/r/"}, "https://o.github.io/r/"),
    ],
    ids=["project", "user site", "custom domain", "from pages"],
)
def test_addresses_come_from_the_repository(environment: dict[str, str], site: str) -> None:
    done = _script("addresses", **environment)
    assert done.returncode == 0, done.stderr
    given = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert given["site_url"] == site
    assert given["repo_url"] == "https://github.com/" + environment["GITHUB_REPOSITORY"]
    assert given["edit_uri_template"] == given["repo_url"] + "/edit/main/docs/{path}"


def test_addresses_follow_the_branch_and_the_server() -> None:
    done = _script(
        "addresses", GITHUB_REPOSITORY="o/r", DEFAULT_BRANCH="trunk", GITHUB_SERVER_URL="https://git.example"
    )
    assert "edit_uri_template=https://git.example/o/r/edit/trunk/docs/{path}" in done.stdout
    lost = _script("addresses")
    assert lost.returncode != 0
    assert "GITHUB_REPOSITORY: is not set" in lost.stderr


def _site(folder: Path, pages: dict[str, str]) -> Path:
    for name, body in pages.items():
        file = folder / name / "index.html"
        file.parent.mkdir(parents=True)
        file.write_text(f'<html><body><article class="md-content__inner">{body}</article></body></html>', "utf-8")
    return folder


def test_the_summary_names_pages_and_the_rows_of_generated_tables(tmp_path: Path) -> None:
    table = "<h2>Hours</h2><table><tr><td>Topic</td><td>{}</td></tr></table>"
    old = _site(tmp_path / "old", {"": "<h1>Home</h1>", "gone": "<h1>Gone</h1>", "same": table.format(3)})
    new = _site(tmp_path / "new", {"": "<h1>Home, new</h1>", "came": "<h1>Came</h1>", "same": table.format(4)})
    done = subprocess.run(
        [sys.executable, ".ci/compare.py", str(old), str(new)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "- Added: `came/`\n- Removed: `gone/`\n- Changed: `/`, `same/`\n" in done.stdout
    assert "# same/\n-Hours: Topic | 3\n+Hours: Topic | 4\n" in done.stdout
    unbuilt = subprocess.run(
        [sys.executable, ".ci/compare.py", str(tmp_path), str(new)], cwd=ROOT, capture_output=True, text=True
    )
    assert unbuilt.returncode == 1
    assert "is not a built site: run make build first" in unbuilt.stderr


def _standing_issue(
    findings: dict[str, str], open_issue: str, tmp_path: Path, issues: str = "true"
) -> subprocess.CompletedProcess[str]:
    report = tmp_path / "report"
    report.mkdir()
    for name, text in ({"about": "Written each week."} | findings).items():
        (report / f"{name}.md").write_text(text, encoding="utf-8")
    # A stand-in for gh notes what it is asked and keeps the body.
    stand_in = tmp_path / "bin/gh"
    stand_in.parent.mkdir()
    stand_in.write_text(
        '#!/bin/bash\nshift_to=$2; [ "$1" = label ] && shift_to=label\n'
        f'echo "$shift_to ${{3:-}}" >> {tmp_path}/calls\n'
        f'[ "$2" = list ] && echo "{open_issue}"; [ "$2" = view ] && echo {issues}\n'
        f'while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cp "$2" {tmp_path}/body; shift; done; exit 0\n',
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    return _script("standing-issue", str(report), PATH=f"{stand_in.parent}:{os.environ['PATH']}", GH_REPO="o/r")


def test_a_fork_without_issues_is_told_where_to_switch_them_on(tmp_path: Path) -> None:
    done = _standing_issue({"links": "### Links"}, "", tmp_path, issues="false")
    assert done.returncode == 1
    assert "Settings, General, Features" in done.stdout
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["view", "o/r"]


def test_a_report_longer_than_an_issue_is_cut_between_lines_and_says_so(tmp_path: Path) -> None:
    done = _standing_issue({"links": "- https://example.org/ä\n" * 4000}, "7", tmp_path)
    assert done.returncode == 0, done.stderr
    body = (tmp_path / "body").read_text(encoding="utf-8")
    assert 50_000 < len(body) < 65_536
    assert body.endswith(
        "- https://example.org/ä\n\nAnd more: the artifact named report, kept with the run, has all of it.\n"
    )


@pytest.mark.parametrize(
    ("findings", "open_issue", "calls"),
    [
        ({}, "", ["view o/r", "label", "list"]),
        ({}, "7", ["view o/r", "label", "list", "close 7"]),
        ({"links": "### Links\n404"}, "", ["view o/r", "label", "list", "create"]),
        ({"links": "### Links\n404", "due": "### Due"}, "7", ["view o/r", "label", "list", "edit 7", "reopen 7"]),
    ],
    ids=["nothing", "nothing left", "first finding", "again"],
)
def test_one_standing_issue_is_opened_changed_and_closed(
    findings: dict[str, str], open_issue: str, calls: list[str], tmp_path: Path
) -> None:
    done = _standing_issue(findings, open_issue, tmp_path)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [call.split(" --")[0].removesuffix(" weekly").strip() for call in made] == calls
    if findings:
        body = (tmp_path / "body").read_text(encoding="utf-8")
        assert body.startswith("Written each week.")
        assert all(text in body for text in findings.values())


def test_promised_files_are_there_and_short_where_that_is_promised() -> None:
    for name in (
        "LICENSE", "LICENSE-CONTENT", "CODE_OF_CONDUCT.md", "SECURITY.md", "CONTRIBUTING.md",
        ".github/CODEOWNERS.example", ".devcontainer/devcontainer.json",
    ):  # fmt: skip
        assert (ROOT / name).is_file(), name
    template = (GITHUB / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    assert len(template.splitlines()) < 10


def test_the_dev_container_has_what_continuous_integration_installs() -> None:
    needed = set(re.findall(r"packages\+=\(([\w-]+)\)", (ROOT / ".ci/packages").read_text(encoding="utf-8")))
    assert len(needed) >= 3
    # An image made for Python has what makes an environment.
    needed -= {"python3-venv"}
    container = (ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    assert [name for name in sorted(needed) if f" {name} " not in container] == []


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout: the list of committed files is not known")
    foreign = re.compile(
        r"--(extra-)?index-url (https?|file):|/opt/pypi|/home/\w+/|/Users/\w+/|ghp_\w{20}|AKIA[0-9A-Z]{16}"
    )
    found = []
    for name in done.stdout.splitlines():
        file = ROOT / name
        if file.suffix in (".png", ".woff2") or not file.is_file() or file == Path(__file__):
            continue
        found += [f"{name}: {match[0]}" for match in foreign.finditer(file.read_text(encoding="utf-8"))]
    assert found == []
