"""Who is accepted, on a real server: the table of tests/access, keys and their files,
signatures, proxies; and that no secret is to be found anywhere afterwards."""
import hashlib
import itertools
import hmac
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import documents
from harness import (HANG, ROOT, UWSGI, header, parse_response, plugins_for, read_all,
                     uwsgi_packet, wait_for, without_ours)

KEY, OTHER_KEY = 'sesame-open-0123', 'sesame-open-0124'
TRIGGERS = '''
    profiler-trigger = query:profile
    profiler-trigger = header:X-Profile
    profiler-trigger = cookie:prof
    profiler-trigger = var:PROFILE
'''


def signed(value, path='/hello', method='GET', key=KEY):
    """The flag with its signature, made by other means than the plugin's."""
    text = '\n'.join((method, path, value)).encode()
    return '%s,sig=%s' % (value, hmac.new(key.encode(), text, hashlib.sha256).hexdigest())


def in_force(seconds=600):
    return 'exp=%d' % (time.time() + seconds)


# the table

def signature(value, how):
    value = 'txt' if how == 'value' else value[:-1] if value.endswith(',') else value
    flag = signed(value, '/other' if how == 'path' else '/hello',
                  'POST' if how == 'method' else 'GET', OTHER_KEY if how == 'secret' else KEY)
    digits = flag[-64:]
    return 'sig=' + (digits.upper() if how == 'upper' else
                     digits[:-1] if how == 'short' else digits)


def filled_in(value):
    value = re.sub(r'@([+-]\d+)', lambda match: str(int(time.time()) + int(match[1])),
                   value.replace('@KEY', KEY))
    return re.sub(r'^(.*?)@sig(?:\((\w+)\))?', lambda match: match[1] + signature(
        match[1], match[2]), value)


class Variables(list):
    """What a dictionary is for uwsgi_packet, and with a name twice."""

    def items(self):
        return iter(self)


def request(line):
    """The variables of a line of the table."""
    address, headers, host, flags = line.split('|')[:4]
    variables = Variables(pair for pair in (('REMOTE_ADDR', address.strip()),
                                            ('HTTP_HOST', host.strip())) if pair[1] != '-')
    variables += [('HTTP_' + name, value) for name, _, value in
                  (item.strip().partition('=') for item in headers.split(';') if item.strip())]
    query = ''
    for flag in [] if flags.strip() == '-' else flags.split(' ; '):
        kind, _, value = flag.strip().partition('=')
        value = filled_in(value)
        if kind == 'query':
            query = 'profile=' + value.replace(' ', '+')
        else:
            variables.append({'header': ('HTTP_X_PROFILE', value), 'var': ('PROFILE', value),
                              'cookie': ('HTTP_COOKIE', 'prof=' + value)}[kind])
    return variables + [
        ('REQUEST_METHOD', 'GET'), ('PATH_INFO', '/hello'), ('QUERY_STRING', query),
        ('REQUEST_URI', '/hello?' + query if query else '/hello'), ('SCRIPT_NAME', ''),
        ('SERVER_NAME', 'localhost'), ('SERVER_PORT', '80'), ('SERVER_PROTOCOL', 'HTTP/1.1')]


def ask(server, variables):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(HANG)
        connection.connect(server.socket)
        connection.sendall(uwsgi_packet(Variables(variables)))
        return read_all(connection)


def read_table(name='table.txt'):
    """{configuration: (its options, its lines)}"""
    sections = {}
    for line in (ROOT / 'tests' / 'access' / name).read_text().splitlines():
        if line.startswith('['):
            options, lines = sections.setdefault(line.strip('[]'), ([], []))
        elif line.startswith('profiler-'):
            options.append(line.replace('@KEY', KEY))
        elif line and not line.startswith('#'):
            lines.append(line)
    return sections


TABLE = read_table()


def test_the_table_is_large_enough():
    assert sum(len(lines) for _, lines in TABLE.values()) >= 150


