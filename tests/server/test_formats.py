"""The formats for other tools, of real requests: as the answer, and as files."""
import gzip
import json
import re
import sys

import pytest

from harness import ROOT, header, profile_id, wait_for

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
    calls = sum(values[0] for stack, values in samples if stack[0].name == 'fibonacci')
    assert calls == 474
    assert all(stack[-1].name == 'GET /recursion' for stack, _ in samples)
    assert abs(sum(values[1] for _, values in samples) - profile['duration']) < 1e6
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


def test_a_sampled_pprof_has_processor_time_and_lines(server):
    response = server.get('/sleep?profile=sampling,pprof')
    profile = pprof_reader.read(gzip.decompress(response.body))
    assert [kind for kind, _ in profile['types']] == ['samples', 'wall', 'cpu']
    assert profile['period'] == (('wall', 'nanoseconds'), 1000000)
    stack, values = max(profile['samples'], key=lambda sample: sample[1][1])
    assert values[0] > 0 and values[2] < values[1] / 2
    assert stack[0].line >= stack[0].start_line

