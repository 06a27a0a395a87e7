"""The fuzzers, each on a fixed set of inputs."""
import functools

import pytest

import building
import fuzz


@functools.lru_cache(None)
def build():
    with building.locked('fuzz'):
        return fuzz.build()


@pytest.mark.parametrize('name', fuzz.names())
def test_nothing_is_found(name):
    why = build()
    assert not why, why[-4000:]
    status, output = fuzz.bounded(name)
    assert status == 0, fuzz.lines_of(output)
