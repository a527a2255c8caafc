# The daily commands. Needs Python >= 3.11 and make, nothing else; the work is done by noxfile.py.

PYTHON ?= python3
NOX := .venv/bin/nox
# Settings written to .env (see .env.example) hold for the product's own commands, never for the tests.
SETTINGS := set -a; if [ -f .env ]; then . ./.env; fi; set +a

.DEFAULT_GOAL := help
.PHONY: help dev test lint format bench db-migrate db-seed db-reset clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

dev: $(NOX)  ## run FitTrack on http://localhost:8000 with demo data
	@$(SETTINGS); $(NOX) --session dev
	@$(SETTINGS); exec .venv/bin/fittrack serve

test: $(NOX)  ## all checks: lint, the built wheel, the tests with coverage
	@$(NOX) --session lint wheel tests

lint: $(NOX)  ## style, format, types, rules of dependency
	@$(NOX) --session lint

format: $(NOX)  ## format the code in place
	@$(NOX) --session format

bench: $(NOX)  ## run the benchmarks
	@$(NOX) --session bench

db-migrate: $(NOX)  ## bring the database up to date
	@$(SETTINGS); $(NOX) --session db_migrate

db-seed: $(NOX)  ## fill the database with demo data
	@$(SETTINGS); $(NOX) --session db_seed

db-reset: $(NOX)  ## throw the database away and begin anew
	@$(SETTINGS); $(NOX) --session db_reset

clean:  ## remove what the tools made; the database under ./var stays
	rm -rf .venv .nox dist var/coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(NOX): constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "FitTrack needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 dev" >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt nox uv
	@touch $(NOX)
