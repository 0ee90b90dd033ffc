# `make serve` and `make test` do everything on a machine with Python 3.11 or newer and make.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
RUN := $(VENV)/bin/python
PRETTIER := tests/format/node_modules/.bin/prettier
# Dates in the output come from the commit, so that two builds of one commit are the same bytes.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --pretty=%ct 2>/dev/null || echo 1763856000)
# Material announces the end of MkDocs at each build; DESIGN and the handbook's Data page deal with it.
export NO_MKDOCS_2_WARNING := 1
export PYTHONDONTWRITEBYTECODE := 1

# What was said after the command, as words that the shell passes on unread. Terminals set a TERM of their own, so
# variables of the environment do not count.
given = $(foreach name,$(1),$(if $(filter command,$(origin $(name))),'$(name)=$(subst ','\'',$(value $(name)))'))

.DEFAULT_GOAL := help
.PHONY: help serve build book figures test test-fast labs lab example test-labs accept test-projects check check-data new-term new-topic new-skill new-page new-figure new-lab new-translation freshness format formatter lint hooks lock audit bench search-report audit-dependencies mutation sbom clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

serve: $(VENV)/site.stamp ## Build the handbook, serve it and print the address (PORT=8000)
	@echo "Building the handbook: five to ten seconds, and about one after each edit. Then open http://127.0.0.1:$(PORT)/ (Ctrl+C ends it)."
	@$(RUN) -m mkdocs serve --strict --dev-addr 127.0.0.1:$(PORT)

build: $(VENV)/site.stamp ## Build the handbook into site/, all of it or nothing
	@rm -rf .build && $(RUN) -m mkdocs build --strict --site-dir .build/site
	@if [ -e site ]; then mv site .build/old; fi && mv .build/site site && rm -rf .build && echo "The handbook is in site/"

book: $(VENV)/book.stamp build ## Build, then write PDF and EPUB into dist/ (needs Chromium)
	@$(RUN) -m macros.book site dist

# What readers get without a script is drawn by what they get with one.
figures: $(VENV)/test.stamp ## Draw the figures that move anew, and capture their data (NAME=kv-memory; needs Chromium)
	@$(RUN) -m macros.commands.figures $(NAME)

test: $(VENV)/test.stamp ## Run every test
	@$(RUN) -m pytest

test-fast: $(VENV)/test.stamp ## Run the tests of data, rules and renderers, in seconds
	@$(RUN) -m pytest -n0 -m "not slow" tests/data tests/entities tests/render tests/rules

labs: $(VENV)/labs.stamp ## Install what the labs need, and try both small models
	@$(RUN) docs/labs/kit/play.py check

lab: $(VENV)/labs.stamp ## Play a lab (NAME=typed-answers, IN=ts or IN=java where it has them; WATCH=1, ONE=1, TEST=…, SEED=4711; HINT=1, SOLUTION=1, RESET=1, LOAD=1)
	@$(RUN) docs/labs/kit/play.py lab $(call given,NAME IN HINT SOLUTION RESET LOAD SEED TEST ONE WATCH)

# The first command refuses a name that is none, and prints the target that the program needs, or nothing.
example: $(VENV)/site.stamp ## Run an example of a page (NAME=hybrid_search, and IN=go, IN=ts or IN=java where it has that tab)
	@needs=$$($(RUN) -m macros example $(call given,NAME IN GSON)) && { [ -z "$$needs" ] || $(MAKE) --silent "$(VENV)/$$needs"; } && $(run-$(if $(filter command,$(origin IN)),$(IN),py))

run-py = $(RUN) docs/examples/$(NAME).py
# A program in another language finds the small model by an address that the helper gives it.
with-model = $${needs:+$(RUN) docs/examples/local_models.py}
run-go = $(with-model) go run docs/examples/$(NAME).go
# Java's library has no JSON. Where Debian and Ubuntu put Gson; elsewhere, GSON=gson.jar says where it is.
GSON := /usr/share/java/gson.jar
run-java = $(with-model) java -cp '$(subst ','\'',$(GSON))' docs/examples/$(NAME).java
run-ts = tsc -p docs/examples --outDir .build/examples && $(with-model) node .build/examples/$(NAME).js