@pytest.mark.parametrize('name', TABLE)
def test_every_request_of_the_table_is_decided_as_it_says(serve, name):
    options, lines = TABLE[name]
    ours, plain = serve('plain', TRIGGERS + 'disable-logging = true\n' +
                        '\n'.join(options)), serve('plain', plugin=False)
    for line in lines:
        expected = line.rpartition('|')[2].strip()
        variables = request(line)
        answer, usual = ask(ours, variables), ask(plain, variables)
        response = parse_response(answer)
        decision = ('profiled' if header(response, 'X-Profile-Id') else
                    'error' if header(response, 'X-Profile-Error') else 'unseen')
        assert decision == (expected if expected in ('profiled', 'error') else 'unseen'), line
        if decision == 'unseen':
            assert answer == usual, line
    ours.stop()
    assert KEY not in ours.log() and OTHER_KEY not in ours.log()


def test_off_is_off_and_ignored_is_not(serve):
    server = serve('plain', TRIGGERS + 'profiler-trigger = always\nprofiler-key = %s' % KEY)
    for flag in ('off,key=' + KEY, 'off', 'off,key=wrong', signed('off,' + in_force())):
        assert server.get('/hello', {'X-Profile': flag}).body == b'hello'
    assert server.get('/missing').status == 404
    server.wait_log(r'^.*[0-9a-f]{16} deterministic.*/missing')
    assert len(re.findall(r'[0-9a-f]{16} deterministic', server.log())) == 3


def test_a_variable_of_a_route_is_configuration_too(serve):
    server = serve('plain', 'profiler-trigger = var:PROFILE\nprofiler-key = %s\n'
                            'route = ^/recursion addvar:PROFILE=txt,limit=3' % KEY)
    answer = server.get('/recursion')
    assert header(answer, 'X-Profile-Id') and b'due to restriction <3>' in answer.body
    for headers in ({'PROFILE': 'txt'}, {'X-Profile': 'key=' + KEY}):
        answer = server.get('/hello', headers)
        assert answer == without_ours(answer) and answer.body == b'hello'


# secrets are nowhere

def everything_written(server):
    texts = [server.log()]
    for folder in (server.directory / 'profiles',):
        texts += [path.read_bytes().decode('latin-1') for path in folder.iterdir()]
    return '\n'.join(texts)


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_no_secret_is_in_any_report(serve, mode):
    server = serve('plain', '''
        profiler-key = %s
        profiler-dir = @DIR@/profiles
        profiler-format = prof, html, txt, json, speedscope, folded, pprof
        profiler-output = log, file, html
        profiler-trigger = query:profile
        profiler-trigger = header:X-Profile
        profiler-trigger = cookie:prof
        disable-logging = true
    ''' % KEY)
    private = {'Authorization': 'Basic c2VjcmV0LXBhc3N3b3Jk', 'Cookie': 'session=secret-session'}
    bodies, signatures = [], []
    for word in ('html', 'txt', 'json', 'speedscope', 'folded'):
        for path in ('/redirect', '/raising_late', '/recursion'):
            flag = signed('%s,%s,%s' % (mode, word, in_force()), path)
            signatures.append(flag[-64:])
            answer = server.get('%s?a=%%201&profile=%s&b=2' % (path, flag), private)
            assert header(answer, 'X-Profile-Id')
            bodies.append(answer.body.decode())
            answer = server.get(path + '?a=1', {'X-Profile': '%s,%s,key=%s' % (mode, word, KEY)})
            assert header(answer, 'X-Profile-Id')
            bodies.append(answer.body.decode())
    answer = server.get('/hello', {'X-Profile': 'kye=%s,key=%s' % (OTHER_KEY, KEY)})
    assert 'kye=' in header(answer, 'X-Profile-Error')
    bodies.append(str(answer.headers))
    for wrong in ('key=' + OTHER_KEY, signed(in_force(), key=OTHER_KEY), 'nonsense,key=' + OTHER_KEY):
        server.get('/hello', {'X-Profile': wrong})
        signatures.append(wrong[-64:])
    server.wait_log('flag from 127.0.0.1 ignored')
    index = server.directory / 'profiles' / 'index.jsonl'
    wait_for('the files', lambda: index.exists() and index.read_text().count('\n') == 30)
    text = everything_written(server) + '\n'.join(bodies)
    for secret in [KEY, OTHER_KEY, 'c2VjcmV0', 'secret-session', 'key=sesame'] + signatures:
        assert secret not in text, secret
    queries = {json.loads(line)['query'] for line in index.read_text().splitlines()}
    assert queries == {'a=%201&b=2', 'a=1'}


