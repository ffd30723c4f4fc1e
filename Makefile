# `make test` runs every test; `make help` lists the parts. `go test ./...` is the quick loop.
SHELL := /bin/bash
STEP := .ci/step
RACE := ./collab ./collab/localbus ./collab/pglog ./collab/redisbus ./collab/sqlitelog ./server
PROCESSES := ./server/processtest ./server/clustertest

.PHONY: help test setup lint unit race simulation planted process cluster journeys fuzz soak build dist bench bench-cluster

help: ## list the parts
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One after the other, however many jobs make may run: the parts share the machine.
test: ## run every test; installs what is missing
	@begin=$$(date +%s); \
	for part in setup lint unit race simulation planted process cluster journeys; do $(MAKE) --no-print-directory $$part || exit 1; done; \
	took=$$(($$(date +%s) - begin)); printf '\nAll tests passed in %d:%02d.\n' $$((took / 60)) $$((took % 60))

setup: ## install what the tests need and this machine lacks
	@$(STEP) "setup" .ci/setup

lint: ## vet, golangci-lint, types, format, tests and freshness of the browser side
	@$(STEP) "go vet" go vet ./...
	@$(STEP) "go vet, with services" go vet -tags services ./...
	@$(STEP) "golangci-lint" bin/golangci-lint run ./...
	@$(STEP) "format" bin/golangci-lint fmt --diff ./...
	@$(STEP) "browser side: types, format, unit tests, fresh dist" npm --prefix static run --silent check

unit: ## go test of what has no part of its own; on a Postgres and a Redis too, unlike the quick loop
	@$(STEP) "go test" go test -tags services $$(go list ./... | grep -vxF "$$(go list $(RACE) $(PROCESSES))")

race: ## the concurrent parts under the race detector
	@$(STEP) "go test -race" go test -race -tags services -timeout 25m $(RACE)

simulation: ## seeded clusters with every fault; in some the clients are the page's own Replica
	@$(STEP) "simulation" go test -count=1 -timeout 40m -v -run 'TestSimulation$$' ./collab/simulation \
		-seeds 1700 -replicas 300 -ops 300 -least 200

planted: ## bugs built in on purpose, in the server, its adapters and the page: the tests must find each
	@$(STEP) "bugs planted in the server" go test -count=1 -timeout 40m -v -tags planted -run '^TestPlanted' \
		./board/planted/plantedtest ./collab/simulation
	@$(STEP) "bugs planted in the adapters" go test -count=1 -timeout 10m -v -tags planted,services -parallel 4 -run '^TestPlanted' \
		./collab/pglog ./collab/redisbus
	@$(STEP) "bugs planted in the program" go test -count=1 -timeout 10m -v -tags planted,services -parallel 2 -run '^TestPlanted' ./server
	@$(STEP) "bugs planted in the servers of a cluster" go test -count=1 -timeout 10m -v -tags planted,services -parallel 2 \
		-run '^TestPlanted' ./server/clustertest
	@$(STEP) "bugs planted in the page" go test -count=1 -timeout 40m -v -run 'TestReplica_planted$$' ./collab/simulation -replica-bugs 500

process: ## the real program: killed under load, hostile frames, a full disk
	@$(STEP) "process tests" go test -count=1 -timeout 20m -v -run 'Test' ./server/processtest -kills 66 -hostile 2m

cluster: ## three servers on a Postgres and a Redis of their own, all of them killed and frozen under load
	@$(STEP) "cluster tests" go test -count=1 -tags services -timeout 20m -v ./server/clustertest -cuts 140 -swallows 40 -kills 40 \
		-redis-faults 15 -postgres-faults 3 -rolls 2 -failovers 3 -votes 1000 -revokes 12 -roll-people 60

journeys: ## the page in a real browser
	@$(STEP) "browser journeys" npm --prefix static run --silent e2e

fuzz: ## random input to what reads, decides and transforms, a minute each; its seeds alone are part of test
	@for target in $$(go test -list '^Fuzz' ./board | grep '^Fuzz'); do \
		$(STEP) "$$target" go test -run '^$$' -fuzz "^$$target$$" -fuzztime 1m ./board || exit 1; done

soak: ## ten thousand faults against a cluster, and as many seeds; takes hours, and is no part of test
	@$(STEP) "cluster soak" go test -count=1 -tags services -timeout 24h -v -run 'TestCluster_kills$$' ./server/clustertest \
		-cuts 7000 -swallows 2000 -kills 2000 -redis-faults 750 -postgres-faults 150 -rolls 100 -failovers 50
	@$(STEP) "simulation soak" go test -count=1 -timeout 24h -v -run 'TestSimulation$$' ./collab/simulation -seeds 8500 -replicas 1500 -least 1000

build: ## the program, as ./waymark
	go build -o waymark ./server

dist: ## the browser side, into static/dist
	npm --prefix static run --silent build

bench: build ## what one server costs on this machine, beside two bare relays; on nothing else's time
	./waymark bench -seconds 12

bench-cluster: build ## the same for one server and three on a Postgres and a Redis of their own
	.ci/with-services ./waymark bench -seconds 12 -servers 1,3
