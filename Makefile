# Otvet: two commands matter. `make run` serves the sample site, `make test` runs the tests.
# A CPU-only torch on machines that would otherwise get the CUDA build:
#   make run PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run build test campaigns check map format lock sbom audit bench bench-pages bench-peers \
  torture clean

help:
	@echo "make run      set up and serve the sample site on http://$(HOST):$(PORT)"
	@echo "make test     set up and run the tests, with a slice of each campaign"
	@echo "make campaigns  the same campaigns whole: crawls, fuzzing, kills, faults, payloads"
	@echo "make check    format, lint, types and import contracts"
	@echo "make map      draw the packages for docs/architecture.md"
	@echo "make lock     hashes of what serving installs; make sbom lists it, make audit asks for faults"
	@echo "make bench    measurements (CORPORA=folder with judged corpora, optional)"
	@echo "make bench-pages  server time, weight and Lighthouse of the pages"
	@echo "make bench-peers  other engines on the same queries (CORPORA=folder with judged corpora)"
	@echo "make torture  long fault campaigns"

run: $(VENV)/.installed
	KB_DEMO=1 $(BIN)/python -m kb serve --watch --host $(HOST) --port $(PORT)

build: $(VENV)/.installed
	$(BIN)/python -m kb build

# Compiled once, tests and servers start at once; one thread each, for the processes share cores.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
  $(BIN)/python -m pytest -n 2 --dist worksteal

test: $(VENV)/.installed-dev $(VENV)/.installed-clients chromium
	$(PYTEST) $(PYTEST_ARGS)

campaigns: $(VENV)/.installed-dev chromium debootstrap
	$(PYTEST) --whole -m campaign $(PYTEST_ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The picture in docs/architecture.md; a test holds it current.
map: $(VENV)/.installed-dev
	$(BIN)/python docs/draw_map.py

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

SUPPLY := $(VENV)/supply/bin
LOCK := requirements-serve.lock
# For every platform and Python that we run on; addresses of the registry stay out.
lock: $(VENV)/.installed-supply
	{ echo "# Made by make lock from requirements-serve.txt, with the hashes of all files:"; \
	  echo "#   pip install --require-hashes -r $(LOCK)"; \
	  $(SUPPLY)/uv pip compile requirements-serve.txt --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    --quiet; } > $(LOCK).part
	mv $(LOCK).part $(LOCK)

# Licences and dependencies are told by installed packages, so an environment holds just those.
sbom: $(VENV)/.installed-supply
	$(PYTHON) -m venv --clear --without-pip $(VENV)/serving
	$(SUPPLY)/uv pip install --quiet --python $(VENV)/serving/bin/python --require-hashes \
	  --requirement $(LOCK)
	$(SUPPLY)/cyclonedx-py environment $(VENV)/serving/bin/python --pyproject pyproject.toml \
	  --output-reproducible --output-format JSON --output-file docs/sbom.cdx.json

# What could not be asked about counts as a fault: silence is no answer.
audit: $(VENV)/.installed-supply
	$(SUPPLY)/pip-audit --strict --disable-pip --require-hashes --requirement $(LOCK)

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench $(if $(CORPORA),--corpora $(CORPORA))

# Without npm Lighthouse is reported as not measured.
bench-pages: $(VENV)/.installed-dev chromium
	-cd bench/lighthouse && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m bench.speed.pages

# Without npm the engines that need it are reported as not measured.
bench-peers: $(VENV)/.installed-peers
	-cd bench/peers/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m bench.peers $(CORPORA)

torture: $(VENV)/.installed-dev
	$(BIN)/python -m bench.torture

clean:
	rm -rf $(VENV) var bench/*/node_modules bench/peers/node/node_modules tests/clients/node_modules \
	  .pytest_cache .mypy_cache .ruff_cache

# The headless shell is the same browser without windows, and a third quicker; Chromium will do.
.PHONY: chromium
chromium:
	@command -v chromium-headless-shell >/dev/null && exit; \
	has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  has_browser || { apt-get update -qq && apt-get install -y -qq fonts-noto-core >/dev/null; }; \
	  timeout 120 apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 || has_browser || \
	    apt-get install -y -qq chromium >/dev/null; \
	else \
	  has_browser || { echo "The browser tests need Chromium: install it," \
	    "e.g. sudo apt-get install chromium-headless-shell"; exit 1; }; \
	fi

# docs/production.md is typed in a fresh Debian, which root alone can make.
.PHONY: debootstrap
debootstrap:
	@command -v debootstrap >/dev/null && exit; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; \
	else \
	  echo "docs/production.md is tested by root alone, with debootstrap: sudo apt-get install debootstrap"; \
	fi

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Otvet needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt requirements-serve.txt $(LOCK) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes --requirement $(LOCK)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	touch $@

# Generators of API clients want older libraries than ours, so they have a room of their own; Node
# comes with it.
$(VENV)/.installed-clients: tests/clients/requirements.txt tests/clients/package-lock.json | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/pip install --quiet --requirement tests/clients/requirements.txt
	cd tests/clients && PATH="$(abspath $(VENV))/clients/bin:$$PATH" \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(VENV)/.installed-supply: requirements-supply.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/supply
	$(VENV)/supply/bin/pip install --quiet --requirement requirements-supply.txt
	touch $@

$(VENV)/.installed-peers: requirements-peers.txt $(VENV)/.installed-dev
	$(BIN)/pip install --quiet --requirement requirements-peers.txt
	touch $@
