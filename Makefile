# Everything a contributor types. `make` alone lists it. Needs make, Rust, Python 3.10 or newer with venv, and a
# C compiler; the rest goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHEELS := $(VENV)/wheels
# What is measured: the wheel that users get, and the engines that it is compared with.
BENCH := .venv-bench
PEERS := .venv-peers

# The built-in model's training: its libraries, checkpoints and the servers of its test. A training takes hours, so it
# outlives a checkout, and goes on where it stopped. NANO_PYTHON is another Python that has nano/requirements.txt.
NANO ?= $(HOME)/.cache/ferrule/nano
NANO_PYTHON ?= $(NANO)/venv/bin/python
NANO_MINUTES ?= 120
NANO_PROCESSES ?= 1

# Compiled dependencies outlive a checkout: they take minutes and hardly ever change. Without that folder
# (read-only home, other machine) everything works the same, only slower.
ifeq ($(origin CARGO_TARGET_DIR), undefined)
CARGO_TARGET_DIR := $(shell sh -c 'shared="$${FERRULE_TARGET:-$$HOME/.cache/ferrule/target}"; \
	if mkdir -p "$$shared" 2>/dev/null && [ -w "$$shared" ]; then echo "$$shared"; else echo "$(CURDIR)/target"; fi')
endif
export CARGO_TARGET_DIR

# PyO3 asks which Python it is built for; cargo would build it anew for each new answer. So there is one answer for
# every command (the abi3 one, which fits every Python), in a file whose path is the same for every checkout.
export PYO3_CONFIG_FILE := $(CARGO_TARGET_DIR)/pyo3/abi3.txt
export PYO3_BUILD_EXTENSION_MODULE := 1
# The release of a tool is not our news.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# The tests, the examples and the wheel that they use share one profile, and so one build.
MATURIN := $(BIN)/maturin
DEV := --profile dev --quiet

