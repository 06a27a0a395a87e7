# Builds page.c and shelf.c: make -f tests/bench/plain.mk OUT=build/bench page shelf

include plugin/sources.mk
CODE := $(call c_files,$(PLAIN))

page shelf: %: $(OUT)/%

$(OUT)/%: tests/bench/%.c $(CODE) $(wildcard plugin/*/*.h plugin/*/*/*.h templates/*) $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	@gcc -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(HAVE) -iquote plugin -O2 -w $(shell /usr/bin/env python3 plugin/page.py $(OUT)) \
	    -o $@ $< $(CODE) -lpcre2-8 -lcrypto -lprotobuf-c -lz -lm
