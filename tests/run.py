#!/usr/bin/env python3
"""Runs the tests: run.py [PART...] [pytest arguments after --]

Parts: unit (C, under sanitizers), layers, fuzz (the fuzzers, each on a fixed set of inputs),
embed (the collectors under plain Python, under sanitizers), server (a real uWSGI), browser
(the page, in a real browser); default: all.
The last line is `N passed, N failed` or `N passed, N failed, N skipped`; what was
skipped is named with its reason above it.

PROFILER_UWSGI       the server (default: uwsgi)
PROFILER_PLUGIN      the built plugin (default: profiler_plugin.so at the root)
PROFILER_PYTHON_PLUGIN  its Python plugin, "" when built in (default: asks the server)
PROFILER_PYTHON_CONFIG  python3-config of the Python to embed (default: the system's)
PROFILER_SCREENSHOTS    a directory for pictures of the page (default: none are taken)
PROFILER_LEAVE_OUT      files of tests that are not run, separated by blanks (default: none)
PROFILER_STRESS_SECONDS how long the collectors are stressed under it (default: 8)
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / 'build'
JOBS = os.cpu_count() or 1

Result = collections.namedtuple('Result', 'name passed failed skipped output seconds',
                                defaults=[0])


def run(command, **options):
    """Its (status, output); a test that hangs for ten minutes is a failed one."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=600,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    except subprocess.TimeoutExpired as expired:
        return -1, (expired.stdout or b'').decode(errors='replace') + '\ntimed out'
    return done.returncode, done.stdout.decode(errors='replace')


def counted(name, status, output):
    """The Result of a program that prints `N passed, N failed` last, or only fails."""
    last = output.strip().splitlines()[-1:] or ['']
    found = re.fullmatch(r'(\d+) passed, (\d+) failed.*', last[0])
    passed, failed = map(int, found.groups()) if found else (int(status == 0), 0)
    if status != 0 and failed == 0:
        failed = 1
    return Result(name, passed, failed, [], output if failed else '')


def unit_binary(binary):
    """cmocka's own counts; one that crashes or runs nothing counts as failed."""
    status, output = run([str(binary)], env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT='STDOUT'))
    passed = len(re.findall(r'^\[ +OK \]', output, re.M))
    failed = len(set(re.findall(r'^\[  FAILED  \] (\w+)$', output, re.M)))
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
        output += '\nstatus %d, %d tests' % (status, passed)
    return Result(binary.name, passed, failed, [], output if failed else '')


def unit_tests(pool):
    out = os.environ.get('UNIT_OUT', str(BUILD / 'unit'))
    status, output = run(['make', '-s', '-k', '-j%d' % JOBS, '-f', 'tests/unit/unit.mk',
                          'OUT=' + out, 'CC=' + os.environ.get('CC', 'gcc')])
    if status != 0:
        yield Result('unit tests do not build', 0, 1, [], output)
    tests = sorted((ROOT / 'tests' / 'unit').glob('test_*.c'))
    binaries = [Path(out) / test.stem for test in tests]
    yield from pool.map(unit_binary, [binary for binary in binaries if binary.exists()])
    differential = ROOT / 'tests' / 'unit' / 'differential.py'
    if differential.exists():
        yield counted('differential.py', *run([sys.executable, str(differential),
                                                  str(Path(out) / 'table_driver')]))


    golden = ROOT / 'tests' / 'unit' / 'golden.py'
    yield counted('golden.py', *run([sys.executable, str(golden)]))


def layers(plugin):
    yield counted('layers.py', *run([sys.executable, 'tests/layers.py'] + plugin))


def fuzzers():
    yield counted('fuzz.py', *run([sys.executable, 'tests/fuzz/fuzz.py', '--bounded']))


def embedded():
    """Sampling at 250 us in three threads, of code that comes and goes."""
    config = os.environ.get('PROFILER_PYTHON_CONFIG', '/usr/bin/python3-config')
    out = BUILD / ('embed' + config.replace('/', '_'))
    status, output = run(['make', '-s', '-j%d' % JOBS, '-f', 'tests/embed/embed.mk',
                          'OUT=%s' % out, 'CONFIG=' + config])
    if status != 0:
        yield Result('the driver does not build', 0, 1, [], output)
        return
    options = dict(os.environ, ASAN_OPTIONS='handle_segv=0:handle_sigbus=0:detect_leaks=0')
    seconds = os.environ.get('PROFILER_STRESS_SECONDS', '8')
    yield counted('driver', *run([str(out / 'driver'), 'tests/embed/churn.py', seconds,
                                  '250', '3'], env=options))


