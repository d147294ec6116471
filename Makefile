# Every target sets up what it needs: a virtual environment from the hashed lock file, once.
# `make help` lists them. PYTHON chooses the interpreter (3.11 or newer), JOBS the test processes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
EXAMPLE ?= examples/bracket

VENV := .venv
STAMP := $(VENV)/.installed
BIN := $(VENV)/bin
PEERS := build/peers
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The packages whose line coverage is held at 90 %: what a verdict and its document stand on.
GATE := programme evidence statistics showing document dossier
empty :=
comma := ,
GATE_PATHS := $(subst $(empty) $(empty),$(comma),$(foreach stage,$(GATE),*/assay/$(stage)/*))

.PHONY: help setup demo check test test-services test-long docs bench bench-quick bench-showing clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## create .venv from requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    || { echo "make: $(PYTHON) is missing or older than 3.11; name another: make PYTHON=python3.11" >&2; exit 3; }
	"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "make: $(PYTHON) has no ensurepip; install it with: apt-get install python3-venv" >&2; exit 3; }
	if ! cmp --silent requirements.lock $(VENV)/installed.lock; then
	    echo "setting up $(VENV) from requirements.lock (a minute or two, once)"
	    "$(PYTHON)" -m venv --clear $(VENV)
	    $(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	    $(BIN)/python tools/link_quadmath.py
	    cp requirements.lock $(VENV)/installed.lock
	fi
	$(PIP) install --no-deps --no-build-isolation --editable .
	# Where the environment forbids Python to write byte code, every start would compile all of it again.
	$(BIN)/python -m compileall -q src
	touch $@

demo: $(STAMP)  ## run the example programme: solver, AI model, verdicts, dossier
	@export PATH="$(CURDIR)/$(BIN):$$PATH" PS4='$$ '
	set -x
	assay trust "$(EXAMPLE)" --yes
	assay run "$(EXAMPLE)"
	assay dossier "$(EXAMPLE)"

check: $(STAMP)  ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

test: $(STAMP)  ## all tests but long ones and those that need programs from apt; coverage gate
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not long and not services" --cov --cov-report=
	$(BIN)/coverage report --include='$(GATE_PATHS)' --fail-under=90

test-services: $(STAMP)  ## tests that need poppler, qpdf and chromium (installed here when run as root)
	@tools/system_packages.sh poppler-utils:pdftotext poppler-utils:pdfdetach qpdf:qpdf chromium:chromium
	$(BIN)/python -m pytest -m "services and not long"

test-long: $(STAMP)  ## replicated statistics, forgeries, kills: by hand, not in CI
	@tools/system_packages.sh poppler-utils:pdftotext poppler-utils:pdfdetach qpdf:qpdf
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m long

docs: $(STAMP)  ## generate docs/cli.md and docs/records from the code
	@$(BIN)/python tools/generate_docs.py

bench: $(STAMP)  ## run the benchmarks (hours); results go to benchmarks/results
	@for script in benchmarks/*.py; do $(BIN)/python "$$script"; done

bench-quick: $(STAMP)  ## the gates on false SHOWN on a small share of the benchmark (a minute), in CI
	@$(BIN)/python -m benchmarks.false_compliance --quick --workers $(JOBS)

bench-showing: $(STAMP) $(PEERS)/.installed  ## how often a verdict is wrong (hours; resumable): tables and figures
	@$(PEERS)/bin/python -m benchmarks.false_compliance --part all
	$(PEERS)/bin/python -m benchmarks.false_compliance --page

# Peers have packages of their own: none of them may come into the lock file by the back door.
$(PEERS)/.installed: requirements.lock benchmarks/requirements-peers.txt
	@"$(PYTHON)" -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: -r requirements.lock
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --only-binary :all: -r benchmarks/requirements-peers.txt
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	touch $@

clean:  ## remove what make made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