def test_a_redirect_is_shown_without_the_flag(serve):
    server = serve('plain', 'profiler-key = %s' % KEY)
    flag = signed('json,' + in_force(), '/redirect')
    meta = json.loads(server.get('/redirect?a=1&profile=' + flag).body.decode())['meta']
    assert meta['query'] == 'a=1'
    assert meta['location'] == '/login?a=1'
    usual = server.get('/redirect?a=1', {'X-Profile': 'key=' + KEY})
    assert header(usual, 'Location').endswith('/login?a=1&next=%2Fredirect%3Fa%3D1')


def test_the_application_cannot_ask_the_server_for_the_key(serve):
    server = serve('plain', 'profiler-key = %s' % KEY)
    body = server.get('/options').body.decode()
    assert 'profiler-key' in body and KEY not in body


# the line of docs/flags.md

def test_the_line_of_the_documentation_makes_a_working_url(serve):
    [line] = re.findall(r'^.*openssl dgst.*$', documents.PAGES['docs/flags.md'], re.M)
    server = serve('plain', 'profiler-key-file = @DIR@/profiler.key', prepare=lambda directory: (
        (directory / 'profiler.key').write_text(KEY + '\n'), (directory / 'profiler.key').chmod(0o600)))
    url = subprocess.run(['sh', '-c', line], cwd=server.directory, check=True,
                         stdout=subprocess.PIPE).stdout.decode().strip()
    place, _, rest = url.partition('//')[2].partition('/')
    assert place == 'localhost:8000' and 'sig=' in rest
    answer = server.get('/' + rest)
    assert header(answer, 'X-Profile-Id') and header(answer, 'X-Profile-Status') == '200'
    assert header(server.get('/x' + rest), 'X-Profile-Id') is None


# the start line and the log

FIRST = r'profiler: \d[\w.]+, Python 3\.\d+\.\w+, (?:deterministic|sampling at \w+)'


def start_lines(server):
    """What the profiler prints at its start, without its name."""
    lines = server.log().splitlines()
    first = next(i for i, line in enumerate(lines) if re.match(FIRST, line))
    rest = itertools.takewhile(lambda line: line.startswith('profiler: '), lines[first:])
    return [line[len('profiler: '):] for line in rest]


@pytest.mark.parametrize('options, first, access', [
    ('', 'try http://127.0.0.1:PORT/?profile',
     'this machine only; behind a proxy on it that adds no X-Forwarded-For, set profiler-key'),
    ('profiler-allow = 10.0.0.0/8', 'a client that may profile can try any URL with ?profile', '10.0.0.0/8'),
    ('profiler-allow = 10.0.0.0/8, 127.0.0.1', 'try http://127.0.0.1:PORT/?profile', '10.0.0.0/8, 127.0.0.1'),
    ('profiler-allow = 127.0.0.1\nprofiler-trusted-proxies = 127.0.0.1',
     'a client that may profile can try any URL with ?profile',
     '127.0.0.1; behind 127.0.0.1: the client that X-Forwarded-For names'),
    ('profiler-path = ^/shop', 'a client that may profile can try any URL with ?profile', None),
    ('profiler-output = log', 'try http://127.0.0.1:PORT/?profile=txt', None),
    ('profiler-key = ' + KEY, "try curl -H 'X-Profile: txt,key=...' http://127.0.0.1:PORT/",
     'clients that prove profiler-key'),
    ('profiler-key = %s\nprofiler-allow = ::1' % KEY,
     "try curl -H 'X-Profile: txt,key=...' http://127.0.0.1:PORT/", 'clients that prove profiler-key, from ::1'),
    ('profiler-allow = 10.0.0.0/8\nprofiler-trusted-proxies = 192.0.2.1',
     'a client that may profile can try any URL with ?profile',
     '10.0.0.0/8; behind 192.0.2.1: the client that X-Forwarded-For names'),
    ('profiler-mode = sampling\nprofiler-trigger = cookie:p', '', None),
])
def test_the_first_line_has_three_facts_and_a_url(serve, options, first, access):
    server = serve('plain', options)
    lines = start_lines(server)
    facts = re.match(FIRST, 'profiler: ' + lines[0])[0][len('profiler: '):]
    assert lines[0] == facts + ('; ' + first.replace('PORT', str(server.port)) if first else '')
    assert len(lines[0]) < 130
    if access:
        assert [line for line in lines if line.startswith('who may')] == ['who may profile: ' + access]
    assert KEY not in server.log()


