"""make deb: a Debian package for the system's uWSGI and Python."""
import os
import re
import shutil
import subprocess

import pytest

from environment import ROOT
from harness import PYTHON_PLUGIN, UWSGI, free_port, profile_id
from packing import VERSION, checkout, succeeds

PACKAGE = 'uwsgi-plugin-profiler-python3'
IN_CHROOT = ROOT / 'tests' / 'packaging' / 'in_chroot.sh'
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
    output = succeeds('make', 'deb', cwd=here)
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


def sources():
    """The lines of sources.list for this release, with this machine's own mirrors."""
    output = subprocess.run(
        ['apt-get', 'indextargets', '--format', 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)',
         'Created-By: Packages', 'Origin: Debian'], stdout=subprocess.PIPE).stdout.decode()
    return sorted({line for line in output.splitlines() if line.endswith(' main')})


@pytest.fixture(scope='module')
def clean(tmp_path_factory):
    """A fresh Debian of this release; what debootstrap made is kept for the next run."""
    if os.getuid() != 0 or not shutil.which('debootstrap'):
        pytest.skip('needs root and debootstrap')
    release = dict(line.split('=', 1) for line in open('/etc/os-release').read().splitlines())
    suite = release['VERSION_CODENAME']
    [mirror, *_] = [line.split()[1] for line in sources() if line.split()[2] == suite]
    kept = ROOT / 'build' / 'chroots' / suite
    if not (kept / 'made').exists():
        subprocess.run(['rm', '-rf', str(kept)], check=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        succeeds('debootstrap', '--variant=minbase', suite, kept, mirror, cwd=ROOT)
        (kept / 'etc/apt/sources.list').write_text('\n'.join(sources()) + '\n')
        (kept / 'made').touch()
    here = tmp_path_factory.mktemp('chroot') / 'debian'
    subprocess.run(['cp', '-a', str(kept), str(here)], check=True)
    (here / 'made').unlink()
    yield here
    subprocess.run(['rm', '-rf', '--one-file-system', str(here)], check=True)


def test_in_a_fresh_debian_it_is_installed_profiles_and_leaves_nothing(deb, clean):
    shutil.copy2(str(deb), str(clean / 'profiler.deb'))
    shutil.copy2(str(IN_CHROOT), str(clean / 'in_chroot.sh'))
    shutil.copy2('/etc/resolv.conf', str(clean / 'etc/resolv.conf'))
    output = succeeds('unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c',
                      'mount -t proc proc "$1/proc" && exec chroot "$1" /in_chroot.sh "$2"', 'sh', clean,
                      free_port(), cwd=ROOT)
    assert 'PROFILE ' in output and ' deterministic ' in output and ' sampling ' in output, output
    assert re.search(r'compute +\S*app\.py:', output), output
    assert output.splitlines()[-1] == 'nothing is left', output
