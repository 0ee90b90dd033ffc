"""What a server for the Model Context Protocol answers, and what it has to refuse."""

from typing import Any

Json = dict[str, Any]

VERSION = "2026-07-28"
META = "io.modelcontextprotocol/"
ME = "https://orders.example/mcp"
# A real server verifies a signature. Here a table says for whom a token was issued.
TOKENS = {
    "t-ana": {"audience": ME, "customer": "ana"},
    "t-crm": {"audience": "https://crm.example", "customer": "ana"},
}
ORDERS = {
    "A-17": {"customer": "ana", "state": "delivered"},
    "B-02": {"customer": "ben", "state": "paid"},
}
GET_ORDER = {
    "name": "get_order",
    "description": "Find one of the customer's own orders by its number.",
    "inputSchema": {
        "type": "object",
        "properties": {"number": {"type": "string"}},
        "required": ["number"],
    },
}


def error(status: int, code: int, message: str) -> tuple[int, Json]:
    return status, {"error": {"code": code, "message": message}}


def call_tool(params: Json, customer: str) -> Json:
    """An error that the model can repair is a result, so that it gets to read it."""
    order = ORDERS.get(params["arguments"]["number"])
    if order is None or order["customer"] != customer:
        text = "Not found among this customer's orders. Numbers look like A-17."
        return {"content": [{"type": "text", "text": text}], "isError": True}
    return {"content": [{"type": "text", "text": order["state"]}], "isError": False}


def answer(headers: dict[str, str], body: Json) -> tuple[int, Json]:
    """Status and body for one POST. Nothing is remembered between two requests."""
    token = TOKENS.get(headers["authorization"].removeprefix("Bearer "))
    if token is None or token["audience"] != ME:
        return 401, {}
    method, params = body["method"], body["params"]
    sent_twice = (
        (headers["mcp-protocol-version"], params["_meta"][META + "protocolVersion"]),
        (headers["mcp-method"], method),
        (headers.get("mcp-name"), params.get("name")),
    )
    if any(header != value for header, value in sent_twice):
        return error(400, -32020, "a header differs from the body")

    result: Json = {"resultType": "complete"}
    if method == "server/discover":
        result |= {"supportedVersions": [VERSION], "capabilities": {"tools": {}}}
    elif method == "tools/list":
        result |= {"tools": [GET_ORDER]}
    elif method == "tools/call" and params["name"] == "get_order":
        return 200, {"result": result | call_tool(params, token["customer"])}
    elif method == "tools/call":
        return error(200, -32602, "unknown tool")
    else:
        return error(404, -32601, "method not found")
    return 200, {"result": result | {"ttlMs": 300_000, "cacheScope": "private"}}


def call(what: str, number: str, token: str = "t-ana", name: str = "get_order") -> None:
    meta = {META + "protocolVersion": VERSION, META + "clientCapabilities": {}}
    params = {"name": name, "arguments": {"number": number}, "_meta": meta}
    headers = {
        "authorization": f"Bearer {token}", "mcp-protocol-version": VERSION,
        "mcp-method": "tools/call", "mcp-name": "get_order",
    }
    status, reply = answer(headers, {"method": "tools/call", "params": params})
    print(what, status)
    if "result" in reply:
        result = reply["result"]
        print(f"    isError {result['isError']}: {result['content'][0]['text']}")
    if "error" in reply:
        print(f"    {reply['error']['code']}: {reply['error']['message']}")


call("Ana's order:", "A-17")
call("Ben's order, with Ana's token:", "B-02")
call("a token for another service:", "A-17", token="t-crm")
call("header and body name different tools:", "A-17", name="delete_order")
