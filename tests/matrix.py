#!/usr/bin/env python3
"""The real-server tests over pip's uWSGI with the Pythons of this machine.

matrix.py [--from 3.12]     Pythons of pyenv, and pythonX.Y in PATH; default: from 3.8

For each Python: a venv in build/ with uWSGI and the tests' frameworks, a plugin built
for it, and its tests; those that do not depend on the Python run with the newest only. A
Python that cannot be had counts as skipped. The last line is `N passed, N failed, N
skipped`; PROFILER_COUNTS names a file for these counts.
"""
import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

import second_run
from counts import Counts

ROOT = Path(__file__).resolve().parent.parent
MINORS = range(8, 16)
# Tests of what is done without Python, or by the server more than by Python.
OF_THE_SERVER = ['access', 'config', 'deployments', 'faults', 'harakiri', 'hostile', 'keep',
                 'pruning', 'readme', 'routes']
TESTS = ['tests/test_layers.py', 'tests/embed', 'tests/server']
PACKAGES = ['uwsgi', 'flask', 'django', 'greenlet', 'gevent']


def pythons(oldest):
    """One interpreter for each minor version; None where there is none."""
    pyenv = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    for minor in MINORS:
        if minor < oldest:
            continue
        found = sorted(glob.glob('%s/versions/3.%d.*/bin/python' % (pyenv, minor)))
        yield '3.%d' % minor, found[-1] if found else shutil.which('python3.%d' % minor)


def quiet(*command):
    """None, or the last lines of what a command that failed has said."""
    try:
        subprocess.run(command, cwd=ROOT, check=True, timeout=900, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.SubprocessError as error:
        said = (error.stdout or b'').decode(errors='replace').strip().splitlines()
        return said[-1] if said else str(error)


def venv(version, python):
    """(its directory, None), or (None, why not). Made once, then used again."""
    directory = ROOT / 'build' / ('venv-' + version)
    if not (directory / 'complete').exists():
        shutil.rmtree(directory, ignore_errors=True)
        why = (quiet(python, '-m', 'venv', str(directory)) or
               quiet(str(directory / 'bin' / 'pip'), 'install', '-q', *PACKAGES))
        if why:
            return None, why
        (directory / 'complete').touch()
    return directory, None


def config_of(directory):
    """The python3-config beside the interpreter that a venv was made with."""
    where = 'import sys; print(sys.base_prefix + "/bin/python3-config")'
    return subprocess.run([str(directory / 'bin' / 'python'), '-c', where], check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


def test(version, directory, leave_out):
    """The Counts of one Python; pytest prints the rest."""
    server, plugin = str(directory / 'bin' / 'uwsgi'), 'build/%s/profiler_plugin.so' % version
    why = quiet('make', 'UWSGI=' + server, 'SO=' + plugin)
    if why:
        print('the plugin cannot be built: %s' % why, flush=True)
        return Counts(failed=1)
    environment = dict(os.environ, PROFILER_UWSGI=server, PROFILER_PYTHON_PLUGIN='',
                       PROFILER_PLUGIN=str(ROOT / plugin),
                       PROFILER_PYTHON_CONFIG=config_of(directory))
    ignored = ['--ignore=tests/server/test_%s.py' % name for name in leave_out]
    found = second_run.run(['-n', 'auto', '--dist', 'loadgroup', *ignored, *TESTS],
                           environment, ROOT)
    for names in found.skipped, found.second:
        names[:] = ['Python %s: %s' % (version, name) for name in names]
    return found


def matrix(oldest):
    total, rows, found = Counts(), [], list(pythons(oldest))
    newest = ([version for version, python in found if python] or [None])[-1]
    for version, python in found:
        print('--- Python %s' % version, flush=True)
        directory, why = venv(version, python) if python else (None, 'there is none here')
        leave_out = [] if version == newest else OF_THE_SERVER
        result = (test(version, directory, leave_out) if directory else
                  Counts(skipped=['Python %s: %s' % (version, why)]))
        rows.append('Python %-5s %s' % (version, result.line() if directory else
                                        'skipped: ' + why))
        print(rows[-1], flush=True)
        total.add(result)
    print('\n'.join(['---'] + rows))
    return total


def main(words):
    oldest = words[1] if words[:1] == ['--from'] else '3.8'
    total = matrix(int(oldest.split('.')[1]))
    if os.environ.get('PROFILER_COUNTS'):
        total.save(os.environ['PROFILER_COUNTS'])
    print('\n'.join(total.lines()))
    return total.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