test-labs: $(VENV)/labs.stamp ## Play every lab: red on the starter, green on the solution, red on each wrong repair (NAME=…, SEED=4711)
	@$(RUN) docs/labs/kit/play.py test $(NAME) $(call given,SEED)

# Needs Python and nothing else: no environment, no model, no key.
accept: ## Check a service that you wrote (PROJECT=phase-1 URL=http://127.0.0.1:8080, and START="command", SEED=4711 or WATCH=1)
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) docs/projects/kit/accept.py $(call given,PROJECT URL START SEED WATCH DEADLINE MODEL_PORT OUT)

test-projects: $(VENV)/labs.stamp ## Play the references, the empty and the wrong services of each project against all checks
	@$(RUN) docs/projects/kit/matrix.py

# A missing browser is a failure then, not a skip (tests/conftest.py).
check: export CI := true
check: formatter test test-labs test-projects ## Run exactly what continuous integration runs; nothing is skipped

check-data: $(VENV)/site.stamp ## Check the data and the pages' use of it, in about a second
	@$(RUN) -m macros check

new-term: ## Write a glossary entry in its place (ID=… TERM="…" TOPIC=…)
new-topic: ## Write a topic with its section or page (ID=… SKILL=… PHASE=… [PAGE=…])
new-skill: ## Write a row of the map (ID=… BACKEND="…" APPLICATION="…" GAP="…" TOPIC=… PHASE=…)
new-page: ## Write a page behind another one (PAGE=folder/name.md AFTER=…)
new-figure: ## Write a figure on a page (ID=… PAGE=…)
new-lab: ## Write a lab: page, service, repair and tests (ID=… SKILL=… PHASE=… TOPIC=…)
new-translation: ## Write a page in another language (PAGE=skills/index.md TO=de)
new-term new-topic new-skill new-page new-figure new-lab new-translation: $(VENV)/site.stamp
	@$(RUN) -m macros $@ $(call given,ID SKILL PHASE PAGE TERM TOPIC AFTER BACKEND APPLICATION GAP TO)

freshness: $(VENV)/site.stamp ## List sources and radar entries due for another look, today or by DATE=2027-03-01
	@$(RUN) -m macros freshness $(DATE)

format: $(VENV)/test.stamp formatter ## Format the code and write generated files anew
	@$(RUN) -m ruff check --quiet --fix . && $(RUN) -m ruff format --quiet .
	@[ ! -e $(PRETTIER) ] || $(PRETTIER) --log-level warn --write 'docs/**/*.js' 'macros/**/*.js'
	@$(RUN) -m macros schema

# Scripts are formatted where Node is. Nobody needs it for anything else: without it the tests hold their width.
formatter:
	@if command -v npm >/dev/null; then $(MAKE) --silent $(PRETTIER); else echo "No npm here: scripts are not formatted, only their width is checked"; fi

lint: $(VENV)/test.stamp ## Check the style of code, Markdown and YAML, and the spelling
	@$(RUN) -m pytest -n0 tests/repository/test_style.py

hooks: $(VENV)/test.stamp ## Check style and data before each commit of yours (git hooks, no network)
	@$(RUN) -m pre_commit install

audit: $(VENV)/site.stamp build ## Check the HTML with Nu, measure nine kinds of page with Lighthouse (needs Node, Java and Chromium)
	@$(RUN) tests/audit/audit.py

# PARTS="build edit" measures only these, PAIRS=3 runs fewer pairs, BASE=main~5 compares with that commit (or a folder),
# PEERS=1 installs Starlight and VitePress (needs Node), JSON=file keeps every value.
bench: $(VENV)/test.stamp ## Measure build, edit loop, scale, first view and other generators, as ratios (BASE=… PEERS=1)
	@$(RUN) tests/bench/bench.py $(PARTS) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(BASE),--base "$(BASE)") $(if $(PEERS),--node-peers) $(if $(JSON),--json "$(JSON)")

