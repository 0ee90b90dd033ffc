"""The data that the browser's tools compute with."""

from __future__ import annotations

import json
from typing import Any

from macros.data.fields import HourRange, Named
from macros.data.handbook import DAYS_PER_MONTH, Handbook
from macros.data.paths import address
from macros.render.text import phase_title, title_slug
from macros.render.timeline import LATE, mark_text


def course(handbook: Handbook) -> str:
    """What the browser's tools compute with, as compact JSON; the same data always gives the same text."""

    def at(page: str, anchor: str = "") -> str:
        return address(page) + ("#" + anchor if anchor else "")

    def hours(value: HourRange) -> list[float]:
        return [int(each) if each == int(each) else each for each in (value.min, value.likely, value.max)]

    about = handbook.handbook
    outcomes = [outcome for phase in handbook.phases for outcome in phase.outcomes]
    ticked: list[Named] = [
        *handbook.topics, *handbook.projects, *handbook.stages, *handbook.labs, *outcomes, *handbook.specializations, *handbook.assessment,
    ]  # fmt: skip
    data: dict[str, Any] = {
        "title": about.title,
        "name": title_slug(about.title),
        "pace": about.hours_per_week,
        "months": [about.months.min, about.months.max],
        "role": about.role_after_months,
        "days_per_month": DAYS_PER_MONTH,
        "timeline": {"late": LATE, "mark": mark_text(handbook)},
        "skills": [{"id": s.id, "title": s.backend, "at": at(s.page)} for s in handbook.skills],
        "phases": [
            {
                "id": phase.id,
                "title": phase_title(handbook.phase_number(phase.id), phase.title),
                "at": at(phase.page),
                "weeks": [{"topics": week.topics, "project": week.project_hours} for week in phase.plan],
                "outcomes": [outcome.id for outcome in phase.outcomes],
            }
            for phase in handbook.phases
        ],
        "topics": {
            t.id: {
                "title": t.title, "skill": t.skill, "phase": t.phase, "core": t.kind == "core",
                "hours": hours(t.hours), "requires": t.requires,
                **({"area": True} if t.area else {}),
                # lib/page.js knows where most topics are.
                **({"at": place} if (place := at(t.page, t.anchor)) != f"topics/{t.id}/" else {}),
            }
            for t in handbook.topics
        },
        "projects": {
            p.id: {"title": p.title, "at": at(handbook.phase(p.phase).page, p.id), "phase": p.phase, "hours": hours(p.hours)}
            for p in handbook.projects
        },
        "asked": {q.id: {"skill": q.skill, "topic": q.topic, "right": q.right} for q in handbook.assessment},
        "specializations": [{"id": s.id, "title": s.title, "topics": s.topics} for s in handbook.specializations],
        "renamed": {
            old: entry.id
            for entry in ticked
            for old in entry.renamed_from
        },
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
