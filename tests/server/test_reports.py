"""Reports of real requests, compared with Python's own pstats and cProfile."""
import io
import itertools
import json
import os
import pstats

import pytest

from harness import Record, parse_records, profile_id, wait_for

REQUESTS = {
    'Flask with jinja2': '/flask/search?q=1',
    'Django with ORM': '/django/products?',
    'json': '/plain/use_json?',
    're': '/plain/use_re?',
    'recursion': '/plain/recursion?',
    'generator response': '/flask/stream?',
    'exception': '/flask/error?',
    'classes': '/plain/classes?',
    'decorators': '/plain/decorators?',
    'plain WSGI': '/plain/hello?',
}
WORDS = ['calls', 'ncalls', 'cumtime', 'cumulative', 'time', 'tottime', 'pcalls', 'filename',
         'module', 'line', 'name', 'nfl', 'stdname']
ABBREVIATIONS = ['cu', 'p', 's', 'f', 'l', 'm', 'ti', 'to', 'ca', 'na', 'nc', 'nf']
KEYS = [[word] for word in WORDS + ABBREVIATIONS] + [
    list(pair) for pair in itertools.permutations(
        ['time', 'calls', 'cumulative', 'pcalls', 'name', 'line', 'file'], 2)][:30]
LIMITS = [None, 0, 1, 7]
COMBINATIONS = [(keys, limit) for keys in KEYS for limit in LIMITS]
RESTRICTIONS = {
    '10, "a"': [10, 'a'], '"a", 10': ['a', 10], '0.5': [0.5], '0.1, 3': [.1, 3],
    '"10"': ['10'], 'built-in': ['built-in'], "'^[^{]', 0.25, 5": ['^[^{]', 0.25, 5],
    '0': [0], '0.0': [0.0], 'none': [], '100000': [100000], 'no_such_function': ['no_such_function'],
    '"(len|append)", 0.10': ['(len|append)', 0.1],
}


def expected(prof, keys, restrictions):
    """What pstats prints, without the header that names and dates the file."""
    text = io.StringIO()
    stats = pstats.Stats(str(prof), stream=text)
    if keys:
        stats.sort_stats(*keys)
    stats.print_stats(*restrictions)
    return text.getvalue().split('\n', 2)[2]


class Reports:
    """A server that writes each profile to the stream, as .prof and as .txt."""

    def __init__(self, serve, ini=''):
        self.server = serve('everything', '''
            profiler-dir = @DIR@/profiles
            profiler-format = prof, txt
            profiler-filename-format = {id}.prof
            profiler-stream = @DIR@/records
            profiler-output = log, file
            ''' + ini)
        self.stream = self.server.directory / 'records'
        self.read = 0

    def profile(self, request, words=''):
        response = self.server.get(request + '&profile' + ('=' + words if words else ''))
        wanted = profile_id(response)

        def record():
            if not self.stream.exists():
                return []
            with open(self.stream, encoding='utf-8') as stream:
                stream.seek(self.read)
                found = [record for record in parse_records(stream.read())
                         if record.id == wanted]
                end = stream.tell()
            if found:
                self.read = end
            return found
        found = wait_for('record ' + wanted, record)[0]
        return found, self.server.directory / 'profiles' / (wanted + '.prof')


@pytest.fixture(scope='module')
def reports(served):
    return Reports(served, 'profiler-restrictions = none')


@pytest.mark.parametrize('name', REQUESTS)
def test_the_table_is_pstats_byte_for_byte(reports, name):
    assert len(COMBINATIONS) >= 200
    for keys, limit in COMBINATIONS:
        words = 'sort=' + ':'.join(keys) + ('' if limit is None else ',limit=%d' % limit)
        record, prof = reports.profile(REQUESTS[name], words)
        table = expected(prof, keys, [] if limit is None else [limit])
        assert record.table == table, words
        [written] = parse_records(prof.with_suffix('.txt').read_text())
        assert written.table == table, words


@pytest.mark.parametrize('text', RESTRICTIONS)
def test_restrictions_are_pstats_byte_for_byte(served, text):
    keys = ['cumulative', 'name'] if len(text) % 2 else ['time', 'calls']
    reports = Reports(served, 'profiler-restrictions = %s\nprofiler-sort-by = %s' % (
        text, ', '.join(keys)))
    for name in REQUESTS:
        record, prof = reports.profile(REQUESTS[name])
        assert record.table == expected(prof, keys, RESTRICTIONS[text]), name
    reports.server.stop()


@pytest.mark.parametrize('number', [-1, 0, 1, 2])
def test_a_number_is_a_sort_key(served, number):
    reports = Reports(served, 'profiler-restrictions = 20\nprofiler-sort-by = %d' % number)
    record, prof = reports.profile(REQUESTS['classes'])
    assert record.table == expected(prof, [number], [20])
    reports.server.stop()


def test_the_defaults(served):
    server = served('everything', 'profiler-dir = @DIR@/profiles')
    response = server.get('/flask/search?q=1&profile')
    record = server.record(response)
    [file] = record.files
    assert record.table == expected(file, ['time', 'calls'], [40])
    name = os.path.basename(file).split('.')
    assert name[:3] == ['GET', 'flask', 'search'] and name[3].endswith('ms') and name[5] == 'prof'
    server.stop()


