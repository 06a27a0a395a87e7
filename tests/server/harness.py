"""A real uWSGI, started for a test, and what it answers and logs.

tests/environment.py says which server is tested. Servers listen on 127.0.0.1 and on unix
sockets only.
"""
import collections
import functools
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from environment import PLUGIN, PYTHON_PLUGIN, ROOT, TESTS, UWSGI  # noqa: E402, F401

APPS = TESTS / 'server' / 'apps'

STATS = 'stats = @DIR@/stats\n'  # for Server.stats and wait_idle
METRICS = 'enable-metrics = true\n' + STATS  # for Server.metrics

HANG = 120  # seconds after which something that never comes is given up, not a measure
DASHES = '-' * 80
OURS = ('x-profile-id', 'x-profile-error', 'x-profile-status', 'server-timing')

Response = collections.namedtuple('Response', 'status headers body')


def wait_for(what, condition, seconds=HANG):
    """The first true value of condition(); fails, naming what, when there is none."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError('waited for %s in vain' % (what() if callable(what) else what))
        time.sleep(0.01)


def run_uwsgi(*arguments):
    """For a server that is expected to end by itself: (status, output)."""
    done = subprocess.run([UWSGI, *arguments], stdin=subprocess.DEVNULL, timeout=HANG,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors='replace')


@functools.lru_cache(None)
def plugins_for(option):
    """The plugins that give the server this option ([] when built in); None: it has none.

    Debian's carry the Python's version in their name: gevent_python311."""
    base = [PYTHON_PLUGIN] if PYTHON_PLUGIN else []
    directory = re.search(r'UWSGI_PLUGIN_DIR="\\"([^"\\]*)', run_uwsgi('--cflags')[1])
    files = Path(directory.group(1)).glob('%s*_plugin.so' % option) if directory else []
    names = [path.name[:-len('_plugin.so')] for path in files] if PYTHON_PLUGIN else []
    for extra in [[]] + [[name] for name in sorted(names)]:
        flags = [word for name in base + extra for word in ('--plugin', name)]
        if re.search(r'^\s+--%s(?![-\w])' % option, run_uwsgi(*flags, '--help')[1], re.M):
            return extra
    return None


def uwsgi_packet(variables):
    """A request in uWSGI's own protocol, as a web server in front sends it."""
    body = b''
    for item in variables.items():
        for text in item:
            text = text if isinstance(text, bytes) else text.encode()
            body += struct.pack('<H', len(text)) + text
    return struct.pack('<BHB', 0, len(body), 0) + body


def parse_response(data):
    """Of one whole answer, with nothing decoded; status 0 when there is no answer."""
    head, _, body = data.partition(b'\r\n\r\n')
    lines = head.decode('latin-1').split('\r\n')
    words = lines[0].split()
    headers = [tuple(line.split(': ', 1)) for line in lines[1:] if ': ' in line]
    return Response(int(words[1]) if len(words) > 1 else 0, headers, body)


def header(response, name):
    """The value, None when it is not there; it must not be there twice."""
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    assert len(values) < 2, '%s twice: %s' % (name, values)
    return values[0] if values else None


def profile_id(response):
    value = header(response, 'X-Profile-Id')
    assert value and re.fullmatch('[0-9a-f]{16}', value), 'X-Profile-Id: %s' % value
    return value


def without_ours(response):
    """The response without the headers that the plugin adds to a flagged one."""
    return Response(response.status,
                    [pair for pair in response.headers if pair[0].lower() not in OURS and
                     pair != ('Cache-Control', 'private, no-store')], response.body)


# uWSGI 2.0 with several interpreters ends with the excepted ones, with or without us; two
# workers that end at once mix their lines.
CRASH = re.compile('Segmentation Fault|AddressSanitizer|SystemError|double free|corrupted|'
                   'Fatal Python error(?!.*remaining subint|'
                   ': Py_EndInterpreter: not the last thread)')


