# What CI runs is "make check", line by line.
GO        = go
GOLANGCI  = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 5s
PACKAGES  = nginx apache2 caddy haproxy lighttpd lighttpd-mod-openssl nftables iproute2 unzip openssl libnginx-mod-stream bind9 knot unbound certbot python3-certbot-dns-rfc2136 python3-junitparser mandoc bash-completion zsh fish chromium-headless-shell cmark-gfm python3-markdown-it python3-linkify-it lego shellcheck python3-yaml systemd curl tmux jq

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 24

build: ## the binary, bin/acmecheck, with its manual (bin/man) and completions
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/acmecheck ./cmd/acmecheck
	rm -rf bin/man bin/completions
	bin/acmecheck man bin/man
	mkdir -p bin/completions
	for s in bash zsh fish powershell; do bin/acmecheck completion $$s >bin/completions/acmecheck.$$s || exit 1; done

docs: ## docs/ and the README: what is made from the catalogue and the commands
	$(GO) test ./cmd/acmecheck -run TestDocsAreFresh -count=1 -write-docs

screenshots: ## docs/screens/: the screens, drawn anew
	$(GO) test ./tui -run TestScreens -count=1 -update

test: ## every test this machine can run; what it cannot is counted last
	@CGO_ENABLED=0 $(GO) test -json -timeout 30m ./... | $(GO) run ./.ci/summarize

race: ## the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...

lint: ## the house rules
	$(GOLANGCI) run --allow-parallel-runners ./... ./.ci/...
	$(MAKE) -C conformance .boulder && cd conformance && $(GOLANGCI) run --allow-parallel-runners ./...

lint-selftest: ## the house rules prove themselves on planted violations
	GOLANGCI="$(GOLANGCI)" sh testdata/lint/selftest.sh

vet-cross: ## the other systems build and vet
	for os in windows darwin freebsd; do GOOS=$$os CGO_ENABLED=0 $(GO) vet ./... || exit 1; done

conformance: ## agreement with the recorded verdicts of the real CA, a table
	$(GO) test ./probes/run -run TestConformance -count=1 -v

conformance-sockets: ## the same on real sockets (root, Linux): a sample, or all with SAMPLE=all
	$(GO) test ./pebble-env -run 'TestSockets|TestServers' -count=1 -v

conformance-live: ## N new random worlds: the real CA against this binary (Linux, root or user namespaces)
	$(MAKE) -C conformance live N=$(or $(N),300)

record: ## record the verdicts of the real CA again: shows any difference (Linux, root or user namespaces)
	$(MAKE) -C conformance record

mutate: ## flip every value of the policy; something must go red each time
	$(GO) test ./probes/run -run TestMutation -count=1 -v

fuzz: ## every fuzz test for FUZZTIME
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "$$p $$f"; $(GO) test $$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) || exit 1; \
	  done; done

fuzz-hour: ## the same for an hour in all: once a week
	$(MAKE) fuzz FUZZTIME=135s

bench: ## every benchmark once
	$(GO) test -run '^$$' -bench . -benchmem ./...

deps: ## the real servers some tests start (Debian, root); none is started now
	sh .ci/deps $(PACKAGES)

check: test lint lint-selftest race vet-cross conformance conformance-sockets conformance-live fuzz ## all of CI

.PHONY: help build docs screenshots test race lint lint-selftest vet-cross conformance conformance-sockets conformance-live record mutate fuzz fuzz-hour bench deps check
