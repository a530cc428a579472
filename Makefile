# Every target sets up what it needs first. This is done once: stamps in .make/ record the finished steps, and a
# changed lock file or pyproject.toml makes its step run again.

PYTHON ?= python3
PREFIX ?= /usr/local
ARGS :=
TESTS :=
SEEDS := 300
SLOW := browser contract e2e scenes
# One more than there are cores, because many tests wait for processes.
WORKERS := $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
comma := ,
space := $() $()

VENV := .venv
BIN := $(VENV)/bin
READY := .make/package
# Code that decides or parses responses must have full branch coverage.
EXACT := \
	megabot/errors.py \
	megabot/proxy.py \
	megabot/schedule/* \
	megabot/forum/* \
	megabot/lemmy/v?/parse.py \
	megabot/lemmy/auth/budget.py \
	megabot/lemmy/link_verdict.py \
	megabot/ledger/records.py \
	megabot/ledger/ownership.py \
	megabot/source/model.py \
	megabot/source/problems.py \
	megabot/source/plain_values.py \
	megabot/source/preambles.py \
	megabot/source/sections.py \
	megabot/source/section_diff.py \
	megabot/source/code_spans.py \
	megabot/source/limits.py \
	megabot/source/from_post.py \
	megabot/source/thread_repairs.py \
	megabot/source/titles/title_dates.py \
	megabot/source/titles/date_forms.py \
	megabot/source/git/address.py \
	megabot/source/front_matter/fence.py \
	megabot/rendering/model.py \
	megabot/rendering/context_json.py \
	megabot/rendering/digest.py \
	megabot/rendering/child/namespaces.py \
	megabot/rendering/child/spoiler_losses.py \
	megabot/reconcile/actions.py \
	megabot/reconcile/decide.py \
	megabot/reconcile/content/idempotency.py \
	megabot/reconcile/observation.py \
	megabot/reconcile/orders.py \
	megabot/reconcile/outcomes.py \
	megabot/reconcile/rules/* \
	megabot/reconcile/content/context.py \
	megabot/reconcile/content/drafts.py \
	megabot/reconcile/content/stored_text.py \
	megabot/reconcile/content/annotations.py \
	megabot/reconcile/content/highlights.py \
	megabot/commands/arguments.py \
	megabot/commands/authority.py \
	megabot/commands/confirmations.py \
	megabot/commands/model.py \
	megabot/commands/parser.py \
	megabot/commands/plain_text.py \
	megabot/check/numbering.py \
	megabot/i18n/long_messages.py \
	megabot/service/alert_policy.py \
	megabot/service/accounts/turns.py
LOCK := .make/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DESTDIR PREFIX PYTHON ROOTFS POSTGRES WEB
unexport PYTHONPATH PYTHONHOME PIP_USER

.DELETE_ON_ERROR:
.PHONY: help demo sandbox test postgres quick lint types docs simulate faults mutants messages bench soak booted lock install uninstall pictures wheel clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## seven weeks of two threads on a Lemmy inside the process (ARGS='--exit --api v4': on a 1.0, then end; '--hosts 2': a takeover)
	@$(BIN)/python -m megabot demo $(ARGS)

sandbox: $(READY) ## a mini Lemmy server to try the bot on, without an account (ARGS='--api v4 --port 0')
	@$(BIN)/python -m megabot sandbox $(ARGS)

ifdef TESTS
test: $(READY)
	@$(BIN)/python -m pytest --quiet $(TESTS)
else
test: postgres lint types docs ## lint, types, docs, all tests, coverage (TESTS=tests/schedule/test_calendar.py: these alone)
	@echo "make: tests"
	@$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --dist loadgroup --cov --cov-report=
	@$(BIN)/python -m coverage report --fail-under=95
	@$(BIN)/python -m coverage report --include='$(subst $(space),$(comma),$(strip $(EXACT)))' --fail-under=100
endif

# First, because without it many tests would fail at the end of a long run.
postgres: $(READY)
	@$(BIN)/python -m tests.postgres

quick: lint types ## lint, types and the fast tests, in under a minute
	@echo "make: fast tests"
	@$(BIN)/python -m pytest --quiet --numprocesses auto -m "not slow" $(addprefix --ignore=tests/,$(SLOW))

lint: $(READY) ## ruff: rules and format; import-linter: who may import whom
	@echo "make: lint"
	@$(BIN)/python -m ruff check --quiet
	@$(BIN)/python -m ruff format --check --quiet
	@$(BIN)/lint-imports --no-cache >.make/imports 2>&1 || { cat .make/imports; exit 1; }

types: $(READY) ## mypy --strict
	@echo "make: types"
	@$(BIN)/python -m mypy --no-error-summary

docs: $(READY) ## build the documentation in build/docs; a broken link is an error
	@echo "make: docs"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict >.make/docs 2>&1 || { cat .make/docs; exit 1; }

pictures: $(READY) ## take the pictures of the page for moderators for the docs again (needs chromium and pngquant)
	@$(BIN)/python -m tests.page_pictures

simulate: $(READY) ## simulate a year of weeks with random faults for each seed (SEEDS=300, ARGS='--from 7 --ledger postgres')
	@$(BIN)/python -m tests.simulation $(SEEDS) $(ARGS)

faults: $(READY) ## test a fault at every step of a handover, pairs of faults, and real kills (ARGS='--ledger postgres', or --hosts: two hosts)
	@$(BIN)/python -m tests.fault_injection $(ARGS)

mutants: $(READY) ## check that the tests notice each of many bugs put into megabot (ARGS=WORD: those with this name; --list: show them)
	@$(BIN)/python -m tests.mutants $(ARGS)

messages: $(READY) ## collect the messages to translate, update the translations and compile them
	@$(BIN)/python -m tools.messages $(ARGS)

bench: $(READY) ## measure requests, time and memory, compared with a naive script
	@$(BIN)/python -m bench $(ARGS)

soak: $(READY) ## run the service for thirty simulated years with faults and compare its memory and files (ARGS=--years=5; '--hosts 2': a day of two hosts)
	@$(BIN)/python -m bench.soak $(ARGS)

booted: $(READY) ## test the units under a real systemd, in a container (ROOTFS=FOLDER with a Debian system)
	@tests/systemd/run.sh

install: ## install for the whole machine, as root, or upgrade (DESTDIR, PREFIX; docs/how-to/install.md)
	@systemd/install.sh

uninstall: ## sign out and remove megabot from the machine; settings and ledger are kept
	@systemd/uninstall.sh

wheel: $(READY) ## build the wheel in dist/, for pipx, uv and pip
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

lock: ## write the requirements files from pyproject.toml (ARGS=--upgrade: newest versions)
	@$(PYTHON) -m venv --clear .make/lock
	@.make/lock/bin/python -m pip install --quiet pip-tools dependency-groups
	@$(LOCK) $(ARGS) --output-file requirements.txt pyproject.toml
	@.make/lock/bin/python -m dependency_groups dev > .make/dev.in
	@$(LOCK) $(ARGS) --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml .make/dev.in
	@.make/lock/bin/python -m dependency_groups build > .make/build.in
	@$(LOCK) --constraint requirements-dev.txt --output-file requirements-build.txt .make/build.in
	@echo 'psycopg[binary]' > .make/postgres.in
	@$(LOCK) --constraint requirements-dev.txt --output-file requirements-postgres.txt .make/postgres.in
	@printf 'starlette\nuvicorn\npython-multipart\n' > .make/web.in
	@$(LOCK) --constraint requirements-dev.txt --output-file requirements-web.txt .make/web.in
	@rm -r .make/lock .make/dev.in .make/build.in .make/postgres.in .make/web.in

clean: ## remove everything that make created
	@rm -rf $(VENV) .make build/docs .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis

# Not bin/python, which is a link to a file older than every stamp.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "make: $(PYTHON) must be Python 3.11 or newer with venv (Debian: apt install python3-venv);" \
			"use another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "make: creating a virtual environment in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)

.make/libraries: requirements-dev.txt $(VENV)/pyvenv.cfg
	@echo "make: installing the locked libraries"
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@mkdir -p .make && touch $@

$(READY): pyproject.toml .make/libraries
	@echo "make: installing megabot"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
