"""Sampled requests of a real server: what they say about time is what the app measured.

Times are shares of what the app itself has measured, never limits in seconds, but two: the
machine may be busy with others meanwhile. What that can spoil is tried again.
"""
import json
import os
import pstats
import re
import shutil
import time

import pytest

from harness import header, parse_records, profile_id, wait_for
from samples import (Samples, SlowPeer, called_builtins, distance, has_builtins, if_quiet,
                     notices_of, sample, several_times, without_builtins)
from test_paths import as_nobody

SHARES_DISTANCE = 0.10  # measured: 0.01 to 0.04 with both cores busy


@pytest.fixture(scope='module')
def peer():
    peer = SlowPeer(0.005)
    yield peer
    peer.close()


@pytest.fixture(scope='module')
def server(served):
    return served('sampled', '''
        enable-threads = true
        profiler-dir = @DIR@/profiles
        profiler-format = prof, json, txt, folded, speedscope
        profiler-filename-format = {id}.prof
        profiler-restrictions = none
    ''')


def file_of(server, response, ending):
    file = server.directory / 'profiles' / (profile_id(response) + ending)
    wait_for(file.name, file.exists)
    return file


# the app knows its own truth


def test_shares_are_those_that_the_app_measures(server, peer):
    def check():
        response = server.get('/shares?port=%d' % peer.port, {'X-Profile': 'sampling'})
        answer = json.loads(response.body)
        truth = answer['seconds']
        found = Samples(file_of(server, response, '.json').read_text())
        from_json = {name: found.seconds(name) for name in truth}
        stats = pstats.Stats(str(file_of(server, response, '.prof'))).stats
        from_prof = {name: row[3] for (_, _, name), row in stats.items() if name in truth}
        print('distance', distance(truth, from_json), found.meta['samples'], 'samples')
        if_quiet(distance(truth, from_json) <= SHARES_DISTANCE, (truth, from_json))
        assert distance(from_json, from_prof) <= 0.001
        elapsed = float(server.record(response).elapsed_ms) / 1000
        assert abs(sum(found.self_ns) / 1e9 - elapsed) <= elapsed / 100
        assert abs(found.seconds('application') - elapsed) <= elapsed / 100
        for name, kind, share in (('sleeps', 'sleep', 0.8), ('receives', 'network read', 0.7)):
            waits = found.waits_below(name)
            if_quiet(waits[kind] >= share * (sum(waits.values()) - waits['cpu wait']), waits)
        for name in ('spins', 'sorts', 'recurses', 'serializes', 'matches'):
            busy = found.waits_below(name)
            ready = busy['cpu'] + busy['cpu wait'] + busy['other']
            if_quiet(ready >= 0.9 * sum(busy.values()), (name, busy))
        sampled = sum(found.report['node']['cpu']) / 1e9
        if_quiet(abs(sampled - answer['cpu']) <= 0.03 * elapsed, (sampled, answer, elapsed))
        assert abs(found.meta['cpu_ns'] / 1e9 - answer['cpu']) <= 0.01 * elapsed
    several_times(check)


def test_both_modes_agree_where_calls_are_few(server):
    """Without what others had of the processors: of every call counted the least time of
    several requests, of samples that in which the thread ran."""
    def counted():
        response = server.get('/few_calls', {'X-Profile': 'deterministic'})
        stats = pstats.Stats(str(file_of(server, response, '.prof'))).stats
        return {name: row[2] for (_, _, name), row in stats.items() if name.startswith('adds_')}

    def sampled():
        response = server.get('/few_calls', {'X-Profile': 'sampling'})
        node = Samples(file_of(server, response, '.json').read_text())
        return {name: sum(cpu for path, cpu in zip(node.paths, node.report['node']['cpu']) if path[-1:] == (name,))
                for name in ('adds_little', 'adds_more', 'adds_most')}

    def check():
        several = [counted() for _ in range(6)]
        ours = [{name: min(one[name] for one in several) for name in several[0]}]
        several = [sampled() for _ in range(4)]
        ours.append({name: sum(one[name] for one in several) for name in several[0]})
        assert len(ours[0]) == 3
        print('distance', distance(*ours))
        if_quiet(distance(*ours) <= 0.06, ours)
    several_times(check)


# waiting

