"""What tests ask of the json report of a sampled request, and who is asked for it."""
import collections
import json
import os
import re
import socket
import threading
import time

from harness import header

KINDS = ('cpu', 'gil', 'sleep', 'network read', 'network write', 'disk', 'lock', 'child',
         'other', 'switched out', 'event loop',
         'cpu wait')


BUILTIN = re.compile(r"<(built-in method )?[\w.]+>|<method '\w+' of '[\w.]+' objects>")


class Samples:
    """The report: its functions (by plain name), its paths, its waits.

    From Python 3.14 on, the builtin that is being called has a node of its own. Here its
    samples are its caller's, as in older Pythons; .builtins has the nodes: {number of the
    node: (caller, builtin)}."""

    def __init__(self, text):
        self.report = json.loads(text)
        self.meta = self.report['meta']
        strings, func, node = (self.report[key] for key in ('str', 'func', 'node'))
        self.names = [strings[i].rpartition('.')[2] for i in func['name']]
        self.files = [os.path.basename(strings[i]) for i in func['file']]
        self.paths, self.builtins, path = [], {}, ()
        for number, (depth, index) in enumerate(zip(node['depth'], node['func'])):
            assert depth <= len(path), 'below a builtin: %s' % (path,)
            path = path[:depth]
            if depth and self.files[index] == '~':
                self.builtins[number] = path[-1], strings[func['name'][index]]
            else:
                path += (self.names[index] if depth else '',)
            self.paths.append(path)
        self.self_ns, self.samples = node['self'], node['samples']
        self.check()

    def check(self):
        """Whatever the request was: each time is counted once."""
        meta, node = self.meta, self.report['node']
        assert meta['mode'] == 'sampling'
        assert abs(sum(self.self_ns) - meta['wall_ns']) <= max(meta['wall_ns'] / 100, 1e5)
        assert all(cpu <= own for cpu, own in zip(node['cpu'], self.self_ns))
        assert sum(node['cpu']) + sum(meta['wait_ns'].values()) == sum(self.self_ns)
        assert set(meta['wait_ns']) <= set(KINDS[1:])
        assert has_builtins(meta['python']) or not self.builtins, self.builtins
        assert all(BUILTIN.fullmatch(name) for _, name in self.builtins.values()), self.builtins
        if meta['samples']:
            assert abs(sum(self.report['tl']['dt']) - sum(self.self_ns)) <= max(
                sum(self.self_ns) / 20, 20 * meta['interval_ns'])

    def functions(self):
        return {name for path in self.paths for name in path[1:]}

    def seconds(self, name):
        """Below the function, once for each moment."""
        return sum(ns for path, ns in zip(self.paths, self.self_ns) if name in path) / 1e9

    def own_seconds(self, name):
        return sum(ns for path, ns in zip(self.paths, self.self_ns) if path[-1] == name) / 1e9

    def wait_seconds(self, kind):
        return self.meta['wait_ns'].get(kind, 0) / 1e9

    def waits_below(self, name):
        """{kind: seconds} of the moments with the function on the stack."""
        found, timeline = collections.Counter(), self.report['tl']
        for dt, node, kind in zip(timeline['dt'], timeline['node'], timeline['wait']):
            if name in self.paths[node]:
                found[KINDS[kind]] += dt / 1e9
        return found

    def waits_switched_out(self):
        """{path: seconds}: all of it, as only the timeline tells where."""
        found, timeline = collections.Counter(), self.report['tl']
        for dt, node, kind in zip(timeline['dt'], timeline['node'], timeline['wait']):
            if KINDS[kind] == 'switched out':
                found[self.paths[node]] += dt / 1e9
        return found

    def pairs(self):
        """{(caller, callee): samples}, the request itself as ''."""
        found = collections.Counter()
        for number, (path, samples) in enumerate(zip(self.paths, self.samples)):
            if len(path) > 1 and number not in self.builtins:
                found[path[-2:]] += samples
        return found

    def late_seconds(self, intervals=1.5):
        """What samples came later by than the sampler itself puts them, as it had to wait
        for a processor: where the request was in that time is a guess."""
        timeline = self.report['tl']
        return sum(max(0, dt - intervals * self.meta['interval_ns'])
                   for dt, kind in zip(timeline['dt'], timeline['wait'])
                   if KINDS[kind] != 'switched out') / 1e9

    def notices(self):
        return {notice['code'] for notice in self.meta['notices']}


def called_builtins(report):
    """{(plain name of the caller, builtin)}, of a json report of either mode."""
    strings, func, node = (report[key] for key in ('str', 'func', 'node'))
    found, path = set(), []
    for depth, index in zip(node['depth'], node['func']):
        path[depth:] = [strings[func['name'][index]]]
        if depth and strings[func['file'][index]] == '~':
            found.add((path[-2].rpartition('.')[2], path[-1]))
    return found


def has_builtins(python):
    """Does this version see the builtin that is being called?"""
    return tuple(map(int, python.split('.')[:2])) >= (3, 14)


def without_builtins(functions):
    """The functions in Python, of names in any report."""
    return {name for name in functions if not name.startswith(('{', '<built-in ', '<method ', '<uwsgi_'))}


def sample(server, path, words=''):
    """The report of a request, as the answer."""
    response = server.get('%s%sprofile=sampling,json%s' % (
        path, '&' if '?' in path else '?', ',' + words if words else ''))
    assert response.status == 200 and header(response, 'X-Profile-Error') is None, response
    return Samples(response.body)


class Spoilt(AssertionError):
    """By a busy machine: while others have the processors, the sampler may not get a turn
    for tens of milliseconds, and the request neither."""


def if_quiet(condition, *said):
    """Asserts what a busy machine can spoil; inside of several_times."""
    if not condition:
        raise Spoilt(*said)


def several_times(check):
    """Again while it is spoilt. What else is wrong fails at once."""
    for attempt in range(1, 11):
        try:
            return check()
        except Spoilt:
            if attempt == 10:
                raise


def check_spinning(found):
    """Of a request that spins."""
    assert found.functions() <= {'application', 'spinning', 'spins'}, found.paths
    if_quiet('spins' in found.functions(), found.paths)
    assert found.meta['samples'] and not found.notices()


def notices_of(record):
    """Of a request for which it does not matter whether a sample met it."""
    return [line for line in record.notices if not line.startswith('NOTICE no-samples: ')]


class SlowPeer:
    """Answers each byte, after a while."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            while connection.recv(1):
                time.sleep(self.seconds)
                connection.sendall(b'!')

    def close(self):
        self.listener.close()


def distance(one, other):
    """Total variation of two {name: amount}: 0 the same shares, 1 nothing in common."""
    sums = sum(one.values()), sum(other.values())
    return sum(abs(one.get(name, 0) / sums[0] - other.get(name, 0) / sums[1])
               for name in set(one) | set(other)) / 2
