# The book's commands; `make` alone lists them. Everything is installed into .venv,
# which the first command makes: no other environment of yours is read or written.
#
#   PYTHON=python3.12      the Python that .venv is made from
#   CONSTRAINTS=           install the newest versions instead of the checked ones
#   VENV=.venv             where they are installed

PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
VENV ?= .venv
# Three workers keep two cores busy: many tests wait for a process or a browser.
JOBS ?= 3
PORT ?= 8000
PAPER ?= a4

unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYTHONDONTWRITEBYTECODE VIRTUAL_ENV
unexport CONDA_PREFIX CONDA_DEFAULT_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PYTHONNOUSERSITE := 1
export PYTHONUTF8 := 1

ifeq ($(OS),Windows_NT)
  RUN := $(VENV)/Scripts/python
else
  RUN := $(VENV)/bin/python
endif

.DEFAULT_GOAL := help
.PHONY: help benchmark gpu book colab icons screenshots serve pdf epub offline test weekly quick test-package test-chapters oldest newest notebooks one-page \
	tales-tiny tales-small checked lint format address lock clean distclean environment

help: ## list these commands
	@$(PYTHON) -c "import re; print('\n'.join('make %-14s%s' % m for m in re.findall(r'(?m)^([\w-]+):.*?## (.*)', open('Makefile', encoding='utf8').read())))"

environment:
	@$(PYTHON) scripts/project/environment.py "$(or $(EXTRAS),all)" "$(CONSTRAINTS)" "$(VENV)"

book: environment ## build the book and say where it is
	@$(RUN) -m scripts.site.build

serve: book ## build the book and serve it on this machine (PORT=8000)
	@$(RUN) -m http.server --directory _build/html --bind 127.0.0.1 $(PORT)

pdf: book ## print the whole book as one PDF (PAPER=letter; needs Chromium or Chrome)
	@$(RUN) -m scripts.editions.pdf --paper $(PAPER)

epub: book ## make an EPUB of the whole book, for e-readers (needs Chromium or Chrome)
	@$(RUN) -m scripts.editions.epub

offline: book ## zip the site, the notebooks, the package, tales and the small model
	@$(RUN) -m scripts.editions.offline

test: environment ## check what the project's own CI checks
	@$(RUN) -m scripts.project.tests $(JOBS)

weekly: environment ## check what `make test` leaves out: what takes minutes and fails seldom
	@$(RUN) -m scripts.project.tests $(JOBS) weekly

quick: environment ## check what can be checked in a minute, while you work
	@$(RUN) -m scripts.project.quick $(JOBS)

test-package: environment ## check the package alone
	@$(RUN) -m pytest tests --ignore=tests/book $(ARGS)

test-chapters: environment ## check the chapters' outputs alone (nbval)
	@$(RUN) -m pytest --nbval notebooks $(ARGS)

oldest: PYTHON = python3.10
oldest: ## check the package beside the oldest versions it takes, in .venv-oldest
	@$(MAKE) --no-print-directory test-package VENV=.venv-oldest PYTHON="$(PYTHON)" EXTRAS=test CONSTRAINTS=tests/lowest.txt

newest: ## check the package and the chapters beside the newest, in .venv-newest
	@$(MAKE) --keep-going --no-print-directory test-package test-chapters VENV=.venv-newest PYTHON="$(PYTHON)" EXTRAS=test CONSTRAINTS=

notebooks: environment ## run the chapters and store what they print (NB=04-attention for one)
	@$(RUN) -m scripts.notebooks.run $(NB)
	@$(RUN) -m scripts.notebooks.one_page

one-page: environment ## write gpt1_one_page.py, the lessons of its notebook as one file
	@$(RUN) -m scripts.notebooks.one_page

checked: environment ## write the table of "How this book is checked" from the last `make test`
	@$(RUN) -m scripts.site.checked

colab: environment ## run the notebooks as Colab would, and compare (ARGS=04-attention for one)
	@$(RUN) -m scripts.notebooks.colab $(ARGS)

benchmark: environment ## compare speed and memory with other models (needs an idle machine and 25 minutes)
	@$(RUN) -m benchmarks $(ARGS)

# Where PYTHON has PyTorch, nothing is installed: such machines may have no network.
gpu: ## run notebooks, CUDA tests and the full-size step on a GPU, in eight minutes (PYTHON=python3)
	@if $(PYTHON) -c "import importlib.util as u, sys; sys.exit(not u.find_spec('torch'))"; \
	then $(PYTHON) -m benchmarks.gpu $(ARGS); \
	else $(MAKE) --no-print-directory environment && $(RUN) -m benchmarks.gpu $(ARGS); fi

lint: environment ## look for mistakes and unformatted code
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

format: environment ## format the code, mend what can be mended
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

tales-tiny: environment ## train the model that the package ships, and put it there (minutes)
	@$(RUN) -m scripts.project.shipped tales-tiny

tales-small: environment ## train the one to fine-tune, in the same way (an hour; goes on where it was stopped)
	@$(RUN) -m scripts.project.shipped tales-small

icons: environment ## make the icons and the card that other sites show (needs Chromium)
	@$(RUN) -m scripts.site.icons

screenshots: environment ## build the book and take the README's pictures (needs Chromium)
	@$(RUN) -m scripts.site.build && $(RUN) -m scripts.site.screenshot

address: environment ## make every link follow pyproject.toml (URL=https://github.com/me/fork sets it)
	@$(RUN) -m scripts.site.address $(URL)

lock: environment ## resolve constraints.txt and environment.yml anew (needs uv; ARGS=-U upgrades)
	@$(RUN) -m scripts.project.lock $(ARGS)

clean: ## remove what was built
	@$(PYTHON) -m scripts.project.clean

distclean: clean ## remove what was built, and the environments
	@$(PYTHON) -m scripts.project.clean .venv .venv-oldest .venv-newest
