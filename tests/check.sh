#!/bin/sh
# make check: formatting, linters, warnings as errors with gcc and clang, layers, and the
# unit tests under clang's sanitizers (make test runs them under gcc's). One line per step.
# check.sh STEP... runs only the steps of these names.
set -eu
cd "$(dirname "$0")/.."

lint=build/lint/node_modules/.bin
warnings="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
-Wwrite-strings -Wformat=2 -Wvla -Wundef -Werror"
python=$(ls /usr/bin/python3 2>/dev/null || command -v python3)
failed=0
chosen=$(printf '%s\n' "$@")

step() {
    name=$1
    shift
    [ -z "$chosen" ] || printf '%s\n' "$chosen" | grep -qxF "$name" || return 0
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
        "WARN=$warnings"
}

# All of the plugin, as make dev compiles it.
plugin_build() {
    make -s -k -j"$(nproc)" dev "DEV=build/check-plugin-$1" "CC=$1" "WARN=$warnings"
}

# Other versions of gcc that are installed.
other_gccs() {
    for version in $(seq 10 30); do
        command -v "gcc-$version" >/dev/null || continue
        [ "$version" = "$(gcc -dumpversion)" ] || echo "gcc-$version"
    done
}

# Without the libraries that a build can do without.
plugin_build_without() {
    PROFILER_WITHOUT='openssl pprof' make -s -k -j"$(nproc)" dev DEV=build/check-plugin-without \
        CC=gcc "WARN=$warnings"
}

fuzzers_build() {
    make -s -k -j"$(nproc)" -f tests/fuzz/fuzz.mk OUT=build/check-fuzz \
        "WARN=$warnings"
}

unit_run() {
    CC=$1 UNIT_OUT=build/check-$1 $python -m pytest -q -n auto --dist loadgroup tests/unit
}

# A tool that is missing fails its step: no step passes without having looked.
need() {
    command -v "$1" >/dev/null && return
    echo "$1 is not installed: make deps installs it"
    return 1
}

# As .editorconfig says, of all that git knows; .gitattributes excepts what tests compare.
blanks() {
    need git || return 1
    nothing=$(git hash-object -t tree /dev/null)
    git diff --check "$nothing" -- || return 1
    git diff "$nothing" -- ':(exclude,attr:-whitespace)' | awk '
        /^diff / { file = $NF }
        /^\\ No newline/ { print file ": no newline at its end"; bad = 1 }
        END { exit bad }'
}

python_lint() {
    need flake8 && flake8 plugin packaging tests uwsgiplugin.py
}

shell_lint() {
    need shellcheck && shellcheck plugin/*.sh packaging/*.sh tests/*.sh tests/*/*.sh .ci/run
}

javascript_lint() {
    need "$lint/eslint" && NODE_PATH=build/lint/node_modules "$lint/eslint" \
        --config tests/lint/eslint.config.js --max-warnings 0 templates tests
}

repetition() {
    need "$lint/jscpd" && "$lint/jscpd" --config tests/lint/jscpd.json plugin packaging templates tests
}

step 'clang-format' formatting
step 'blanks and line ends' blanks
step 'flake8' python_lint
step 'shellcheck' shell_lint
step 'eslint' javascript_lint
step 'no repetition' repetition
for compiler in gcc clang $(other_gccs); do
    step "warnings, plugin, $compiler" plugin_build "$compiler"
    step "warnings, unit tests, $compiler" unit_build "$compiler"
done
step 'warnings, plugin without libraries' plugin_build_without
step 'warnings, fuzzers' fuzzers_build
step 'unit tests, gcc' unit_run gcc
step 'unit tests, clang' unit_run clang
step 'layers and symbols' "$python" tests/layers.py "${PROFILER_PLUGIN:-profiler_plugin.so}"

[ "$failed" = 0 ] && echo 'check: all is well' || echo "check: $failed steps failed"
exit $((failed > 0))
