"""What is looked at while a server is under load: its processes, its counters, its log."""
import json
import os
import re
import signal
import time
from pathlib import Path

import harness


def status_of(pid):
    """(resident KiB, descriptors) of a process; None when it is gone."""
    try:
        text = Path('/proc/%d/status' % pid).read_text()
        return (int(re.search(r'^VmRSS:\s+(\d+)', text, re.M).group(1)),
                len(os.listdir('/proc/%d/fd' % pid)))
    except (OSError, AttributeError):
        return None


def rest(metrics):
    """Of the profiles that were started, how many have not ended."""
    return metrics['started'] - sum(metrics[name] for name in
                                    ('kept', 'discarded', 'write_errors'))


class Stream:
    """The log's file: moved away now and then, and read once nobody writes to it."""

    def __init__(self, path):
        self.path, self.old = Path(path), Path(str(path) + '.1')
        self.records, self.rotations, self.broken = 0, 0, []
        self.blocked = False

    def block(self):
        """While nobody writes: a directory in its place, so that nobody can."""
        self.rotate()
        self.read_old()
        self.path.mkdir()
        self.blocked = True

    def unblock(self):
        if self.blocked:
            self.path.rmdir()
            self.blocked = False

    def read_old(self):
        if not self.old.exists():
            return
        text = self.old.read_text(errors='surrogateescape')
        left = harness.RECORD.sub('', text)
        self.records += len(harness.RECORD.findall(text))
        if left:
            self.broken.append('a broken record: %r' % left[:300])
        self.old.unlink()

    def rotate(self):
        self.read_old()
        if self.path.exists() and not self.blocked:
            self.path.rename(self.old)
            self.rotations += 1


class Watch:
    """One server's. All is looked at while its clients pause, and nothing is waiting to
    be written, so that what has grown is not what is at work."""

    def __init__(self, load):
        self.load, self.server, self.reloads = load, load.server, 0
        self.stream = Stream(self.server.directory / 'records')
        self.snapshots = []  # since the warm-up: {pid: (resident KiB, descriptors)}
        self.base = None  # the counters at mark()
        self.told_from = 0  # where the log was then
        self.faults, self.errors_before = 0, 0  # write errors, before the last fault

    def workers(self):
        return {pid: status_of(pid) for pid in self.server.workers()
                if 'profiler' not in Path('/proc/%d/comm' % pid).read_text()}

    def reload(self):
        """Under load. Returns when all workers are there again."""
        before = set(self.workers())
        self.load.reloaded = (time.monotonic(), self.load.reloaded[1])
        self.server.process.send_signal(signal.SIGHUP)
        harness.wait_for('a reload:\n' + self.server.log()[-3000:], lambda: (
            not before & set(self.server.workers()) and self.has_metrics()), 60)
        self.load.reloaded = (self.load.reloaded[0], time.monotonic())
        self.reloads += 1

    def has_metrics(self):
        try:
            return len(self.server.workers()) >= 2 and self.server.metrics()
        except (OSError, ValueError):
            return None

    def quiet(self):
        """The counters once they have come to rest (the server looks at them once a
        second); or as they are after a while."""
        self.load.pause()
        last, same, until = None, 0, time.monotonic() + 30
        while same < 4 and time.monotonic() < until:
            time.sleep(0.4)
            now = self.server.metrics()
            same = same + 1 if now == last and rest(now) == 0 else 0
            last = now
        return last

    def mark(self):
        """From now on the clients' counts and the server's are compared."""
        self.base = self.quiet()
        self.stream.rotate()
        self.stream.read_old()
        self.stream.records = 0
        self.load.mark()
        self.told_from = len(self.server.log())
        self.load.resume()

    def fault(self):
        """For a second no record can be written."""
        self.quiet()
        self.errors_before = self.counted()['write_errors']
        self.stream.block()
        self.load.resume()
        time.sleep(1)
        self.stream.unblock()
        self.faults += 1

    def snapshot(self):
        self.quiet()
        self.snapshots.append(self.workers())
        self.load.resume()

    def counted(self):
        now, base = self.server.metrics(), self.base or {}
        return {name: value - base.get(name, 0) for name, value in now.items()}

    def finish(self):
        """The clients have stopped: the last look."""
        self.quiet()
        self.snapshots.append(self.workers())
        self.stream.rotate()
        self.stream.read_old()


def listed_files(directory):
    """(the names in the index, the names that are there)"""
    lines = (directory / 'index.jsonl').read_text().splitlines()
    listed = {name for line in lines for name in json.loads(line)['files']}
    return listed, set(os.listdir(directory)) - {'index.jsonl'}
