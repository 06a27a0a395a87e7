"""What a request waits for whose event loop waits, or that waits for any of several."""

import pytest

from harness import Server, wait_for
from samples import Samples, SlowPeer, if_quiet, several_times
from test_deployments import skip_without_mounts
from test_paths import as_nobody
from test_sampling import check_peer, file_of, largest_wait

WAITS = {
    'sleep': ['sleeps', 'sleeps_in_a_coroutine', 'sleeps_together', 'sleeps_in_a_task',
              'sleeps_in_a_group', 'sleeps_with_a_limit', 'sleeps_connected',
              'sleeps_in_select', 'sleeps_in_poll', 'selects_nothing', 'polls_nothing',
              'epolls_nothing'],
    'event loop': ['executor', 'executor_with_a_limit', 'executor_in_a_group',
                   'another_thread'],
    'child': ['reads_a_child', 'waits_for_a_pidfd'],
    'network read': ['streams', 'polls_a_socket'],
}

LATER = {'waits_for_a_pidfd': 'os.pidfd_open', 'sleeps_in_a_group': 'asyncio.TaskGroup',
         'executor_in_a_group': 'asyncio.TaskGroup'}


@pytest.fixture(scope='module')
def peer():
    slow = SlowPeer(0.02)
    yield slow
    slow.close()


@pytest.fixture(scope='module')
def server(served):
    return served('looping', '''
        enable-threads = true
        profiler-dir = @DIR@/profiles
        profiler-format = json
        profiler-filename-format = {id}.prof
        profiler-output = log, file''')


@pytest.mark.parametrize('kind, name', [(kind, name) for kind in WAITS for name in WAITS[kind]])
def test_what_a_loop_waits_for(server, peer, kind, name):
    def check():
        response = server.get('/%s?port=%d' % (name, peer.port), {'X-Profile': 'sampling'})
        if response.status != 200 and name in LATER:
            pytest.skip('this Python has no ' + LATER[name])
        assert response.body == b'waited', server.log()
        found = Samples(file_of(server, response, '.json').read_text())
        waits = found.meta['wait_ns']
        if_quiet(largest_wait(waits) == kind, waits)
        # the rest is other: the processors were busy with others
        if_quiet(waits[kind] >= 0.4 * found.meta['wall_ns'], waits)
        assert '%% %s' % kind in server.record(response).tree
        if kind == 'network read':
            check_peer(found, peer)
        if name == 'sleeps_with_a_limit':  # up to 3.11 by a task and a future beside it
            assert {path[-3:] for path in found.paths} & {('wait_for', 'nap', 'sleep')}
    several_times(check)


class WithoutProc(Server):
    """As in a chroot where nothing is mounted."""
    wrapper = ['unshare', '--mount', 'sh', '-c',
               'mount -t tmpfs none /proc && shift && exec "$@"', 'sh', '@DIR@']


class OfAnotherNamespace(Server):
    """Its processes are not those of the /proc that it sees."""
    wrapper = ['unshare', '--pid', '--fork', '--kill-child=INT']

    def wait_ready(self):
        wait_for(lambda: 'the worker: ' + self.log(),
                 lambda: 'spawned uWSGI worker 1' in self.log())


NO_DETAILS = [  # kind of server, ini, what the notice names
    (WithoutProc, '', 'there is no /proc'),
    (OfAnotherNamespace, 'master = false', 'there is no /proc'),
    (Server, 'uid = nobody\ngid = nogroup\nchown-socket = nobody', 'changed its user'),
]


@as_nobody
@pytest.mark.parametrize('kind, ini, cause', NO_DETAILS)
def test_why_it_is_not_known(serve, kind, ini, cause):
    if kind is WithoutProc:
        skip_without_mounts()
    server = serve('looping', 'enable-threads = true\n' + ini, kind=kind)

    def check():
        record = server.record(server.get('/sleeps', {'X-Profile': 'sampling'}))
        if_quiet('% not on CPU' in record.tree, record.text)
        [notice] = [line for line in record.notices if line.startswith('NOTICE waits-unknown: ')]
        assert cause in notice
        assert 'sleep' not in record.tree.splitlines()[1]
    several_times(check)
