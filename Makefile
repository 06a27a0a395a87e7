# `make help` says what there is. Everything that is built goes to build/, but for
# profiler_plugin.so itself.

UWSGI ?= uwsgi
PYTHON ?=
SO ?= profiler_plugin.so
SANITIZE ?=
WARN ?=
DESTDIR ?=
SHELL := /bin/sh

ifneq ($(notdir $(SO)),profiler_plugin.so)
$(error SO=$(SO): uWSGI loads this plugin only from a file named profiler_plugin.so; \
    for example SO=build/profiler_plugin.so)
endif

# The tests are built by makes that part their paths at blanks.
ifneq ($(and $(word 2,$(CURDIR)),$(filter test% check bench fuzz soak matrix,$(MAKECMDGOALS))),)
$(error $(CURDIR): this path has a blank: make, make demo and make serve work here; the \
    tests need a copy elsewhere)
endif

# What runs the tools and tests, and uWSGI's builder: Debian's Python where there is one
# (a fresh Debian has no `python` command, and one from elsewhere lacks its packages).
TOOLS := $(firstword $(wildcard /usr/bin/python3) python3)

# The server, absolute: it is run from other directories, too. The first of the PATH may be
# that of a virtualenv.
override UWSGI := $(shell case "$(UWSGI)" in \
    (/*) echo "$(UWSGI)" ;; \
    (*/*) echo "$$PWD/$(UWSGI)" ;; \
    (*) command -v "$(UWSGI)" || echo "$(UWSGI)" ;; \
    esac)
# Prints the directory of Python.h.
INCLUDE := $(if $(PYTHON),"$(PYTHON)" -c 'import sysconfig; print(sysconfig.get_path("include"))',\
    $(TOOLS) plugin/find_python.py "$(UWSGI)" include)

# Debian's server, with its headers, is only installed for somebody who names no other
# Python, and has no other server.
ifeq ($(origin PYTHON)$(filter-out uwsgi /usr/bin/%,$(UWSGI)),file)
SERVER := server
endif

# make and make install install nothing: they say what is missing. The others say so of what
# is no package, such as the headers of a virtualenv's Python.
NEEDS := plugin/needs.sh "$(UWSGI)" "$(PYTHON)"
ifneq ($(filter-out all install $(SO),$(MAKECMDGOALS)),)
NEEDS := tests/deps.sh build $(SERVER) && $(NEEDS)
endif

PAGE := $(wildcard templates/*.html templates/*.css templates/*.js) plugin/page.py
SOURCES := $(wildcard $(patsubst %,plugin%/*.[ch],/* /*/* /*/*/*)) $(PAGE) uwsgiplugin.py
TARGET := build/target-$(subst /,_,$(SO))
WORK := build/plugin-$(subst /,_,$(SO))
DEV ?= build/dev$(if $(SANITIZE),-sanitized)
ROOT := ../..# from $(WORK) and $(DEV): uWSGI takes what follows a blank for the plugin's name
TESTED := PROFILER_UWSGI="$(UWSGI)" PROFILER_PLUGIN="$(if $(filter /%,$(SO)),,$(CURDIR)/)$(SO)"
NEED = @tests/deps.sh $(1)

# More processes than processors: tests mostly wait.
# Tests of leaks, stress and kills take as long as they are asked to.
LONG := PROFILER_STRESS_SECONDS=20 PROFILER_LEAK_REQUESTS=10000 PROFILER_KILLS=4
PYTEST = $(TESTED) $(TOOLS) -m pytest -q -n auto --dist loadgroup

.PHONY: all help deps deps-build dev demo serve test test-all test-page check bench fuzz soak install installable matrix format proto clean FORCE

all: deps-build $(SO)
	@$(if $(filter-out all,$(MAKECMDGOALS)),,$(TOOLS) plugin/show_ini.py "$(UWSGI)" "$(SO)")

