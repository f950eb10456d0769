# The commands of this repository. `make` alone lists them.
SHELL := bash

# The first of these that runs and that the pinned packages support.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin

# An empty variable means the default, for dbt too.
ifeq ($(strip $(NRR_DATA)),)
unexport NRR_DATA
else
export NRR_DATA
endif
ifeq ($(strip $(NRR_DUCKDB_PATH)),)
unexport NRR_DUCKDB_PATH
else
export NRR_DUCKDB_PATH
endif
export NRR_VARS
unexport NRR_INPUTS
# This folder's project and profile, whatever the shell is set up for.
export DBT_PROFILES_DIR := $(CURDIR)
unexport DBT_PROJECT_DIR DBT_PROFILE DBT_TARGET

.DEFAULT_GOAL := help
# Each engine's own test; run.py names them with underscores.
ENGINES := duckdb postgres spark spark-cluster snowflake bigquery redshift databricks trino
ENGINE_TESTS := $(addprefix test-,$(ENGINES))
.PHONY: help build explain test test-long lint docs-pages bench bench-cluster clean test-engines test-static $(ENGINE_TESTS)

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 21
	@echo
	@echo "  make test-ENGINE   compare the tables of one engine with DuckDB's, where ENGINE is one of:"
	@echo "                     $(ENGINES)"
	@echo
	@echo "  make build NRR_DATA=some/folder        builds from your own files"
	@echo "  make build NRR_DUCKDB_PATH=some.duckdb writes another database file"
	@echo "  make build NRR_VARS='{nrr_reporting_currency: EUR, nrr_timezone: Europe/Berlin}'"
	@echo "                                         sets variables (README.md lists them)"

# Of each node that dbt runs, a line for a table that was built or a test that failed is enough. The summary is printed
# also where a test has failed, and the recipe ends as dbt did.
build: $(VENV)/runtime.stamp ## build the tables with dbt and print the newest retention
	@[ -t 1 ] || export DBT_USE_COLORS=false; \
	rm -f "$${DBT_TARGET_PATH:-target}"/{run_results,nrr_input_files}.json; \
	inputs=$$($(BIN)/python scripts/found_inputs.py 2>/dev/null) && export NRR_INPUTS="$$inputs"; \
	$(BIN)/dbt build --exclude-resource-type unit_test $${NRR_VARS:+--vars "$$NRR_VARS"} \
	| grep --line-buffered -vE ' of [0-9]+ (START|PASS|SKIP) '; \
	status=$${PIPESTATUS[0]}; \
	$(BIN)/python scripts/print_retention.py --dbt-status $$status

# With SEGMENT (all: the company) or ACCOUNT; MONTH and DIMENSION where they are not the newest, and not clear.
explain: $(VENV)/runtime.stamp ## show which accounts make a rate (SEGMENT=smb), or what one of them did (ACCOUNT=...)
	@$(BIN)/python scripts/explain.py --segment '$(SEGMENT)' --account '$(ACCOUNT)' --month '$(MONTH)' \
		$(if $(DIMENSION),--dimension '$(DIMENSION)')

# A worker for each core; tests of one file share its builds.
test: lint ## run every lint and test that needs no server
	$(BIN)/pytest -n auto --dist loadfile

test-long: $(VENV)/dev.stamp ## play long sequences of runs, and kill some (many minutes)
	$(BIN)/pytest -m long -n auto --dist loadgroup

lint: $(VENV)/dev.stamp ## check the SQL, YAML and Python files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $(wildcard models tests analyses)

docs-pages: $(VENV)/dev.stamp ## write into docs/ what its pages show of models, seeds and the demo
	$(BIN)/python scripts/write_models_page.py
	$(BIN)/python scripts/write_input_page.py
	$(BIN)/python scripts/write_methods_page.py
	$(BIN)/python scripts/write_explanation_page.py
	$(BIN)/python scripts/write_customers_page.py

# Each makes an environment in .engines, starts its server on this machine and ends it.
$(ENGINE_TESTS): test-%: $(VENV)/dev.stamp
	$(BIN)/python tests/python/engines/run.py $(subst -,_,$*)

test-static: $(VENV)/dev.stamp ## test-ENGINE of those without a server: redshift databricks trino
	$(BIN)/python tests/python/engines/run.py redshift databricks trino

# All in one run, so that what they are compared with is built once.
test-engines: $(VENV)/dev.stamp ## test-ENGINE of all (half an hour)
	$(BIN)/python tests/python/engines/run.py $(subst -,_,$(ENGINES))

bench: $(VENV)/runtime.stamp ## measure large inputs beside other ways (many minutes)
	$(BIN)/python benchmarks/run.py

bench-cluster: $(VENV)/runtime.stamp ## measure a Spark cluster of one executor and of two (half an hour)
	$(BIN)/python benchmarks/scale_out.py

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) .engines target logs nrr.duckdb nrr.duckdb.wal nrr.duckdb.tmp .pytest_cache .ruff_cache .hypothesis .user.yml

# The environment is made again only when the pinned packages change.
$(VENV)/runtime.stamp: requirements.txt
	$(call install,$<)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt
	$(call install,$<)
	@touch $@ $(VENV)/runtime.stamp

define install
	@if [ -z "$(PYTHON)" ]; then \
		echo "This needs Python 3.10 to 3.13, and no python3 here is one. Install it, then name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; \
		exit 1; \
	fi
	@echo "Installing the packages of $(1) into $(VENV), which takes about a minute ..."
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; \
	}
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r $(1)
endef
