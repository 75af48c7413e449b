# `make demo`: a migration that completes and one that goes back by itself, both live, on copies of the examples below $(B)/demo.
.PHONY: demo
demo: $(B)/ferry $(B)/.packages-demo
	@sh examples/demo.sh $(abspath $(B)/ferry) $(B)/demo

$(B)/.packages-demo: make/demo.mk
	@sh make/install.sh python3
	@touch $@