# What Debian leaves out of Python and of a small system.
debian = { echo "installing $(1)"; [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq $(1) >/dev/null; } \
	|| { echo "please install: $(1)"; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup own-build demo test test-rust test-python soak fuzz bench bench-peers bench-wheel nano nano-eval lint stubs docs stubs-check wheel \
	dev-wheel clean
# The steps share one cargo lock; and their output is meant to be read in order.
.NOTPARALLEL:

help: ## List what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready $(PYO3_CONFIG_FILE) own-build ## Make .venv with the tools that the rest needs

# Cargo tells by its time whether a file is newer than its build, and takes two checkouts that share a folder for
# one: sources older than the other checkout's build would count as built. So whoever comes after another is new.
own-build:
	@mkdir -p $(CARGO_TARGET_DIR)
	@if [ "$$(cat $(CARGO_TARGET_DIR)/checkout 2>/dev/null)" != "$(CURDIR)" ]; then \
		find src tests/it examples benches -name '*.rs' -exec touch {} +; \
		echo "$(CURDIR)" > $(CARGO_TARGET_DIR)/checkout; \
	fi

demo: dev-wheel ## See it work: the built-in model calls a function; a tiny one is made, inspected and asked
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python examples/demo.py

test: test-rust test-python ## Run all tests: Rust, then Python against the installed wheel, then the examples

test-rust: setup ## Run the Rust tests
	cargo test --workspace --locked

test-python: dev-wheel stubs-check ## Run the Python tests and examples against the installed wheel
	$(BIN)/python -m mypy.stubtest ferrule --allowlist tests/python/stubtest.txt --mypy-config-file pyproject.toml
	$(BIN)/python -m pytest

soak: dev-wheel ## Load one model from many threads and feed it damaged files, SECONDS each (default 60)
	$(BIN)/python tests/python/soak.py $(or $(SECONDS),60)
	FERRULE_FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --locked -p ferrule-model fuzz_tests
	FERRULE_FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --locked -p ferrule-parse tests::fuzz
	FERRULE_FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --locked -p ferrule-parse tests::linear

# A found case is written to fuzz/artifacts: make it a fixture. What is read on the way is kept in fuzz/corpus.
fuzz: ## Feed the parser what libFuzzer thinks of, SECONDS for each target (default 600; TARGETS="tags any")
	@rustup toolchain list 2>/dev/null | grep -q '^nightly' \
		|| { echo "this wants a nightly Rust, 1.95 or newer: rustup toolchain install nightly --profile minimal"; exit 1; }
	@cargo fuzz --version >/dev/null 2>&1 \
		|| { echo "this wants cargo-fuzz: cargo install --locked cargo-fuzz@0.13.2"; exit 1; }
	@set -e; for target in $(or $(TARGETS),$(notdir $(basename $(wildcard fuzz/targets/*.rs)))); do \
		echo "$$target: $(or $(SECONDS),600) seconds"; \
		mkdir -p fuzz/corpus/$$target; \
		cargo +nightly fuzz run --fuzz-dir fuzz --target-dir $(CARGO_TARGET_DIR)/fuzz $$target \
			fuzz/corpus/$$target $(wildcard tests/fixtures/parse/*/) \
			-- -dict=tests/fixtures/parse/marks.dict -max_len=4096 -timeout=10 -verbosity=0 -print_final_stats=1 \
			-max_total_time=$(or $(SECONDS),600); \
	done

# Cargo's in the profile of a release, too: the tests' one checks what a release does not, and that takes time.
bench: bench-wheel ## Run the benchmarks, beside the peers that are installed (ARGS="--help" lists the flags)
	@set -e; for bench in benches/*.rs; do \
		[ -e "$$bench" ] || { echo "there are no benchmarks yet"; exit 0; }; \
		cargo bench --locked --bench "$$(basename "$$bench" .rs)"; \
	done
	$(BENCH)/bin/python benches/run.py $(ARGS)
	$(BENCH)/bin/python benches/parse_peer.py

bench-wheel: setup
	@[ -x $(BENCH)/bin/pip ] || $(PYTHON) -m venv $(BENCH)
	@rm -rf $(BENCH)/new && mkdir -p $(BENCH)/new
	@echo "building the wheel of a release (the first time takes minutes)"
	@$(MATURIN) build --release --quiet --out $(BENCH)/new
	@if ! cmp -s $(BENCH)/new/*.whl $(BENCH)/installed; then \
		$(BENCH)/bin/pip install --quiet --no-deps --force-reinstall $(BENCH)/new/*.whl \
		&& mv $(BENCH)/new/*.whl $(BENCH)/installed; \
	fi

# llama.cpp is compiled here, for this machine's processor: its default, unless the build system asks for the same
# bytes everywhere.
bench-peers: ## Install the engines that the benchmarks compare with (compiles llama.cpp: minutes)
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call debian,python3-venv)
	@command -v c++ >/dev/null || $(call debian,g++)
	@[ -x $(PEERS)/bin/pip ] || $(PYTHON) -m venv $(PEERS)
	CMAKE_ARGS="-DGGML_NATIVE=ON" $(PEERS)/bin/pip install --quiet --requirement benches/peers.txt
	$(PEERS)/bin/pip install --quiet --no-deps --requirement benches/parse_peers.txt

# Each step does nothing when it is done: asked again, this goes on where it was stopped. For a training from nothing,
# remove $(NANO)/run.
nano: $(NANO_PYTHON) ## Train the built-in model, NANO_MINUTES minutes (default 120) and a third more, export and measure it
	@echo "training: $(NANO_MINUTES) minutes in all, then a third as many tokens with a falling rate: about" \
		"$$(( $(NANO_MINUTES) * 4 / 3 )) minutes on idle cores. $(NANO)/run/log.txt tells how far it is; Ctrl-C, and" \
		"the same command goes on from the last checkpoint."
	@began=$$(date +%s); set -e; export PYTHONPATH=nano OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false; \
	train="nice -n 19 $(NANO_PYTHON) -m ferrule_nano.train --out $(NANO)/run --processes $(NANO_PROCESSES) --minutes inf"; \
	$$train --budget $(NANO_MINUTES); \
	$$train --decay-share 0.33; \
	$(NANO_PYTHON) -m ferrule_nano.export --run $(NANO)/run --out nano/nano.gguf; \
	echo "that took $$(( ($$(date +%s) - began) / 60 )) minutes"
	@$(MAKE) nano-eval

nano-eval: dev-wheel $(NANO)/schemas/.ready ## Measure the built-in model: held-out worlds and words, and the blind requests
	@began=$$(date +%s); \
	PYTHONPATH=nano $(BIN)/python -m ferrule_nano.evaluate --schemas $(NANO)/schemas --json $(NANO)/figures.json $(ARGS) \
	&& echo "the figures are in $(NANO)/figures.json, too; that took $$(( ($$(date +%s) - began) / 60 )) minutes"

$(NANO)/venv/bin/python: nano/requirements.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call debian,python3-venv)
	@echo "making $(NANO)/venv with PyTorch and what else the training needs (once)"
	@$(PYTHON) -m venv --clear $(NANO)/venv
	@$(NANO)/venv/bin/pip install --quiet --requirement $< || { rm -rf $(NANO)/venv; exit 1; }
	@touch $@

# The three servers are installed and asked for their tools; nothing else of them runs.
$(NANO)/schemas/.ready: nano/blind/servers.toml nano/blind/fetch.py
	@command -v npm >/dev/null || { echo "please install: node and npm"; exit 1; }
	@$(PYTHON) nano/blind/fetch.py --out $(@D) --cache $(NANO)/servers
	@touch $@

lint: setup ## Check format, lints and types of Rust and Python
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

stubs: setup ## Write python/ferrule/_ferrule.pyi anew, after a change in src/python
	$(MATURIN) generate-stubs $(DEV) --out $(VENV)/stubs
	cp $(VENV)/stubs/ferrule/_ferrule.pyi python/ferrule/_ferrule.pyi

docs: dev-wheel ## Write docs/syntaxes.md anew, after a change in the rows of src/parse
	@mkdir -p docs
	$(BIN)/ferrule tools syntaxes --markdown > docs/syntaxes.md

stubs-check: setup
	@$(MATURIN) generate-stubs $(DEV) --out $(VENV)/stubs
	@diff -u python/ferrule/_ferrule.pyi $(VENV)/stubs/ferrule/_ferrule.pyi \
		|| { echo "the stubs are not those of src/python: run make stubs"; exit 1; }

wheel: setup ## Build the wheel that users get, into dist/
	$(MATURIN) build --release --out dist

# Installed again only when it changed: unpacking is slower than comparing.
dev-wheel: setup
	@rm -rf $(WHEELS)/new && mkdir -p $(WHEELS)
	@echo "building the wheel (the first time takes minutes; later ones reuse $(CARGO_TARGET_DIR))"
	@$(MATURIN) build $(DEV) --compression-level 1 --out $(WHEELS)/new
	@if cmp -s $(WHEELS)/new/*.whl $(WHEELS)/installed; then \
		echo "the installed wheel is current"; \
	else \
		$(BIN)/pip install --quiet --no-deps --force-reinstall $(WHEELS)/new/*.whl \
		&& mv $(WHEELS)/new/*.whl $(WHEELS)/installed; \
	fi

clean: ## Remove what make made in this folder; the shared folder of compiled dependencies stays
	rm -rf $(VENV) $(BENCH) $(PEERS) dist target

$(VENV)/.ready: tests/python/requirements.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call debian,python3-venv)
	@command -v cc >/dev/null || $(call debian,gcc libc6-dev)
	@echo "making $(VENV) with the tools of $<"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --requirement $<
	@touch $@

$(PYO3_CONFIG_FILE): src/python/abi3.txt
	@mkdir -p $(@D)
	@cmp -s $< $@ || cp $< $@
