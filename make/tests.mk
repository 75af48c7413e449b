# Unit programs, oracle drivers and fuzz replays: one program a file, each linked to libferry.a.
UNITS   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
ORACLES := $(patsubst tests/oracle/%.c,$(B)/oracle/%,$(wildcard tests/oracle/*.c))

$(B)/unit/%: tests/unit/%.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(B)/libferry.a -lcmocka $(LIBS)

$(B)/oracle/%: tests/oracle/%.c $(B)/libferry.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(B)/libferry.a $(LIBS)

-include $(UNITS:%=%.d) $(ORACLES:%=%.d)

.PHONY: units oracles
units: $(UNITS)
oracles: $(ORACLES)
