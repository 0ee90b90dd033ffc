"""make lab NAME=twenty-clients LOAD=1: what rounding changes, then twenty clients at once and how long each of them waits."""

import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plugin

sys.path.append(str(plugin.KIT.parent / "twenty-clients/tests"))
from measure import kept

CLIENTS, ROUNDS = 20, 3
#: Tokens of a prompt: most are short, some are documents.
LENGTHS = [40, 40, 80, 200, 900]


def main() -> None:
    #: Status, seconds and tokens of each answer.
    answers: list[tuple[int, float, int]] = []

    def run(number: int) -> None:
        draw = random.Random(number)
        for _ in range(ROUNDS):
            words = draw.choices(["cache", "queue", "index", "token", "batch"], k=draw.choice(LENGTHS))
            start = time.monotonic()
            answer = client.post("/generate", json={"prompt": " ".join(words), "max_tokens": 40})
            answers.append((answer.status_code, time.monotonic() - start, len(answer.json().get("tokens", []))))

    with plugin.running(Path.cwd()) as client:
        same = kept(client)
        start = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(run, range(CLIENTS)))
        took = time.monotonic() - start
        stats = client.get("/stats").json()
    statuses, times = Counter(status for status, _, _ in answers), sorted(seconds for _, seconds, _ in answers)
    print(f"weights: {stats[0]['fixed'] / 1e6:.1f} MB; {same}")
    print("status:", ", ".join(f"{status} {count} times" for status, count in sorted(statuses.items())))
    print(f"tokens a second: {sum(count for _, _, count in answers) / took:.0f}")
    for worker in stats:
        print(f"worker: peak {worker['peak'] / 1e6:.0f} of {worker['limit'] / 1e6:.0f} MB, {worker['passes']} passes, "
              f"{worker['restarts']} restarts, {worker['tokens']} tokens given")  # fmt: skip
    print("latency of each request, sorted:")
    for share in range(5, 101, 5):
        value = times[max(0, len(times) * share // 100 - 1)]
        print(f"{share:4d}% {value:6.2f} s {'#' * round(50 * value / times[-1])}")


if __name__ == "__main__":
    main()
