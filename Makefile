# Lianban: what a developer types. `make` alone prints this list.
SHELL := /bin/sh
.DEFAULT_GOAL := help

GO ?= go
# A checkout owned by somebody else must build, too: git would refuse to tell its version.
export GOFLAGS ?= -buildvcs=false
# What `lianban version` says.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
# Arguments for the program: make run ARGS="--data /srv/lianban"
ARGS ?=

.PHONY: help
help: ## list the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z][a-z-]*:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- use ---------------------------------------------------------------------

.PHONY: run
run: postgres fonts console build ## install what is missing, build, start everything on this machine (ARGS=… go to `lianban dev`)
	bin/lianban dev $(ARGS)

.PHONY: demo
demo: postgres fonts build ## a whole joint case from receipt to hand-out, with a kill -9 in the middle; checks itself
	bin/lianban demo $(ARGS)

.PHONY: bench
bench: postgres build ## measure against the floor and the usual way; prints ratios
	bin/lianban bench $(ARGS)

.PHONY: console
console: ## build the console into web/dist where Node is there; the program carries what lies in it
	@scripts/console.sh

.PHONY: build
build: go console ## build the program: bin/lianban
	@mkdir -p bin
	$(GO) build -ldflags '-X lianban/cmd/lianban/internal/cli.Version=$(VERSION)' -o bin/lianban ./cmd/lianban

.PHONY: clean
clean: ## remove what was built; the data of `make run` stays
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 ! -name .gitkeep -delete

# --- check -------------------------------------------------------------------

.PHONY: test
test: go postgres fonts ## everything: format, vet, generated code, unit, property, end-to-end and fault tests
	@GO="$(GO)" scripts/test.sh

.PHONY: test-quick
test-quick: go fonts ## the tests that need no servers
	@GO="$(GO)" scripts/test.sh quick

.PHONY: lint
lint: go ## format, vet, go.mod, shell scripts
	@GO="$(GO)" scripts/lint.sh

.PHONY: generate
generate: go ## generate code from SQL (sqlc) and from api/openapi.yaml
	scripts/generate.sh

.PHONY: verify-generated
verify-generated: go ## fail when generating would change the committed code
	scripts/generate.sh --verify

.PHONY: compose-check
compose-check: go ## check Dockerfile and docker-compose.yml; with docker's compose plug-in its own check as well
	$(GO) test -count=1 -run 'Compose|Dockerfile' ./house ./standalone
	@if docker compose version >/dev/null 2>&1; then \
		docker compose --env-file .env.example config --quiet && echo "docker compose config: ok"; \
	else \
		echo "docker compose is not installed: its own check was left out"; \
	fi

# --- what the others need ----------------------------------------------------

.PHONY: postgres
postgres: ## make sure PostgreSQL's programs are installed
	@scripts/postgres.sh

.PHONY: fonts
fonts: ## make sure fonts for letters as PDF are installed
	@scripts/fonts.sh

.PHONY: go
go:
	@command -v $(GO) >/dev/null 2>&1 || { echo "Go is needed, 1.26.8 or later: https://go.dev/dl/" >&2; exit 1; }
