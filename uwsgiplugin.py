"""Tells `uwsgi --build-plugin DIR` the plugin's files and compiler flags.

uWSGI executes this text inside its own builder, so __file__ does not exist; the directory
is the builder's argument. The plugin is built for the Python of PROFILER_PYTHON_INCLUDE
(the Makefile sets it), else for the Python that runs the builder:
`PYTHON=/path/to/python uwsgi --build-plugin .`
"""
import os
import platform
import sys
import sysconfig


def cloned(argument):
    """For a URL, returns the directory into which the builder has cloned it."""
    return argument.rstrip('/').rpartition('/')[2] if '://' in argument else argument


def project_directory():
    for argument in sys.argv[1:] + ['.']:
        directory = cloned(argument)
        if not os.path.isdir(os.path.join(directory, 'plugin', 'base')):
            continue
        if directory != argument and set(' \t') & set(os.getcwd()):
            sys.exit('uwsgi-profiler: uWSGI cannot build a URL in a directory whose path has a '
                     'blank: %s' % os.getcwd())
        return directory
    sys.exit('uwsgi-profiler: no plugin/base in %s' % ' '.join(sys.argv[1:]))


def sources(root, plan):
    """The units, without ".c", relative to the project."""
    plugin = os.path.join(root, 'plugin')
    for folder, folders, names in os.walk(plugin):
        folders.sort()
        for name in sorted(names):
            unit = os.path.join(folder, name[:-2])
            if name.endswith('.c') and plan.has_unit(os.path.relpath(unit, plugin)):
                yield os.path.relpath(unit, root)


def python_include():
    include = os.environ.get('PROFILER_PYTHON_INCLUDE') or sysconfig.get_path('include')
    if not os.path.exists(os.path.join(include, 'Python.h')):
        sys.exit('uwsgi-profiler: no Python.h in %s: install that Python\'s headers '
                 '(Debian: apt-get install python3-dev)' % include)
    return include


def helper(root, name):
    """Returns a module of plugin/."""
    sys.path.insert(0, os.path.join(root, 'plugin'))
    try:
        return __import__(name)
    finally:
        del sys.path[0]


def libraries(root):
    """Returns the plan of libraries.py; prints what the plugin will lack."""
    plan = helper(root, 'libraries').Plan()
    for line in plan.missing:
        print(line)
    return plan


def same_figures():
    """Flags with which a machine computes with doubles as all others do.

    The x87 of 32-bit x86 rounds differently. All its processors since 2004 have SSE2.
    """
    is_x86 = platform.machine() in ('x86_64', 'i386', 'i486', 'i586', 'i686')
    return ['-msse2', '-mfpmath=sse'] if is_x86 and sys.maxsize < 2 ** 32 else []


NAME = 'profiler'
ROOT = project_directory()
PLAN = libraries(ROOT)
GCC_LIST = list(sources(ROOT, PLAN))
CFLAGS = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-fvisibility=hidden', '-Wno-error',
          '-iquote', os.path.join(ROOT, 'plugin'), '-isystem', python_include()]
# The page is built beside the builder's own files.
CFLAGS += helper(ROOT, 'page').make(os.path.join(os.getcwd(), '.uwsgi_plugins_builder'))
CFLAGS += PLAN.cflags + same_figures()
LDFLAGS = []
LIBS = PLAN.libs
