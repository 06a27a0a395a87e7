"""Reports are written after the answer, by a thread of the worker: what is slow or hangs
holds no request, and what was queued is written before the worker ends."""
import errno
import fcntl
import os
import re
import shutil
import signal
import threading
import time

import pytest

from harness import (HANG, METRICS, PYTHON_PLUGIN, header, parse_records, profile_id, wait_for)
from loops import loop_plugins

MANY = '/many?profile=limit=700'  # a record of 60 KB
QUEUE = 64


class Pipe:
    """A named pipe as the stream, whose reader reads when it is told to, or never."""

    def __init__(self, directory):
        self.path = directory / 'pipe'
        os.mkfifo(self.path)
        self.fd, self.text = None, b''

    def open(self):
        self.fd = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        fcntl.fcntl(self.fd, 1031, 4096)  # F_SETPIPE_SZ

    def widen(self):
        """For a reader in a hurry: a busy machine has few turns for a narrow pipe."""
        fcntl.fcntl(self.fd, 1031, 1 << 20)  # F_SETPIPE_SZ

    def read(self):
        try:
            more = os.read(self.fd, 65536)
        except BlockingIOError:
            more = None
        self.text += more or b''
        return more

    def lines(self, count):
        """The ids of records in one line, which several workers can write at once."""
        def read():
            while self.read():
                pass
            return len(ids_of_lines(self.text)) >= count
        wait_for(lambda: '%d lines, not %d' % (count, len(ids_of_lines(self.text))), read)
        return ids_of_lines(self.text)

    def records(self, count):
        """The ids of the records, once there are that many."""
        def read():
            while self.read():
                pass
            return self.text.count(b'\nPROFILE ') >= count and self.text.endswith(b'\n\n')
        wait_for(lambda: '%d of %d records' % (self.text.count(b'\nPROFILE '), count), read)
        return ids(parse_records(self.text.decode()))

    def read_to_the_end(self, process):
        """Until the process has ended and nothing more comes."""
        self.widen()
        wait_for('the end', lambda: not self.read() and process.poll() is not None)
        while self.read():
            pass

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


@pytest.fixture
def piped(serve):
    """Starts a server whose stream is a pipe: (server, pipe)."""
    pipes = []

    def start(ini='', reading=True, **options):
        def prepare(directory):
            pipes.append(Pipe(directory))
            if reading:
                pipes[-1].open()
        server = serve('writing', 'profiler-stream = @DIR@/pipe\nprofiler-max-nodes = 2000\n' + METRICS + ini,
                       prepare=prepare, **options)
        return server, pipes[-1]
    yield start
    for pipe in pipes:
        pipe.close()


def ids_of_lines(text):
    return re.findall(r'^\{.*?"id":"([0-9a-f]{16})".*\}$', text.decode(), re.M)


def ask(server, path='/small?profile', count=1):
    return [profile_id(server.get(path)) for _ in range(count)]


def ids(records):
    return [record.id for record in records]


# what hangs holds nobody

def test_a_reader_that_does_not_read_holds_no_request(piped):
    server, pipe = piped()
    wanted = ask(server, MANY, QUEUE)
    dropped = ask(server, '/small?profile', 20)
    assert server.get('/small').body == b'small'
    [line] = server.wait_log(r'^profiler: profiles dropped: .*')
    assert line.startswith('profiler: profiles dropped: 1; 64 others (')
    server.wait_metrics(started=QUEUE + 20, kept=0, write_errors=20)
    assert pipe.records(QUEUE) == wanted and not set(dropped) & set(wanted)
    wanted += ask(server, '/small?profile')
    assert pipe.records(QUEUE + 1) == wanted
    found = server.wait_metrics(started=QUEUE + 21, kept=QUEUE + 1, write_errors=20)
    assert found['report_us'] > 0
    assert len(server.wait_log('profiles dropped')) == 1  # not one a profile


def test_a_pipe_without_a_reader_is_one_error_and_no_wait(piped):
    server, pipe = piped(reading=False)
    for _ in range(5):
        assert header(server.get('/small?profile'), 'X-Profile-Id')
    assert server.wait_log(r'^profiler: (cannot.*)$') == [
        'cannot append to profiler-stream %s: nobody reads it' % pipe.path]
    server.wait_metrics(started=5, write_errors=5, kept=0)
    pipe.open()
    wanted = ask(server)
    assert pipe.records(1) == wanted
    server.wait_metrics(started=6, write_errors=5, kept=1)


