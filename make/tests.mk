# make test runs tests/run over everything; make test-fast with gcc only. tests/README.md says how to add a case.
TEST_PACKAGES := python3 clang libclang-rt-14-dev libcmocka-dev tzdata git strace procps openssl libxml2
.PHONY: test test-fast test-packages bless
test test-fast: test-packages
	@tests/run $(if $(filter test-fast,$@),--fast)

test-packages: $(B)/.packages
	@sh make/install.sh $(TEST_PACKAGES)

bless: $(B)/ferry
	@sh make/install.sh python3
	@python3 -B tests/golden.py --ferry $(B)/ferry --bless $(CASES)

# The parts of SPEC.md that are made from lists and grammar.
.PHONY: reference
reference:
	@sh make/install.sh python3
	@PYTHONPATH=tests python3 -B tests/reference.py

# Unit programs, oracle drivers, fuzz targets: one program a file, each linked to libferry.a.
UNITS   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
ORACLES := $(patsubst tests/oracle/%.c,$(B)/oracle/%,$(wildcard tests/oracle/*.c))
FUZZED  := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS := $(FUZZED:%=$(B)/replay/%)

$(B)/unit/%: tests/unit/%.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(B)/libferry.a -lcmocka $(LIBS)

$(B)/oracle/%: tests/oracle/%.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(B)/libferry.a $(LIBS)

# The fuzz target with a main of our own, for any compiler: it is fed the files of its corpus.
$(B)/replay/%: tests/fuzz/%.c tests/fuzz/replay.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $(filter %.c,$^) $(B)/libferry.a $(LIBS)

# make fuzz-json SECONDS=60: searches for new inputs with libFuzzer, in its own build folder.
.PHONY: $(FUZZED:%=fuzz-%)
$(FUZZED:%=fuzz-%): fuzz-%:
	@sh make/install.sh $(TEST_PACKAGES)
	$(MAKE) CC=clang B=build/fuzz SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" build/fuzz/libferry.a
	clang $(CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o build/fuzz/$* tests/fuzz/$*.c build/fuzz/libferry.a $(LIBS)
	@mkdir -p build/fuzz/found/$*
	@python3 -B tests/fuzz/seeds.py $* build/fuzz/seeds/$*
	build/fuzz/$* -max_total_time=$(or $(SECONDS),30) -max_len=16384 -artifact_prefix=build/fuzz/ build/fuzz/found/$* tests/fuzz/corpus/$* build/fuzz/seeds/$*

-include $(UNITS:%=%.d) $(ORACLES:%=%.d)

.PHONY: units oracles replays
units: $(UNITS)
oracles: $(ORACLES)
replays: $(REPLAYS)

# make kill: the whole kill loop (`make test` does a sample of it); make kill SCENARIO=live for one.
.PHONY: kill
kill: $(B)/ferry test-packages
	@PYTHONPATH=tests python3 -B tests/check/kill.py $(B)/ferry --all $(if $(SCENARIO),"$(SCENARIO)")

# make corpus-cuts: every file of the sample data, cut at every hundredth and spoiled (`make test` does a share of it).
.PHONY: corpus-cuts
corpus-cuts: test-packages
	@tests/run "build san"
	@CORPUS=$${CORPUS:-../shared/data} PYTHONPATH=tests python3 -B tests/oracle/ask_spoiled.py build/san/oracle/spoiled --all