WAITS = {  # name: (kind, its least share of the request, label in the log)
    'waits_sleep': ('sleep', 0.8, 'sleep'),
    'waits_gil': ('gil', 0.15, 'GIL'),  # half, but for the processors that others take
    'waits_network': ('network read', 0.6, 'network read'),
    'waits_network_with_timeout': ('network read', 0.6, 'network read'),
    'waits_lock': ('lock', 0.6, 'lock'),
    'waits_child': ('child', 0.6, 'child'),
    'waits_pipe': ('child', 0.6, 'child'),
}


def first_wait(tree):
    """The summary line's first item beside CPU, waiting for one, and what is not known."""
    items = re.search(r'^\d+ ms: (.*)$', tree, re.M)[1].split(', ')
    return [item for item in items if not item.endswith(('CPU', 'CPU wait', 'other waits'))][0]


def largest_wait(waits):
    """The kind with most of it, beside waiting for a processor, and what is not known."""
    return max(set(waits) - {'other', 'cpu wait'}, key=waits.get, default=None)


def check_peer(found, peer):
    [named] = [each for each in found.meta['peers'] if each['wait'] == 3]
    assert named['peer'] == '127.0.0.1:%d' % peer.port
    return named['peer']


@pytest.mark.parametrize('name', WAITS)
def test_what_a_request_waits_for(server, peer, name):
    kind, share, label = WAITS[name]

    def check():
        response = server.get('/%s?port=%d' % (name, peer.port), {'X-Profile': 'sampling'})
        found = Samples(file_of(server, response, '.json').read_text())
        waits = found.meta['wait_ns']
        if_quiet(largest_wait(waits) == kind, waits)
        rest = found.meta['wall_ns'] / 1e9 - found.wait_seconds('cpu wait')
        if_quiet(found.wait_seconds(kind) >= share * rest, waits)
        record = server.record(response)
        assert label in first_wait(record.tree), record.tree
        if kind == 'network read':
            assert '(%s)' % check_peer(found, peer) in record.tree
    several_times(check)


@pytest.mark.parametrize('ini, is_there', [('profiler-source = on', True), ('', False)])
def test_lines_come_with_their_source_where_it_is_allowed(serve, ini, is_there):
    server = serve('sampled', 'enable-threads = true\n' + ini)

    def check():
        profile = json.loads(server.get('/waits_sleep?profile=sampling,json').body)
        lines, func, text = profile['lines'], profile['func'], profile['str']
        if_quiet(lines['line'], profile)
        assert ('text' in lines) == is_there
        if not is_there:
            return
        shown = 0
        for number, line, source in zip(lines['func'], lines['line'], lines['text']):
            file = text[func['file'][number]]
            if file.endswith('/sampled.py'):
                with open(file) as code:
                    assert text[source] == code.read().splitlines()[line - 1].rstrip()
                shown += 1
        assert shown
        page = server.get('/waits_sleep?profile=sampling,html').body.decode()
        if_quiet('"text":[' in page)
    several_times(check)


def test_waiting_for_a_file_lock(server):
    if not shutil.which('flock'):
        pytest.skip('there is no flock command')

    def check():
        waits = sample(server, '/waits_file_lock').waits_below('waits_file_lock')
        if_quiet(waits['lock'] >= 0.3, waits)
    several_times(check)


def test_waiting_for_the_disk(server):
    """Which is measured too: here it may be memory, which needs no waiting for."""
    def check():
        waits = sample(server, '/waits_disk').waits_below('syncs')
        if sum(waits.values()) - waits['cpu'] < 0.1:
            pytest.skip('this disk is too fast')
        if_quiet(largest_wait(waits) == 'disk', waits)
    several_times(check)


# answers, files, intervals

FORMATS = {'txt': 'text/plain; charset=utf-8', 'prof': 'application/octet-stream',
           'json': 'application/json', 'folded': 'text/plain; charset=utf-8',
           'speedscope': 'application/json'}
ENDINGS = {'speedscope': '.speedscope.json'}
BUILTINS = {'perf_counter', 'uwsgi_spit'}


def functions_in(word, body, path):
    """The functions in one format; builtins are left out, or have their plain names."""
    if word == 'txt':
        [record] = parse_records(body.decode())
        assert record.mode == 'sampling'
        assert ' ms' in record.tree or not record.functions(), record.text
        return {name for name in without_builtins(record.functions()) if not name.startswith('<')}
    if word == 'prof':
        path.write_bytes(body)
        return without_builtins(function[2] for function in pstats.Stats(str(path)).stats) - {
            '<no samples>'}
    if word == 'json':
        return Samples(body).functions()
    if word == 'folded':
        stacks = [re.fullmatch(r'(.+) (\d+)', line) for line in body.decode().splitlines()]
        return {frame.partition(' (')[0].rpartition('.')[2] for stack in stacks
                for frame in stack[1].split(';')[1:]}
    file = json.loads(body)
    assert file['profiles'][0]['unit'] == 'seconds'
    names = [frame['name'].rpartition('.')[2] for frame in file['shared']['frames']]
    return set(names[1:])


