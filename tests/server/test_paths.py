"""Hostile paths, and places that cannot be written: the response is never harmed."""
import ast
import errno
import gzip
import json
import marshal
import os
import re
import subprocess
import sys

import pytest

from harness import ROOT, UWSGI, header, parse_response, profile_id, wait_for
from samples import if_quiet, several_times

PATHS = {
    'parent': b'/../../etc/passwd',
    'dots': b'/..',
    'dot': b'/.',
    'encoded dots': b'/%2e%2e/%2e%2e/etc/passwd',
    'encoded slash': b'/..%2f..%2fetc%2fpasswd',
    'long': b'/' + b'x' * 5000,
    'long utf-8': b'/' + '\u00fc\u4e16'.encode() * 500,
    'nul': b'/a\0b',
    'encoded nul': b'/a%00b',
    'newline': b'/a%0a' + b'-' * 80 + b'%0aPROFILE 0',
    'carriage return': b'/a%0d%0aX-Evil:%201',
    'invalid utf-8': b'/%ff%fe%80',
    'raw bytes': b'/\xff\xfe',
    'surrogate': b'/%ed%a0%80',
    'terminal codes': b'/%1b[2J%07%08',
    'quotes': b'/it\'s%22both%22',
    'backslash': b'/a\\nb%5c',
    'braces': b'/{id}{{x}}%7Bpath%7D',
    'percent': b'/100%25s%25n%25n',
    'leading dot': b'/.hidden',
    'blank': b'/%20',
    'bidi': '/\u202e\u2028'.encode(),
    'root': b'/',
    'double': b'//',
}


@pytest.fixture(scope='module')
def server(served):
    return served('plain', '''
        buffer-size = 32768
        profiler-dir = @DIR@/profiles
        profiler-format = prof, txt
        profiler-stream = @DIR@/records
        profiler-output = log, file
        profiler-restrictions = 2
    ''')


def decoded(path):
    """What Python's repr shows of it: UTF-8, other bytes as \\xNN."""
    raw = re.sub(rb'%([0-9a-fA-F]{2})', lambda m: bytes([int(m[1], 16)]), path)
    return raw


@pytest.mark.parametrize('name', PATHS)
def test_a_hostile_path_stays_in_the_directory_and_in_its_line(server, name):
    directory = server.directory / 'profiles'
    outside = set(os.listdir(server.directory)) | {'profiles', 'records'}
    before = set(os.listdir(directory)) if directory.exists() else set()
    response = parse_response(server.uwsgi(decoded(PATHS[name]), 'profile',
                                           REQUEST_URI='/'))
    assert response.status == 200 and response.body == b'hello'
    record = server.record(response, server.directory / 'records')
    assert record.path_repr.isprintable() and len(record.files) == 2
    shown = ast.literal_eval(record.path_repr)
    raw = decoded(PATHS[name])
    try:
        assert shown == raw.decode()
    except UnicodeDecodeError:
        assert record.path_repr.isascii() and '\\x' in record.path_repr
    assert set(os.listdir(server.directory)) <= outside
    new = set(os.listdir(directory)) - before - {'index.jsonl'}
    assert len(new) == 2, new
    for file in new:
        assert len(os.fsencode(file)) <= 255 and os.fsencode(file).decode('utf-8')
        assert not file.startswith('.') and not re.search('[\0-\x1f\x7f/]', file)
        assert file.endswith(('.prof', '.txt'))
    [line] = [json.loads(line) for line in open(directory / 'index.jsonl', encoding='utf-8')
              if profile_id(response) in line]
    assert set(line['files']) == new
    assert line['route'] and len(line['route']) <= 500, line
    assert line['bytes'] == sum((directory / file).stat().st_size for file in new)


@pytest.mark.parametrize('name', PATHS)
def test_the_same_over_http(server, name):
    target = PATHS[name].replace(b' ', b'%20').replace(b'\0', b'%00')
    data = server.raw(b'GET ' + target + b'?profile HTTP/1.0\r\nHost: localhost\r\n\r\n')
    response = parse_response(data)
    if header(response, 'X-Profile-Id'):  # the server itself may refuse a path
        server.record(response, server.directory / 'records')
    assert b'X-Evil' not in data
    assert server.get('/hello').body == b'hello'


