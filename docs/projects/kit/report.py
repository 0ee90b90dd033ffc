"""What a run has shown, by criterion of the rubric: as text, as JSON and as a page to put beside a portfolio."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trial import Finding, Outcome

#: A criterion's state, from good to bad, as the report says it.
PROVED, PERSON, NOT_SHOWN = "proved by machine", "needs a person", "not shown"
#: Cases of a red check that the text shows.
SHOWN_FAULTS = 2
#: Characters of a line of evidence.
WIDTH = 92

STYLE = """body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #bbb}
code,pre{font:.85rem/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}.ok{color:#0a5c2b}.no{color:#a1260d}
@media (prefers-color-scheme:dark){body{color:#e8e8ec;background:#17171a}.ok{color:#7ddc9c}.no{color:#ff9c85}}"""


@dataclass(frozen=True)
class Run:
    """One run of the kit.

    Attributes:
        project: its id, title, rubric and stages, as project.json has them.
        kit: the kit's version and the SHA-256 of its files.
        settings: what else a second run needs to be the same: seed, deadline, slack, whether the prices were drawn.
        outcomes: by the id of the check.
    """

    project: Mapping[str, Any]
    url: str
    kit: Mapping[str, str]
    settings: Mapping[str, Any]
    date: str
    outcomes: Mapping[str, Outcome]

    def passed(self, check: Mapping[str, Any]) -> bool:
        return self.outcomes[check["id"]].passed

    def word(self, check: Mapping[str, Any]) -> str:
        """What became of a check. One that could not be played is neither green nor red."""
        outcome = self.outcomes[check["id"]]
        return "green" if outcome.passed else NOT_SHOWN if outcome.needs else "red"

    @property
    def green(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes.values())

    def state(self, criterion: Mapping[str, Any]) -> str:
        """A criterion that no check looks at, or of which a check can't see all, is a person's to judge."""
        checks = [c for stage in self.project["stages"] for c in stage["checks"] if c["proves"] == criterion["id"]]
        if not all(self.passed(check) for check in checks):
            return NOT_SHOWN
        return PERSON if criterion["person"] else PROVED

    @property
    def points(self) -> int:
        """The points that need no person."""
        return sum(c["points"] for c in self.project["rubric"] if self.state(c) == PROVED)


def as_text(run: Run) -> str:
    """The report for a terminal: stage by stage, with what is wrong in the first stage that is red."""
    lines = [f"{run.project['title']}: {run.url}", f"kit {_kit(run)}, seed {run.settings['seed']}, {run.date}", ""]
    told = False
    for number, stage in enumerate(run.project["stages"], 1):
        green = sum(run.passed(check) for check in stage["checks"])
        lines.append(f"{number} {stage['title']}: {green} of {len(stage['checks'])} green")
        for check in stage["checks"]:
            outcome = run.outcomes[check["id"]]
            word = run.word(check)
            between = " " if outcome.least is None and not outcome.needs else "\n        "
            lines.append(f"  {word:<5} {check['id']}: {check['title'].replace('`', '')}{between}({outcome.figure})")
            if word == "red" and not told:
                lines += _faults(outcome)
        if "red" in map(run.word, stage["checks"]) and not told:
            told = True
            lines.append(f"  Begin here. What to build: {stage['build'].replace('`', '')}")
        lines.append("")
    lines.append("Rubric")
    for criterion in run.project["rubric"]:
        state = run.state(criterion)
        lines.append(f"  {state:<17} {criterion['points']} points  {criterion['criterion']}")
        if state == PERSON:
            looks = f"A person looks at: {_lower(criterion['person'])}"
            lines += textwrap.wrap(looks, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6)
    total = sum(criterion["points"] for criterion in run.project["rubric"])
    lines += [
        "",
        f"The machine has proved {run.points} of {total} points. It takes {run.project['pass_points']} to pass.",
    ]
    if not run.settings["drawn"]:
        lines.append("Key and settings were the documented ones: a service that has them in its code passes too.")
    return "\n".join(lines) + "\n"


def _faults(outcome: Outcome) -> list[str]:
    wrong = [finding for finding in outcome.findings if finding.fault]
    lines = [line for finding in wrong[:SHOWN_FAULTS] for line in _fault(finding)]
    more = len(wrong) - SHOWN_FAULTS
    return [*lines, *([f"        … and {more} more like these, in the report's JSON"] if more > 0 else [])]


def _fault(finding: Finding) -> Iterator[str]:
    # The one line that has to be read to its end.
    first, others = "        wrong: ", " " * 15
    yield from textwrap.wrap(
        finding.fault,
        len(first) + WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        max_lines=4,
        placeholder=" …",
    )
    yield f"        sent:  {_cut(finding.sent)}"
    if finding.calls is not None:
        calls = "1 call" if finding.calls == 1 else f"{finding.calls} calls"
        yield f"        model: {_cut(f'{calls}, told to say {finding.model}')}"
    yield f"        got:   {_cut(finding.got)}"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _kit(run: Run) -> str:
    return f"{run.kit['version']} ({run.kit['sha256'][:12]})"


def as_data(run: Run) -> dict[str, Any]:
    """Everything that was seen, for programs."""
    return {
        "format": "handbook-acceptance",
        "version": 1,
        "project": run.project["id"],
        "url": run.url,
        "date": run.date,
        "kit": dict(run.kit),
        "settings": dict(run.settings),
        "green": run.green,
        "points_proved": run.points,
        "criteria": [
            {
                "id": c["id"],
                "criterion": c["criterion"],
                "points": c["points"],
                "state": self_state,
                "person": c["person"],
            }
            for c in run.project["rubric"]
            for self_state in [run.state(c)]
        ],
        "checks": {name: outcome.as_data() for name, outcome in run.outcomes.items()},
    }


def as_page(run: Run) -> str:
    """The report as one HTML file that needs no other."""
    title = f"{run.project['title']}: what was shown"
    rows = [
        [run.state(c), str(c["points"]), c["criterion"], c["person"] or ""] for c in run.project["rubric"]
    ]  # fmt: skip
    parts = [
        f"<h1>{_safe(title)}</h1>",
        f"<p>{run.points} of {sum(c['points'] for c in run.project['rubric'])} points are proved by machine. The project "
        f"passes with {run.project['pass_points']}; a person gives the rest.</p>",
        f"<p>Checked on {_safe(run.date)} by the handbook's acceptance kit <code>{_safe(run.kit['version'])}</code>, "
        f"SHA-256 <code>{_safe(run.kit['sha256'])}</code>. The same seed, <code>{run.settings['seed']}</code>, sends the "
        f"same requests again; the deadline was {run.settings['deadline']:g} s.</p>",
        _table(["State", "Points", "Criterion", "What a person looks at"], rows),
    ]
    for number, stage in enumerate(run.project["stages"], 1):
        parts.append(f"<h2>{number} {_safe(stage['title'])}</h2>")
        for check in stage["checks"]:
            parts += _check(check, run.word(check), run.outcomes[check["id"]])
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{_safe(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _check(check: Mapping[str, Any], word: str, outcome: Outcome) -> Iterator[str]:
    mark = "ok" if outcome.passed else "no"
    yield f'<h3><span class="{mark}">{word}</span> {_safe(check["title"])}</h3>'
    yield f"<p>{_safe(check['does'])} {_safe(outcome.figure)}.<br>It can't see: {_safe(check['blind'])}</p>"
    # What failed comes first: of a green check, any case shows what was asked.
    shown = sorted(outcome.findings, key=lambda finding: not finding.fault)[:SHOWN_FAULTS]
    rows = [[f.fault or "as expected", f.sent, f.got, "" if f.calls is None else str(f.calls), f.model] for f in shown]
    yield "<details><summary>Evidence</summary>"
    yield _table(["Finding", "Sent", "Got", "Calls", "The model was told to say"], rows)
    yield "</details>"


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f'<th scope="col">{_safe(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table>\n<tr>{cells}</tr>\n{body}</table>"


def _safe(text: str) -> str:
    """Text in HTML, with `code` in backticks as code. What a service has answered is text as well."""
    parts = html.escape(text).split("`")
    if len(parts) % 2 == 0:
        return html.escape(text)
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
