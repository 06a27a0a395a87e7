"""pip install uwsgi-profiler: the sdist, what a build says if it cannot, the command.

Most tests run the package from a copy beside the plugin of this run, as pip would have
installed it. The slow ones install with pip, as a user does.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'server'))

import test_make  # noqa: E402
from harness import HANG, PLUGIN, PYTHON_PLUGIN, ROOT, UWSGI, run_uwsgi, wait_for  # noqa: E402

PIP = ROOT / 'packaging' / 'pip'
SERVER = shutil.which(UWSGI)
MINOR = '%d.%d' % sys.version_info[:2]
VERSION = re.search('PROFILER_VERSION "(.*)"', (ROOT / 'plugin/base/version.h').read_text())[1]


def run(*command, **variables):
    """(status, stdout, stderr); a variable of None is not there."""
    environment = {name: value for name, value in {**os.environ, **variables}.items()
                   if value is not None and (name in variables or name not in ('UWSGI', 'VIRTUAL_ENV'))}
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('#!/bin/sh\n' + text)
    path.chmod(0o755)
    return path


def server_of(path, python=MINOR, version='2.0.31'):
    """A program that answers as a server with that Python does."""
    return script(path, """
case "$*" in
--version) echo %s ;;
--cflags) echo '-DUWSGI_SSL -DUWSGI_VERSION="%s"' ;;
--dot-h) echo '#include <stdio.h>' ;;
*--pyrun*) printf '@uwsgi-profiler version=%s.1\\n@uwsgi-profiler include=/include\\n' ;;
esac
""" % (version, version, python))


def commands(directory, *names):
    """A directory for PATH with these commands of this machine alone. ccache's would look for
    the compiler in PATH."""
    directory.mkdir()
    path = os.pathsep.join(folder for folder in os.environ['PATH'].split(os.pathsep)
                           if 'ccache' not in folder)
    for name in ('sh', 'sed', 'id', 'dirname') + names:
        (directory / name).symlink_to(os.path.realpath(shutil.which(name, path=path)))
    return str(directory)


def requires(python=sys.executable, **variables):
    """What the backend's get_requires_for_build_wheel returns beside hatchling's, or says."""
    program = 'import sys; sys.path.insert(0, %r); import backend; print(backend.servers_to_install())' % str(PIP)
    status, out, errors = run(python, '-c', program, **variables)
    return out.strip() if status == 0 else errors


# the sdist

@pytest.fixture(scope='module')
def sdist(tmp_path_factory):
    directory = tmp_path_factory.mktemp('dist')
    program = 'import sys; sys.path.insert(0, %r); import backend; print(backend.build_sdist(%r))'
    status, out, errors = run(sys.executable, '-c', program % (str(PIP), str(directory)))
    assert status == 0, errors
    return directory / out.split()[-1]


def test_the_sdist_holds_what_a_build_needs_and_little_else(sdist):
    top = 'uwsgi_profiler-%s/' % VERSION
    with tarfile.open(sdist) as archive:
        names = {name[len(top):] for name in archive.getnames() if name.startswith(top)}
        info = archive.extractfile(top + 'PKG-INFO').read().decode()
    tracked = {path for pattern in ('plugin/**/*.[ch]', 'templates/**/*.js', 'templates/**/*.css',
                                    'templates/*.html', 'packaging/pip/**/*.py')
               for path in map(str, (path.relative_to(ROOT) for path in ROOT.glob(pattern)))}
    assert len(tracked) > 300
    others = {'LICENSE', 'README.md', 'CHANGELOG.md', 'pyproject.toml', 'uwsgiplugin.py', 'plugin/needs.sh',
              'plugin/find_python.py', 'plugin/show_ini.py', 'plugin/page.py', 'plugin/libraries.py'}
    assert tracked | others <= names
    allowed = re.compile(r'(plugin|templates|packaging/pip)/.*\.(c|h|py|sh|proto|js|css|html)|'
                         r'plugin/.*/LICENSE|PKG-INFO|\.gitignore')
    assert not [name for name in names - others if not allowed.fullmatch(name)]
    assert sdist.stat().st_size < 1000000
    assert '\nVersion: %s\n' % VERSION in info and (ROOT / 'README.md').read_text()[:200] in info


# what the build asks for, and what it says

def test_without_a_server_pip_is_asked_for_one(tmp_path):
    without = commands(tmp_path / 'commands', 'gcc', 'pkg-config')
    python = venv(tmp_path)
    assert requires(python, PATH=without) == "['uwsgi']"
    server = server_of(tmp_path / 'bin' / 'uwsgi')
    assert requires(python, PATH='%s:%s' % (server.parent, without)) == '[]'
    server_of(server, python='3.1')  # the environment's packages are not for it
    assert requires(python, PATH='%s:%s' % (server.parent, without)) == "['uwsgi']"


def venv(directory):
    """The Python of a virtualenv that sees this Python's packages; nothing is installed."""
    where = directory / 'venv'
    status, _, errors = run(sys.executable, '-m', 'venv', '--without-pip', '--system-site-packages', where)
    assert status == 0, errors
    return str(where / 'bin' / 'python')


