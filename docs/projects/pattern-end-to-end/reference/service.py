"""A question-answering service for several tenants, over their own documents. Run it with `python service.py`.

The contract is openapi.yml in the folder above.
"""

import re
import uuid
from typing import Any

import uvicorn
from answers import NOTHING_FOUND, check, messages_for
from evaluation import evaluate
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from library import MODES, Hit, Library, passages_of
from model import Model, ModelFailed, Settings

#: Passages that the model is sent.
PASSAGES = 5
LONGEST_TEXT, LONGEST_QUESTION, MOST_HITS, MOST_CASES = 50_000, 1000, 20, 50
FLOORS = ("recall_at_5", "supported_claims", "right_abstentions", "answered")

settings = Settings.from_environment()
model = Model(settings)
library = Library(settings.data)
app = FastAPI()
instance = uuid.uuid4().hex


class BadRequest(Exception):
    """The caller's fault, in words."""


@app.exception_handler(BadRequest)
async def bad_request(request: Request, error: Exception) -> JSONResponse:
    return failure(400, "bad_request", str(error))


@app.exception_handler(ModelFailed)
async def model_failed(request: Request, error: Exception) -> JSONResponse:
    return failure(502, "model_failed", str(error))


def failure(status: int, code: str, problem: str) -> JSONResponse:
    return JSONResponse({"code": code, "problem": problem}, status)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok", "instance": instance}


@app.get("/documents")
async def get_documents(request: Request) -> Any:
    found = library.documents(tenant_of(request))
    return {"documents": [{"document": document, "passages": count} for document, count in found]}


@app.put("/documents/{document}")
async def put_document(document: str, request: Request) -> Any:
    tenant = tenant_of(request)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", document):
        raise BadRequest("the document's id has a character that isn't allowed, or too many")
    passages = passages_of(text_in(await body_of(request), "text", LONGEST_TEXT))
    await library.put(tenant, document, passages, model.embed)
    return {"document": document, "passages": len(passages)}


@app.get("/documents/{document}")
async def get_document(document: str, request: Request) -> Any:
    rows = library.document(tenant_of(request), document)
    if not rows:
        return failure(404, "not_found", "there is no such document")
    return {"document": document, "passages": [{"text": text, "sha256": digest} for text, digest in rows]}


@app.delete("/documents/{document}")
async def delete_document(document: str, request: Request) -> Response:
    library.delete(tenant_of(request), document)
    return Response(status_code=204)


@app.get("/search")
async def get_search(request: Request) -> Any:
    tenant, asked = tenant_of(request), dict(request.query_params)
    question, mode, k = text_in(asked, "q", LONGEST_QUESTION), asked.get("mode", "hybrid"), asked.get("k", "5")
    if mode not in MODES:
        raise BadRequest(f"mode is none of {', '.join(MODES)}")
    if not re.fullmatch(r"[0-9]{1,2}", k) or not 1 <= int(k) <= MOST_HITS:
        raise BadRequest(f"k is no number from 1 to {MOST_HITS}")
    vector = [] if mode == "keyword" else await vector_of(question)
    hits = library.search(tenant, question, vector, mode, int(k))
    return {"hits": [{"document": hit.document, "text": hit.text, "score": hit.score} for hit in hits]}


@app.post("/ask")
async def post_ask(request: Request) -> Any:
    tenant = tenant_of(request)
    question = text_in(await body_of(request), "question", LONGEST_QUESTION)
    return await ask(tenant, question, await vector_of(question))


async def ask(tenant: str, question: str, vector: list[float]) -> dict[str, Any]:
    """An answer whose every claim has its support, or no answer and the reason."""
    hits = library.search(tenant, question, vector, "hybrid", PASSAGES)
    if not hits:
        return NOTHING_FOUND
    return check(await model.chat(messages_for(question, hits)), hits).as_body()


@app.post("/evaluate")
async def post_evaluate(request: Request) -> Any:
    tenant, body = tenant_of(request), await body_of(request)
    cases, floor = body.get("cases"), body.get("floor", {})
    if not isinstance(cases, list) or not 1 <= len(cases) <= MOST_CASES:
        raise BadRequest(f"cases is no list of 1 to {MOST_CASES}")
    if not isinstance(floor, dict) or not set(floor) <= set(FLOORS):
        raise BadRequest(f"floor has a name that is none of {', '.join(FLOORS)}")
    for case in cases:
        if not isinstance(case, dict) or ("no_answer" in case) == ("sentence" in case):
            raise BadRequest("a case has either document and sentence, or no_answer")
        for name in ("question", *(["document", "sentence"] if "sentence" in case else ["no_answer"])):
            text_in(case, name, LONGEST_QUESTION)

    questions = [case["question"] for case in cases]
    vectors = dict(zip(questions, await model.embed(questions), strict=True))

    def searched(question: str, mode: str) -> list[Hit]:
        return library.search(tenant, question, vectors[question], mode, PASSAGES)

    async def asked(question: str) -> dict[str, Any]:
        return await ask(tenant, question, vectors[question])

    return await evaluate(cases, floor, searched, asked)


async def vector_of(question: str) -> list[float]:
    (vector,) = await model.embed([question])
    return vector


def tenant_of(request: Request) -> str:
    tenant = request.headers.get("x-tenant", "")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", tenant):
        raise BadRequest("X-Tenant is missing, or no name of a tenant")
    return tenant


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def text_in(values: dict[str, Any], name: str, longest: int) -> str:
    text = values.get(name)
    if not isinstance(text, str) or not text.strip():
        raise BadRequest(f"{name} is missing, blank or no string")
    if len(text) > longest:
        raise BadRequest(f"{name} has more than {longest:,} characters")
    return text


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, log_level="warning")
