"""A fresh Debian of this machine's release, in a directory."""
import os
import shutil
import subprocess

import pytest

import building
from environment import BUILD, TESTS
from harness import free_port
from packing import succeeds


def sources():
    """The lines of sources.list, with this machine's own mirrors."""
    output = subprocess.run(
        ['apt-get', 'indextargets', '--format', 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)',
         'Created-By: Packages', 'Origin: Debian'], stdout=subprocess.PIPE).stdout.decode()
    return sorted({line for line in output.splitlines() if line.endswith(' main')})


def kept():
    """What debootstrap has made, which the next run finds."""
    with open('/etc/os-release') as file:
        [suite] = [line.split('=')[1] for line in file.read().splitlines()
                   if line.startswith('VERSION_CODENAME=')]
    directory = BUILD / 'chroots' / suite
    made = BUILD / 'chroots' / (suite + '.made')
    with building.locked('chroots'):
        if not made.exists():
            [mirror, *_] = [line.split()[1] for line in sources() if line.split()[2] == suite]
            subprocess.run(['rm', '-rf', str(directory)], check=True)
            directory.parent.mkdir(parents=True, exist_ok=True)
            succeeds('debootstrap', '--variant=minbase', suite, directory, mirror, cwd=BUILD)
            (directory / 'etc/apt/sources.list').write_text('\n'.join(sources()) + '\n')
            made.touch()
    return directory


class Chroot:
    def __init__(self, directory):
        self.directory = directory
        subprocess.run(['cp', '-a', str(kept()), str(directory)], check=True)
        self.add('/etc/resolv.conf', 'etc/resolv.conf')
        self.add(TESTS / 'packaging' / 'in_chroot.sh', 'in_chroot.sh')

    def add(self, path, name):
        shutil.copy2(str(path), str(self.directory / name))

    def run(self, what):
        """The output of in_chroot.sh. What it starts ends with it."""
        return succeeds('unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c',
                        'mount -t proc proc "$1/proc" && exec chroot "$@"', 'sh', self.directory,
                        '/in_chroot.sh', free_port(), what, cwd=BUILD)

    def remove(self):
        subprocess.run(['rm', '-rf', '--one-file-system', str(self.directory)], check=True)


def fresh(directory):
    if os.getuid() != 0 or not shutil.which('debootstrap') or not shutil.which('unshare'):
        pytest.skip('needs root, debootstrap and unshare')
    return Chroot(directory / 'debian')
