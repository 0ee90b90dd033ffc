"""One search from end to end: ten sentences, ranked by similarity to a question."""

from local_models import embed

PASSAGES = [
    "Unused vacation days expire at the end of March.",
    "Employees get 28 vacation days a year.",
    "Parents may take up to three years of leave.",
    "Submit travel expenses within 30 days.",
    "The office is closed between Christmas and New Year.",
    "A doctor's note is needed from the third day of illness.",
    "Laptops are replaced every four years.",
    "Interns do not get paid vacation.",
    "Overtime is paid out or taken as free time.",
    "Invoices are paid within two weeks.",
]
QUESTIONS = [
    "How many days of vacation do I have?",
    "Who gets paid vacation?",
    "What is the WiFi password?",
]

# When you write: one vector per passage. In a service, this is a column of the table.
passage_vectors = embed(PASSAGES)

for question in QUESTIONS:
    # When you search: one vector for the question, from the same model.
    question_vector = embed([question])[0]

    # embed() scales every vector to length one, so the dot product is the cosine.
    similarities = passage_vectors @ question_vector

    ranking = sorted(zip(similarities, PASSAGES, strict=True), reverse=True)
    print(question)
    for similarity, passage in ranking[:3]:
        print(f"{similarity:6.2f}  {passage}")
