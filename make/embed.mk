# The playbooks of the standard library become part of the binary: one C array a file, made by od and sed so that no tool of ours has to be built first.
PLAYBOOKS := $(sort $(wildcard stdlib/playbooks/*.ferry))

$(B)/gen/stdlib/playbooks.c: $(PLAYBOOKS) make/embed.sh
	@mkdir -p $(@D)
	sh make/embed.sh $(PLAYBOOKS) >$@.part && mv $@.part $@

# What `ferry new` writes.
TEMPLATES := $(sort $(shell find cli/template -type f))

$(B)/gen/cli/template.c: $(TEMPLATES) make/embed_tree.sh
	@mkdir -p $(@D)
	sh make/embed_tree.sh template_files cli/template >$@.part && mv $@.part $@

# The record layouts that come with it.
LAYOUTS := $(sort $(wildcard stdlib/layouts/*.yaml))

$(B)/gen/stdlib/layouts.c: $(LAYOUTS) make/embed_tree.sh
	@mkdir -p $(@D)
	sh make/embed_tree.sh layout_files stdlib/layouts >$@.part && mv $@.part $@
