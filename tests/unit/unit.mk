# Builds the unit tests: make -f tests/unit/unit.mk OUT=build/unit CC=gcc [WARN=...]
# Every test_*.c and *_driver.c becomes one binary; all code that needs neither Python nor
# the server is compiled once, into a library. support.c is in all of them.

include plugin/sources.mk
OUT ?= build/unit
override OUT := $(abspath $(OUT))
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNIT_OPTIMIZE ?= -O1
WARN ?= -Wno-unknown-warning-option -Wall -Wextra -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=discarded-qualifiers
# As uwsgiplugin.py and the server's own flags.
SSE := $(if $(filter i386-% i486-% i586-% i686-%,$(shell $(CC) -dumpmachine)),-msse2 -mfpmath=sse)
CFLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(SSE) $(HAVE) -iquote plugin $(UNIT_OPTIMIZE) -g -fno-omit-frame-pointer $(SAN) $(WARN)
LDFLAGS := $(SAN) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
LIBS := -lcmocka -lpcre2-8 -lcrypto -lprotobuf-c -lz -lm -lpthread

PAGE := $(shell /usr/bin/env python3 plugin/page.py $(OUT))
CFLAGS += $(PAGE)

CODE := $(call c_files,$(PLAIN)) \
	plugin/python/guard.c plugin/uwsgi/server/shared.c $(addprefix plugin/uwsgi/deliver/,queue.c delivery.c logparts.c)
SHARED := $(filter-out tests/unit/test_% %_driver.c %/support.c,$(wildcard tests/unit/*.c))
TESTS := $(wildcard tests/unit/test_*.c tests/unit/*_driver.c)
objects = $(patsubst %.c,$(OUT)/%.o,$(1))

all: $(patsubst tests/unit/%.c,$(OUT)/%,$(TESTS))

$(patsubst tests/unit/%.c,$(OUT)/%,$(TESTS)): $(OUT)/%: $(OUT)/tests/unit/%.o \
		$(OUT)/tests/unit/support.o $(OUT)/libcode.a
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/libcode.a: $(call objects,$(CODE) $(SHARED))
	@rm -f $@ && ar rcs $@ $^

$(call objects,$(PAGED)): $(call TEMPLATES)

$(OUT)/%.o: %.c tests/unit/unit.mk plugin/sources.mk
	@mkdir -p $(dir $@)
	@$(CC) $(CFLAGS) -MMD -MP -MT $@ -c -o $@ $<

.PRECIOUS: $(OUT)/%.o
-include $(patsubst %.o,%.d,$(call objects,$(CODE) $(SHARED) $(TESTS) tests/unit/support.c))
