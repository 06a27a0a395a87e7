"""make deb: a Debian package for the system's uWSGI and Python."""
import os
import re
import shutil

import pytest

from environment import ROOT
from harness import PYTHON_PLUGIN, UWSGI, profile_id
from packing import VERSION, assert_profiled, checkout, succeeds

PACKAGE = 'uwsgi-plugin-profiler-python3'
INSTALLED = {
    'usr/lib/uwsgi/plugins/profiler_plugin.so', 'usr/share/man/man7/uwsgi-profiler.7.gz',
    *('usr/share/doc/%s/%s' % (PACKAGE, name) for name in (
        'README.md.gz', 'SECURITY.md', 'changelog.Debian.gz', 'changelog.gz', 'copyright',
        'docs/flags.md.gz', 'examples/app.py', 'examples/profiler.ini'))}

pytestmark = [
    pytest.mark.slow, pytest.mark.xdist_group('deb'),
    pytest.mark.skipif(not os.path.exists('/usr/bin/dh_uwsgi'),
                       reason='this system has no uwsgi-dev of Debian'),
    pytest.mark.skipif(shutil.which(UWSGI) != '/usr/bin/uwsgi',
                       reason='the tested server is not the system\'s')]


@pytest.fixture(scope='module')
def deb(tmp_path_factory):
    """The package, built from a checkout whose path has a blank."""
    here = checkout(tmp_path_factory.mktemp('deb') / 'my checkout')
    output = succeeds('make', 'deb', cwd=here, DEBFULLNAME='Some & Body',
                      DEBEMAIL='somebody@debian.org')
    [package] = (here / 'build' / 'deb').glob(PACKAGE + '_*.deb')
    assert '    build/deb/%s\n' % package.name in output
    assert succeeds('git', 'status', '--porcelain', cwd=here) == ''
    return package


def test_lintian_finds_nothing(deb):
    [changes] = deb.parent.glob('*.changes')
    output = succeeds('lintian', '--fail-on', 'error,warning', '--allow-root', changes,
                      cwd=deb.parent)
    assert not re.search('^[EW]:', output, re.M), output


def test_it_depends_on_the_very_server_and_python(deb):
    depends = succeeds('dpkg-deb', '-f', deb, 'Depends', cwd=deb.parent).strip().split(', ')
    provides = succeeds('dpkg-query', '-W', '-f', '${Provides}', 'uwsgi-core', cwd=deb.parent)
    [abi] = re.findall(r'uwsgi-abi-\w+', provides)
    minor = succeeds('/usr/bin/python3', 'plugin/find_python.py', UWSGI, 'version',
                     cwd=ROOT).strip().split('.')[1]
    assert {abi, 'uwsgi-plugin-python3', 'python3 (>= 3.%s~)' % minor,
            'python3 (<< 3.%d~)' % (int(minor) + 1)} <= set(depends)
    assert any(name.startswith('libssl') for name in depends)
    assert succeeds('dpkg-deb', '-f', deb, 'Version', cwd=deb.parent) == VERSION + '-1\n'
    assert succeeds('dpkg-deb', '-f', deb, 'Maintainer', cwd=deb.parent) == (
        'Some & Body <somebody@debian.org>\n')


def test_what_is_installed(deb, tmp_path, serve_with):
    succeeds('dpkg-deb', '-x', deb, tmp_path, cwd=tmp_path)
    files = {os.path.relpath(os.path.join(folder, name), str(tmp_path))
             for folder, _, names in os.walk(str(tmp_path)) for name in names}
    assert INSTALLED <= files, sorted(files)
    assert not any(part in name for name in files for part in ('__pycache__', '.pyc', '/etc/'))
    assert PYTHON_PLUGIN
    server = serve_with(tmp_path / 'usr/lib/uwsgi/plugins/profiler_plugin.so')
    for mode in ('deterministic', 'sampling'):
        assert profile_id(server.get('/recursion?profile=%s,pprof' % mode))


def test_in_a_fresh_debian_it_is_installed_profiles_and_leaves_nothing(deb, fresh_debian):
    fresh_debian.add(deb, 'profiler.deb')
    output = fresh_debian.run('deb')
    assert_profiled(output)
    assert output.splitlines()[-1] == 'nothing is left', output
