"""Tells `uwsgi --build-plugin DIR` the plugin's files and compiler flags.

uWSGI executes this text inside its own builder, so __file__ does not exist; the directory
is the builder's argument. The plugin is built for the Python of PROFILER_PYTHON_INCLUDE
(the Makefile sets it), else for the Python that runs the builder:
`PYTHON=/path/to/python uwsgi --build-plugin .`
"""
import os
import subprocess
import sys
import sysconfig


def project_directory():
    for argument in sys.argv[1:] + ['.']:
        if os.path.isdir(os.path.join(argument, 'plugin', 'base')):
            return argument
    sys.exit('uwsgi-profiler: no plugin/base in %s' % ' '.join(sys.argv[1:]))


def sources(root):
    for folder, folders, names in os.walk(os.path.join(root, 'plugin')):
        folders.sort()
        for name in sorted(names):
            if name.endswith('.c'):
                yield os.path.relpath(os.path.join(folder, name[:-2]), root)


def python_include():
    include = os.environ.get('PROFILER_PYTHON_INCLUDE') or sysconfig.get_path('include')
    if not os.path.exists(os.path.join(include, 'Python.h')):
        sys.exit('uwsgi-profiler: no Python.h in %s: install that Python\'s headers '
                 '(Debian: apt-get install python3-dev)' % include)
    return include


def flags_of(what, packages, *commands):
    """Returns the output of the first command that exists and knows the library."""
    for command in commands:
        try:
            output = subprocess.check_output(command.split(), stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            continue
        return output.decode().split()
    sys.exit('uwsgi-profiler: %s is missing: apt-get install %s '
             '(or your system\'s %s headers)' % (what, packages, what))


def flags(word, pcre2_word):
    return (flags_of('PCRE2', 'libpcre2-dev', 'pkg-config %s libpcre2-8' % word,
                     'pcre2-config %s' % pcre2_word) +
            flags_of('OpenSSL', 'pkg-config libssl-dev', 'pkg-config %s libcrypto' % word) +
            flags_of('protobuf-c', 'pkg-config libprotobuf-c-dev',
                     'pkg-config %s libprotobuf-c' % word) +
            flags_of('zlib', 'pkg-config zlib1g-dev', 'pkg-config %s zlib' % word))


def page(root):
    """Builds the page beside the builder's own files; returns its flags."""
    sys.path.insert(0, os.path.join(root, 'plugin'))
    try:
        import page as maker
    finally:
        del sys.path[0]
    return maker.make(os.path.join(os.getcwd(), '.uwsgi_plugins_builder'))


NAME = 'profiler'
GCC_LIST = list(sources(project_directory()))
CFLAGS = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-fvisibility=hidden',
          '-ftls-model=initial-exec', '-Wno-error',
          '-iquote', os.path.join(project_directory(), 'plugin'), '-isystem', python_include()]
CFLAGS += page(project_directory())
CFLAGS += flags('--cflags', '--cflags')
LDFLAGS = []
LIBS = flags('--libs', '--libs8')
