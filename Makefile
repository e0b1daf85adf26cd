# `make book` and `make test` do everything on a fresh machine: they create .venv, install what is pinned, then work.
# GNU make 3.81 (macOS) is enough. Windows without make: the README has the plain commands.

PYTHON ?=
# One more than the two cores of most machines: a test that waits for a browser leaves a core free.
WORKERS ?= 3
PORT ?= 8000

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
JAX := $(VENV)/jax/ready
JAX_PINS := tests/requirements_jax.txt
NOTEBOOKS := intro.ipynb lessons exercises solutions

# Kernels and the programs they start are those of .venv.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export JUPYTER_PREFER_ENV_PATH := 1
# A backend chosen outside would take the figures out of the notebooks or change their numbers; a foreign PYTHONPATH
# (ROOT sets one) brings foreign packages in.
unexport MPLBACKEND KERAS_BACKEND PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup book zip test lab serve bench rounding exercises readings notebooks clean-notebooks lock lint format clean

help: ## list the targets
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "Variables: PYTHON (which one .venv is made from), PORT=$(PORT) (serve),"
	@echo "           WORKERS (how many work side by side: test $(WORKERS), book as many as there are cores)"

setup: $(READY) $(JAX) ## create .venv and install what is pinned (the other targets do it when needed)

book: $(READY) ## build the book; warnings are errors
	@$(VENV)/bin/jupyter-book build . --builder html -W -n --keep-going -q
	@$(PY) -c 'from pathlib import Path; print("The book:", Path("_build/html/index.html").resolve(strict=True).as_uri())'

zip: book ## make one file of the book, for a USB stick
	$(PY) -m utils.book.archive

test: $(READY) $(JAX) ## run every test and every notebook
	$(PY) -m pytest -n $(WORKERS) --dist loadfile

lab: $(READY) ## open the course in JupyterLab
	$(PY) -m jupyterlab intro.ipynb --MappingKernelManager.transport_encryption=auto

serve: book ## build the book and serve it on this machine
	$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

bench: $(READY) ## measure the figures and the trainings
	$(PY) -m benchmarks.train
	$(PY) -m benchmarks.frames
	$(PY) -m benchmarks.sliders
	$(PY) -m benchmarks.page_weight
	$(PY) -m benchmarks.first_slider
	$(PY) -m benchmarks.chapters

rounding: $(READY) ## compare every notebook with oneDNN off and on, with one thread and with two
	@for onednn in 0 1; do for threads in 1 2; do \
	    echo "TF_ENABLE_ONEDNN_OPTS=$$onednn, threads: $$threads"; \
	    TF_ENABLE_ONEDNN_OPTS=$$onednn OMP_NUM_THREADS=$$threads OPENBLAS_NUM_THREADS=$$threads \
	    TF_NUM_INTRAOP_THREADS=$$threads TF_NUM_INTEROP_THREADS=$$threads \
	    $(PY) -m pytest -n $(WORKERS) --dist loadfile $(NOTEBOOKS) || exit 1; \
	done; done

exercises: $(READY) ## make exercises/ from solutions/
	$(PY) -m tools.make_exercises

