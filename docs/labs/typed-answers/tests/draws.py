"""What the tests of this lab draw anew in each run: tickets, answers, and models that do as they please."""

import json
import random
import string

CATEGORIES = ["payment", "delivery", "account", "other"]
PRIORITIES = ["low", "normal", "high"]
NAMES = ["Amara", "Björn", "Chidi", "Dolores", "Eszter", "Farid", "Grażyna", "Hiroshi"]
TICKETS = [
    "The parcel {order} says delivered but there is nothing here. {name}",
    "I cannot sign in since {day}, my password is refused. Order {order}.",
    "Ich habe {order} doppelt bezahlt und will mein Geld zurück! {name}",
    "{name} here: order {order} came on {day}, and the box was empty.",
]
DAYS = ["Monday", "Tuesday", "yesterday", "last week"]
SUMMARIES = ["nothing arrived", "charged twice", "box was empty", "cannot sign in", "wants a refund"]


def ticket(rng: random.Random) -> str:
    """A ticket of a sentence or two that no run before has sent."""
    return rng.choice(TICKETS).format(
        order=rng.randrange(1000, 99999), name=rng.choice(NAMES), day=rng.choice(DAYS)
    )  # fmt: skip


def imitation(rng: random.Random) -> str:
    """A ticket that looks like the answer to itself."""
    fields = [f"Category: {rng.choice(['gift', 'weather', 'legal'])}", f"Priority: {rng.choice(['urgent', 'top'])}"]
    rng.shuffle(fields)
    return "\n".join(fields)


def word(rng: random.Random, length: int = 9) -> str:
    """Letters that are nobody's category, priority or status."""
    return "".join(rng.choices(string.ascii_lowercase, k=length)).capitalize()


def triage(rng: random.Random) -> dict[str, str]:
    """An answer within the contract, its fields in any order."""
    fields = [
        ("category", rng.choice(CATEGORIES)),
        ("priority", rng.choice(PRIORITIES)),
        ("summary", f"{rng.choice(SUMMARIES)}, order {rng.randrange(1000, 99999)}"),
    ]
    rng.shuffle(fields)
    return dict(fields)


def free_text(rng: random.Random, answer: dict[str, str]) -> str:
    """The same answer in the markup of a model that was given no schema."""
    before, after = rng.choice([("**", ":**"), ("- ", " -"), ("### ", ""), ("<b>", "</b>:"), ("", " =")])
    return "\n\n".join(f"{before}{name.capitalize()}{after} {value.capitalize()}" for name, value in answer.items())


def schema_of(body: dict) -> dict | None:
    """The schema of a request as a model's server would find it; None when it asks for free text."""
    if "json_schema" in body:
        return body["json_schema"]
    return (body.get("response_format") or {}).get("json_schema", {}).get("schema")


def as_the_schema_allows(schema: dict, rng: random.Random) -> str:
    """What a model may write under a schema when it takes every liberty that is left to it."""
    found = liberties(schema, schema, rng)
    return json.dumps(found, ensure_ascii=False)


def liberties(schema: dict, root: dict, rng: random.Random) -> object:
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return liberties(target, root, rng)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return liberties(rng.choice(schema[choice]), root, rng)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "string")
    kind = rng.choice(kind) if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        needed = schema.get("required", [])
        fields = {
            name: liberties(part, root, rng) for name, part in schema.get("properties", {}).items() if name in needed
        }
        return fields
    if kind == "string":
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 200)
        return "".join(rng.choices(string.ascii_lowercase, k=rng.choice([shortest, longest])))
    return {"null": None, "boolean": True, "integer": 7, "number": 7.5, "array": []}[kind]