# the stream's file

def records_of(path, count):
    def read():
        found = parse_records(path.read_text()) if path.is_file() else []
        return len(found) >= count and found
    return ids(wait_for('%d records in %s' % (count, path), read))


def test_rotation_of_the_stream(serve):
    server = serve('writing', 'profiler-stream = @DIR@/records\nprocesses = 2\n'
                              'touch-logreopen = @DIR@/reopen')
    path, old = server.directory / 'records', server.directory / 'records.1'
    wait_for('the file, before the first record', path.exists)
    first = ask(server, count=4)
    assert sorted(records_of(path, 4)) == sorted(first)
    path.rename(old)
    second = ask(server, count=4)
    assert sorted(records_of(path, 4)) == sorted(second)
    assert sorted(records_of(old, 4)) == sorted(first)
    shutil.copy(path, old)
    os.truncate(path, 0)
    third = ask(server, count=4)
    assert sorted(records_of(path, 4)) == sorted(third)
    assert path.read_text().startswith('-' * 80)  # no hole where the old ones were
    path.unlink()
    fourth = ask(server, count=4)
    assert sorted(records_of(path, 4)) == sorted(fourth)


@pytest.mark.parametrize('kind', ['directory', 'gone'])
def test_a_stream_that_is_out_of_order_recovers(serve, kind):
    server = serve('writing', 'profiler-stream = @DIR@/logs/records\n' + METRICS,
                   prepare=lambda directory: (directory / 'logs').mkdir())
    path = server.directory / 'logs' / 'records'
    wait_for('the file', path.exists)
    path.unlink()
    if kind == 'directory':
        path.mkdir()
    else:
        path.parent.rmdir()
    assert ask(server, count=3)
    why = os.strerror(errno.EISDIR if kind == 'directory' else errno.ENOENT)
    server.wait_metrics(started=3, kept=0, write_errors=3)
    assert server.wait_log('^profiler: cannot append.*') == [
        'profiler: cannot append to profiler-stream %s: %s' % (path, why)]
    if kind == 'directory':
        path.rmdir()
    else:
        path.parent.mkdir()
    assert ask(server) == records_of(path, 1)
    server.wait_metrics(started=4, kept=1, write_errors=3)


# the end of a worker

