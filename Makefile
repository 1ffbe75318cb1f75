# Targets people use: run, test, check, bench. The long ones: powercut, soak, fuzz, real-input, real-season.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
BIN     := bin/bayledger
DATA    ?= ./bayledger-data/demo
LISTEN  ?= 127.0.0.1:8080
SECONDS ?= 30
ROUNDS  ?= 5
SEEDS   ?= 20000
KILLS   ?= 300
SOAK    ?= 2h
WALL    ?= 3600
CUTS    ?= 150
PEERS   ?= ../shared/bench-peers
SCANS   ?= ../shared/data/scans.csv.gz
PRODUCTS ?= ../shared/data/products.csv.gz
RECEIPTS ?= ../shared/data/receipts_scms.csv.gz
SEASON   ?= ../shared/data/scans_2009_2010.csv.gz,../shared/data/scans.csv.gz
POWERCUT := ./sync/journal ./sync/simulation/powercut ./migrations ./server/backup ./scanner/outbox ./cmd/bayledger
GS1_SAMPLES ?= ../shared/gs1

# What the screens are built of. They are built anew where one of these is newer.
SCREENS := server/web/dist/scan.html
SOURCES := $(shell find server/web/src -type f) server/web/build.mjs server/web/package-lock.json server/web/icon.svg

.PHONY: help run build web stories image test test-go test-web test-browser bench-screens soak-wall pictures label-pictures check web-tools fuzz powercut faults soak bench real-input real-season gs1-samples clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: web ## Build bin/bayledger, its screens included
	@mkdir -p bin
	@$(GO) build -o $(BIN) ./cmd/bayledger

web: $(SCREENS) ## Build the screens (needs Node), to be embedded

$(SCREENS): $(SOURCES)
	@command -v npm >/dev/null || { echo "The screens need Node 20 or newer with npm; install it, or build without screens: go build -o $(BIN) ./cmd/bayledger" >&2; exit 1; }
	@$(MAKE) --no-print-directory web-tools
	@cd server/web && node build.mjs

stories: web-tools ## Build every state of every screen, to look at without a server
	@cd server/web && node build.mjs stories && echo "open server/web/node_modules/.stories/index.html"

image: web ## Build an OCI image from scratch into bin/bayledger-image.tar, without a container engine
	@mkdir -p bin
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/bayledger-static ./cmd/bayledger
	@$(GO) run ./server/deploy/image -binary bin/bayledger-static -version "$$(git describe --tags --always 2>/dev/null || echo unknown)" -arch "$$($(GO) env GOARCH)" -o bin/bayledger-image.tar
	@echo "bin/bayledger-image.tar"

run: build ## Start a server with a living demo; prints what to open
	@$(BIN) serve --demo --data $(DATA) --listen $(LISTEN) --log warn

test: build web-tools ## Run every test, browser tests included
	@.ci/chromium
	@screens=$$(mktemp); trap 'rm -f "$$screens"' EXIT; failed=""; \
	  $(MAKE) --no-print-directory test-web test-browser >"$$screens" 2>&1 & browser=$$!; \
	  $(MAKE) --no-print-directory test-go || failed="test-go"; \
	  wait $$browser || failed="$${failed:+$$failed and }those of the screens"; \
	  cat "$$screens"; \
	  if [ -n "$$failed" ]; then echo "test: these failed: $$failed" >&2; exit 1; fi

# Those of the screens wait for browsers most of the time: they run beside those of Go, and are told behind them.

test-go:
	@$(GO) test -race -timeout 20m ./...
	@$(GO) test -timeout 20m -run '^TestSeeds$$' ./sync/simulation