class Record:
    """One record of the log, table style: its facts, its tree (of samples), and its table
    as pstats prints it."""

    def __init__(self, text):
        self.text = text
        lines = text.split('\n')
        assert lines[0] == DASHES and lines[1].startswith('PATH: '), text
        facts = re.fullmatch(r'PROFILE ([0-9a-f]{16}) (\w+) (\d+\.\d{3}) ms (\d+|-)(?: .*)?',
                             lines[2])
        assert facts, 'not a PROFILE line: %r' % lines[2]
        self.path_repr = lines[1][len('PATH: '):]
        self.id, self.mode, self.elapsed_ms, self.status = facts.groups()
        self.files = [line[5:] for line in lines[3:] if line.startswith('FILE ')]
        self.notices = [line for line in lines[3:] if line.startswith('NOTICE')]
        start = next(i for i, line in enumerate(lines)
                     if re.match(r' {9}\d+ (function calls|samples?) ', line))
        self.tree = '\n'.join(lines[3 + len(self.files + self.notices):start])
        self.table = '\n'.join(lines[start:lines.index(DASHES, 1)]) + '\n'

    def functions(self):
        """{name in the table: (calls, primitive calls), or samples}, builtins as {...}."""
        rows = re.findall(r'^ *(\d+)(?:/(\d+))? (?: *\S+){4} (.*)$',
                          self.table.partition('filename:lineno(function)\n')[2], re.M)
        found = {}
        for calls, primitive, shown in rows:
            name = re.search(r'\(([^()]+|<[^>]*>)\)$', shown)
            key = shown if shown.startswith('{') else name.group(1) if name else shown
            old = found.get(key, (0, 0))
            found[key] = (old[0] + int(calls), old[1] + int(primitive or calls))
        return found


RECORD = re.compile(r'^-{80}\nPATH: .*?\n-{80}\n\n', re.S | re.M)


def parse_records(text):
    return [Record(match.group()) for match in RECORD.finditer(text)]