# BASE=main asks the search of that commit the same queries, and fails when more than two of the test half are lost.
search-report: $(VENV)/test.stamp build ## Ask the search all queries of the golden set: hit@1, hit@3, MRR, misses (HALF=tuning, WRITE=1, BASE=main; needs Node)
	@$(if $(BASE),BASE="$(BASE)" bash .ci/with-base) env PYTHONPATH=.:tests $(RUN) tests/search/report.py site $(if $(HALF),--half "$(HALF)") $(if $(WRITE),--write) $(if $(BASE),--base)

audit-dependencies: $(VENV)/tools.stamp ## Ask the package index for known holes in what the site is built with
	@$(RUN) -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.txt

sbom: $(VENV)/tools.stamp ## Write what the site is built with to dist/sbom.json (CycloneDX)
	@mkdir -p dist && $(RUN) -W ignore -m cyclonedx_py requirements --output-reproducible --short-PURLs -o dist/sbom.json requirements.txt

# Half an hour on two cores. `mutmut show NAME` prints a change that no test has noticed.
mutation: $(VENV)/tools.stamp $(VENV)/test.stamp ## Change the code in thousands of small ways, and count what no test notices
	@$(RUN) -m mutmut run >/dev/null; $(RUN) -m mutmut results | sed -E 's/\.x.*:/:/' | sort | uniq -c; $(RUN) -m mutmut export-cicd-stats >/dev/null && cat mutants/mutmut-cicd-stats.json

lock: ## Resolve pyproject.toml to exact versions with hashes (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group book --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-book.txt
	uv pip compile pyproject.toml --group test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-test.txt
	uv pip compile pyproject.toml --group labs -c requirements-test.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-labs.txt
	uv pip compile --group tools -c requirements-test.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-tools.txt
	uv pip compile --group examples -c requirements-test.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-examples.txt

clean: ## Remove what the commands above have made
	rm -rf $(VENV) .build site dist mutants .pytest_cache .ruff_cache .mypy_cache

# Without a network pip says only that it found nothing. What the labs need holds what the site needs.
comma := ,
beforehand = $(if $(findstring lab,$(MAKECMDGOALS)),requirements-labs.txt,$<)
install = echo "Installing $<$(1) …"; $(RUN) -m pip install --quiet --disable-pip-version-check --retries 2 --require-hashes -r $< && touch $@ || { \
  echo "Not everything in $< could be installed. Without a network, fetch it beforehand on a machine of the same kind:" \
    "python3 -m pip download -r $(beforehand) -d wheels. Bring the folder wheels here, and run:" \
    "PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels make $(MAKECMDGOALS)" >&2; exit 1; }

# One environment. A stamp is older than its requirements when they have changed, and then they are installed anew.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 …")'
	@echo "Making the environment in $(VENV) …" && $(PYTHON) -m venv $(VENV)

$(VENV)/site.stamp: requirements.txt | $(VENV)/bin/python
	@$(call install,)

$(VENV)/book.stamp: requirements-book.txt | $(VENV)/site.stamp
	@$(call install,)

$(VENV)/test.stamp: requirements-test.txt | $(VENV)/site.stamp
	@$(call install,)

# First whether the models can run here: without an answer to that nothing is fetched.
$(VENV)/labs.stamp: requirements-labs.txt | $(VENV)/site.stamp
	@$(RUN) docs/labs/kit/play.py machine
	@$(call install,$(comma) 250 MB of it a small language model)

$(PRETTIER): tests/format/package-lock.json
	@echo "Installing prettier …" && cd tests/format && npm ci --silent --no-audit --no-fund && touch node_modules/.bin/prettier

$(VENV)/tools.stamp: requirements-tools.txt | $(VENV)/site.stamp
	@$(call install,)
