"""What callers, their paths and a partner get out of the tool server, read in the logs of the services behind it."""

import itertools

import plugin
import pytest
from company import LEDGER, ME, PARTNER, SERVER, Company, changed, mark, shuffled, team_name, tool, word


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    company = Company(tmp_path_factory.mktemp("data"))
    with plugin.running(plugin.FOLDER, **company.settings()) as company.service:
        yield company


@pytest.fixture
def company(built):
    """The company, with a partner that offers nothing, and empty logs."""
    built.partner.tools = []
    built.approve()
    built.forget()
    return built


def attempt(company, person, name, arguments):
    """Who calls which tool, for a message."""
    team = f"of team {person.team}" if person.team else "without a team"
    return f"somebody {team} with the right to {company.ledger.rights[person.name]}: {name} {str(arguments)[:120]}"


def allowed(company, person, name, **arguments):
    """What a tool says that the person may use."""
    fine, said = company.call(person, name, **arguments)
    assert fine, f"{attempt(company, person, name, arguments)} should be answered, and gets {said[:120]!r}"
    return said


def refused(company, person, name, **arguments):
    """What a tool says that the person may not use."""
    fine, said = company.call(person, name, **arguments)
    assert not fine, f"{attempt(company, person, name, arguments)} should be refused, and gets {said[:120]!r}"
    return said


def test_a_token_for_another_service_opens_nothing(company, rng):
    """Whoever runs the wiki sees everyone's wiki tokens, and could read and change the budgets with them."""
    team, name = team_name(rng), mark(rng)
    text = company.report(rng, company.folder(team) / name)
    budget = company.budget(rng, team)
    offered = tool(rng)
    company.partner.tools = [offered]
    company.approve(offered)
    asked = [
        ("server/discover", None),
        ("tools/list", None),
        ("tools/call", {"name": "read_report", "arguments": {"path": name}}),
        ("tools/call", {"name": "read_budget", "arguments": {"budget": budget}}),
        ("tools/call", {"name": f"fx.{offered['name']}", "arguments": {}}),
    ]
    host = f"https://{word(rng)}.example"
    near = [f"{ME}-{word(rng)}", f"{ME}/{word(rng)}", f"{host}/?for={ME}", ME.removesuffix("/mcp"), ME[:-1]]
    near.append(ME.replace("/mcp", "/MCP"))
    foreign = [host, [host, f"https://{word(rng)}.example/mcp"], LEDGER, [PARTNER], [], None, near, *near]
    for audience in rng.sample(foreign, len(foreign)):
        person = company.person(rng, team, "edit", aud=audience)
        for method, params in asked:
            answer = company.send(person.token, method, params)
            assert text not in answer.text, f"a token with the audience {audience} has read a report"
            assert answer.status_code == 401, (
                f"a token with the audience {audience} gets {answer.status_code} to {method}"
            )
            assert "resource_metadata" in answer.headers.get("www-authenticate", ""), "401 says where to get a token"
    assert not company.ledger.seen and not company.partner.seen, (
        "a service behind was asked for somebody without a token"
    )
    for audience in (ME, [ME], [host, ME]):
        person = company.person(rng, team, aud=audience)
        for method, params in asked:
            answer = company.send(person.token, method, params)
            assert answer.status_code == 200, (
                f"a token with the audience {audience} gets {answer.status_code} to {method}"
            )


def test_who_has_signed_out_is_out(company, rng):
    """A laptop is stolen, its owner signs out everywhere, and the next request with its token has to fail."""
    team, name = team_name(rng), mark(rng)
    company.report(rng, company.folder(team) / name)
    budget = company.budget(rng, team)
    asked = [("read_report", {"path": name}), ("read_budget", {"budget": budget})]
    person, other = company.person(rng, team), company.person(rng, team)
    for use, arguments in asked:
        allowed(company, person, use, **arguments)
    company.forget()
    del company.issuer.tokens[person.token]
    for headers in (
        {},
        {"authorization": f"Bearer t-{mark(rng)}"},
        {"authorization": "Bearer"},
        {"authorization": None},
    ):
        for use, arguments in asked:
            answer = company.send(person.token, "tools/call", {"name": use, "arguments": arguments}, **headers)
            assert answer.status_code == 401, f"without a valid token {use} answers {answer.status_code}"
    company.issuer.down = True
    try:
        for use, arguments in asked:
            answer = company.send(other.token, "tools/call", {"name": use, "arguments": arguments})
            assert answer.status_code >= 400, f"while nobody knows the token, {use} answers {answer.status_code}"
    finally:
        company.issuer.down = False
    assert not company.ledger.seen, "the ledger was asked for somebody who is not signed in"
    for use, arguments in asked:
        allowed(company, other, use, **arguments)


