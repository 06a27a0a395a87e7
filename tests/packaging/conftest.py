"""The fixtures of the real-server tests, for those that start one."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'server'))

import pytest  # noqa: E402

import chroot  # noqa: E402
from harness import Server, remove, temporary_directory  # noqa: E402


@pytest.fixture
def serve_with():
    """Starts a server with another plugin than the tested one: serve_with(plugin, ini='')"""
    directory, servers = temporary_directory(), []

    def start(plugin, *arguments, **options):
        kind = type('Other', (Server,), {'built': plugin})
        servers.append(kind(directory, *arguments, **options))
        return servers[-1]
    yield start
    for server in servers:
        server.stop()
    remove(directory)


@pytest.fixture
def fresh_debian(tmp_path):
    here = chroot.fresh(tmp_path)
    yield here
    here.remove()
