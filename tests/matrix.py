#!/usr/bin/env python3
"""The real-server tests over pip's uWSGI with the Pythons of this machine.

matrix.py [--from 3.12]     Pythons of pyenv, and pythonX.Y in PATH; default: from 3.8
matrix.py --sum LOG...      adds up the last lines of logs

For each Python: a venv in build/ with uWSGI and the tests' frameworks, a plugin built
for it, and tests/run.py; what does not depend on the Python only with the newest. What
cannot be had is named and counted as skipped. The last line is `N passed, N failed, N
skipped`.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINORS = range(8, 16)
# Tests of what is done without Python, or by the server more than by Python.
OF_THE_SERVER = ('test_access.py test_config.py test_deployments.py test_faults.py '
                 'test_harakiri.py test_hostile.py test_keep.py test_pruning.py '
                 'test_readme.py test_routes.py')
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


def counts(text):
    last = (text.strip().splitlines() or [''])[-1]
    found = re.fullmatch(r'(\d+) passed, (\d+) failed(?:, (\d+) skipped)?', last)
    return [int(number or 0) for number in found.groups()] if found else [0, 1, 0]


def test(version, directory, leave_out):
    """The counts of one Python; prints what run.py prints."""
    server, plugin = str(directory / 'bin' / 'uwsgi'), 'build/%s/profiler_plugin.so' % version
    why = quiet('make', 'UWSGI=' + server, 'SO=' + plugin)
    if why:
        print('the plugin cannot be built: %s' % why)
        return [0, 1, 0]
    environment = dict(os.environ, PROFILER_UWSGI=server, PROFILER_PYTHON_PLUGIN='',
                       PROFILER_PLUGIN=str(ROOT / plugin), PROFILER_LEAVE_OUT=leave_out,
                       PROFILER_PYTHON_CONFIG=config_of(directory))
    done = subprocess.run([sys.executable, 'tests/run.py', 'layers', 'embed', 'server'], cwd=ROOT,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.decode(errors='replace').strip()
    print('\n'.join(output.splitlines()[:-1]), flush=True)
    return counts(output)


def matrix(oldest):
    total, rows, found = [0, 0, 0], [], list(pythons(oldest))
    newest = ([version for version, python in found if python] or [None])[-1]
    for version, python in found:
        print('--- Python %s' % version, flush=True)
        directory, why = venv(version, python) if python else (None, 'there is none here')
        leave_out = '' if version == newest else OF_THE_SERVER
        result = test(version, directory, leave_out) if directory else [0, 0, 1]
        rows.append('Python %-5s %s' % (version, '%d passed, %d failed, %d skipped' %
                                        tuple(result) if directory else 'skipped: ' + why))
        print(rows[-1], flush=True)
        total = [sum(pair) for pair in zip(total, result)]
    print('\n'.join(['---'] + rows))
    return total


def main(words):
    if words[:1] == ['--sum']:
        logs = [counts(Path(name).read_text(errors='replace')) for name in words[1:]]
        total = [sum(column) for column in zip(*logs)]
    else:
        oldest = words[1] if words[:1] == ['--from'] else '3.8'
        total = matrix(int(oldest.split('.')[1]))
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return total[1] > 0 or total[0] == 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
