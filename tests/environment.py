"""Server, plugin and directories of the tests, from the environment.

PROFILER_UWSGI          the server (default: uwsgi)
PROFILER_PLUGIN         the built plugin (default: profiler_plugin.so at the root)
PROFILER_PYTHON_PLUGIN  its Python plugin, "" when built in (default: asks the server)
PROFILER_PYTHON_CONFIG  python3-config of the Python to embed (default: the system's)
CC                      the compiler of the unit tests (default: gcc)
UNIT_OUT                where they are built (default: build/unit)
UNIT_OPTIMIZE           how far they are optimized (default: -O1)

Tests of one file read some more: PROFILER_STRESS_SECONDS, PROFILER_LEAK_REQUESTS,
PROFILER_KILLS, PROFILER_SCREENSHOTS.
"""
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / 'tests'
BUILD = ROOT / 'build'

sys.path.insert(0, str(ROOT / 'plugin'))

import find_python  # noqa: E402


def python_plugin():
    try:
        return find_python.find_python(UWSGI).get('plugin', '')
    except (OSError, ValueError):
        return ''  # no server: the first test that starts one says so


def setting(name, default):
    """What is set, or a default that child processes find set."""
    if name not in os.environ:
        os.environ[name] = str(default() if callable(default) else default)
    return os.environ[name]


UWSGI = setting('PROFILER_UWSGI', 'uwsgi')
PLUGIN = os.path.abspath(setting('PROFILER_PLUGIN', ROOT / 'profiler_plugin.so'))
PYTHON_PLUGIN = setting('PROFILER_PYTHON_PLUGIN', python_plugin)
PYTHON_CONFIG = setting('PROFILER_PYTHON_CONFIG', '/usr/bin/python3-config')
CC = os.environ.get('CC', 'gcc')
UNIT_OUT = Path(os.environ.get('UNIT_OUT', BUILD / 'unit')).absolute()
