# `make bench`: figures beside a peer in the same run; bench/README.md says what they mean. Never part of a test.
.PHONY: bench
bench: $(B)/ferry $(B)/bench/commits $(B)/bench/stages $(B)/bench/x12 $(B)/bench/edifact $(B)/bench/csv
	@sh make/install.sh python3 lua5.4 mawk
	@python3 -B bench/run.py $(B)/ferry $(B)/bench --json $(B)/bench/figures.json $(BENCH)

$(B)/bench/%: bench/%.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< $(B)/libferry.a $(LIBS)
