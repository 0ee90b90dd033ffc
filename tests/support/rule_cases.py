"""For each rule, damage that it must find and what it must say."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from macros.rules import dates, ids, teaching, weeks, words, writing
from macros.rules import pages as page_rules
from support.small_handbook import DATA, STAGED, TEXTS

Damage = Callable[[dict[str, Any]], object]


def _set(*path: str | int, to: Any) -> Damage:
    def damage(d: Any) -> None:
        for step in path[:-1]:
            d = d[step]
        d[path[-1]] = to

    return damage


def _staged(*path: str | int, to: Any) -> Damage:
    """Damage to a project that has stages."""

    def damage(d: Any) -> None:
        d["projects"][0] |= copy.deepcopy(STAGED)
        _set("projects", 0, *path, to=to)(d)

    return damage


#: rule, damage to the data, the problem as (path, value, a part of the rule's sentence, a part of the repair)
BAD_DATA: list[tuple[ids.Rule, Damage, tuple[Any, ...]]] = [
    (
        ids.check_unique_ids,
        _set("challenges", 0, "id", to="patience"),
        (("challenges", 0, "id"), "patience", "already an id", "another"),
    ),
    (
        ids.check_unique_ids,
        _set("topics", 2, "renamed_from", to=["alpha"]),
        (("topics", 2, "renamed_from"), "alpha", "in topics", "never used twice"),
    ),
    (
        ids.check_references,
        _set("topics", 0, "phase", to="phase-3"),
        (("topics", 0, "phase"), "phase-3", "is not a phase", "nearest: phase-2"),
    ),
    (
        ids.check_references,
        _set("topics", 0, "skill", to="queue"),
        (("topics", 0, "skill"), "queue", "is not a skill", "nearest: queues"),
    ),
    (
        ids.check_references,
        _set("topics", 1, "requires", to=["alpah"]),
        (("topics", 1, "requires", 0), "alpah", "is not a topic", "nearest: alpha"),
    ),
    (
        ids.check_references,
        _set("glossary", 0, "topic", to="epsilon"),
        (("glossary", 0, "topic"), "epsilon", "is not a topic", "use one of"),
    ),
    (
        ids.check_references,
        _set("phases", 0, "outcomes", 0, "topics", to=["alpha", "bet"]),
        (("phases", 0, "outcomes", 0, "topics", 1), "bet", "is not a topic", "nearest: beta"),
    ),
    (
        page_rules.check_pages_exist,
        _set("skills", 0, "page", to="rows.md"),
        (("skills", 0, "page"), "rows.md", "not a page below docs/", "nearest: row.md"),
    ),
    (
        page_rules.check_pages_exist,
        _set("pages", 0, "next", "page", to="gone.md"),
        (("pages", 0, "next", "page"), "gone.md", "not a page below docs/", "use one of"),
    ),
    (
        page_rules.check_pages_exist,
        _set("skills", 0, "page", to="new.md"),
        (("skills", 0, "page"), "new.md", "not a page below docs/", '{{ skill_header("queues") }}'),
    ),
    (
        page_rules.check_pages_exist,
        _set("topics", 0, "page", to="new.md"),
        (("topics", 0, "page"), "new.md", "not a page below docs/", 'a heading { #alpha } and {{ topic("alpha") }}'),
    ),
    (
        page_rules.check_pages_exist,
        _set("phases", 0, "page", to="new.md"),
        (
            ("phases", 0, "page"),
            "new.md",
            "not a page below docs/",
            'a heading { #build-1 } and {{ phase_summary("phase-1") }} and {{ week_plan("phase-1") }} and {{ project("build-1") }}',
        ),
    ),
    (
        page_rules.check_pages_exist,
        _set("questions", 0, "page", to="new.md"),
        (("questions", 0, "page"), "new.md", "not a page below docs/", "{{ self_check() }}"),
    ),
    (
        page_rules.check_headings,
        _set("topics", 0, "id", to="epsilon"),
        (("topics", 0, "id"), "epsilon", "no heading on docs/row.md", "{ #epsilon }"),
    ),
    (
        page_rules.check_headings,
        _set("topics", 0, to=DATA["topics"][0] | {"id": "epsilon", "renamed_from": ["alpha"]}),
        (("topics", 0, "id"), "epsilon", "no heading on docs/row.md", "{ #epsilon } in place of { #alpha }"),
    ),
    (
        page_rules.check_former_addresses,
        _set("pages", 0, "renamed_from", to=["row.md"]),
        (("pages", 0, "renamed_from", 0), "row.md", "is still a page", "remove it here"),
    ),
    (
        page_rules.check_former_addresses,
        _set("pages", 0, "renamed_from", to=["gone.md#part"]),
        (("pages", 0, "renamed_from", 0), "gone.md#part", "leads nowhere by itself", "add gone.md to renamed_from"),
    ),
    (
        page_rules.check_former_addresses,
        _set("pages", 0, "renamed_from", to=["gone.md", "gone.md"]),
        (("pages", 0, "renamed_from", 1), "gone.md", "leads to", "one page"),
    ),
    (
        page_rules.check_former_addresses,
        _set("pages", 0, "renamed_from", to=["row.md#beta"]),
        (("pages", 0, "renamed_from", 0), "row.md#beta", "is still a section", "or the id beta on docs/row.md"),
    ),
    (
        page_rules.check_former_ids_stay,
        _set("challenges", 0, "renamed_from", to=["hurry"]),
        (("challenges", 0, "renamed_from", 0), "hurry", "no anchor on docs/challenges.md", '<span id="hurry"></span>'),
    ),
    (
        page_rules.check_headings,
        _set("projects", 0, "id", to="make"),
        (("projects", 0, "id"), "make", "no heading", "{ #make }"),
    ),
    (
        page_rules.check_headings,
        _set("portfolio", 0, "id", to="evidence"),
        (("portfolio", 0, "id"), "evidence", "docs/career/portfolio.md", "{ #evidence }"),
    ),
    (
        weeks.check_range_order,
        _set("topics", 0, "hours", "likely", to=9),
        (("topics", 0, "hours", "min"), 10, "larger than likely (9)", "min ≤ likely"),
    ),
    (
        weeks.check_range_order,
        _set("phases", 0, "weeks", "max", to=2),
        (("phases", 0, "weeks", "min"), 3, "larger than max (2)", "min ≤ max"),
    ),
    (
        weeks.check_phases_inside_total,
        _set("handbook", "months", "max", to=2),
        (("phases",), "6–12 weeks", "inside 1–2 months (4.3–8.7 weeks)", "weeks of a phase"),
    ),
    (
        weeks.check_phases_inside_total,
        _set("handbook", "months", "min", to=2),
        (("phases",), "6–12 weeks", "inside 2–3 months", "write months: { min: 1, max: 3 }"),
    ),
    (
        weeks.check_role_inside_total,
        _set("handbook", "role_after_months", to=4),
        (("handbook", "role_after_months"), 4, "inside 1–3 months", "change one"),
    ),
    (
        weeks.check_phase_hours,
        _set("topics", 0, "hours", "max", to=21),
        (("phases", 0, "weeks"), "30–61 hours", "inside 30–60 hours (3–6 weeks of 10 hours)", "change hours"),
    ),
    (
        weeks.check_phase_hours,
        _set("topics", 0, "hours", "min", to=9),
        (("phases", 0, "weeks"), "29–60 hours", "inside 30–60", "change hours"),
    ),
    (
        weeks.check_prerequisite_cycles,
        _set("topics", 0, "requires", to=["beta"]),
        (("topics", 1, "requires"), "alpha", "alpha → beta → alpha", "remove one"),
    ),
    (
        weeks.check_prerequisites_not_later,
        _set("topics", 0, "requires", to=["gamma"]),
        (("topics", 0, "requires", 0), "gamma", "belongs to phase-2, later than phase-1", "move"),
    ),
    (
        ids.check_references,
        _set("symptoms", 0, "skill", to="queue"),
        (("symptoms", 0, "skill"), "queue", "is not a skill", "nearest: queues"),
    ),
    (
        weeks.check_core_needs_core,
        _set("topics", 0, "kind", to="depth"),
        (
            ("topics", 1, "requires", 0),
            "alpha",
            "is a topic in depth, and beta is core",
            "write kind: core for alpha as well",
        ),
    ),
    (
        teaching.check_every_gap_is_taught,
        lambda d: [t.update(skill=None) for t in d["topics"]],
        (("skills", 0, "gap"), "Tokens", "no topic", "skill: queues"),
    ),
    (
        weeks.check_outcomes_cover_phase,
        _set("phases", 0, "outcomes", 0, "topics", to=["alpha"]),
        (("topics", 1, "id"), "beta", "in no outcome of phase-1", "ask-1"),
    ),
    (
        weeks.check_outcomes_cover_phase,
        _set("phases", 1, "outcomes", 0, "topics", to=["gamma", "beta"]),
        (("phases", 1, "outcomes", 0, "topics", 1), "beta", "belongs to phase-1", "this phase"),
    ),
    (
        ids.check_references,
        _set("phases", 0, "plan", 1, "topics", to=["alfa"]),
        (("phases", 0, "plan", 1, "topics", 0), "alfa", "is not a topic", "nearest: alpha"),
    ),
    (
        ids.check_references,
        _set("projects", 0, "phase", to="phase-7"),
        (("projects", 0, "phase"), "phase-7", "is not a phase", "use one of"),
    ),
    (
        weeks.check_plan_length,
        lambda d: d["phases"][0]["plan"].extend([d["phases"][0]["plan"][4]] * 2),
        (("phases", 0, "plan"), "7 weeks", "inside the phase's 3–6 weeks", "merge"),
    ),
    (
        weeks.check_plan_covers_phase,
        lambda d: [w.update(topics=["alpha"]) for w in d["phases"][0]["plan"]],
        (("phases", 0, "plan"), "beta", "stands in no week", "add it"),
    ),
    (
        weeks.check_plan_covers_phase,
        _set("phases", 0, "plan", 4, "topics", to=["gamma"]),
        (("phases", 0, "plan", 4, "topics", 0), "gamma", "not a core topic of phase-1", "this phase only"),
    ),
    (
        weeks.check_plan_covers_phase,
        _set("phases", 0, "plan", 4, "project_hours", to=9),
        (("phases", 0, "plan"), "17 project hours", "not the 15 hours", "change project_hours"),
    ),
    (
        weeks.check_plan_covers_phase,
        lambda d: d["projects"].pop(1),
        (("phases", 1, "id"), "phase-2", "has no project", "add one"),
    ),
    (
        weeks.check_plan_order,
        lambda d: d["phases"][0]["plan"].reverse(),
        (("phases", 0, "plan", 1, "topics", 0), "beta", "requires alpha, which is only learned in week 5", "move"),
    ),
    (
        weeks.check_plan_pace,
        _set("phases", 0, "plan", 4, "project_hours", to=4),
        (("phases", 0, "plan", 4), "4 hours", "inside 6.5–11 hours (10 a week", "move topics"),
    ),
    (
        weeks.check_plan_pace,
        _set("phases", 0, "plan", 0, "project_hours", to=4),
        (("phases", 0, "plan", 0), "11.5 hours", "inside 6.5–11", "move topics"),
    ),
    (
        weeks.check_phase_hours,
        _set("handbook", "hours_per_week", to=6),
        (("phases", 1, "weeks"), "30–60 hours", "inside 18–36 hours", "write weeks: { min: 5, max: 10 }"),
    ),
    (
        weeks.check_plan_pace,
        _set("handbook", "hours_per_week", to=6),
        (("phases", 0, "plan"), "weeks of 9.5", "inside 3.9–6.6", "45 hours over 8 weeks"),
    ),
    (
        words.check_frame_words,
        _set("handbook", "words", to={"Next stop": "Weiter"}),
        (("handbook", "words", "Next stop"), "Next stop", "none of the words", "nearest: Next step"),
    ),
    (
        words.check_frame_words,
        _set("handbook", "words", to={"Topics: {topics}.": "Themen: {themes}."}),
        (("handbook", "words", "Topics: {topics}."), "Themen", "{themes}, which nothing fills", "use {topics}"),
    ),
    (
        words.check_frame_words,
        _set("handbook", "words", to={"Next": "<b>Weiter</b>"}),
        (("handbook", "words", "Next"), "<b>", "has <", "no braces and tags"),
    ),
    (
        teaching.check_rubrics,
        _set("projects", 0, "rubric", 0, "points", to=11),
        (("projects", 0, "rubric"), "19 points", "add up to 20", "change the points"),
    ),
    (
        teaching.check_rubrics,
        _set("projects", 0, "pass_points", to=11),
        (("projects", 0, "pass_points"), 11, "inside 12–20", "three fifths"),
    ),
    (
        teaching.check_stages,
        _staged("stages", 0, "hours", "max", to=30),
        (("projects", 0, "hours", "max"), 20, "less than the 30 hours", "shorten stages"),
    ),
    (
        teaching.check_stages,
        _staged("page", to=None),
        (("projects", 0, "id"), "build-1", "stages and no page", "name its page"),
    ),
    (
        teaching.check_stages,
        _staged("stages", 0, "checks", 0, "proves", to="run-1"),
        (("projects", 0, "stages", 0, "checks", 0, "proves"), "run-1", "no criterion", "nearest: runs-1"),
    ),
    (
        teaching.check_stages,
        _staged("rubric", 1, "person", to=None),
        (("projects", 0, "rubric", 1, "id"), "tests-1", "by no check and no person", "under `person`"),
    ),
    (
        page_rules.check_projects_are_introduced,
        _staged("page", to="row.md"),
        (("projects", 0, "id"), "build-1", "is not introduced on docs/row.md", "project_rubric"),
    ),
    (
        page_rules.check_headings,
        _staged("page", to="row.md"),
        (("projects", 0, "stages", 0, "id"), "first-step", "no heading on docs/row.md", "{ #first-step }"),
    ),
    (
        page_rules.check_pages_exist,
        _staged("page", to="rows.md"),
        (("projects", 0, "page"), "rows.md", "is not a page", "nearest: row.md"),
    ),
    (
        ids.check_references,
        _set("labs", 0, "skill", to="queue"),
        (("labs", 0, "skill"), "queue", "is not a skill", "nearest: queues"),
    ),
    (
        ids.check_references,
        _set("labs", 0, "phase", to="phase-9"),
        (("labs", 0, "phase"), "phase-9", "is not a phase", "use one of"),
    ),
    (
        ids.check_references,
        _set("labs", 0, "topics", to=["alpah"]),
        (("labs", 0, "topics", 0), "alpah", "is not a topic", "nearest: alpha"),
    ),
    (
        ids.check_references,
        _set("specializations", 0, "topics", to=["deltas"]),
        (("specializations", 0, "topics", 0), "deltas", "is not a topic", "nearest: delta"),
    ),
    (
        ids.check_references,
        _set("assessment", 0, "skill", to="queue"),
        (("assessment", 0, "skill"), "queue", "is not a skill", "nearest: queues"),
    ),
    (
        ids.check_references,
        _set("assessment", 0, "topic", to="alfa"),
        (("assessment", 0, "topic"), "alfa", "is not a topic", "nearest: alpha"),
    ),
    (
        teaching.check_specializations,
        _set("specializations", 0, "topics", to=["beta"]),
        (("specializations", 0, "topics", 0), "beta", "is a core topic", "remove"),
    ),
    (
        teaching.check_specializations,
        lambda d: (
            d["topics"].append(d["topics"][3] | {"id": "zeta", "requires": ["delta"]})
            or d["specializations"][0].update(topics=["zeta"])
        ),
        (("specializations", 0, "topics", 0), "zeta", "requires delta", "add delta"),
    ),
    (
        teaching.check_assessment,
        lambda d: d["assessment"].pop(),
        (("skills", 0, "id"), "queues", "has 2 questions in assessment, not 3", "add or remove"),
    ),
    (
        teaching.check_assessment,
        _set("assessment", 0, "right", to=4),
        (("assessment", 0, "right"), 4, "not one of the 3 options", "from 1"),
    ),
    (
        teaching.check_assessment,
        _set("assessment", 0, "question", to="word " * 80 + "word"),
        (("assessment", 0, "question"), "86 words", "are more than 80, options included", "shorten it"),
    ),
    (
        teaching.check_assessment,
        lambda d: d["skills"].append(d["skills"][0] | {"id": "stacks"}) or d["assessment"][0].update(skill="stacks"),
        (("assessment", 0, "topic"), "alpha", "belongs to queues, not to stacks", "row"),
    ),
    (
        words.check_outcomes_start_with_a_verb,
        _set("topics", 0, "outcome", to="Knowledge of queues."),
        (
            ("topics", 0, "outcome"),
            "Knowledge",
            "not a verb",
            "or add it under `handbook.verbs` in docs/data/skills.yml",
        ),
    ),
    (
        words.check_outcomes_start_with_a_verb,
        _set("pages", 0, "outcomes", to=["Explian it."]),
        (("pages", 0, "outcomes", 0), "Explian", "not a verb", "nearest: Explain"),
    ),
    (
        words.check_no_markup,
        _set("strengths", 0, "in_ai", to="See <b>this</b>."),
        (("strengths", 0, "in_ai"), "<b>this</b>.", "is markup", "plain|words"),
    ),
    (
        words.check_no_markup,
        _set("questions", 0, "answer", to="Use {{ config }}."),
        (("questions", 0, "answer"), "{{ config }}.", "is markup", "words"),
    ),
    (
        words.check_no_markup,
        _set("pages", 0, "outcomes", to=["Explain [it](x.md)."]),
        (("pages", 0, "outcomes", 0), "](x.md).", "is markup", "words"),
    ),
    (
        words.check_no_markup,
        _set("glossary", 0, "definition", to="A `token."),
        (("glossary", 0, "definition"), "A `token.", "without its pair", "close"),
    ),
    (
        words.check_definitions,
        _set("glossary", 0, "definition", to="A small thing."),
        (("glossary", 0, "definition"), "A small thing.", "has 3 words, not 15 to 50", "say what it is"),
    ),
    (
        words.check_definitions,
        _set("glossary", 1, "definition", to="word " * 50 + "word"),
        (("glossary", 1, "definition"), "word", "has 51 words", "say what it is"),
    ),
    (
        dates.check_published_dates,
        _set("sources", 0, "published", to="2025-02-30"),
        (("sources", 0, "published"), "2025-02-30", "not a date", "correct"),
    ),
    (
        page_rules.check_topics_are_introduced,
        _set("topics", 2, "page", to="index.md"),
        (("topics", 2, "id"), "gamma", "not introduced on docs/index.md", 'topic("gamma")'),
    ),
    (
        page_rules.check_rows_are_introduced,
        _set("skills", 0, "page", to="index.md"),
        (("skills", 0, "id"), "queues", "not introduced on docs/index.md", '{{ skill_header("queues") }} there'),
    ),
    (
        page_rules.check_phases_are_introduced,
        _set("phases", 0, "page", to="index.md"),
        (("phases", 0, "id"), "phase-1", "not introduced on docs/index.md", '{{ phase_summary("phase-1") }} there'),
    ),
    (
        ids.check_references,
        _set("topics", 0, to=DATA["topics"][0] | {"id": "delta", "renamed_from": ["alpha"]}),
        (("topics", 1, "requires", 0), "alpha", "not a topic", "it has a new id: write delta"),
    ),
    (
        ids.check_references,
        _set("phases", 0, "outcomes", 0, "topics", to=["beta", "zz"]),
        (("phases", 0, "outcomes", 0, "topics", 1), "zz", "not a topic", ", add it under `topics`, or remove it here"),
    ),
    (
        page_rules.check_sources_are_cited,
        _set("sources", 0, "id", to="book"),
        (("sources", 0, "id"), "book", "cited on no page", 'cite("book")'),
    ),
]


#: rule, page, its text, the problem as (line, value, a part of the rule's sentence)
BAD_PAGES: list[tuple[ids.Rule, str, str, tuple[Any, ...]]] = [
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ tirm("token") }}',
        (8, "tirm", "is not a macro"),
    ),
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ term("tokens") }}',
        (8, "tokens", "is not known to term()"),
    ),
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ topic("alpha") }}',
        (8, "alpha", "is taught on docs/row.md"),
    ),
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ glossary("a") }}',
        (8, "a", "takes no argument"),
    ),
    (page_rules.check_page_frame, "index.md", "# Home\n\n{{ page_header() }}\n", (1, "page_footer", "stands once")),
    (
        page_rules.check_page_frame,
        "index.md",
        TEXTS["index.md"] + "\n{{ page_footer() }}\n",
        (8, "page_footer", "stands once"),
    ),
    (
        page_rules.check_page_frame,
        "index.md",
        TEXTS["index.md"] + '\n{{ term("token") }}',
        (8, "token", "explained twice"),
    ),
    (
        page_rules.check_page_frame,
        "index.md",
        TEXTS["index.md"] + "\n{{ self_check() }}",
        (8, "self_check", "no question"),
    ),
    (
        page_rules.check_page_frame,
        "row.md",
        TEXTS["row.md"].replace("{{ self_check() }}", ""),
        (1, "self_check", "is missing"),
    ),
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ fact("weeks", "x") }}',
        (8, "fact", "takes one argument at most"),
    ),
    (
        page_rules.check_macro_calls,
        "index.md",
        TEXTS["index.md"] + '\n{{ cite("papers") }}',
        (8, "papers", "is not known to cite()"),
    ),
    (
        writing.check_page_length,
        "index.md",
        TEXTS["index.md"] + "word " * 3000,
        (1, "3001 words", "are more than 3000"),
    ),
]

#: the rule, what stands in line 8 of a page, the column, the value, a part of the rule's sentence
BAD_TEXTS: list[tuple[ids.Rule, str, tuple[int, str, str]]] = [
    (writing.check_template_calls, "{{ user_name }}", (1, "{{ user_name }}", "is not a call of a macro")),
    (writing.check_template_calls, 'See {{ term("pipe") } here.', (5, '{{ term("pipe") } here.', "is not a call")),
    (writing.check_template_calls, '{{ term("pipe" }}', (1, '{{ term("pipe" }}', "is not a call")),
    (writing.check_template_calls, "{{ term(“pipe”) }}", (1, "{{ term(“pipe”) }}", "is not a call")),
    (writing.check_template_calls, "{{ term(pipe) }}", (1, "{{ term(pipe) }}", "is not a call")),
    (
        writing.check_template_calls,
        '{{ term("pipe", "a", "b") }}',
        (1, '{{ term("pipe", "a", "b") }}', "is not a call"),
    ),
    (writing.check_template_calls, "```python\nf'{{x}}'\n```", (3, "{{x}}'", "is not a call of a macro")),
    (writing.check_template_calls, "{% if x %}", (1, "{% if x %}", "is a statement of the template language")),
    (writing.check_template_calls, "{% raw %} x", (1, "{% raw %} x", "is a statement of the template language")),
    (writing.check_template_calls, "## Words {#words}", (10, "{#words}", "begins a comment of the template language")),
    (writing.check_fences, "```python\nx = 1", (1, "```python", "is a fence that nothing closes")),
    (writing.check_fences, "~~~~\nx = 1\n~~~", (1, "~~~~", "is a fence that nothing closes")),
    (writing.check_fences, "```python\nx = 1\n    ```", (1, "```python", "is a fence that nothing closes")),
    (writing.check_slips, "![](a.svg)", (1, "![](a.svg)", "shows a picture without words")),
    (writing.check_slips, "Text\n\n<div>\n\nMore", (1, "<div>", "is HTML")),
    (writing.check_slips, "A List<String> of it", (7, "<String>", "is HTML")),
    (writing.check_slips, "One <!-- two", (5, "<!-- two", "is a comment that nothing closes")),
    (writing.check_slips, "- It answers\n  502. Later", (3, "502.", "makes an item of a list")),
    (writing.check_slips, "##A heading", (1, "##A heading", "is no heading without a space")),
    (writing.check_slips, "##\u00a0A heading", (1, "##\u00a0A heading", "is no heading without a space")),
    (writing.check_slips, "A heading\n---------", (1, "---------", "makes a heading of the line above")),
    (writing.check_slips, "[x](my page.md)", (5, "my page.md", "is not an address, because it holds a space")),
    (writing.check_slips, "[x](row.md “y”)", (5, "row.md “y”", "is not an address, because it holds a space")),
    (writing.check_slips, "See (x)[row.md].", (5, "(x)[row.md]", "is a link with its brackets exchanged")),
    (writing.check_slips, "See [x][row].", (5, "[x][row]", "is a link without its address")),
    (writing.check_slips, "{: title=“x” }", (1, "{: title=“x” }", "holds typographic quotes")),
    (writing.check_slips, "So.[^1]", (4, "[^1]", "is a footnote")),
    (writing.check_slips, "- [ ] do it", (3, "[ ]", "is a box to tick")),
    (writing.check_slips, "~~gone~~", (1, "~~gone~~", "is struck out")),
    (writing.check_slips, "Fine :smile: here", (6, ":smile:", "is a name of a picture")),
    (writing.check_slips, "!!! note\nText", (1, "!!! note", "is a box without a text")),
    (writing.check_slips, "\tx = 1", (1, "tab", "is a tab, which makes code of the line")),
    (writing.check_slips, "a\u200bb", (2, "\u200b", "is a character that nobody sees")),
    (writing.check_slips, "Two:\n- one\n- two", (1, "- one", "goes on with the paragraph, and makes no list")),
    (writing.check_slips, "- one\n  - two", (1, "- two", "stands on the same level as the line above")),
    (writing.check_outline, "# Another", (1, "Another", "is a second title")),
    (writing.check_outline, "### Deep { #deep }", (1, "Deep", "leaves out a level of headings")),
    (writing.check_tables, "| a | b |\n| --- | --- |\n| 1 | 2 | 3 |", (1, "| 1 | 2 | 3 |", "has 3 cells, not 2")),
    (writing.check_tables, "| a | b |\n| --- |\n| 1 | 2 |", (1, "| --- |", "has 1 cells, not 2")),
    (writing.check_tables, "Text\n| a |\n| --- |\n| 1 |", (1, "| a |", "goes on with the text above")),
    (writing.check_tables, "| a |\n| --- |", (1, "| a |", "is a table without a row")),
]

#: What looks like one of the faults above, and is none.
GOOD_TEXTS = [
    "```python\nx = '# [ ] <b> ~~a~~'\n```",
    "````markdown\n```python\n```\n````",
    "1. One:\n\n    ```text\n    x\n    ```\n\n2. Two",
    "`<div>` and `![](x)` and ``{ “x” }``",
    "{% raw %}{{ user_name }} {% if x %}{% endraw %}",
    "<!-- a\ncomment -->",
    "See <https://example.org/> and x < y.",
    '<span id="old"></span>',
    "At 12:30:45 it is a:b:c, and f(x)[0].",
    "| a | b |\n| --- | --- |\n| `x|y` | a \\| b |",
    "Text\n\n---\n\nMore",
    "- one\n- two\n\n    - three",
    "!!! note\n    Text",
    "#1 of them",
]
