"""The formats for other tools, of real requests: as the answer, and as files."""
import json
import re

import pytest

from harness import header, profile_id, wait_for

FORMATS = {  # word: (Content-Type, ending)
    'json': ('application/json', '.json'),
    'folded': ('text/plain; charset=utf-8', '.folded'),
    'speedscope': ('application/json', '.speedscope.json'),
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
    return response.body.decode()


def check_json(text):
    profile = json.loads(text)
    names = [profile['str'][i] for i in profile['func']['name']]
    node = profile['node']
    calls = sum(calls for func, calls in zip(node['func'], node['calls'])
                if names[func] == 'fibonacci')
    assert calls == 474
    assert sum(node['calls']) - 1 == profile['meta']['calls']
    assert abs(sum(node['self']) - profile['meta']['wall_ns']) < 1e6
    assert profile['func']['kind'][names.index('fibonacci')] == 0
    assert names[0] == 'GET /recursion' and profile['func']['kind'].count(4) == 1


def check_folded(text):
    lines = [re.fullmatch(r'(.+) (\d+)', line)[1] for line in text.splitlines()]
    assert all(line.split(';')[0] == 'GET /recursion' for line in lines)
    assert any(re.search(r';fibonacci \(\S+\.py:\d+\);fibonacci ', line) for line in lines)


def check_speedscope(text):
    file = json.loads(text)
    [profile] = file['profiles']
    names = [frame['name'] for frame in file['shared']['frames']]
    assert names[0] == profile['name'] == 'GET /recursion' and 'fibonacci' in names
    assert profile['events'][-1] == {'type': 'C', 'frame': 0, 'at': profile['endValue']}


CHECKS = {'json': check_json, 'folded': check_folded, 'speedscope': check_speedscope}


@pytest.mark.parametrize('word', FORMATS)
def test_each_format_can_be_the_answer(server, word):
    CHECKS[word](ask(server, word))


def test_each_format_can_be_a_file(server):
    made = profile_id(server.get('/recursion?profile'))
    names = [made + ending for _, ending in FORMATS.values()]
    directory = server.directory / 'profiles'
    for word, name in zip(FORMATS, names):
        wait_for(name, (directory / name).exists)
        CHECKS[word]((directory / name).read_text())
