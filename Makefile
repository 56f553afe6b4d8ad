# Two commands do all set-up: `make demo` and `make test`. Needs python3 (3.11 or newer), python3-venv, make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CYCLONEDX := 7.5.0
PIP_AUDIT := 2.10.1
MINUTES ?= 30
SEED ?= 20261122
SOAK_DAEMONS ?= 1
TIMES ?= 3
LOAD ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test day check lint types contracts policies wheel bench judge matrix soak audit sbom constraints clean \
  install-service uninstall-service

help:  ## show this help
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(READY): constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## a launch day on the embedded sandbox, with a summary at its end
	$(BIN)/ortoo-daemon demo $(DEMO)

# The tests of a file stay in one process; the longest files come first (tests/conftest.py).
test: $(READY)  ## every test, as many files beside each other as there are cores
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(TESTS)

check: lint types contracts policies wheel  ## lint, types, import contracts, shipped policies, built wheel

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports --no-logo

policies: $(READY)
	$(BIN)/ortoo-daemon check config/

wheel: $(READY)
	rm -rf build/wheel dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	$(BIN)/python -m pip install --quiet --no-deps --target build/wheel dist/*.whl
	cd build && PYTHONPATH=wheel ../$(BIN)/python -P ../.ci/wheel.py

day: $(READY)  ## a day of 24 hours in four minutes, with what the process held each hour
	DAY_LASTS_FOR=240 $(BIN)/python -m pytest -s tests/acceptance/test_day.py

matrix: $(READY)  ## the failure matrix TIMES (3) times in a row while LOAD (1) processes keep cores busy
	$(BIN)/python -m tests.matrix --times $(TIMES) --load $(LOAD)

soak: $(READY)  ## 30 minutes (MINUTES) of faults, kills, edits and load with a fixed SEED, then a verdict (SOAK_DAEMONS=3: on PostgreSQL)
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --seed $(SEED) --daemons $(SOAK_DAEMONS)

bench: $(READY)  ## figures side by side, kept in benchmarks/results/
	$(BIN)/python -m benchmarks

judge: $(READY)  ## jsforce, the CometD client and the Salesforce CLI, pointed at the sandbox (needs npm)
	$(BIN)/python tests/judge

audit: constraints.txt  ## known holes of every dependency, by the package index's advisories (needs the network)
	$(PYTHON) -m venv build/audit && build/audit/bin/python -m pip install --quiet 'pip-audit==$(PIP_AUDIT)'
	build/audit/bin/python .ci/audit.py

sbom: wheel  ## what the built wheel brings along, as CycloneDX, in dist/
	rm -rf build/sbom && $(PYTHON) -m venv build/sbom/made && $(PYTHON) -m venv build/sbom/tool
	sed -e 's/ *\\$$//' -e '/^ *--hash/d' -e '/^ *#/d' constraints.txt > build/sbom/versions.txt
	build/sbom/made/bin/python -m pip install --quiet --constraint build/sbom/versions.txt dist/*.whl
	build/sbom/tool/bin/python -m pip install --quiet 'cyclonedx-bom==$(CYCLONEDX)'
	build/sbom/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/sbom.cdx.json build/sbom/made
	@echo dist/sbom.cdx.json

constraints: $(READY)  ## pin every dependency anew, with hashes
	$(BIN)/pip-compile --quiet --upgrade --extra dev --extra notify --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --output-file constraints.txt pyproject.toml

install-service:  ## install or upgrade the systemd service on a Debian host, as root (ORG=name, DESTDIR=folder)
	DESTDIR='$(DESTDIR)' ORG='$(ORG)' PYTHON='$(PYTHON)' systemd/install-service

uninstall-service:  ## take it away again; settings and state stay unless PURGE=1
	DESTDIR='$(DESTDIR)' PURGE='$(PURGE)' systemd/uninstall-service

clean:  ## remove what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf tests/judge/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
