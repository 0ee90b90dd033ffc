"""Gives the assistants of a company their tools over the Model Context Protocol: reports, budgets, and those of a partner."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

Json = dict[str, Any]

REVISION = "2026-07-28"
META = "io.modelcontextprotocol/"
#: What the issuer calls this server, and the two services behind it.
ME, LEDGER, PARTNER = "https://tools.example/mcp", "https://ledger.example", "https://fx.example/mcp"
#: The sites whose pages may call this server. Other programs send no origin.
ORIGINS = {None, "https://assistant.example"}
#: Where a client learns who gives tokens for this server.
METADATA = "/.well-known/oauth-protected-resource/mcp"
CHALLENGE = {"WWW-Authenticate": f'Bearer resource_metadata="https://tools.example{METADATA}"'}
#: Before the name of each tool of the partner, so that it never takes the name of one of ours.
PREFIX = "fx."

DATA = Path(os.environ["LAB_DATA"])
#: A share with one folder for each team, into which the team's people put what they like.
REPORTS = DATA / "reports"
#: The partner's tools as they were when somebody reviewed them, one JSON object each, in a list.
APPROVED = DATA / "approved.json"


def client(address: str) -> httpx.Client:
    return httpx.Client(base_url=os.environ[address], timeout=20, trust_env=False)


issuer, ledger, partner = client("LAB_ISSUER"), client("LAB_LEDGER"), client("LAB_PARTNER")
issuer.auth = httpx.BasicAuth("tools", os.environ["LAB_SECRET"])
app = FastAPI()


class Refused(Exception):
    """A request that is not carried out: the status, and the protocol's own code where it has one."""

    def __init__(self, status: int, message: str, code: int = -32600) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class ToolError(Exception):
    """Something that the model reads, so that it can ask the person or try something else."""


class Params(BaseModel):
    meta: Json = Field({}, alias="_meta")
    name: str | None = None
    arguments: Json = {}


class Message(BaseModel):
    jsonrpc: Literal["2.0"]
    id: int | str
    method: str
    params: Params = Params()


@dataclass(frozen=True)
class Caller:
    """Who has signed in, as the issuer knows them, and the token that says so."""

    name: str
    team: str
    token: str


def caller_of(request: Request) -> Caller:
    """Who sends a request. The issuer knows whether a token is its own, not yet expired and not signed out."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        claims = issuer.post("/introspect", data={"token": token}).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Refused(503, "the issuer does not answer") from error
    if not claims["active"]:
        raise Refused(401, "the token is not valid")
    return Caller(claims["sub"], claims.get("team", ""), token)


def token_of_this_server(resource: str) -> str:
    """A token for another service, in the name of this server. Raises ToolError."""
    asked = {"grant_type": "client_credentials", "resource": resource}
    try:
        return issuer.post("/token", data=asked).raise_for_status().json()["access_token"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ToolError("the login server gives no token for this") from error


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Report(BaseModel):
    path: str


class Budget(BaseModel):
    budget: str


class Change(BaseModel):
    budget: str
    cents: int


def read_report(caller: Caller, asked: Report) -> str:
    """The text of a report. Only what lies in the folder of the caller's team is read."""
    root = REPORTS / caller.team
    path = os.path.normpath(root / asked.path)
    if not path.startswith(str(root)):
        raise ToolError("there is no such report")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ToolError("there is no such report") from error


def read_budget(caller: Caller, asked: Budget) -> str:
    return asked_of_ledger("GET", caller.token, params={"id": asked.budget})


def change_budget(caller: Caller, asked: Change) -> str:
    # Since March the ledger takes changes only with a token that was issued for it.
    token = token_of_this_server(LEDGER)
    return asked_of_ledger("POST", token, json={"id": asked.budget, "cents": asked.cents})


def asked_of_ledger(method: str, token: str, **values: Any) -> str:
    """What the ledger says about a budget. Raises ToolError."""
    try:
        answer = ledger.request(method, "/budgets", headers=bearer(token), **values)
        if answer.status_code in (403, 404):
            raise ToolError("there is no such budget, or the person may not do this")
        return answer.raise_for_status().text
    except httpx.HTTPError as error:
        raise ToolError("the ledger does not answer") from error


@dataclass(frozen=True)
class Tool:
    """A tool of this server: what the model is told about it, and what it does."""

    description: str
    arguments: type[BaseModel]
    run: Callable[[Caller, Any], str]


TOOLS = {
    "read_report": Tool("Read a report of the person's team, such as 2026-10.txt.", Report, read_report),
    "read_budget": Tool("Read a budget: its team and its amount in cents.", Budget, read_budget),
    "change_budget": Tool("Set the amount of a budget, in cents.", Change, change_budget),
}