help:
	@echo 'make          builds $(SO) for UWSGI=$(UWSGI) and PYTHON= (default: its own)'
	@echo 'make deps     installs what the others (but make install) need, with apt-get'
	@echo 'make dev      the same from objects, to build/dev: an edit rebuilds in two seconds;'
	@echo '              SANITIZE=address,undefined with sanitizers, to build/dev-sanitized'
	@echo 'make demo     starts a real uWSGI with a real Flask app and profiles requests'
	@echo 'make serve    the same server, kept running for a browser, on PORT= (8000)'
	@echo 'make test     every test of the default set; last line: N passed, N failed'
	@echo 'make test-all   these, the long ones too, and leaks, stress and kills for longer'
	@echo 'make test-page  of these, the page: under node and in a real browser'
	@echo 'make check    formatting, linters, warnings as errors, layers, sanitizers, gcc and clang'
	@echo 'make bench    the benchmark tables'
	@echo 'make fuzz     the fuzzers, each for SECONDS= (60)'
	@echo 'make soak     a real server under load, for SECONDS= (60): crashes, growth, errors'
	@echo 'make matrix   the real-server tests over the Pythons of this machine'
	@echo 'make install  into the plugin directory of UWSGI=, below DESTDIR='
	@echo 'make format   clang-format, in place'
	@echo 'make proto    writes the code for plugin/report/export/pprof/profile.proto anew'
	@echo 'make clean    removes what was built'

deps:
	$(call NEED,build server demo test browser check fuzz bench)
	@tests/lint/install.sh

deps-build:
	@$(NEEDS)

# Which server and which Python $(SO) is for.
$(TARGET): FORCE | deps-build
	@include=$$($(INCLUDE)) && plugin/target.sh $@ $(SO) "$(UWSGI)" "$$include" $(MAKECMDGOALS)

# Nothing is built that cannot be installed then.
ifneq ($(filter install,$(MAKECMDGOALS)),)
$(TARGET): | installable
endif

installable: deps-build
	@plugin/install_dir.sh "$(UWSGI)" "$(DESTDIR)" >/dev/null

# The server's own builder compiles, with the server's own headers and flags. What it says
# is only of interest when it fails.
$(SO): $(TARGET) $(SOURCES) | deps-build
	@mkdir -p $(WORK) $(dir $(SO)) && rm -f $(WORK)/profiler_plugin.so
	@echo "building $(SO) for $(UWSGI); this takes up to a minute"
	@cd $(WORK) && \
	if PYTHON=$(TOOLS) PROFILER_PYTHON_INCLUDE=$$(tail -n 1 $(ROOT)/$(TARGET)) \
	    "$(UWSGI)" --build-plugin $(ROOT) >log 2>&1 && test -f profiler_plugin.so; \
	then grep -A 5 'warning:' log || true; else cat log; exit 1; fi
	@mv $(WORK)/profiler_plugin.so $(SO)

# From objects: an edit costs one of them. What is shipped comes from the builder above.
dev: export INCLUDE := $(INCLUDE)
dev: export NEEDS := $(NEEDS)
dev:
	@mkdir -p $(DEV)
	@$(MAKE) $(if $(findstring -j,$(MAKEFLAGS)),,-j$$(nproc)) --no-print-directory -C $(DEV) \
	    -f $(ROOT)/plugin/dev.mk UWSGI="$(UWSGI)" PYTHON="$(PYTHON)" SANITIZE="$(SANITIZE)" WARN="$(WARN)"

demo serve: all
	$(call NEED,demo)
	@$(TESTED) $(TOOLS) tests/demo/run.py $@

test: all
	$(call NEED,test browser)
	@$(PYTEST) -m 'not slow'

test-all: all
	$(call NEED,test browser)
	@$(LONG) $(PYTEST)

test-page: all
	$(call NEED,test browser)
	@$(PYTEST) tests/page tests/browser

# A linter that could not be installed fails its own step only.
check: all
	$(call NEED,check)
	@tests/lint/install.sh || :
	@$(TESTED) tests/check.sh

bench: all
	$(call NEED,bench)
	@$(TESTED) $(TOOLS) tests/bench/bench.py

fuzz: deps-build
	$(call NEED,fuzz)
	@$(TOOLS) tests/fuzz/fuzz.py

soak: all
	$(call NEED,test)
	@$(TESTED) $(TOOLS) tests/soak/soak.py

matrix: deps-build
	$(call NEED,test)
	@$(TOOLS) tests/matrix.py

install: all
	@directory=$$(plugin/install_dir.sh "$(UWSGI)" "$(DESTDIR)") && \
	install -d "$$directory" && \
	install -m 644 $(SO) "$$directory/profiler_plugin.so" && \
	echo "installed $$directory/profiler_plugin.so"

format:
	$(call NEED,check)
	clang-format -i $(wildcard plugin/*/*.[ch] tests/*/*.[ch])

# The result is committed: who builds the plugin needs no compiler of protobuf's.
proto:
	$(call NEED,proto)
	@protoc-c --proto_path=plugin/report/pprof --c_out=plugin/report/pprof profile.proto

clean:
	rm -rf build .uwsgi_plugins_builder compile_commands.json $(SO)

FORCE:
