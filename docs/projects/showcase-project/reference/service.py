"""An agent that may refund: runs with tools, approvals, and effects that happen once. Run it with `python service.py`.

The contract is openapi.yml in the folder above.
"""

import re
import uuid
from typing import Any

import uvicorn
from agent import Agent, Expired, NotWaiting
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from model import Settings
from store import Run
from tools import OFFERED

settings = Settings.from_environment()
agent = Agent(settings)
app = FastAPI()
instance = uuid.uuid4().hex
#: Tenant and id of the runs that a request of this process is busy with.
under_way: set[tuple[str, str]] = set()

NAME = "[a-z0-9-]{1,64}"
LONGEST_TASK = 4000
MOST_STEPS = 50
LONGEST_APPROVAL = 86_400


class Refused(Exception):
    """A request that gets no run."""

    def __init__(self, status: int, code: str, problem: str) -> None:
        super().__init__(problem)
        self.status, self.code = status, code


@app.exception_handler(Refused)
async def refused(request: Request, fault: Refused) -> JSONResponse:
    return JSONResponse({"code": fault.code, "problem": str(fault)}, fault.status)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok", "instance": instance}


@app.put("/runs/{run_id}")
async def put_run(run_id: str, request: Request) -> JSONResponse:
    tenant, body = tenant_of(request), await body_of(request)
    check_new_run(run_id, body)
    run = agent.store.get(tenant, run_id) or Run(tenant, run_id, body)
    if run.body != body:
        raise Refused(409, "other_run", f"{run_id} is another run")
    if (tenant, run_id) in under_way:
        return JSONResponse(agent.view(run), 202)
    # A run that is running, and not in this process, was interrupted.
    if run.state in ("running", "failed"):
        under_way.add((tenant, run_id))
        try:
            await agent.advance(run)
        finally:
            under_way.discard((tenant, run_id))
    return JSONResponse(agent.view(run))


@app.get("/runs/{run_id}")
async def get_run(run_id: str, request: Request) -> JSONResponse:
    return JSONResponse(agent.view(known_run(tenant_of(request), run_id)))


@app.post("/runs/{run_id}/approval")
async def decide(run_id: str, request: Request) -> JSONResponse:
    tenant, body = tenant_of(request), await body_of(request)
    if not isinstance(body.get("digest"), str) or body.get("decision") not in ("approve", "decline"):
        raise Refused(400, "bad_request", "expected digest, and approve or decline as decision")
    run = known_run(tenant, run_id)
    if (tenant, run_id) in under_way:
        raise Refused(409, "not_waiting", "the run is under way")
    under_way.add((tenant, run_id))
    try:
        await agent.decide(run, body["digest"], body["decision"] == "approve")
    except NotWaiting as error:
        raise Refused(409, "not_waiting", str(error)) from None
    except Expired as error:
        raise Refused(410, "expired", str(error)) from None
    finally:
        under_way.discard((tenant, run_id))
    return JSONResponse(agent.view(run))


def known_run(tenant: str, run_id: str) -> Run:
    run = agent.store.get(tenant, run_id)
    if not run:
        raise Refused(404, "not_found", f"there is no run {run_id}")
    return run


def tenant_of(request: Request) -> str:
    """Who asks, as the gateway has checked it. No body and no argument of a tool can say otherwise."""
    tenant = request.headers.get("x-tenant", "")
    if not re.fullmatch(NAME, tenant):
        raise Refused(400, "bad_request", "X-Tenant: is missing, or no name")
    return tenant


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400, "bad_request", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "bad_request", "the body is not a JSON object")
    return body


def check_new_run(run_id: str, body: dict[str, Any]) -> None:
    """Raises Refused."""
    budget = body.get("budget")
    if not isinstance(budget, dict):
        raise Refused(400, "bad_request", "budget: is missing, or no object")
    task, usd = body.get("task"), budget.get("usd")
    rules = {
        "id": re.fullmatch(NAME, run_id) is not None,
        "body": set(body) == {"kind", "task", "budget", "approval_seconds"},
        "kind": body.get("kind") in list(OFFERED),
        "task": isinstance(task, str) and bool(task.strip()) and len(task) <= LONGEST_TASK,
        "budget": set(budget) == {"steps", "tokens", "usd"},
        "budget.steps": is_whole(budget.get("steps"), MOST_STEPS),
        "budget.tokens": is_whole(budget.get("tokens")),
        "budget.usd": isinstance(usd, int | float) and not isinstance(usd, bool) and usd > 0,
        "approval_seconds": is_whole(body.get("approval_seconds"), LONGEST_APPROVAL),
    }
    for name, holds in rules.items():
        if not holds:
            raise Refused(400, "bad_request", f"{name}: is missing, or does not fit the contract")


def is_whole(value: Any, most: int | None = None) -> bool:
    return type(value) is int and value >= 1 and (most is None or value <= most)


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, log_level="warning")
