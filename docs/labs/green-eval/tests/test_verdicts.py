"""What a release manager may rely on. Differences are planted, and verdicts are counted over many drawn comparisons.

A single verdict may be wrong by chance, so a test never judges one: it allows an error rate, and fails when a count is
so high that this rate would explain it in fewer than one run of 10,000.
"""

import math

import played
import pytest
from played import Segment

#: Share of comparisons in which chance may pass for a difference, and in which a clear difference may be missed.
ERROR = 0.05
LUCK = 1e-4


def tail(count, draws, rate):
    """Chance of at least so many errors, when each draw has one at this rate."""
    return sum(math.comb(draws, k) * rate**k * (1 - rate) ** (draws - k) for k in range(count, draws + 1))


def few(wrong, draws, what):
    most = next(count for count in range(draws + 2) if tail(count, draws, ERROR) < LUCK) - 1
    assert len(wrong) <= most, (
        f"{what} in {len(wrong)} of {draws} comparisons; chance explains at most {most}. First: {wrong[0]}"
    )


@pytest.fixture(scope="module")
def theater():
    theater = played.Theater()
    yield theater
    theater.server.shutdown()


@pytest.fixture
def compare(service):
    def ask(run):
        answer = service.post("/compare", json=run)
        assert answer.status_code == 200, f"/compare answers {answer.status_code}: {answer.text[:200]}"
        return answer.json()

    return ask


def brief(found):
    return {part: found.get(part) for part in ("verdict", "better", "regressions", "undecided")}


def equal(rng, cases):
    """A segment on which both versions vary, and neither is better."""
    flips = rng.uniform(0.05, 0.12)
    return Segment(cases, flips, flips, rng.uniform(0.5, 0.7))


def test_a_loss_in_one_segment_is_found_although_the_mean_rises(compare, theater, rng):
    """The average customer gains while each German refund goes wrong; the mean is green, and only the segment knows."""
    wrong = []
    for _ in range(40):
        names = played.segment_names(rng, rng.randint(3, 8))
        segments = {name: Segment(rng.randint(90, 160), 0.01, rng.uniform(0.25, 0.4), 0.5) for name in names}
        worse = rng.sample(names, rng.choice([1, 1, 2]) if len(names) > 5 else 1)
        for name in worse:
            segments[name] = Segment(rng.randint(60, 90), rng.uniform(0.4, 0.8), 0.02, 0.15)
        found = compare(played.draw(rng, theater, segments))
        if (found["verdict"], sorted(found["regressions"])) != ("regression", sorted(worse)):
            wrong.append({"planted": worse} | brief(found))
    few(wrong, 40, "the planted loss is missed, or another one reported,")


def test_chance_is_not_reported_as_a_regression(compare, theater, rng):
    """Two versions that are equally good differ on some cases each time; a gate that cries wolf is switched off."""
    wrong = []
    for _ in range(80):
        names = played.segment_names(rng, rng.randint(18, 24))
        found = compare(played.draw(rng, theater, {name: equal(rng, rng.randint(30, 45)) for name in names}))
        if found["verdict"] == "regression" or found["regressions"]:
            wrong.append(brief(found))
    few(wrong, 80, "equal versions are called a regression")


def test_three_points_on_fifty_cases_are_no_improvement(compare, theater, rng):
    """Of two equal versions one is ahead nearly every time; who reports that as progress reports a coin."""
    wrong = []
    for _ in range(80):
        found = compare(played.draw(rng, theater, {played.segment_names(rng, 1)[0]: equal(rng, 50)}))
        if found["better"]:
            wrong.append(brief(found))
    few(wrong, 80, "equal versions on fifty cases: the candidate is called better")


def test_a_real_improvement_is_called_one(compare, theater, rng):
    """A harness that never dares to say anything is as useless as one that always says yes."""
    wrong = []
    for _ in range(20):
        names = played.segment_names(rng, rng.randint(1, 4))
        gain = {name: Segment(rng.randint(150, 250), 0.02, rng.uniform(0.15, 0.3), 0.5) for name in names}
        found = compare(played.draw(rng, theater, gain))
        if not found["better"] or found["verdict"] != "passed":
            wrong.append(brief(found))
    few(wrong, 20, "a gain of 13 points or more is not seen")


def test_enough_cases_without_a_loss_pass(compare, theater, rng):
    """With hundreds of cases a segment, "undecided" would be an excuse: the loss that is allowed can be ruled out."""
    wrong = []
    for _ in range(12):
        names = played.segment_names(rng, rng.randint(2, 3))
        found = compare(
            played.draw(rng, theater, {name: Segment(rng.randint(350, 450), 0.01, 0.02) for name in names}, 0.05)
        )
        if found["verdict"] != "passed" or found["undecided"]:
            wrong.append(brief(found))
    few(wrong, 12, "a harmless version is not passed")