@pytest.mark.parametrize('folder, record, program, required', [
    ('uwsgi-2.0.31.dist-info', 'RECORD', '../../../bin/uwsgi', "['uwsgi==2.0.31']"),
    ('uwsgi-2.0.31.egg-info', 'installed-files.txt', '', "['uwsgi==2.0.31']"),  # an older pip
    ('uwsgi-2.0.31.dist-info', 'RECORD', '../../../other/uwsgi', '[]')])
def test_a_wheel_requires_the_uwsgi_of_pip_that_it_is_for(tmp_path, folder, record, program, required):
    python = venv(tmp_path)
    server_of(Path(python).parent / 'uwsgi')
    info = tmp_path / 'venv' / 'lib' / ('python' + MINOR) / 'site-packages' / folder
    info.mkdir()
    (info / ('METADATA' if record == 'RECORD' else 'PKG-INFO')).write_text('Name: uWSGI\nVersion: 2.0.31\n')
    (info / record).write_text(program + (',,\n' if record == 'RECORD' else '\n'))
    if program:  # newer Pythons leave out files that are not there
        (info.parent / program).parent.mkdir(exist_ok=True)
        (info.parent / program).touch()
    code = ('import sys; sys.path[:] = [%r] + [path for path in sys.path if "site-packages" not in path]; '
            'from uwsgi_profiler import servers; print(servers.need().requirement())')
    # as in an isolated build, which does not see what is installed
    status, out, errors = run(python, '-c', code % str(PIP))
    assert (status, out.strip()) == (0, required), errors


def last_line(text):
    return text.strip().splitlines()[-1]


def test_what_is_missing_is_one_line_with_the_command(tmp_path):
    line = requires(PATH=commands(tmp_path / 'bin'), UWSGI=str(server_of(tmp_path / 'uwsgi')))
    assert re.fullmatch('uwsgi-profiler: cannot be built: missing: gcc .*libpcre2-dev.*; install them: '
                        '(sudo )?apt-get install -y --no-install-recommends gcc .*libpcre2-dev.*\n', line), line
    assert 'libssl-dev (' not in line  # optional


def test_headers_of_this_python_that_are_missing_are_named(tmp_path):
    program = ('import sys, sysconfig; sysconfig.get_path = lambda *_, **__: "/nowhere"; '
               'sys.path.insert(0, %r); from uwsgi_profiler import building; '
               'building.sys.executable = %r; building.check_needs(None)')
    python = script(tmp_path / 'python', 'case "$2" in *sysconfig*) echo /nowhere ;; *) exec %s "$@" ;; esac\n'
                    % sys.executable)
    status, _, errors = run(sys.executable, '-c', program % (str(PIP), str(python)))
    assert status and last_line(errors).endswith(
        'uwsgi-profiler: cannot be built: there are no headers of this Python: /nowhere/Python.h')


def nothing(path):
    """A file that the system cannot run."""
    path.write_bytes(b'\x7fELF')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize('make, said', [
    (lambda path: server_of(path, python='3.1'),
     'UWSGI=%s: this server has Python 3.1, and this environment has Python ' + MINOR),
    (lambda path: script(path, ''),
     'UWSGI=%s: this server has no Python that starts, and this environment has Python ' + MINOR),
    (lambda path: nothing(path),
     'UWSGI=%s: this server cannot be run: ..., and this environment has Python ' + MINOR),
    (lambda path: path, 'UWSGI=%s: there is no such program'),
])
def test_a_server_that_is_named_must_fit(tmp_path, make, said):
    path = make(tmp_path / 'uwsgi')
    line = 'uwsgi-profiler: %s\n' % (said % path)
    assert re.fullmatch(re.escape(line).replace(re.escape('...'), '.*'), requires(UWSGI=str(path)))


