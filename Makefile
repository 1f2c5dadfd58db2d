# make demo     a small contest with example submissions, in your browser
# make test     everything that must hold
# make adding   whether a language, a scoring rule, a command... costs the files that are promised
# make bench    the figures that docs/performance.md reports
# make attacks  hostile programs against the sandbox, in a table; RUNS=1000 for each that often, ONLY=fork for some
# make accuracy how sharp times are, in a table; minutes, MINUTES=20 for more; ROUNDS=20 of a session, TESTS=15 of each kind, ONLY=quiet
# make cheats   submissions that cheat when they are timed, in a table; ONLY=cache for some
# make cgroup2  the sandbox's tests under cgroup v2, in a virtual machine; ALL=1 also hybrid, v1 and an older kernel

GO := go

.PHONY: demo build test check adding bench accuracy attacks cheats cgroup2 fuzz clean

demo: build
	@bin/judge demo demo --problems problems

build:
	@.ci/need g++
	@.ci/build

check:
	@unformatted=$$(gofmt -l cmd judge sandbox leaderboard problems); [ -z "$$unformatted" ] || { echo "not gofmt'ed: $$unformatted" >&2; exit 1; }
	@$(GO) vet ./...

# It prints at the end which tests were skipped, and why.
GOTESTSUM := $(GO) run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- -shuffle=on -timeout 20m

# The race detector is where goroutines meet. Without it run the packages that wait for
# C++ compilers and the programs that those make, and the one that only computes: it
# would take minutes and see what it sees in the others. Of the scripts it sees those
# in which a server and its clients work at the same time; they judge by the pipeline too.
# What is found by times wants the machine for itself: that comes last, one after the other.
PLAIN := ./judge/build ./judge/measure ./problems ./sandbox/attacks
ALONE := ./judge/timing ./judge/pipeline ./judge/pipeline/cheats

test:
	@.ci/need g++ clang chromium postgresql
	@$(MAKE) --no-print-directory check
	@JUDGE_AXE=$$(.ci/axe) $(GOTESTSUM) -race -skip '^Test(Measured)?Scripts$$' $$($(GO) list ./... | grep -vxF "$$($(GO) list $(PLAIN) $(ALONE))")
	@$(GOTESTSUM) $(PLAIN)
	@$(GOTESTSUM) -run '^TestScripts$$' ./cmd/judge
	@$(MAKE) --no-print-directory adding
	@$(GOTESTSUM) -run '^TestMeasuredScripts$$' ./cmd/judge
	@$(GOTESTSUM) -p 1 $(ALONE)
	@.ci/cgroup2-test --optional

# Other sandboxes are measured beside ours where they are: go-sandbox and go-judge are
# built here, bubblewrap, firejail, isolate and nsjail are used if they are installed.
bench: build
	@$(GO) test -run '^$$' -bench . $$($(GO) list ./... | grep -v /sandbox$$)
	@.ci/cold-start
	@cd sandbox/testdata/peers && $(GO) build -o ../../../bin/peers/ . github.com/criyle/go-judge/cmd/go-judge || echo "go-sandbox and go-judge could not be built" >&2
	@$(GO) test -c -o bin/sandbox.test ./sandbox
	@cd sandbox && JUDGE_PEERS=$(CURDIR)/bin/peers ../.ci/quiet ../bin/sandbox.test -test.run '^$$' -test.bench . -test.benchtime 2s

# What people add costs what docs/architecture.md, "Adding", says.
adding:
	@.ci/adding

accuracy: export MINUTES ?= 15
accuracy: export ROUNDS ?= 20
accuracy: export TESTS ?= 15
accuracy: export ONLY ?=
accuracy:
	@.ci/need g++
	@$(GO) test -c -o bin/accuracy.test ./judge/timing
	@cd judge/timing && ../../bin/accuracy.test -test.run '^TestAccuracy$$' -test.timeout 0

attacks: export RUNS ?= 1
attacks: export ONLY ?=
attacks: export JUDGE_ATTACKS_BIN ?= $(CURDIR)/bin/attacks
attacks:
	@.ci/need g++
	@$(GO) test -c -o bin/attacks.test ./sandbox/attacks
	@cd sandbox/attacks && ../../bin/attacks.test -test.run '^TestAttacks$$' -test.timeout 0

cheats: export ONLY ?=
cheats:
	@.ci/need g++
	@$(GO) test -c -o bin/cheats.test ./judge/pipeline/cheats
	@cd judge/pipeline/cheats && CHEATS=all ../../../bin/cheats.test -test.run '^TestCheats$$' -test.timeout 0

# The sandbox on kernels with other control groups than this machine's, under qemu.
cgroup2:
	@.ci/need g++
	@.ci/cgroup2-test $(if $(ALL),--all)

fuzz:
	@for target in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -h '^func Fuzz' $$target/*_test.go | sed 's/func \(Fuzz[A-Za-z0-9_]*\).*/\1/'); do \
			echo "$$target $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$target || exit 1; \
		done; \
	done

clean:
	rm -rf bin demo
