"""A typed async client: a limit on calls in flight, and a timeout for each of them."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Either a text or the reason why there is none."""

    text: str | None = None
    error: str | None = None


class FakeModel:
    """Takes as long as it is told, and counts how many calls it has at once."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    async def complete(self, seconds: float) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(seconds)  # a real client waits for the network here
        finally:
            self.running -= 1
        return f"answer after {seconds} s"


class Client:
    def __init__(self, model: FakeModel, in_flight: int, timeout: float) -> None:
        self.model = model
        self.places = asyncio.Semaphore(in_flight)
        self.timeout = timeout

    async def ask(self, seconds: float) -> Answer:
        async with self.places:  # waits here while all places are taken
            try:
                async with asyncio.timeout(self.timeout):
                    return Answer(text=await self.model.complete(seconds))
            except TimeoutError:
                return Answer(error=f"no answer within {self.timeout} s")


async def main() -> None:
    model = FakeModel()
    client = Client(model, in_flight=2, timeout=0.5)
    answers = await asyncio.gather(*(client.ask(s) for s in (0.1, 5.0, 0.2, 0.1, 0.1)))
    for answer in answers:
        print(answer.text or answer.error)
    print(f"five requests, at most {model.most} at once")


asyncio.run(main())
