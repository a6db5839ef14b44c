# `make test` passes all tests on a fresh machine: it installs what is missing where it may, and otherwise names it.

CARGO ?= cargo

.PHONY: test need format lint unit docs bench bench-server bench-peers

test: need format lint unit docs

# A C compiler builds SQLite; all else comes with cargo.
need:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust by https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y gcc libc6-dev; } \
		|| { echo "a C compiler is missing: install gcc or clang with your system's package manager"; exit 1; }
	@$(CARGO) fmt --version >/dev/null 2>&1 && $(CARGO) clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

unit:
	$(CARGO) test --locked --workspace

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items

bench: bench-server
	$(CARGO) bench --locked -p chat-tui --bench screen

# LOAD='--quick --only saturated' chooses rows; docs/performance.md says more.
bench-server:
	$(CARGO) bench --locked -p chat-server --bench load -- $(LOAD)

# The servers that `bench-server` compares with, in the versions that it knows; nothing is installed into the repository.
bench-peers:
	npm install --no-audit --no-fund --prefix target/load/peers ws@8.23.0 socket.io@4.8.4
	command -v ngircd nats-server >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -qq -y --no-install-recommends nodejs ngircd nats-server; }
