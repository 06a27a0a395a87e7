"""Fixtures: `serve` starts servers for one test, `served` for all tests of a file; `nginx`
starts one in front of them."""
import re

import pytest

import harness
from nginx import Nginx


def starter():
    directory, servers = harness.temporary_directory(), []

    def start(*arguments, kind=harness.Server, **options):
        servers.append(kind(directory, *arguments, **options))
        return servers[-1]
    yield start
    errors = []
    for server in servers:
        try:
            server.stop()
        except AssertionError as error:
            errors.append(str(error))
    harness.remove(directory)
    assert not errors, '\n'.join(errors)


serve = pytest.fixture(starter)
served = pytest.fixture(starter, scope='module')


@pytest.fixture
def nginx(tmp_path):
    started = []

    def start(*arguments, **options):
        started.append(Nginx(tmp_path, *arguments, **options))
        return started[-1]
    yield start
    for server in started:
        server.stop()
        assert not re.search(r'\[(alert|emerg|crit)\]', server.log()), server.log()