def test_no_service_behind_gets_the_callers_token(company, rng):
    """Whoever reads the partner's log could come in here as any of your people, and the ledger can't say who has asked it."""
    team = team_name(rng)
    people = [company.person(rng, team, "edit") for _ in range(3)]
    budget, offered = company.budget(rng, team), tool(rng)
    company.partner.tools = [offered]
    company.approve(offered)
    for person in [*people, *rng.sample(people, 3)]:
        company.forget()
        company.listed(person)
        allowed(company, person, "read_budget", budget=budget)
        allowed(company, person, "change_budget", budget=budget, cents=rng.randint(1, 10_000))
        allowed(company, person, f"fx.{offered['name']}")
        for service, log, least in ((LEDGER, company.ledger.seen, 2), (PARTNER, company.partner.seen, 2)):
            assert len(log) >= least, f"{service} has {len(log)} requests in its log, and {least} were needed"
            for seen in log:
                assert seen.token != person.token, f"{service} got the caller's own token ({seen.what})"
                assert seen.claims.get("aud") == service, f"{service} got a token for {seen.claims.get('aud')}"
                assert seen.claims.get("sub") == person.name, (
                    f"{service} got a token of {seen.claims.get('sub')}, and {person.name} has asked ({seen.what})"
                )
                assert seen.claims.get("act") == {"sub": SERVER}, f"{service} can't see who acts for the person"


def test_nobody_changes_more_than_they_may(company, rng):
    """A trainee who may only look asks the assistant to set a budget, and another team's money is gone."""
    teams = team_name(rng), team_name(rng)
    budgets = [company.budget(rng, team) for team in teams]
    people = [company.person(rng, team, right) for team in teams for right in ("view", "edit")]

    def try_all():
        pairs = list(itertools.product(people, budgets))
        for person, budget in [*pairs, *rng.sample(pairs, len(pairs))]:
            old, new = company.ledger.cents[budget], rng.randint(10_000, 9_000_000)
            may = company.ledger.may(person.name, person.team, budget, changes=True)
            (allowed if may else refused)(company, person, "change_budget", budget=budget, cents=new)
            of = f"somebody of team {person.team} with the right to {company.ledger.rights[person.name]}"
            sets = f"{of} sets a budget of team {company.ledger.teams[budget]}"
            assert company.ledger.cents[budget] == (new if may else old), (
                f"{sets} from {old} to {new}, and it is {company.ledger.cents[budget]}"
            )
            may = company.ledger.may(person.name, person.team, budget, changes=False)
            said = (allowed if may else refused)(company, person, "read_budget", budget=budget)
            assert (str(company.ledger.cents[budget]) in said) == may, f"{of} reads {said!r} of {budget}"

    try_all()
    # Everybody is promoted or demoted. Nobody signs in again.
    for person in people:
        company.ledger.rights[person.name] = {"view": "edit", "edit": "view"}[company.ledger.rights[person.name]]
    try_all()
    # Everybody moves to the other team, and signs in again.
    people = [
        company.person(rng, teams[person.team == teams[0]], company.ledger.rights[person.name], name=person.name)
        for person in people
    ]
    try_all()


def test_without_a_token_for_the_service_behind_nothing_is_sent(company, rng):
    """The issuer says no for a person. Whatever the server would use instead is somebody else's right."""
    team, name = team_name(rng), mark(rng)
    text = company.report(rng, company.folder(team) / name)
    budget, offered = company.budget(rng, team), tool(rng)
    company.partner.tools = [offered]
    company.approve(offered)
    other, person = company.person(rng, team, "edit"), company.person(rng, team, "edit")
    allowed(company, other, "read_budget", budget=budget)
    company.forget()
    company.issuer.refuses.add(person.token)
    old = company.ledger.cents[budget]
    refused(company, person, "change_budget", budget=budget, cents=old + 1)
    refused(company, person, "read_budget", budget=budget)
    refused(company, person, f"fx.{offered['name']}")
    assert company.ledger.cents[budget] == old, "the budget was changed without a token for the ledger"
    sent = [seen.what for seen in [*company.ledger.seen, *company.partner.seen]]
    assert not sent, f"without a token for them, the services behind were sent {sent}"
    assert text == allowed(company, person, "read_report", path=name), "a report needs no other service"
    assert "read_report" in company.listed(person), "the server's own tools are there without the partner"


