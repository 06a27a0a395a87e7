"""profiler-dir-max-files and profiler-dir-max-bytes, with several workers at once."""
import concurrent.futures
import fcntl
import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from harness import METRICS, wait_for
from test_paths import as_nobody

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


def records(server):
    path = server.directory / 'records'
    return path.read_text().count('\nPROFILE ') if path.exists() else 0


def profile_many(server, count):
    in_all = records(server) + count
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(lambda _: server.get('/hello?profile'), range(count)))
    assert {(response.status, response.body) for response in responses} == {(200, b'hello')}
    wait_for('%d records' % in_all, lambda: records(server) >= in_all)


def settle(server, is_settled):
    """One profile after the other, each of which finds nobody else at the index."""
    count = records(server)

    def one_more():
        nonlocal count
        count += 1
        server.get('/hello?profile')
        wait_for('its record', lambda: records(server) == count)
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


# an index that cannot be appended to: what it does not name, nobody would remove

def make_fifo(index):
    os.mkfifo(index)


def make_symlink(index):
    index.symlink_to(index.parent.parent / 'victim')


def make_hard_link(index):
    os.link(index.parent.parent / 'victim', index)


def make_socket(index):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(index))


def make_anothers(index):
    """Neither ours to write nor to give rights to."""
    index.touch(0o644)
    os.chown(index, 12345, 12345)


def make_read_only(index):
    index.touch(0o444)


def make_immutable(index):
    index.touch()
    if subprocess.run(['chattr', '+i', str(index)], stderr=subprocess.DEVNULL).returncode:
        pytest.skip('no file here can be made immutable')


NOBODY = 65534
OBSTACLES = {
    make_fifo: 'it is not a regular file', make_symlink: 'Too many levels of symbolic links',
    make_hard_link: 'it has a second name \\(a hard link\\)', Path.mkdir: 'Is a directory',
    make_socket: 'No such device or address', make_anothers: 'Permission denied',
    make_read_only: 'Permission denied', make_immutable: 'Operation not permitted'}


@pytest.mark.parametrize('obstacle', [
    pytest.param(obstacle, marks=as_nobody) if obstacle in (make_anothers, make_read_only)
    else obstacle for obstacle in OBSTACLES])
def test_a_profile_that_cannot_be_indexed_is_removed_and_counted(serve, obstacle):
    """Root may write what belongs to another, or is read-only: there the server is nobody."""
    drops = obstacle in (make_anothers, make_read_only)

    def prepare(directory):
        (directory / 'victim').write_text('nothing of yours')
        place = directory / 'profiles'
        place.mkdir(mode=0o700)
        obstacle(place / 'index.jsonl')
        if drops:
            directory.chmod(0o777)
            os.chown(place, NOBODY, NOBODY)
        if obstacle is make_read_only:
            os.chown(place / 'index.jsonl', NOBODY, NOBODY)
    server = serve('plain', INI + METRICS + 'profiler-format = prof, json\nprofiler-dir-max-files = 10' +
                   drops * ('\nuid = %d' % NOBODY), prepare=prepare)
    place = server.directory / 'profiles'
    profile_many(server, 60)
    server.wait_metrics(started=60, write_errors=60, kept=0)
    assert os.listdir(place) == ['index.jsonl']
    assert (server.directory / 'victim').read_text() == 'nothing of yours'
    why = '^profiler: cannot write %s/index.jsonl: %s' % (place, OBSTACLES[obstacle])
    assert len(server.wait_log(why)) <= 3  # one for each worker
    if obstacle is make_immutable:
        subprocess.run(['chattr', '-i', str(place / 'index.jsonl')], check=True)
    if (place / 'index.jsonl').is_dir():
        (place / 'index.jsonl').rmdir()
    else:
        (place / 'index.jsonl').unlink()
    profile_many(server, 2)
    wait_for('its profile', lambda: len(files(place)) >= 4 and len(index_lines(place)) >= 2)


def test_what_cannot_be_removed_is_not_added_to_for_ever(serve):
    """Somebody holds the lock of the index, and does not let go."""
    server = serve('plain', INI + METRICS + 'profiler-dir-max-files = 10\nprocesses = 1')
    directory = server.directory / 'profiles'
    profile_many(server, 5)
    with open(directory / 'index.jsonl', encoding='utf-8') as index:
        fcntl.flock(index, fcntl.LOCK_EX)
        for _ in range(16):
            profile_many(server, 10)
    server.wait_log('^profiler: cannot write to %s: it is above its limits, and old profiles '
                    'cannot be removed$' % directory)
    assert 10 < len(files(directory)) <= 10 + 100 + 1
    settle(server, lambda: len(files(directory)) <= 10)