@pytest.mark.parametrize('word', FORMATS)
def test_each_format_can_be_the_answer(server, word, tmp_path):
    def check():
        response = server.get('/spinning?seconds=0.2&profile=sampling,' + word)
        assert response.status == 200
        assert header(response, 'Content-Type') == FORMATS[word]
        assert header(response, 'X-Profile-Status') == '200'
        names = functions_in(word, response.body, tmp_path / 'answer') - BUILTINS
        assert names <= {'application', 'spinning', 'spins'}, names
        if_quiet({'application', 'spinning', 'spins'} <= names, names)
        assert server.record(response).mode == 'sampling'
        for each in FORMATS:
            file = file_of(server, response, ENDINGS.get(each, '.' + each))
            found = functions_in(each, file.read_bytes(), tmp_path / 'file')
            assert found - BUILTINS == names
    several_times(check)


class Described:
    """A json report's functions by their whole names: (kind, 1 if it hides itself)."""

    def __init__(self, body):
        report = json.loads(body)
        text, func = report['str'], report['func']
        hides = func.get('hide', [0] * len(func['kind']))
        self.functions = {text[name]: (kind, hide) for name, kind, hide
                          in zip(func['name'], func['kind'], hides)}
        self.has_hide = 'hide' in func
        self.has_qualnames = tuple(map(int, report['meta']['python'].split('.')[:2])) >= (3, 11)

    def of(self, name, qualname):
        key = qualname if self.has_qualnames else name
        if_quiet(key in self.functions, self.functions)
        return self.functions[key]


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_functions_are_described_in_both_modes(server, mode, tmp_path):
    def check():
        response = server.get('/orders?profile=json,' + mode)
        found = Described(response.body)
        assert found.of('total', 'Order.total') == (0, 0)
        assert found.of('__post_init__', 'Order.__post_init__') == (0, 0)
        assert found.of('wrapper', 'hiding.<locals>.wrapper') == (0, 1)
        made = [name for name in found.functions if name.endswith('__init__')]
        assert [found.functions[name] for name in made] == [(1, 0)], made
        stats = pstats.Stats(str(file_of(server, response, '.prof'))).stats
        names = {name for _, _, name in stats}
        assert {'total', 'wrapper', '__post_init__', '__init__'} <= names, names
        assert {'total', 'wrapper'} <= set(server.record(response).functions())
        assert not Described(server.get('/spinning?profile=json,' + mode).body).has_hide
        if found.has_qualnames:
            folded = server.get('/orders?profile=folded,' + mode).body.decode()
            if_quiet('total' in folded, folded)
            assert ';hiding.<locals>.wrapper (' in folded and ';Order.total (' in folded
    several_times(check)


def test_code_that_hides_itself_is_folded(server):
    def check():
        tree = server.record(server.get('/orders', {'X-Profile': 'sampling'})).tree
        if_quiet('total' in tree and '__init__' in tree, tree)
        [wrapper] = [line for line in tree.splitlines() if 'wrapper' in line]
        assert wrapper.endswith('  1 frame hidden (apps)'), tree
        assert re.search(r'└─ (Order\.)?total  apps/sampled.py:\d+$', tree, re.M), tree
        assert re.search(r'__init__  <string>:\d+', tree), tree
    several_times(check)


CALLS_BUILTINS = {  # in the app: the builtin that it calls
    'plainly': '<built-in method time.sleep>',
    'with_an_argument_list': '<built-in method time.sleep>',
    'with_a_keyword': '<built-in method builtins.sorted>',
    'as_a_method': "<method 'count' of 'list' objects>",
    'as_a_bound_method': "<method 'count' of 'list' objects>",
    'as_an_inherited_method': "<method 'count' of 'list' objects>",
    'as_a_method_of_a_type': '<built-in method fromkeys>'}


