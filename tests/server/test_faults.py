"""What goes wrong around the profiler costs reports, never the app's answer."""
import concurrent.futures
import ctypes
import json
import mmap
import pstats
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness import (HANG, METRICS, PLUGIN, header, parse_records, parse_response, profile_id,
                     read_all, wait_for)

SOURCE = Path(__file__).resolve().parent / 'faults' / 'faults.c'
EVERYTHING = 'profiler-format = prof, html, txt, json, speedscope, folded, pprof\n'
FILES = 'profiler-dir = @DIR@/profiles\n' + EVERYTHING


class Control(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in
                ('armed', 'calls', 'first', 'last', 'failed', 'realtime_offset_ns')]


@pytest.fixture(scope='module')
def library(tmp_path_factory):
    built = tmp_path_factory.mktemp('faults') / 'faults.so'
    subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-o', str(built), str(SOURCE)], check=True)
    return built


@pytest.fixture
def faults(library, tmp_path, monkeypatch):
    """The file that says what fails, in a server that is started after this."""
    path = tmp_path / 'control'
    path.write_bytes(bytes(ctypes.sizeof(Control)))
    monkeypatch.setenv('PROFILER_FAULTS', str(path))
    monkeypatch.setenv('PROFILER_FAULTY', PLUGIN)
    monkeypatch.setenv('LD_PRELOAD', str(library))
    with open(path, 'r+b') as file:
        area = mmap.mmap(file.fileno(), 0)
    return Control.from_buffer(area)


# --------------------------------------------------------------------- memory

STARTS = {'txt': b'-' * 80, 'html': b'<!', 'pprof': b'\x1f\x8b'}
NO_MEMORY = b'the report could not be made: out of memory\n'


@pytest.mark.parametrize('flag', ['deterministic,log,file', 'sampling,log,file',
                                  'deterministic,html', 'sampling,html', 'deterministic,txt',
                                  'sampling,pprof'])
def test_memory_runs_out(faults, serve, flag):
    """At each call for memory in turn, and from each on: the answer is the app's own, the
    report, or the sentence that there is none; the worker lives."""
    server = serve('plain', FILES + 'profiler-filename-format = {id}')
    own, report = server.get('/use_json').body, STARTS.get(flag.rpartition(',')[2])
    workers = server.workers()

    def ask(first, last):
        faults.armed, faults.calls, faults.failed = 1, 0, 0
        faults.first, faults.last = first, last
        response = server.get('/use_json', {'X-Profile': flag})
        server.settle()
        faults.armed = 0
        assert response.status == 200
        assert response.body in (own, NO_MEMORY) or report and response.body.startswith(report), (
            first, last, response.body[:200])

    ask(0, -1)
    ask(0, -1)  # without what only the first request needs
    calls = faults.calls
    assert calls > 20
    step, at = max(1, calls // 300), 1
    while faults.failed or at == 1:
        ask(at, 1 << 60)
        ask(at, at)
        at += step
    assert at > 20  # so many calls there were at least in the last request, too
    response = server.get('/use_json', {'X-Profile': 'log'})
    assert server.record(response).functions() and response.body == own
    assert server.workers() == workers, server.log()


# ---------------------------------------------------------------------- clock

@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
@pytest.mark.parametrize('years', [-70, -1, 1, 300])
def test_the_clock_jumps(faults, serve, mode, years):
    """In the middle of a request. What is measured is not moved by it."""
    server = serve('plain', FILES)
    faults.armed = 1
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(server.get, '/wait?a', {'X-Profile': mode + ',log,file'})
        wait_for('the request', (server.directory / 'in-a').exists)
        faults.realtime_offset_ns = years * 365 * 86400 * 10**9
        (server.directory / 'go-a').touch()
        response = answer.result()
    assert response.status == 200
    record = server.record(response)
    assert 0 < float(record.elapsed_ms) < HANG * 1000
    later = server.get('/hello', {'X-Profile': mode + ',log,file'})
    assert later.body == b'hello' and 0 < float(server.record(later).elapsed_ms) < HANG * 1000
    lines = [json.loads(line) for line in
             (server.directory / 'profiles' / 'index.jsonl').read_text().splitlines()]
    assert len(lines) == 2 and all((server.directory / 'profiles' / name).exists()
                                   for line in lines for name in line['files'])


# ----------------------------------------------------------------------- disk

def mounted(options):
    """Prepares the server's own directory of profiles as a small file system."""
    def prepare(directory):
        place = directory / 'profiles'
        place.mkdir()
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'none', str(place)],
                              stderr=subprocess.PIPE)
        if done.returncode:
            pytest.skip('cannot mount: ' + done.stderr.decode())
    return prepare


