# Hope Care. Needs Python 3.11 or newer and make; everything else is fetched into .venv and .hopecare.
#   make run    start it, then open http://127.0.0.1:8000 (another port: make run PORT=8001)
#   make test   run every test

PYTHON ?= python3
export PORT ?= 8000
export HOPECARE_DEMO ?= 1
SCALE ?= 0.05
WORKERS ?= 2

VENV := .venv/bin/python
SETUP := $(PYTHON) scripts/set_up.py

.DEFAULT_GOAL := help
.PHONY: help setup run test drill check fix bench lock

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'

setup: ## build .venv and fetch styles and fonts (the others do it by themselves)
	@$(SETUP)

run: setup ## start Hope Care with its demo city; Ctrl-C stops it, the data stays
	@HOPECARE_UNDER_MAKE=1 exec $(VENV) -m hopecare.runtime

test: setup ## every test, with a browser
	@$(PYTHON) scripts/browser.py
	@exec $(VENV) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

drill: setup ## the long ones: kill everything, a fresh clone, scale 1; resumable (again from the start: ARGS=--afresh)
	@$(PYTHON) scripts/browser.py
	@exec $(VENV) scripts/drill.py $(ARGS)

check: setup ## lint, types, migrations, import map, generated papers, translations, locks
	@exec $(VENV) scripts/check.py $(ARGS)

fix: setup ## what a machine can repair by itself
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .
	@exec $(VENV) scripts/check.py --fix

bench: setup ## every benchmark at SCALE, one line each: name value unit
	@SCALE=$(SCALE) exec $(VENV) -m bench $(ARGS)

lock: setup ## refresh the lock files after a change of pyproject.toml or package.json
	@exec $(VENV) scripts/lock.py
