# `make help` lists the targets. All files are built in build/, except profiler_plugin.so.

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

# The makefiles of the tests cannot handle paths with blanks.
ifneq ($(and $(word 2,$(CURDIR)),$(filter test% check bench fuzz soak matrix,$(MAKECMDGOALS))),)
$(error $(CURDIR): this path has a blank: make, make demo and make serve work here; the \
    tests need a copy elsewhere)
endif

# The Python for the tools, the tests and uWSGI's builder: Debian's, if it exists. (A fresh
# Debian has no `python` command, and other Pythons lack Debian's packages.)
TOOLS := $(firstword $(wildcard /usr/bin/python3) python3)

# The server's absolute path, since it also runs in other directories. The first uwsgi in
# PATH may be a virtualenv's.
override UWSGI := $(shell case "$(UWSGI)" in \
    (/*) echo "$(UWSGI)" ;; \
    (*/*) echo "$$PWD/$(UWSGI)" ;; \
    (*) command -v "$(UWSGI)" || echo "$(UWSGI)" ;; \
    esac)
# Prints the directory of Python.h.
INCLUDE := $(if $(PYTHON),"$(PYTHON)" -c 'import sysconfig; print(sysconfig.get_path("include"))',\
    $(TOOLS) plugin/find_python.py "$(UWSGI)" include)

# Debian's server and its headers are only installed if the user names no other Python and
# has no other server.
ifeq ($(origin PYTHON)$(filter-out uwsgi /usr/bin/%,$(UWSGI)),file)
SERVER := server
endif

# make and make install install no packages: they list those that are missing. The other
# targets only list needs that no package provides, such as headers of a virtualenv's Python.
NEEDS := plugin/needs.sh "$(UWSGI)" "$(PYTHON)"
ifneq ($(filter-out all install $(SO),$(MAKECMDGOALS)),)
NEEDS := tests/deps.sh build $(SERVER) && $(NEEDS)
endif

PAGE := $(wildcard templates/*.html templates/*.css templates/*.js templates/*/*.js) plugin/page.py
SOURCES := $(wildcard $(patsubst %,plugin%/*.[ch],/* /*/* /*/*/*)) $(PAGE) uwsgiplugin.py
TARGET := build/target-$(subst /,_,$(SO))
WORK := build/plugin-$(subst /,_,$(SO))
DEV ?= build/dev$(if $(SANITIZE),-sanitized)
ROOT := ../..# from $(WORK) and $(DEV): uWSGI takes what follows a blank for the plugin's name
TESTED := PROFILER_UWSGI="$(UWSGI)" PROFILER_PLUGIN="$(if $(filter /%,$(SO)),,$(CURDIR)/)$(SO)"
NEED = @tests/deps.sh $(1)

# More processes than processors: tests mostly wait.
# Tests of leaks, stress and kills take as long as they are asked to.
LONG := PROFILER_STRESS_SECONDS=20 PROFILER_LEAK_REQUESTS=10000 PROFILER_KILLS=4 \
    PROFILER_FUZZ_RUNS=2000
SPREAD := -n auto --dist loadgroup
PYTEST = $(TESTED) $(TOOLS) -m pytest -q $(SPREAD)

.PHONY: all help deps deps-build dev demo serve test test-all test-page check bench fuzz soak install installable dist deb matrix format proto clean FORCE

all: deps-build $(SO)
	@$(if $(filter-out all,$(MAKECMDGOALS)),,$(TOOLS) plugin/show_ini.py "$(UWSGI)" "$(SO)")

