"""Cells that compile in other ways, on this machine: warnings, sanitizers, LTO."""
import re
import shutil

from counts import Counts
from matrix.cells import DEBIAN, SMOKE, UNIT, build, built, describe, pytest
from matrix.places import Failure, Here, Skip

HERE = Here()


def need(program):
    if not shutil.which(program):
        raise Skip('there is no %s here' % program)


def smoke_test(row, **env):
    row.counts.add(pytest(HERE, SMOKE, **{
        'PROFILER_UWSGI': DEBIAN, 'PROFILER_PLUGIN': HERE.source / built(row), **env}))


def check(steps):
    """The Counts of these steps of make check."""
    _, output = HERE.output('tests/check.sh', *steps)
    text = output.decode(errors='replace')
    print(text, flush=True)
    passed, failed = (len(re.findall('^%s ' % word, text, re.M)) for word in ('ok', 'FAILED'))
    return Counts(passed, failed + (passed + failed == 0))


def compiler(name):
    """No warnings, by make check's many and by the server's own builder with -Wall -Wextra."""
    def run(row, smoke):
        need(name)
        warnings = build(HERE, row, DEBIAN, name + ' -Wall -Wextra')
        if warnings:
            print('\n'.join(warnings), flush=True)
            row.fail('%d warnings' % len(warnings))
        if not smoke:
            row.counts.add(check(['warnings, plugin, ' + name, 'warnings, unit tests, ' + name]))
        smoke_test(row)
    return name, run


def lto(row, smoke):
    build(HERE, row, DEBIAN, 'gcc -flto=auto')
    smoke_test(row)


def unoptimized(row, smoke):
    """-O0 with sanitizers: the unit tests, and a server whose plugin is built so."""
    directory = 'build/matrix-' + row.name  # two folders deep, as dev.mk has it
    describe(HERE, row, DEBIAN, 'gcc')
    row.compiler += ' -O0 and sanitizers'
    why, output = HERE.output('make', 'dev', 'UWSGI=' + DEBIAN, 'DEV=' + directory,
                              'SANITIZE=address,undefined', 'CFLAGS=-O0 -U_FORTIFY_SOURCE')
    if why:
        print(output.decode(errors='replace'), flush=True)
        raise Failure('the plugin cannot be built: %s' % why)
    smoke_test(row, PROFILER_UWSGI=HERE.source / directory / 'uwsgi',
               PROFILER_PLUGIN=HERE.source / directory / 'profiler_plugin.so')
    if not smoke:
        row.counts.add(pytest(HERE, UNIT, UNIT_OUT=HERE.source / 'build/matrix/unit-O0',
                              UNIT_OPTIMIZE='-O0'))
