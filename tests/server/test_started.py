"""Work that a request leaves to threads and greenlets of its own is in no profile: its
report says so, in both modes, and only then."""
import contextlib
import threading

import pytest

from loops import loop_plugins

IN_THREADS = ['thread', 'timer', 'executor', 'async_executor', 'async_view']
WITHOUT = ['nothing', 'ready_pool', 'coroutine']
MODES = ['deterministic', 'sampling']


@pytest.fixture(scope='module')
def server(served):
    return served('starting', 'threads = 2\nprofiler-restrictions = none')


@pytest.fixture(scope='module')
def gevent(served):
    return served('starting', 'gevent = 4\nprofiler-restrictions = none',
                  load=loop_plugins('gevent'))


def notices(server, path, mode):
    response = server.get(path, {'X-Profile': mode})
    assert response.body == b'done', server.log()
    record = server.record(response)
    assert 'in_second' not in record.functions(), record.text
    return [notice.split()[1] for notice in record.notices if 'no-samples' not in notice]


@contextlib.contextmanager
def others_get(server, path):
    """Meanwhile other requests come, one after the other."""
    done = threading.Event()

    def others():
        while not done.is_set():
            assert server.get(path).body == b'done'
    thread = threading.Thread(target=others)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('name', IN_THREADS + WITHOUT)
def test_threads_that_the_request_starts(server, name, mode):
    assert server.get('/' + name).body == b'done'  # imported, and its pool is there
    expected = ['threads:'] if name in IN_THREADS else []
    assert notices(server, '/' + name, mode) == expected


@pytest.mark.parametrize('mode', MODES)
def test_threads_that_other_requests_start(server, mode):
    with others_get(server, '/thread'):
        for _ in range(5):
            assert notices(server, '/coroutine', mode) == []


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('name, expected', [
    ('spawned', ['greenlets:']), ('spawned_raw', ['greenlets:']), ('pool', ['greenlets:']),
    ('switched_to', ['greenlets:']), ('native_pool', ['threads:']), ('slept', []),
    ('nothing', [])])
def test_greenlets_that_the_request_starts(gevent, name, expected, mode):
    gevent.get('/' + name)  # its modules are imported
    assert notices(gevent, '/' + name, mode) == expected


@pytest.mark.parametrize('mode', MODES)
def test_greenlets_that_other_requests_start(gevent, mode):
    with others_get(gevent, '/pool'):
        for _ in range(5):
            assert notices(gevent, '/slept', mode) == []


@pytest.mark.parametrize('mode', MODES)
def test_without_a_loop_of_greenlets(serve, mode):
    """The hub then is the request's own greenlet's child: to wait in it is no work."""
    server = serve('starting', 'profiler-restrictions = none\nneed-app = true')
    server.crash_expected = True  # greenlet 2.0 when Python ends, with or without us
    if server.get('/slept').status != 200:
        pytest.skip('this Python has no gevent')
    assert notices(server, '/slept', mode) == []
    assert notices(server, '/pool', mode) == ['greenlets:']
    assert 'Segmentation Fault' not in server.log()
