"""Layers of the plugin and symbols of its library: layers.py, each check a test."""
from pathlib import Path

import pytest

import layers
from environment import PLUGIN

CHECKS = list(layers.checks(PLUGIN))


@pytest.mark.parametrize('check, thing', CHECKS, ids=[
    '%s-%s' % (check.__name__, '/'.join(Path(thing).parts[-2:])) for check, thing in CHECKS])
def test_layers(check, thing):
    assert list(check(thing)) == []