def test_a_builtin_has_its_caller_and_its_name_in_both_modes(server):
    """Sampled, it is there from Python 3.14 on."""
    path = '/calls_builtins?profile=json,'
    counted = called_builtins(json.loads(server.get(path + 'deterministic').body))
    assert set(CALLS_BUILTINS.items()) <= counted, set(CALLS_BUILTINS.items()) - counted

    def check():
        found = Samples(server.get(path + 'sampling').body)
        assert called_builtins(found.report) == set(found.builtins.values()) <= counted
        if_quiet(set(CALLS_BUILTINS) <= found.functions(), found.paths)
        if has_builtins(found.meta['python']):
            if_quiet(set(CALLS_BUILTINS.items()) <= called_builtins(found.report), found.builtins)
    several_times(check)


def test_the_interval_of_a_flag(server):
    def check():
        for interval, ns, most, late in (('10ms', 1e7, 1.43, 1.5), ('1ms', 1e6, 1.43, 1.5),
                                         ('250us', 2.5e5, 2.2, 3)):
            found = sample(server, '/spinning?seconds=0.5', 'interval=' + interval)
            assert found.meta['interval_ns'] == ns
            in_time = found.meta['wall_ns'] - 1e9 * found.late_seconds(late)
            mean = in_time / max(found.meta['samples'], 1)
            if_quiet(0.75 * ns <= mean <= most * ns, (mean, found.late_seconds(), found.meta))
    several_times(check)


@pytest.mark.parametrize('interval', ['99us', '2s', 'often', ''])
def test_an_interval_that_cannot_be(server, interval):
    response = server.get('/spinning', {'X-Profile': 'sampling,interval=' + interval})
    assert response.body == b'null' and header(response, 'X-Profile-Id') is None
    assert 'interval' in header(response, 'X-Profile-Error')


def test_configured_mode_interval_and_trigger(serve):
    server = serve('sampled', '''
        profiler-mode = sampling
        profiler-interval = 5ms
        profiler-trigger = always
        profiler-trigger = query:profile
        profiler-dir = @DIR@/profiles
        profiler-format = json
    ''')
    asked = 0

    def check():
        nonlocal asked
        response = server.get('/spinning?seconds=0.1')
        assert response.body == b'null' and header(response, 'X-Profile-Id') is None
        asked += 1
        line = server.wait_log(r'^PROFILE [0-9a-f]{16} sampling .*$', asked)[-1]
        facts = re.search(r" (\d+)\.\d+ ms .*GET '/spinning' (\d+) samples?\b", line)
        in_all = int(facts[1]) / 5
        assert int(facts[2]) <= 2 * in_all, line
        if_quiet(int(facts[2]) >= in_all / 4, line)
        assert re.search(r'samples: \d+ % CPU.* in .*(\(spins\)|{built-in method time.perf_counter})',
                         line), line
    for _ in range(3):
        several_times(check)
    files = list((server.directory / 'profiles').glob('*.json'))
    assert len(files) == asked and all(
        Samples(file.read_text()).meta['interval_ns'] == 5e6 for file in files)
    off = server.get('/spinning?profile=off')
    assert header(off, 'X-Profile-Id') is None
    response = server.get('/spinning?profile=deterministic,txt')
    [record] = parse_records(response.body.decode())
    assert record.mode == 'deterministic' and record.functions()['spins'] == (1, 1)
    assert len(server.wait_log(r'^PROFILE [0-9a-f]{16} sampling', asked)) == asked


def test_a_request_that_ends_before_its_first_sample(server):
    response = server.get('/nothing?profile=sampling,interval=1s')
    assert response.body == b'"nothing"'
    record = server.record(response)
    assert record.table.startswith(' ' * 9 + '0 samples'), record.text
    assert [line for line in record.notices if 'sample' in line], record.text
    stats = pstats.Stats(str(file_of(server, response, '.prof'))).stats
    assert stats == {('~', 0, '<no samples>'): (0, 0, 0.0, 0.0, {})}
    assert '{no samples}' in record.table
    for word in FORMATS:
        answer = server.get('/nothing?profile=sampling,interval=1s,' + word)
        assert answer.status == 200 and answer.body
        assert ('no samples' in answer.body.decode('latin-1')) == (word in ('txt', 'prof'))
    found = sample(server, '/nothing', 'interval=1s')
    assert found.meta['samples'] == 0 and found.notices()


def test_a_request_that_was_never_left_is_switched_out_at_no_time(server):
    for _ in range(200):
        assert 'switched out' not in sample(server, '/nothing').meta['wait_ns']