@pytest.fixture
def small_disk(serve):
    """A server whose directory of profiles is a file system of 4 MB."""
    server = serve('plain', METRICS + FILES, prepare=mounted('size=4m'))
    place = server.directory / 'profiles'
    yield server, place
    server.stop()
    subprocess.run(['umount', str(place)], check=True)


def errors_of(server, pattern):
    return [line for line in server.log().splitlines() if re.match('profiler: ' + pattern, line)]


def fails_to_write(server, count=3, flag='file', why=''):
    """So many flagged requests: each answer is the app's, each failure counted once, and
    told in the log: once each, or once for all."""
    for _ in range(count):
        response = server.get('/hello', {'X-Profile': flag})
        assert response.body == b'hello' and profile_id(response)
    server.wait_metrics(started=count, write_errors=count)
    told = errors_of(server, 'cannot (write|append|make|use)')
    assert 1 <= len(told) <= count and why in told[0], server.log()


def writes_again(server, flag='file'):
    before = server.metrics()['write_errors']
    response = server.get('/hello', {'X-Profile': flag})
    wanted = profile_id(response)
    wait_for('the profile ' + wanted, lambda: wanted in server.log() or any(
        wanted.encode() in file.read_bytes() for file in server.directory.rglob('*.prof')))
    assert server.metrics()['write_errors'] == before


def test_a_full_disk(small_disk):
    server, place = small_disk
    (place / 'filler').write_bytes(bytes(4080 * 1024))
    fails_to_write(server, why='No space left on device')
    assert {file.name for file in place.iterdir()} <= {'filler', 'index.jsonl'}
    (place / 'filler').unlink()
    writes_again(server)


def test_a_read_only_directory(small_disk):
    server, place = small_disk
    subprocess.run(['mount', '-o', 'remount,ro', str(place)], check=True)
    fails_to_write(server, why='Read-only file system')
    subprocess.run(['mount', '-o', 'remount,rw', str(place)], check=True)
    writes_again(server)


def test_the_directory_is_removed(serve):
    """Its parent, too: else it would be made anew."""
    server = serve('plain', METRICS + FILES.replace('/profiles', '/a/profiles'),
                   prepare=lambda directory: (directory / 'a').mkdir())
    writes_again(server)
    server.settle()
    shutil.rmtree(server.directory / 'a')
    for _ in range(3):
        assert server.get('/hello', {'X-Profile': 'file'}).body == b'hello'
    server.wait_metrics(started=4, write_errors=3)
    assert errors_of(server, 'cannot make .*No such file or directory')
    (server.directory / 'a').mkdir()
    writes_again(server)


def test_no_descriptors_are_left(serve):
    server = serve('faulty', METRICS + FILES)
    assert server.get('/take_descriptors').body == b'taken'
    fails_to_write(server, why='Too many open files')
    assert server.get('/give_descriptors').body == b'given'
    writes_again(server)


def test_the_stream_is_a_directory(serve):
    server = serve('plain', METRICS + 'profiler-stream = @DIR@/stream')
    server.settle()
    (server.directory / 'stream').unlink(missing_ok=True)
    (server.directory / 'stream').mkdir()
    fails_to_write(server, flag='log', why='Is a directory')


# -------------------------------------------------------------- reload, crowd

def is_intact(response):
    return response.status == 200 and response.body == b'hello'


