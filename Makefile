# Two commands matter: `make run` starts the gateway, `make test` runs all tests. `make help` lists the rest.

# A Python built without PGO, as by pyenv, uses a tenth more CPU (docs/performance.md): the system's is taken instead.
PROFILED := import ensurepip, sys, sysconfig; built = sysconfig.get_config_var("CONFIG_ARGS") or ""; \
  sys.exit(sys.version_info < (3, 11) or not (sys.base_prefix == "/usr" or "--enable-optimizations" in built))
PYTHON ?= $(or $(shell for one in python3 /usr/bin/python3; do $$one -c '$(PROFILED)' 2>/dev/null && echo $$one && break; done),python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
LOCKS  := requirements/run.lock requirements/dev.lock requirements/tools.lock
PROTOS := $(sort $(wildcard proto/legato/v1/*.proto))
YAML   := $(shell git ls-files '*.yaml' '*.yml' 2>/dev/null)
CODE   := src gateway tests $(wildcard loadtest)
NPM    := tests/e2e
WITNESS := .venv-witness
FUZZ   := var/fuzz
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header

# Overrides the caller's environment: without bytecode each test process compiles everything again, which takes 2 s of CPU.
export PYTHONDONTWRITEBYTECODE :=
# Some machines make pip install for the user, or into a folder, and a PYTHONPATH may lead to another package named `gateway`.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help setup run test soak chaos crowd fuzz live bench loadtest eval check format lock proto chromium npm native promtool witness \
  check-format check-lint check-types check-contracts check-security check-dependencies check-proto check-docs check-docker \
  check-yaml check-envoy check-monitoring

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

# --- setting up -------------------------------------------------------------------------------------------------------

setup: $(STAMP) ## Create .venv with everything in it, pinned by hash, and prepare the voices

$(STAMP): $(LOCKS) pyproject.toml $(wildcard gateway/engines/prepare*.py)
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found: install Python 3.11 or later" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is too old: Python 3.11 or later is needed (make PYTHON=python3.12 ...)" >&2; exit 1; }
# A venv that was left half made, as when Debian's python3-venv is missing, has no pip: it is made again.
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) -m venv --clear $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python $(LOCKS)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m gateway.engines.prepare
	@touch $(STAMP)

# $(call by_apt,NAME,PACKAGE): installs a program that the tests drive, or says how; without it, those tests fail.
define by_apt
	if ! command -v apt-get >/dev/null; then \
	  echo "neither $(1) nor apt-get was found: install $(1), then run make test again" >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(2); \
	elif sudo -n true 2>/dev/null; then \
	  sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(2); \
	else \
	  echo "$(1) was not found. Run this, then make test again:" >&2; \
	  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(2)" >&2; exit 1; \
	fi
endef

chromium: # what the browser tests drive
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	$(call by_apt,Chromium,chromium)

promtool: # checks the alert rules and the expressions of the dashboards
	@command -v promtool >/dev/null || \
	$(call by_apt,promtool,prometheus)

npm: $(NPM)/node_modules/.stamp # the npm packages that the tests use

$(NPM)/node_modules/.stamp: $(NPM)/package.json $(NPM)/package-lock.json
	@command -v npm >/dev/null || \
	$(call by_apt,npm,npm)
	npm ci --prefix $(NPM) --ignore-scripts --loglevel=error
	@touch $@

witness: $(WITNESS)/.stamp # the vendors' own clients, which speak to the gateway in tests/witness

$(WITNESS)/.stamp: requirements/witness.lock requirements/witness-alone.lock | $(STAMP)
	test -x $(WITNESS)/bin/python || $(PYTHON) -m venv --without-pip $(WITNESS)
	$(BIN)/uv pip sync --quiet --python $(WITNESS)/bin/python requirements/witness.lock
	$(BIN)/uv pip install --quiet --python $(WITNESS)/bin/python --no-deps --require-hashes -r requirements/witness-alone.lock
	@touch $@

# --- running ----------------------------------------------------------------------------------------------------------

run: setup ## Start the gateway with its local voices: http://127.0.0.1:8080, gRPC on 50051 (ARGS="--config FILE" for its options)
	exec $(BIN)/legato serve $(ARGS)

# --- proving ----------------------------------------------------------------------------------------------------------

# Tests that start processes or synthesise speech run two at a time; those that measure have the machine to themselves. A test that
# fails beside others is run once more by itself: a fault shows again, a busy neighbour does not.
AGAIN := -q --last-failed --last-failed-no-failures none
TOGETHER := not (e2e or browser or voice or slow or alone)
PROCESSES := (e2e or browser or voice or slow) and not alone

test: setup chromium npm promtool witness native ## Run all tests, unit to end to end, with coverage (TESTS=path for some)
ifdef TESTS
	$(BIN)/python -m pytest $(TESTS)
else
	rm -rf var/test && mkdir -p var/test
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto -q -m "$(TOGETHER)" --junitxml=var/test/together.xml \
	  || $(BIN)/coverage run -m pytest $(AGAIN) -m "$(TOGETHER)" --junitxml=var/test/together-again.xml
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile -q -m "$(PROCESSES)" --junitxml=var/test/processes.xml \
	  || $(BIN)/coverage run -m pytest $(AGAIN) -m "$(PROCESSES)" --junitxml=var/test/processes-again.xml
	$(BIN)/python -m pytest -q -m alone --junitxml=var/test/alone.xml \
	  || $(BIN)/python -m pytest $(AGAIN) -m alone --junitxml=var/test/alone-again.xml
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
endif

CORPORA ?= ../shared/corpora
CASES   ?= $(CORPORA)/../cases

eval: setup ## Score the text front end on public corpora, which are not part of the project (CORPORA=folder)
	@test -d $(CORPORA) || { echo "$(CORPORA) not found: run make eval CORPORA=folder" >&2; exit 1; }
	$(BIN)/python tests/eval/sentences.py $(CORPORA)
	$(BIN)/python tests/eval/normalization.py $(CORPORA)
	$(BIN)/python tests/eval/maths.py $(CORPORA)
	$(if $(wildcard $(CASES)/text.jsonl),$(BIN)/python tests/eval/cases.py $(CASES))
	$(BIN)/python tests/eval/copied.py $(CORPORA) $(CASES)

# On an idle machine with two cores: about three minutes, then four. R23 in full: make soak SOAK_S=7200 ARGS="--streams 100000"
FUZZED ?= 100000
SOAK_S ?= 240
KILLED ?= 500

soak: setup ## Look for leaks: 100,000 fuzzed sessions, 3,000 streams over the wire, 1,000 killed upstream (FUZZED, SOAK_S, KILLED; ARGS="--streams N")
	LEGATO_FUZZ_SESSIONS=$(FUZZED) $(BIN)/python -m pytest -n auto -q --timeout=0 tests/plays/test_fuzz.py
	LEGATO_RECHUNKINGS=10000 timeout 240 $(BIN)/python -m pytest -n auto -q --timeout=0 tests/plays/test_text_chunking.py
	LEGATO_KILLED_STREAMS=$(KILLED) $(BIN)/python -m pytest -q tests/e2e/test_upstream_leaks.py
	timeout $$(($(SOAK_S) + 60)) $(BIN)/python loadtest/soak.py --within-s $(SOAK_S) $(ARGS)

chaos: setup ## Rehearse every vendor, fault and moment through the gateway: what is lost or repeated, how long the gap is (ARGS="--seeds 10")
	timeout 3600 $(BIN)/python -m tests.chaos $(ARGS)

crowd: setup ## Let random clients talk on every face at once, and check every word that they hear (ARGS="--seed 7 --clients 40 --faults --workers 2")
	timeout 3600 $(BIN)/python -m tests.crowd $(ARGS)

SECONDS ?= 60

fuzz: $(FUZZ)/.stamp ## Search for texts that break a promise of the front end, guided by coverage (SECONDS=60)
	mkdir -p $(FUZZ)/corpus
	PYTHONPATH=$(FUZZ):src:. $(BIN)/python tests/fuzz/fuzz_text.py -max_total_time=$(SECONDS) -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus

$(FUZZ)/.stamp: requirements/fuzz.lock | $(STAMP)
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python --target $(FUZZ) -r requirements/fuzz.lock
	@touch $@

native: # the fake vendor and the load generator of the relay benchmark, and nginx, which it is compared with
	@command -v $(CC) >/dev/null || \
	$(call by_apt,a C compiler,gcc libc6-dev)
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || \
	$(call by_apt,nginx,nginx-light)
	@$(MAKE) --silent -C loadtest/native CC="$(CC)"

live: setup ## Call each vendor whose key is in the environment (at most 200 characters each), and compare it with the simulator
	$(BIN)/python -m tests.live

bench: setup native ## Print the figures of this machine (BENCH_ARGS="text audio" for some, "relay --quick", "--json")
	@$(BIN)/python -m loadtest.bench $(BENCH_ARGS)

loadtest: setup ## Load a gateway and a vendor of 80 ms with 100 streams, judge the result, plot it in var/loadtest (ARGS="--scenario ramp --streams N")
	@$(BIN)/python -m loadtest.swarm $(ARGS)

check: ## Check format, lint, types, contracts, and that generated files are current
check: check-format check-lint check-types check-contracts check-security check-dependencies check-proto check-docs \
  check-docker check-yaml check-envoy check-monitoring

check-format: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/buf format --diff --exit-code

check-lint: setup
	$(BIN)/ruff check --quiet .

check-types: setup
	$(BIN)/mypy

check-contracts: setup
	$(BIN)/lint-imports

check-security: setup
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src gateway

check-dependencies: setup
	$(BIN)/deptry .

check-proto: setup
	$(BIN)/buf lint
	@for base in origin/main main; do \
	  if git cat-file -e $$base:buf.yaml 2>/dev/null; then \
	    echo "$(BIN)/buf breaking --against .git#ref=$$base"; \
	    $(BIN)/buf breaking --against ".git#ref=$$(git rev-parse $$base)"; exit $$?; \
	  fi; \
	done
	@rm -rf var/proto && mkdir -p var/proto
	$(BIN)/python -m grpc_tools.protoc -Iproto --python_out=var/proto --pyi_out=var/proto $(PROTOS)
	@diff -r -x __init__.py -x __pycache__ var/proto/legato/v1 src/legato/v1 \
	  || { echo "src/legato/v1 is out of date: run make proto" >&2; exit 1; }

check-docs: setup
	$(BIN)/python -m gateway.app.config.docs --check

check-docker: setup
	$(BIN)/hadolint Dockerfile

check-yaml: setup
	$(if $(YAML),$(BIN)/yamllint --strict $(YAML))

check-envoy: setup
	$(if $(wildcard envoy.yaml),$(BIN)/envoy --mode validate --log-level warning --config-path envoy.yaml)

check-monitoring: setup
	$(BIN)/python deploy/monitoring/dashboards.py --check

# --- changing ---------------------------------------------------------------------------------------------------------

format: setup ## Format what check-format checks
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix --exit-zero .
	$(BIN)/buf format --write

proto: setup ## Generate the messages from proto/, the docs of the options, and the dashboard
	$(BIN)/python -m grpc_tools.protoc -Iproto --python_out=src --pyi_out=src $(PROTOS)
	$(BIN)/python -m gateway.app.config.docs
	$(BIN)/python deploy/monitoring/dashboards.py

lock: ## Pin again what pyproject.toml asks for (ARGS=--upgrade for newer versions)
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	$(COMPILE) $(ARGS) --group tools --output-file requirements/tools.lock
	$(COMPILE) $(ARGS) --group fuzz --output-file requirements/fuzz.lock
	$(COMPILE) $(ARGS) --group witness --output-file requirements/witness.lock
	$(COMPILE) $(ARGS) --no-deps --group witness-alone --output-file requirements/witness-alone.lock
	$(COMPILE) $(ARGS) pyproject.toml --extra voices --extra mp3 --output-file requirements/run.lock
	$(COMPILE) $(ARGS) pyproject.toml --extra voices --extra mp3 --extra codecs --extra sentry --group dev \
	  --constraints requirements/run.lock --output-file requirements/dev.lock
