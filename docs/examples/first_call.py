"""A first call to a model: the same request five times, at two temperatures."""

from local_models import SmallModel

model = SmallModel()
for temperature in (0, 1.2):
    texts = []
    for seed in range(5):
        request = {
            "prompt": "Three things that a queue is good for: 1.",
            "max_tokens": 24,
            "temperature": temperature,
            "seed": seed,
        }
        response = model.post("/v1/completions", request)
        texts.append(response["choices"][0]["text"])
    print(f"temperature {temperature}: {len(set(texts))} different texts in 5 calls")
    if temperature == 0:
        print(f"  {texts[0].strip()}")
        print(f"  stopped because: {response['choices'][0]['finish_reason']}")
        print(f"  tokens: {response['usage']['prompt_tokens']} in, "
              f"{response['usage']['completion_tokens']} out")