def test_the_url_of_the_first_line_works_as_it_is_copied(serve):
    server = serve('plain')
    url = start_lines(server)[0].split(' ')[-1]
    with urllib.request.urlopen(urllib.request.Request(url, headers={'Accept': 'text/html'})) as answer:
        assert answer.headers['X-Profile-Status'] and b'<!doctype html>' in answer.read()


ACCESS = 'who may profile: this machine only; behind a proxy on it that adds no X-Forwarded-For, set profiler-key'


@pytest.mark.parametrize('options, lines', [
    ('', ['triggers: header:X-Profile, query:profile', ACCESS, 'reports: this log, a page in a browser']),
    ('profiler-trigger = var:PROFILE\nprofiler-trigger = query:p',
     ['triggers: query:p, var:PROFILE (any client)', ACCESS,
      'reports: this log, a page in a browser']),
    ('profiler-trusted-proxies = 192.0.2.1',
     ['triggers: header:X-Profile, query:profile', ACCESS, 'reports: this log, a page in a browser',
      'without effect, as there is no profiler-allow: profiler-trusted-proxies']),
    ('profiler-keep = exception\nprofiler-output = log',
     ['triggers: header:X-Profile, query:profile', ACCESS, 'reports: this log',
      'without effect, as there is no trigger always or ratio: profiler-keep']),
    ('profiler-trigger = ratio:0.25', ['triggers: ratio:0.25', 'reports: this log']),
    ('profiler-trigger = var:P\nprofiler-format = html\nprofiler-file-mode = 0600',
     ['triggers: var:P (any client)', 'reports: this log',
      'without effect, as there is no profiler-dir: profiler-format, profiler-file-mode']),
    ('profiler-trigger = always\nprofiler-dir = @DIR@/p\nprofiler-format = html\nprofiler-stream = @DIR@/s\n'
     'profiler-off-file = /', ['triggers: always', 'reports: @DIR@/s, files in @DIR@/p',
                               'switched off while: / exists, as it does now']),
    ('profiler-trigger = always\nprofiler-keep = slower:500ms\nprofiler-keep = status:5xx\n'
     'profiler-path = ^/shop\nprofiler-skip = [.]css$\nprofiler-off-file = @DIR@/off',
     ['triggers: always, in paths of profiler-path, but not in those of profiler-skip',
      'kept of automatic profiles: slower:500ms, status:5xx', 'reports: this log',
      'switched off while: @DIR@/off exists']),
])
def test_the_other_lines_say_what_was_configured(serve, options, lines):
    server = serve('plain', options)
    assert start_lines(server)[1:] == [line.replace('@DIR@', str(server.directory)) for line in lines]


def test_routes_are_counted_among_the_triggers(serve):
    if plugins_for('route') is None:
        pytest.skip('this server has no routes')
    server = serve('plain', 'profiler-trigger = always\nroute = ^/a profile:sampling\nroute = ^/b profile:off')
    assert start_lines(server)[1] == 'triggers: always, 2 routes'