readings: $(READY) ## build the book afresh and keep the readings of its figures as those to compare with
	rm -rf _build
	$(MAKE) book
	rm -f tests/readings/*.json
	mkdir -p tests/readings
	cp _build/explore/readings/*.json tests/readings/

notebooks: $(READY) ## run every notebook from top to bottom, and clean it
	$(PY) -m tools.clean_notebooks --execute

clean-notebooks: $(READY) ## drop pixels and widget state from the notebooks
	$(PY) -m tools.clean_notebooks

PINS := requirements.txt
COMPILE = $(VENV)/bin/uv pip compile --quiet --python-version
PLATFORMS := x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin x86_64-pc-windows-msvc
lock: $(READY) ## write what is pinned from pyproject.toml (LOCK=--upgrade for newer versions)
	$(PY) -m pip install --quiet --editable ".[dev]"
	$(COMPILE) 3.11 --universal --fork-strategy fewest --extra book --extra test $(LOCK) \
	    --custom-compile-command "make lock" --output-file $(PINS) pyproject.toml
	$(COMPILE) 3.11 --universal --fork-strategy fewest --extra book --extra test --extra jax $(LOCK) \
	    --constraint $(PINS) --no-header --no-annotate pyproject.toml | grep '^jax' > $(JAX_PINS)
	printf '# utils, importable from every folder\n-e .\n' >> $(PINS)
	@for python in 3.11 3.12 3.13; do for platform in $(PLATFORMS); do \
	    cat $(PINS) $(JAX_PINS) | grep -v '^-e' | $(COMPILE) $$python --python-platform $$platform --no-deps --only-binary :all: - \
	        > $(VENV)/pins || exit 1; \
	    echo "Python $$python on $$platform: a wheel for each of $$(grep -c == $(VENV)/pins) pins"; \
	done; done

lint: $(READY) ## check the style of Python files and notebooks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(READY) ## put Python files and notebooks into that style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean: ## remove what was built (.venv stays)
	rm -rf _build build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name $(VENV) -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -print | xargs rm -rf

# --- .venv: brought up to date when a pin, a dependency, the PYTHON asked for or the folder changes; the stamp, a line
# for Python's version and one for the folder, is written last. A link to the .venv of another folder is taken away, and
# what it leads to left as it is. Python compiles a module when it first imports it: pip would take a minute for all ---
PYTHONS := python3 python3.13 python3.12 python3.11
VERSION := import sys; print("%d.%d" % sys.version_info[:2])
# Debian ships Python without ensurepip unless python3-venv is installed.
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

ifneq ($(PYTHON),)
ifneq ($(shell $(PYTHON) -c '$(VERSION)' 2>/dev/null),$(shell sed -n 1p $(READY) 2>/dev/null))
.PHONY: $(READY)
endif
endif
# A folder that was moved or copied: the programs in its .venv name the old one, and import the utils that is there.
ifneq ($(shell test "`sed -n 2p $(READY) 2>/dev/null`" = "`pwd -P`" || echo moved),)
.PHONY: $(READY)
endif

$(READY): requirements.txt pyproject.toml
	@PATH=$${PATH#"$(CURDIR)/$(VENV)/bin:"}; here=$$(pwd -P); moved=""; python=""; tried=""; \
	if [ -e $(VENV)/bin/pip ]; then case "$$($(VENV)/bin/pip --version 2>/dev/null)" in \
	    *" $$here/$(VENV)/"*) ;; \
	    *) moved=yes; echo "This folder was moved or copied, and its $(VENV) belongs to the old one: making it afresh";; \
	esac; fi; \
	if [ -n "$$moved" ] && [ -L $(VENV) ]; then rm $(VENV); else rm -f $@; fi; \
	for candidate in $(or $(PYTHON),$(PY) $(PYTHONS)); do \
	    found=$$($$candidate --version 2>/dev/null || echo "does not run"); \
	    if $$candidate -c '$(FITS)' 2>/dev/null; then python=$$candidate; break; fi; \
	    tried="$$tried; $$candidate: $$found"; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Expected a Python 3.11, 3.12 or 3.13 with venv and ensurepip (on Debian and Ubuntu: python3-venv)," >&2; \
	    echo "on the PATH or given as 'make PYTHON=/path/to/python3.12'. Received: $${tried#; }" >&2; exit 1; \
	fi; \
	wanted=$$($$python -c '$(VERSION)'); \
	if [ -n "$$moved" ] || [ "$$wanted" != "$$($(PY) -c 'import pip; $(VERSION)' 2>/dev/null)" ]; then \
	    echo "Making $(VENV) with $$($$python --version) ($$python)"; $$python -m venv --clear $(VENV) || exit 1; \
	fi; \
	echo "Installing requirements.txt into $(VENV); the first time takes some minutes"; \
	$(PY) -m pip install --disable-pip-version-check --no-compile $(if $(CI),--quiet) -r requirements.txt || exit 1; \
	printf '%s\n%s\n' "$$wanted" "$$here" > $@

$(JAX): $(READY) $(JAX_PINS)
	@rm -rf $(@D)
	$(PY) -m pip install --disable-pip-version-check --no-compile --quiet --no-deps --target $(@D) -r $(JAX_PINS)
	@touch $@
