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
SPLINK := $(VENV)/splink/.done
LINES ?= 1000000

.PHONY: help setup demo test check format lint types contracts tests browser shots bench-linkage lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(OFFICE) ## .venv with everything an office runs, locked by hash

demo: $(OFFICE) ## a kabupaten of 100,000 lines through steps 1-3, then the site; ROLL=file for your own (MAP=MAP.toml for its columns), SERVE=no to stop before
	@PATH="$$PWD/$(VENV)/bin:$$PATH" ROLL="$(ROLL)" MAP="$(MAP)" SERVE="$(SERVE)" bash bench/demo.sh

test: $(DEV) browser check ## every check: format, lint, types, contracts, tests

check: format lint types contracts tests ## the checks alone, on what is set up

format: $(DEV)
	$(VENV)/bin/ruff format --check .

lint: $(DEV)
	$(VENV)/bin/ruff check .

types: $(DEV)
	$(VENV)/bin/mypy

contracts: $(DEV)
	$(VENV)/bin/lint-imports

tests: $(DEV)
	$(VENV)/bin/pytest -n 2 --dist loadfile

browser: ## Debian's Chromium for the browser tests; installs it when root
	@if ! command -v chromium >/dev/null; then
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    echo "Installing Chromium for the browser tests ..."
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
	  else
	    echo "The browser tests need Debian's Chromium: sudo apt install chromium" >&2; exit 1
	  fi
	fi

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Saksama needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(OFFICE): requirements/office.txt pyproject.toml | $(PY)
	@echo "Installing Saksama into $(VENV) ..."
	$(PIP) install --require-hashes -r requirements/office.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements/dev.txt $(OFFICE)
	@$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

shots: $(DEV) browser ## the pictures in docs/images, made by the test that walks the pages
	SAKSAMA_SHOTS=docs/images $(VENV)/bin/pytest tests/test_walk.py
	$(PY) -c "import pathlib; print(sum(p.stat().st_size for p in pathlib.Path('docs/images').glob('*.png')) // 1024, 'KiB of pictures')"

bench-linkage: $(OFFICE) $(SPLINK) ## the engine and Splink side by side: DATA=folder of the public sets, LINES of a roll (0 for none)
	$(PY) bench/linkage_peers.py $(if $(DATA),--data "$(DATA)") --lines $(LINES) --splink $(VENV)/splink/bin/python

# A peer to be measured against, never a part of Saksama: in a venv of its own.
$(SPLINK): requirements/splink.txt | $(PY)
	$(PYTHON) -m venv $(VENV)/splink
	$(VENV)/splink/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: -r requirements/splink.txt
	touch $@

lock: ## refresh uv.lock and the hashed requirement files (needs uv)
	uv lock
	uv export --quiet --no-header --no-emit-project --format requirements-txt -o requirements/base.txt >/dev/null
	uv export --quiet --no-header --no-emit-project --extra office --group build --format requirements-txt -o requirements/office.txt >/dev/null
	uv export --quiet --no-header --no-emit-project --extra office --group dev --format requirements-txt -o requirements/dev.txt >/dev/null

clean: ## remove what make made here
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .import_linter_cache .hypothesis
