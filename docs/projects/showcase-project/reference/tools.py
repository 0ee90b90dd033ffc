"""The agent's tools: who is offered which, when arguments are right, when a person has to approve, and the call."""

import hashlib
import json
import re
from typing import Any

import httpx

PATIENCE = 60
#: How often a call is sent before the run gives up on an answer.
TRIES = 3

ORDER = {"type": "string", "pattern": "^[A-Z]-[0-9]{5}$"}
DOCUMENT = {"type": "string", "pattern": "^doc-[0-9]{1,9}$"}
TEXT = {"type": "string", "minLength": 1, "maxLength": 500}
AMOUNT = {"type": "integer", "minimum": 1}
#: Each tool's purpose and properties. All properties are required, and there are no others.
TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "find_order": ("Look up an order.", {"order": ORDER}),
    "read_document": ("Read a document.", {"document": DOCUMENT}),
    "send_message": ("Write to the customer of an order.", {"order": ORDER, "text": TEXT}),
    "refund": ("Pay back an amount for an order.", {"order": ORDER, "amount_cents": AMOUNT}),
}
#: What a run of each kind needs, and no more.
OFFERED = {
    "question": ["find_order", "read_document"],
    "message": ["find_order", "read_document", "send_message"],
    "refund": ["find_order", "read_document", "refund"],
}


class NoAnswer(Exception):
    """The tool server has not answered. Whether the call had its effect, nobody knows."""


def offer(kind: str) -> list[dict[str, Any]]:
    """The tools of a kind of run, as a chat request lists them."""
    return [
        {"type": "function", "function": {"name": name, "description": TOOLS[name][0], "parameters": schema(name)}}
        for name in OFFERED[kind]
    ]


def schema(tool: str) -> dict[str, Any]:
    properties = TOOLS[tool][1]
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parsed(text: str) -> dict[str, Any] | None:
    """The arguments as an object; None when they are none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def wrong_arguments(tool: str, arguments: dict[str, Any] | None) -> str:
    """What is wrong with the arguments, in words for the model; "" when nothing is."""
    if arguments is None:
        return "the arguments are not one JSON object"
    properties = TOOLS[tool][1]
    for name in arguments:
        if name not in properties:
            return f"{name}: is not an argument of {tool}"
    for name, rule in properties.items():
        if name not in arguments:
            return f"{name}: is missing"
        if not fits(arguments[name], rule):
            return f"{name}: does not fit {json.dumps(rule)}"
    return ""


def fits(value: Any, rule: dict[str, Any]) -> bool:
    if rule["type"] == "integer":
        return type(value) is int and value >= rule["minimum"]
    # Python's $ also fits before a line break at the end, which is no part of the contract's patterns.
    if not isinstance(value, str) or not re.search(rule.get("pattern", "").replace("$", r"\Z"), value):
        return False
    return rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 500)


def approval_reason(tool: str, untrusted: bool) -> str | None:
    """Why a person has to approve a call; None when nobody has to.

    Args:
        untrusted: whether this run has read what strangers may have written.
    """
    if tool == "refund":
        return "always"
    return "after_untrusted" if tool == "send_message" and untrusted else None


def digest(run: str, step: int, tool: str, arguments: dict[str, Any]) -> str:
    """What a person approves, as one number: another argument, step or run gives another one."""
    what = {"arguments": arguments, "run": run, "step": step, "tool": tool}
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class ToolServer:
    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE, trust_env=False)

    async def call(self, tool: str, arguments: dict[str, Any], tenant: str, key: str) -> Any:
        """The body of the tool server's answer. Raises NoAnswer.

        Args:
            key: the same at every try, also after a restart, so that an effect happens once.
        """
        headers = {"x-tenant": tenant, "idempotency-key": key}
        for _ in range(TRIES):
            try:
                response = await self.http.post(f"{self.url}/tools/{tool}", json=arguments, headers=headers)
                body = response.json()
                if response.status_code < 500 and isinstance(body, dict):
                    return body
            except (httpx.HTTPError, ValueError):
                continue
        raise NoAnswer(f"{tool}: no answer in {TRIES} tries")
