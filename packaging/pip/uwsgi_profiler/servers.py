"""The environment's uWSGI server: where it is, which one, and whether pip installed it."""
import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
from importlib import metadata

from . import places  # noqa: F401: finds the next module
from .errors import Failure

import find_python  # noqa: E402

MINOR = '%d.%d' % sys.version_info[:2]


class Server:
    """Asks the server itself, once."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.version = self.ask('--version').strip()
        self.facts = find_python.find_python(self.path)
        self.python = self.facts.get('version', '')

    def ask(self, option):
        done = subprocess.run([self.path, option], env=find_python.environment(), stdin=subprocess.DEVNULL, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout.decode(errors='replace')

    def minor(self):
        """Such as "3.11"; "" if the server has no Python."""
        return '.'.join(self.python.split('.')[:2])

    def defines(self):
        """What the server's structures depend on, apart from its version. The plugin's
        directory is not in them."""
        found = set(re.findall(r'-D(UWSGI_\w+)', self.ask('--cflags')))
        return sorted(found - {'UWSGI_PLUGIN_DIR'})

    def requirement(self):
        """The requirement of a wheel for this server: ["uwsgi==2.0.31"]. [] if the server
        is not pip's, so that no installation of pip's can change it."""
        prefix = os.path.dirname(os.path.dirname(self.path))
        for distribution in distributions(prefix):
            if os.path.realpath(self.path) in programs(distribution, prefix):
                return ['uwsgi==%s' % distribution.version]
        return []


def programs(distribution, prefix):
    """The servers of an installed uwsgi. An older pip does not list any: then it is that of
    the prefix that has the distribution in its lib."""
    listed = [os.path.join(prefix, str(distribution.locate_file(file)))
              for file in distribution.files or () if file.name == 'uwsgi']
    place = os.path.relpath(str(distribution.locate_file('')), prefix)
    listed = listed or [os.path.join(prefix, 'bin', 'uwsgi')] * place.startswith('lib')
    return [os.path.realpath(path) for path in listed]


def distributions(prefix):
    """pip's distributions named uwsgi: in sys.path, and in the environment at prefix, which
    an isolated build does not have in sys.path."""
    there = [sysconfig.get_path(name, vars={'base': prefix, 'platbase': prefix})
             for name in ('purelib', 'platlib')]
    return metadata.distributions(name='uwsgi', path=there + [site.getusersitepackages()] + sys.path)


def check_python():
    if not sys.platform.startswith('linux'):
        raise Failure('runs on Linux only, and this is %s' % sys.platform)
    if sys.implementation.name != 'cpython':
        raise Failure('profiles CPython only, and this is %s' % sys.implementation.name)
    if sysconfig.get_config_var('Py_GIL_DISABLED'):
        raise Failure('this Python is free-threaded, which the plugin does not support: take one with the GIL')


def is_pyuwsgi(path):
    """Is it the script of pyuwsgi, which is a server without a program of its own?"""
    with open(path, 'rb') as file:
        return b'pyuwsgi' in file.read(4096) if file.read(2) == b'#!' else False


def candidates():
    """The environment's own first, then those of PATH."""
    directories = [sysconfig.get_path('scripts')]
    if sys.prefix == sys.base_prefix:
        directories.append(os.path.join(site.getuserbase(), 'bin'))
    directories += os.environ.get('PATH', os.defpath).split(os.pathsep)
    paths = {}
    for directory in directories:
        path = os.path.join(directory, 'uwsgi')
        if os.path.isfile(path) and os.access(path, os.X_OK):
            paths.setdefault(os.path.realpath(path), path)
    return paths.values()


def ask(path):
    """Returns (server, None), or (None, why it cannot be used here)."""
    try:
        server = Server(path)
    except (OSError, subprocess.SubprocessError) as error:
        return None, 'cannot be run: %s' % error
    if server.minor() != MINOR:
        return None, 'has Python %s' % server.minor() if server.python else 'has no Python that starts'
    return server, None


def named(path):
    """The server that UWSGI= names."""
    found = shutil.which(path)
    if not found:
        raise Failure('UWSGI=%s: there is no such program' % path)
    server, why = ask(found)
    if not server:
        raise Failure('UWSGI=%s: this server %s, and this environment has Python %s' % (path, why, MINOR))
    return server


def find(others=None):
    """The environment's server; None if there is none. A server with another Python cannot
    use what is installed here. The texts others, if given, say what was found instead."""
    if os.environ.get('UWSGI'):
        return named(os.environ['UWSGI'])
    for path in candidates():
        if is_pyuwsgi(path):
            server, why = None, 'is pyuwsgi'
            if os.path.dirname(path) == sysconfig.get_path('scripts'):
                raise Failure("this environment's server is pyuwsgi, whose command cannot load plugins: "
                              '%s -m pip uninstall pyuwsgi, then pip install uwsgi' % sys.executable)
        else:
            server, why = ask(path)
        if server:
            return server
        if others is not None:
            others.append('%s %s' % (path, why))
    return None


def need():
    others = []
    server = find(others)
    if not server:
        raise Failure('there is no uWSGI for Python %s in this environment%s: %s -m pip install uwsgi' % (
            MINOR, ' (%s)' % ', '.join(others) if others else '', sys.executable))
    return server
