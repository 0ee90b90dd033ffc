"""Style and spelling: what a reviewer should not have to say. `make lint` runs these alone."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.sitebuild import ROOT

#: Each tool with its arguments; settings and switched-off rules, with reasons, are in pyproject.toml and .yamllint.yml.
TOOLS = {
    "formatting": ["ruff", "format", "--check", "--quiet", "."],
    "python": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "yaml": ["yamllint", "--strict", "."],
    "markdown": ["pymarkdown", "scan", "--recurse", "docs", ".github", "README.md", "CONTRIBUTING.md", "SECURITY.md"],
    "spelling": ["codespell_lib"],
}
#: Our scripts. Prettier formats them (`make format`); its width is in .prettierrc.yml, and this is the same.
SCRIPTS = sorted(file for folder in ("docs", "macros") for file in (ROOT / folder).rglob("*.js"))
PRETTIER = ROOT / "tests/format/node_modules/.bin/prettier"
WIDTH = 120
REPAIR = "mend what is named above; `make format` mends Python and scripts, `make lint` looks again"

#: Blocks that readers paste into a terminal.
PASTED = re.compile(r"^( *)(`{3,}|~{3,}) ?(?:sh|shell|bash|zsh|console)\b[^\n]*\n(.*?)^ *\2", re.MULTILINE | re.DOTALL)
#: What goes wrong there, with its repair. zsh, the shell of a Mac, reads # and unmatched patterns in its own way.
TRAPS = {
    r"(?:^|\s)#.*": "zsh takes a comment for words of the command: say it in the text around the block",
    r"^[$>%] .*": "a prompt is pasted with the command: leave it out",
    r"[\u2018\u2019\u201c\u201d].*": "a shell knows straight quotes only: write ' or \"",
    r"[^\s'\"]*[\[?*!][^\s'\"]*(?=\s|$)": "zsh looks for files of that pattern: put the word between ' and '",
    r"^source .*|^export .*": "not every shell knows it: call the program by its path, or set the variable before the command",
}


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, env=environment, timeout=120
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_style(tool: str) -> None:
    if tool == "spelling" and "\n  language: en\n" not in (ROOT / "mkdocs.yml").read_text(encoding="utf-8"):
        pytest.skip("the list of misspelled words is English, and the language in mkdocs.yml is another")
    done = _run(*TOOLS[tool])
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{REPAIR}"


def test_scripts_are_no_wider_than_python() -> None:
    wide = [
        f"{file.relative_to(ROOT)}:{number}: {len(line)} characters"
        for file in SCRIPTS
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDTH
    ]
    assert wide == [], f"at most {WIDTH} characters; `make format` wraps code, but neither comments nor text"


def test_scripts_are_formatted() -> None:
    if not PRETTIER.exists():
        reason = "prettier is not installed; with Node and npm, install it with: make formatter"
        if os.environ.get("CI") and shutil.which("npm"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run([PRETTIER, "--check", *SCRIPTS], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stderr}\n{REPAIR}"


def test_no_text_of_a_script_holds_backticks_within_backticks() -> None:
    """macros/site/assets.py would take the inner text for code when it drops the layout."""
    nested = []
    for file in SCRIPTS:
        # A set of characters in a pattern may hold a backtick too.
        script = re.sub(r"/\[.*?]/", "", file.read_text(encoding="utf-8"))
        texts = re.findall(r"`[^`]*`", script)
        nested += [f"{file.relative_to(ROOT)}: {text}" for text in texts if text.count("${") != text.count("}")]
    assert nested == [], "join the parts with +"


def test_a_switched_off_rule_says_why() -> None:
    for name in (".yamllint.yml", "pyproject.toml", ".github/lychee.toml"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for before, line in itertools.pairwise(lines):
            switched_off = "enabled = false" in line or ": disable" in line or line.startswith("  '")
            assert not switched_off or before.strip().startswith("#"), f"{name}: {line.strip()}"


def test_hooks_run_what_the_tests_run() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert "repo: http" not in hooks, "a hook from elsewhere needs a network, and has another version than CI"
    for module in (
        "ruff format",
        "ruff check",
        "mypy",
        "yamllint --strict",
        "pymarkdown scan",
        "codespell_lib",
        "macros check",
    ):
        assert f".venv/bin/python -m {module}" in hooks, module


def test_pictures_and_fonts_are_not_text_with_a_wrong_name() -> None:
    for file in (ROOT / "docs/assets").rglob("*.png"):
        assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", file
    assert [f.name for f in Path(ROOT / "docs").rglob("*.woff2") if f.read_bytes()[:4] != b"wOF2"] == []


def traps(text: str) -> list[tuple[int, str, str]]:
    """Lines of a text that a terminal misunderstands when they are pasted: line, value and repair."""
    found = []
    for block in PASTED.finditer(text):
        first = text.count("\n", 0, block.start(3)) + 1
        for number, line in enumerate(block[3].splitlines(), first):
            found += [
                (number, hit[0].strip(), why) for trap, why in TRAPS.items() if (hit := re.search(trap, line.strip()))
            ]
    return found


def test_commands_to_paste_work_in_every_shell() -> None:
    files = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    files += [file for folder in ("docs", ".github") for file in (ROOT / folder).rglob("*.md")]
    found = [
        f"{file.relative_to(ROOT)}:{line}: {value!r}: does not survive a paste: {why}"
        for file in sorted(files)
        for line, value, why in traps(file.read_text(encoding="utf-8"))
    ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "make labs   # once",
        "# first",
        "$ make",
        "make new-term TERM=“a”",
        "pip install httpx[socks]",
        "ls *.md",
        "source .venv/bin/activate",
    ],
)
def test_a_command_that_a_shell_misunderstands_is_found(line: str) -> None:
    assert [
        (number, value in line) for number, value, _ in traps(f"Text\n\n1. Do:\n\n    ```bash\n    {line}\n    ```\n")
    ] == [(6, True)]
    assert traps(f"```text\n{line}\n```\n```shell\nmake lab NAME=x 'y[z]' \"a?\"\ncd a && b --c d.e\n```\n") == []
