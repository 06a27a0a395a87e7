"""A plugin that was built without OpenSSL, protobuf-c and zlib: what needs them stops the server
or is refused, and nobody is let in who would not be let in by a whole one."""
import functools
import gzip
import os
import re
import subprocess
import time

import pytest

import building
from environment import BUILD
from harness import (APPS, Server, header, parse_response, profile_id, PYTHON_PLUGIN,
                     run_uwsgi, UWSGI)
from shelf import KEY, SHELF, rows, signed, signed_list, stored
from test_access import ask, read_table, request
from test_shelf_access import mac

pytestmark = pytest.mark.xdist_group('without')

MISSING_FORMAT = '"pprof" is not in this plugin, which was built without protobuf-c or zlib'
LOADED = 'WSGI app 0 '
NO_KEY = 'this plugin was built without OpenSSL, so no flag could prove a key; '


@functools.lru_cache(None)
def plugin():
    """Builds it, from objects."""
    outer = ('MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL', 'SO', 'PYTHON', 'SANITIZE')
    env = {name: value for name, value in os.environ.items() if name not in outer}
    with building.locked('without'):
        status, output = building.run(
            'make', 'dev', 'DEV=build/without', 'UWSGI=' + UWSGI, env=dict(
                env, PROFILER_WITHOUT='openssl, pprof'))
    assert status == 0, output
    return BUILD / 'without' / 'profiler_plugin.so'


class Without(Server):
    @property
    def built(self):
        return plugin()


@pytest.fixture(scope='module')
def server(served):
    """One that shows stored profiles to this machine, and to 10.0.0.0/8."""
    return served(ini=SHELF.replace('= file', '= log, html') + '\nprofiler-allow = 127.0.0.1, 10.0.0.0/8', kind=Without)


def start(tmp_path, *lines, arguments=(), name='uwsgi.ini', **environment):
    """(status, output) of a server that would end right after it has loaded the app."""
    file = tmp_path / name
    plugins = [str(path) for path in (PYTHON_PLUGIN, plugin()) if path]
    tail = ['pythonpath = %s' % APPS, 'module = plain:application', 'socket = 127.0.0.1:0',
            'hook-post-app = exit:']
    if name.endswith('.yaml'):  # uWSGI's own parser knows neither lists nor quotes
        text = ['uwsgi:', *('  ' + line.replace(' = ', ': ', 1) for line in lines)]
    else:
        text = ['[uwsgi]', *lines, *tail]
    file.write_text('\n'.join(text) + '\n')
    for variable, value in environment.items():
        os.environ[variable] = value
    try:
        loaded = [word for path in plugins for word in ('--need-plugin', path)]
        return run_uwsgi(*loaded, '--' + name.rpartition('.')[2], str(file), *arguments)
    finally:
        for variable in environment:
            del os.environ[variable]


def test_the_plugin_needs_none_of_the_libraries():
    needed = subprocess.run(['readelf', '-d', str(plugin())], check=True,
                            stdout=subprocess.PIPE).stdout.decode()
    libraries = re.findall(r'NEEDED.*\[(.*?)\.so', needed)
    assert 'libpcre2-8' in libraries
    assert not {'libcrypto', 'libssl', 'libprotobuf-c', 'libz'} & set(libraries), libraries


def test_without_a_key_a_server_starts(tmp_path):
    status, output = start(tmp_path)
    assert status == 0 and LOADED in output, output


@pytest.mark.parametrize('how', ['ini', 'yaml', 'command line', 'environment', 'set', 'empty',
                                 'allow', 'file', 'absent file', 'file on command line'])
def test_a_key_stops_the_server_whatever_way_it_is_set(tmp_path, how):
    secret = tmp_path / 'profiler.key'
    secret.write_text(KEY)
    key, key_file = 'profiler-key = ' + KEY, 'profiler-key-file = %s' % secret
    status, output = {
        'ini': lambda: start(tmp_path, key),
        'yaml': lambda: start(tmp_path, key, name='uwsgi.yaml'),
        'command line': lambda: start(tmp_path, arguments=['--profiler-key', KEY]),
        'environment': lambda: start(tmp_path, UWSGI_PROFILER_KEY=KEY),
        'set': lambda: start(tmp_path, arguments=['--set', 'profiler-key=' + KEY]),
        'empty': lambda: start(tmp_path, 'profiler-key = ""'),
        'allow': lambda: start(tmp_path, 'profiler-allow = 10.0.0.0/8', key),
        'file': lambda: start(tmp_path, key_file),
        'absent file': lambda: start(tmp_path, 'profiler-key-file = /nonexistent/key'),
        'file on command line': lambda: start(
            tmp_path, arguments=['--profiler-key-file', str(secret)]),
    }[how]()
    assert status == 1 and LOADED not in output, output
    [line] = [line for line in output.splitlines() if 'profiler' in line and 'OpenSSL' in line]
    option = 'profiler-key-file' if 'file' in how else 'profiler-key'
    assert line.endswith(
        '%s: %sinstall OpenSSL\'s headers (Debian: apt-get install libssl-dev) and build it again'
        % (option, NO_KEY)), line
    assert KEY not in output


