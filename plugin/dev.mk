# make dev: the plugin from objects, so that an edit costs one of them. Runs in build/dev.
# Flags, files and libraries are those of the server's own builder: builder_plan.py writes
# them down, again when what they come from has changed. WARN= are warnings for our own
# units; the server's header is then the system's, and compile_commands.json stays in here.
# CFLAGS= come behind all of the builder's.

ROOT := ../..
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
TOOLS := $(firstword $(wildcard /usr/bin/python3) python3)
BUILDER := .uwsgi_plugins_builder
HEADER := $(BUILDER)/uwsgi.h
SAN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
WARNINGS := $(if $(WARN),-isystem $(BUILDER) $(WARN))
objects = $(patsubst $(ROOT)/%.c,%.o,$(1))
include $(ROOT)/plugin/sources.mk

all: profiler_plugin.so $(if $(SAN),uwsgi)
	@echo 'built $(patsubst $(abspath $(ROOT))/%,%,$(CURDIR))/profiler_plugin.so; a test with it:'
	@echo '$(if $(SAN),PROFILER_UWSGI=$(CURDIR)/uwsgi )PROFILER_PLUGIN=$(CURDIR)/profiler_plugin.so' \
	    '$(TOOLS) -m pytest -q tests/server/test_flags.py'
	$(if $(SAN),@echo 'a server with it: $(CURDIR)/uwsgi --ini app.ini')

# A file that says what the others come from: written when that is not what it says.
KEY := $(strip $(UWSGI) $(shell stat -Lc %Y "$(UWSGI)") $(PYTHON) $(CC) \
    $(shell DEV_CC="$(CC)" $(TOOLS) $(ROOT)/plugin/libraries.py) \
    $(sort $(shell find $(ROOT)/plugin -name '*.c')))
ifneq ($(file <key),$(KEY))
$(file >key,$(KEY))
endif
COMPILER := $(strip $(CC) $(SAN) $(CFLAGS) $(WARNINGS))
ifneq ($(file <compiler),$(COMPILER))
$(file >compiler,$(COMPILER))
endif

# The builder writes the server's header anew: the same one stays as old as it was.
units.mk: key $(ROOT)/uwsgiplugin.py $(wildcard $(ROOT)/plugin/*.py) $(call TEMPLATES,$(ROOT)/)
	@cd $(ROOT) && $(NEEDS)
	@cp -p $(HEADER) header.old 2>/dev/null || true
	@include=$$(cd $(ROOT) && $(INCLUDE)) && PROFILER_PYTHON_INCLUDE="$$include" \
	    PYTHON=$(TOOLS) CC="$(TOOLS) $(ROOT)/plugin/builder_plan.py" DEV_CC="$(CC)" \
	    DEV_COMMANDS=$(if $(WARN),,$(ROOT)/)compile_commands.json \
	    "$(UWSGI)" --build-plugin $(ROOT) >log 2>&1 || { cat log; exit 1; }
	@grep -e '^uwsgi-profiler: without' log || true
	@! cmp -s header.old $(HEADER) || cp -p header.old $(HEADER)

include units.mk
OBJECTS := $(call objects,$(UNITS))

profiler_plugin.so: $(OBJECTS) link
	@$(CC) @compile $(SAN) -o $@ $(OBJECTS) @link

PAGED_OBJECTS := $(call objects,$(addprefix $(ROOT)/,$(PAGED)))
$(PAGED_OBJECTS): FLAGS := @page
$(PAGED_OBJECTS): page $(call TEMPLATES,$(ROOT)/)
$(call objects,$(addprefix $(ROOT)/,$(RACING))): SAN :=
$(call objects,$(addprefix $(ROOT)/,$(GENERATED))): WARNINGS := -w

$(OBJECTS): %.o: $(ROOT)/%.c compile compiler
	@echo $*.c
	@mkdir -p $(@D)
	@$(CC) @compile $(FLAGS) $(SAN) $(CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

# The server with the sanitizer's library, which comes before all others or not at all. Python
# frees little of what it has at its end, and the plugin has its own handler of SIGSEGV.
uwsgi: key compiler $(ROOT)/plugin/dev.mk
	@printf '%s\n' '#!/bin/sh' \
	    'export ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0:$$ASAN_OPTIONS' \
	    'export UBSAN_OPTIONS=print_stacktrace=1:$$UBSAN_OPTIONS' \
	    'exec env LD_PRELOAD=$(if $(findstring address,$(SAN)),$(shell $(CC) -print-file-name=libasan.so)) "$(UWSGI)" "$$@"' >$@
	@chmod 755 $@

-include $(OBJECTS:.o=.d)
