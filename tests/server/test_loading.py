"""A plugin in a server that it was not built for: one clear line, and the server stops.

The plugin is made to believe that it was built for another version, by changing the
version's text inside a copy of the file.
"""
import re
import subprocess
from pathlib import Path

import pytest

from harness import PLUGIN, PYTHON_PLUGIN, run_uwsgi


def load(plugin, *arguments):
    loads = [word for name in (PYTHON_PLUGIN, str(plugin)) if name
             for word in ('--need-plugin', name)]
    return run_uwsgi(*loads, '--socket', '127.0.0.1:0', *arguments)


def patched(directory, old, new):
    content = Path(PLUGIN).read_bytes()
    assert old in content and len(old) == len(new)
    copy = directory / 'profiler_plugin.so'
    copy.write_bytes(content.replace(old, new))
    return copy


def refusal(result):
    status, output = result
    lines = [line for line in output.splitlines() if line.startswith('profiler: not loaded: ')]
    assert status not in (0, -11, 139) and len(lines) == 1, output
    return lines[0]


def test_another_uwsgi_version_is_refused(tmp_path):
    version = run_uwsgi('--version')[1].strip()
    base = re.match(r'[\d.]+', version)[0].encode()
    other = base[:-1] + (b'8' if base[-1:] != b'8' else b'7')
    line = refusal(load(patched(tmp_path, base, other)))
    assert 'built for uWSGI %s' % version.replace(base.decode(), other.decode()) in line
    assert 'this server is uWSGI %s' % version in line and 'make UWSGI=' in line


def test_another_python_minor_version_is_refused(tmp_path):
    found = re.search(rb'\x003\.(\d+)\.[0-9a-z+]+\.\x00', Path(PLUGIN).read_bytes())
    built = found[0].strip(b'\0')
    minor = found[1]
    other = built.replace(b'3.' + minor, b'3.' + b'7'.zfill(len(minor)), 1)
    line = refusal(load(patched(tmp_path, built, other)))
    assert 'this server has Python 3.%s:' % minor.decode() in line
    assert 'built for Python 3.%s,' % b'7'.zfill(len(minor)).decode() in line


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='the server itself holds Py_GetVersion')
def test_a_free_threaded_python_is_refused(tmp_path, monkeypatch):
    version = re.search(rb'\x00(3\.\d+\.[0-9a-z+]+)\.\x00', Path(PLUGIN).read_bytes())[1]
    source = tmp_path / 'version.c'
    source.write_text('const char *Py_GetVersion(void);\nconst char *Py_GetVersion(void)\n'
                      '{ return "%s experimental free-threading build"; }\n' % version.decode())
    library = tmp_path / 'version.so'
    subprocess.run(['cc', '-shared', '-fPIC', '-o', str(library), str(source)], check=True)
    monkeypatch.setenv('LD_PRELOAD', str(library))
    assert 'free-threaded' in refusal(load(PLUGIN))


@pytest.mark.skipif(not PYTHON_PLUGIN, reason='Python is built into this server')
def test_a_server_without_python_is_refused():
    result = run_uwsgi('--need-plugin', PLUGIN, '--socket', '127.0.0.1:0')
    line = refusal(result)
    assert 'no Python' in line and 'plugin = python3' in line and 'before' in line
