"""One blocking call in `async def`, and what the health check feels of it."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

WORK = 1.0  # seconds that the embedding takes


async def blocking() -> None:
    time.sleep(WORK)  # the loop stands still: nothing else of this process runs


async def in_a_thread() -> None:
    await asyncio.to_thread(time.sleep, WORK)


async def longest_wait(embed: Callable[[], Awaitable[None]]) -> float:
    """The longest time between two health checks while one text is embedded."""
    answered = [time.perf_counter()]

    async def health() -> None:
        while True:
            await asyncio.sleep(0.01)
            answered.append(time.perf_counter())

    checks = asyncio.create_task(health())
    await asyncio.sleep(0.05)
    await embed()
    await asyncio.sleep(0.05)
    checks.cancel()
    return max(later - earlier for earlier, later in itertools.pairwise(answered))


for embed in (blocking, in_a_thread):
    wait = asyncio.run(longest_wait(embed))
    held_up = "waited for the whole call" if wait >= WORK else "was answered meanwhile"
    print(f"{embed.__name__:12} health check {held_up}")
