#!/usr/bin/env python3
"""make soak: a real uWSGI under a mixed load of sampled, traced and plain requests, with
threads, streams that clients leave, exceptions and reloads. SECONDS= bounds it.

Prints a table; ends with status 1 when an answer was wrong, a request hung, a process
crashed, or memory or descriptors grew.
"""
import collections
import os
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'server'))
import harness  # noqa: E402

SECONDS = int(os.environ.get('SECONDS', '60'))
CLIENTS = 6
KINDS = ('code', 'recursion', 'objects', 'threads', 'waits', 'coroutines')
FLAGS = ['sampling,interval=200us'] * 6 + ['sampling,interval=1ms', 'deterministic', None]
INI = """
pythonpath = %s
threads = 3
processes = 2
disable-logging = true
profiler-stream = /dev/null
profiler-restrictions = 20
profiler-max-active = 8
profiler-max-per-minute = 0
reload-mercy = 10
worker-reload-mercy = 10
""" % HERE


def compute(number):
    return sum(n * number % 7 for n in range(2000))


class Load:
    """Clients that ask until the time is up; what they got is counted."""

    def __init__(self, server):
        self.server, self.counts, self.problems = server, collections.Counter(), []
        self.until = time.monotonic() + SECONDS
        self.reloaded = -60  # monotonic, the last time
        self.lock = threading.Lock()

    def problem(self, text):
        with self.lock:
            self.problems.append('%s: %s' % (time.strftime('%H:%M:%S'), text))

    def ask(self, path, flag):
        """The whole answer; None when the server was just being replaced."""
        head = 'GET %s HTTP/1.0\r\nHost: localhost\r\n' % path
        head += 'X-Profile: %s\r\n' % flag if flag else ''
        try:
            with socket.create_connection(('127.0.0.1', self.server.port), 60) as connection:
                connection.sendall(head.encode() + b'\r\n')
                return harness.read_all(connection)
        except socket.timeout:
            self.problem('%s (%s) hung' % (path, flag))
        except OSError:
            pass
        return None

    def leave(self, number, flag):
        """Reads the beginning of a stream and goes."""
        try:
            with socket.create_connection(('127.0.0.1', self.server.port), 60) as connection:
                connection.sendall(b'GET /stream/%d HTTP/1.0\r\nHost: localhost\r\n'
                                   b'X-Profile: %s\r\n\r\n' % (number, (flag or 'off').encode()))
                connection.recv(64)
        except OSError:
            pass
        self.counts['left'] += 1

    def check(self, kind, number, flag, data):
        response = harness.parse_response(data)
        wanted = b'%s %d' % (kind.encode(), compute(number))
        if kind == 'stream':
            wanted = b''.join(b'%08d' % compute(number + part) for part in range(20))
        if kind == 'raising':
            wanted = response.body
        if kind == 'stream' and wanted.startswith(response.body) and response.body != wanted \
                and time.monotonic() - self.reloaded < 5:
            # uWSGI's threaded workers do so without the plugin, too
            self.counts['streams cut by a reload'] += 1
            return
        if response.status != 200 and kind != 'raising' or response.body != wanted:
            self.problem('/%s/%d (%s): %r' % (kind, number, flag, data[:300]))
        names = {name.lower(): value for name, value in response.headers}
        if 'x-profile-error' in names:
            self.counts['unprofiled: ' + names['x-profile-error'][:60]] += 1
        elif flag and 'x-profile-id' in names:
            self.counts['profiled, ' + flag.split(',')[0]] += 1
        self.counts['answers'] += 1

    def run(self):
        while time.monotonic() < self.until:
            number, flag = random.randrange(1000), random.choice(FLAGS)
            kind = random.choice(KINDS + ('stream', 'stream', 'raising', 'leave'))
            if kind == 'leave':
                self.leave(number, flag)
                continue
            data = self.ask('/%s/%d' % (kind, number), flag)
            if data:
                self.check(kind, number, flag, data)
            else:
                self.counts['no answer (reload)'] += 1


def status_of(pid):
    """(resident KiB, descriptors) of a process; None when it is gone."""
    try:
        text = Path('/proc/%d/status' % pid).read_text()
        return (int(re.search(r'^VmRSS:\s+(\d+)', text, re.M).group(1)),
                len(os.listdir('/proc/%d/fd' % pid)))
    except (OSError, AttributeError):
        return None


class Watch:
    """Reloads now and then in the first half; in the second, measures what grows."""

    def __init__(self, load):
        self.load, self.server, self.reloads = load, load.server, 0
        self.half = time.monotonic() + SECONDS / 2
        self.start = self.end = None

    def workers(self):
        return {pid: status_of(pid) for pid in self.server.workers()
                if 'profiler' not in Path('/proc/%d/comm' % pid).read_text()}

    def run(self):
        last = time.monotonic()
        while time.monotonic() < self.load.until - 2:
            time.sleep(1)
            now = time.monotonic()
            if now < self.half and now - last > max(10, SECONDS / 30):
                self.load.reloaded = now
                self.server.process.send_signal(signal.SIGHUP)
                self.reloads, last = self.reloads + 1, now
            elif now > self.half + SECONDS / 8:
                self.end = self.workers()
                self.start = self.start or self.end


def grown(watch):
    """Per worker that lived through the second half: KiB at its start and end, fds."""
    rows = []
    for pid, first in (watch.start or {}).items():
        last = (watch.end or {}).get(pid)
        if first and last:
            rows.append((pid, first[0], last[0], first[1], last[1]))
    return rows


def report(load, watch, rows, crashes):
    print('%d s, %d clients, %d reloads; %s, %s' % (
        SECONDS, CLIENTS, watch.reloads, harness.UWSGI,
        re.search(r'Python [\d.]+', load.server.log()).group()))
    for name, count in sorted(load.counts.items()):
        print('  %-60s %8d' % (name, count))
    print('  %-60s %8d' % ('wrong answers and hangs', len(load.problems)))
    print('  %-60s %8d' % ('crashes', len(crashes)))
    for pid, first, last, fds, fds_last in rows:
        print('  worker %-6d resident %d KiB -> %d KiB (%+.1f %%), descriptors %d -> %d'
              % (pid, first, last, 100.0 * (last - first) / first, fds, fds_last))
    for problem in load.problems[:20] + crashes[:20]:
        print('  ' + problem)


def main():
    directory = tempfile.mkdtemp(prefix='profiler-soak-')
    os.chmod(directory, 0o755)
    server = harness.Server(directory, 'app:application', INI)
    load = Load(server)
    watch = Watch(load)
    threads = [threading.Thread(target=load.run) for _ in range(CLIENTS)]
    threads.append(threading.Thread(target=watch.run))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = grown(watch)
    crashes = [line for line in server.log().splitlines() if harness.CRASH.search(line)]
    server.crash_expected = True
    server.stop()
    report(load, watch, rows, crashes)
    harness.remove(directory)
    grew = any(last > first * 1.01 + 300 or fds_last > fds + 8
               for _, first, last, fds, fds_last in rows)
    return bool(load.problems or crashes or grew or not rows or not load.counts['answers'])


if __name__ == '__main__':
    sys.exit(main())
