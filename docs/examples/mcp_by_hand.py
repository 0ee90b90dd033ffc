"""What a server for the Model Context Protocol answers, and what it has to refuse."""

from typing import Any

Json = dict[str, Any]
VERSION = "2026-07-28"
META = "io.modelcontextprotocol/"
IN_EACH_REQUEST = {META + "protocolVersion", META + "clientCapabilities"}
ME = "https://orders.example/mcp"
ORIGINS = {"", "https://support.example"}  # only browsers send one
TOKENS = {  # a real server verifies a signature instead
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
    "inputSchema": {"type": "object", "required": ["number"],
                    "properties": {"number": {"type": "string"}}}}

def error(status: int, code: int, message: str) -> tuple[int, Json]:
    return status, {"error": {"code": code, "message": message}}
# --8<-- [start:answer]
def call_tool(params: Json, customer: str) -> Json:
    """An error that the model can repair is a result, so that it gets to read it."""
    order = ORDERS.get(params.get("arguments", {}).get("number"))
    if order is None or order["customer"] != customer:
        text = "Not found among this customer's orders. Numbers look like A-17."
        return {"content": [{"type": "text", "text": text}], "isError": True}
    return {"content": [{"type": "text", "text": order["state"]}], "isError": False}

def answer(headers: dict[str, str], body: Json) -> tuple[int, Json]:
    """Status and body for one POST. Nothing is remembered between two requests."""
    if headers.get("origin", "") not in ORIGINS:
        return 403, {}
    token = TOKENS.get(headers.get("authorization", "").removeprefix("Bearer "))
    if token is None or token["audience"] != ME:
        return 401, {}
    method, params = body["method"], body.get("params", {})
    meta = params.get("_meta", {})
    if not meta.keys() >= IN_EACH_REQUEST:
        return error(400, -32602, f"_meta lacks a field; this server speaks {VERSION}")
    in_header_and_body = (
        (headers.get("mcp-protocol-version"), meta[META + "protocolVersion"]),
        (headers.get("mcp-method"), method),
        (headers.get("mcp-name"), params.get("name")),
    )
    if any(header != value for header, value in in_header_and_body):
        return error(400, -32020, "a header is missing or differs from the body")
    if meta[META + "protocolVersion"] != VERSION:
        return error(400, -32022, f"this server speaks {VERSION}")
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
# --8<-- [end:answer]
def show(what: str, status: int, reply: Json) -> None:
    print(what, status, *reply.get("error", {}).values())
    if result := reply.get("result"):
        print(f"    isError {result['isError']}: {result['content'][0]['text']}")

def call(what, number="A-17", token="t-ana", name="get_order", origin="", without=""):
    """Call get_order. `name` goes into the header, and `without` drops a header."""
    meta = {META + "protocolVersion": VERSION, META + "clientCapabilities": {}}
    params = {"name": "get_order", "arguments": {"number": number}, "_meta": meta}
    headers = {"authorization": f"Bearer {token}", "mcp-protocol-version": VERSION,
               "mcp-method": "tools/call", "mcp-name": name, "origin": origin}
    headers.pop(without, None)
    show(what, *answer(headers, {"method": "tools/call", "params": params}))

call("Ana's order:")
call("Ben's order, with Ana's token:", number="B-02")
call("a token for another service:", token="t-crm")
call("another tool in the header:", name="list_orders")
call("no header for the method:", without="mcp-method")
call("a web page from elsewhere:", origin="https://evil.example")
old = {"method": "initialize", "params": {"protocolVersion": "2025-11-25"}}
show("a client of an older revision:", *answer({"authorization": "Bearer t-ana"}, old))
