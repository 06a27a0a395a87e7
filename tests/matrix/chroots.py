"""Debians of other releases and processors, in directories that are kept for the next run."""
import os
import re
import shutil
from pathlib import Path

from matrix.places import ISOLATED, KEPT, ROOT, Chroot, Skip, output_of

BINFMT = Path('/proc/sys/fs/binfmt_misc')
EMULATED = {'arm64': 'qemu-aarch64'}  # architecture: its name in binfmt_misc
# qemu's default processor has extensions that are slow to emulate.
ENVIRONMENT = {'arm64': {'QEMU_CPU': 'cortex-a72'}}
made = {}  # {directory: a chroot that this run has prepared}


def mirror():
    """The address of Debian's packages that this machine's own apt uses."""
    why, output = output_of(['apt-get', 'indextargets', '--format', '$(LABEL)|$(SITE)|$(REPO_URI)',
                             'Created-By: Packages'])
    rows = [line.split('|') for line in output.decode().splitlines() if line.count('|') == 2]
    for label, site, uri in rows:
        if label == 'Debian' or (not label and re.search('/debian/?$', uri)):
            return uri
    raise Skip(why or 'no Debian mirror in the sources of apt')


def enable_emulation(architecture):
    """Programs of that processor run here by their name, from now on."""
    name = EMULATED.get(architecture)
    if not name or (BINFMT / name).exists():
        return
    why, _ = output_of(['update-binfmts', '--enable', name])
    if not (BINFMT / name).exists():
        raise Skip('binfmt_misc does not know %s: %s' % (name, why or 'no reason given'))


def is_complete(root):
    return (root / 'etc' / 'debian_version').exists() and not (root / 'debootstrap').exists()


def bootstrap(root, suite, architecture):
    """Into a directory that appears once it is complete."""
    if root.exists():
        raise Skip('%s is not a whole Debian: remove it' % root)
    work = root.with_name(root.name + '.new')
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    words = ['debootstrap', '--variant=minbase', '--include=make,ca-certificates']
    words += ['--arch=' + architecture] if architecture else []
    print('making a chroot of %s in %s' % (suite, root), flush=True)
    why, _ = output_of([*ISOLATED, '--mount-proc', *words, suite, work, mirror()])
    if why:
        raise Skip('debootstrap %s: %s' % (suite, why))
    configure_apt(work)
    work.rename(root)


def configure_apt(root):
    """As this machine's own apt reaches its mirror: proxies, certificates."""
    _, output = output_of(['apt-config', 'dump', 'Acquire'])
    (root / 'etc/apt/apt.conf.d/80machine').write_bytes(output)


def chroot(name, suite, architecture, groups):
    """The chroot, with the packages of these groups of tests/deps.sh. Made once."""
    root = KEPT / name
    if root in made:
        return made[root]
    if os.getuid():
        raise Skip('only root can use a chroot')
    why, _ = output_of([ROOT / 'tests' / 'deps.sh', 'matrix'])
    if why:
        raise Skip(why)
    enable_emulation(architecture)
    if not is_complete(root):
        bootstrap(root, suite, architecture)
    place = Chroot(root, **ENVIRONMENT.get(architecture, {}))
    place.update()
    why, _ = place.output('tests/deps.sh', *groups)
    if why:
        raise Skip('packages of %s: %s' % (suite, why))
    made[root] = place
    return place
