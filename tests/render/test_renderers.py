"""What the renderers return: one row for each entry, exact text for the small handbook, nothing that can break a page."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import markdown
import pytest
from lxml import html

from macros.data.manuscript import manuscript
from macros.entities import examples
from macros.render import cards, facts, glossary, lists, tables, timeline, tools, weeks
from macros.render.text import inline, link, listed, table
from macros.site.course import course
from macros.site.tables import breakable_names, framed_tables, label_cells
from support.small_handbook import data, handbook, pages


def test_the_skills_table_is_exactly_this() -> None:
    assert tables.skills_table(handbook(), "index.md") == "\n".join(
        [
            '<div class="wide-table skills-table" markdown="1">',
            "",
            "| Backend skill you have | AI engineering application | Knowledge gap to address | Phases; estimated hours |",
            "| --- | --- | --- | --- |",
            "| [Queues &#124; lists](row.md)"
            ' | Batches { data-label="AI engineering application" }'
            ' | Tokens { data-label="Knowledge gap to address" }'
            ' | 1; 20–40 h { data-label="Phases; estimated hours" } |',
            "",
            "</div>",
        ]
    )


def test_a_topic_s_line_names_phase_hours_and_prerequisites_with_links() -> None:
    assert cards.topic(handbook(), "row.md", "beta") == "\n".join(
        [
            '<div class="topic-card" data-item="beta" markdown="1">',
            "",
            "**Goal:** Explain beta.",
            "",
            "[Phase 1](phase.md) of the roadmap, 10–20 hours, likely 15 (estimate). Builds on [Alpha](#alpha).",
            "{ .topic-card__meta }",
            "",
            "</div>",
        ]
    )


def test_the_glossary_has_three_entries_from_a_to_z_with_links_to_their_topics() -> None:
    text = glossary.glossary(handbook(), "career/words.md")
    assert re.findall(r"^### (.*) \{ #(.*) \}$", text, re.MULTILINE) == [
        ("a&#124;b", "pipe"),
        ("p99", "p99"),
        ("token", "token"),
    ]
    assert "limits are counted in it. Taught in [Alpha](../row.md#alpha)." in text


def test_an_exchange_shows_who_asked_what_they_got_and_whether_it_was_right() -> None:
    printed = "ana > Where is *mine*?\nana < 200 OK\nana < Here.\nana = right\nnoise\nben > And mine?\nben < 200 OK\nben < Here.\nben = wrong\n"
    first, second = html.fromstring(_html(examples.exchange(handbook(), {"small.txt": printed}, "small"))).findall(
        ".//li"
    )
    assert [" ".join(card.text_content().split()) for card in (first, second)] == [
        "Ana asks Where is *mine*? 200 OK Ana gets Here. right",
        "Ben asks And mine? 200 OK Ben gets Here. wrong",
    ]
    assert (first[-1].get("class"), second[-1].get("class")) == ("right", "wrong")


def test_the_home_page_is_no_lesson() -> None:
    home = manuscript("index.md", "# Home" + " word" * 300)
    assert cards.page_header(handbook(), home) == ""
    footer = cards.page_footer(handbook(), "index.md")
    assert "next-step" in footer
    assert "After this page" not in footer


def test_the_timeline_places_both_paths_on_one_axis() -> None:
    text = timeline.timeline(handbook(), "index.md")
    # 3 months of 365.25 / 12 / 7 weeks each.
    assert 'style="--axis:13.04;--first:4.35;--last:13.04;--mark:8.70"' in text
    lanes = re.findall(r"timeline__lane--(\w+)[^\"]*\" style=\"--from:(\d+);--to:(\d+)\".*?</span>(weeks [\d–]+)", text)
    assert lanes == [
        ("fast", "0", "3", "weeks 1–3"),
        ("slow", "0", "6", "weeks 1–6"),
        ("fast", "3", "6", "weeks 4–6"),
        ("slow", "6", "12", "weeks 7–12"),
    ]
    assert "Fastest path: 6 weeks, 1.4 months" in text
    assert "Slowest path: 12 weeks, 2.8 months" in text
    assert text.count("Fastest path: </span>") == 2, "a screen reader hears which path a lane is"


ROWS: list[tuple[str, Any, str, int]] = [
    ("skills_table", lambda h: tables.skills_table(h, "index.md"), "<tr>", 1 + 1),
    ("phases_table", lambda h: tables.phases_table(h, "index.md"), "<tr>", 1 + 2 + 1),
    ("topic_index", lambda h: tables.topic_index(h, "index.md"), "<tr>", 2 * 1 + 4),
    ("sources_table", lambda h: tables.sources_table(h, "index.md"), "<tr>", 1 + 1),
    ("skills_map", lambda h: lists.skills_map(h, "index.md"), "<li>", 1),
    ("skills_grid rows", lambda h: lists.skills_grid(h, "index.md"), '<th scope="row"', 1 + 1),
    ("skills_grid phases", lambda h: lists.skills_grid(h, "index.md"), '<th scope="col"', 2),
    ("skills_grid topics", lambda h: lists.skills_grid(h, "index.md"), "data-square", 4),
    ("strengths", lists.strengths, "<dt>", 1),
    ("challenges", lambda h: lists.challenges(h, "index.md"), "<dt>", 1),
    ("positioning", lambda h: lists.positioning(h, "index.md"), "<dt>", 1),
    ("portfolio", lambda h: lists.portfolio(h, "index.md"), "<dt>", 1),
    ("community", lambda h: lists.community(h, "row.md"), "<dt>", 1),
    ("timeline", lambda h: timeline.timeline(h, "index.md"), "timeline__name", 2),
    ("phase_summary", lambda h: cards.phase_summary(h, "index.md", "phase-1"), "<dt>", 1 + 3),
    ("week_plan", lambda h: weeks.week_plan(h, "index.md", "phase-1"), "<dt>", 5 + 1),
    ("project", lambda h: weeks.project(h, "index.md", "build-1"), "<tr>", 1 + 2),
    ("specializations_table", tools.specializations_table, "<tr>", 1 + 1),
    ("assessment topics", lambda h: tools.assessment(h, "index.md"), "<li><a", 3),
    ("assessment questions", lambda h: tools.assessment(h, "index.md"), "data-question", 3),
    ("plan_table", lambda h: tools.plan_table(h, "index.md"), "<tr>", 1 + 5 + 5),
    # Four topics, two outcomes, two projects and a lab.
    ("checklist", lambda h: tools.checklist(h, "index.md"), "data-item", 4 + 2 + 2 + 1),
    ("self_check", lambda h: cards.self_check(h, "row.md"), "<details", 1),
    ("glossary", lambda h: glossary.glossary(h, "index.md"), "<h3", 3),
]


def _html(text: str) -> str:
    return markdown.markdown(text, extensions=["attr_list", "def_list", "md_in_html", "tables", "admonition"])


@pytest.mark.parametrize(("name", "render", "mark", "count"), ROWS, ids=[row[0] for row in ROWS])
def test_rows_out_are_entries_in(name: str, render: Any, mark: str, count: int) -> None:
    html = _html(render(handbook()))
    assert html.count(mark) == count
    assert "markdown=" not in html, "Markdown inside the block was read"


def test_text_of_the_data_shows_as_it_is() -> None:
    hostile = "a|b *c* _d_ [e](f) <script>g</script> {h} `i | *j* <k>` & \\ ~l~ ^m^"
    html = _html(f"| x |\n| --- |\n| {inline(hostile)} |")
    assert "<script" not in html
    assert "<em>" not in html
    assert "<a " not in html
    cell = re.search(r"<td>(.*)</td>", html)
    assert cell
    assert cell[1].replace("&#124;", "|") == (
        "a|b *c* _d_ [e](f) &lt;script&gt;g&lt;/script&gt; {h} <code>i | *j* &lt;k&gt;</code> &amp; \\ ~l~ ^m^"
    )


def test_links_are_relative_to_the_calling_page() -> None:
    assert link("X", "index.md", "a/b.md", "c") == "[X](a/b.md#c)"
    assert link("X", "a/b.md", "index.md") == "[X](../index.md)"
    assert link("X", "a/b.md", "a/c.md") == "[X](c.md)"
    assert link("X", "a/b.md", "a/b.md", "c") == "[X](#c)"
    assert link("X", "a/b.md", "d/e.md") == "[X](../d/e.md)"


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        table(["a", "b"], [["1", "2", "3"]])


def test_lists_read_as_sentences() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_every_fact_of_the_rules_can_be_rendered() -> None:
    rendered = {name: facts.fact(handbook(), name) for name in facts.FACTS}
    assert rendered["months"] == "1–3 months"
    assert rendered["role_after"] == "about 2 months"
    assert rendered["weeks"] == "6–12 weeks"
    assert rendered["pace"] == "10 hours a week"
    assert rendered["hours"] == "60–120 hours, likely 90"
    assert rendered["topics"] == "four"


def test_a_page_s_header_and_footer_come_from_the_data() -> None:
    header = cards.page_header(handbook(), pages()["phase.md"])
    assert header.startswith("3 minutes to read. Read first: [Home](index.md) and [Row](row.md).")
    footer = cards.page_footer(handbook(), "phase.md")
    assert footer.index("[Home](index.md)") < footer.index("- Explain the page.")
    assert "Learning the 2 topics takes 30–60 hours, likely 45 (estimate)." in footer


def test_what_has_moved_has_a_line_where_it_was() -> None:
    changed = data()
    page = next(page for page in changed["pages"] if page["path"] == "row.md")
    page["renamed_from"] = ["phase.md#old", "phase.md#older", "gone.md"]
    book = handbook(changed)
    assert '- <span id="old"></span><span id="older"></span>[Row](row.md){ data-moved }' in cards.page_footer(
        book, "phase.md"
    )
    assert "Moved" not in cards.page_footer(book, "row.md")
    assert book.gone_pages == ["gone.md"]


def test_a_row_lists_its_topics_in_the_order_of_learning() -> None:
    text = lists.row_topics(handbook(), "index.md", "queues")
    assert text.index("#alpha") < text.index("#beta")
    assert "(estimate)" in text


def test_the_time_to_read_counts_weeks_projects_and_included_files() -> None:
    text = "# Phase\n\n" + "word " * 195
    assert cards.reading_minutes(handbook(), manuscript("phase.md", text)) == 1
    for more in ('{{ week_plan("phase-1") }}', '{{ project("build-1") }}'):
        assert cards.reading_minutes(handbook(), manuscript("phase.md", f"{text}\n\n{more}\n")) == 2, more
    included = replace(manuscript("phase.md", text), included=(manuscript("plan.txt", "word " * 201),))
    assert cards.reading_minutes(handbook(), included) == 2


@pytest.mark.parametrize(
    "definition",
    ['One "or" two.', "A *b* _c_ `d | e` [f](g) {h} \\* <i> &amp; ~j~ ^k^ =l= $m$ 4 × 5 – “n”; don't: $5, #1!"],
)
def test_a_term_is_a_word_of_its_sentence_and_its_definition_is_not(definition: str) -> None:
    changed = data()
    changed["glossary"][1]["definition"] = definition
    text = "A " + glossary.term(handbook(changed), "career/x.md", "pipe", "pair") + " here."
    for sentence in (text, f"| a |\n|---|\n| {text} |"):
        cell = html.fromstring(_html(sentence)).xpath("//p | //td")[0]
        assert cell.text_content() == "A pair here."
        (link,) = cell
        assert link.get("href") == "../reference/glossary.md#pipe"
        assert (link.get("data-term"), link.get("data-definition")) == ("a|b", definition)


def test_a_citation_carries_its_address_and_the_day_it_was_checked() -> None:
    text = cards.cite(handbook(), "index.md", "paper")
    assert text == ('([paper](https://example.org/paper "A paper, A journal. Checked 2026-01-02."){ .cite })')
    changed = data()
    changed["sources"][0]["url"] = None
    assert "(reference/sources.md#paper " in cards.cite(handbook(changed), "index.md", "paper")


def test_the_sum_of_hours_is_the_sum_of_core_topics_and_project() -> None:
    assert handbook().core_hours("phase-1").min == 10 + 10 + 10
    changed = data()
    changed["topics"][1]["kind"] = "depth"
    assert handbook(changed).core_hours("phase-1").max == 20 + 20


def test_a_week_shows_its_hours_and_links_its_topics() -> None:
    text = weeks.week_plan(handbook(), "phase.md", "phase-1")
    assert "Week 3: A week, about 10 hours" in text, "half of 15 hours of beta, and two of the project"
    assert ":   *Learn:* [Beta](row.md#beta); 2 hours of the project." in text
    assert text.endswith("When you are behind\n:   Drop the second half.\n\n\n</div>")


def test_a_project_says_what_it_takes_to_pass() -> None:
    assert "It passes with 14 of 20 points." in weeks.project(handbook(), "index.md", "build-1")


def test_cells_of_a_wide_table_carry_the_name_of_their_column() -> None:
    wide = _html("| A | `B` | C | D |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | 4 |\n| 5 | 6 | 7 | 8 |")
    html = label_cells(wide)
    assert re.findall(r'<td(?: data-label="(\w)")?>(\d)', html) == [
        ("", "1"), ("B", "2"), ("C", "3"), ("D", "4"), ("", "5"), ("B", "6"), ("C", "7"), ("D", "8")
    ]  # fmt: skip
    assert html.startswith('<div class="wide-table">')


def test_cells_of_an_aligned_column_carry_its_name_and_their_style() -> None:
    html = label_cells(_html("| A | B | A | D |\n| --- | --: | :-: | --- |\n| 1 | 2 | 3 | 4 |\n| 5 | 6 | 7 | 8 |"))
    row = '<td>{}</td>\n<td style="text-align: right;" data-label="B">{}</td>\n'
    row += '<td style="text-align: center;" data-label="A">{}</td>\n<td data-label="D">{}</td>'
    assert row.format(1, 2, 3, 4) in html
    assert row.format(5, 6, 7, 8) in html
    assert html.startswith('<div class="wide-table"><table>')


def test_a_narrow_table_and_one_of_the_renderers_stay_as_they_are() -> None:
    for text in ("| A | B | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |", tables.skills_table(handbook(), "index.md")):
        assert label_cells(_html(text)) == _html(text)


def test_only_a_table_without_a_class_gets_a_frame_and_only_once() -> None:
    plain, classed = "<table><tr></tr></table>", '<table class="own"><tr></tr></table>'
    framed = f'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">{plain}</div></div>'
    assert framed_tables(plain + classed) == framed + classed
    assert framed_tables(framed + classed) == framed + classed


def test_a_long_name_in_a_table_breaks_between_its_parts_and_only_there() -> None:
    def broken(cell: str) -> str:
        html = breakable_names(_html(f"| A | B |\n| --- | --- |\n| {cell} | 1 |"))
        assert breakable_names(html) == html
        return re.findall("<td>(.*)</td>", html)[0].replace("<wbr>", "|")

    assert broken("`STALL_SECONDS`, a_name") == "<code>STALL_|SECONDS</code>, a_name"
    assert broken("`POST /runs/{id}/approval`") == "<code>POST /runs/|{id}/|approval</code>"
    assert broken("`http://127.0.0.1/v1`") == "<code>http://127.0.0.1/|v1</code>"
    assert broken("`LLM_KEY`") == "<code>LLM_KEY</code>"
    assert breakable_names("<code>STALL_SECONDS</code>") == "<code>STALL_SECONDS</code>"


def test_an_answer_of_the_assessment_stands_folded_under_its_options() -> None:
    html = _html(tools.assessment(handbook(), "index.md"))
    # The right option, the second of the data, stands first here, and keeps the number that notes name.
    asked = html[html.index('data-question="case-2"') :]
    options = re.findall(r'<li><span data-option="(\d)">(.*?)</span></li>', asked[: asked.index("</div>")])
    assert options == [("2", "Two &#124; 2"), ("3", "Three"), ("1", "One")]
    assert "Which of *three* is number 2?" in asked
    assert "<summary>Answer</summary>\n<p>A. <span>Counting says so.</span></p>" in asked
    assert "<input" not in html, "nothing to choose where no script keeps it"


def test_on_paper_two_answers_of_a_row_never_give_the_third() -> None:
    """Whatever order the data has, and as often in each place over all rows."""
    rows = 6
    for seed in range(50):
        random = Random(seed)
        places = Counter[int]()
        for row in range(rows):
            own = []
            for place in range(3):
                question = handbook().assessment[place].model_copy(update={"right": random.randint(1, 3)})
                shown = tools.options_on_paper(question, row, place)
                assert sorted(shown) == list(enumerate(question.options, 1))
                own.append([option.number for option in shown].index(question.right))
            assert len(set(own)) < 3, f"row {row}"
            places.update(own)
        assert set(places.values()) == {rows}


def test_a_former_id_keeps_its_tick() -> None:
    changed = data()
    changed["topics"][1]["renamed_from"] = ["bee", "b"]
    assert ' data-item="beta" data-was="bee b"' in cards.topic(handbook(changed), "row.md", "beta")
    assert json.loads(course(handbook(changed)))["renamed"] == {"bee": "beta", "b": "beta"}


def test_the_browser_s_data_hold_what_a_plan_is_made_of() -> None:
    made = json.loads(course(handbook()))
    assert list(made["topics"]) == ["alpha", "beta", "gamma", "delta"]
    assert made["topics"]["delta"] == {
        "title": "Delta", "at": "phase/#delta", "skill": None, "phase": "phase-2", "core": False,
        "hours": [10, 15, 20], "requires": ["beta"],
    }  # fmt: skip
    assert made["phases"][0]["weeks"][4] == {"topics": [], "project": 7}
    assert made["projects"]["build-2"]["hours"] == [10, 15, 20]
