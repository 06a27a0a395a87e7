# Builds the fuzzers: make -f tests/fuzz/fuzz.mk OUT=build/fuzz [CLANG=clang] [WARN=...]
# Every fuzz_*.c becomes one binary, for which this makefile knows nothing else; the code
# under test is compiled once, into a library, with the fuzzer's counters in it.

include plugin/sources.mk
OUT ?= build/fuzz
override OUT := $(abspath $(OUT))
CLANG ?= clang
CONFIG ?= $(firstword $(wildcard /usr/bin/python3-config) python3-config)
WARN ?= -Wall -Wextra -Werror=implicit-function-declaration -Werror=incompatible-pointer-types
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(HAVE) -iquote plugin -O1 -g -fno-omit-frame-pointer $(SAN) $(WARN) \
	-fsanitize=fuzzer-no-link $(shell /usr/bin/env python3 plugin/page.py $(OUT))
LIBS := -lpcre2-8 -lprotobuf-c -lz -lcrypto -lm -lpthread

FUZZERS := $(wildcard tests/fuzz/fuzz_*.c)
CODE := $(call c_files,$(PLAIN)) plugin/uwsgi/deliver/logparts.c \
	$(filter-out $(FUZZERS),$(wildcard tests/fuzz/*.c))
objects = $(patsubst %.c,$(OUT)/%.o,$(1))

all: $(patsubst tests/fuzz/%.c,$(OUT)/%,$(FUZZERS))

$(patsubst tests/fuzz/%.c,$(OUT)/%,$(FUZZERS)): $(OUT)/%: $(OUT)/tests/fuzz/%.o $(OUT)/libcode.a
	@$(CLANG) $(SAN) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# This one asks Python.
$(OUT)/fuzz_prof: LIBS += $(shell $(CONFIG) --embed --ldflags)
$(OUT)/tests/fuzz/fuzz_prof.o: CFLAGS += $(patsubst -I%,-isystem %,$(shell $(CONFIG) --includes))

$(OUT)/libcode.a: $(call objects,$(CODE))
	@rm -f $@ && ar rcs $@ $^

$(call objects,$(PAGED)): $(call TEMPLATES)

$(OUT)/%.o: %.c tests/fuzz/fuzz.mk plugin/sources.mk
	@mkdir -p $(dir $@)
	@$(CLANG) $(CFLAGS) -MMD -MP -MT $@ -c -o $@ $<

.PRECIOUS: $(OUT)/%.o
-include $(patsubst %.o,%.d,$(call objects,$(CODE) $(FUZZERS)))
