"""One stream of requests, four replicas, three balancers; time in model steps."""

import random

BUDGET, MEMORY, CAP, LIMIT, STEPS = 512, 60_000, 200, 40, 20_000
Request = dict[str, int]  # tokens of prompt and answer still to do, KV cache held


def arrivals() -> list[Request]:
    dice, stream = random.Random(7), []
    for step in range(STEPS):
        prompt = 16_000 if dice.random() < 0.05 else dice.choice((200, 400, 800))
        stream.append({"at": step, "prompt": prompt, "answer": dice.randint(20, CAP)})
    return [request | {"held": request["prompt"] + request["answer"]}
            for request in stream if dice.random() < 0.8]


def simulate(balancer: str) -> str:
    replicas, waits, stream = [[], [], [], []], [], arrivals()
    loads = {"round robin": lambda held: 0, "fewest requests": len,
             # The balancer knows the answer's cap, not its length.
             "fewest tokens": lambda held: sum(r["prompt"] + CAP for r in held)}
    for now in range(STEPS):
        if stream and stream[0]["at"] == now:
            replicas = replicas[1:] + replicas[:1]  # ties are taken in turn
            min(replicas, key=loads[balancer]).append(stream.pop(0))
        for replica in replicas:
            free, memory = BUDGET, MEMORY  # tokens
            for request in replica:  # oldest first
                memory -= request["held"]
                if memory < 0 or free == 0:
                    break  # it waits, and so do all behind it
                read = min(free, request["prompt"])  # a chunk of prefill
                if 0 < request["prompt"] == read:
                    waits.append(now - request["at"])
                free, request["prompt"] = free - max(read, 1), request["prompt"] - read
                request["answer"] -= read == 0  # or one step of decode
            replica[:] = [r for r in replica if r["answer"] > 0]
    p99 = sorted(waits)[len(waits) * 99 // 100]
    in_time = sum(wait <= LIMIT for wait in waits)
    return f"p99 {p99:3} steps, answered {len(waits)}, in time {in_time}"


for name in ("round robin", "fewest requests", "fewest tokens"):
    print(f"{name:15} TTFT {simulate(name)}")