def test_no_report_of_another_team_is_read(company, rng):
    """A bonus list is in the folder beside yours, and a model reads whatever path a text has talked it into."""
    team, other = team_name(rng), team_name(rng)
    sibling = f"{team}-{word(rng)}"
    name, folder = mark(rng), company.folder(team)
    texts = [
        company.report(rng, company.folder(other) / name),
        company.report(rng, company.folder(sibling) / name),
        company.report(rng, company.folder(other) / word(rng) / name),
        company.report(rng, folder.parent / f"{team}.{name}"),
    ]
    (folder / "a").mkdir()
    links = {"file": f"../{other}/{name}", "folder": f"../{sibling}", "whole": str(company.data / "reports" / other)}
    links |= {"chain": "a/next", "a/next": "../whole", "root": "/"}
    for link, target in links.items():
        (folder / link).symlink_to(target)
    inner = next(place.name for place in company.folder(other).iterdir() if place.is_dir())
    paths = [
        f"../{other}/{name}", f"../{sibling}/{name}", f"../{team}.{name}", f"a/../../{sibling}/{name}",
        f"../{other}/{inner}/{name}", f"../../mount/{sibling}/{name}", "../../approved.json",
        str(company.data / "reports" / other / name), str(company.data / "mount" / sibling / name),
        str(company.data / "approved.json"), "file", f"folder/{name}", f"whole/{name}", f"chain/{name}",
        f"a/next/{name}", f"whole/{inner}/{name}", f"root{company.data}/mount/{other}/{name}", "/dev/null",
    ]  # fmt: skip
    for path in (f"{other}/{name}", f"./{sibling}/{name}", f"../mount/{other}/{inner}/{name}"):
        refused(company, company.person(rng, ""), "read_report", path=path)
    person, absent = company.person(rng, team), mark(rng)
    for path in rng.sample(paths, len(paths)):
        said = refused(company, person, "read_report", path=path)
        assert not [text for text in texts if text.split("\n")[0] in said], f"{path} has shown a report of another team"
        if name in path:
            nothing = refused(company, person, "read_report", path=path.replace(name, absent))
            assert said.replace(path, "") == nothing.replace(path.replace(name, absent), ""), (
                f"the answers tell which file exists: {said!r} for {path}, and {nothing!r} for one that isn't there"
            )


def test_every_report_of_the_own_team_is_read(company, rng):
    """A server that refuses folders, links or dots is safe, and the team goes back to sending files by mail."""
    team, name = team_name(rng), mark(rng)
    folder = company.folder(team)
    places = [name, f"{rng.randint(2020, 2026)}/{name}", f"a/b/{name}", f"{word(rng)}..{name}", f"Lager & Büro {name}"]
    texts = {place: company.report(rng, folder / place) for place in places}
    (folder / "latest").symlink_to(name)
    (folder / "old").symlink_to("a", target_is_directory=True)
    (folder / "a" / "up").symlink_to("../latest")
    texts |= {"latest": texts[name], f"old/b/{name}": texts[f"a/b/{name}"], "a/up": texts[name]}
    texts |= {f"a/../{name}": texts[name], f"./{name}": texts[name]}
    # Another team has a folder of the same kind, and each reads its own.
    other = company.person(rng, f"{team}{word(rng)}")
    theirs = company.report(rng, company.folder(other.team) / name)
    person = company.person(rng, team)
    for path in rng.sample(list(texts), len(texts)):
        assert allowed(company, person, "read_report", path=path) == texts[path]
        assert allowed(company, other, "read_report", path=name) == theirs
    (folder / "circle").symlink_to("circle")
    for path in ("", ".", "a", "circle", f"{name}/{name}", mark(rng), "\0", f"{name}\0", "x" * 5000):
        refused(company, person, "read_report", path=path)