def test_what_few_cases_cannot_rule_out_is_undecided(compare, theater, rng):
    """Ten cases without a failure don't show that nothing was lost, and "no significant loss" is not "no loss"."""
    wrong = []
    for _ in range(30):
        small, *large = played.segment_names(rng, rng.randint(2, 3))
        segments = {name: Segment(rng.randint(350, 450), 0.01, 0.02) for name in large}
        segments[small] = Segment(rng.randint(3, 12), 0, 0, 1)
        found = compare(played.draw(rng, theater, segments))
        if (found["verdict"], found["undecided"]) != ("undecided", [small]):
            wrong.append({"small": small} | brief(found))
    few(wrong, 30, "the segment with a handful of cases is not named as undecided")


def test_the_loss_that_is_allowed_decides_what_passes(compare, theater, rng):
    """Five points may be nothing in small talk and too much in refunds: the same cases pass under one bound only."""
    wrong = []
    for _ in range(24):
        (name,) = played.segment_names(rng, 1)
        loss = rng.uniform(0, 0.005)
        run = played.draw(rng, theater, {name: Segment(rng.randint(350, 450), 0.035 + loss, 0.035, 0.7)})
        # The first bound is far above the loss that was planted. The second is that loss, so it can't be ruled out.
        wide, narrow = (compare(run | {"allowed": bound}) for bound in (0.15, loss))
        if wide["verdict"] == "undecided" or narrow["verdict"] == "passed":
            wrong.append({"wide": brief(wide), "narrow": brief(narrow)})
    few(wrong, 24, "`allowed` makes no difference, or the wrong one,")


def respelled(rng, text):
    """A case as people paste it into a prompt."""
    text = rng.choice([str, str.upper, str.lower, str.title])(text)
    return rng.choice(["Example: {}", "- {}\n", '"{}"', "**{}**", "> {}"]).format(
        text.replace(" ", rng.choice(" \n\t"))
    )


def test_a_case_that_stands_in_a_prompt_does_not_count(compare, theater, rng):
    """A version that was shown the answer passes; so does a cheat in an exam, and neither says what comes next."""
    for _ in range(8):
        run = played.draw(rng, theater, {name: equal(rng, 20) for name in played.segment_names(rng, 3)})
        shown = rng.sample(run["cases"], rng.randint(1, 9))
        versions = [*theater.stage.prompts]
        # Other messages of the same kind are fair examples: they share nearly all words with the cases.
        parts = [played.message(rng)[0] for _ in range(20)]
        # Nor does a message leak a case whose last word it only begins with.
        other = rng.choice([case for case in run["cases"] if case not in shown])
        parts.append(other["input"].rstrip(".") + "s.")
        for case in shown:
            parts.append(respelled(rng, case["input"]))
        rng.shuffle(parts)
        for part in parts:
            theater.stage.prompts[rng.choice(versions)] += f"\n{part}"
        found = compare(run)
        named, there = {*found["leaked"]}, {case["id"] for case in shown}
        assert named == there, (
            f"{len(there)} cases stand in a prompt; {len(there - named)} missed, {len(named - there)} too many"
        )
        counted = {item["input"] for path, body in theater.stage.asked if "grades" in path for item in body["answers"]}
        assert counted.isdisjoint(case["input"] for case in shown), "a leaked case was graded"


def memorized(rng, theater, run, version, share):
    """A version that has part of the cases in its prompt, and knows them by heart."""
    name = run[version].rsplit("/", 1)[1]
    stage = theater.stage
    for case in run["cases"]:
        if rng.random() < share:
            stage.prompts[name] += f"\n{respelled(rng, case['input'])}\n-> {case['reference']}"
            stage.answers[name][case["input"]] = case["reference"]
            stage.right.add((case["input"], case["reference"]))


def test_a_version_that_knows_the_cases_by_heart_is_not_better(compare, theater, rng):
    """The prompt with the golden cases in it wins each comparison, and is as good or as bad as before in production."""
    wrong = []
    for _ in range(40):
        role = rng.choice(["live", "candidate"])
        (name,) = played.segment_names(rng, 1)
        run = played.draw(rng, theater, {name: Segment(rng.randint(120, 200), 0.04, 0.04, 0.5)})
        memorized(rng, theater, run, role, rng.uniform(0.4, 0.6))
        found = compare(run)
        if found["better"] if role == "candidate" else found["verdict"] == "regression":
            wrong.append({"by heart": role} | brief(found))
    few(wrong, 40, "of two equal versions one has seen the cases, and it counts")