def asked_of_partner(caller: Caller, method: str, **params: Any) -> Json:
    """The result of a request to the partner's server. Raises ToolError."""
    meta = {META + "protocolVersion": REVISION, META + "clientCapabilities": {}}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"_meta": meta}}
    headers = bearer(caller.token) | {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": REVISION,
        "Mcp-Method": method,
    }
    if "name" in params:
        headers["Mcp-Name"] = params["name"]
    try:
        return partner.post("/mcp", json=body, headers=headers).raise_for_status().json()["result"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ToolError("the partner's server gives no usable answer") from error


def reviewed() -> list[Json]:
    """The partner's tools, each as somebody has reviewed it."""
    return json.loads(APPROVED.read_text(encoding="utf-8")) if APPROVED.exists() else []


def tools_of_partner(caller: Caller) -> dict[str, Json]:
    """The partner's tools that somebody has approved, by name. Raises ToolError."""
    approved = {tool["name"] for tool in reviewed()}
    offered = asked_of_partner(caller, "tools/list").get("tools", [])
    return {tool["name"]: tool for tool in offered if tool["name"] in approved}


def listed(caller: Caller) -> list[Json]:
    """What a model is told: our tools, and the approved ones of the partner while it answers."""
    ours = [
        {"name": name, "description": tool.description, "inputSchema": tool.arguments.model_json_schema()}
        for name, tool in TOOLS.items()
    ]
    try:
        theirs = tools_of_partner(caller).values()
    except ToolError:
        theirs = []
    return [*ours, *(tool | {"name": PREFIX + tool["name"]} for tool in theirs)]


def called(caller: Caller, name: str, arguments: Json) -> Json:
    """What a tool says. Raises Refused for an unknown tool, and ToolError."""
    if tool := TOOLS.get(name):
        try:
            asked = tool.arguments.model_validate(arguments)
        except ValidationError as error:
            raise ToolError(f"the arguments do not fit: {error.errors()[0]['msg']}") from error
        return {"content": [{"type": "text", "text": tool.run(caller, asked)}], "isError": False}
    theirs = name.removeprefix(PREFIX)
    if theirs == name or theirs not in tools_of_partner(caller):
        raise Refused(200, "there is no such tool", -32602)
    return asked_of_partner(caller, "tools/call", name=theirs, arguments=arguments)


def check_headers(request: Request, message: Message) -> None:
    """Proxies go by the headers, so they have to say what the body says. Raises Refused."""
    meta = message.params.meta
    if META + "protocolVersion" not in meta or META + "clientCapabilities" not in meta:
        raise Refused(400, f"_meta lacks a field; this server speaks {REVISION}", -32602)
    said = {
        "mcp-protocol-version": meta[META + "protocolVersion"],
        "mcp-method": message.method,
        "mcp-name": message.params.name,
    }
    if any(request.headers.get(header) != value for header, value in said.items()):
        raise Refused(400, "a header is missing or differs from the body", -32020)
    if meta[META + "protocolVersion"] != REVISION:
        raise Refused(400, f"this server speaks {REVISION}", -32022)


def result_of(caller: Caller, message: Message) -> Json:
    if message.method == "tools/call":
        try:
            return called(caller, message.params.name or "", message.params.arguments)
        except ToolError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
    known: Json = {"ttlMs": 0, "cacheScope": "private"}
    if message.method == "tools/list":
        return known | {"tools": listed(caller)}
    if message.method == "server/discover":
        return known | {"supportedVersions": [REVISION], "capabilities": {"tools": {}}}
    raise Refused(404, "method not found", -32601)


@app.post("/mcp")
def answer(request: Request, message: Message) -> JSONResponse:
    reply = {"jsonrpc": "2.0", "id": message.id}
    try:
        if request.headers.get("origin") not in ORIGINS:
            raise Refused(403, "pages of this origin may not call this server")
        caller = caller_of(request)
        check_headers(request, message)
        return JSONResponse(reply | {"result": {"resultType": "complete"} | result_of(caller, message)})
    except Refused as refused:
        headers = CHALLENGE if refused.status == 401 else None
        error = {"code": refused.code, "message": str(refused)}
        return JSONResponse(reply | {"error": error}, refused.status, headers)


@app.get(METADATA)
def metadata() -> Json:
    return {"resource": ME, "authorization_servers": [os.environ["LAB_ISSUER"]]}


@app.get("/health")
def health() -> Json:
    return {"status": "ok"}
