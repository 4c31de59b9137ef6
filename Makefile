# Everything runs in .venv, which the first target that needs it sets up: Python 3.11 to 3.14 and make are all it takes.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.PHONY: help chat run test soak check lint format bench shots lock wheel install starter clean

VENV := .venv
BIN := $(VENV)/bin
# A Python that was upgraded away leaves a dangling link: then all of it is made anew.
$(shell [ -e $(BIN)/python ] || rm -rf $(VENV))
# Where the environment turns bytecode off, each start compiles the whole program: 0.85 s of CPU instead of 0.48.
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=
TOPIC ?= How could a small town win back young families?
# Passed on through the environment, as it was typed: a topic may hold any character.
override export TOPIC := $(value TOPIC)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

chat: install ## Open the app (ARGS="…" is passed on)
	@$(BIN)/agentchat chat $(ARGS)

run: starter ## Hold a discussion without a screen, on the starter model (TOPIC="…" ARGS="…")
	@$(BIN)/agentchat run "$$TOPIC" --model local/starter $(ARGS)

test: starter ## Run the tests
	@$(BIN)/python -m pytest -m "not soak" -n 3 --dist worksteal $(ARGS)

soak: starter ## Run the long tests
	@$(BIN)/python -m pytest -m soak --timeout 1800 $(ARGS)

check: lint test ## Run the linters, then the tests

lint: install ## Check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: install ## Put the code into its standard form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: install ## Measure, side by side
	@$(BIN)/python -m benchmarks $(ARGS)

shots: install ## Take the pictures in docs/ anew
	@$(BIN)/python -m docs.shots $(ARGS)

lock: $(BIN)/uv ## Resolve the dependencies anew, leaving out what is younger than a week
	@$(BIN)/uv pip compile pyproject.toml --extra local --group dev --python-version 3.11 --universal --upgrade \
		--exclude-newer "7 days" --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

wheel: install ## Build the wheel and the source archive into dist/
	@$(BIN)/python -m hatchling build

install: $(VENV)/.installed ## Set up .venv, or bring it up to date
	@:

starter: install # brings the small local model, once
	@$(BIN)/agentchat models pull

clean: ## Remove .venv, caches and what was built
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; \
		then exec $$python -m venv $(VENV); fi; \
	done; \
	echo "agentchat needs Python 3.11 to 3.14, with venv. None was found (tried python3, and python3.14 down to python3.11)." >&2; \
	echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), then run make again." >&2; \
	exit 1

# uv installs the lock many times faster than pip; it comes out of the same lock, by the same hashes.
$(BIN)/uv: | $(BIN)/python
	@echo "Setting up $(VENV): once, for half a minute or so" >&2
	@awk '/^[^ ]/ { uv = /^uv==/ } uv' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock

# Without bytecode, every start that imports LiteLLM would take seconds longer.
$(VENV)/.locked: requirements.lock | $(BIN)/uv
	@$(BIN)/uv pip sync --python $(BIN)/python --require-hashes --compile-bytecode --quiet requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --quiet --editable .
	@touch $@
