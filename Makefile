# At most 15 targets, one line each. Needs Python 3.11–3.13, make and git; everything else comes from packages.
UV := .tools/bin/uv
RUN := $(UV) run --locked
.PHONY: setup web check fix test demo serve bench faults attacks fuzz mutants schema voices clean
.tools/bin/uv: ; python3 -m venv .tools && .tools/bin/pip install -q uv==0.13.9
setup: .tools/bin/uv ; $(UV) sync --locked -q
web: setup ; $(RUN) python -m hotline.front_end
check: setup ; $(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy && $(RUN) lint-imports && $(RUN) python -m hotline.front_end --check
fix: setup ; $(RUN) ruff check --fix . && $(RUN) ruff format .
test: web ; $(RUN) python -m tests.run $(ARGS)
demo: web ; $(RUN) hotline demo $(ARGS)
serve: web ; $(RUN) hotline serve $(ARGS)
bench: setup ; $(RUN) python -m tests.bench $(ARGS)
faults: web ; $(RUN) python -m tests.faults $(ARGS)
attacks: web ; $(RUN) python -m tests.attacks $(ARGS)
fuzz: setup ; $(RUN) python -m tests.fuzz.run $(ARGS)
mutants: setup ; $(RUN) python -m tests.mutants $(ARGS)
schema: setup ; $(RUN) python -m hotline.front_end --schema
voices: setup ; $(RUN) --group voices hotline voices render $(ARGS)
clean: ; rm -rf .venv .tools .cache hotline/static web/node_modules
