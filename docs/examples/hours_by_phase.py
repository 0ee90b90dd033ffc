"""Likely hours of the handbook's topics, one line for each phase."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def likely_hours(handbook: dict[str, Any]) -> dict[str, float]:
    """Hours by phase id, in the order of the roadmap."""
    # Start from the phases: one without topics then shows as 0 instead of vanishing.
    hours = {phase["id"]: 0.0 for phase in handbook["phases"]}
    for topic in handbook["topics"]:
        # No check that the phase exists: the rules of the data guarantee it.
        hours[topic["phase"]] += topic["hours"]["likely"]
    return hours


path = Path(sys.argv[1] if len(sys.argv) > 1 else "skills.json")
handbook = json.loads(path.read_text(encoding="utf-8"))
titles = {phase["id"]: phase["title"] for phase in handbook["phases"]}
for phase_id, hours in likely_hours(handbook).items():
    print(f"{phase_id}: {hours:g} hours likely ({titles[phase_id]})")
