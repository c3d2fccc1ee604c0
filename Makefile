# The entry to the repository: each target is one line that calls npm, jest, or the CLI in scripts/.
# Works with GNU make 3.81 (macOS) and later.

NODE := node_modules/.bin/node
EP := $(NODE) scripts/dev/cli.ts
# Written by npm after every install: older than package-lock.json means that packages changed.
INSTALLED := node_modules/.package-lock.json

# `$(call arg,--rate,RATE)`: the option with the variable's value as one word of the shell, whatever its quotes, blanks
# and dollar signs; nothing where the variable is empty. `$(call quoted,FILE)`: the value alone. ARGS are words already.
quoted = $(if $(value $(1)),'$(subst ','\'',$(value $(1)))')
arg = $(if $(value $(2)),$(1) $(call quoted,$(2)))

.DEFAULT_GOAL := help
.PHONY: help up down test lint send load chart-check rules slo-report fuzz-api fuzz-structure doctor cluster cluster-down e2e watch bench check chaos bench-fair

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

up: $(INSTALLED) ## run everything on this machine: PORT=3000, DETACH=1 to return when it is up, OBSERVE=1 for Prometheus
	@$(EP) up $(call arg,--port,PORT) $(if $(DETACH),--detach) $(if $(OBSERVE),--observe)

down: $(INSTALLED) ## stop what `make up` started: CLEAN=1 removes its data too
	@$(EP) down $(if $(CLEAN),--clean)

test: $(INSTALLED) ## run all tests that need no cluster: ARGS='services/api -t fair'
	@$(NODE) --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --config scripts/jest/jest.config.mjs $(ARGS)

lint: $(INSTALLED) ## format, eslint, types, boundaries, unused code
	@npm run -s lint

send: $(INSTALLED) ## send a file of events and check that all are stored: FILE=events.ndjson
	@$(EP) send $(call quoted,FILE) $(ARGS)

# An address must be given on this very line: an URL of the terminal is never a target by accident.
load: $(INSTALLED) ## send a k6 load and evaluate it: SCENARIO=smoke URL=… KEY=… RATE=50 DURATION=2m
	@$(if $(value KEY),EP_API_KEY=$(call quoted,KEY)) $(EP) load $(call quoted,SCENARIO) \
		$(if $(filter command,$(origin URL)),$(call arg,--url,URL)) $(call arg,--rate,RATE) $(call arg,--duration,DURATION) $(ARGS)

chart-check: $(INSTALLED) ## check the Helm chart and what renders it, without a cluster
	@$(EP) chart-check

rules: $(INSTALLED) ## write alerting rules, dashboards and their tables, and test the rules: CHECK=1 writes nothing
	@$(EP) rules $(if $(CHECK),--check)

slo-report: $(INSTALLED) ## report promises, budgets and incidents: PERIOD=week|month PROMETHEUS=http://…
	@$(EP) slo-report $(call arg,--period,PERIOD) $(call arg,--prometheus,PROMETHEUS) $(ARGS)

fuzz-api: $(INSTALLED) ## throw generated requests at the api, 3 minutes: ARGS='--seconds 30'
	@$(EP) fuzz $(ARGS)

fuzz-structure: $(INSTALLED) ## send odd bodies to an api and a worker of 512 MiB, 20 minutes: ARGS='--requests 1000' (root)
	@$(EP) check structure $(ARGS)

doctor: $(INSTALLED) ## find the problems of a running system
	@$(EP) doctor $(ARGS)

cluster: $(INSTALLED) ## a real Kubernetes with KEDA and the platform on this machine, without Docker (root)
	@k8s/testbed/up.sh && k8s/testbed/install-chart.sh

cluster-down: ## remove what `make cluster` made
	@k8s/testbed/stop-cluster.sh

e2e: $(INSTALLED) ## prove the chart on a cluster, 35 minutes: KUBECONFIG, else kind, else the testbed
	@$(EP) e2e $(ARGS)

watch: $(INSTALLED) ## watch a release in a cluster, live: ARGS='--namespace events --record burst.ndjson'
	@$(EP) watch $(ARGS)

bench: $(INSTALLED) ## measure the platform against baselines, 10 minutes: ARGS='--quick', ARGS='--suite limits'
	@$(NODE) --no-warnings load-tests/bench/main.ts $(ARGS)

check: $(INSTALLED) ## send events, record every attempt, prove that nothing is lost: ARGS='--seconds 60'
	@$(EP) check run $(ARGS)

chaos: $(INSTALLED) ## kill, freeze, cut and fill everything under load, then check: ARGS='--list'
	@$(NODE) --no-warnings load-tests/chaos/main.ts $(ARGS)

bench-fair: $(INSTALLED) ## prove fairness under a flood, and compare limiters, 5 minutes: ARGS='--quick'
	@$(NODE) --no-warnings load-tests/bench/main.ts --suite fairness $(ARGS)

bench-limits: $(INSTALLED) ## find the knee, and what the system needs and stands there, 15 minutes: ARGS='--soak-minutes 60'
	@$(NODE) --no-warnings load-tests/bench/main.ts --suite limits $(ARGS)

bench-growth: $(INSTALLED) ## measure how the cost of an event grows with rows, accounts and workers, 25 minutes: ARGS='--rows 1000000'
	@$(NODE) --no-warnings load-tests/bench/main.ts --suite growth $(ARGS)

bench-summaries: $(INSTALLED) ## measure summaries of accounts with millions of events, 6 minutes: ARGS='--quick'
	@$(NODE) --no-warnings load-tests/bench/main.ts --suite summaries $(ARGS)

# Errors alone: under Node.js 20 npm warns of each package that wants a later one, which is the one that it installs.
$(INSTALLED): package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node, 10) < 20 ? 1 : 0)' 2>/dev/null || { echo 'Node.js 20 or later is needed to install the packages (they bring the version that runs): get it from https://nodejs.org, then try again.' >&2; exit 1; }
	@npm --version >/dev/null 2>&1 || { echo 'npm is missing: install Node.js from https://nodejs.org, which brings it, then try again.' >&2; exit 1; }
	@echo 'Installing packages; the first time takes about a minute'
	@npm ci --loglevel=error --no-audit --no-fund || { echo 'npm ci failed, see above: check that the npm registry can be reached, then try again.' >&2; exit 1; }
	@test -x $(NODE) || { echo 'The package `node` did not install: allow its install script (npm config ignore-scripts), then run `npm ci`.' >&2; exit 1; }
	@touch $@