def server_file(path, environment, arguments):
    with tempfile.NamedTemporaryFile(suffix='.xml') as report:
        status, output = run([sys.executable, '-m', 'pytest', '-q', '--tb=short', str(path),
                              '-p', 'no:cacheprovider', '--junitxml=' + report.name]
                             + arguments, env=environment)
        try:
            cases = list(xml.parse(report.name).getroot().iter('testcase'))
        except xml.ParseError:
            return Result(path.name, 0, 1, [], output)
    seconds = sum(float(case.get('time', 0)) for case in cases)
    failed = [case for case in cases
              if case.find('failure') is not None or case.find('error') is not None]
    skipped = [(case.get('name'), case.find('skipped').get('message'))
               for case in cases if case.find('skipped') is not None]
    passed = len(cases) - len(failed) - len(skipped)
    nothing_ran = status not in (0, 5) or (not cases and not arguments)
    return Result(path.name, passed, len(failed) or int(nothing_ran), skipped,
                  output if failed or nothing_ran else '', seconds)


def server_environment(plugin):
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1', PROFILER_PLUGIN=plugin[0])
    if 'PROFILER_PYTHON_PLUGIN' not in environment:
        status, output = run([sys.executable, 'plugin/find_python.py',
                              environment.get('PROFILER_UWSGI', 'uwsgi'), 'plugin'])
        environment['PROFILER_PYTHON_PLUGIN'] = output.strip()
    return environment


def server_tests(pool, plugin, arguments):
    if not plugin:
        yield Result('server tests: no plugin was built', 0, 1, [], '')
        return
    environment = server_environment(plugin)
    left_out = os.environ.get('PROFILER_LEAVE_OUT', '').split()
    files = [path for path in sorted((ROOT / 'tests' / 'server').glob('test_*.py'))
             if path.name not in left_out]
    yield from pool.map(lambda path: server_file(path, environment, arguments), files)


def no_browser():
    """Why there can be no tests of the page; '' when there can."""
    if not os.path.exists('/usr/bin/chromedriver'):
        return 'no /usr/bin/chromedriver: tests/deps.sh browser installs it on Debian'
    return '' if run([sys.executable, '-c', 'import selenium'])[0] == 0 else \
        'no selenium for %s' % sys.executable


def browser_tests(plugin, arguments):
    """One file after the other, and last: a browser takes both processors."""
    why = no_browser()
    if why:
        yield Result('browser tests', 0, 0, [('all', why)], '')
    elif not plugin:
        yield Result('browser tests: no plugin was built', 0, 1, [], '')
    else:
        environment = server_environment(plugin)
        for path in sorted((ROOT / 'tests' / 'browser').glob('test_*.py')):
            yield server_file(path, environment, arguments)


def main(words):
    arguments = words[words.index('--') + 1:] if '--' in words else []
    parts = words[:words.index('--')] if '--' in words else words
    parts = parts or ['unit', 'layers', 'fuzz', 'embed', 'server', 'browser']
    built = os.environ.get('PROFILER_PLUGIN') or str(ROOT / 'profiler_plugin.so')
    plugin = [built] if os.path.exists(built) else []

    total, skipped = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for part, results in (('unit', unit_tests(pool)), ('layers', layers(plugin)),
                              ('fuzz', fuzzers()), ('embed', embedded()),
                              ('server', server_tests(pool, plugin, arguments)),
                              ('browser', browser_tests(plugin, arguments))):
            for result in results if part in parts else ():
                counts = '%d passed' % result.passed
                counts += ', %d FAILED' % result.failed if result.failed else ''
                counts += ', %d skipped' % len(result.skipped) if result.skipped else ''
                counts += ', %.0f s' % result.seconds if result.seconds else ''
                print('%-8s %-24s %s' % (part, result.name, counts), flush=True)
                if result.output:
                    print(result.output, flush=True)
                total.update(passed=result.passed, failed=result.failed)
                skipped += [(result.name, *skip) for skip in result.skipped]
    for name, test, why in skipped:
        print('skipped: %s %s: %s' % (name, test, why))
    line = '%d passed, %d failed' % (total['passed'], total['failed'])
    print(line + (', %d skipped' % len(skipped) if skipped else ''))
    return total['failed'] > 0 or total['passed'] == 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
