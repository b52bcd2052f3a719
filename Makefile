.DEFAULT_GOAL := help
RUNTIME ?=
PYTEST_ARGS ?=
MINUTES ?= 60
TEST_PROCESSES ?= 4
bin := .venv/bin

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
	$(bin)/pytest tests/unit tests/golden tests/cli tests/contracts --numprocesses 2 $(PYTEST_ARGS)

test: lint  ## Every check and every test but those marked full; TEST_PROCESSES=1 runs one after the other
	$(bin)/pytest -m 'not full' --numprocesses $(TEST_PROCESSES) $(PYTEST_ARGS)

test-frontend-full:  ## The scaffold's tests with every fault alone, every package manager and every version
	@scripts/setup.sh --tests
	$(bin)/pytest tests/e2e/scaffold $(PYTEST_ARGS)

test-full:  ## The long tests that `make test` leaves out, the frontend's among them
	@scripts/setup.sh --tests
	$(bin)/pytest -m full $(PYTEST_ARGS)

bench:  ## The benchmarks that print figures (not part of the tests)
	@scripts/setup.sh --tests
	$(bin)/python tests/benchmarks/generate_scale.py

soak:  ## Watch a healthy platform for MINUTES (60): no page, no ticket
	@scripts/setup.sh --tests
	$(bin)/python tests/benchmarks/slo/soak.py --minutes $(MINUTES)

.PHONY: help setup up down status lint unit test test-frontend-full test-full bench soak
