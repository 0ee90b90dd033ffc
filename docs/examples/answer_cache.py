"""An exact answer cache before retrieval: what is in the key decides who is wrong."""

import hashlib
import json


class HelpDesk:
    def __init__(self) -> None:
        self.documents = {"returns-eu": "30 days", "returns-ch": "14 days"}
        self.index_version = 1  # in a service: one row in the index's own database
        self.cache: dict[str, str] = {}

    def change(self, document: str, text: str) -> None:
        """Add or edit a document; every such change raises the version."""
        self.documents[document] = text
        self.index_version += 1  # last, when the change can be found

    def key(self, question: str, tenant: str) -> str:
        """Everything that changes the answer, in one fixed order, as one hash."""
        parts = {
            "question": question,
            "tenant": tenant,  # from the session, never from the request body
            "permission_set": ["support"],  # the groups of the user, sorted
            "model": "model-2026-10",
            "parameters": {"max_tokens": 200},
            "tools": [],
            "prompt_version": "prompt-7",
            "index_version": self.index_version,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def ask(self, question: str, tenant: str, editor_is_faster: bool = False) -> str:
        key = self.key(question, tenant)  # made before retrieval, with its version
        if key in self.cache:
            return "hit   " + self.cache[key]
        found = sorted(self.documents.items())
        answer = ", ".join(f"{document} {text}" for document, text in found)
        if editor_is_faster:
            self.change("returns-ch", "20 days")
        self.cache[key] = answer  # what is now too old lands under the old version
        return "miss  " + answer


desk = HelpDesk()
print("acme            ", desk.ask("return periods", "acme"))
print("acme again      ", desk.ask("return periods", "acme"))
print("another tenant  ", desk.ask("return periods", "globex"))
desk.change("returns-uk", "28 days")  # no stored answer names this document
print("document added  ", desk.ask("return periods", "acme"))
print("edited meanwhile", desk.ask("return periods", "initech", editor_is_faster=True))
print("after the edit  ", desk.ask("return periods", "initech"))
