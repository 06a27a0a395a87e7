"""What a newcomer meets first: servers that never serve, and what the log says to him."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import documents
from harness import (APPS, CRASH, PLUGIN, PYTHON_PLUGIN, UWSGI, Server, free_port, header,
                     parse_response, plugins_for, run_uwsgi, state, wait_for)

LOADS = [word for plugin in (PYTHON_PLUGIN, PLUGIN) if plugin
         for word in ('--need-plugin', plugin)]
APP = ['--pythonpath', str(APPS), '--module', 'plain:application']
NO_PYTHON = 'profiler: nothing is profiled here: without a socket and a master'
START = r'profiler: \d[\w.]+, Python 3\.'


def run_until(sign, directory, *arguments):
    """The output of a server that is ended once it has written this sign and sleeps, if it did
    not end by itself: uWSGI ends Python in the handler of the signal, and so crashes where a
    process that only starts imports something."""
    log = directory / 'log'
    with open(log, 'wb') as output:
        server = subprocess.Popen([UWSGI, *arguments], cwd=directory, stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=output, start_new_session=True)
    try:
        wait_for(lambda: '%s: %s' % (sign, log.read_text(errors='replace')), lambda: (
            re.search(sign, log.read_text(errors='replace'))))
        wait_for('sleep', lambda: all_sleep(server.pid))
        server.send_signal(signal.SIGINT)
        for _ in range(20):
            try:
                server.wait(1)
                break
            except subprocess.TimeoutExpired:  # a worker that only starts loses the signal
                os.killpg(server.pid, signal.SIGINT)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # our own session, no other's
        server.wait()
    return log.read_text(errors='replace')


def all_sleep(session):
    """All processes of this session do, for a while."""
    for _ in range(10):
        if any(state(pid) not in 'SZ' for pid in members(session)):
            return False
        time.sleep(0.01)
    return True


def members(session):
    found = []
    for path in Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):
            if path.read_text().rpartition(')')[2].split()[3] == str(session):
                found.append(path.parent.name)
    return found


def assert_no_crash(output):
    assert not CRASH.search(output) and 'end of backtrace' not in output, output


@pytest.mark.parametrize('arguments', [
    LOADS, LOADS + APP, LOADS[:-2] + APP + LOADS[-2:], LOADS + APP + ['--lazy-apps', '--need-app'],
    LOADS + APP + ['--processes', '2', '--threads', '2'],
    LOADS + APP + ['--profiler-mode', 'sampling', '--profiler-trigger', 'always'],
    LOADS + APP + ['--profiler-off-file', 'off', '--profiler-dir', 'profiles'],
    LOADS + ['--plugins-list']])
def test_a_server_without_a_socket_says_what_it_says_without_us(arguments):
    status, output = run_uwsgi(*arguments)
    assert_no_crash(output)
    assert status == 1 and 'The -s/--socket option is missing' in output
    assert output.count(NO_PYTHON) == 1 and 'http-socket = 127.0.0.1:8000' in output


def test_a_router_without_a_master_has_no_python(tmp_path):
    extra = plugins_for('http')
    if extra is None:
        pytest.skip('no http router in this server')
    loads = [word for name in extra for word in ('--plugin', name)]
    output = run_until('you should enable the master process', tmp_path, *LOADS, *loads, '--http',
                       '127.0.0.1:%d' % free_port(), '--http-to', '127.0.0.1:1')
    assert_no_crash(output)
    assert NO_PYTHON in output


@pytest.mark.parametrize('arguments, sign', [
    (['--master', '--spooler', '.'], 'spawned the uWSGI spooler'),
    (['--spooler', '.'], 'spawned the uWSGI spooler'),
    (['--http-socket', '127.0.0.1:0', '--master', '--mule', '--spooler', '.', '--lazy-apps'],
     'spawned uWSGI mule 1'),
    (['--attach-daemon', 'sleep 100'], 'spawned uWSGI master process'),
    (['--cron', '-1 -1 -1 -1 -1 true'], 'spawned uWSGI master process'),
    (['--http-socket', '127.0.0.1:0'], 'spawned uWSGI worker 1'),
    (['--master', '--http-socket', '127.0.0.1:0', '--processes', '2'], 'spawned uWSGI worker 2'),
])
@pytest.mark.parametrize('app', [[], APP])
def test_servers_with_more_or_less_than_workers(tmp_path, arguments, sign, app):
    output = run_until(sign, tmp_path, *LOADS, *app, *arguments)
    assert_no_crash(output)
    assert re.search(START, output) and NO_PYTHON not in output


def test_a_server_that_needs_an_app_and_has_none():
    status, output = run_uwsgi(*LOADS, '--http-socket', '127.0.0.1:0', '--need-app')
    assert_no_crash(output)
    assert status == 22 and 'no app loaded' in output


@pytest.mark.parametrize('arguments', [
    ['--version'], ['--help'], ['--cflags'], ['--no-server']])
def test_options_after_which_the_server_ends(arguments):
    status, output = run_uwsgi(*LOADS, *arguments)
    assert_no_crash(output)
    assert status == 0, output


def test_a_script_that_the_server_runs(tmp_path):
    script = tmp_path / 'script.py'
    script.write_text('import sys; print("ran", sys.argv[1:])\n')
    status, output = run_uwsgi(*LOADS, '--pyrun', str(script), '--pyargv', 'a b')
    assert_no_crash(output)
    assert status == 0 and "ran ['a', 'b']" in output


# the README's first ini texts, as they are printed

def first_ini(heading):
    part = documents.section('README.md', '### ' + heading)
    return re.findall(r'^```ini\n(.*?)^```', part, re.M | re.S)[0]


class Printed(Server):
    """A server of such a text: its places are made here, and nothing is added that it needs."""

    text = app = ''

    def start(self):
        text = re.sub(r'(http-socket = .*):8000', r'\g<1>:%d' % self.port, self.text)
        text = text.replace('http-socket = :', 'http-socket = 127.0.0.1:')
        text = re.sub('need-plugin = .*', 'need-plugin = ' + PLUGIN, text)
        text = re.sub('virtualenv = .*', 'virtualenv = %s' % self.virtualenv(), text)
        if PYTHON_PLUGIN and 'plugin = python3' not in text:
            text = text.replace('need-plugin', 'plugin = %s\nneed-plugin' % PYTHON_PLUGIN, 1)
        elif not PYTHON_PLUGIN:
            text = text.replace('plugin = python3\n', '')
        self.ini.write_text(text)
        (self.directory / 'app.py').write_text(self.app)
        super().start()

    def virtualenv(self):
        if not PYTHON_PLUGIN:
            return Path(shutil.which(UWSGI)).parent.parent
        subprocess.run([sys.executable, '-m', 'venv', '--without-pip', self.directory / 'venv'], check=True)
        return self.directory / 'venv'


@pytest.mark.parametrize('heading', ['With pip', "With Debian's uWSGI", 'In a container'])
def test_the_first_ini_texts_of_the_readme_start_a_server_that_profiles(serve, heading):
    Printed.text = first_ini(heading)
    Printed.app = '# app.py\n' + documents.snippet('python', 'app.py')
    server = serve(kind=Printed)
    address = '172.17.0.1' if heading == 'In a container' else '127.0.0.1'
    if address == '127.0.0.1':
        answer = server.get('/?profile=txt')
        assert b'app.py:2(application)' in answer.body and header(answer, 'X-Profile-Status') == '200'
        assert re.search(r'^profiler: .*; try http://127\.0\.0\.1:%d/\?profile$' % server.port,
                         server.log(), re.M)
    else:
        assert 'who may profile: 172.17.0.1' in server.log()
        server.get('/?profile=txt')
        server.wait_log('flag from 127.0.0.1 ignored: .*; add profiler-allow = 127.0.0.1 or')


def test_a_client_outside_the_container_is_let_in_by_the_line_that_the_log_names(serve):
    server = serve('plain')
    ask = {'REMOTE_ADDR': '172.17.0.1', 'HTTP_X_PROFILE': '1'}
    assert not header(parse_response(server.uwsgi('/hello', **ask)), 'X-Profile-Id')
    [line] = server.wait_log(r'profiler-allow = \S+')
    server = serve('plain', line)
    assert header(parse_response(server.uwsgi('/hello', **ask)), 'X-Profile-Id')


# what was almost a flag, or was one too many: the log says so, once a minute

ALMOST = ('profiler: a query parameter was left to the app, "profile" of "/hello", '
          'though it is almost a flag: ')


@pytest.mark.parametrize('value, meant', [
    ('samplng', 'sampling'), ('text', 'txt'), ('sampling,1ms', 'sampling,interval=1ms'),
    ('SAMPLING', 'sampling'), ('html%2Ctext', 'html,txt'), ('sampling+html', 'sampling,html'),
    ('pprof2', 'pprof')])
def test_what_is_almost_a_flag_is_the_apps_and_logged(serve, value, meant):
    server = serve('plain', 'processes = 2')
    plain = server.get('/hello?q=1')
    for _ in range(20):
        assert server.get('/hello?q=1&profile=' + value) == plain
    [line] = server.wait_log('.*almost a flag.*')
    assert line == ALMOST + 'did you mean "%s"?' % meant
    assert server.log().count('almost a flag') == 1


def test_the_path_of_what_is_almost_a_flag_is_escaped(serve):
    server = serve('plain')
    server.get('/a%0aprofiler%1b[31m?profile=samplng')
    [line] = server.wait_log('.*almost a flag.*')
    assert '"profile" of "/a\\x0aprofiler\\x1b[31m"' in line


def test_each_reason_for_which_a_flag_is_ignored_has_a_minute_of_its_own(serve):
    server = serve('plain', 'processes = 2')
    for _ in range(5):
        server.get('/hello?profile', {'Host': 'shop.example'})
        server.get('/hello?profile', {'X-Forwarded-For': '8.8.8.8'})
        server.get('/hello?profile=samplng')
    server.wait_log('almost a flag')
    assert server.log().count('the Host is not a loopback name') == 1
    assert server.log().count('forwarding header is there: "X_FORWARDED_FOR"; set profiler-key') == 1
    assert server.log().count('forwarding header') == 1
    assert server.log().count('almost a flag') == 1


def test_an_unknown_word_among_those_of_a_flag_is_named_in_the_log(serve):
    server = serve('plain')
    assert server.get('/hello?profile=sampling,fast').body == b'hello'
    [line] = server.wait_log('.*almost a flag.*')
    assert line.startswith(ALMOST + '"fast" is not a word of a flag; words: deterministic, ')


@pytest.mark.parametrize('ini, headers, query', [
    ('', {}, 'profile=alice'), ('', {}, 'profile=2'), ('', {}, 'profile=name'),
    ('', {'Host': 'shop.example'}, 'profile=samplng'),
    ('', {'X-Forwarded-For': '8.8.8.8'}, 'profile=samplng'),
    ('profiler-allow = 10.0.0.1', {}, 'profile=samplng'),
    ('profiler-key = sesame-open-0123', {}, 'profile=samplng'),
    ('', {'Sec-Purpose': 'prefetch'}, 'profile=samplng')])
def test_the_apps_own_parameters_and_those_of_strangers_are_not_logged(serve, ini, headers, query):
    server = serve('plain', ini)
    assert server.get('/hello?' + query, headers).body == b'hello'
    server.get('/hello?profile=smapling') if not ini else server.get('/hello')
    if not ini:  # the log's only line is of the request after it
        [line] = server.wait_log('.*almost a flag.*')
        assert '"sampling"?' in line
    assert server.log().count('almost a flag') == (0 if ini else 1)


def test_a_rate_that_was_reached_is_logged(serve):
    server = serve('plain', 'processes = 2\nprofiler-max-per-minute = 2')
    errors = [header(server.get('/hello?profile'), 'X-Profile-Error') for _ in range(9)]
    assert sum(error is not None for error in errors) >= 5  # the minute may have ended between
    [line] = server.wait_log('.*a request was not profiled.*')
    assert line == ('profiler: a request was not profiled: 2 were in this minute '
                    '(profiler-max-per-minute = 2); wait, or raise it, or set 0 for no limit')
    assert server.log().count('was not profiled') == 1


def test_profiles_at_once_that_are_too_many_are_logged(serve):
    server = serve('plain', 'threads = 3\nprofiler-max-active = 1')
    waiting = server.open('/wait?a&profile=log')
    try:
        wait_for('the first to be profiled', (server.directory / 'in-a').exists)
        assert 'profiler-max-active' in header(server.get('/hello?profile=log'), 'X-Profile-Error')
        [line] = server.wait_log('.*a request was not profiled.*')
        assert line == ('profiler: a request was not profiled: worker 1 is profiling 1 others '
                        '(profiler-max-active = 1); wait, or raise it')
    finally:
        (server.directory / 'go-a').touch()
        waiting.close()