test-web: web-tools
	@cd server/web && node build.mjs tests && node --enable-source-maps --test node_modules/.tests/*.test.mjs

test-browser: build web-tools
	@.ci/chromium
	@cd server/web && node build.mjs stories && node --test test/*.test.mjs

bench-screens: build web-tools ## Measure what a scan costs in a browser until it is painted, on the handheld (4 times slower) and for who watches
	@.ci/chromium
	@cd server/web && node bench/search.mjs && node bench/scan.mjs && node bench/watch.mjs

soak-wall: build web-tools ## Run the wall screen for WALL seconds with cuts and restarts of the server, and want it to hold no more at the end
	@.ci/chromium
	@cd server/web && SECONDS=$(WALL) node bench/wall.mjs

pictures: build web-tools ## Take the README's pictures of a living demo
	@.ci/chromium
	@cd server/web && node pictures/take.mjs && node pictures/handheld.mjs

label-pictures: ## Draw the pictures of the built-in labels in labels/README.md
	@$(GO) run ./labels/internal/pictures labels/pictures

web-tools:
	@cd server/web && if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then npm ci --no-audit --no-fund --loglevel=error >/dev/null; fi

check: web-tools ## gofmt, vet, staticcheck, import rules, types of what runs in browsers
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	@$(GO) vet -tags powercut,mutants ./... # files that want the tags are seen too, and none wants them away
	@$(GO) tool staticcheck -tags powercut,mutants ./...
	@$(GO) test -count=1 -run '^TestHouse' ./cmd/bayledger
	@cd server/web && npx --no-install tsc --project . && npx --no-install tsc --project tsconfig.src.json
	@echo "check: all is well"

fuzz: ## Run each fuzz target for SECONDS (default 30)
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "== $$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(SECONDS)s $$package; \
	  done; \
	done

powercut: ## Take the power away from books and servers, CUTS times; break and fill their disks (needs FUSE)
	@$(GO) run ./sync/simulation/powercut/probe
	@CUTS=$(CUTS) $(GO) test -tags powercut -count=1 -timeout 0 -v -run 'PowerCuts|CutB|CutM|CutS|LyingDisk|BrokenSyncs|FullDisk|FullServer' $(POWERCUT) | grep -v '^=== '

faults: ## Inject every fault there is (needs FUSE, takes minutes); print the table of server/OPERATIONS.md
	@$(GO) run ./sync/simulation/powercut/probe
	@table=$$(mktemp); log=$$(mktemp); trap 'rm -f '$$table' '$$log EXIT; \
	  FAULTS=$$table CUTS=$(CUTS) $(GO) test -tags powercut -count=1 -p 1 -timeout 0 -run 'PowerCuts|CutB|CutM|CutS|LyingDisk|BrokenSyncs|FullDisk|FullServer|KilledAgain|LostAnd|OlderFolders|DamagedFiles' $(POWERCUT) >$$log || { cat $$log; exit 1; }; \
	  echo "| fault | times | result |"; echo "| --- | --- | --- |"; cat $$table

soak: build ## Play SEEDS worlds, plant bugs and want them caught; kill the server under load KILLS times; soak it for SOAK
	@failed=""; play() { "$$@" || failed="$$failed; $$*"; }; \
	  play env SEEDS=$(SEEDS) $(GO) test -count=1 -timeout 0 -run '^TestSeeds$$' ./sync/simulation; \
	  play $(GO) test -tags mutants -count=1 -timeout 0 -run '^TestMutants' ./sync/simulation; \
	  play $(BIN) fleet --own-server --devices 50 --kills $(KILLS) --cuts 300000 --generate 1000000 --checkpoint-lag 2000; \
	  play $(BIN) fleet --own-server --devices 50 --lose --cuts 300000 --generate 200000; \
	  play $(BIN) load opens; \
	  play $(BIN) load connected; \
	  play $(BIN) load soak --for $(SOAK); \
	  play $(BIN) load homecoming; \
	  if [ -n "$$failed" ]; then echo "soak: these failed$${failed}" >&2; exit 1; fi

real-input: build ## Replay the recorded shop year through 50 handhelds, with cuts and two kill -9
	@$(BIN) fleet --own-server --devices 50 --kills 2 --cuts 300000 --recorded $(SCANS) --products $(PRODUCTS)

real-season: build ## Book two recorded shop years with opening stock and deliveries; hold every report against the files and a fold of its own
	@$(BIN) season --products $(PRODUCTS) --receipts $(RECEIPTS) --scans $(SEASON)

gs1-samples: ## Hold scans against recorded verdicts of the GS1 reference, in the folder GS1_SAMPLES
	@$(GO) run ./scanner/gs1/internal/agree $(GS1_SAMPLES)

bench: build ## Measure this server, and its peers beside it where PEERS is there
	@$(BIN) bench --rounds $(ROUNDS) $$( [ -d "$(PEERS)" ] && echo --peers "$(PEERS)" )

clean: ## Remove what was built
	@rm -rf bin server/web/node_modules
	@find server/web/dist -mindepth 1 ! -name README.md -delete
