"""The languages that a lab's service can be in besides Python: what they need, build and start, and how they say where
something went wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runs import KIT, Told

#: Java's own library has no JSON. Debian and Ubuntu put the one that the labs take there; elsewhere, GSON= names the file.
GSON = Path(os.environ.get("GSON") or "/usr/share/java/gson.jar").absolute()

#: Ready sooner: what Java's second compiler gains, a program that lives for a minute never sees.
QUICK_START = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
QUICK_COMPILER = ["-proc:none", *(f"-J{option}" for option in QUICK_START)]


@dataclass(frozen=True)
class Language:
    """How a service is made to run.

    Attributes:
        ending: of its folders, and what IN= calls it.
        name: as people say it.
        main: the file that every service in it has.
        tools: programs and files that it takes, each with Debian's package that brings it.
        build: the command for a folder of sources, and the folder where it writes what can be started.
        start: the command for that folder. The service listens on the port that PORT names.
        refusal: a line of the compiler's with file, line number and reason.
        frame: a line of a stack, which begins with the innermost call, with file and line number.
        raised: a line that says what was raised.
    """

    ending: str
    name: str
    main: str
    tools: Mapping[str, str]
    build: Callable[[Path, Path], list[str]]
    start: Callable[[Path], list[str]]
    refusal: str
    frame: str
    raised: str


_ALL = (
    Language(
        ending="ts",
        name="TypeScript",
        main="service.ts",
        tools={"tsc": "node-typescript", "node": "nodejs"},
        build=lambda source, built: ["tsc", "-p", str(source), "--outDir", str(built), "--pretty", "false"],
        start=lambda built: ["node", "--enable-source-maps", str(built / "service.js")],
        refusal=r"(?P<file>[^\s(]+\.ts)\((?P<line>\d+),\d+\): error TS\d+: (?P<why>.+)",
        frame=r"^ +at .*?(?P<file>[^\s(/]+\.ts):(?P<line>\d+):\d+",
        raised=r"^(?:Uncaught )?(\w*Error\b.*)",
    ),
    Language(
        ending="java",
        name="Java",
        main="Service.java",
        tools={"javac": "default-jdk-headless", "java": "default-jdk-headless", str(GSON): "libgoogle-gson-java"},
        build=lambda source, built: [
            "javac", *QUICK_COMPILER, "-cp", str(GSON), "-d", str(built), *(str(file) for file in sorted(source.glob("*.java"))),
        ],
        start=lambda built: ["java", *QUICK_START, "-cp", f"{GSON}{os.pathsep}{built}", "Service"],
        refusal=r"(?P<file>\S+\.java):(?P<line>\d+): error: (?P<why>.+)",
        frame=r"^\s+at .*\((?P<file>\w+\.java):(?P<line>\d+)\)",
        raised=r'^(?:Exception in thread "[^"]*" |Caused by: )?((?:\w+\.)*\w+(?:Exception|Error)\b.*)',
    ),
)  # fmt: skip
LANGUAGES = {language.ending: language for language in _ALL}


def language_of(folder: Path) -> Language | None:
    """The language of the service in a folder; None for Python."""
    return next((language for language in LANGUAGES.values() if (folder / language.main).is_file()), None)


def kit_files(language: Language) -> list[Path]:
    """What the kit adds to each service in a language: the model's client, and the parts of a web framework."""
    return sorted((KIT / language.ending).iterdir())


def missing(language: Language) -> str:
    """What has to be installed first, in one sentence; empty when everything is there."""
    gone = {
        tool: package
        for tool, package in language.tools.items()
        if not (Path(tool).is_file() if os.sep in tool else shutil.which(tool))
    }
    if not gone:
        return ""
    packages = " ".join(dict.fromkeys(gone.values()))
    elsewhere = (
        ", or take gson.jar from Maven Central and say where it is, with GSON=gson.jar" if str(GSON) in gone else ""
    )
    return (
        f"{language.name}: needs {' and '.join(gone)}, which this machine doesn't have: "
        f"install with: sudo apt-get install {packages}{elsewhere}"
    )


def build(language: Language, source: Path, built: Path) -> None:
    """Compile a service. Raises Told with the first line that the compiler refuses."""
    built.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        language.build(source, built), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    said = (done.stdout + done.stderr).strip()
    refused = list(re.finditer(language.refusal, said))
    if not refused:
        raise Told(f"the service does not compile: {said[-500:]}")
    first, more = refused[0], len(refused) - 1
    others = f", and {more} more {'error' if more == 1 else 'errors'}" if more else ""
    raise Told(
        f"the service does not compile: {Path(first['file']).name}:{first['line']}: {first['why'].strip()}{others}"
    )


def place_in(language: Language, said: str, folder: Path) -> str:
    """The innermost line of a reader's own files in the last stack of a log, as service.ts:12; empty without one."""
    own = {file.name for file in folder.iterdir()} - {file.name for file in kit_files(language)}
    stack: list[str] = []
    above: re.Match[str] | None = None
    for line in said.splitlines():
        frame = re.match(language.frame, line)
        if frame and not above:
            stack = []
        if frame and frame["file"] in own:
            stack.append(f"{frame['file']}:{frame['line']}")
        above = frame
    return stack[0] if stack else ""


def raised_in(language: Language, said: str) -> str:
    """What was raised last, as the log says it; its last line when it says none."""
    found = re.findall(language.raised, said, re.MULTILINE)
    return (found or said.splitlines()[-1:] or [""])[-1]


def computed(process: int) -> float:
    """Seconds that a process has computed; 0 where nobody can be asked."""
    try:
        said = subprocess.run(["ps", "-o", "time=", "-p", str(process)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return 0
    # As 00:01:07, or 1:07.25 on macOS.
    minutes, _, seconds = said.stdout.strip().rpartition(":")
    return float(seconds or 0) + 60 * float(minutes.rpartition(":")[2] or 0)
