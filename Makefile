# `make` lists the targets. `make run` and `make test` need Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
AUDIT := $(VENV)/audit
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(BIN):$(PATH)
export PYTHONUNBUFFERED := 1
DEV_SETTINGS := DJANGO_SETTINGS_MODULE=$${DJANGO_SETTINGS_MODULE:-site_config.settings.dev}
# Another port is another address, also in e-mails, previews and the calendar's feed.
ADDRESS := $(if $(filter 8000,$(PORT)),,BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)})
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=site_config.settings.test
INSTALL := $(BIN)/python -m site_config.installing
# Processes for the tests: three for two cores, unless a number is given.
WORKERS ?= auto
START := $(shell date +%s)

.PHONY: help install install-dev run test test-fast test-next lint messages screenshots sbom audit lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: install ## Start the site: database, demo column (first time), web server, scheduler and worker
	@$(PYTHON) -c "import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); sys.exit(f'Port {$(PORT)} is in use. Stop what runs there, or choose another one: make run PORT=8001') if s.connect_ex(('127.0.0.1', $(PORT))) == 0 else None"
	@echo "== Bringing the database up to date"
	@$(DEV_SETTINGS) $(ADDRESS) python manage.py migrate --noinput --verbosity 0
	@$(DEV_SETTINGS) $(ADDRESS) python manage.py load_demo
	@$(DEV_SETTINGS) PORT=$(PORT) python manage.py welcome & \
		$(DEV_SETTINGS) $(ADDRESS) honcho start --port $(PORT)

test: install-dev lint ## Everything: lint, checks, tests on SQLite and PostgreSQL, browser
	@$(TEST_SETTINGS) python -m tests.on_both_databases $(WORKERS)
	@seconds=$$(( $$(date +%s) - $(START) )); printf '== All passed in %d:%02d\n' $$(( seconds / 60 )) $$(( seconds % 60 ))

test-fast: install-dev ## The tests for work in between: SQLite, no browser, none that takes seconds; FILES=tests/test_x.py runs all of some
	@$(TEST_SETTINGS) TEST_DATABASE_URL= pytest -q $(or $(FILES),-m "not browser and not slow")

test-next: ## The tests, without a browser, on the next Wagtail and the next Django (docs/upgrading.md)
	@WORKERS=$(WORKERS) $(PYTHON) -m tests.next_versions

lint: install-dev ## Code style, templates, system checks, missing migrations
	@echo "== Lint and checks"
	@ruff check .
	@ruff format --check .
	@find templates -name '*.html' -print0 | xargs -0 djade --check --target-version 5.2
	@djhtml --check --tabwidth 2 templates
	@lint-imports --no-cache --no-logo > $(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }
	@$(TEST_SETTINGS) python manage.py check --fail-level WARNING
	@$(TEST_SETTINGS) python manage.py makemigrations --check --dry-run --verbosity 0 || { echo "A model changed without a migration: run manage.py makemigrations."; exit 1; }
	@DJANGO_SETTINGS_MODULE=site_config.settings.production SECRET_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
		ALLOWED_HOSTS=example.org DATABASE_URL= python manage.py check --deploy --fail-level WARNING

install: $(VENV)/.installed ## The virtual environment with what the site needs
install-dev: $(VENV)/.installed-dev ## … and with what its tests need

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed; %s is %s. Name another one: make PYTHON=python3.12' % (sys.executable, sys.version.split()[0]) if sys.version_info < (3, 11) else 0)"
	@$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "== Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(VENV)/bin/python
	@echo "== Installing what the site needs"
	@$(INSTALL) requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "== Installing what the tests need"
	@$(INSTALL) requirements-dev.lock
	@touch $@ $(VENV)/.installed

messages: install-dev ## Bring new texts into the translations and compile them (locale/*/LC_MESSAGES/django.po)
	@$(TEST_SETTINGS) python -m tests.messages

screenshots: install-dev ## Take the pictures of the handbook and the README anew (needs Chromium)
	@python -m docs.screenshots.take

sbom: $(AUDIT)/.installed ## The list of all parts of the site (SBOM, CycloneDX) from requirements.lock: var/sbom.json
	@mkdir -p var
	@PYTHONWARNINGS=ignore $(AUDIT)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file var/sbom.json --validate
	@$(PYTHON) -c "import json; print('== var/sbom.json names %d parts' % len(json.load(open('var/sbom.json'))['components']))"

audit: install $(AUDIT)/.installed ## Known holes in what requirements.lock names, or else what is behind its newest release
	@python -m tests.known_holes $(CURDIR)/$(AUDIT)/bin/pip-audit

# What these tools need is no part of the site, nor of its tests.
$(AUDIT)/.installed: requirements-audit.lock | $(VENV)/bin/python
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m site_config.installing requirements-audit.lock
	@touch $@

lock: ## Renew the lock files from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --custom-compile-command "make lock" --upgrade --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --custom-compile-command "make lock" --upgrade --group audit -o requirements-audit.lock

clean: ## Remove the virtual environment; var/ (database, uploads, passwords) stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
