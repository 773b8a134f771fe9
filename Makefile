# Everything runs in .venv, made from the hash-locked requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
READY := $(VENV)/.ready
DEV := $(VENV)/.ready-dev
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: demo test bench eval-baseline faults check fix lock record-histories fingerprints clean help

help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(READY)   ## the sample leads, live (ARGS=--hands-free: with a scripted reviewer)
	@$(BIN)/leadbraid demo $(ARGS)

test: $(DEV)     ## every test; what this machine lacks is skipped by name
	@# Four at once on two cores: many tests wait for timers and for processes that come back.
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

bench: $(DEV)    ## how fast: replays, audit records, a busy day of 5,000 leads (ARGS=--leads=500 for fewer), plans side by side, a storm of leads on a model
	@$(BIN)/python benchmarks/replay.py
	@$(BIN)/python benchmarks/audit_records.py
	@$(BIN)/python benchmarks/busy_day.py $(ARGS)
	@$(BIN)/python benchmarks/compare_plans.py
	@$(BIN)/python benchmarks/model_storm.py

eval-baseline: $(DEV)  ## write down anew what the offline rules make of the labelled leads (evals/baseline-rules.json)
	@$(BIN)/python tests/eval_baseline.py

faults: $(DEV)   ## processes killed and people at their worst, many times (ARGS="--only F01 --seed 2 --n 3")
	@$(BIN)/python tests/faults/long.py $(ARGS)

check: $(DEV)    ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(DEV)      ## format, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

record-histories: $(DEV)  ## record the golden histories anew (only before 1.0, and say so in the changelog)
	$(BIN)/python tests/replay/record.py $(ARGS)

fingerprints: $(DEV)  ## write down anew which commands each workflow issues
	@$(BIN)/python tests/replay/fingerprint.py

lock: $(DEV)     ## resolve the requirements anew
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group dev pyproject.toml -o requirements-dev.lock
	$(LOCK) --group pyproject.toml:build -o requirements-build.lock

clean:           ## remove what was made; the leads in .leadbraid stay
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Leadbraid needs Python 3.11 or newer; name one with make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(READY): requirements.lock requirements-build.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked requirements into $(VENV) ..."
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-build.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(READY)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
