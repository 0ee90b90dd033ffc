"""One complete tool loop. A script plays the model, so each run is the same."""

import json
from typing import Any

Json = dict[str, Any]
# What the task may do. It comes from the user's session, never from the model.
TASK, CUSTOMER, ALLOWED = "ticket-204", "c-17", ("find_order", "refund_line")
ORDERS: dict[str, Json] = {
    "8841-A": {"customer": "c-17", "paid_cents": {"1": 4500, "2": 1990}},
    "8814-A": {"customer": "c-99", "paid_cents": {"1": 700}},
}
REFUNDS: dict[str, int] = {}  # cents by idempotency key; in production, a table

def tool(name: str, description: str, **fields: str) -> Json:
    properties = {field: {"type": kind} for field, kind in fields.items()}
    schema = {"type": "object", "properties": properties, "required": [*fields]}
    function = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}


TOOLS = {
    "find_order": tool("find_order", "Find an order of this customer.", order="string"),
    "refund_line": tool("refund_line", "Refund one line of an order, at most once.",
                        order="string", line="string", cents="integer"),
}
# --8<-- [start:loop]
def run_tool(name: str, arguments_text: str) -> Json:
    if name not in ALLOWED:
        return {"error": f"{name} is not available in this task"}
    try:
        arguments = json.loads(arguments_text)  # text from outside, like any body
    except ValueError:
        return {"error": "the arguments are not JSON: send one object"}
    fields = TOOLS[name]["function"]["parameters"]["properties"]
    if not isinstance(arguments, dict) or arguments.keys() != fields.keys():
        return {"error": f"send exactly these fields: {', '.join(fields)}"}
    for field, rule in fields.items():
        if type(arguments[field]) is not {"string": str, "integer": int}[rule["type"]]:
            return {"error": f"{field} must be of type {rule['type']}"}
    order = ORDERS.get(arguments["order"])
    if order is None or order["customer"] != CUSTOMER:  # the permission check
        return {"error": "this customer has no such order: ask for the number"}
    if name == "find_order":
        return {"paid_cents": order["paid_cents"]}
    if not 0 < arguments["cents"] <= order["paid_cents"].get(arguments["line"], 0):
        return {"error": "cents must be at least 1 and at most what the line cost"}
    # From the task and from what is booked once. The id of the call is always new.
    key = f"{TASK}/refund/{arguments['order']}/{arguments['line']}"
    status = "already refunded" if key in REFUNDS else "refunded"
    return {"status": status, "cents": REFUNDS.setdefault(key, arguments["cents"])}

def loop(messages: list[Json], most_requests: int = 6) -> str:
    tools = [TOOLS[name] for name in ALLOWED]
    for number in range(1, most_requests + 1):
        print(f"request {number}: {len(messages)} messages, {len(tools)} tools")
        response = ask({"model": "example", "messages": messages, "tools": tools})
        reason, message = response["finish_reason"], response["message"]
        print(f"response {number}: {reason}")
        if reason == "stop":
            return message["content"]
        if reason != "tool_calls":  # cut off, refused or unknown: run nothing
            return f"to a person: {reason}"
        messages.append(message)
        for call in message["tool_calls"]:
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            content = json.dumps(run_tool(name, arguments))
            print(f"  {call['id']} {name} {arguments}\n    {content}")
            answer = {"role": "tool", "tool_call_id": call["id"], "content": content}
            messages.append(answer)
    return "to a person: too many requests"
# --8<-- [end:loop]


def ask(request: Json) -> Json:  # with a server: the body's choices[0]
    calls = []
    for letter, (name, arguments) in zip("ab", SCRIPT.pop(0)):
        function = {"name": name, "arguments": json.dumps(arguments)}
        call_id = f"call_{len(request['messages'])}{letter}"
        calls.append({"id": call_id, "type": "function", "function": function})
    text = "" if calls else "Refunded."
    message = {"role": "assistant", "content": text, "tool_calls": calls}
    return {"finish_reason": "tool_calls" if calls else "stop", "message": message}


REFUND = ("refund_line", {"order": "8841-A", "line": "2", "cents": 1990})
SCRIPT: list[list[tuple[str, Json]]] = [
    [("find_order", {"order": "8841-A"}), ("find_order", {"order": "8814-A"})],
    [("refund_line", REFUND[1] | {"cents": "19.90"})], [REFUND, REFUND], []]
print(loop([{"role": "user", "content": "The lamp of order 8841-A is broken."}]))
