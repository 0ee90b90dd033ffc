"""Check an answer's citations in code, and see what this check cannot find."""

RETRIEVED = {
    "returns-ch:3:9f2c": "Returned goods must arrive within 14 days of delivery.",
    "returns-ch:5:c01d": "The return label is in the parcel.",
}


def faults(answer: dict) -> list[str]:
    """What code alone can say about an answer; an empty list lets it pass."""
    if answer["abstained"]:
        return ["abstained and claims something"] if answer["claims"] else []
    found = [] if answer["claims"] else ["neither a claim nor an abstention"]
    for claim in answer["claims"]:
        if not claim["passages"]:
            found.append(f"no passage named for: {claim['text']}")
        for passage in claim["passages"]:
            if passage not in RETRIEVED:
                found.append(f"{passage} was not retrieved")
    return found


def answer(text: str, *passages: str) -> dict:
    return {"claims": [{"text": text, "passages": list(passages)}], "abstained": False}


ANSWERS = {
    "right": answer("14 days from delivery", "returns-ch:3:9f2c"),
    "invented source": answer("14 days from delivery", "returns-ch:8:77aa"),
    "no source": answer("14 days from delivery"),
    "unsupported claim": answer("Returns are free", "returns-ch:5:c01d"),
    "abstention": {"claims": [], "abstained": True},
}
for name, body in ANSWERS.items():
    print(f"{name:<18}", "; ".join(faults(body)) or "passes")
