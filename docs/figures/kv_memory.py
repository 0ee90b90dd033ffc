"""KV memory: what the example of the page gives for some settings."""

import contextlib
import io
import json

with contextlib.redirect_stdout(io.StringIO()):
    from kv_cache_memory import MODELS, memory, reserve

results = []
for model in MODELS:
    for users, context, weights, cache in (
        (8, 8_192, "16", "16"),
        (50, 8_192, "8", "8"),
        (60, 1_024, "4.8", "16"),
        (1, 65_536, "16", "8"),
    ):
        used, one = model.weights(float(weights)), model.cache(context, float(cache))
        fit = max(0, int((memory - reserve - used) / one))
        running = min(users, fit)
        results.append(
            {
                "settings": {
                    "users": users,
                    "context": context,
                    "model": model.name.lower(),
                    "weights": weights,
                    "cache": cache,
                },
                "results": {
                    "weights": used,
                    "conversation": one,
                    "fit": fit,
                    "running": running,
                    "outside": users - running,
                },
            }
        )
print(json.dumps({"results": results}))
