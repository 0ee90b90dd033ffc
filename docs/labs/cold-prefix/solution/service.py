"""Answers customers of many shops with one model. What requests share comes first, so that it is paid in full once."""

import json
import os

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

MODEL = os.environ.get("LAB_MODEL") or "model"
#: Messages of a conversation that the model sees, at most.
WINDOW = 24
#: Messages that leave together when there are more. Each time, the model reads the conversation anew.
STEP = 12

model = httpx.Client(base_url=os.environ.get("LAB_BASE_URL", "http://127.0.0.1:11434"), timeout=60, trust_env=False)
app = FastAPI()


class Assistant(BaseModel):
    """What is the same for all shops: instructions, and the tools that the model may call."""

    instructions: str
    tools: list[dict]


class Shop(BaseModel):
    """What is confidential to one shop."""

    name: str
    rules: str


class Message(BaseModel):
    role: str
    content: str


class Question(BaseModel):
    """What a customer asks, the time on the customer's clock, and the conversation until now."""

    shop: str
    customer: str
    now: str
    question: str
    history: list[Message] = []


assistant = Assistant(instructions="", tools=[])
shops: dict[str, Shop] = {}


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.put("/assistant")
def put_assistant(new: Assistant) -> dict:
    global assistant
    assistant = new
    return {"tools": len(new.tools)}


@app.put("/shops/{shop}")
def put_shop(shop: str, new: Shop) -> dict:
    shops[shop] = new
    return {"shops": len(shops)}


def tools() -> list[dict]:
    """The tools of all plugins, in one spelling and order on every replica; two plugins may bring the same one.

    Only what has no order is sorted: names in an object, and the tools. The order in a list, as of an enum, has a meaning.
    """
    return [json.loads(tool) for tool in sorted({json.dumps(tool, sort_keys=True) for tool in assistant.tools})]


def recent(history: list[Message]) -> list[Message]:
    """The end of a conversation. It begins at the same message for STEP messages, and not later with each one."""
    steps = -(-max(len(history) - WINDOW, 0) // STEP)
    return history[steps * STEP :]


def messages(asked: Question) -> list[dict]:
    """From what most requests share to what no other has: all shops, one shop, one customer, this moment."""
    shop = shops[asked.shop]
    return [
        {"role": "system", "content": assistant.instructions},
        {"role": "system", "content": f"You answer a customer of {shop.name}.\n{shop.rules}"},
        {"role": "system", "content": f"The customer's name: {asked.customer}"},
        *(message.model_dump() for message in recent(asked.history)),
        {"role": "user", "content": asked.question},
        {"role": "system", "content": f"Current time: {asked.now}"},
    ]


@app.post("/ask")
def ask(asked: Question) -> dict:
    if asked.shop not in shops:
        raise HTTPException(404, f"there is no shop {asked.shop!r}")
    body = {"model": MODEL, "messages": messages(asked), "tools": tools(), "max_tokens": 300}
    try:
        answer = model.post("/v1/chat/completions", json=body)
        answer.raise_for_status()
        return {"answer": answer.json()["choices"][0]["message"]["content"]}
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        raise HTTPException(502, "the model gave no usable answer") from error
