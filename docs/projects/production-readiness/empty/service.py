"""A service that answers, and does nothing yet: where you begin. Run it with `python service.py`."""

import os

import uvicorn
from fastapi import FastAPI

app = FastAPI()


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