def queue(server, pipe, count=QUEUE // 2):
    """Profiles that wait, as the pipe is full and nobody reads."""
    wanted = ask(server, MANY, count)
    assert server.get('/small').body == b'small'
    return wanted


@pytest.mark.parametrize('ini, number', [
    ('', signal.SIGINT), ('', signal.SIGTERM), ('master = false', signal.SIGINT),
    ('threads = 4', signal.SIGINT), ('lazy-apps = true', signal.SIGINT),
    ('mule = true', signal.SIGINT)])
def test_what_is_queued_is_written_before_the_end(piped, ini, number):
    server, pipe = piped(ini)
    wanted = queue(server, pipe)
    server.process.send_signal(number)
    pipe.read_to_the_end(server.process)
    assert ids(parse_records(pipe.text.decode())) == wanted
    assert 'profiles lost' not in server.log()


@pytest.mark.parametrize('ini', ['', 'lazy-apps = true'])
def test_a_reload_writes_what_is_queued(piped, ini):
    server, pipe = piped('touch-chain-reload = @DIR@/chain\n' + ini)
    wanted = queue(server, pipe)
    [worker] = server.workers()
    if 'lazy' in ini:
        (server.directory / 'chain').touch()
    server.signal(signal.SIGHUP)
    pipe.widen()
    assert pipe.records(len(wanted)) == wanted
    wait_for('the worker to go', lambda: not os.path.exists('/proc/%d' % worker))
    assert 'profiles lost' not in server.log()
    wait_for('a new one', server.ready_workers)
    wanted += ask(server)
    assert pipe.records(len(wanted)) == wanted


def test_max_requests_writes_what_is_queued(piped):
    """One thread: with several, uWSGI 2.0.21 by itself often never ends such a worker."""
    server, pipe = piped('max-requests = 10\nmin-worker-lifetime = 0')
    [worker] = server.workers()
    wanted = ask(server, MANY, 10)
    pipe.widen()
    assert pipe.records(10) == wanted
    wait_for('the worker to go', lambda: not os.path.exists('/proc/%d' % worker))
    assert 'profiles lost' not in server.log()


def test_the_end_says_what_is_lost(piped):
    server, pipe = piped('worker-reload-mercy = 8')  # for half of it it is waited
    queue(server, pipe, 10)
    server.process.send_signal(signal.SIGINT)
    server.process.wait(HANG)
    [line] = re.findall(r'^profiler: profiles lost: (\d+); .*', server.log(), re.M)
    assert line == '10'
    assert 'mercy' not in re.sub('your mercy for.*', '', server.log())  # nobody was killed


def lost_with_a_worker(server, worker):
    """The number that the master tells; it must tell once."""
    [number] = server.wait_log(r'^profiler: profiles lost: (\d+); worker 1 \(pid: %d\) ended '
                               'before they were written$' % worker)
    wait_for('a new worker', server.ready_workers)
    assert server.log().count('profiles lost') == 1, server.log()
    return int(number)


def test_the_end_tells_all_that_was_dropped(piped):
    """The line that comes once a minute would have come later."""
    server, pipe = piped()
    ask(server, MANY, QUEUE + 20)
    server.process.send_signal(signal.SIGINT)
    pipe.read_to_the_end(server.process)
    assert sum(map(int, re.findall('^profiler: profiles dropped: (\\d+)', server.log(), re.M))) == 20


def test_a_crash_does_not_wait_for_the_queue(piped):
    server, pipe = piped()
    server.crash_expected = True
    queue(server, pipe, 10)
    [worker] = server.workers()
    server.raw(b'GET /faults HTTP/1.0\r\nHost: localhost\r\n\r\n')
    wait_for('the end', lambda: not os.path.exists('/proc/%d' % worker))
    assert 'Segmentation Fault' in server.log()
    assert lost_with_a_worker(server, worker) == 10


@pytest.mark.parametrize('ini, number', [
    ('', signal.SIGKILL), ('threads = 2\nlazy-apps = true', signal.SIGKILL),
    ('skip-atexit = true', signal.SIGINT)])
def test_the_master_tells_what_died_with_a_worker(piped, ini, number):
    server, pipe = piped(ini)
    queue(server, pipe, 10)
    [worker] = server.workers()
    os.kill(worker, number)
    assert lost_with_a_worker(server, worker) == 10
    server.wait_metrics(started=10, kept=0, discarded=10)


def test_the_master_tells_before_it_ends(piped):
    """Of a server that stops, no new worker is there to tell."""
    server, pipe = piped('processes = 3')
    queue(server, pipe, 10)
    workers = server.workers()
    server.process.send_signal(signal.SIGINT)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    server.process.wait(HANG)
    lost = re.findall(r'^profiler: profiles lost: (\d+); ', server.log(), re.M)
    assert sum(map(int, lost)) == 10, server.log()


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'master = false'])
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGQUIT])
def test_a_request_that_is_cut_off_is_told(serve, ini, number):
    """Its client may have the profile's id already."""
    server = serve('plain', 'die-on-term = false\n' + ini)
    connection = server.open('/endless?profile')
    while b'X-Profile-Id: ' not in connection.recv(65536):
        pass
    for pid in processes(server, 'all'):
        os.kill(pid, number)
    server.process.wait(HANG)
    assert re.findall('^profiler: profiles.*', server.log(), re.M) == [
        'profiler: profiles cut off: 1; the worker ends before their requests do']
    connection.close()


def test_a_process_of_the_apps_is_no_worker(piped):
    """What its end drops is not the worker's, nor what the master tells of it."""
    server, pipe = piped()
    queue(server, pipe, 8)
    for flag in ('', '?profile', '?profile'):
        assert server.get('/exits' + flag).body == b'3'
    assert 'profiles' not in server.log().replace(str(server.directory), '')
    [worker] = server.workers()
    os.kill(worker, signal.SIGKILL)
    assert lost_with_a_worker(server, worker) == 10


# signals to all processes, as systemd's KillMode=control-group sends them, or to some

SIGNALS = {'hup': signal.SIGHUP, 'int': signal.SIGINT, 'term': signal.SIGTERM,
           'quit': signal.SIGQUIT}


def processes(server, whom):
    master, workers = [server.process.pid], server.workers()
    if not workers:  # there is no master
        return master
    return {'all': workers + master, 'master': master, 'workers': workers}[whom]


