# The face of the repository: each target is one line into npm, jest, or the CLI in scripts/.
# Works with GNU make 3.81 (macOS) and later.

NODE := node_modules/.bin/node
EP := $(NODE) scripts/src/cli.ts
# Written by npm after every install: older than package-lock.json means that packages changed.
INSTALLED := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help up down test lint send doctor chart-check fuzz-api bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

up: $(INSTALLED) ## run everything on this machine: PORT=3000, DETACH=1 to return when it is up
	@$(EP) up $(if $(PORT),--port $(PORT)) $(if $(DETACH),--detach)

down: $(INSTALLED) ## stop what `make up` started: CLEAN=1 removes its data too
	@$(EP) down $(if $(CLEAN),--clean)

test: $(INSTALLED) ## run all tests that need no cluster: ARGS='services/api -t fair'
	@$(NODE) --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --config scripts/jest/jest.config.mjs $(ARGS)

lint: $(INSTALLED) ## format, eslint, types, boundaries, unused code
	@npm run -s lint

send: $(INSTALLED) ## send a file of events and check that all are stored: FILE=events.ndjson
	@$(EP) send $(if $(FILE),'$(FILE)') $(ARGS)

chart-check: $(INSTALLED) ## check the Helm chart and what renders it, without a cluster
	@$(EP) chart-check

fuzz-api: $(INSTALLED) ## throw generated requests at the api, 3 minutes: ARGS='--seconds 30'
	@$(EP) fuzz $(ARGS)

doctor: $(INSTALLED) ## look for what is wrong with a running system
	@$(EP) doctor $(ARGS)

bench: $(INSTALLED) ## measure this machine against yardsticks, 10 minutes: ARGS='--quick'
	@$(NODE) --no-warnings load-tests/bench/main.ts $(ARGS)

$(INSTALLED): package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node, 10) < 20 ? 1 : 0)' 2>/dev/null || { echo 'Node.js 20 or later is needed to install the packages (they bring the version that runs): get it from https://nodejs.org, then try again.' >&2; exit 1; }
	@npm --version >/dev/null 2>&1 || { echo 'npm is missing: install Node.js from https://nodejs.org, which brings it, then try again.' >&2; exit 1; }
	@echo 'Installing packages; the first time takes about a minute'
	@npm ci --no-audit --no-fund || { echo 'npm ci failed, see above: check that the npm registry can be reached, then try again.' >&2; exit 1; }
	@test -x $(NODE) || { echo 'The package `node` did not install: allow its install script (npm config ignore-scripts), then run `npm ci`.' >&2; exit 1; }
	@touch $@