RELOADS, WORKERS = 3, 2


def is_whole(flag, response):
    return is_intact(response) or flag == 'html' and response.body.startswith(b'<!') and (
        len(response.body) == int(header(response, 'Content-Length')))


def is_cut(flag, response):
    """The beginning of an answer, or nothing of it."""
    return response.status in (0, 200) and not is_whole(flag, response) and (
        b'hello'.startswith(response.body) or flag == 'html' and response.body[:2] == b'<!')


def ask_until(ended, server, flag, answers):
    while not ended.is_set():
        answers.append((flag, server.get('/hello', {'X-Profile': flag})))
        time.sleep(0.01)  # not more than the disk takes: none is dropped


def answers_among_reloads(server):
    """[(flag, response), ...] of clients that ask all the time."""
    answers, ended = [], threading.Event()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        clients = [pool.submit(ask_until, ended, server, flag, answers)
                   for flag in ('deterministic,log,file', 'sampling,log,file', 'html', 'off')]
        try:
            for reload in range(RELOADS):
                enough = len(answers) + 50
                wait_for('answers', lambda: len(answers) >= enough)
                server.signal(signal.SIGHUP)
                server.wait_log('spawned uWSGI worker %d ' % WORKERS, reload + 2)
        finally:
            ended.set()
        for client in clients:
            client.result()
    return answers


@pytest.mark.parametrize('threads', [1, 2])
def test_reloads_among_profiled_requests(serve, threads):
    """Every answer is whole, and every profile: what was answered is in the log.

    uWSGI loses some at a reload, with and without the plugin: a worker ends between its
    accept() and its note that it has a request; and 2.0.21 cancels threads in the middle
    of theirs. So each thread may lose one, if there are several also half of one."""
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nprofiler-stream = @DIR@/stream\n'
                   'processes = %d\nthreads = %d\nlisten = 100\n'
                   # a worker of several threads may not end by itself: then the master ends it
                   'worker-reload-mercy = 8' % (WORKERS, threads))
    answers = answers_among_reloads(server)
    wait_for('the workers', server.ready_workers)
    server.stop()
    cut = [answer for answer in answers if not is_whole(*answer)]
    assert all(is_cut(*answer) for answer in cut), cut
    logged = {profile_id(response) for _, response in answers
              if header(response, 'X-Profile-Id') and not header(response, 'X-Profile-Error')}
    stream = (server.directory / 'stream').read_text()
    missing = logged - {record.id for record in parse_records(stream)}
    said = [line for line in server.log().splitlines() if 'profile' in line or 'worker' in line]
    assert len(cut) + len(missing) <= RELOADS * WORKERS * threads, (cut, missing, said)
    if threads == 1:
        assert not missing, '%s\n%s' % (missing, '\n'.join(said))
        assert all(answer.status == 0 for _, answer in cut), cut
    files = list((server.directory / 'profiles').glob('*.prof'))
    assert files and all(pstats.Stats(str(file)).stats for file in files)


def test_a_thousand_clients(serve):
    server = serve('plain', METRICS + FILES + 'processes = 2\nthreads = 4\nlisten = 1024\n'
                   'profiler-max-per-minute = 0\nprofiler-stream = @DIR@/stream')
    request = b'GET /hello HTTP/1.0\r\nHost: localhost\r\nX-Profile: log\r\n\r\n'
    connections = [socket.create_connection(('127.0.0.1', server.port), HANG)
                   for _ in range(1000)]
    for connection in connections:
        connection.sendall(request)
    answers = [parse_response(read_all(connection)) for connection in connections]
    assert all(is_intact(answer) for answer in answers)
    profiled = [answer for answer in answers if header(answer, 'X-Profile-Id')]
    refused = [answer for answer in answers if header(answer, 'X-Profile-Error')]
    assert len(profiled) + len(refused) == 1000 and profiled
    found = server.wait_metrics(started=len(profiled), limited=len(refused))
    assert found['kept'] + found['write_errors'] == len(profiled)
