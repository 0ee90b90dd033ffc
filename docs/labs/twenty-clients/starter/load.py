"""make lab NAME=twenty-clients LOAD=1: what rounding changes, then twenty clients at once and how long each of them waits."""

import collections
import random
import sys
import threading
import time
from pathlib import Path

import plugin

sys.path.append(str(plugin.KIT.parent / "twenty-clients/tests"))
from measure import kept

CLIENTS, ROUNDS = 20, 3
#: Tokens of a prompt: most are short, some are documents.
LENGTHS = [40, 40, 80, 200, 900]


def main() -> None:
    times: list[float] = []
    statuses: collections.Counter[int] = collections.Counter()
    written = 0

    def run(number: int) -> None:
        nonlocal written
        draw = random.Random(number)
        for _ in range(ROUNDS):
            words = draw.choices(["cache", "queue", "index", "token", "batch"], k=draw.choice(LENGTHS))
            start = time.monotonic()
            answer = client.post("/generate", json={"prompt": " ".join(words), "max_tokens": 40})
            times.append(time.monotonic() - start)
            statuses[answer.status_code] += 1
            written += len(answer.json().get("tokens", []))

    with plugin.running(Path.cwd()) as client:
        same = kept(client)
        threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - start
        stats = client.get("/stats").json()
    times.sort()
    print(f"weights: {stats[0]['fixed'] / 1e6:.1f} MB; {same}")
    print("status:", ", ".join(f"{status} {count} times" for status, count in sorted(statuses.items())))
    print(
        f"tokens a second: {written / took:.0f}; p50 {times[len(times) // 2]:.1f} s, p95 {times[int(len(times) * 0.95)]:.1f} s"
    )
    for worker in stats:
        print(f"worker: peak {worker['peak'] / 1e6:.0f} of {worker['limit'] / 1e6:.0f} MB, {worker['passes']} passes, "
              f"{worker['restarts']} restarts, {worker['tokens']} tokens given")  # fmt: skip
    print("latency of each request, sorted:")
    for share in range(5, 101, 5):
        value = times[max(0, len(times) * share // 100 - 1)]
        print(f"{share:4d}% {value:6.2f} s {'#' * round(50 * value / times[-1])}")


if __name__ == "__main__":
    main()
