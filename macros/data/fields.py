"""The kinds of value that entities are made of: ids, texts, hours, and the strict base of every entry."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60),
    Field(description="Permanent and readable: lower case letters, digits and single hyphens."),
]


Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1200, pattern=r"^\S(.*\S)?$"),
    Field(description="Plain text on one line; `code` in backticks is allowed."),
]


PagePath = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*\.md$"),
    Field(description="A page, as a path below docs/."),
]


#: Numbers are bounded so that a slip of the keyboard is caught as one.
Hours = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False, description="Hours of work; an estimate.")]


#: A page that was published, or a section of one. Both may be gone.
Address = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*\.md(#[A-Za-z][\w-]*)?$"),
    Field(description="A page as a path below docs/, with or without #id of a section."),
]


Weeks = Annotated[int, Field(ge=1, le=52)]


class Entry(BaseModel):
    """Strict: a number in quotes is not a number, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Named(Entry):
    """An entry with a permanent id. Old ids live on in renamed_from, so that links and progress survive."""

    id: Id
    renamed_from: list[Id] = []


class HourRange(Entry):
    """Estimated hours at the handbook's pace."""

    min: Hours
    likely: Hours
    max: Hours


class WeekRange(Entry):
    min: Weeks
    max: Weeks


class MonthRange(Entry):
    min: Annotated[int, Field(ge=1, le=24)]
    max: Annotated[int, Field(ge=1, le=24)]


def total_hours(ranges: list[HourRange]) -> HourRange:
    """The sum of estimates, end by end. Pessimistic at both ends: not every topic runs late at once."""
    return HourRange.model_construct(
        min=sum(r.min for r in ranges), likely=sum(r.likely for r in ranges), max=sum(r.max for r in ranges)
    )