def test_pyuwsgi_is_told_apart(tmp_path):
    python = venv(tmp_path)
    file = Path(python).parent / 'uwsgi'
    file.write_text('#!%s\nimport sys\nfrom pyuwsgi import run\nsys.exit(run())\n' % sys.executable)
    file.chmod(0o755)
    line = requires(python)
    assert line.startswith("uwsgi-profiler: this environment's server is pyuwsgi, ") and line.count('\n') == 1


def test_without_a_server_the_others_are_listed(tmp_path):
    other = server_of(tmp_path / 'bin' / 'uwsgi', python='3.1')
    broken = tmp_path / 'broken' / 'uwsgi'
    broken.parent.mkdir()
    nothing(broken)
    python = venv(tmp_path)
    code = 'import sys; sys.path.insert(0, %r); from uwsgi_profiler import servers; servers.need()'
    path = '%s:%s:%s' % (other.parent, broken.parent, commands(tmp_path / 'commands'))
    line = last_line(run(python, '-c', code % str(PIP), PATH=path)[2])
    assert 'uwsgi-profiler: there is no uWSGI for Python %s in this environment (%s has Python 3.1, ' \
        '%s cannot be run: ' % (MINOR, other, broken) in line
    assert line.endswith('): %s -m pip install uwsgi' % python)


@pytest.mark.parametrize('change, said', [
    ('servers.sysconfig.get_config_var = lambda name: 1', 'this Python is free-threaded, '),
    ('servers.sys.implementation.name = "pypy"', 'profiles CPython only, and this is pypy'),
    ('servers.sys.platform = "darwin"', 'runs on Linux only, and this is darwin')])
def test_another_python_or_system_is_refused(change, said):
    code = 'import sys; sys.path.insert(0, %r); import backend; from uwsgi_profiler import servers; %s; ' \
        'backend.servers_to_install()'
    status, _, errors = run(sys.executable, '-c', code % (str(PIP), change))
    assert status == 1 and errors.startswith('uwsgi-profiler: ' + said) and errors.count('\n') == 1


def test_without_hatchling_the_command_that_installs_it_is_named():
    program = ('import sys; sys.modules["hatchling"] = None; sys.path.insert(0, %r); import backend' % str(PIP))
    status, _, errors = run(sys.executable, '-c', program)
    assert status == 1 and errors.endswith(': %s -m pip install hatchling\n' % sys.executable)
    assert errors.startswith('uwsgi-profiler: the build needs hatchling, ') and errors.count('\n') == 1


def test_a_failing_compiler_is_shown_and_then_named(tmp_path):
    server = server_of(tmp_path / 'uwsgi')
    script(server, server.read_text() + '\n[ "$1" != --build-plugin ] || '
           '{ echo uwsgi-profiler: without zlib: no format pprof; echo broken; exit 1; }\n')
    program = ('import sys; sys.path.insert(0, %r); from uwsgi_profiler import building, servers; '
               'building.check_needs = print; building.build(servers.need(), %r, %r)')
    status, _, errors = run(sys.executable, '-c', program % (str(PIP), str(ROOT), str(tmp_path)), UWSGI=str(server))
    assert status and 'broken\n' in errors
    assert last_line(errors).endswith('uwsgi-profiler: %s --build-plugin has failed: its output is above' % server)
    assert not (tmp_path / 'profiler_plugin.so').exists()


# the command

class Installed:
    """A copy of the package, with the plugin of this run, as pip would have installed it."""

    def __init__(self, directory):
        self.package = directory / 'site' / 'uwsgi_profiler'
        shutil.copytree(PIP / 'uwsgi_profiler', self.package, ignore=shutil.ignore_patterns('__pycache__', '*.so'))
        (self.package / 'sources').symlink_to(ROOT)
        self.plugin = self.package / 'profiler_plugin.so'
        self.plugin.symlink_to(PLUGIN)
        self.write(uwsgi=run_uwsgi('--version')[1].strip())

    def write(self, **facts):
        defines = set(re.findall(r'-D(UWSGI_\w+)', run_uwsgi('--cflags')[1])) - {'UWSGI_PLUGIN_DIR'}
        facts = {'uwsgi': '', 'python': MINOR, 'defines': sorted(defines), 'left_out': [], **facts}
        (self.package / 'built_for.json').write_text(json.dumps(facts))

    def __call__(self, *words, **variables):
        return run(sys.executable, '-m', 'uwsgi_profiler', *words, **{
            'UWSGI': SERVER, 'PYTHONPATH': str(self.package.parent), **variables})


