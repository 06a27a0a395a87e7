"""The formats for other tools, of real requests: as the answer, and as files."""
import concurrent.futures
import gzip
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from harness import ROOT, header, profile_id, wait_for
from samples import if_quiet, several_times

sys.path.append(str(ROOT / 'tests' / 'unit'))
import pprof_reader  # noqa: E402

FORMATS = {  # word: (Content-Type, ending)
    'json': ('application/json', '.json'),
    'folded': ('text/plain; charset=utf-8', '.folded'),
    'speedscope': ('application/json', '.speedscope.json'),
    'pprof': ('application/octet-stream', '.pb.gz'),
}


@pytest.fixture(scope='module')
def server(served):
    return served('plain', 'profiler-dir = @DIR@/profiles\n'
                  'profiler-format = ' + ', '.join(FORMATS) +
                  '\nprofiler-filename-format = {id}.prof')


def ask(server, word):
    response = server.get('/recursion?profile=' + word)
    assert response.status == 200
    assert header(response, 'Content-Type') == FORMATS[word][0]
    return response.body


def check_json(body):
    profile = json.loads(body.decode())
    names = [profile['str'][i] for i in profile['func']['name']]
    node = profile['node']
    calls = sum(calls for func, calls in zip(node['func'], node['calls'])
                if names[func] == 'fibonacci')
    assert calls == 474
    assert sum(node['calls']) - 1 == profile['meta']['calls']
    assert abs(sum(node['self']) - profile['meta']['wall_ns']) < 1e6
    assert profile['func']['kind'][names.index('fibonacci')] == 0
    assert names[0] == 'GET /recursion' and profile['func']['kind'].count(4) == 1


def check_folded(body):
    lines = [re.fullmatch(r'(.+) (\d+)', line)[1] for line in body.decode().splitlines()]
    assert all(line.split(';')[0] == 'GET /recursion' for line in lines)
    assert any(re.search(r';fibonacci \(\S+\.py:\d+\);fibonacci ', line) for line in lines)


def check_speedscope(body):
    file = json.loads(body.decode())
    [profile] = file['profiles']
    names = [frame['name'] for frame in file['shared']['frames']]
    assert names[0] == profile['name'] == 'GET /recursion' and 'fibonacci' in names
    assert profile['events'][-1] == {'type': 'C', 'frame': 0, 'at': profile['endValue']}


def check_pprof(body):
    profile = pprof_reader.read(gzip.decompress(body))
    samples = profile['samples']
    calls = sum(values[1] for stack, values in samples if stack[0].name == 'fibonacci')
    assert calls == 474
    assert all(stack[-1].name == 'GET /recursion' for stack, _ in samples)
    assert abs(sum(values[2] for _, values in samples) - profile['duration']) < 1e6
    assert len({tuple(stack) for stack, _ in samples}) == len(samples)


CHECKS = {'json': check_json, 'folded': check_folded, 'speedscope': check_speedscope,
          'pprof': check_pprof}


@pytest.mark.parametrize('word', FORMATS)
def test_each_format_can_be_the_answer(server, word):
    CHECKS[word](ask(server, word))


def test_each_format_can_be_a_file(server):
    made = profile_id(server.get('/recursion?profile'))
    names = [made + ending for _, ending in FORMATS.values()]
    directory = server.directory / 'profiles'
    for word, name in zip(FORMATS, names):
        wait_for(name, (directory / name).exists)
        CHECKS[word]((directory / name).read_bytes())


@pytest.fixture(scope='module')
def of_four_workers(served):
    """A file of each worker in both modes."""
    server = served('plain', """
        processes = 4
        profiler-dir = @DIR@/profiles
        profiler-format = pprof
        profiler-output = file
        profiler-filename-format = {worker}-{mode}.prof
        """)
    directory = server.directory / 'profiles'
    names = {'%d-%s.pb.gz' % (worker, mode) for worker in range(1, 5)
             for mode in ('sampling', 'deterministic')}

    def all_are_there():
        # at once: what comes one after the other is for one worker
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(server.get, 4 * ['/sleep?profile=sampling',
                                           '/use_json?profile=deterministic']))
        return all((directory / name).exists() for name in names)
    wait_for('files of all', all_are_there)
    return [directory / name for name in sorted(names)]