# .prof, index.jsonl

def by_function(stats):
    """{function: (calls, primitive calls, {caller: (calls, primitive calls)})}"""
    return {function: (nc, cc, {caller: counts[:2] for caller, counts in callers.items()})
            for function, (cc, nc, tt, ct, callers) in stats.items()}


WORKLOADS = ['hello', 'use_json', 'use_re', 'recursion', 'classes', 'decorators', 'generators',
             'exceptions', 'generated']
DISABLE = ('~', 0, "<method 'disable' of '_lsprof.Profiler' objects>")


def without(functions, names):
    """Less what belongs to whoever ran the profiler: the entry and it as a caller."""
    return {function: (calls, primitive, {caller: counts for caller, counts in callers.items()
                                          if caller[2] not in names})
            for function, (calls, primitive, callers) in functions.items()
            if function[2] not in names}


@pytest.mark.parametrize('name', WORKLOADS)
def test_counts_are_those_of_cprofile(served, plain_pair, name):
    server, plain = plain_pair
    for each in (server, plain):
        for _ in range(2):  # what happens only once does not count
            each.get('/cprofile?' + name)
            each.get('/' + name)
    body = plain.get('/cprofile?' + name).body
    theirs = by_function(pstats.Stats(str(plain.directory / (name + '.cprof'))).stats)
    response = server.get('/%s?profile' % name)
    assert response.body == body
    ours = by_function(pstats.Stats(server.record(response).files[0]).stats)
    theirs = without(theirs, ('drain', DISABLE[2]))
    assert without(ours, ()) == theirs


def test_an_app_without_any_python(serve, tmp_path):
    server = serve('plain:only_builtin')
    path = tmp_path / 'answer.prof'
    path.write_bytes(server.get('/?profile=prof').body)
    assert pstats.Stats(str(path)).stats == {('~', 0, '<no calls>'): (0, 0, 0.0, 0.0, {})}
    [record] = parse_records(server.get('/?profile=txt').body.decode())
    assert record.table == expected(path, ['time', 'calls'], [40])
    report = json.loads(server.get('/?profile=json').body)
    assert len(report['func']['name']) == len(report['node']['func']) == 1


@pytest.fixture(scope='module')
def plain_pair(served):
    return served('plain', 'profiler-dir = @DIR@/profiles'), served('plain', plugin=False)


def test_times_add_up(plain_pair):
    server, _ = plain_pair
    for name in WORKLOADS:
        record = server.record(server.get('/%s?profile' % name))
        stats = pstats.Stats(record.files[0])
        assert 0 < stats.total_tt <= float(record.elapsed_ms) / 1000 + 0.0005
        for cc, nc, tt, ct, callers in stats.stats.values():
            assert 0 <= tt and tt <= ct + 1e-9 and cc <= nc
            assert ct <= stats.total_tt + 1e-9
            assert sum(caller[0] for caller in callers.values()) <= nc


def test_the_index_has_a_line_for_every_profile(serve):
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nprofiler-format = prof, txt\n'
                            'processes = 2')
    ids = [profile_id(server.get('/recursion?profile&n=%d' % i)) for i in range(20)]
    ids += [profile_id(server.get('/missing?profile')), profile_id(server.get('/raising_late?profile'))]
    index = server.directory / 'profiles' / 'index.jsonl'
    wait_for('the index', lambda: index.exists() and index.read_text().count('\n') == len(ids))
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    assert sorted(line['id'] for line in lines) == sorted(ids)
    for line in lines:
        assert len(line['files']) == 2 and line['mode'] == 'deterministic'
        sizes = [(server.directory / 'profiles' / file).stat().st_size for file in line['files']]
        assert sum(sizes) == line['bytes'] and line['method'] == 'GET'
        assert line['elapsed_ms'] > 0 and abs(line['time'] - index.stat().st_mtime) < 3600
    by_id = {line['id']: line for line in lines}
    assert by_id[ids[-2]]['status'] == 404 and by_id[ids[-2]]['path'] == '/missing'
    assert by_id[ids[-1]]['exception'] and 'ShopError' in by_id[ids[-1]]['exception']
    assert by_id[ids[0]]['query'] == 'n=0' and by_id[ids[0]]['exception'] is None


def test_the_id_is_in_every_file(serve):
    server = serve('plain', 'profiler-dir = @DIR@/profiles\nprofiler-format = prof, txt')
    response = server.get('/hello?profile')
    for file in server.record(response).files:
        assert profile_id(response).encode() in open(file, 'rb').read()


def test_records_of_parallel_workers_are_whole(serve):
    """Each begins and ends as a record, and nothing stands between them."""
    import threading
    server = serve('flask_app', 'processes = 4\nprofiler-stream = @DIR@/records\n'
                                'profiler-restrictions = none\nprofiler-max-active = 9')

    def client():
        for _ in range(10):
            server.get('/search?q=1&profile')
    clients = [threading.Thread(target=client) for _ in range(4)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    records = server.records(40, server.directory / 'records')
    assert ''.join(record.text for record in records) == (
        server.directory / 'records').read_text()
    assert all(isinstance(record, Record) and 'find_products' in record.functions()
               for record in records)