@pytest.mark.parametrize('options, variables, line', [
    ('profiler-allow = 10.0.0.1', {}, 'flag from 172.17.0.1 ignored: not in profiler-allow '
     '(10.0.0.1); add profiler-allow = 172.17.0.1 or set profiler-key'),
    ('profiler-allow = 10.0.0.1\nprofiler-key = ' + KEY, {}, 'flag from 172.17.0.1 ignored: not in '
     'profiler-allow (10.0.0.1); add profiler-allow = 172.17.0.1'),
    ('', {}, 'flag from 172.17.0.1 ignored: not this machine: the address is not 127.0.0.1 or ::1; '
     'add profiler-allow = 172.17.0.1 or set profiler-key'),
    ('', {'REMOTE_ADDR': '127.0.0.1', 'HTTP_HOST': 'shop.test:8000'}, 'flag from 127.0.0.1 ignored: not this '
     'machine: the Host is not a loopback name; ask for localhost, or set profiler-allow or profiler-key'),
    ('', {'HTTP_X_REAL_IP': '8.8.8.8'}, 'flag from 172.17.0.1 ignored: not this machine: the address is not '
     '127.0.0.1 or ::1; set profiler-key, or profiler-trusted-proxies and profiler-allow'),
    ('profiler-allow = 10.0.0.1', {'HTTP_X_FORWARDED_FOR': '10.0.0.1'}, 'flag from 172.17.0.1 ignored: not in '
     'profiler-allow (10.0.0.1); if it is your proxy, set profiler-trusted-proxies'),
    ('profiler-key = ' + KEY, {'HTTP_X_PROFILE': 'key=' + OTHER_KEY},
     'flag from 172.17.0.1 ignored: its key is wrong'),
    ('profiler-key = ' + KEY, {'HTTP_X_PROFILE': signed('exp=1700000000')},
     'flag from 172.17.0.1 ignored: the signature has expired'),
    ('profiler-key = ' + KEY, {'HTTP_X_PROFILE': '1', 'REMOTE_ADDR': 'a\nb'},
     'flag from "a\\x0ab" ignored: it has no key and no signature'),
    ('profiler-allow = 10.0.0.1\nprofiler-trusted-proxies = 172.17.0.1',
     {'HTTP_X_FORWARDED_FOR': '10.0.0.1, 8.8.8.8'}, 'flag from 8.8.8.8 ignored: not in '
     'profiler-allow (10.0.0.1); add profiler-allow = 8.8.8.8 or set profiler-key'),
])
def test_the_log_says_why_a_flag_was_ignored(serve, options, variables, line):
    server = serve('plain', options + '\nprocesses = 2')
    variables = dict({'REMOTE_ADDR': '172.17.0.1', 'HTTP_X_PROFILE': '1'}, **variables)
    for _ in range(20):
        assert parse_response(server.uwsgi('/hello', **variables)).body == b'hello'
    [found] = server.wait_log(r'.*flag from .*')
    assert found == 'profiler: ' + line
    assert len(re.findall('flag from', server.log())) == 1


# the key's file

def keep_key(text=KEY + '\n', mode=0o600):
    def prepare(directory):
        directory.chmod(0o777)  # the socket may be made after root is dropped
        path = directory / 'profiler.key'
        path.write_text(text)
        path.chmod(mode)
    return prepare


KEY_FILE = 'profiler-key-file = @DIR@/profiler.key\n'


def proves(server, key):
    response = server.get('/hello', {'X-Profile': 'key=' + key})
    if header(response, 'X-Profile-Id') is None:
        assert response == without_ours(response)
        return False
    return True


def test_the_key_may_be_in_a_file(serve):
    server = serve('plain', KEY_FILE, prepare=keep_key())
    assert proves(server, KEY) and not proves(server, OTHER_KEY) and not proves(server, KEY + '\n')
    assert 'chmod 600' not in server.log() and KEY not in server.log()


def test_a_file_that_others_can_read_is_told_and_used(serve):
    server = serve('plain', KEY_FILE, prepare=keep_key(mode=0o644))
    assert proves(server, KEY)
    [line] = [line for line in server.log().splitlines() if 'chmod 600' in line]
    assert 'profiler-key-file' in line and str(server.directory) in line


def test_a_short_key_is_told(serve):
    server = serve('plain', 'profiler-key = sesame-15bytes!')
    assert proves(server, 'sesame-15bytes!')
    assert re.search(r'profiler-key: a secret of 15 bytes can be guessed: take 16', server.log())
    assert 'sesame' not in server.log()