class Server:
    """uWSGI with an app of apps/, an ini text added to the one below (@DIR@ in it is the
    server's own directory).

    plugin: load ours; load: more plugins; module: '' for none (dynamic apps, mounts);
    prepare: called with the directory before the start."""

    wrapper = ()  # command that runs the server's, given its words; may refer to @DIR@
    python = PYTHON_PLUGIN
    built = PLUGIN  # the file of ours
    input = subprocess.DEVNULL
    output = None  # for what the server writes, in place of its log

    def __init__(self, directory, module='plain', ini='', plugin=True, load=(),
                 prepare=None):
        self.directory = Path(tempfile.mkdtemp(dir=directory))
        self.directory.chmod(0o755)
        self.log_path = self.directory / 'log'
        self.socket = str(self.directory / 'uwsgi.sock')
        if len(self.socket) > 100:  # a unix socket's address has room for 107 bytes
            self.socket = tempfile.mktemp(prefix='profiler', suffix='.sock')
        self.crash_expected = False
        self.port = free_port()  # one that a reload can bind again
        lines = ['[uwsgi]']
        lines += ['plugin = %s' % name for name in (self.python, *load) if name]
        lines += ['need-plugin = %s' % self.built] if plugin else []
        if plugin and 'profiler-max-per-minute' not in ini:  # tests are in a hurry
            lines += ['profiler-max-per-minute = 0']
        lines += ['pythonpath = %s' % APPS, 'die-on-term = true',
                  'http-socket = 127.0.0.1:%d' % self.port, 'socket = %s' % self.socket,
                  'chmod-socket = 666', 'listen = 64', 'auto-procname = false',
                  'env = PYTHONDONTWRITEBYTECODE=1', 'env = DATA=%s' % self.directory]
        lines += ['module = %s' % (module if ':' in module else module + ':application'),
                  'need-app = true'] if module else []
        ini = ini.replace('@DIR@', str(self.directory))
        lines += [line.strip() for line in ini.strip().splitlines()]
        lines += [] if 'master = false' in lines else ['master = true']
        self.ini = self.directory / 'uwsgi.ini'
        self.ini.write_text('\n'.join(lines) + '\n')
        if prepare:
            prepare(self.directory)
        try:
            self.start()
        except BaseException:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)  # our own session, no other's
                self.process.wait()
            raise

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                [*(word.replace('@DIR@', str(self.directory)) for word in self.wrapper),
                 UWSGI, '--ini', str(self.ini)], stdin=self.input,
                stdout=self.output or log, stderr=self.output or log, start_new_session=True,
                cwd=self.directory)
        self.wait_ready()

    def wait_ready(self):
        wait_for(lambda: 'the server to start: ' + self.log(), lambda: (
            self.process.poll() is not None or
            re.search(r'spawned uWSGI worker 1|DAMN', self.log())))
        assert self.process.poll() is None, self.log()
        if re.search('^master = true', self.ini.read_text(), re.M):
            wait_for(lambda: 'the workers: ' + self.log(), lambda: (
                self.ready_workers() or 'DAMN' in self.log()))
        assert 'DAMN' not in self.log(), self.log()
        self.wait_directory()

    def wait_directory(self):
        """Of the stored profiles that it shows: a thread of its own makes it."""
        text = self.ini.read_text()
        found = re.search(r'^profiler-dir = (/.*)$', text, re.M)
        if found and re.search('^profiler-browse = ', text, re.M):
            wait_for(lambda: 'profiler-dir: ' + self.log(), lambda: (
                os.path.isdir(found[1]) or self.process.poll() is not None))

    def log(self):
        return self.log_path.read_text(errors='surrogateescape')

    def stop(self):
        """Ends the server as an operator would; no worker may have crashed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            for _ in range(3):
                if self.ends_within(5):
                    break
                self.interrupt_again()
            try:
                self.process.wait(HANG)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # our own session, no other's
                self.process.wait()
                raise AssertionError('does not stop:\n' + self.log())
        if not self.crash_expected:
            for line in self.log().splitlines():
                assert not CRASH.search(line), self.log()

    def ends_within(self, seconds):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                return False
            self.wake_master()
            time.sleep(0.01)
        return True

    def wake_master(self):
        """It looks once a second whether a child has ended: now, if one has. A process that is
        stopped and goes on leaves its epoll_wait, without a signal of its own."""
        if all(state(pid) != 'Z' for pid in self.workers()):
            return
        try:
            os.kill(self.process.pid, signal.SIGSTOP)
            wait_for('a stopped master', lambda: state(self.process.pid) in 'TtZ')
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def signal(self, number):
        """Once the server has a handler for it: one that starts ignores some."""
        wait_for('a handler of signal %d' % number, lambda: catches(self.process.pid, number))
        self.process.send_signal(number)

    def interrupt_again(self):
        """A signal is lost where the process is just starting, be it a worker, or a master that
        forks or executes itself anew: uWSGI's own race. The master may also have started another
        worker after it was told to end."""
        if 'SIGINT' not in self.log().rpartition('*** Starting uWSGI')[2]:
            self.process.send_signal(signal.SIGINT)
        for pid in self.workers():
            os.kill(pid, signal.SIGINT)

    # requests

    def raw(self, data):
        """Everything that comes back for these bytes, until the server closes."""
        with socket.create_connection(('127.0.0.1', self.port), HANG) as connection:
            connection.sendall(data)
            return read_all(connection)

    def request(self, path, headers=(), method='GET', body=b''):
        headers = dict(headers)
        if body:
            headers['Content-Length'] = len(body)
        path = path if isinstance(path, bytes) else path.encode()
        head = b'%s %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n' % (method.encode(), path, self.port)
        if 'Host' in headers:
            head = b'%s %s HTTP/1.0\r\n' % (method.encode(), path)
        head += b''.join(b'%s: %s\r\n' % (str(name).encode(), str(value).encode('latin-1'))
                         for name, value in headers.items())
        return parse_response(self.raw(head + b'\r\n' + body))

    get = request

    def uwsgi(self, path='/', query='', **variables):
        """A request over the uwsgi protocol, with any variables: the raw bytes."""
        everything = {'REQUEST_METHOD': 'GET', 'PATH_INFO': path, 'QUERY_STRING': query,
                      'REQUEST_URI': '%s?%s' % (path, query) if query else path,
                      'SCRIPT_NAME': '', 'SERVER_NAME': 'localhost', 'SERVER_PORT': '80',
                      'SERVER_PROTOCOL': 'HTTP/1.1', 'REMOTE_ADDR': '127.0.0.1',
                      'HTTP_HOST': 'localhost', **variables}
        given = {name: value for name, value in everything.items() if value is not None}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(HANG)
            connection.connect(self.socket)
            connection.sendall(uwsgi_packet(given))
            return read_all(connection)

    def open(self, path):
        """A connection with the request sent, for reading the answer bit by bit."""
        connection = socket.create_connection(('127.0.0.1', self.port), HANG)
        connection.sendall(b'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' % path.encode())
        return connection

    # reports

    def records(self, count, path=None):
        """The log's records, once there are that many (a report follows the answer)."""
        def read():
            text = (Path(path).read_text(errors='surrogateescape')
                    if path and Path(path).exists() else '' if path else self.log())
            found = parse_records(text)
            return found if len(found) >= count else None
        found = wait_for(lambda: '%d records in:\n%s' % (count, self.log()), read)
        assert len(found) == count, 'more than %d records:\n%s' % (count, self.log())
        return found

    def record(self, response, path=None):
        """The record of one flagged response."""
        wanted = profile_id(response)

        def read():
            text = (self.log() if not path
                    else Path(path).read_text() if Path(path).exists() else '')
            return [record for record in parse_records(text) if record.id == wanted]
        return wait_for(lambda: 'record %s in:\n%s' % (wanted, self.log()), read)[0]

    def wait_log(self, pattern, count=1):
        """The matches of a pattern in the log, once there are that many."""
        def read():
            found = re.findall(pattern, self.log(), re.M)
            return found if len(found) >= count else None
        return wait_for(lambda: '%r in:\n%s' % (pattern, self.log()), read)

    def stats(self):
        """What the server's own statistics say. The ini needs STATS."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.directory / 'stats'))
            return json.loads(read_all(connection))

    def wait_idle(self):
        """Until no worker is in a request any more: the client has its answer earlier. The
        ini needs STATS."""
        wait_for(lambda: 'idle workers: %s' % self.stats(), lambda: not any(
            core['in_request'] for worker in self.stats()['workers'] for core in worker['cores']))

    def metrics(self):
        """What the profiler counts: {'started': 3, ...}. The ini needs METRICS."""
        found = self.stats()['metrics']
        return {name.partition('.')[2]: metric['value'] for name, metric in found.items()
                if name.startswith('profiler.')}

    def wait_metrics(self, **expected):
        """The same, once these are reached (the server looks once a second); fails unless
        they are just so."""
        def read():
            found = self.metrics()
            return found if all(found[name] >= value for name, value in expected.items()) else None
        found = wait_for(lambda: '%s in %s' % (expected, self.metrics()), read)
        assert {name: found[name] for name in expected} == expected
        return found

    def workers(self):
        """The pids of the running workers (and of the http router)."""
        path = '/proc/%d/task/%d/children' % (self.process.pid, self.process.pid)
        return [int(pid) for pid in Path(path).read_text().split()]

    def settle(self):
        """Until all threads of all workers sleep: what a request has left to be done in the
        background is done. One that only waits for a processor does not sleep."""
        wait_for(lambda: 'sleep of %s: %s' % (self.workers(), self.log()), lambda: all(
            states(pid) == {'S'} for _ in range(2) for pid in self.workers()))

    def ready_workers(self):
        """The pids, once all of them sleep, waiting for requests: uWSGI loses a signal
        that comes while a worker starts."""
        for _ in range(5):
            pids = self.workers()
            if not pids or any(state(pid) != 'S' for pid in pids):
                return []
            time.sleep(0.01)
        return pids


def states(pid):
    """Of all its threads; a thread that ends meanwhile is not asleep."""
    try:
        return {state('%s/task/%s' % (pid, task)) for task in os.listdir('/proc/%d/task' % pid)}
    except OSError:
        return {'gone'}


def catches(pid, number):
    """Has the process a handler for this signal?"""
    try:
        status = Path('/proc/%d/status' % pid).read_text()
    except OSError:
        return False
    return bool(int(re.search(r'^SigCgt:\s*(\w+)', status, re.M)[1], 16) >> (number - 1) & 1)


def state(pid):
    try:
        return Path('/proc/%s/stat' % pid).read_text().rpartition(')')[2].split()[0]
    except OSError:
        return 'gone'


def read_until(connection, end):
    """What has come once it ends so; fails when the server closes before."""
    data = b''
    while not data.endswith(end):
        more = connection.recv(1)
        assert more, data
        data += more
    return data


def read_all(connection):
    data = b''
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not more:
            return data
        data += more


taken = collections.deque(maxlen=100)  # marks of the last ports that this process was given


def free_port():
    """One that no other test is given before a server has bound it."""
    while True:
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind('\0profiler-test-%d' % port)
        except OSError:
            mark.close()
            continue
        taken.append(mark)
        return port


def temporary_directory():
    """Readable for the user that a server drops root to, unlike pytest's tmp_path."""
    directory = Path(tempfile.mkdtemp(prefix='profiler-'))
    directory.chmod(0o755)
    return directory


def remove(directory):
    shutil.rmtree(directory, ignore_errors=True)