@pytest.fixture
def installed(tmp_path):
    return Installed(tmp_path)


def test_path_prints_the_lines_that_load_the_plugin(installed):
    lines = ['plugin = ' + PYTHON_PLUGIN] if PYTHON_PLUGIN else []
    status, out, errors = installed('path')
    expected = (0, lines + ['need-plugin = %s' % installed.plugin], '')
    assert (status, out.splitlines()[:len(lines) + 1], errors) == expected


def test_path_handles_blanks(tmp_path):
    installed = Installed(tmp_path / 'a b')
    status, out, _ = installed('path')
    assert status == 0 and 'plugins-dir = %s\nneed-plugin = profiler\n' % installed.package in out
    assert installed('check')[0] == 0


def test_check_profiles_a_request(installed):
    installed.write(uwsgi=run_uwsgi('--version')[1].strip(), left_out=['without OpenSSL: no profiler-key'])
    status, out, errors = installed('check', UWSGI_HTTP_SOCKET='/nowhere/socket', http_proxy='http://127.0.0.1:1')
    assert status == 0, out + errors
    assert re.search(r'^deterministic +a request of a tiny app was profiled: [\d.]+ ms$', out, re.M), out
    assert re.search(r'^sampling +a request', out, re.M) and out.endswith('\nall fits\n')
    assert '\n          without OpenSSL: no profiler-key\n' in out and not errors


@pytest.mark.parametrize('facts, said', [
    ({'uwsgi': '1.9'}, 'the plugin is for uWSGI 1.9, and the server has uWSGI '),
    ({'python': '3.1'}, 'the plugin is for Python 3.1, and the server has Python '),
    ({'defines': []}, 'that was built with other features than this one'),
])
def test_check_finds_what_does_not_fit(installed, facts, said):
    installed.write(**{'uwsgi': run_uwsgi('--version')[1].strip(), **facts})
    status, _, errors = installed('check')
    assert status == 1 and said in errors and errors.count('\n') == 1
    assert errors.endswith(': run %s -m uwsgi_profiler build\n' % sys.executable)


def test_check_shows_why_a_server_does_not_start(installed):
    content = Path(PLUGIN).read_bytes()
    version = re.match(r'[\d.]+', run_uwsgi('--version')[1])[0].encode()
    installed.plugin.unlink()
    installed.plugin.write_bytes(content.replace(version, version[:-1] + b'x'))
    status, out, errors = installed('check')
    assert status == 1 and 'the last lines of the server:\n' in out
    assert 'uwsgi-profiler: the server ended at its start: profiler: not loaded: built for uWSGI ' in errors


def test_without_a_plugin_build_is_named(installed):
    installed.plugin.unlink()
    for word in ('path', 'check'):
        status, _, errors = installed(word)
        assert status == 1 and errors.startswith('uwsgi-profiler: there is no plugin at ')
        assert errors.endswith(' -m uwsgi_profiler build\n') and errors.count('\n') == 1


