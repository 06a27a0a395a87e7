#!/bin/sh
# make check: formatting, warnings as errors with gcc and clang, layers, and the unit
# tests under clang's sanitizers (make test runs them under gcc's).
set -eu
cd "$(dirname "$0")/.."

warnings="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wwrite-strings -Wformat=2 -Wvla -Wundef -Werror"
python=$(ls /usr/bin/python3 2>/dev/null || command -v python3)
failed=0

step() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        echo "$output"
        failed=$((failed + 1))
    fi
}

formatting() {
    find plugin tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
}

unit_build() {
    make -s -k -j"$(nproc)" -f tests/unit/unit.mk "OUT=build/check-$1" "CC=$1" \
        "WARN=$(echo $warnings)"
}

fuzzers_build() {
    make -s -k -j"$(nproc)" -f tests/fuzz/fuzz.mk OUT=build/check-fuzz \
        "WARN=$(echo $warnings)"
}

unit_run() {
    CC=$1 UNIT_OUT=build/check-$1 $python -m pytest -q -n auto --dist loadgroup tests/unit
}

# Scripts are at least whole: of shells, Python, and, where there is a node, the page.
scripts() {
    for script in tests/*.sh .ci/run; do
        bash -n "$script"
    done
    find tests plugin uwsgiplugin.py -name '*.py' -exec "$python" -c '
import ast, sys
for path in sys.argv[1:]:
    ast.parse(open(path).read(), path)' {} +
    command -v node >/dev/null || return 0
    for script in templates/*.js; do
        node --check "$script" || return 1
    done
}

step 'clang-format' formatting
step 'scripts' scripts
step 'warnings, gcc' unit_build gcc
step 'warnings, clang' unit_build clang
step 'warnings, fuzzers' fuzzers_build
step 'unit tests, gcc' unit_run gcc
step 'unit tests, clang' unit_run clang
step 'layers and symbols' "$python" tests/layers.py "${PROFILER_PLUGIN:-profiler_plugin.so}"

[ "$failed" = 0 ] && echo 'check: all is well' || echo "check: $failed steps failed"
exit $((failed > 0))
