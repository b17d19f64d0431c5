# The two commands a newcomer needs: `make demo` and `make test`. Everything else serves them.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
OFFICE := $(VENV)/.office
DEV := $(VENV)/.dev

.PHONY: help setup demo test check format lint types contracts tests lock vendor clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(OFFICE) ## .venv with everything an office runs, locked by hash

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Saksama needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(OFFICE): requirements/office.txt pyproject.toml | $(PY)
	$(PIP) install --require-hashes -r requirements/office.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements/dev.txt $(OFFICE)
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

lock: ## refresh uv.lock and the hashed requirement files (needs uv)
	uv lock
	uv export --quiet --no-header --no-emit-project --format requirements-txt -o requirements/base.txt >/dev/null
	uv export --quiet --no-header --no-emit-project --extra office --group build --format requirements-txt -o requirements/office.txt >/dev/null
	uv export --quiet --no-header --no-emit-project --extra office --group dev --format requirements-txt -o requirements/dev.txt >/dev/null
