"""A language model as reranker: how likely is the question, after this passage?"""

import json
import sys
from pathlib import Path

from local_models import SmallModel, embed

data = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
passages, golden = data["passages"], data["golden"][: int([*sys.argv, "1"][1])]
vectors = dict(zip(passages, embed(list(passages.values()))))
model = SmallModel()
SHOTS = """Text: Parcels to Norway need a customs form.
Search: papers for shipping to Oslo

Text: The kitchen is cleaned on Fridays at six.
Search: when is the kitchen cleaned

Text: """


def tokens(text: str, first: bool = False) -> list[int]:
    return model.post("/tokenize", {"content": text, "add_special": first})["tokens"]


def likelihood(question: str, passage: str) -> float:
    """The mean log-probability of the question's tokens, each after all before it."""
    seen = tokens(SHOTS, first=True) + tokens(f"{passage}\nSearch:")
    total, wanted = 0.0, tokens(f" {question}")
    for token in wanted:  # the bias forces this token; what is reported is unbiased
        ask = {"n_predict": 1, "n_probs": 1, "logit_bias": [[token, 1e4]]}
        reply = model.post("/completion", {"prompt": seen, **ask})
        total += reply["completion_probabilities"][0]["logprob"]
        seen.append(token)
    return total / len(wanted)


recall = mrr = 0.0
for question, right in golden:
    first = sorted(passages, key=lambda p: -vectors[p] @ embed([question])[0])[:4]
    order = sorted(first, key=lambda p: -likelihood(question, passages[p]))
    recall += len({*order[:3]} & {*right}) / len(right) / len(golden)
    mrr += max(1 / (order.index(p) + 1) if p in order else 0 for p in right)
    print(question, right, "search", *first, "| reread", *order, flush=True)
print(f"questions={len(golden)} {recall=:.2f} mrr={mrr / len(golden):.2f}")
