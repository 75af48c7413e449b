# flex and bison write into $(B)/gen; nothing generated is kept in the repository.
$(B)/gen/grammar/parser.c $(B)/gen/grammar/parser.h &: grammar/ferry.y $(B)/.packages
	@mkdir -p $(B)/gen/grammar
	bison -Wall -Wcounterexamples -Werror --header=$(B)/gen/grammar/parser.h -o $(B)/gen/grammar/parser.c $<

# The same without lookahead correction, see ferry.y.
$(B)/gen/grammar/plain.c: grammar/ferry.y $(B)/.packages
	@mkdir -p $(B)/gen/grammar
	bison -Wall -Werror -Fparse.lac=none -Fapi.prefix={ferry_plain_} --header=$(B)/gen/grammar/plain.h -o $@ $<

$(B)/gen/grammar/scanner.c $(B)/gen/grammar/scanner.h &: grammar/ferry.l $(B)/.packages
	@mkdir -p $(B)/gen/grammar
	flex --header-file=$(B)/gen/grammar/scanner.h -o $(B)/gen/grammar/scanner.c $<

ifneq ($(wildcard grammar/ferry.y),)
$(LIBOBJ): | $(B)/gen/grammar/parser.h $(B)/gen/grammar/scanner.h
endif