def reload(server):
    """Re-executes the server, as an operator would."""
    pids, starts = server.workers(), server.log().count('spawned uWSGI worker 1')
    server.signal(signal.SIGHUP)
    wait_for('the reload: ' + server.log(), lambda: (
        server.log().count('spawned uWSGI worker 1') > starts and server.workers() and
        not set(pids) & set(server.ready_workers() or pids)))


def as_nobody_runs():
    command = [sys.executable, str(ROOT / 'plugin' / 'find_python.py'), UWSGI]
    return os.getuid() == 0 and subprocess.run(
        command, user='nobody', cwd='/', stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


as_nobody = pytest.mark.skipif(not as_nobody_runs(), reason='cannot run this server as another user')
NOBODY = 'uid = nobody\ngid = nogroup\nchown-socket = nobody\n'
STALE = 'has changed, but this user cannot read it: the old key stays valid'
DROPS = [NOBODY, 'uid = nobody\ngid = nogroup\n', NOBODY + 'lazy-apps = true\nprocesses = 2\n',
         NOBODY + 'drop-after-apps = true\n', NOBODY + 'close-on-exec2 = true\n',
         NOBODY + 'log-master = true\n']


@as_nobody
@pytest.mark.parametrize('drop', DROPS, ids=[drop.split('\n')[-2].split(' ')[0] for drop in DROPS])
def test_the_key_outlives_reloads_of_a_server_that_has_dropped_root(serve, drop):
    server = serve('plain', KEY_FILE + drop, prepare=keep_key())
    key = server.directory / 'profiler.key'
    assert proves(server, KEY)
    for _ in range(2):
        assert key.stat().st_uid == 0
        reload(server)
        assert proves(server, KEY) and not proves(server, OTHER_KEY)
    assert 'PROFILER_KEY' not in server.get('/environment').body.decode()
    assert b'profiler-key' not in server.get('/descriptors').body
    assert 'profiler-key-file:' not in server.log() and KEY not in server.log()
    # what can be read is read anew; what cannot be any more stays
    key.write_text(OTHER_KEY)
    key.chmod(0o604)
    reload(server)
    assert proves(server, OTHER_KEY) and not proves(server, KEY)
    assert STALE not in server.log()
    key.write_text(KEY)
    key.chmod(0o600)
    for count in (1, 2):  # at each reload, until it is valid
        reload(server)
        assert proves(server, OTHER_KEY) and not proves(server, KEY)
        assert len(server.wait_log(re.escape(STALE), count)) == count


@as_nobody
def test_a_key_that_is_gone_after_a_reload_costs_the_flags_and_nothing_else(serve):
    server = serve('plain', TRIGGERS + KEY_FILE + NOBODY, prepare=keep_key())
    key = server.directory / 'profiler.key'
    for content in (None, 'two words', '', KEY):
        if content is None:
            key.unlink()
        else:
            key.write_text(content)
            key.chmod(0o644)
        told = server.log().count('profiler-key-file: "') + (content != KEY)
        reload(server)
        assert server.get('/hello').body == b'hello'
        assert proves(server, KEY) == (content == KEY)
        assert proves(server, '') is False
        assert len(server.wait_log('profiler-key-file: "', told)) == told


@as_nobody
def test_a_key_is_not_carried_over_to_another_file(serve):
    server = serve('plain', KEY_FILE + NOBODY, prepare=keep_key())
    other = server.directory / 'other.key'
    other.write_text(OTHER_KEY)
    other.chmod(0o600)
    server.ini.write_text(server.ini.read_text().replace('profiler.key', 'other.key'))
    reload(server)
    assert server.get('/hello').body == b'hello'
    assert not proves(server, KEY) and not proves(server, OTHER_KEY)
    [line] = [line for line in server.log().splitlines() if 'profiler-key-file: "' in line]
    assert 'other.key' in line and 'Permission denied' in line
    server.ini.write_text(server.ini.read_text().replace('profiler-key-file', '#'))
    reload(server)
    assert 'PROFILER_KEY' not in server.get('/environment').body.decode()
