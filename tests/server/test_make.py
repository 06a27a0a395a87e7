"""make, as a newcomer runs it: it installs nothing, names what is missing, and prints an ini
with which the server runs."""
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

import harness
from harness import HANG, PYTHON_PLUGIN, ROOT, UWSGI, Server, header

SERVER = shutil.which(UWSGI)
BUILT = ('Makefile', 'plugin', 'templates', 'uwsgiplugin.py', 'profiler_plugin.so')


def make(*arguments, cwd=ROOT, env=None, **options):
    """(status, output) of a make of its own, where one runs the tests, too."""
    outer = ('MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL', 'SO', 'UWSGI', 'PYTHON')
    env = env or {name: value for name, value in os.environ.items() if name not in outer}
    done = subprocess.run(['make', *arguments], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout.decode(errors='replace')


def copy(directory, names=BUILT):
    """A checkout of its own, in which the plugin is already built, as the one that is tested
    (its server may be another than the one make would choose)."""
    directory.mkdir(parents=True)
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns('__pycache__'))
    for name in ('Makefile', 'uwsgiplugin.py'):
        shutil.copy2(ROOT / name, directory / name)
    (directory / 'tests').mkdir()
    shutil.copy2(ROOT / 'tests' / 'deps.sh', directory / 'tests' / 'deps.sh')
    return directory


def commands(directory, *left_out):
    """A directory for PATH, with the commands of this machine but for these."""
    directory.mkdir()
    for place in ('/usr/bin', '/bin', '/usr/local/bin'):
        for path in Path(place).glob('*'):
            link = directory / path.name
            if path.name not in left_out and not link.exists() and not link.is_symlink():
                link.symlink_to(path)
    return directory


@pytest.mark.parametrize('so', ['x.so', 'build/my_plugin.so', 'profiler.so'])
def test_a_name_that_uwsgi_does_not_load_is_refused(so):
    status, output = make('SO=' + so)
    assert status == 2 and 'from a file named profiler_plugin.so' in output
    assert output.count('\n') == 1 and not (ROOT / so).exists()


def test_what_is_missing_is_named_with_the_command_and_nothing_is_installed(tmp_path):
    here = copy(tmp_path / 'checkout')
    path = commands(tmp_path / 'bin', 'uwsgi', 'uwsgi-core', 'apt-get', 'sudo')
    ran = tmp_path / 'ran'
    for name in ('apt-get', 'sudo', 'dpkg'):  # what they would do is noted
        (path / name).unlink(missing_ok=True)
        (path / name).write_text('#!/bin/sh\necho "$0 $*" >>%s\n' % ran)
        (path / name).chmod(0o755)
    for goal in ([], ['all'], ['install']):
        status, output = make('UWSGI=uwsgi', *goal, cwd=here, env={'PATH': str(path)})
        assert status == 2, output
        lines = output.splitlines()
        packages = lines[0].partition('missing: ')[2]
        assert packages == (
            'uwsgi-core uwsgi-dev uwsgi-plugin-python3 python3-dev'), output
        assert lines[1] == 'install them: %sapt-get install -y --no-install-recommends %s' % (
            '' if os.getuid() == 0 else 'sudo ', packages)
        assert 'pip install uwsgi' in lines[2]
        assert len(lines) == 4 and not ran.exists() and not (here / 'build').exists()


def compiler_without(path, *headers):
    """A directory for PATH, whose gcc does not find these headers."""
    commands(path, 'gcc', 'cc', 'x86_64-linux-gnu-gcc')
    for name in ('gcc', 'x86_64-linux-gnu-gcc'):
        (path / name).write_text('''#!/bin/sh
for word; do case $word in *.c) text=$(cat "$word") ;; esac; done
[ -n "$text" ] || text=$(cat)
for header in %s; do
    case $text in *"<$header>"*) echo "$header: No such file" >&2; exit 1 ;; esac
done
printf '%%s\\n' "$text" >"$0.c"
for word; do
    shift
    case $word in -|*.c) word=$0.c ;; esac
    set -- "$@" "$word"
done
exec %s "$@"
''' % (' '.join(headers), shutil.which('gcc', path='/usr/bin:/bin')))
        (path / name).chmod(0o755)
    return path


OPENSSL, PROTOBUF, ZLIB = 'openssl/hmac.h', 'protobuf-c/protobuf-c.h', 'zlib.h'