def test_a_check_that_is_ended_leaves_no_server(installed, tmp_path):
    pid = tmp_path / 'pid'
    slow = script(tmp_path / 'uwsgi', 'case "$1" in --ini) echo $$ >%s.new; mv %s.new %s; exec sleep 1000 ;; esac\n'
                  'exec %s "$@"\n' % (pid, pid, pid, SERVER))
    process = subprocess.Popen([sys.executable, '-m', 'uwsgi_profiler', 'check'], env={
        **os.environ, 'UWSGI': str(slow), 'PYTHONPATH': str(installed.package.parent), 'TMPDIR': str(tmp_path)},
        stdout=subprocess.DEVNULL)
    wait_for('the server', pid.exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(HANG) == 128 + signal.SIGTERM
    assert not os.path.exists('/proc/%s' % pid.read_text().strip())
    assert not list(tmp_path.glob('uwsgi-profiler-*'))


@pytest.mark.parametrize('before, now, after', [
    ('Requires-Dist: uwsgi==2.0.30\n', ['uwsgi==2.0.31'], 'Requires-Dist: uwsgi==2.0.31\n'),
    ('Requires-Dist: uwsgi==2.0.30\n', [], ''),
    ('', ['uwsgi==2.0.31'], 'Requires-Dist: uwsgi==2.0.31\n')])
def test_build_records_the_server_that_the_plugin_is_for(tmp_path, before, now, after):
    path = tmp_path / 'METADATA'
    text = 'Name: uwsgi-profiler\n%s\nA text\n\nRequires-Dist: uwsgi==1\n'
    path.write_text(text % before)
    code = 'import sys; sys.path.insert(0, %r); from uwsgi_profiler import cli; cli.rewrite(%r, %r)'
    assert run(sys.executable, '-c', code % (str(PIP), str(path), now))[0] == 0
    assert path.read_text() == text % after


def test_help_and_version(installed):
    assert installed('--version') == (0, 'uwsgi-profiler %s\n' % VERSION, '')
    for words, status in ((['--help'], 0), ([], 2)):
        found, out, _ = installed(*words)
        assert found == status and all(' %s ' % name in out for name in ('path', 'check', 'build'))
    assert installed('pth')[0] == 2


# with pip

@pytest.mark.slow
def test_pip_installs_from_the_sdist_and_from_a_directory(sdist, tmp_path):
    """Into a virtualenv, for this machine's server; the directory's name has a blank."""
    python = venv(tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(str(tmp_path / 'a b'))
    install = [python, '-m', 'pip', 'install', '--no-build-isolation', '--no-index', '--force-reinstall']
    for source in (sdist, next((tmp_path / 'a b').iterdir())):
        status, out, errors = run(*install, source, UWSGI=SERVER)
        assert status == 0, out + errors
        command = Path(python).parent / 'uwsgi-profiler'
        lines = run(command, 'path', UWSGI=SERVER)[1].splitlines()
        plugin = [line for line in lines if line.startswith('need-plugin = ')][0].partition(' = ')[2]
        assert os.path.exists(plugin) and lines[-1] == 'virtualenv = %s' % Path(python).parent.parent
        status, out, errors = run(command, 'check', UWSGI=SERVER)
        assert status == 0 and out.endswith('\nall fits\n'), out + errors
    # what a later server needs
    os.truncate(plugin, 0)
    assert run(command, 'check', UWSGI=SERVER)[0] == 1
    assert run(command, 'build', UWSGI=SERVER)[0] == 0
    assert run(command, 'check', UWSGI=SERVER)[0] == 0


@pytest.mark.slow
def test_pip_shows_the_line_of_a_build_that_fails(sdist, tmp_path):
    python = venv(tmp_path)
    status, _, errors = run(python, '-m', 'pip', 'install', '--no-build-isolation', '--no-index', sdist,
                            PATH=commands(tmp_path / 'bin'), UWSGI=str(server_of(tmp_path / 'uwsgi')))
    assert status and '  uwsgi-profiler: cannot be built: missing: gcc ' in errors, errors


@pytest.mark.slow
def test_pip_installs_a_server_where_there_is_none(sdist, tmp_path):
    """With build isolation: pip compiles uWSGI for the build, and for the environment. (A cached
    wheel may be of another Python with the same version.)"""
    path = test_make.commands(tmp_path / 'bin', 'uwsgi', 'uwsgi-core')
    subprocess.run([sys.executable, '-m', 'venv', str(tmp_path / 'venv')], check=True)
    python = tmp_path / 'venv' / 'bin' / 'python'
    status, out, errors = run(python, '-m', 'pip', 'install', '--no-cache-dir', sdist, PATH=str(path))
    if re.search('No matching distribution found for (hatchling|uwsgi)', errors):
        pytest.skip('no package index can be reached')
    assert status == 0, out + errors
    status, out, errors = run(python, '-m', 'uwsgi_profiler', 'check', PATH=str(path))
    assert status == 0 and 'server    %s' % python.with_name('uwsgi') in out, out + errors
    shown = run(python, '-m', 'pip', 'show', 'uwsgi-profiler')[1]
    assert re.search('^Requires: uwsgi$', shown, re.M | re.I), shown
    assert run(python, '-m', 'pip', 'check')[0] == 0