def misreading(rng, stage, labels, good, bad):
    """Makes the judge wrong about so many of the good and of the bad labels."""
    wrong = {
        (label["input"], label["answer"])
        for kind, count in ((True, good), (False, bad))
        for label in rng.sample([label for label in labels if label["good"] == kind], count)
    }
    stage.opinion = lambda item, right: right != ((item["input"], item["answer"]) in wrong)


def test_a_judge_is_tested_on_labels_before_it_judges(compare, theater, rng):
    """A judge that passes everything agrees with itself each time; only answers that people have read show it."""
    # Wrong about so many more labels of a kind than the tenth that is allowed; None is a judge without a mistake there.
    for more_good, more_bad in ((None, None), (0, 0), (None, 0), (1, None), (0, 1), (None, 20), (20, None)):
        good, bad = (10 * rng.randint(3, 9) for _ in range(2))
        run = played.draw(rng, theater, {played.segment_names(rng, 1)[0]: Segment(400, 0.01, 0.02)})
        run["labels"] = played.labels(rng, theater.stage, good, bad)
        missed_good = 0 if more_good is None else good // 10 + more_good
        missed_bad = 0 if more_bad is None else bad // 10 + more_bad
        misreading(rng, theater.stage, run["labels"], missed_good, missed_bad)
        found = compare(run)
        said = f"{missed_good} of {good} good and {missed_bad} of {bad} bad labels misread: {brief(found)}"
        trusted = not (more_good or more_bad)
        assert (found["verdict"] != "void") == trusted, said
        assert found["judge"].get("found") == pytest.approx(1 - missed_bad / bad), said
        assert found["judge"].get("passed") == pytest.approx(1 - missed_good / good), said


def test_without_labels_of_both_kinds_there_is_no_judge(compare, theater, rng):
    """On a hundred good labels a judge that always says yes is perfect."""
    for good, bad in ((0, 0), (100, 0), (0, 100)):
        run = played.draw(rng, theater, {played.segment_names(rng, 1)[0]: Segment(400, 0.01, 0.02)})
        run["labels"] = played.labels(rng, theater.stage, good, bad)
        found = compare(run)
        assert found["verdict"] == "void", f"{good} good and {bad} bad labels: {brief(found)}"
        assert not found["better"] and not found["regressions"]


def test_the_judge_does_not_learn_whose_answer_it_reads(compare, theater, rng):
    """A judge of the same family likes its own answers; what it isn't told, it can't favor."""
    run = played.draw(rng, theater, {played.segment_names(rng, 1)[0]: Segment(300, 0.5, 0.02, 0.4)})
    found = compare(run)
    assert found["verdict"] == "regression", "every second right answer was lost, and the judge hides it"
    graded = [body for path, body in theater.stage.asked if "grades" in path]
    for body in graded:
        assert {*body} == {"answers"}, f"the judge is told more than the answers: {sorted(body)}"
        assert all({*item} == {"input", "reference", "answer"} for item in body["answers"])


def test_answers_that_are_missing_are_not_left_out_in_silence(compare, theater, rng):
    """A version that times out on the hard cases scores better without them; one in fifty is bad luck, more is no result."""
    for role in ("live", "candidate"):
        for beyond in (0, 1):
            cases = 50 * rng.randint(8, 12)
            run = played.draw(rng, theater, {played.segment_names(rng, 1)[0]: Segment(cases, 0.01, 0.02)})
            for case in rng.sample(run["cases"], cases // 50 + beyond):
                theater.stage.answers[run[role].rsplit("/", 1)[1]][case["input"]] = None
            found = compare(run)
            what = f"{cases // 50 + beyond} of {cases} answers of the {role} version are missing: {brief(found)}"
            assert found["verdict"] == ("void" if beyond else "passed"), what
            assert not beyond or not found["better"], what


def test_a_loss_of_half_the_answers_is_a_regression(compare, theater, rng):
    """What anybody would see has to be seen, too."""
    for _ in range(5):
        names = played.segment_names(rng, rng.randint(1, 4))
        found = compare(
            played.draw(rng, theater, {name: Segment(rng.randint(60, 90), 0.6, 0.01, 0.3) for name in names})
        )
        assert (found["verdict"], sorted(found["regressions"])) == ("regression", sorted(names))


def test_a_version_that_cannot_be_asked_is_an_error(service, theater, rng):
    """A comparison with a version that isn't there has no verdict; the build must stop with the address that is wrong."""
    for role in ("live", "candidate", "judge"):
        run = played.draw(rng, theater, {played.segment_names(rng, 1)[0]: Segment(20, 0, 0)})
        answer = service.post("/compare", json=run | {role: f"{theater.address}/nobody"})
        assert answer.status_code == 502 and "nobody" in answer.text, (
            f"{role}: {answer.status_code} {answer.text[:200]}"
        )
