#!/usr/bin/env python3
"""make soak: real uWSGIs under a mixed load, with all that a site does to them: threads or
greenlets, streams that clients leave, exceptions, flags right and wrong, reloads, a log
that is moved away or cannot be written, a directory that is full. SECONDS= bounds it.

Reloads stop after a third of the time; from there on what clients counted must be what the
server counted. Memory is measured in the second half, the workers being warm: resident
pages (VmRSS) while no request is under way and no report is waiting, forty times in all;
the median of the first third of them against that of the last. Descriptors likewise must
be the same each time. A run of less than half an hour only finds memory that grows by 10 %.

Prints a table every five minutes and at the end; ends with status 1 when an answer was
wrong, a request hung, a process crashed, counts do not add up, or memory or descriptors
grew.
"""
import os
import re
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'server'))
import clients  # noqa: E402
import harness  # noqa: E402
import report  # noqa: E402
import watch as watching  # noqa: E402

SECONDS = int(os.environ.get('SECONDS', '60'))
CLIENTS = 4  # of each server
TABLE_SECONDS = 300
ROTATE_SECONDS = 5
FAULT_SECONDS = max(SECONDS / 20, 10)
MOST_FILES = 200
# The workers of a short run are not yet warm
MOST_PERCENT = 1 if SECONDS >= 1800 else 10
INI = """
pythonpath = %s
processes = 2
disable-logging = true
profiler-mode = sampling
profiler-trigger = query:profile
profiler-trigger = header:X-Profile
profiler-trigger = always
profiler-keep = slower:20ms
profiler-key = %s
profiler-stream = @DIR@/records
profiler-output = log, file
profiler-dir = @DIR@/profiles
profiler-dir-max-files = %d
profiler-restrictions = 20
profiler-max-per-minute = 0
reload-mercy = 10
worker-reload-mercy = 10
""" % (HERE, clients.KEY, MOST_FILES) + harness.METRICS
ROUTE = 'route = ^/objects profile:sampling,interval=500us\n'


def servers():
    """{name: (ini, plugins, kinds of requests)}"""
    ini = INI
    if 'UWSGI_ROUTING' in harness.run_uwsgi('--cflags')[1]:
        ini += ROUTE
    found = {'threads': (ini + 'threads = 3\nprofiler-max-active = 2\n', (), clients.KINDS)}
    gevent = harness.plugins_for('gevent')
    if gevent is not None:
        # event loops of asyncio that take turns in one thread are none
        kinds = tuple(kind for kind in clients.KINDS if kind != 'coroutines')
        found['gevent'] = (ini + 'gevent = 6\ngevent-monkey-patch = true\n'
                           'profiler-max-active = 3\n', gevent, kinds)
    return found


def every(seconds, now, last, key):
    """Is it time again? Keeps when it was."""
    if now - last.setdefault(key, now) < seconds:
        return False
    last[key] = now
    return True


def look(watch, now, begin, last):
    """What is due for one server."""
    elapsed, name = now - begin, watch.load.name
    if every(ROTATE_SECONDS, now, last, name + ' rotate'):
        watch.stream.rotate()
    if elapsed < SECONDS / 3:
        if every(max(8, SECONDS / 30), now, last, name + ' reload'):
            watch.reload()
    elif not watch.base:
        watch.mark()
    elif every(FAULT_SECONDS, now, last, name + ' fault'):
        watch.fault()
    elif elapsed > SECONDS / 2 and every(SECONDS / 40, now, last, name + ' snapshot'):
        watch.snapshot()


def run(watches):
    begin, last = time.monotonic(), {}
    while time.monotonic() - begin < SECONDS:
        time.sleep(0.5)
        for watch in watches:
            try:
                look(watch, time.monotonic(), begin, last)
            except (AssertionError, OSError, ValueError) as error:
                watch.load.problem('the server: %r' % error)
                watch.load.resume()
        if every(TABLE_SECONDS, time.monotonic(), last, 'table'):
            for watch in watches:
                report.table(watch, 'after %d s' % (time.monotonic() - begin))
            sys.stdout.flush()


def violations(watch):
    yield from ['%d wrong answers and hangs' % len(watch.load.problems)] * bool(
        watch.load.problems)
    yield from ['%d crashes' % len(report.crashes(watch))] * bool(report.crashes(watch))
    yield from watch.stream.broken
    yield from report.sum_problems(watch)
    yield from report.memory_problems(watch, MOST_PERCENT)
    yield from report.file_problems(watch, MOST_FILES)
    yield from report.reason_problems(watch, FAULT_SECONDS > 61)
    if not watch.load.counts['answers'] or not watch.reloads or not watch.faults:
        yield 'nothing was tried'


def main():
    directory = tempfile.mkdtemp(prefix='profiler-soak-')
    os.chmod(directory, 0o755)
    watches, found = [], []
    try:
        for name, (ini, plugins, kinds) in servers().items():
            server = harness.Server(directory, 'app:application', ini, load=plugins)
            server.crash_expected = True  # told here, not by stop
            watches.append(watching.Watch(clients.Load(server, name, CLIENTS, kinds)))
        print('%s, %d s, %d clients each; %s, %s' % (
            time.strftime('%F %T'), SECONDS, CLIENTS, harness.UWSGI,
            re.search(r'Python [\d.]+', watches[0].server.log()).group()), flush=True)
        run(watches)
        for watch in watches:
            watch.load.stop()
            watch.finish()
            report.table(watch, 'after all')
            found += ['%s: %s' % (watch.load.name, text) for text in violations(watch)]
    finally:
        for watch in watches:
            watch.load.stop()
            watch.server.stop()
    for text in found:
        print('VIOLATION ' + text)
    print('%d violations' % len(found), flush=True)
    harness.remove(directory)
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
