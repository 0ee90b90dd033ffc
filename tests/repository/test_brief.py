"""Every row and figure of the source article stands on the page where a reader would look for it.

The expectations are typed out here, apart from the data: a slip in the data must not change them too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.htmlpages import BuiltPage, address, built_pages
from support.sitebuild import ROOT

# The facts of the source article.
pytestmark = pytest.mark.this_handbook

ROWS = [
    ("API design", "Model serving interfaces", "Model input/output formats", "skills/api-design/index.md"),
    (
        "Database optimization",
        "Vector database implementation",
        "Embeddings concepts",
        "skills/database-optimization/index.md",
    ),
    ("Caching strategies", "Retrieval augmentation", "RAG architecture patterns", "skills/caching-strategies/index.md"),
    ("Load balancing", "Model inference scaling", "Model quantization basics", "skills/load-balancing/index.md"),
    (
        "Microservice architecture",
        "AI service design",
        "Prompt engineering",
        "skills/microservice-architecture/index.md",
    ),
    ("Error handling", "LLM output validation", "Hallucination management", "skills/error-handling/index.md"),
]

#: What must be readable on each page; letter case is ignored.
ON_PAGE: dict[str, list[str]] = {
    "start/why-backend.md": [
        "System architecture", "Knowing how the parts of a complex system act on each other",
        "API design", "Building interfaces that hide complexity",
        "Performance optimization", "Finding and removing bottlenecks",
        "Scalability planning", "Preparing for more load",
        "Error-handling maturity", "Solid exception handling and recovery",
        "implementation", "integration", "algorithm", "data science", "source article",
    ],
    "skills/index.md": ["modest investment", *(term for row in ROWS for term in row[:3])],
    "roadmap/index.md": [
        "3–6 months", "about 4 months", "14 weeks", "22 weeks", "14–22 weeks", "2–4 weeks", "4–6 weeks",
        "AI Fundamentals Onboarding", "Implementation Pattern Mastery", "Integration and Production Focus",
        "Specialization Development", "source article", "12 hours a week",
    ],
    "roadmap/phase-1.md": [
        "2–4 weeks", "AI and machine learning terms", "basic model types and what each can do",
        "How designing an AI system differs from designing a traditional one",
        "One or two guided implementations with ready-made models",
    ],
    "roadmap/phase-2.md": [
        "4–6 weeks", "Architecture patterns specific to AI, RAG above all", "Hugging Face", "LangChain",
        "Prompt engineering for dependable behavior", "One project that builds one pattern end to end",
    ],
    "roadmap/phase-3.md": [
        "4–6 weeks", "AI observability and monitoring", "Model versioning and deployment workflows", "Cost optimization",
        "One project that demonstrates production readiness",
    ],
    "roadmap/phase-4.md": [
        "4–6 weeks", "Choose one area", "multi-modal systems", "agent architectures", "Go deeper",
        "A showcase project with specialist ability", "Write down the architecture decisions and the approach",
    ],
    "challenges.md": [
        "Algorithm distraction", "mathematics", "Over-engineering", "more complex than the problem needs",
        "Experimentation reluctance", "iterative", "Output uncertainty", "probabilistic", "deterministic",
        "Technology overreliance", "one framework instead of on architecture patterns", "dependable systems",
    ],
    "career/positioning.md": [
        "Scalable, reliable production systems", "several services or components", "carries over to inference",
        "whole lifecycle, from development to monitoring", "engineering foundations",
    ],
    "career/portfolio.md": [
        "End-to-end implementations, not only model training", "Architecture decisions and the reasons for them",
        "monitoring and reliability", "Implementation obstacles and how they were overcome", "work dependably",
    ],
    "contribute/index.md": [
        "Structured, implementation-focused learning", "Architecture pattern templates",
        "Contact with others on the same path",
    ],
    "reference/sources.md": ["Backend Developer to AI Engineer"],
}  # fmt: skip


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BuiltPage]:
    return built_pages(site)


def _text(pages: dict[str, BuiltPage], source: str) -> str:
    return pages[address(source) + "index.html"].text().lower()


@pytest.mark.parametrize("source", ON_PAGE)
def test_what_the_article_says_is_on_its_page(source: str, pages: dict[str, BuiltPage]) -> None:
    text = _text(pages, source)
    assert [phrase for phrase in ON_PAGE[source] if phrase.lower() not in text] == []


def test_the_mapping_table_begins_with_the_rows_of_the_article(pages: dict[str, BuiltPage]) -> None:
    (table,) = pages["skills/index.html"].article.find_class("skills-table")
    rows = [[" ".join(c.text_content().split()) for c in row.iter("td")][:3] for row in table.iter("tr")]
    assert [row for row in rows if row][: len(ROWS)] == [list(row[:3]) for row in ROWS]


def test_no_page_says_how_many_rows_the_map_has_but_by_the_data() -> None:
    """A seventh row would make it wrong. What the source article has, is said of the article."""
    number = re.compile(r"\bsix (?:rows|skills|backend skills|of your skills)\b", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in [*(ROOT / "docs").rglob("*.md"), *(ROOT / "overrides").rglob("*.html")]
        for match in number.finditer(file.read_text(encoding="utf-8"))
    ]
    assert [line for line in found if "sources.md" not in line] == [], 'write {{ fact("skills") }}'


@pytest.mark.parametrize(("skill", "application", "gap", "source"), ROWS, ids=[row[3] for row in ROWS])
def test_each_row_has_a_page_that_begins_with_its_terms(
    skill: str, application: str, gap: str, source: str, pages: dict[str, BuiltPage]
) -> None:
    (bridge,) = pages[address(source) + "index.html"].article.find_class("bridge__path")
    assert bridge.text_content().split("\n")[1:-1] == [
        f"You know {skill}",
        f"You build {application}",
        f"You learn {gap}",
    ]


def test_home_shows_the_map_and_the_timeline(pages: dict[str, BuiltPage]) -> None:
    text = _text(pages, "index.md")
    assert [term for row in ROWS for term in row[:3] if term.lower() not in text] == []
    for figure in ("3–6 months", "about 4 months", "14 weeks", "22 weeks"):
        assert figure in text


def test_opinions_of_the_article_are_said_to_be_its_own(pages: dict[str, BuiltPage]) -> None:
    for source in ("start/why-backend.md", "roadmap/index.md", "career/positioning.md", "career/portfolio.md"):
        links = pages[address(source) + "index.html"].article.xpath(".//a[contains(@class, 'cite')]/@href")
        assert any(link.endswith("#backend-to-ai-article") for link in links), source


def test_hours_are_said_to_be_estimates_wherever_they_show(pages: dict[str, BuiltPage]) -> None:
    """A block of the data that shows a number of hours says that it is an estimate."""
    for page in pages.values():
        for css_class in (
            "page-card",
            "topic-card",
            "bridge",
            "phase-card",
            "skills-table",
            "phases-table",
            "topic-table",
            "timeline",
        ):
            for block in page.article.find_class(css_class):
                text = block.text_content()
                if re.search(r"\d h(ours)?\b", text):
                    assert "estimate" in text, f"{page.path}: {text[:120]}"
