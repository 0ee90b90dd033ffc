"""A language model as reranker: how likely is the question, after this passage?"""

import json
import sys
from pathlib import Path

from local_models import SmallModel, embed

how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 1  # 22 runs all questions
corpus = json.loads(Path(__file__).with_name("handbook_corpus.json").read_text("utf-8"))
passages, golden = corpus["passages"], corpus["golden"][:how_many]
passage_vectors = dict(zip(passages, embed(list(passages.values()))))
model = SmallModel()
TWO_EXAMPLES = """Text: Parcels to Norway need a customs form.
Search: papers for shipping to Oslo

Text: The kitchen is cleaned on Fridays at six.
Search: when is the kitchen cleaned

Text: """


def tokens(text: str, start: bool = False) -> list[int]:
    request = {"content": text, "add_special": start}
    return model.post("/tokenize", request)["tokens"]


# --8<-- [start:likelihood]
def likelihood(question: str, passage: str) -> float:
    """The mean log-probability of the question's tokens, each after all before it."""
    read_so_far = tokens(TWO_EXAMPLES, start=True) + tokens(f"{passage}\nSearch:")
    question_tokens = tokens(f" {question}")
    total = 0.0
    for token in question_tokens:
        request = {
            "prompt": read_so_far,
            "n_predict": 1,
            "n_probs": 1,
            "logit_bias": [[token, 1e4]],  # forces this token; the report is unbiased
        }
        reply = model.post("/completion", request)
        total += reply["completion_probabilities"][0]["logprob"]
        read_so_far.append(token)
    return total / len(question_tokens)
# --8<-- [end:likelihood]


recall = mrr = 0.0
for question, right in golden:
    vector = embed([question])[0]
    found = sorted(passages, key=lambda name: -passage_vectors[name] @ vector)[:4]
    reread = sorted(found, key=lambda name: -likelihood(question, passages[name]))
    recall += sum(name in right for name in reread[:3]) / len(right) / len(golden)
    ranks = [rank for rank, name in enumerate(reread, start=1) if name in right]
    mrr += (1 / ranks[0] if ranks else 0) / len(golden)
    print(f"{question} (right: {', '.join(right)})")
    print("  search:", *found)
    print("  reread:", *reread, flush=True)
print(f"questions: {len(golden)}  recall@3: {recall:.2f}  MRR: {mrr:.2f}")
