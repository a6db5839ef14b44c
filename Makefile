# `make test` passes all tests on a fresh machine: it installs what is missing where it may, and otherwise names it.

CARGO ?= cargo

.PHONY: test need format lint unit faults docs pictures bench bench-server bench-screen bench-peers soak soak-cluster anchor

test: need format lint unit faults docs

# Installs package $(1) where that is allowed, for its program alone: its service starts neither now nor with the machine.
define install
{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && ( \
	policy=/usr/sbin/policy-rc.d; \
	[ -e $$policy ] || { trap "rm -f $$policy" EXIT; printf '#!/bin/sh\nexit 101\n' >$$policy && chmod 755 $$policy; }; \
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) ) \
	&& { ! command -v systemctl >/dev/null || systemctl --quiet disable $(1); }; }
endef

# A C compiler builds SQLite and what the tests of a failing disk load; Redis and nginx stand around several servers, each test with its
# own. All else comes with cargo.
need:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust by https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y gcc libc6-dev; } \
		|| { echo "a C compiler is missing: install gcc or clang with your system's package manager"; exit 1; }
	@command -v redis-server >/dev/null || $(call install,redis-server) \
		|| { echo "redis-server is missing: install Redis 7 or newer with your system's package manager"; exit 1; }
	@redis-server --version | grep -Eq 'v=([7-9]|[1-9][0-9])\.' || { echo "this redis-server is too old: install Redis 7 or newer"; exit 1; }
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || $(call install,nginx) \
		|| { echo "nginx is missing: install it with your system's package manager"; exit 1; }
	@$(CARGO) fmt --version >/dev/null 2>&1 && $(CARGO) clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked --workspace --features chat-server/faults --test faults -- -D warnings
	$(CARGO) check --locked --manifest-path fuzz/Cargo.toml --target-dir target

unit:
	$(CARGO) test --locked --workspace

# The whole workspace is named so that all dependencies are built once, with the same features as for the tests.
faults:
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked --workspace --features chat-server/faults --test faults
	$(CARGO) test --locked --workspace --features chat-server/faults --test faults -- --several --runs 6

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items

# The screen in many states and sizes, on dark and on light, in target/pictures; the two of the README are drawn anew.
pictures:
	CHAT_TUI_PICTURES=$(CURDIR)/target/pictures $(CARGO) test --locked -p chat-tui --test screen pictures
	@if command -v resvg >/dev/null; then cd target/pictures && for file in *.svg; do resvg $$file $${file%.svg}.png; done; fi

bench: bench-server bench-screen

# SCREEN='--quick --only chat-tui' chooses; docs/performance-client.md says more.
bench-screen:
	$(CARGO) bench --locked -p chat-tui --bench screen -- $(SCREEN)

# Hundreds of runs under faults; docs/faults.md has the table of one such run.
soak:
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked --workspace --features chat-server/faults --test faults -- --runs $(or $(RUNS),300) --report $(CURDIR)/target/faults.md

# The same for three servers on Redis, behind nginx.
soak-cluster:
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked --workspace --features chat-server/faults --test faults -- --several --no-mutants --runs $(or $(RUNS),100) --report $(CURDIR)/target/faults-cluster.md

# The same schedules against ours and other systems, as far as they can be had.
anchor:
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked --workspace --features chat-server/faults --test faults -- --anchor --runs $(or $(RUNS),60)

# LOAD='--quick --only saturated' chooses rows; docs/performance.md says more.
bench-server:
	$(CARGO) bench --locked -p chat-server --bench load -- $(LOAD)

# The servers and clients that the benchmarks compare with; nothing is installed into the repository. tiny has no package
# (cargo install --git https://github.com/osa1/tiny.git).
bench-peers:
	npm install --no-audit --no-fund --prefix target/load/peers ws@8.23.0 socket.io@4.8.4 @socket.io/redis-adapter@8.3.0 redis@5.12.1
	for program in ngircd nats-server weechat irssi; do command -v $$program >/dev/null || missing=1; done; [ -z "$$missing" ] \
		|| { [ "$$(id -u)" = 0 ] && apt-get install -qq -y --no-install-recommends nodejs ngircd nats-server weechat-curses irssi; }