def needs(path):
    return subprocess.run([str(ROOT / 'plugin' / 'needs.sh'), SERVER], env={'PATH': str(path)},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_missing_library_stops_a_build_only_if_it_is_required(tmp_path):
    done = needs(compiler_without(tmp_path / 'optional', OPENSSL, PROTOBUF, ZLIB))
    if b'header that is gone' not in done.stderr:  # a server may need OpenSSL's headers, too
        assert (done.returncode, done.stderr) == (0, b'')
    done = needs(compiler_without(tmp_path / 'required', 'pcre2.h', OPENSSL, ZLIB))
    assert done.returncode == 1
    lines = done.stderr.decode().splitlines()
    assert lines[0] == 'missing: libpcre2-dev'
    assert lines[2] == 'optional: libssl-dev (profiler-key), zlib1g-dev (format pprof)'


def libraries(path, **environment):
    done = subprocess.run([sys.executable, str(ROOT / 'plugin' / 'libraries.py')],
                          env={'PATH': str(path), 'CC': 'gcc', **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def plan(path, **environment):
    """(options of the compiler, of the linker, what is missing) of a build."""
    done = subprocess.run(
        [sys.executable, '-c', 'import libraries, json; plan = libraries.Plan(); '
         'print(json.dumps([plan.cflags, plan.libs, plan.missing]))'], cwd=ROOT / 'plugin',
        env={'PATH': str(path), 'CC': 'gcc', **environment}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def test_without_pkg_config_the_headers_are_looked_for(tmp_path):
    path = commands(tmp_path / 'bin', 'pkg-config', 'pcre2-config')
    assert libraries(path) == (0, 'openssl pprof\n', '')
    cflags, libs, missing = plan(path)
    assert libs == ['-lpcre2-8', '-lcrypto', '-lprotobuf-c', '-lz'] and missing == []
    assert cflags == ['-DPROFILER_HAVE_OPENSSL', '-DPROFILER_HAVE_PPROF']


@pytest.mark.parametrize('absent, found, said', [
    ([OPENSSL], 'pprof', ['without OpenSSL: no profiler-key; apt-get install libssl-dev']),
    ([ZLIB], 'openssl', ['without zlib: no format pprof; apt-get install zlib1g-dev']),
    ([OPENSSL, PROTOBUF, ZLIB], '', [
        'without OpenSSL: no profiler-key; apt-get install libssl-dev',
        'without protobuf-c, zlib: no format pprof; '
        'apt-get install libprotobuf-c-dev zlib1g-dev'])])
def test_what_is_left_out_is_said_with_the_package_that_brings_it(tmp_path, absent, found, said):
    path = compiler_without(tmp_path / 'bin', *absent)
    assert libraries(path) == (0, found + '\n', '')
    assert plan(path)[2] == ['uwsgi-profiler: ' + line for line in said]


def test_without_pcre2_there_is_no_build(tmp_path):
    assert libraries(compiler_without(tmp_path / 'bin', 'pcre2.h')) == (
        1, '', "uwsgi-profiler: PCRE2 is missing: apt-get install libpcre2-dev (or your system's "
        "PCRE2 headers)\n")


def test_features_are_left_out_on_purpose(tmp_path):
    path = os.environ['PATH']
    assert libraries(path, PROFILER_WITHOUT='pprof openssl') == (0, '\n', '')
    cflags, libs, missing = plan(path, PROFILER_WITHOUT='openssl')
    assert '-DPROFILER_HAVE_PPROF' in cflags and '-lcrypto' not in libs
    assert missing == [
        'uwsgi-profiler: without OpenSSL: no profiler-key, as PROFILER_WITHOUT says']
    status, _, errors = libraries(path, PROFILER_WITHOUT='ssl')
    assert status == 1 and errors == (
        'PROFILER_WITHOUT: "ssl" is no feature that can be left out; possible: openssl, pprof\n')


def another_server(directory):
    """A server of other flags, which is this one."""
    directory.mkdir(parents=True)
    server = directory / 'uwsgi'
    server.write_text('#!/bin/sh\n[ "$1" != --cflags ] || { printf -- "-DOTHER "; }\nexec %s "$@"\n' % SERVER)
    server.chmod(0o755)
    return server


def built_for(here, server):
    """This checkout, as a make for that server leaves it, without the minute that it takes."""
    shutil.copy2(harness.PLUGIN, here / 'profiler_plugin.so')
    include = subprocess.run(
        [sys.executable, str(ROOT / 'plugin' / 'find_python.py'), server, 'include'],
        stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    (here / 'build').mkdir(exist_ok=True)
    return target(here / 'build' / 'target-profiler_plugin.so', here, server, include)


def target(file, here, server, include, *goals, **environment):
    done = subprocess.run([str(ROOT / 'plugin' / 'target.sh'), str(file), 'profiler_plugin.so',
                           str(server), include, *goals], cwd=here, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=dict(os.environ, **environment))
    return done.returncode, done.stdout.decode()


def test_a_plugin_that_was_built_for_another_server_is_replaced_by_a_plain_make_alone(tmp_path):
    here, other = copy(tmp_path / 'checkout'), another_server(tmp_path / 'venv' / 'bin')
    assert built_for(here, str(other)) == (0, '')
    before = (here / 'profiler_plugin.so').stat()
    for goal in ('demo', 'serve', 'test', 'bench', 'soak'):
        status, output = make('UWSGI=' + SERVER, '-o', 'deps-build', goal, cwd=here)
        assert status == 2 and output.splitlines()[0] == (
            'profiler_plugin.so is built for %s, and this is make %s for %s: make %s UWSGI=%s, or '
            'make %s SO=build/other/profiler_plugin.so' % (other, goal, SERVER, goal, other, goal)), output
        assert (here / 'profiler_plugin.so').stat() == before
    file = here / 'build' / 'target-profiler_plugin.so'
    said = 'profiler_plugin.so was built for %s: the new one, for %s, replaces it\n' % (other, SERVER)
    assert target(file, here, SERVER, '/include') == (0, said)
    assert target(file, here, SERVER, '/include', 'demo') == (0, '')


def test_a_server_of_the_same_flags_is_the_same(tmp_path):
    (tmp_path / 'profiler_plugin.so').touch()
    file = tmp_path / 'target'
    (tmp_path / 'uwsgi').symlink_to(os.path.realpath(SERVER))
    assert target(file, tmp_path, SERVER, '/include') == (0, '')
    assert target(file, tmp_path, tmp_path / 'uwsgi', '/include', 'demo') == (0, '')
    assert file.read_text().startswith('%s/uwsgi\n' % tmp_path)
    # a library that is installed later is used by the next make
    text = file.read_text()
    assert target(file, tmp_path, tmp_path / 'uwsgi', '/include', FEATURES='pprof') == (0, '')
    assert file.read_text() != text and file.read_text().endswith('\npprof\n/include\n')
    assert target(file, tmp_path, tmp_path / 'uwsgi', '/include') == (0, '')
    # without a plugin there is nothing to lose
    (tmp_path / 'profiler_plugin.so').unlink()
    assert target(file, tmp_path, another_server(tmp_path / 'other'), '/include', 'demo') == (0, '')


def server_of_directory(directory, plugins):
    directory.mkdir()
    server = directory / 'uwsgi'
    server.write_text("""#!/bin/sh
[ "$1" != --cflags ] || { echo '-DUWSGI_PLUGIN_DIR="\\"%s\\""'; exit; }
exec %s "$@"
""" % (plugins, SERVER))
    server.chmod(0o755)
    return str(server)


def install_dir(server, destdir, **options):
    done = subprocess.run([str(ROOT / 'plugin' / 'install_dir.sh'), server, str(destdir)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout.decode()


def test_install_says_where_it_cannot_before_it_builds(tmp_path):
    server = server_of_directory(tmp_path / 'relative', '.')
    here = copy(tmp_path / 'checkout')
    status, output = make('UWSGI=' + server, '-o', 'deps-build', 'install', cwd=here)
    assert status == 2 and output.startswith('this server has no plugin directory: run make, ')
    assert 'building' not in output
    server = server_of_directory(tmp_path / 'absolute', '/no/such/place')
    assert install_dir(server, tmp_path) == (0, '%s/no/such/place\n' % tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason='needs root, to become somebody else')
def test_install_without_the_right_to_write_names_sudo(tmp_path):
    server = server_of_directory(Path(tempfile.mkdtemp()) / 'bin', '/no/such/place')
    try:
        Path(server).parent.parent.chmod(0o755)
        script = Path(server).parent / 'install_dir.sh'
        shutil.copy2(ROOT / 'plugin' / 'install_dir.sh', script)
        done = subprocess.run([str(script), server, ''], user='nobody', cwd='/', stderr=subprocess.PIPE)
        assert done.returncode == 1 and done.stderr.decode() == (
            'cannot write to /no/such/place: run make, then sudo make install UWSGI=%s\n' % server)
    finally:
        shutil.rmtree(Path(server).parent.parent)


@pytest.mark.parametrize('server, environment', [
    ('uwsgi', {'VIRTUAL_ENV': '/somewhere'}), ('venv/bin/uwsgi', {})])
def test_in_a_virtualenv_debians_server_is_not_asked_for(tmp_path, server, environment):
    path = commands(tmp_path / 'bin', 'uwsgi', 'uwsgi-core', 'gcc')
    done = subprocess.run([str(ROOT / 'plugin' / 'needs.sh'), server], cwd=tmp_path,
                          env={'PATH': str(path), **environment}, stderr=subprocess.PIPE)
    errors = done.stderr.decode()
    assert done.returncode == 1 and 'missing: gcc' in errors and 'uwsgi-' not in errors
    assert errors.endswith('there is no uWSGI at "%s": pip install uwsgi, in a virtualenv\n' % server)


def test_a_server_whose_headers_are_gone_names_the_first(tmp_path):
    server = tmp_path / 'uwsgi'
    server.write_text("""#!/bin/sh
case $1 in
--dot-h) echo '#include <not/there.h>' ;;
--cflags) echo '-DNAME="\\"a b\\"" -I.' ;;
*) exec %s "$@" ;;
esac
""" % SERVER)
    server.chmod(0o755)
    done = subprocess.run([str(ROOT / 'plugin' / 'needs.sh'), str(server)], stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b'this server was built with a header that is gone: not/there.h\n'


def test_the_others_install_what_they_need_and_say_so(tmp_path):
    here = copy(tmp_path / 'checkout')
    path = commands(tmp_path / 'bin', 'dpkg-query', 'apt-get', 'apt-cache', 'sudo', 'id')
    ran = tmp_path / 'ran'
    for name, text in (('dpkg-query', 'exit 1'), ('apt-cache', ''), ('id', 'echo 0'),
                       ('apt-get', 'echo "$*" >>%s; case "$*" in *install*) exit 1; esac' % ran)):
        (path / name).write_text('#!/bin/sh\n%s\n' % text)
        (path / name).chmod(0o755)
    for goal in ('demo', 'test', 'bench', 'matrix', 'serve', 'check', 'fuzz', 'soak'):
        ran.unlink(missing_ok=True)
        status, output = make(goal, cwd=here, env={'PATH': str(path)})
        assert status == 2 and output.startswith('installing: gcc '), output
        assert ran.read_text().splitlines()[1].startswith('install -q -y --no-install-recommends gcc')


def test_without_root_the_command_is_named(tmp_path):
    path = commands(tmp_path / 'bin', 'dpkg-query', 'sudo', 'id')
    for name, text in (('dpkg-query', 'exit 1'), ('id', 'echo 1000'), ('sudo', 'exit 1')):
        (path / name).write_text('#!/bin/sh\n%s\n' % text)
        (path / name).chmod(0o755)
    done = subprocess.run([str(ROOT / 'tests' / 'deps.sh'), 'demo'], env={'PATH': str(path)},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b'not root: please run: apt-get install python3-flask\n'


def test_dev_compiles_what_changed(tmp_path):
    here = copy(tmp_path / 'checkout with a blank')
    kept = ('buf.c', 'places.c', 'formats.c', 'html.c', 'page.c', 'metrics.c')
    for path in (here / 'plugin').rglob('*.c'):
        if path.name not in kept:  # enough to see which
            path.unlink()

    def compiled():
        status, output = make('dev', 'UWSGI=' + SERVER, cwd=here)
        assert status == 0, output
        return sorted(line for line in output.splitlines() if line.endswith('.c'))

    units = compiled()
    assert units == sorted(str(path.relative_to(here)) for path in (here / 'plugin').rglob('*.c'))
    listed = json.loads((here / 'compile_commands.json').read_text())
    assert sorted(os.path.relpath(os.path.join(command['directory'], command['file']), here)
                  for command in listed) == units
    assert compiled() == []
    with open(here / 'plugin/gate/places.c', 'a') as file:
        file.write('/* edited */\n')
    assert compiled() == ['plugin/gate/places.c']
    with open(here / 'plugin/gate/places.h', 'a') as file:
        file.write('/* edited */\n')
    assert compiled() == ['plugin/gate/places.c', 'plugin/uwsgi/metrics.c']  # by server.h
    with open(here / 'templates/report.css', 'a') as file:
        file.write('/* edited */\n')
    paged = ['plugin/browse/page.c', 'plugin/report/formats.c', 'plugin/report/page/html.c']
    assert compiled() == paged
    with open(here / 'templates/shelf/start.js', 'a') as file:
        file.write('/* edited */\n')
    assert compiled() == paged
    (here / 'plugin/base/added.c').write_text('int added(void);\nint added(void) { return 1; }\n')
    assert compiled() == ['plugin/base/added.c']
    assert (here / 'build/dev/profiler_plugin.so').exists()
    status, output = make('dev', 'UWSGI=' + SERVER, cwd=here,
                          env=dict(os.environ, PROFILER_WITHOUT='pprof'))
    assert status == 0 and 'plugin/gate/places.c\n' in output
    assert ('uwsgi-profiler: without protobuf-c, zlib: no format pprof, '
            'as PROFILER_WITHOUT says\n') in output


def as_another_user():
    return os.getuid() == 0 and shutil.which('setpriv')


@pytest.mark.skipif(not as_another_user(), reason='needs root, to become somebody else')
def test_a_checkout_that_cannot_be_written_ends_with_one_line(tmp_path):
    here = copy(tmp_path / 'checkout')
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & stat.S_IXOTH:
            if parent == Path('/') or len(parent.parts) <= 2:
                pytest.skip('nobody cannot enter %s' % parent)
            parent.chmod(0o755)
    status, output = make('UWSGI=' + SERVER, cwd=here, user='nobody')
    if 'cannot run the uWSGI server' in output or 'missing' in output:
        pytest.skip('nobody cannot run this server')
    assert status == 2, output
    assert output.splitlines()[0] == (
        'cannot write to %s/build: copy this directory to where you can, and run make there' % here)
    assert len(output.splitlines()) == 2


class FromText(Server):
    """A server of an ini text, as it is printed, with another port and an app."""

    text = ''

    def start(self):
        text = self.text.replace('127.0.0.1:8000', '127.0.0.1:%d' % self.port)
        text = text.replace('app:application', 'plain:application')
        self.ini.write_text(text + 'pythonpath = %s\nmaster = true\nneed-app = true\n' % harness.APPS)
        super().start()


def ini_of(output):
    return re.search(r'^\[uwsgi\]\n(?:.+\n)+', output, re.M)[0]


def test_tests_in_a_path_with_a_blank_end_with_one_line(tmp_path):
    here = copy(tmp_path / 'my checkout')
    for goal in ('test', 'test-page', 'check', 'fuzz'):
        status, output = make(goal, cwd=here)
        assert status == 2 and 'this path has a blank' in output and output.count('\n') == 1


@pytest.mark.slow
def test_a_path_with_a_blank_a_relative_server_and_the_ini_that_is_printed(serve, tmp_path):
    here = copy(tmp_path / 'my own checkout')
    (here / 'venv' / 'bin').mkdir(parents=True)
    (here / 'venv' / 'bin' / 'uwsgi').symlink_to(os.path.realpath(SERVER))
    status, output = make('UWSGI=venv/bin/uwsgi', cwd=here)
    assert status == 0, output
    assert output.splitlines()[0].startswith('building profiler_plugin.so for %s/venv/bin/uwsgi' % here)
    ini = ini_of(output)
    assert 'plugins-dir = %s\nneed-plugin = profiler\n' % here in ini
    assert re.findall('^plugin = (.*)$', ini, re.M) == ([PYTHON_PLUGIN] if PYTHON_PLUGIN else [])
    FromText.text = ini
    server = serve(kind=FromText)
    assert header(server.get('/hello?profile=txt'), 'X-Profile-Id')
    # nothing is built again; where it cannot be written to, neither
    status, again = make('UWSGI=venv/bin/uwsgi', cwd=here)
    assert status == 0 and 'building' not in again and ini_of(again) == ini


def show_ini(server, plugin, **environment):
    done = subprocess.run([sys.executable, str(ROOT / 'plugin' / 'show_ini.py'), server, plugin],
                          stdout=subprocess.PIPE, env={'PATH': os.environ['PATH'], **environment}, check=True)
    return done.stdout.decode()


def python_of_server():
    return subprocess.run([sys.executable, str(ROOT / 'plugin' / 'find_python.py'), SERVER, 'version'],
                          stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def test_the_ini_names_the_virtualenv_of_the_server_or_the_one_that_is_activated(tmp_path):
    for name in ('around', 'active'):
        (tmp_path / name / 'bin').mkdir(parents=True)
        (tmp_path / name / 'pyvenv.cfg').write_text('home = /usr/bin\n')
    inside = tmp_path / 'around' / 'bin' / 'uwsgi'
    inside.symlink_to(os.path.realpath(SERVER))
    active = str(tmp_path / 'active')
    assert 'virtualenv = %s\n' % (tmp_path / 'around') in show_ini(str(inside), 'x', VIRTUAL_ENV=active)
    if not (Path(SERVER).parent.parent / 'pyvenv.cfg').exists():
        assert 'virtualenv = %s\n' % active in show_ini(SERVER, 'x', VIRTUAL_ENV=active)
        assert 'virtualenv' not in show_ini(SERVER, 'x')
    version = python_of_server()
    config = tmp_path / 'active' / 'pyvenv.cfg'
    for line in ('version = %s' % version, 'version_info = %s.final.0' % version):
        config.write_text('home = /usr/bin\n%s\n' % line)
        assert 'has no uwsgi' not in show_ini(SERVER, 'x', VIRTUAL_ENV=active)
    config.write_text('home = /usr/bin\nversion = 3.4.1\n')
    if not (Path(SERVER).parent.parent / 'pyvenv.cfg').exists():
        output = show_ini(SERVER, 'x', VIRTUAL_ENV=active)
        assert 'virtualenv =' not in output
        assert output.splitlines()[-1] == (
            'the active virtualenv has no uwsgi, and %s cannot use it (%s, Python 3.4): for an app in '
            'it, pip install uwsgi, then make' % (SERVER, active))
    assert 'need-plugin = /a%%b/profiler_plugin.so\n' in show_ini(SERVER, '/a%b/profiler_plugin.so')
    assert 'plugins-dir = /a:b\nneed-plugin = profiler\n' in show_ini(SERVER, '/a:b/profiler_plugin.so')


# make serve

def serve_on(port):
    done = subprocess.run([sys.executable, str(ROOT / 'tests' / 'demo' / 'run.py'), 'serve'],
                          env=dict(os.environ, PORT=str(port)), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stderr.decode()


@pytest.mark.xdist_group('demo')  # one directory
def test_the_places_to_open_stand_below_what_the_server_says_as_it_starts():
    port = harness.free_port()
    run = subprocess.Popen([sys.executable, str(ROOT / 'tests' / 'demo' / 'run.py'), 'serve'],
                           env=dict(os.environ, PORT=str(port)), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    said = []
    try:
        for line in run.stdout:
            said.append(line.decode(errors='replace'))
            if 'Ctrl-C ends it' in said[-1]:
                break
        [shelf] = re.findall(r'^    (http://\S+/_profiles/)$', ''.join(said), re.M)
        with urllib.request.urlopen(shelf, timeout=HANG) as page:
            assert b'<title>Profiles</title>' in page.read()
    finally:
        os.killpg(run.pid, signal.SIGINT)
        said.append(run.communicate()[0].decode(errors='replace'))
    text = ''.join(said)
    places = text.find('    http://127.0.0.1:%d/report?profile=sampling\n' % port)
    assert text.find('spawned uWSGI worker 2') in range(places), text
    assert shelf == 'http://127.0.0.1:%d/_profiles/' % port
    assert 'No such file' not in text, text


def test_a_port_that_is_taken_ends_with_one_line():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, errors = serve_on(port)
    assert status == 1
    assert re.fullmatch(r'cannot listen on port %d \(Address already in use\): '
                        r'make serve PORT=\d+ takes another\n' % port, errors)


@pytest.mark.xdist_group('demo')  # one directory
def test_a_server_without_flask_is_told_to_have_it(tmp_path):
    (tmp_path / 'flask.py').write_text('raise ModuleNotFoundError("No module named \'flask\'")\n')
    for what in ('demo', 'serve'):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(ROOT / 'tests' / 'demo' / 'run.py'), what], stdin=subprocess.DEVNULL,
            env=dict(os.environ, PORT=str(port), PYTHONPATH=str(tmp_path)),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 1
        assert done.stderr.decode().splitlines()[-1] == (
            'the app does not load: has the Python of %s Flask? In its virtualenv: pip install flask' % UWSGI)


@pytest.mark.parametrize('port', ['x', '0', '70000', '-1'])
def test_a_port_that_is_none_ends_with_one_line(port):
    status, errors = serve_on(port)
    assert status == 1 and errors == 'PORT=%s: not a port; for example make serve PORT=8001\n' % port