@pytest.mark.parametrize('value', ['pprof', 'prof, pprof', 'pprof, prof'])
def test_a_format_that_is_missing_stops_the_server(tmp_path, value):
    status, output = start(tmp_path, 'profiler-dir = %s/profiles' % tmp_path,
                           'profiler-format = ' + value)
    assert status == 1 and LOADED not in output
    [line] = [line for line in output.splitlines() if 'profiler-format' in line]
    assert line.endswith('profiler-format: %s; possible: prof, txt, json, html, folded, speedscope'
                         % MISSING_FORMAT)


def test_a_flag_for_a_format_that_is_missing_is_answered_with_the_reason(server):
    for path, headers in (('/hello?profile=pprof', {}), ('/hello?profile=sampling,pprof', {}),
                          ('/hello', {'X-Profile': 'pprof'})):
        answer = server.get(path, headers)
        assert answer.status == 200 and header(answer, 'X-Profile-Error') == MISSING_FORMAT
        assert answer.body == server.get('/hello').body and not header(answer, 'X-Profile-Id')
    error = header(server.get('/hello', {'X-Profile': 'pproff'}), 'X-Profile-Error')
    assert ', speedscope, sort=' in error and 'pprof,' not in error


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
@pytest.mark.parametrize('word, holds', [
    ('html', b'</html>'), ('txt', b'PROFILE '), ('json', b'"meta"'), ('prof', b'{'),
    ('folded', b'GET '), ('speedscope', b'speedscope.app')])
def test_all_other_formats_are_there(server, mode, word, holds):
    answer = server.get('/recursion?profile=%s,%s' % (mode, word))
    assert answer.status == 200 and profile_id(answer) and holds in answer.body


def test_the_log_and_files_are_written(server):
    answer = server.get('/hello', {'X-Profile': 'log,file'})
    record = server.record(answer)
    assert record.files and 'application' in record.functions()
    browser = {'Accept': 'text/html', 'Sec-Fetch-Dest': 'document'}
    assert b'</html>' in server.get('/hello?profile', browser).body


def test_the_shelf_shows_stored_profiles_and_files_of_another_build(server):
    profile = stored(server)[0]
    for path in ('', profile, profile + '.json', profile + '.prof'):
        assert server.get('/_profiles/' + path).status == 200
    other = server.directory / 'profiles' / 'other.pb.gz'
    other.write_bytes(gzip.compress(b'x'))
    assert 'pb.gz' not in str(rows(server))


STRANGER = '192.0.2.7'
PROOFS = ['key=' + KEY, 'txt,key=' + KEY, 'key=', signed('txt,exp=@'), 'txt,exp=@,sig=' + 64 * '0',
          'txt,sig=', 'txt,exp=@,sig=']


@pytest.mark.parametrize('proof', PROOFS)
def test_nothing_proves_a_key(server, proof):
    proof = proof.replace('@', str(int(time.time()) + 600))
    plain = server.uwsgi('/hello', REMOTE_ADDR=STRANGER)
    for variables in ({'query': 'profile=' + proof}, {'HTTP_X_PROFILE': proof},
                      {'HTTP_COOKIE': 'profile=' + proof}):
        answer = server.uwsgi('/hello', REMOTE_ADDR=STRANGER, **variables)
        assert answer == plain, answer


def test_nothing_opens_the_shelf_to_a_stranger(server):
    url = signed_list()
    expires = str(int(time.time()) + 600)
    session = '%s.%s' % (expires, mac('session of the shelf\n/_profiles\n' + expires))
    zeros = '%s.%s' % (expires, 64 * '0')
    plain = server.uwsgi('/_profiles/', REMOTE_ADDR=STRANGER)
    assert parse_response(plain).body == b'hello'
    for query, variables in ((url.partition('?')[2], {}),
                             ('', {'HTTP_X_PROFILE': 'key=' + KEY}),
                             ('', {'HTTP_COOKIE': 'profile=key=' + KEY}),
                             ('', {'HTTP_COOKIE': 'profiler_session=' + session}),
                             ('', {'HTTP_COOKIE': 'profiler_session=' + zeros})):
        answer = server.uwsgi('/_profiles/', query, REMOTE_ADDR=STRANGER, **variables)
        assert answer == plain, (query, variables)
    local = server.uwsgi('/_profiles/', url.partition('?')[2], REMOTE_ADDR='10.0.0.1',
                         HTTP_HOST='10.0.0.2')
    assert parse_response(local).status == 200 and b'Set-Cookie' not in local


TABLE = {name: (options, lines) for name, (options, lines) in read_table().items()
         if not any('profiler-key' in option for option in options)}


@pytest.mark.parametrize('name', sorted(TABLE))
def test_access_by_address_is_that_of_a_whole_plugin(serve, name):
    options, lines = TABLE[name]
    ini = '\n'.join(['profiler-output = log', 'log-master = false', *options])
    answers = []
    for kind in (Server, Without):
        server = serve(ini=ini, kind=kind)
        answers.append([bool(header(parse_response(ask(server, request(line))), 'X-Profile-Id'))
                        for line in lines])
    assert len(lines) > 3 and answers[0] == answers[1]
