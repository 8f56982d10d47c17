# make run    set up, build the index over seeds/ and serve it on http://127.0.0.1:8000
# make test   set up what the tests need and run them, in as many processes as there are cores; WORKERS=0: in one
# make linear measure with long texts that everything is read in linear time: half an hour
# make fuzz   have all readers read damaged documents, for MINUTES; what makes one fail is kept in .fuzz/found
# make client build the distribution dateline-client, the client of the HTTP API alone, into dist/
# make audit  look up the dependencies for known vulnerabilities; fails where one cannot be looked up

PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
# CPU builds of torch. Where this address cannot be reached, pip takes torch from wherever it is configured to look.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

WORKERS ?= logical
MINUTES ?= 10

.PHONY: run test linear fuzz lint format audit client clean

run: $(VENV)/.run
	$(BIN)/rebuild-index
	$(BIN)/dateline serve

test: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 8 --dist worksteal

linear: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 8 --dist worksteal --whole-matrix tests/test_linear_time.py

fuzz: $(VENV)/.test
	$(BIN)/python tests/fuzz.py --minutes $(MINUTES)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(VENV)/.run
	$(BIN)/python deploy/audit.py

client: $(VENV)/.torch
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --wheel-dir dist ./client

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --retries 0 --extra-index-url $(TORCH_INDEX) torch
	touch $@

$(VENV)/.run: $(VENV)/.torch pyproject.toml
	$(PIP) --editable .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) --editable '.[test]'
	touch $@