def strike(pids, words):
    """Signals, a moment apart: the second one finds the first one's work under way."""
    for word in words.split():
        for pid in pids:
            try:
                os.kill(pid, SIGNALS[word])
            except ProcessLookupError:
                pass
        time.sleep(0.05)


# so long that few of them fill the pipe
LINES = 'profiler-log-style = json\nworker-reload-mercy = 20\n'
LONG = '/small?profile=log&' + 'x' * 1000


def settle(server, old):
    """Waits until the old workers are gone, and the server, or new ones are there."""
    wait_for('the workers to end', lambda: server.process.poll() is not None or not any(
        os.path.exists('/proc/%d' % pid) for pid in old))
    wait_for('the end, or new workers', lambda: (
        server.process.poll() is not None or server.ready_workers()))


@pytest.fixture
def struck(piped):
    """Strikes a server whose queues are full, then reads what its workers write."""
    def run(ini, whom, words, load=()):
        server, pipe = piped(LINES + ini, load=load)
        wanted = ask(server, LONG, QUEUE // 2)
        workers = server.workers() or [server.process.pid]
        strike(processes(server, whom), words)
        assert sorted(pipe.lines(len(wanted))) == sorted(wanted)
        settle(server, workers)
        assert 'profiles lost' not in server.log(), server.log()
    return run


@pytest.mark.parametrize('whom, words', [
    ('all', 'quit'), ('all', 'term'), ('all', 'hup'), ('all', 'int int int'),
    ('all', 'hup hup int'), ('all', 'quit quit term'), ('all', 'term quit hup int'),
    ('master', 'int int int'), ('master', 'hup term'), ('master', 'term quit hup int'),
    ('workers', 'quit'), ('workers', 'hup hup'), ('workers', 'term term quit')])
def test_signals_lose_nothing(struck, whom, words):
    struck('processes = 2', whom, words)


@pytest.mark.parametrize('words', ['quit', 'hup term term'])
@pytest.mark.parametrize('ini', ['threads = 4', 'lazy-apps = true', 'master = false',
                                 'die-on-term = false\nprocesses = 2', 'gevent = 10',
                                 'enable-threads = true\nmaster = false'])
def test_signals_lose_nothing_in_any_kind_of_server(struck, ini, words):
    load = loop_plugins('gevent') if 'gevent' in ini else ()
    struck(ini, 'all', words, load)


@pytest.mark.parametrize('die_on_term', ['true', 'false'])
def test_a_worker_that_the_master_has_replaced_loses_nothing(piped, die_on_term):
    """It inherits the master's own handler of SIGQUIT: of a reload, or of the end."""
    server, pipe = piped('processes = 2\ndie-on-term = %s\n' % die_on_term + LINES)
    old = server.workers()
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    settle(server, old)
    workers, wanted = server.workers(), ask(server, LONG, QUEUE // 2)
    strike(processes(server, 'all'), 'quit quit')
    assert sorted(pipe.lines(len(wanted))) == sorted(wanted)
    settle(server, workers)
    assert 'profiles lost' not in server.log()


def test_no_temporary_file_is_left(serve):
    """With files in the making at each of these signals."""
    for words in ('quit', 'term term', 'hup int', 'int int'):
        server = serve('writing', 'processes = 2\nprofiler-dir = @DIR@/profiles\n'
                                  'profiler-format = prof, html, json\nworker-reload-mercy = 20')
        workers, wanted = server.workers(), ask(server, '/many?profile=file', 40)
        strike(processes(server, 'all'), words)
        settle(server, workers)
        directory = server.directory / 'profiles'
        assert not list(directory.glob('.*')), words
        index = (directory / 'index.jsonl').read_text()
        assert sorted(wanted) == sorted(ids_of_lines(index.encode())), words
        assert 'profiles lost' not in server.log()


def test_an_apps_own_handler_of_sigquit_stays(serve):
    server = serve('writing', 'lazy-apps = true', prepare=None)
    [worker] = server.workers()
    assert server.get('/registers').body == b'registered'
    os.kill(worker, signal.SIGQUIT)
    server.wait_log('most recent call first')
    assert server.get('/small').body == b'small' and server.workers() == [worker]


# processes of the app's own

@pytest.mark.parametrize('path, body', [('/forks', b'0'), ('/exits', b'3'), ('/pools', b'285'),
                                        ('/spawns', b'spawned\n')])
def test_the_app_may_fork_while_profiles_wait(piped, path, body):
    server, pipe = piped()
    wanted = queue(server, pipe, 10)
    for _ in range(5):
        assert server.get(path).body == body
        response = server.get(path + '?profile')
        assert response.body == body
        wanted.append(profile_id(response))
    assert pipe.records(len(wanted)) == wanted
    server.wait_metrics(started=15, kept=15, write_errors=0)


def test_mules_and_spoolers_end_as_ever(serve):
    server = serve('writing', 'mule = true\nspooler = @DIR@/spool\nprofiler-stream = @DIR@/records',
                   prepare=lambda directory: (directory / 'spool').mkdir())
    wanted = ask(server)
    assert records_of(server.directory / 'records', 1) == wanted
    server.stop()
    assert 'profiles lost' not in server.log()


# the server's own log

LOGFILE = ('logfile',) if PYTHON_PLUGIN else ()


def put_together(text):
    """{id: its record} of a log of messages; every part must be there, and in order."""
    parts = {}
    found = re.split(r'^\[([0-9a-f]{16}) (\d+)/(\d+)\]\n', text, flags=re.M)[1:]
    for each, number, count, part in zip(*[iter(found)] * 4):
        record = parts.setdefault(each, [])
        assert len(record) == int(number) - 1 < int(count)
        record.append(part)
    return parts, {each: int(count) for each, count in zip(found[::4], found[2::4])}


@pytest.mark.parametrize('ini, size', [
    ('log-master = true', 8192), ('logger = file:@DIR@/log', 8192),
    ('logger = file:@DIR@/log\nlog-master-bufsize = 1000', 1000),
    ('log-master = true\nthreaded-logger = true\nlog-master-bufsize = 65536', 65536),
    ('log-master = true\nlog-encoder = prefix:', 8192)])
def test_a_log_of_messages_gets_whole_records_in_parts(serve, ini, size):
    server = serve('writing', 'processes = 3\nprofiler-restrictions = none\ndisable-logging = true\n'
                   'profiler-dir = @DIR@/profiles\nprofiler-format = txt\n'
                   'profiler-filename-format = {id}.prof\n' + ini, load=LOGFILE)
    answers = []
    clients = [threading.Thread(target=lambda: answers.extend(
        server.get('/many?profile') for _ in range(4))) for _ in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    wanted = {profile_id(answer) for answer in answers}

    def read():
        parts, counts = put_together(server.log())
        return set(parts) == wanted and parts if all(
            len(parts[each]) == counts[each] for each in parts) else None
    parts = wait_for('all parts', read)
    for each in wanted:
        for part in parts[each][:-1]:
            assert len(part.encode()) < size
        text = ''.join(re.sub(r'\[%s \.\.\.\]\n' % each, '', part) for part in parts[each])
        [record] = parse_records(text[:text.index('-' * 80, 80) + 82])
        assert record.id == each and len(record.functions()) > 600
        file = (server.directory / 'profiles' / (each + '.txt')).read_text()
        assert record.table == parse_records(file)[0].table


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize('ini', ['', 'threaded-logger = true'])
def test_the_end_loses_nothing_of_a_log_of_messages(serve, number, ini):
    server = serve('writing', 'log-master = true\nprocesses = 2\nthreads = 2\n' + ini)
    wanted = set(ask(server, MANY, 30))
    server.process.send_signal(number)
    if number == signal.SIGINT:
        server.process.wait(HANG)

    def read():
        parts, counts = put_together(server.log())
        return set(parts) == wanted and all(
            len(parts[each]) == counts[each] for each in parts)
    wait_for('all parts', read)


def test_a_line_is_sent_as_it_is(serve):
    server = serve('writing', 'log-master = true\nprofiler-log-style = line')
    [wanted] = ask(server)
    assert server.wait_log('^PROFILE (%s) deterministic ' % wanted) == [wanted]
    assert '[%s' % wanted not in server.log()


def test_a_record_of_a_log_file_is_one_piece(serve):
    server = serve('writing', 'logto = @DIR@/log\nprocesses = 2\nprofiler-restrictions = none')
    wanted = ask(server, '/many?profile', 4)
    assert sorted(ids(server.records(4))) == sorted(wanted)
