"""profiler-dir-max-files and profiler-dir-max-bytes, with several workers at once."""
import concurrent.futures
import json
import os

import pytest

from harness import wait_for

INI = '''
    processes = 3
    profiler-dir = @DIR@/profiles
    profiler-stream = @DIR@/records
    profiler-output = log, file
    profiler-filename-format = {id}.prof
    '''


def index_lines(directory):
    with open(directory / 'index.jsonl', encoding='utf-8') as index:
        return [json.loads(line) for line in index]


def files(directory):
    return set(os.listdir(directory)) - {'index.jsonl'}


def profile_many(server, count):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(lambda _: server.get('/hello?profile'), range(count)))
    assert {(response.status, response.body) for response in responses} == {(200, b'hello')}
    wait_for('%d records' % count, lambda: (
        (server.directory / 'records').exists() and
        (server.directory / 'records').read_text().count('\nPROFILE ') >= count))


def settle(server, is_settled):
    """One profile after the other, each of which finds nobody else at the index."""
    count = (server.directory / 'records').read_text().count('\nPROFILE ')

    def one_more():
        nonlocal count
        count += 1
        server.get('/hello?profile')
        wait_for('its record', lambda: (
            (server.directory / 'records').read_text().count('\nPROFILE ') == count))
        return is_settled()
    wait_for(lambda: 'few files: %s' % files(server.directory / 'profiles'), one_more)


def test_the_oldest_profiles_go_and_nothing_else(serve):
    server = serve('plain', INI + 'profiler-format = prof, txt\nprofiler-dir-max-files = 20')
    directory = server.directory / 'profiles'
    wait_for('the directory', directory.exists)
    (directory / 'notes.prof').write_text('not ours')
    profile_many(server, 60)
    settle(server, lambda: len(files(directory)) <= 21)
    listed = {name for line in index_lines(directory) for name in line['files']}
    assert listed | {'notes.prof'} == files(directory)
    assert 18 <= len(listed) <= 20
    assert (directory / 'notes.prof').read_text() == 'not ours'
    for line in index_lines(directory):
        assert len(line['files']) == 2
        assert line['bytes'] == sum((directory / name).stat().st_size for name in line['files'])


def test_the_size_is_limited_too(serve):
    server = serve('plain', INI + 'profiler-format = html\nprofiler-dir-max-bytes = 2m')
    directory = server.directory / 'profiles'
    profile_many(server, 25)

    def sizes():
        return [(directory / name).stat().st_size for name in files(directory)]
    settle(server, lambda: sum(sizes()) <= 2 * 1024 * 1024)
    assert len(sizes()) >= 2


@pytest.mark.parametrize('ini', ['profiler-dir-max-files = 0', 'profiler-dir-max-bytes = 0'])
def test_without_a_limit_the_other_one_holds(serve, ini):
    other = 'profiler-dir-max-bytes = 1' if 'files' in ini else 'profiler-dir-max-files = 1'
    server = serve('plain', INI + ini + '\n' + other)
    profile_many(server, 10)
    settle(server, lambda: len(files(server.directory / 'profiles')) == 1)
    server.stop()


def test_an_index_that_cannot_be_pruned_costs_a_log_line_only(serve):
    def prepare(directory):
        (directory / 'profiles').mkdir(mode=0o700)
        (directory / 'profiles' / 'index.jsonl').mkdir()
    server = serve('plain', INI + 'profiler-dir-max-files = 1', prepare=prepare)
    profile_many(server, 5)
    assert len(files(server.directory / 'profiles')) == 5
    assert 'index.jsonl: Is a directory' in server.log()
