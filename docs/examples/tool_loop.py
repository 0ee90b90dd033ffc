"""One complete tool loop. A script plays the model, so each run is the same."""

import json

Json = dict[str, object]
# What the task may do. It comes from the user's session, never from the model.
TASK, CUSTOMER, ALLOWED = "ticket-204", "c-17", ("find_order", "refund_line")
# The customer of each order, and the cents that each of its lines can still get back.
ORDERS = {"8841-A": ("c-17", {"1": 4500, "2": 1990}), "8814-A": ("c-99", {"1": 700})}
REFUNDS: dict[str, int] = {}  # cents by idempotency key; in production, a table
TYPES = {"string": str, "integer": int}

def tool(name: str, description: str, **fields: str) -> Json:
    types = {field: {"type": kind} for field, kind in fields.items()}
    schema = {"type": "object", "properties": types, "required": [*fields]}
    function = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}

TOOLS = {
    "find_order": tool("find_order", "Find an order of this customer.", order="string"),
    "refund_line": tool("refund_line", "Refund an order line, once per ticket.",
                        order="string", line="string", cents="integer")}
# --8<-- [start:checks]
def run_tool(name: str, arguments_text: str) -> Json:
    if name not in ALLOWED:  # 1
        return {"error": f"{name} is not available in this task"}
    try:
        arguments = json.loads(arguments_text)  # 2: text from outside, like any body
    except ValueError:
        return {"error": "the arguments are not JSON: send one object"}
    fields = TOOLS[name]["function"]["parameters"]["properties"]
    if not isinstance(arguments, dict) or arguments.keys() != fields.keys():
        return {"error": f"send exactly these fields: {', '.join(fields)}"}
    for field, rule in fields.items():
        if type(arguments[field]) is not TYPES[rule["type"]]:  # so True is no integer
            return {"error": f"{field} must be of type {rule['type']}"}
    customer, refundable = ORDERS.get(arguments["order"], ("", {}))
    if customer != CUSTOMER:  # 3: the permission check
        return {"error": "this customer has no such order: ask for the number"}
    if name == "find_order":
        return {"refundable_cents": refundable}
    line, cents = arguments["line"], arguments["cents"]
    if line not in refundable:  # 4
        return {"error": f"no such line: send one of {', '.join(refundable)}"}
    # From the task and what it may book once. The id of a call is new each time.
    key = f"{TASK}/refund/{arguments['order']}/{line}"
    if key in REFUNDS:  # 5
        return {"status": "already refunded", "cents": REFUNDS[key]}
    if not 0 < cents <= refundable[line]:  # 6
        return {"error": f"send at least 1 cent and at most {refundable[line]}"}
    REFUNDS[key] = cents  # in production, these two writes are one transaction
    refundable[line] -= cents
    return {"status": "refunded", "cents": cents}
# --8<-- [end:checks]
# --8<-- [start:loop]
def loop(messages: list[Json], most_requests: int = 6) -> str:
    tools = [TOOLS[name] for name in ALLOWED]
    for number in range(1, most_requests + 1):
        response = ask({"model": "example", "messages": messages, "tools": tools})
        reason, message = response["finish_reason"], response["message"]
        print(f"request {number} with {len(messages)} messages: {reason}")
        if reason == "stop":
            return message["content"]
        if reason != "tool_calls":  # cut off, refused or unknown: run nothing
            return f"to a person: {reason}"
        messages.append(message)
        for call in message["tool_calls"]:
            call_id, function = call["id"], call["function"]
            result = run_tool(function["name"], function["arguments"])
            text = json.dumps(result, separators=(",", ":"))
            print(f"  {call_id} {function['name']} {function['arguments']}\n    {text}")
            messages.append({"role": "tool", "tool_call_id": call_id, "content": text})
    return "to a person: too many requests"
# --8<-- [end:loop]
def ask(request: Json) -> Json:  # with a server: the body's choices[0]
    calls = SCRIPT.pop(0) if SCRIPT else []
    message = {"role": "assistant", "content": "" if calls else "Refunded."}
    reason = "tool_calls" if calls else "stop"
    return {"finish_reason": reason, "message": message | {"tool_calls": calls}}

def call(number: str, name: str, **arguments: object) -> Json:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"id": f"call_{number}", "type": "function", "function": function}

LINE = {"order": "8841-A", "line": "2"}
SCRIPT = [[call("1a", "find_order", order="8841-A"),
           call("1b", "find_order", order="8814-A")],
          [call("2a", "refund_line", **LINE, cents="5.00")],
          [call(number, "refund_line", **LINE, cents=500) for number in ("3a", "3b")]]
print(loop([{"role": "user", "content": "The lamp of 8841-A is scratched. 5 euros?"}]))
