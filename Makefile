# Every command of a day. `make help` tells them; each makes its environment first when that is missing or old.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up lab test chaos install check bench lock

BIN := .venv/bin
PYTHON := $(BIN)/python
# Holds the folder it was made in: an environment names its own place and does not survive a move or a copy.
STAMP := .venv/.installed
$(shell [ "$$(cat $(STAMP) 2>/dev/null)" = "$$(pwd -P)" ] || rm -f $(STAMP))

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

up: $(STAMP) ## Run everything in the foreground; Ctrl-C stops it
	@$(PYTHON) -m adaptapedia up

lab: $(STAMP) ## Wikidata, TMDb and Open Library on this machine, without network or key; ARGS="--fail-one-in 5 --latency-ms 50"
	@exec $(PYTHON) -m tests.upstreams $(ARGS)

# They mostly wait, so four fit on two cores. Each process has servers of its own; a file's tests stay together, and
# files go out in pytest's order, so that the many short ones, of tests/unit, come last and fill the gaps.
SIDE_BY_SIDE = --numprocesses 4 --dist loadfile --no-loadscope-reorder
test: $(STAMP) ## All tests, on servers of their own; ARGS="tests/unit -k name" picks some
	@$(PYTHON) -m pytest $(or $(ARGS),$(SIDE_BY_SIDE))

chaos: export CHAOS_SECONDS ?= 300
chaos: export CHAOS_FAULTS ?= 100
chaos: $(STAMP) ## The scheduler under 100 faults, then workers killed while upstreams fail; CHAOS_SECONDS, CHAOS_FAULTS, CHAOS_SEED
	@$(PYTHON) -m pytest tests/chaos/test_scheduler.py tests/chaos/test_unreliable_upstreams.py -s

install: $(STAMP) ## The environment alone, development tools included

check: $(STAMP) ## Lint, format, types, layers, missing migrations, lock
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTHON) -W ignore::RuntimeWarning -m adaptapedia makemigrations --check --dry-run
	@cp requirements.lock .venv/fresh.lock
	@$(LOCK) --quiet -o .venv/fresh.lock pyproject.toml
	@diff requirements.lock .venv/fresh.lock || { echo "requirements.lock is behind pyproject.toml: run make lock"; exit 1; }

bench: $(STAMP) ## Every benchmark in turn; each prints RESULT name value unit
	@for file in $$(grep -l '__main__' benchmarks/*.py); do \
	  $(PYTHON) -m "benchmarks.$$(basename "$$file" .py)" || exit 1; \
	done

LOCK = $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --extra dev --python-version 3.11
lock: $(STAMP) ## Resolve pyproject.toml into requirements.lock; ARGS=--upgrade takes the newest of everything
	@$(LOCK) --quiet $(ARGS) -o requirements.lock pyproject.toml

# uv takes a quarter of pip's time, but knows none of pip's settings: who has set an index of their own there, or cannot
# reach the public one otherwise, is served by pip.
PIP = $(PYTHON) -m pip install --quiet --disable-pip-version-check
UV = $(BIN)/uv pip install --quiet --python $(PYTHON)
# Our own files are compiled at once: where PYTHONDONTWRITEBYTECODE is set, each process would else compile them all at
# its start, for a second. Valkey's wheel is for CPython 3.11 to 3.13, so these come before a newer one.
$(STAMP): requirements.lock pyproject.toml
	@found=; \
	for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	  version=$$($$python -c 'import sys; print("%d%02d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  [ "$$version" -ge 311 ] || continue; \
	  [ -n "$$found" ] || found=$$python; \
	  if [ "$$version" -le 313 ]; then found=$$python; break; fi; \
	done; \
	[ -n "$$found" ] || { echo "Python 3.11 or newer is needed; found: $$(python3 --version 2>/dev/null || echo none)."; exit 1; }; \
	$$found -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; \
	[ -e $(STAMP) ] || { echo "Making .venv with $$($$found --version)"; $$found -m venv --clear .venv; }
	@echo "Installing what requirements.lock names; the first time takes half a minute"
	@awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock > .venv/uv.lock
	@$(PIP) --require-hashes -r .venv/uv.lock
	@[ -z "$$PIP_INDEX_URL$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)" ] && \
	  $(UV) --require-hashes --compile-bytecode -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(PYTHON) -m compileall -q src
	@echo "$$(pwd -P)" > $(STAMP)
