# make build   environment, demo data where absent, all tables, their data tests, the published file
# make test    linters and test tools, then lint, library tests, small builds with all data tests and unit tests
# make check SOURCE=../our/extract   everything that is wrong or doubtful with a delivery, without a build
# make template SOURCE=../our/extract  an empty delivery to fill in
# make journal PERIOD=2026-06-30 [LAYOUT=sap] [FRAMEWORK=ifrs]   a period's journals for the finance system, as CSV, by
#                                                                the framework of the build unless another is named
# make close PERIOD=2026-05-31 BY=m.keller [CLOSE_OPTIONS=--with-earlier]   seals what the last build published of a
#                                                                           period; later builds read it as it is
# make workbook [ROWS=500]            what waits for a decision, as warehouse/review.xlsx
# make workbook-import [SOURCE=...]   reads it back into the input tables of SOURCE
# make close-pack PERIOD=2026-05-31   the period's pack for those who sign, as warehouse/close_pack_….xlsx and .html
# make publish-postgres URI=postgresql://user@host/name [READERS=role]   the published tables into PostgreSQL
# make notify URLS='mailto://… slack://…'   alerts that nobody was told of yet, to mail, Slack, Teams or a webhook
# make app [AS=your.name] [PORT=8501] the pages by role, in the browser of this machine; AS says who decides in them
# make model-document                 the model document, as warehouse/model_document.md
# SOURCE, HORIZON, AS_OF and VARS go before the vars of dbt_project.yml for this one command:
#   make build SOURCE=folder [HORIZON=6] [AS_OF=2026-06-17] [VARS='reporting_currency: EUR, pilot_category: Audio']

PYTHON ?= python3
SOURCE ?= $(shell sed -n 's/^  source_path: *\([^ ]*\).*/\1/p' dbt_project.yml)
HORIZON ?=
AS_OF ?=
VARS ?=
DEMO_OPTIONS ?=
LAYOUT ?= generic
FRAMEWORK ?=
BY ?=
CLOSE_OPTIONS ?=
WORKBOOK ?= warehouse/review.xlsx
ROWS ?= 500
AS ?=
PORT ?= 8501
URI ?=
URLS ?=
READERS ?=

bin := .venv/bin
environment := .venv/.complete
tools := .venv/.tools
extras := .venv/.extras
# A lock is complete, so pip need not, and must not, look for more. Python compiles what it loads when it first does.
install := $(bin)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile
comma := ,
told = $(if $(HORIZON),$(comma) "horizon_months": $(HORIZON))$(if $(AS_OF),$(comma) "as_of_date": "$(AS_OF)")$(if $(VARS),$(comma) $(VARS))
dbt_vars = {"source_path": "$(SOURCE)"$(told)}

.PHONY: build check template demo journal close close-pack workbook workbook-import app notify publish-postgres model-document
.PHONY: test pytest-build pytest-apart pytest-library lint docs clean

build: $(environment) $(if $(filter data/demo,$(SOURCE)),data/demo/items.parquet)
	$(bin)/inventory-valuation build --vars '$(dbt_vars)'

check: $(environment)
	$(bin)/inventory-valuation check $(SOURCE) --vars '$(dbt_vars)'

template: $(environment)
	$(bin)/inventory-valuation template $(SOURCE)

demo: $(environment)
	$(bin)/inventory-valuation demo $(DEMO_OPTIONS)

journal: $(environment)
	$(bin)/inventory-valuation journal --layout $(LAYOUT) --period $(PERIOD) $(addprefix --framework=,$(FRAMEWORK))

close: $(environment)
	$(bin)/inventory-valuation close $(PERIOD) --by '$(BY)' $(CLOSE_OPTIONS)

test: $(tools)
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target pytest-build pytest-apart lint pytest-library

# Two lanes of about the same length: what looks into one shared build, and what makes its own; then lint and library.
apart := $(patsubst %,tests/project/test_%.py,hostile_input no_look_ahead costing_vectors sentences real_ledgers odd_companies first_day)

# The cases that are kept outside the project take three minutes; their stories stand in test_real_ledgers.py too.
by_hand := tests/project/test_shared_cases.py

pytest-build: $(tools)
	$(bin)/pytest -q -rs --durations 10 tests/project $(addprefix --ignore=,$(apart) $(by_hand))

pytest-apart: $(tools)
	$(bin)/pytest -q -rs --durations 10 $(apart)

pytest-library: $(tools)
	$(bin)/pytest -q -rs --durations 10 tests/library

lint: $(tools)
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/sqlfluff lint --disable-progress-bar models tests/data

docs: $(environment)
	$(bin)/dbt docs generate --static --vars '$(dbt_vars)'
	@echo "Lineage and every column: target/static_index.html"

workbook: $(environment)
	$(bin)/inventory-valuation workbook export $(WORKBOOK) --rows $(ROWS)

workbook-import: $(environment)
	$(bin)/inventory-valuation workbook import $(WORKBOOK) --into $(SOURCE)

close-pack: $(environment)
	$(bin)/inventory-valuation close-pack $(PERIOD) $(addprefix --framework=,$(FRAMEWORK))

notify: $(extras)
	$(bin)/inventory-valuation notify $(URLS)

publish-postgres: $(extras)
	$(bin)/inventory-valuation publish-postgres $(URI) $(addprefix --readers=,$(READERS))

app: $(extras)
	INVENTORY_PAGES_USER="$(AS)" INVENTORY_SOURCE="$(SOURCE)" $(bin)/streamlit run app/main.py --server.port $(PORT)

model-document: $(environment)
	$(bin)/inventory-valuation model-document

clean:
	rm -rf .venv target logs data
	@# Closed periods stay: nothing can make them again.
	@test ! -d warehouse || find warehouse -mindepth 1 -maxdepth 1 ! -name '*.sealed' -exec rm -rf {} +

data/demo/items.parquet: $(environment)
	$(bin)/inventory-valuation demo

$(environment): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: name one, as in make build PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	@echo "Installing the packages of requirements.lock into .venv, a minute or so"
	$(install) --require-hashes -r $<
	$(bin)/python -m pip check --disable-pip-version-check
	@# The project itself, so that its command stands beside dbt's.
	$(install) --no-build-isolation --editable .
	touch $@

$(extras): requirements-extras.lock $(environment)
	$(install) --require-hashes -r $<
	touch $@

$(tools): requirements-dev.lock $(extras)
	@# Some of them come as source of the old kind.
	$(install) --use-pep517 --require-hashes -r $<
	touch $@