help:
	@echo 'make          builds $(SO) for UWSGI=$(UWSGI) and PYTHON= (default: its own)'
	@echo 'make deps     installs the packages that all targets but make install need, with apt-get'
	@echo 'make dev      the same from objects, to build/dev: an edit rebuilds in two seconds;'
	@echo '              SANITIZE=address,undefined with sanitizers, to build/dev-sanitized'
	@echo 'make demo     starts a real uWSGI with a real Flask app and profiles requests'
	@echo 'make serve    the same server, kept running for a browser, on PORT= (8000)'
	@echo 'make test     every test of the default set; last line: N passed, N failed'
	@echo 'make test-all   all tests, also long ones; those of leaks, stress and kills run for longer'
	@echo 'make test-page  the tests of the page, under node and in a real browser'
	@echo 'make check    formatting, linters, warnings as errors, layers, sanitizers, gcc and clang'
	@echo 'make bench    the benchmark tables'
	@echo 'make fuzz     the fuzzers, each for SECONDS= (60)'
	@echo 'make soak     a real server under load, for SECONDS= (60): crashes, growth, errors'
	@echo 'make matrix   the tests over servers, Pythons, Debians, processors and compilers;'
	@echo '              ONLY="trixie pip-*" some of these cells'
	@echo 'make install  copies the plugin to the plugin directory of UWSGI=, below DESTDIR='
	@echo 'make dist     the source archive of the last commit, to build/'
	@echo 'make deb      the Debian package for the system'"'"'s uWSGI and Python, to build/deb/'
	@echo 'make format   clang-format, in place'
	@echo 'make proto    generates the code for plugin/report/export/pprof/profile.proto'
	@echo 'make clean    removes all built files'

deps:
	$(call NEED,build server demo test browser check fuzz bench deb)
	@tests/lint/install.sh

deps-build:
	@$(NEEDS)

# Records which server and which Python $(SO) is built for, and with which features.
$(TARGET): FORCE | deps-build
	@include=$$($(INCLUDE)) && features=$$($(TOOLS) plugin/libraries.py) && \
	FEATURES="$$features" plugin/target.sh $@ $(SO) "$(UWSGI)" "$$include" $(MAKECMDGOALS)

# make install first checks that it can install, before it builds.
ifneq ($(filter install,$(MAKECMDGOALS)),)
$(TARGET): | installable
endif

installable: deps-build
	@plugin/install_dir.sh "$(UWSGI)" "$(DESTDIR)" >/dev/null

# The server's own builder compiles, with the server's headers and flags. Its output is
# only shown when it fails.
$(SO): $(TARGET) $(SOURCES) | deps-build
	@mkdir -p $(WORK) $(dir $(SO)) && rm -f $(WORK)/profiler_plugin.so
	@echo "building $(SO) for $(UWSGI); this takes up to a minute"
	@cd $(WORK) && \
	if PYTHON=$(TOOLS) PROFILER_PYTHON_INCLUDE=$$(tail -n 1 $(ROOT)/$(TARGET)) \
	    "$(UWSGI)" --build-plugin $(ROOT) >log 2>&1 && test -f profiler_plugin.so; \
	then grep -e '^uwsgi-profiler: without' log || true; grep -A 5 'warning:' log || true; else cat log; exit 1; fi
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
	$(call NEED,test browser deb)
	@$(LONG) $(TESTED) $(TOOLS) tests/second_run.py $(SPREAD)

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
	@set -f; $(TOOLS) tests/matrix $(ONLY)

install: all
	@directory=$$(plugin/install_dir.sh "$(UWSGI)" "$(DESTDIR)") && \
	install -d "$$directory" && \
	install -m 644 $(SO) "$$directory/profiler_plugin.so" && \
	echo "installed $$directory/profiler_plugin.so"

dist:
	@packaging/dist.sh

deb:
	$(call NEED,build server deb)
	@packaging/deb.sh

format:
	$(call NEED,check)
	clang-format -i $(wildcard $(patsubst %,plugin%/*.[ch],/* /*/* /*/*/*) tests/*/*.[ch])

# The generated code is committed, so a build of the plugin does not need protoc-c.
proto:
	$(call NEED,proto)
	@protoc-c --proto_path=plugin/report/export/pprof --c_out=plugin/report/export/pprof \
	    profile.proto

clean:
	rm -rf build .uwsgi_plugins_builder compile_commands.json $(SO)

FORCE:
