"""Virtual environments with a server of pip's, and the Pythons to make them with."""
import glob
import os
import shutil

from matrix.places import Here, Skip

PACKAGES = ['flask', 'django']
LOOPS = ['greenlet', 'gevent']  # a Python that is new has none yet

# pyuwsgi is an extension module. Plugins find the server's symbols only if it is loaded so.
SCRIPT = '''#!%s
import os
import sys
sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
import pyuwsgi
pyuwsgi.run()
'''


def found(minor):
    """The interpreter of Python 3.MINOR on this machine, or None."""
    pyenv = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    paths = sorted(glob.glob('%s/versions/3.%d.*/bin/python' % (pyenv, minor)))
    return paths[-1] if paths else shutil.which('python3.%d' % minor)


def pythons(oldest, newest=15):
    """(version, interpreter) of each minor version; None where there is none."""
    for minor in range(oldest, newest + 1):
        yield '3.%d' % minor, found(minor)


def place_of(minor, sid):
    """(where, interpreter) of Python 3.MINOR: this machine's, else sid's."""
    python = found(minor)
    if python:
        return Here(), python
    name = 'python3.%d' % minor
    try:
        place = sid()
    except Skip as why:
        raise Skip('no %s here, and none of sid: %s' % (name, why))
    why, _ = place.output('apt-get', 'install', '-q', '-y', '--no-install-recommends',
                          name + '-dev', name + '-venv', DEBIAN_FRONTEND='noninteractive')
    if why:
        raise Skip('no %s here, and none in sid: %s' % (name, why))
    return place, '/usr/bin/' + name


def make(place, name, python, server='uwsgi'):
    """The path of an environment. Made once, then used again."""
    path = place.kept / name
    complete = place.outside(path / 'complete')
    if complete.exists():
        return path
    shutil.rmtree(complete.parent, ignore_errors=True)
    pip = [path / 'bin' / 'pip', 'install', '-q']
    why = (place.output(python, '-m', 'venv', path)[0] or
           place.output(*pip, server, *PACKAGES)[0])
    if why:
        raise Skip(why)
    for loop in LOOPS:
        place.output(*pip, loop)
    complete.touch()
    return path


def script(place, path):
    """The server of an environment with pyuwsgi."""
    written = place.outside(path / 'bin' / 'server')
    written.write_text(SCRIPT % (path / 'bin' / 'python'))
    written.chmod(0o755)
    return path / 'bin' / 'server'


def config_of(place, path):
    """The python3-config beside the interpreter that an environment was made with."""
    where = ('import os, sys, sysconfig; at = sysconfig.get_config_var("BINDIR"); '
             'names = ["python3.%d-config" % sys.version_info[1], "python3-config"]; '
             'print(next((p for p in (os.path.join(at, n) for n in names) if os.path.exists(p)), ""))')
    why, output = place.output(path / 'bin' / 'python', '-c', where)
    if why or not output.strip():
        raise Skip('no python3-config: %s' % why)
    return output.decode().strip()
