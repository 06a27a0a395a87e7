# Builds driver.c, the collectors under plain Python: make -f tests/embed/embed.mk
# OUT=build/embed CONFIG=python3-config [SAN=] [OPT=-O2] [MAIN=another.c]. What reads the
# memory of running threads does so on purpose, and is left out of the sanitizers.

include plugin/sources.mk
OUT ?= build/embed
CONFIG ?= python3-config
MAIN ?= tests/embed/driver.c
OPT ?= -O1 -fno-omit-frame-pointer
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
SAN ?= -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS := -Werror=implicit-function-declaration -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -iquote plugin $(OPT) -g \
    $(patsubst -I%,-isystem %,$(shell $(CONFIG) --includes))
CODE := $(call c_files,$(COLLECTING)) $(MAIN)
objects = $(patsubst %.c,$(OUT)/%.o,$(1))

$(OUT)/$(basename $(notdir $(MAIN))): $(call objects,$(CODE))
	@$(CC) $(SAN) -o $@ $^ $(shell $(CONFIG) --embed --ldflags || $(CONFIG) --ldflags) \
	    -Wl,-rpath,$(shell $(CONFIG) --prefix)/lib -lpcre2-8 -lcrypto -lpthread

$(call objects,$(RACING)): SAN :=

$(OUT)/%.o: %.c tests/embed/embed.mk plugin/sources.mk
	@mkdir -p $(dir $@)
	@$(CC) $(CFLAGS) $(SAN) -MMD -MP -MT $@ -c -o $@ $<

-include $(patsubst %.o,%.d,$(call objects,$(CODE)))
