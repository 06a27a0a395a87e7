"""Where the files of the installed package are, or those of a checkout."""
import os
import re
import sys

PACKAGE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = os.path.join(PACKAGE, 'profiler_plugin.so')
BUILT_FOR = os.path.join(PACKAGE, 'built_for.json')


def sources():
    """The directory with uwsgiplugin.py. A checkout has its own."""
    inside = os.path.join(PACKAGE, 'sources')
    checkout = os.path.dirname(os.path.dirname(os.path.dirname(PACKAGE)))
    return inside if os.path.isdir(inside) else checkout


def version():
    with open(os.path.join(sources(), 'plugin', 'base', 'version.h')) as file:
        return re.search('PROFILER_VERSION "([^"]+)"', file.read()).group(1)


# find_python and show_ini are make's, too.
sys.path.append(os.path.join(sources(), 'plugin'))
