"""The cells: a server, a Python, a way to compile the plugin, and tests."""
import re

from counts import load
from matrix import venvs
from matrix.chroots import chroot
from matrix.places import Failure, Here, Skip

SMOKE = ['tests/server/test_smoke.py']
UNIT = ['tests/unit']
SERVER = ['tests/test_layers.py', 'tests/embed', 'tests/server']
# Tests of what is done without Python, or by the server more than by Python: they run with
# the newest Python of pip's servers only.
OF_THE_SERVER = ['access', 'config', 'deployments', 'faults', 'harakiri', 'hostile', 'keep',
                 'pruning', 'readme', 'routes']
NEWEST = 13
MINORS = range(8, 16)
DEBIAN = '/usr/bin/uwsgi'


def describe(place, row, server, compiler):
    row.server = 'uWSGI ' + fact(place, server, '--version')
    row.python = fact(place, 'python3', 'plugin/find_python.py', server, 'version')
    name, _, options = compiler.partition(' ')
    version = fact(place, name, '-dumpfullversion', '-dumpversion')
    row.compiler = ' '.join(filter(None, [name, version, options]))


def build(place, row, server, compiler='gcc'):
    """The plugin, with the server's own builder; the row says for what. The lines of warnings
    about our files."""
    describe(place, row, server, compiler)
    why, output = place.output('make', 'UWSGI=%s' % server, 'SO=%s' % built(row), CC=compiler)
    if why:
        print(output.decode(errors='replace'), flush=True)
        raise Failure('the plugin cannot be built: %s' % why)
    return re.findall(r'.*\bplugin/.*warning:.*', output.decode(errors='replace'))


def fact(place, *command):
    why, output = place.output(*command)
    if why:
        raise Failure(why)
    return output.decode(errors='replace').strip().splitlines()[-1]


def pytest(place, tests, **env):
    """The Counts of these tests and of their second runs; pytest prints the rest."""
    counts = 'build/matrix-counts.json'
    place.outside(place.source / 'build').mkdir(exist_ok=True)
    written = place.outside(place.source / counts)
    written.unlink(missing_ok=True)
    place.show('/usr/bin/python3', 'tests/second_run.py', '-n', 'auto', '--dist', 'loadgroup',
               *tests, PROFILER_COUNTS=counts, **env)
    return load(written)


def built(row):
    return 'build/matrix/%s/profiler_plugin.so' % row.name


def test_debian(place, row, tests):
    """With Debian's own server."""
    build(place, row, DEBIAN)
    row.counts.add(pytest(place, tests, PROFILER_UWSGI=DEBIAN,
                          PROFILER_PLUGIN=place.source / built(row)))


def debian(name, tests, suite=None, architecture='', groups=('build', 'server', 'test')):
    """A cell of Debian: this machine's, or one of a chroot."""
    def run(row, smoke):
        place = chroot(name, suite, architecture, groups) if suite else Here()
        test_debian(place, row, SMOKE if smoke else tests)
    return name, run


def test_venv(place, row, path, server, tests):
    build(place, row, server)
    row.counts.add(pytest(place, tests, PROFILER_UWSGI=server, PROFILER_PYTHON_PLUGIN='',
                          PROFILER_PLUGIN=place.source / built(row),
                          PROFILER_PYTHON_CONFIG=venvs.config_of(place, path)))


def sid():
    return chroot('sid', 'sid', '', ('build', 'server', 'test'))


def pip(minor):
    name = 'pip-3.%d' % minor

    def run(row, smoke):
        place, python = venvs.place_of(minor, sid)
        path = venvs.make(place, 'venv-3.%d' % minor, python)
        left_out = [] if minor == NEWEST else OF_THE_SERVER
        tests = ['--ignore=tests/server/test_%s.py' % each for each in left_out] + SERVER
        test_venv(place, row, path, path / 'bin' / 'uwsgi', SMOKE if smoke else tests)
    return name, run


def pyuwsgi(row, smoke):
    place, path = Here(), None
    for _, python in venvs.pythons(8):
        if python:
            path = venvs.make(place, 'venv-pyuwsgi', python, 'pyuwsgi')
            break
    if not path:
        raise Skip('no Python here')
    test_venv(place, row, path, venvs.script(place, path), SMOKE)
