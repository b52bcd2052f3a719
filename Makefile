.DEFAULT_GOAL := help
RUNTIME ?=
PYTEST_ARGS ?=
bin := .venv/bin
deployments := $(addprefix tests/e2e/,main_job wheel runbook deploy compose)
frontend := tests/e2e/scaffold

help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

setup:  ## Install what running it takes
	@scripts/setup.sh

up: setup  ## Bring up the stack with the demo platform (RUNTIME=compose|native; without it, the better one)
	@$(bin)/platformctl deploy --yes $(if $(RUNTIME),--runtime $(RUNTIME))

down:  ## Stop everything that `make up` started
	@$(bin)/platformctl down

status:  ## Ask the live servers how they are
	@$(bin)/platformctl status

lint:  ## Formatting, lints, types and the dependency contract
	@scripts/setup.sh --tests
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-cache

unit:  ## The fast tests alone
	@scripts/setup.sh --tests
	$(bin)/pytest tests/unit tests/golden tests/cli tests/contracts $(PYTEST_ARGS)

test: lint  ## Every check and every test, in three streams side by side
	@$(MAKE) --no-print-directory --jobs=3 --keep-going --output-sync=target test-deployments test-frontend test-others

test-deployments:  # these want the same ports: one after the other
	$(bin)/pytest $(deployments) $(PYTEST_ARGS)

test-frontend:
	$(bin)/pytest $(frontend) -m 'not full' $(PYTEST_ARGS)

test-frontend-full:  ## The frontend tests with every fault alone, every package manager and every version
	@scripts/setup.sh --tests
	$(bin)/pytest $(frontend) $(PYTEST_ARGS)

test-others:
	$(bin)/pytest $(addprefix --ignore=,$(deployments) $(frontend)) $(PYTEST_ARGS)

bench:  ## The benchmarks that print figures (not part of the tests)
	@scripts/setup.sh --tests
	$(bin)/python tests/benchmarks/generate_scale.py

.PHONY: help setup up down status lint unit test test-deployments test-frontend test-frontend-full test-others bench
