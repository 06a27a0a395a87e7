"""The build backend of pyproject.toml: hatchling's, with the server as a requirement.

The frontend calls these functions (PEP 517, PEP 660). A requirement that cannot be had ends a
build with one line, which is the last of its output. There is no prepare_metadata hook: what
the wheel requires is known once the plugin is compiled, and frontends then read the metadata
of the wheel itself, which they build only once.
"""
import sys

from uwsgi_profiler import building, servers
from uwsgi_profiler.errors import Failure

try:
    from hatchling import build as hatchling
except ImportError:
    sys.exit('uwsgi-profiler: the build needs hatchling, and without build isolation pip does '
             'not install it: %s -m pip install hatchling' % sys.executable)


def servers_to_install():
    """["uwsgi"] if the environment has no server: pip then compiles one for the build. What
    the build lacks is said before that."""
    try:
        servers.check_python()
        server = servers.find()
        building.check_needs(server)
    except Failure as failure:
        sys.exit(str(failure))
    return [] if server else ['uwsgi']


def get_requires_for_build_sdist(config_settings=None):
    return hatchling.get_requires_for_build_sdist(config_settings)


def get_requires_for_build_wheel(config_settings=None):
    return hatchling.get_requires_for_build_wheel(config_settings) + servers_to_install()


def get_requires_for_build_editable(config_settings=None):
    return hatchling.get_requires_for_build_editable(config_settings) + servers_to_install()


def build_sdist(sdist_directory, config_settings=None):
    return hatchling.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return hatchling.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return hatchling.build_editable(wheel_directory, config_settings, metadata_directory)
