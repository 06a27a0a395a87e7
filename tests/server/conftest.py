"""Fixtures: `serve` starts servers for one test, `served` for all tests of a file."""
import pytest

import harness


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