def test_names_are_never_overwritten(serve):
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nprofiler-filename-format = same.prof\n'
                            'profiler-format = prof, txt\nprocesses = 2')
    for _ in range(5):
        server.get('/hello?profile')
    names = {'same%s%s' % (suffix, ending) for suffix in ('', '-1', '-2', '-3', '-4')
             for ending in ('.prof', '.txt')}
    wait_for('ten files', lambda: set(os.listdir(server.directory / 'profiles')) ==
             names | {'index.jsonl'})


def test_modes_of_directory_and_files(serve):
    server = serve('plain', 'profiler-dir = @DIR@/p\nprofiler-dir-mode = 0750\n'
                            'profiler-file-mode = 0640\numask = 000')
    record = server.record(server.get('/hello?profile'))
    assert (server.directory / 'p').stat().st_mode & 0o7777 == 0o750
    [file] = record.files
    assert os.stat(file).st_mode & 0o7777 == 0o640
    server = serve('plain', 'profiler-dir = @DIR@/p')
    record = server.record(server.get('/hello?profile'))
    assert (server.directory / 'p').stat().st_mode & 0o7777 == 0o700
    assert os.stat(record.files[0]).st_mode & 0o7777 == 0o600


def error_lines(server, path, number):
    """The one line of each profile that names the file and the system's error."""
    def read():
        return [line for line in server.log().splitlines()
                if str(path) in line and os.strerror(number) in line]
    return wait_for(lambda: '%s, %s in:\n%s' % (path, os.strerror(number), server.log()), read)


def spoil(path):
    """Something that is not what it should be, for root too."""
    if path.is_dir():
        for child in path.iterdir():
            child.unlink()
        path.rmdir()
    path.write_text('in the way')


def test_a_directory_that_is_gone_costs_the_file_only(serve):
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nprofiler-output = file')
    directory = server.directory / 'profiles'
    assert profile_id(server.get('/hello?profile'))
    wait_for('the first file', (directory / 'index.jsonl').exists)
    server.settle()
    spoil(directory)
    response = server.get('/hello?profile')
    assert response.status == 200 and response.body == b'hello'
    assert len(error_lines(server, directory, errno.ENOTDIR)) == 1
    assert directory.read_text() == 'in the way'
    response = server.get('/hello?profile=prof')
    assert response.status == 200 and header(response, 'X-Profile-Status') == '200'
    assert server.get('/hello').body == b'hello'


def nobody_can_run_the_server():
    """Only root can drop root; and a Python in root's home is not for others."""
    command = [sys.executable, str(ROOT / 'plugin' / 'find_python.py'), UWSGI]
    return os.getuid() == 0 and subprocess.run(
        command, user='nobody', cwd='/', stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


as_nobody = pytest.mark.skipif(not nobody_can_run_the_server(),
                               reason='cannot run this server as another user')


@as_nobody
def test_a_directory_that_the_worker_cannot_write(serve):
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nuid = nobody\ngid = nogroup\n'
                            'chown-socket = nobody')
    # its parent belongs to root: nobody cannot make it, at the start neither
    directory = server.directory / 'profiles'
    assert len(error_lines(server, directory, errno.EACCES)) == 1
    response = server.get('/hello?profile')
    assert response.status == 200 and response.body == b'hello'
    assert server.record(response).files == []  # the record comes after the files
    assert len(error_lines(server, directory, errno.EACCES)) == 2


@as_nobody
def test_files_belong_to_the_user_that_the_worker_runs_as(serve):
    def prepare(directory):
        (directory / 'in').mkdir()
        (directory / 'in').chmod(0o777)
    server = serve('plain', 'profiler-dir = @DIR@/in/profiles\nuid = nobody\ngid = nogroup\n'
                   'chown-socket = nobody', prepare=prepare)
    record = server.record(server.get('/hello?profile'))
    assert os.stat(record.files[0]).st_uid == os.stat(server.directory / 'in/profiles').st_uid != 0


