"""uwsgi --build-plugin with a git URL, as uWSGI documents it: the builder clones the URL."""
import socket
import subprocess
import sys

import pytest

from environment import ROOT, UWSGI
from harness import free_port, profile_id, wait_for
from packing import assert_profiled, checkout, run, succeeds

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group('git')]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


@pytest.fixture(scope='module')
def url(tmp_path_factory):
    """The repository, as git's own daemon serves it on this machine."""
    base = tmp_path_factory.mktemp('served')
    here = checkout(base / 'checkout')
    succeeds('git', 'clone', '-q', '--bare', here, base / 'uwsgi-profiler', cwd=base)
    port = free_port()
    daemon = subprocess.Popen(
        ['git', 'daemon', '--listen=127.0.0.1', '--port=%d' % port, '--reuseaddr', '--export-all',
         '--base-path=%s' % base, str(base)], stdin=subprocess.DEVNULL, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for('git daemon', lambda: is_open(port))
    yield 'git://127.0.0.1:%d/uwsgi-profiler' % port
    daemon.terminate()
    daemon.wait()


def build(url, directory):
    """As the documentation says, for the Python of the tested server."""
    include = succeeds(sys.executable, ROOT / 'plugin/find_python.py', UWSGI, 'include',
                       cwd=directory).strip()
    return run(UWSGI, '--build-plugin', url, cwd=directory, PYTHON=sys.executable,
               PROFILER_PYTHON_INCLUDE=include)


def test_the_plugin_is_built_from_the_url_and_again_after_a_change(url, tmp_path, serve_with):
    status, output = build(url, tmp_path)
    assert status == 0, output[-4000:]
    plugin = tmp_path / 'profiler_plugin.so'
    server = serve_with(plugin)
    for mode in ('deterministic', 'sampling'):
        assert profile_id(server.get('/recursion?profile=%s,txt' % mode))
    plugin.unlink()
    status, output = build(url, tmp_path)  # pulls into the clone that is there
    assert status == 0 and plugin.exists(), output[-4000:]


def test_a_directory_with_a_blank_is_refused_with_one_line(url, tmp_path):
    here = tmp_path / 'a blank'
    here.mkdir()
    status, output = build(url, here)
    assert status == 1 and output.splitlines()[-1] == (
        'uwsgi-profiler: uWSGI cannot build a URL in a directory whose path has a blank: %s' % here)


def test_in_a_fresh_debian_the_plugin_is_built_with_the_least_packages(url, fresh_debian):
    output = fresh_debian.run(url)
    assert 'uwsgi-profiler: without protobuf-c: no format pprof; apt-get install libprotobuf-c-dev' in (
        output.splitlines())
    assert_profiled(output)