def test_a_tool_that_changed_after_its_approval_is_held_back(company, rng):
    """The partner's server is broken into, and since this morning a description tells your model to read budgets."""
    person = company.person(rng, team_name(rng))
    tools = [tool(rng) for _ in range(3)]
    old, *others = tools
    company.partner.tools = tools
    company.approve(*tools)
    name = f"fx.{old['name']}"
    assert name in company.listed(person)
    allowed(company, person, name)
    for what, new in [*changed(rng, old), ("nobody has ever seen it", tool(rng))]:
        company.forget()
        company.partner.tools = [*others, new]
        offered = list(company.listed(person))
        assert f"fx.{new['name']}" not in offered, f"{what}, and the tool is in the list"
        for still in others:
            assert f"fx.{still['name']}" in offered, f"{what}, in one tool, and another one is gone"
        refused(company, person, f"fx.{new['name']}")
        assert not company.partner.calls(), f"{what}, and the tool was called"
    # Somebody has looked, and approves one of the changes.
    what, new = rng.choice(changed(rng, old))
    company.partner.tools = [*others, new]
    company.approve(*others, new)
    assert company.listed(person).get(name) == new | {"name": name}, (
        f"{what}, somebody has approved it, and it is missing or old"
    )
    assert allowed(company, person, name) == company.partner.said[old["name"]]
    company.partner.tools = tools
    assert name not in company.listed(person), "what was approved before is approved no longer"
    refused(company, person, name)


def test_what_is_approved_can_be_used(company, rng):
    """A server that holds everything back is safe, and one that minds the order of fields breaks at each release."""
    team = team_name(rng)
    person, budget = company.person(rng, team, "edit"), company.budget(rng, team)
    # One of them has the name of a tool of ours. The model can tell them apart.
    tools = [tool(rng), tool(rng), tool(rng) | {"name": "change_budget"}]
    company.approve(*tools)
    for _ in range(3):
        company.partner.tools = shuffled(rng, rng.sample(tools, 3))
        offered = company.listed(person)
        assert {"read_report", "read_budget", "change_budget"} <= offered.keys()
        for one in tools:
            assert offered.get(f"fx.{one['name']}") == one | {"name": f"fx.{one['name']}"}, (
                "an approved tool is missing"
            )
            assert allowed(company, person, f"fx.{one['name']}") == company.partner.said[one["name"]]
    company.forget()
    allowed(company, person, "change_budget", budget=budget, cents=4711)
    assert company.ledger.cents[budget] == 4711 and not company.partner.seen, "our own tool was asked for"
    company.approve(*tools[:1])
    left = [name for name in company.listed(person) if name.startswith("fx.")]
    assert left == [f"fx.{tools[0]['name']}"], "an approval that was taken back still counts"


def test_what_breaks_the_protocol_is_refused(company, rng):
    """A web page in somebody's browser may not call the server, and what a proxy has let through is what runs."""
    team, name = team_name(rng), mark(rng)
    text = company.report(rng, company.folder(team) / name)
    person = company.person(rng, team)
    call = "tools/call", {"name": "read_report", "arguments": {"path": name}}
    cases = [
        (403, {"origin": f"https://{word(rng)}.example"}),
        (403, {"origin": f"https://assistant.example.{word(rng)}.example"}),
        (403, {"origin": "null"}),
        (400, {"mcp_name": "read_budget"}),
        (400, {"mcp_name": None}),
        (400, {"mcp_method": "tools/list"}),
        (400, {"mcp_protocol_version": "2025-11-25"}),
    ]
    for status, headers in cases:
        answer = company.send(person.token, *call, **headers)
        assert answer.status_code == status, f"{headers} gets {answer.status_code}, and {status} is right"
        assert text not in answer.text
    assert company.send(person.token, f"{word(rng)}/list").status_code == 404
    answer = company.send(person.token, "tools/call", {"name": word(rng), "arguments": {}})
    assert answer.json()["error"]["code"] == -32602, "an unknown tool is an error of the protocol"
    for headers in ({}, {"origin": "https://assistant.example"}):
        assert text in company.send(person.token, *call, **headers).json()["result"]["content"][0]["text"]
    for arguments in ({}, {"path": 7}, {"path": None}):
        answer = company.send(person.token, "tools/call", {"name": "read_report", "arguments": arguments})
        assert answer.json()["result"]["isError"], "arguments that don't fit are told to the model"