@as_nobody
def test_a_server_that_has_changed_its_user(serve, peer):
    """The kernel then keeps to itself what a thread waits for; CPU time is known."""
    server = serve('sampled', 'uid = nobody\ngid = nogroup\nchown-socket = nobody')

    def check_waiting():
        found = sample(server, '/waits_network?times=40&port=%d' % peer.port)
        assert set(found.meta['wait_ns']) <= {'other', 'disk', 'cpu wait'}
        not_known = found.meta['wall_ns'] / 1e9 - found.wait_seconds('cpu wait')
        if_quiet(found.wait_seconds('other') >= 0.6 * not_known, found.meta)
        assert 'waits-unknown' in found.notices()

    def check_spinning():
        response = server.get('/tells_cpu?seconds=0.3', {'X-Profile': 'sampling'})
        record = server.record(response)
        if_quiet(notices_of(record) == record.notices, record.text)
        assert [line for line in record.notices if 'waits-unknown' in line], record.text
        share = int(re.search(r' ms: (\d+) % CPU', record.tree)[1]) / 100
        true = json.loads(response.body) * 1000 / float(record.elapsed_ms)
        if_quiet(abs(share - true) <= 0.1, (share, true))
    several_times(check_waiting)
    several_times(check_spinning)


# what it costs the process


@pytest.fixture(scope='module')
def hasty(served):
    return served('sampled', 'enable-threads = true\nprofiler-max-time = 100ms')


@pytest.mark.parametrize('mode', ['deterministic', 'sampling', 'sampling,interval=1s'])
@pytest.mark.parametrize('path', ['/waits_sleep', '/waits_child', '/waits_lock',
                                  '/spinning?seconds=0.3'])
def test_the_longest_time_whatever_the_request_does(hasty, path, mode):
    response = hasty.get('%s%sprofile=%s,json' % (path, '&' if '?' in path else '?', mode))
    report = json.loads(response.body)
    meta = report['meta']
    assert meta['wall_ns'] == 100000000 and meta['cpu_ns'] <= meta['wall_ns']
    notices = [notice['code'] for notice in meta['notices']]
    assert 'time' in notices and set(notices) <= {'time', 'no-samples', 'threads'}
    assert abs(sum(report['node']['self']) - 1e8) <= 1e6


def threads(pid):
    """The names of its threads."""
    found = []
    for task in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/comm' % (pid, task)) as comm:
            found.append(comm.read().strip())
    return found


def test_one_thread_and_nothing_that_grows(serve):
    server = serve('sampled', 'profiler-stream = /dev/null\ndisable-logging = true\n'
                              'threads = 2')
    [worker] = wait_for('the worker', server.ready_workers)
    server.get('/spinning')
    server.get('/spinning?profile')
    assert threads(worker).count('profiler') == 0

    def ask(count):
        for _ in range(count):
            server.get('/churning_code?seconds=0.002&profile=sampling,interval=100us')
            server.settle()  # profiles that wait to be written are no leak

    def size():
        return int(open('/proc/%d/statm' % worker).read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    ask(300)  # until both threads, and the one that writes, have had their part
    files, sizes = len(os.listdir('/proc/%d/fd' % worker)), [size()]
    for _ in range(4):  # what leaks grows each time, the allocator by a step now and then
        ask(300)
        sizes.append(size())
        if sizes[-1] - sizes[-2] < 600 * 1024:
            break
    else:
        raise AssertionError('grows each time: %s' % sizes)
    assert threads(worker).count('profiler') == 1
    wait_for('the files to be closed', lambda: len(os.listdir('/proc/%d/fd' % worker)) <= files)
    assert [worker] == server.workers()


def switches(pid):
    """How often its thread that samples has gone to sleep."""
    for task in os.listdir('/proc/%d/task' % pid):
        if open('/proc/%d/task/%s/comm' % (pid, task)).read().strip() == 'profiler':
            status = open('/proc/%d/task/%s/status' % (pid, task)).read()
            return int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)', status, re.M)[1])
    return 0


def test_short_requests_do_not_wake_the_thread_and_it_rests_after_them(serve):
    server = serve('plain', '''
        disable-logging = true
        profiler-trigger = always
        profiler-mode = sampling
        profiler-interval = 1s
        profiler-keep = slower:100s
    ''')
    [worker] = wait_for('the worker', server.ready_workers)
    server.get('/')
    before = switches(worker)
    for _ in range(300):
        server.get('/')
    assert switches(worker) - before < 60

    def rests():
        asleep = switches(worker)
        time.sleep(2.5)
        return switches(worker) == asleep
    wait_for('the thread to rest', rests)
