# `make help` says what there is. Everything that is built goes to build/, but for
# profiler_plugin.so itself.

UWSGI ?= uwsgi
PYTHON ?=
SO ?= profiler_plugin.so
DESTDIR ?=
SHELL := /bin/sh

# What runs the tools and tests, and uWSGI's builder: Debian's Python where there is one
# (a fresh Debian has no `python` command, and one from elsewhere lacks its packages).
TOOLS := $(firstword $(wildcard /usr/bin/python3) python3)
FIND := $(TOOLS) plugin/find_python.py $(UWSGI)

# Debian's server is only installed for somebody who names no other.
ifeq ($(origin UWSGI)$(origin PYTHON),filefile)
SERVER := server
endif

PAGE := $(wildcard templates/*.html templates/*.css templates/*.js) plugin/page.py
SOURCES := $(wildcard plugin/*/*.[ch] plugin/report/pprof/*.[ch]) $(PAGE) uwsgiplugin.py
TARGET := build/target-$(subst /,_,$(SO))
WORK := build/plugin-$(subst /,_,$(SO))
TESTED := PROFILER_UWSGI="$(UWSGI)" PROFILER_PLUGIN="$(abspath $(SO))"
NEED = @tests/deps.sh $(1)

# More processes than processors: tests mostly wait.
# Tests of leaks, stress and kills take as long as they are asked to.
LONG := PROFILER_STRESS_SECONDS=20 PROFILER_LEAK_REQUESTS=10000 PROFILER_KILLS=4
PYTEST = $(TESTED) $(TOOLS) -m pytest -q -n auto --dist loadgroup

.PHONY: all help deps deps-build demo serve test test-all test-page check bench fuzz soak install matrix format proto clean FORCE

all: deps-build $(SO)

help:
	@echo 'make          builds $(SO) for UWSGI=$(UWSGI) and PYTHON= (default: its own)'
	@echo 'make deps     installs what the others need (they call it), with apt-get'
	@echo 'make demo     starts a real uWSGI with a real Flask app and profiles requests'
	@echo 'make serve    the same server, kept running for a browser'
	@echo 'make test     every test of the default set; last line: N passed, N failed'
	@echo 'make test-all   these, the long ones too, and leaks, stress and kills for longer'
	@echo 'make test-page  of these, the page: under node and in a real browser'
	@echo 'make check    formatting, warnings as errors, layers, sanitizers, gcc and clang'
	@echo 'make bench    the benchmark tables'
	@echo 'make fuzz     the fuzzers, each for SECONDS= (60)'
	@echo 'make soak     a real server under load, for SECONDS= (60): crashes, growth, errors'
	@echo 'make matrix   the real-server tests over the Pythons of this machine'
	@echo 'make install  into the plugin directory of UWSGI=, below DESTDIR='
	@echo 'make format   clang-format, in place'
	@echo 'make proto    writes the code for plugin/report/pprof/profile.proto anew'
	@echo 'make clean    removes what was built'

deps:
	$(call NEED,build server demo test browser check fuzz bench)

deps-build:
	$(call NEED,build $(SERVER))

# Which server and which Python $(SO) is for: written anew only when that changes.
$(TARGET): FORCE
	@mkdir -p build
	@if [ -n "$(PYTHON)" ]; then \
	    include=$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))'); \
	else \
	    include=$$($(FIND) include); \
	fi && cflags=$$($(UWSGI) --cflags) && \
	printf '%s\n' "$(UWSGI)" "$$cflags" "$$include" > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# The server's own builder compiles, with the server's own headers and flags.
$(SO): $(TARGET) $(SOURCES) | deps-build
	@mkdir -p $(WORK) $(dir $(SO))
	@rm -f $(WORK)/profiler_plugin.so
	@cd $(WORK) && \
	PYTHON=$(TOOLS) PROFILER_PYTHON_INCLUDE=$$(tail -n 1 $(abspath $(TARGET))) \
	    $(UWSGI) --build-plugin $(CURDIR) && test -f profiler_plugin.so
	@mv $(WORK)/profiler_plugin.so $(SO)
	@echo "$(SO) is for $(UWSGI) with the Python of $$(tail -n 1 $(TARGET))"

$(TARGET): | deps-build

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

check: all
	$(call NEED,check)
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
	@directory=$$($(UWSGI) --cflags | sed -n 's/.*-DUWSGI_PLUGIN_DIR="\\"\([^"\\]*\)\\"".*/\1/p'); \
	case $$directory in \
	/*) ;; \
	*) echo 'this server has no plugin directory: copy $(SO) where you like, and' \
	        'load it by its absolute path: need-plugin = /path/to/$(notdir $(SO))'; exit 1 ;; \
	esac; \
	install -d "$(DESTDIR)$$directory" && \
	install -m 644 $(SO) "$(DESTDIR)$$directory/profiler_plugin.so" && \
	echo "installed $(DESTDIR)$$directory/profiler_plugin.so"

format:
	$(call NEED,check)
	clang-format -i $(wildcard plugin/*/*.[ch] tests/*/*.[ch])

# The result is committed: who builds the plugin needs no compiler of protobuf's.
proto:
	$(call NEED,proto)
	@protoc-c --proto_path=plugin/report/pprof --c_out=plugin/report/pprof profile.proto

clean:
	rm -rf build .uwsgi_plugins_builder $(SO)

FORCE:
