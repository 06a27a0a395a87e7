# sources.mk -- which code of the plugin needs what; for makefiles that compile it.

# Folders that need neither Python nor the server, and those of what runs under plain Python.
PLAIN := base system profile choice options gate report store browse
COLLECTING := base system profile choice options python collect
c_files = $(shell find $(addprefix plugin/,$(1)) -name '*.c')

# The tests have all features that a build can leave out (libraries.py).
HAVE := -DPROFILER_HAVE_OPENSSL -DPROFILER_HAVE_PPROF

# Reads the memory of running threads on purpose: sanitizers are not for it.
RACING := plugin/python/frames.c plugin/python/asyncio.c
# A page is in it, or its hashes.
PAGED := plugin/report/page/html.c plugin/report/formats.c plugin/browse/page.c
TEMPLATES = $(wildcard $(addprefix $(1)templates/,* shelf/*))
# Written by a program, for which we do not answer.
GENERATED := plugin/report/export/pprof/profile.pb-c.c
