"""What the tests of packages share: a checkout of its own, made from this tree."""
import os
import re
import subprocess
import tarfile

from environment import ROOT

VERSION = re.search('"(.*)"', (ROOT / 'plugin/base/version.h').read_text())[1]
NAME = 'uwsgi-profiler-' + VERSION
OUTER = ('MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL', 'SO', 'UWSGI', 'PYTHON',
         'PROFILER_PYTHON_INCLUDE')
COMMIT = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org', 'commit', '-q',
          '-m', 'everything']
LEFT_OUT = {'build', '.git', '__pycache__', '.pytest_cache', '.uwsgi_plugins_builder',
            'compile_commands.json'}


def run(*command, cwd, **environment):
    """(status, output) of a command; both streams are in the output."""
    env = {name: value for name, value in os.environ.items() if name not in OUTER}
    done = subprocess.run([str(word) for word in command], cwd=str(cwd), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(env, **environment))
    return done.returncode, done.stdout.decode(errors='replace')


def succeeds(*command, cwd, **environment):
    status, output = run(*command, cwd=cwd, **environment)
    assert status == 0, '%s:\n%s' % (' '.join(map(str, command)), output[-4000:])
    return output


def tree_files():
    """The files of this tree, without built ones; relative."""
    for folder, folders, names in os.walk(str(ROOT)):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), str(ROOT))
            if name not in LEFT_OUT and not name.endswith(('.so', '.o', '.pyc')):
                yield path


def copy(directory):
    """A copy of this tree, without git."""
    directory.mkdir(parents=True)
    listed = '\0'.join(sorted(tree_files()))
    packed = subprocess.run(['tar', '-c', '-C', str(ROOT), '--null', '-T', '-'],
                            input=listed.encode(), stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(['tar', '-x', '-C', str(directory)], input=packed, check=True)
    return directory


def checkout(directory):
    """The same, as the one commit of a repository."""
    copy(directory)
    succeeds('git', 'init', '-q', cwd=directory)
    succeeds('git', 'add', '-A', cwd=directory)
    succeeds('git', *COMMIT, cwd=directory)
    return directory


def names_in(archive):
    with tarfile.open(str(archive)) as file:
        return sorted(member.name for member in file if member.isfile())


def assert_profiled(output):
    """Did the example of in_chroot.sh profile in both modes?"""
    for mode in ('deterministic', 'sampling'):
        assert re.search('^PROFILE [0-9a-f]{16} %s ' % mode, output, re.M), output
    assert re.search(r'compute +\S*app\.py:', output), output
