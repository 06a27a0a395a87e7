"""One real server, whatever its processor, its Python and its compiler: both modes, and a report
in each place. No figure here depends on time, and no name of a wait is looked at, which an
emulated processor does not know."""
import json

import pytest

from harness import header, profile_id, wait_for
from samples import check_spinning, sample, several_times

MODES = ['deterministic', 'sampling']


@pytest.fixture(scope='module')
def server(served):
    return served('plain', '''
        enable-threads = true
        profiler-dir = @DIR@/profiles
        profiler-format = json, txt
        profiler-filename-format = {id}
    ''')


@pytest.mark.parametrize('mode', MODES)
def test_a_table_in_the_log(server, mode):
    response = server.get('/recursion?profile=%s' % mode)
    assert (response.status, response.body) == (200, b'146')
    record = server.record(response)
    assert (record.mode, record.status) == (mode, '200')
    if mode == 'deterministic':
        assert record.functions()['fibonacci'][0] == 474


@pytest.mark.parametrize('mode', MODES)
def test_files(server, mode):
    response = server.get('/recursion?profile=%s,file' % mode)
    assert response.body == b'146'
    for ending in '.json', '.txt':
        file = server.directory / 'profiles' / (profile_id(response) + ending)
        wait_for(file.name, file.exists)
        assert file.stat().st_size > 100
        if ending == '.json':
            report = json.loads(file.read_text())
            assert report['meta']['mode'] == mode


@pytest.mark.parametrize('mode', MODES)
def test_a_page_as_the_answer(server, mode):
    response = server.get('/recursion?profile=%s,html' % mode)
    assert header(response, 'Content-Type').startswith('text/html'), response
    assert b'</html>' in response.body and mode.encode() in response.body


def test_samples_are_where_the_app_was(serve):
    server = serve('sampled')
    several_times(lambda: check_spinning(sample(server, '/spinning?seconds=0.3')))
