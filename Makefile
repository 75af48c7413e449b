# Ferry. `make` builds build/ferry, `make demo` runs the main job, `make test` runs every test; each installs what it needs first.
#
#   make            build/ferry and build/libferry.a
#   make demo       a migration that completes, and one that goes back by itself
#   make test       everything: units, golden cases, examples, kill loop, fuzz corpora; with gcc, clang and the sanitizers
#   make reference  rewrites the parts of SPEC.md that are made from lists and grammar
#   make bless      rewrites the expected parts of the golden cases, for review in the diff
#   make bench      ratios against named peers
#   CC=clang make B=build/clang    another compiler into another folder
B      ?= build
CC     := $(if $(filter default,$(origin CC)),gcc,$(CC))
OPT    ?= -O2 -g
WARN   := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
          -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Wcast-qual -Wno-unused-parameter
CFLAGS := -std=gnu17 $(OPT) $(WARN) -D_GNU_SOURCE -fno-strict-aliasing -I. -I$(B)/gen $(SAN)
MAKEFLAGS += --no-builtin-rules

FOLDERS := base bytecode grammar compiler vm stdlib cli
LIBSRC  := $(foreach d,$(filter-out cli,$(FOLDERS)),$(wildcard $d/*.c $d/*/*.c))
CLISRC  := $(wildcard cli/*.c)
GENSRC  := $(if $(wildcard grammar/ferry.y),$(B)/gen/grammar/parser.c $(B)/gen/grammar/plain.c) $(if $(wildcard grammar/ferry.l),$(B)/gen/grammar/scanner.c)
GENSRC  += $(B)/gen/stdlib/playbooks.c $(B)/gen/stdlib/layouts.c
LIBOBJ  := $(LIBSRC:%.c=$(B)/o/%.o) $(GENSRC:$(B)/gen/%.c=$(B)/o/gen/%.o)
CLIOBJ  := $(CLISRC:%.c=$(B)/o/%.o) $(B)/o/gen/cli/template.o
# Linked statically where the archive exists: a dynamic libcrypto costs more start-up than all of `check`.
LIBS    := -l:libsqlite3.a -l:libyaml.a -l:libcrypto.a -Wl,--as-needed -lm -ldl -lpthread
# What starts at each call: fewer bytes of relocations, and see cli/late.c.
START   := -Wl,-z,pack-relative-relocs -Wl,--wrap=OPENSSL_cpuid_setup,-u,OPENSSL_cpuid_setup

.PHONY: all
all: $(B)/ferry

$(B)/o/%.o: %.c $(B)/.packages
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/o/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-unused-function -Wno-cast-qual -Wno-shadow -MMD -MP -c $< -o $@

$(B)/libferry.a: $(LIBOBJ)
	@rm -f $@
	ar rcs $@ $^

# The archive is linked whole, so that a name that exists twice is an error and not a matter of chance.
$(B)/ferry: $(CLIOBJ) $(B)/libferry.a
	$(CC) $(CFLAGS) -o $@ $(CLIOBJ) -Wl,--whole-archive $(B)/libferry.a -Wl,--no-whole-archive $(START) $(LIBS)

include $(wildcard make/*.mk)
-include $(LIBOBJ:.o=.d) $(CLIOBJ:.o=.d)

.PHONY: clean
clean:
	rm -rf $(B)
