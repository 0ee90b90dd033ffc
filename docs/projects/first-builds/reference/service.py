"""Two small builds: an extraction endpoint that can say no, and a search by meaning. Run it with `python service.py`.

The contract is openapi.yml in the folder above.
"""

import asyncio
import math
import uuid
from typing import Any

import uvicorn
from answers import BadAnswer, check
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from model import Model, ModelBusy, ModelFailed, ModelRefused, Settings, Usage

LONGEST_TEXT = 4000
PROMPT = """You read order number, product and reason out of a customer's message. Answer with one JSON object and nothing
else. order_number: one capital letter, a hyphen, five digits, or null. product: kettle, toaster, lamp, blender,
keyboard, heater or null. reason: defect, wrong_item, late, missing, other or no_complaint. Say null for what the message
doesn't say; never guess."""

settings = Settings.from_environment()
model = Model(settings)
app = FastAPI()
instance = uuid.uuid4().hex
vectors: dict[str, list[float]] = {}


class BadRequest(Exception):
    """The caller's fault, with the field and the problem."""


def failure(
    status: int, code: str, problem: str, usage: Usage, field: str | None = None, **headers: str
) -> JSONResponse:
    body = {"code": code, "field": field, "problem": problem, "usage": usage.as_body(settings)}
    return JSONResponse(body, status, headers)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok", "instance": instance}


@app.post("/extract")
async def extract(request: Request) -> Any:
    usage = Usage()
    try:
        text = message_of(await body_of(request))
        async with asyncio.timeout(settings.deadline):
            found, answered_by = await extracted(text, usage)
    except BadRequest as fault:
        return failure(400, "bad_request", str(fault), usage, "text")
    except ModelRefused as refusal:
        return failure(422, "refused", str(refusal), usage)
    except BadAnswer as bad:
        return failure(422, bad.code, bad.problem, usage, bad.field)
    except (ModelBusy, ModelFailed, TimeoutError) as error:
        return model_failure(error, usage)
    return {**found, "model": answered_by, "usage": usage.as_body(settings)}


async def extracted(text: str, usage: Usage) -> tuple[dict[str, Any], str]:
    """The model's answer once it is good, and which model gave it. Raises BadAnswer when the repair is not good either."""
    messages = [{"role": "system", "content": PROMPT}, {"role": "user", "content": text}]
    answer = await model.chat(messages, usage)
    try:
        return check(answer.content, answer.finish, text), answer.model
    except BadAnswer as bad:
        messages += [
            {"role": "assistant", "content": answer.content},
            {"role": "user", "content": f"{bad.field or 'The answer'}: {bad.problem}. Answer again."},
        ]
    answer = await model.chat(messages, usage)
    return check(answer.content, answer.finish, text), answer.model


def model_failure(error: Exception, usage: Usage) -> JSONResponse:
    if isinstance(error, ModelBusy):
        pause = {"retry-after": error.pause} if error.pause else {}
        return failure(503, "model_busy", "the model server asks for a pause", usage, **pause)
    if isinstance(error, TimeoutError):
        return failure(504, "model_timeout", f"no answer within {settings.deadline:g} s", usage)
    return failure(502, "model_failed", str(error), usage)


@app.put("/notes")
async def put_notes(request: Request) -> Any:
    try:
        notes = (await body_of(request))["notes"]
        ids, texts = [note["id"] for note in notes], [note["text"] for note in notes]
    except (BadRequest, KeyError, TypeError):
        return failure(400, "bad_request", "expected notes with id and text", Usage(), "notes")
    try:
        async with asyncio.timeout(settings.deadline):
            found = await model.embed(texts)
    except (ModelBusy, ModelFailed, TimeoutError) as error:
        return model_failure(error, Usage())
    vectors.clear()
    vectors.update(zip(ids, map(unit, found), strict=True))
    return {"count": len(vectors)}


@app.get("/search")
async def search(q: str, k: int = 5) -> Any:
    try:
        async with asyncio.timeout(settings.deadline):
            question = unit((await model.embed([q]))[0])
    except (ModelBusy, ModelFailed, TimeoutError) as error:
        return model_failure(error, Usage())
    scores = {note: sum(map(float.__mul__, question, vector)) for note, vector in vectors.items()}
    best = sorted(scores, key=lambda note: scores[note], reverse=True)[:k]
    return {"hits": [{"id": note, "score": scores[note]} for note in best]}


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def message_of(body: dict[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise BadRequest("is missing, or no string")
    if not text.strip():
        raise BadRequest("is blank")
    if len(text) > LONGEST_TEXT:
        raise BadRequest(f"has more than {LONGEST_TEXT:,} characters")
    return text


def unit(vector: list[float]) -> list[float]:
    """The vector scaled to length one, so that a dot product compares directions only."""
    length = math.hypot(*vector)
    return [float(number) / length for number in vector] if length else vector


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, log_level="warning")
