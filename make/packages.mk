# What a fresh Debian 12 lacks is installed once per build folder, with a line that says so.
PACKAGES := build-essential pkg-config flex bison libyaml-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev libcmocka-dev tzdata

$(B)/.packages: make/packages.mk
	@mkdir -p $(@D)
	@sh make/install.sh $(PACKAGES)
	@touch $@
