# `make test` passes all tests on a fresh machine: it installs what is missing where it may, and otherwise names it.

CARGO ?= cargo

.PHONY: test need format lint unit faults docs pictures bench bench-server bench-screen bench-peers soak anchor

test: need format lint unit faults docs

# A C compiler builds SQLite and what the tests of a failing disk load; all else comes with cargo.
need:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust by https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y gcc libc6-dev; } \
		|| { echo "a C compiler is missing: install gcc or clang with your system's package manager"; exit 1; }
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
	npm install --no-audit --no-fund --prefix target/load/peers ws@8.23.0 socket.io@4.8.4
	for program in ngircd nats-server weechat irssi; do command -v $$program >/dev/null || missing=1; done; [ -z "$$missing" ] \
		|| { [ "$$(id -u)" = 0 ] && apt-get install -qq -y --no-install-recommends nodejs ngircd nats-server weechat-curses irssi; }