def test_pprofs_of_all_workers_and_both_modes_can_be_merged(of_four_workers):
    """What tells functions and headers apart is the same in all."""
    profiles = [pprof_reader.read(gzip.decompress(file.read_bytes())) for file in of_four_workers]
    for key in ('types', 'mappings', 'default'):
        assert len({str(profile[key]) for profile in profiles}) == 1
    assert {profile['period'][0] for profile in profiles} == {('wall', 'nanoseconds')}
    assert len({label for profile in profiles for label in profile['labels']}) == len(profiles)
    functions = {}
    for profile in profiles:
        for frame in profile['frames'].values():
            place = frame.name, frame.filename, frame.start_line
            functions.setdefault(place, set()).add(frame.system_name)
    assert {len(names) for names in functions.values()} == {1}
    assert not [place for place in functions if '0x' in place[0]]


def test_go_merges_them_without_a_warning(of_four_workers, tmp_path):
    go = shutil.which('go') or shutil.which('go', path='/usr/local/go/bin')
    if not go:
        pytest.skip('there is no go here')
    profiles = [pprof_reader.read(gzip.decompress(file.read_bytes())) for file in of_four_workers]
    for i, kind in enumerate(('samples', 'calls', 'wall', 'cpu')):
        done = subprocess.run(
            [go, 'tool', 'pprof', '-top', '-unit=ns', '-sample_index=' + kind,
             *map(str, of_four_workers)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True,
            env=dict(os.environ, PPROF_TMPDIR=str(tmp_path)))
        assert done.stderr == b'', done.stderr.decode()
        text = done.stdout.decode()
        assert 'File: python\n' in text and 'Type: %s\n' % kind in text
        total = sum(values[i] for profile in profiles for _, values in profile['samples'])
        assert re.search(r' of %d(ns)? total$' % total, text, re.M), (total, text)
        if kind == 'calls':
            assert re.search(r' (Encoder\.)?dumps$|json', text, re.M), text


def test_a_sampled_pprof_has_processor_time_and_lines(server):
    def check():
        response = server.get('/sleep?profile=sampling,pprof')
        profile = pprof_reader.read(gzip.decompress(response.body))
        assert [kind for kind, _ in profile['types']] == ['samples', 'calls', 'wall', 'cpu']
        assert profile['period'] == (('wall', 'nanoseconds'), 1000000)
        stack, values = max(profile['samples'], key=lambda sample: sample[1][2])
        if_quiet(values[0] > 0, profile['samples'])
        assert values[3] < values[2] / 2
        assert stack[0].line >= stack[0].start_line
    several_times(check)


def without_cprofile(text):
    """A json without cProfile's names, which is where it has addresses."""
    data = json.loads(text)
    func = data['func']
    names = func.pop('cprofile')
    assert any('__new__ of type object at 0x' in data['str'][i] for i in names)
    for i in set(names) - set(func['name']):
        data['str'][i] = ''
    return json.dumps(data).encode()


def test_names_with_addresses(serve):
    """They differ from process to process: only what follows cProfile has them."""
    server = serve('plain', 'profiler-log-style = json\nprofiler-restrictions = none')
    for word in (*FORMATS, 'txt', 'prof'):
        response = server.get('/addresses?profile=log,' + word)
        text = gzip.decompress(response.body) if word == 'pprof' else response.body
        text = without_cprofile(text) if word == 'json' else text
        has_address = re.search(rb'__new__ of type object at 0x[0-9a-f]+', text)
        assert bool(has_address) == (word in ('txt', 'prof')), text
        assert bool(re.search(rb' at 0x[0-9a-f]+', text)) == (word in ('txt', 'prof')), text
        if word not in ('txt', 'prof'):
            assert b'type.__new__' in text and b'function Cursor.append' in text, text
        if word in ('folded', 'speedscope'):
            assert b'built-in method' not in text, text
        [line] = server.wait_log(r'^\{.*"id": *"%s".*\}$' % profile_id(response))
        assert 'type.__new__' in line and ' at 0x' not in line
