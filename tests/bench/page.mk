# Builds page.c: make -f tests/bench/page.mk OUT=build/bench-page

include plugin/sources.mk
CODE := tests/bench/page.c $(call c_files,$(PLAIN))

$(OUT)/page: $(CODE) $(wildcard plugin/*/*.h plugin/*/*/*.h) $(call TEMPLATES) $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	@gcc -std=gnu11 -D_GNU_SOURCE -iquote plugin -O2 -w $(shell /usr/bin/env python3 plugin/page.py $(OUT)) \
	    -o $@ $(CODE) -lpcre2-8 -lcrypto -lprotobuf-c -lz -lm
