# `make repro` and `make test` each set everything up on a fresh machine; neither needs the other.
# Needed beforehand: git, make, Python >= 3.11 with venv, and a package index.
PYTHON ?= python3
VENV := .venv
# DVC runs `python -m …`; a bare Debian has no `python`, the environment does.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Nothing in a stage goes online, and two busy cores are faster with one thread per process.
export DVC_NO_ANALYTICS := 1
export HF_HUB_OFFLINE := 1
export OMP_NUM_THREADS ?= 1
READY := $(VENV)/.ready

.PHONY: repro test test-long lint clean help

help:
	@echo "make repro     set up, run the whole road (dvc repro), say where the report is"
	@echo "make test      set up, run the tests (about 15 minutes on two idle cores)"
	@echo "make test-long the rest: whole roads in copies of the project (15 minutes more)"
	@echo "make lint      ruff and mypy"
	@echo "make clean     forget the environment and all made data (not data/raw)"

repro: $(READY)
	dvc repro
	@echo
	@echo "Research software, not for diagnosis. Scores: dvc metrics show"
	@echo "The report: file://$(CURDIR)/data/report/index.html"

test: $(READY)
	python -m pytest -n 2 -m "not gpu and not live and not long"

# A file's tests share one road, so they stay with one worker.
test-long: $(READY)
	python -m pytest -n 2 --dist loadfile -m "long and not gpu and not live"

lint: $(READY)
	ruff format --check . && ruff check . && mypy

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $(PYTHON) is older than 3.11; run make PYTHON=python3.12, say" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "error: $(PYTHON) has no venv; on Debian: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@echo "installing (5.5 GB with torch; a few minutes)"
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[train,export,dev]'
	@touch $@

clean:
	rm -rf $(VENV) data/phantom data/ingest data/merge data/dedup data/masked data/segment \
	  data/lungs data/text data/filter data/split data/prepare data/shift data/suspects \
	  data/rate data/train data/evaluate data/repeat data/combine data/cascade data/fuse \
	  data/explain data/conceal data/probe data/release data/report
