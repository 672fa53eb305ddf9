# `make demo` shows it working, `make test` proves it part by part, `make e2e` as a whole, `make faults` tries to break it.
# All else is a part of those.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := function_app.py sync_core local infra tests
# Most tests wait for sockets, not for the processor, so more of them at once than there are cores.
WORKERS ?= 4
# Tests start hundreds of processes, each of which would compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE
AZURITE := local/azurite/node_modules/.installed
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
UNIT := tests/unit $(filter-out tests/contract/host,$(wildcard tests/contract/*))
# What starts hosts, browsers and programs: in processes of their own, and in their time.
WHOLE := tests/e2e tests/integration/local tests/contract/host
INTEGRATION := $(filter-out tests/integration/local,$(wildcard tests/integration/*)) tests/security

# Those that need the compiler, and those that read its snapshots.
INFRA_TESTS := tests/integration/infra/test_compiler.py tests/integration/infra/test_parameters.py tests/unit/infra

.DEFAULT_GOAL := help
.PHONY: help setup demo run test e2e faults lint types all-tests unit integration infra snapshots soak protections bench pictures audit clean worker lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(AZURITE) ## install what the laptop run and the tests need

# The lock is complete, so nothing is to be resolved; modules are compiled as they are used.
$(VENV)/.installed: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r requirements-dev.lock
	@touch $@

lock: setup ## pin anew what development and CI use, for every Python that the app may run on
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.txt --output-file requirements-dev.lock

$(AZURITE): local/azurite/package.json local/azurite/package-lock.json
	npm ci --prefix local/azurite
	@touch $@

demo: setup ## tag assets, run the minute tick, show and check what was created
	$(BIN)/python -m local demo

run: setup ## the same, and stay up until Ctrl-C
	$(BIN)/python -m local run

# All at once: the type checker knows one core only.
test: setup ## lint, types, unit, contract, integration, attacks: before each commit
	$(MAKE) --jobs lint types all-tests

# What takes long comes first, so that at the end no worker waits for another one.
all-tests: setup
	$(PYTEST) -m "not faults" $(INTEGRATION) $(UNIT)

e2e: setup ## the whole app: on a host, in a browser, from a shell, as a package; and each rule of the host's stand-in
	$(PYTEST) -m "not faults" $(WHOLE)

faults: setup ## each guarantee under kills, lost answers, storms, odd answers, lost state, and at size
	$(PYTEST) -m faults --dist worksteal tests/faults $(WHOLE) $(INTEGRATION)

lint: setup ## style and layering
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports

types: setup ## mypy, strict
	$(BIN)/mypy

unit: setup ## pure logic, and the vendors' own SDKs against the simulators
	$(PYTEST) $(UNIT)

integration: setup ## state, clients and what the app does, on real Azurite and real HTTP, with attacks
	$(PYTEST) $(INTEGRATION)

infra: $(VENV)/.installed ## the template through the real Bicep compiler: build, lint, format, snapshots, parameters
	$(BIN)/python -m infra.checks
	BICEP_REQUIRED=1 $(PYTEST) --dist worksteal $(INFRA_TESTS)

snapshots: $(VENV)/.installed ## write infra/snapshots/ anew, after a change of the template
	$(BIN)/python -m infra.checks write

soak: setup ## the fault tests at full length, 10,000 deliveries, 100,000 assets, and thirty minutes of life: two hours
	SYNC_SOAK=1 $(PYTEST) tests/faults
	CATALOG_SIZE=100000 $(BIN)/python -m pytest -s tests/integration/sync_core/discovery/test_memory.py
	SYNC_SOAK=1 $(BIN)/python -m pytest -s tests/e2e/test_flood.py tests/e2e/test_soak.py

protections: setup ## take out each protection once and see its test fail
	$(BIN)/python -m tests.protections

bench: setup ## what things cost: requests, storage operations, and times as ratios
	$(BIN)/python -m tests.bench

pictures: setup ## take the docs' pictures of the dashboard anew, in Chromium
	$(BIN)/python -m tests.e2e.dashboard_picture docs/images

worker: setup ## the app under Microsoft's own worker library, which needs Python 3.13
	$(BIN)/python -m pytest tests/integration/local/test_worker_library.py tests/e2e/test_microsoft_worker.py tests/e2e/test_clean_room.py

audit: setup ## look up known vulnerabilities of what the app needs; without a network it says so and passes
	$(BIN)/python -m tests.security.audit

clean: ## remove what the commands above made
	rm -rf $(VENV) local/azurite/node_modules .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
