"""Apps that change the directory or close descriptors; and directories of others."""
import os

import pytest

from harness import header, wait_for
from test_access import KEY, KEY_FILE, keep_key, reload


def test_relative_paths_are_those_of_the_start(serve):
    server = serve('meddling', 'profiler-dir = profiles\nprofiler-stream = reports.log\n'
                               'profiler-output = log, file',
                   prepare=lambda directory: (directory / 'elsewhere').mkdir())
    for path in ('/away', '/'):
        assert header(server.get(path, {'X-Profile': '1'}), 'X-Profile-Id')
    server.records(2, server.directory / 'reports.log')
    wait_for('two files', lambda: len(list((server.directory / 'profiles').glob('*.prof'))) == 2)
    assert not list((server.directory / 'elsewhere').iterdir())


def test_the_sampler_leaves_an_app_its_descriptors(serve):
    server = serve('meddling', 'profiler-mode = sampling\nenable-threads = true')
    for _ in range(2):
        assert server.get('/wait?profile=json').status == 200
    states = server.get('/').body.decode()
    assert 'True' in states and 'False' not in states


def test_an_app_may_take_the_number_of_the_carried_key(serve):
    server = serve('meddling', KEY_FILE, prepare=keep_key())
    for _ in range(2):
        assert server.get('/').body == b'[True]'
        answer = server.get('/', {'X-Profile': 'key=' + KEY})
        assert header(answer, 'X-Profile-Id') and answer.body == b'[True]'
        reload(server)


def test_a_reload_without_the_plugin_leaves_nothing_of_the_key(serve):
    server = serve('plain', KEY_FILE, prepare=keep_key())
    server.ini.write_text('\n'.join(
        line for line in server.ini.read_text().splitlines() if 'profiler' not in line.split('=')[0] and
        'need-plugin' not in line) + '\n')
    reload(server)
    assert 'profiler' not in server.log().rpartition('spawned uWSGI worker 1')[2]
    assert header(server.get('/hello', {'X-Profile': 'key=' + KEY}), 'X-Profile-Id') is None
    assert b'PROFILER_KEY' not in server.get('/environment').body
    assert b'profiler-key' not in server.get('/descriptors').body


def make(mode, owner=0):
    def prepare(directory):
        directory.chmod(0o755)
        place = directory / 'above' / 'profiles'
        place.mkdir(parents=True)
        place.chmod(mode)
        os.chown(str(place), owner, -1)
    return prepare


def make_above(mode, there):
    def prepare(directory):
        above = directory / 'above'
        (above / 'profiles' if there else above).mkdir(parents=True)
        above.chmod(mode)
    return prepare


WRITE, REPLACE = 'others can write to @DIR@/above/profiles', 'others can write to @DIR@/above, and replace @DIR@'


@pytest.mark.skipif(os.getuid() != 0, reason='not root')
@pytest.mark.parametrize('prepare, options, line', [
    (make(0o700), '', None), (make(0o755), '', None), (make_above(0o755, False), '', None),
    (make_above(0o1777, True), '', None), (make(0o770), 'profiler-dir-mode = 0770', None),
    (make(0o777), '', WRITE), (make(0o1777), '', WRITE), (make(0o770), '', WRITE),
    (make(0o700, 65534), '', '@DIR@/above/profiles belongs to another user'),
    (make_above(0o777, True), '', REPLACE), (make_above(0o1777, False), '', REPLACE)],
    ids=['own', 'readable', 'to be made', 'below a sticky one', 'of a group, as asked for', 'of all',
         'of all, sticky', 'of a group', 'of another', 'below one of all', 'to be made by anybody'])
def test_a_directory_that_others_can_change_is_told(serve, prepare, options, line):
    server = serve('plain', 'profiler-dir = @DIR@/above/profiles\n' + options, prepare=prepare)
    told = [text for text in server.log().splitlines() if text.startswith('profiler: profiler-dir: ')]
    assert len(told) == (1 if line else 0), told
    assert not line or line.replace('@DIR@', str(server.directory)) in told[0]
