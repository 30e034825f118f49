# Two commands do everything: `make run` and `make test`. Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)/.peers
SCENARIO ?= scenarios/ilrs.toml
OUT ?= runs/$(basename $(notdir $(SCENARIO)))
JOBS ?= 2

.PHONY: setup run test check bench validation lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Moonstead needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup
	$(BIN)/moonstead run $(SCENARIO) --out $(OUT)

test: setup
	rm -rf build/validation
	$(BIN)/moonstead warmup
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q -m nojit -p no:cacheprovider
	MOONSTEAD_SIMD=0 $(BIN)/python -m pytest -q -m scalar -p no:cacheprovider

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell src tests benchmarks docs examples scenarios README.md CHANGELOG.md CONTRIBUTING.md

bench: $(PEERS)
	$(BIN)/python -m benchmarks

# Orekit and the Java machine that it runs in: for the benchmarks alone
$(PEERS): requirements-bench.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-bench.lock && touch $(PEERS) || \
		echo "The peers in requirements-bench.lock were not installed; their rows will say so."

validation: test
	$(BIN)/python tests/validation_page.py

lock:
	$(PYTHON) -m pip install --quiet pip-tools
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra data --extra dev --extra geo \
		--output-file requirements.lock pyproject.toml
	$(PYTHON) -c 'import tomllib; wanted = tomllib.load(open("pyproject.toml", "rb")); \
		print(*wanted["project"]["optional-dependencies"]["bench"], sep="\n")' | \
	$(PYTHON) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --constraint requirements.lock \
		--output-file requirements-bench.lock -

clean:
	rm -rf $(VENV) build runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
