"""Where a cell of the matrix is built and tested: on this machine, or in a chroot."""
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = Path(os.environ.get('PROFILER_MATRIX_DIR', ROOT / 'build' / 'matrix')).absolute()
HANG = 3600  # seconds after which a step that prepares a cell is given up, not a measure


class Skip(Exception):
    """Why a cell cannot be had here."""


class Failure(Exception):
    """What is wrong with a cell before its tests."""


def last_line(output):
    """The last one that says something: make ends with lines about itself."""
    lines = output.decode(errors='replace').strip().splitlines()
    said = [line for line in lines if not re.match(r'make(\[\d+\])?: ', line)]
    return (said or lines or [''])[-1].strip()


def output_of(command, **options):
    """(None, output), or (why it failed, output) of a command."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, timeout=HANG,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error), b''
    why = last_line(done.stdout) or '%s: status %d' % (command[0], done.returncode)
    return (why if done.returncode else None), done.stdout


class Here:
    """This machine and this checkout. `source` and `kept` are paths as its programs see them,
    `outside` as this process does."""

    source, kept = ROOT, KEPT

    def outside(self, path):
        return Path(path)

    def words(self, command, env):
        return ['env', *assignments(env), *(str(word) for word in command)]

    def output(self, *command, **env):
        """(None, output), or (why it failed, output) of a command in the checkout."""
        return output_of(self.words(command, env), cwd=ROOT)

    def show(self, *command, **env):
        """The same for a command whose output is shown."""
        subprocess.run(self.words(command, env), cwd=ROOT, stdin=subprocess.DEVNULL)


def assignments(env):
    return ['%s=%s' % item for item in env.items()]


# All that is mounted is so for these processes only, and no process outlives the first one.
ISOLATED = ['unshare', '--mount', '--pid', '--fork', '--kill-child']
ENTER = '''
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/tmp" &&
exec chroot "$0" "$@"
'''
# How this machine reaches package indexes.
NETWORK = re.compile(r'.*_proxy$|PIP_|.*CERT|.*CA_BUNDLE', re.I)
COPIED = ['/etc/resolv.conf', '/etc/hosts', '/etc/pip.conf', '/etc/ssl/certs/ca-certificates.crt']
# Not part of a copy of the checkout.
LEFT_OUT = ['build', '.git', '__pycache__', '*.so', '.uwsgi_plugins_builder']


class Chroot(Here):
    """A Debian in a directory, with a copy of the checkout."""

    source, kept = Path('/srv/profiler/source'), Path('/srv/profiler')

    def __init__(self, root, **env):
        self.root, self.env = root, env

    def outside(self, path):
        return self.root / Path(path).relative_to('/')

    def words(self, command, env):
        inherited = {name: value for name, value in os.environ.items() if NETWORK.match(name)}
        env = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
               'HOME': '/root', 'LANG': 'C.UTF-8', **inherited, **self.env, **env}
        return [*ISOLATED, 'sh', '-c', ENTER, self.root, 'env', '-i', '-C', self.source,
                *assignments(env), *(str(word) for word in command)]

    def update(self):
        """Takes over the checkout as it is now; what was built there stays."""
        source = self.outside(self.source)
        source.mkdir(parents=True, exist_ok=True)
        for path in source.iterdir():
            if path.name != 'build':
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(ROOT, source, symlinks=True, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(*LEFT_OUT))
        for path in filter(os.path.exists, COPIED):
            copy = self.outside(path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
