# Python 3 and make are all that this needs: each goal makes the virtual environment it runs in.

PYTHON ?= python3
VENV ?= .venv
DJANGO ?= Django>=5.2
ARGS ?=

python := $(VENV)/bin/python
installed := $(VENV)/.installed
with_sphinx := $(VENV)/.with-sphinx

.PHONY: help test demo docs lint types format clean

help:
	@echo "make test    the tests on SQLite, and on PostgreSQL and MariaDB where they answer (ARGS='-k name')"
	@echo "make demo    the example blog, built, filled, synced, drawn and changed (DATABASE_URL picks the database)"
	@echo "make docs    the guide as a site, in docs/_build"
	@echo "make lint    ruff check, ruff format --check"
	@echo "make types   mypy --strict"
	@echo "make format  ruff format, ruff check --fix"

test: $(installed)
	$(python) -m tests $(ARGS)

demo: $(installed)
	$(python) -m example_project.demo

docs: $(with_sphinx)
	$(python) -m sphinx -qW --keep-going -b html docs docs/_build
	@echo "Open docs/_build/index.html"

lint: $(installed)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(installed)
	$(VENV)/bin/mypy

format: $(installed)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean:
	rm -rf $(VENV)

$(installed): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(python) -m pip install --quiet --disable-pip-version-check -e '.[dev]' '$(DJANGO)'
	@touch $@

$(with_sphinx): $(installed)
	$(python) -m pip install --quiet --disable-pip-version-check -e '.[docs]' '$(DJANGO)'
	@touch $@