def test_a_full_disk_costs_the_file_only(serve, tmp_path):
    if os.getuid() != 0 or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs',
                                           str(tmp_path)], stderr=subprocess.DEVNULL).returncode:
        pytest.skip('cannot mount a small file system here')
    try:
        server = serve('plain', 'profiler-dir = %s/profiles\nprofiler-format = prof, txt' % tmp_path)
        wait_for('a full disk', lambda: (
            server.get('/use_json?profile').status == 200 and
            os.strerror(errno.ENOSPC) in server.log()))
        response = server.get('/recursion?profile')
        assert response.body == b'146'
        assert server.record(response).files == []
        directory = tmp_path / 'profiles'
        whole = [json.loads(line) for line in open(directory / 'index.jsonl') if line.strip()]
        listed = {name for line in whole for name in line['files']} | {'index.jsonl'}
        assert set(os.listdir(directory)) <= listed  # no half file is left
        server.stop()
    finally:
        subprocess.run(['umount', str(tmp_path)], check=True)


@pytest.mark.parametrize('kind', ['directory', 'gone', 'full'])
def test_a_stream_that_cannot_be_written_costs_the_record_only(serve, kind):
    if kind == 'full':
        server = serve('plain', 'profiler-stream = /dev/full')
        stream, number = '/dev/full', errno.ENOSPC
    else:
        server = serve('plain', 'profiler-stream = @DIR@/logs/records',
                       prepare=lambda directory: (directory / 'logs').mkdir())
        stream = server.directory / 'logs' / 'records'
        if stream.exists():
            stream.unlink()
        if kind == 'directory':
            stream.mkdir()
            number = errno.EISDIR
        else:
            stream.parent.rmdir()
            number = errno.ENOENT
    response = server.get('/hello?profile')
    assert response.status == 200 and response.body == b'hello' and profile_id(response)
    assert len(error_lines(server, stream, number)) == 1
    assert server.get('/hello').body == b'hello'


# names of files that the locale of the process cannot decode

APP = '''
import time
def spend():
    until = time.thread_time() + 0.1
    while time.thread_time() < until:
        pass
def application(environ, start_response):
    spend()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'done']
'''
DIRECTORIES = {'\u00fcber'.encode(): '\u00fcber', b'l\xe4tin': 'l\\xe4tin',
               b'\xff' + '\u4e16'.encode(): '\\xff\u4e16'}
FORMATS = ('txt', 'prof', 'html', 'json', 'speedscope', 'folded', 'pprof')


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
@pytest.mark.parametrize('name', DIRECTORIES, ids=ascii)
def test_files_that_the_locale_cannot_decode_are_shown_in_utf8(serve, name, mode):
    def prepare(directory):
        place = os.path.join(os.fsencode(str(directory)), b'apps')
        os.makedirs(os.path.join(place, name))
        with open(os.path.join(place, name, b'there.py'), 'w') as file:
            file.write(APP)
        with open(os.path.join(place, b'start.py'), 'w') as file:
            file.write('import os, sys\n'
                       'sys.path.insert(0, os.path.join(%r, os.fsdecode(%r)))\n'
                       'from there import application\n' % (place.decode(), name))
    server = serve('start', '''
        env = LC_ALL=C
        env = PYTHONUTF8=0
        pythonpath = @DIR@/apps
        profiler-mode = %s
        profiler-source = on
        profiler-restrictions = none''' % mode, prepare=prepare)
    file = '%s/there.py' % DIRECTORIES[name]

    def check(word):
        body = server.get('/?profile=' + word).body
        if word == 'pprof':
            body = gzip.decompress(body)
        if word == 'prof':
            if_quiet(any(key[0].endswith('/' + file) for key in marshal.loads(body)), body)
        elif word in ('txt', 'pprof'):
            if_quiet(file.encode() in body, body)
        else:
            text = body.decode()  # strictly
            if_quiet(file in text or json.dumps(file)[1:-1] in text or file.replace(
                '\\', '\\\\') in text, text)
        if word == 'json' and mode == 'sampling' and '\\' not in file:
            assert '    spend()' in body.decode()
    for word in FORMATS:
        several_times(lambda: check(word))

    def check_log():
        record = server.record(server.get('/', {'X-Profile': 'log'}))
        record.text.encode()  # no byte of the log is out of UTF-8
        if_quiet(file in record.text, record.text)
    several_times(check_log)
