"""Answers customers of many shops with one model. Its prompts are right, and every token of them is paid in full."""

import os
import random

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

MODEL = os.environ.get("LAB_MODEL") or "model"
#: Messages of a conversation that the model sees, at most.
WINDOW = 24

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
    """The tools of all plugins. Models prefer what stands first in a list, so the order is drawn for each request."""
    return random.sample(assistant.tools, len(assistant.tools))


def messages(asked: Question) -> list[dict]:
    shop = shops[asked.shop]
    system = (
        f"Current time: {asked.now}\n"
        f"You answer {asked.customer}, a customer of {shop.name}.\n"
        f"{assistant.instructions}\n"
        f"{shop.rules}"
    )
    return [
        {"role": "system", "content": system},
        *(message.model_dump() for message in asked.history[-WINDOW:]),
        {"role": "user", "content": asked.question},
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
