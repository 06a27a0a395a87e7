#!/usr/bin/env python3
"""Finds the libraries that the plugin is linked with: libraries.py

PCRE2 is required. Each of the others serves one feature, and a build without it leaves that
feature out: PROFILER_HAVE_... is not defined, and units that only serve it are not compiled.
PROFILER_WITHOUT="openssl pprof" in the environment leaves features out on purpose.

Run as a program, prints the features that a build here would have.
"""
import collections
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

# module: the name for pkg-config; link: the linker's options where pkg-config is missing
Library = collections.namedtuple('Library', 'name package module header link')

# units: what the paths below plugin/ begin with of those that need the libraries; None: with
# PROFILER_HAVE_... undefined, they need none
Feature = collections.namedtuple('Feature', 'word lost libraries units')

PCRE2 = Library('PCRE2', 'libpcre2-dev', 'libpcre2-8', 'pcre2.h', '-lpcre2-8')
FEATURES = (
    Feature('openssl', 'profiler-key',
            [Library('OpenSSL', 'libssl-dev', 'libcrypto', 'openssl/hmac.h', '-lcrypto')],
            None),
    Feature('pprof', 'format pprof',
            [Library('protobuf-c', 'libprotobuf-c-dev', 'libprotobuf-c',
                     'protobuf-c/protobuf-c.h', '-lprotobuf-c'),
             Library('zlib', 'zlib1g-dev', 'zlib', 'zlib.h', '-lz')],
            'report/export/pprof'),
)


def compiler():
    """The compiler of uWSGI's builder. In make dev, where a script takes its place, DEV_CC."""
    return shlex.split(os.environ.get('DEV_CC') or os.environ.get('CC') or
                       sysconfig.get_config_var('CC') or 'gcc')


def output_of(*command):
    """What the command prints; None if there is no such command, or it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout.decode() if done.returncode == 0 else None


def links(library, cflags, libs):
    """Do the compiler and the linker find it?"""
    directory = tempfile.mkdtemp()
    source, program = (os.path.join(directory, name) for name in ('try.c', 'try'))
    with open(source, 'w') as file:
        file.write('#define PCRE2_CODE_UNIT_WIDTH 8\n#include <stddef.h>\n#include <%s>\n'
                   'int main(void) { return 0; }\n' % library.header)
    try:
        return output_of(*compiler() + cflags + [source, '-o', program] + libs) is not None
    finally:
        shutil.rmtree(directory)


def find(library):
    """Returns (compiler's options, linker's options), or None."""
    answers = [output_of('pkg-config', word, library.module) for word in ('--cflags', '--libs')]
    for cflags, libs in (answers, ('', library.link)):
        if libs and links(library, cflags.split(), libs.split()):
            return cflags.split(), libs.split()
    return None


def left_out_on_purpose():
    words = os.environ.get('PROFILER_WITHOUT', '').replace(',', ' ').split()
    possible = [feature.word for feature in FEATURES]
    for word in words:
        if word not in possible:
            sys.exit('PROFILER_WITHOUT: "%s" is no feature that can be left out; possible: %s'
                     % (word, ', '.join(possible)))
    return words


class Plan:
    """What a build here uses.

    cflags, libs   options of the compiler and the linker
    features       the words of the features that the plugin will have
    missing        one line for each feature that it will not have
    """

    def __init__(self):
        self.cflags, self.libs, self.features, self.missing = [], [], [], []
        self.without = left_out_on_purpose()
        self.left_out = ()
        self.require(PCRE2)
        for feature in FEATURES:
            self.add(feature)

    def require(self, library):
        found = find(library)
        if not found:
            sys.exit('uwsgi-profiler: %s is missing: apt-get install %s (or your system\'s %s '
                     'headers)' % (library.name, library.package, library.name))
        self.take(found)

    def take(self, found):
        self.cflags += found[0]
        self.libs += found[1]

    def add(self, feature):
        lost = 'no ' + feature.lost
        if feature.word in self.without:
            self.leave_out(feature, feature.libraries, lost + ', as PROFILER_WITHOUT says')
            return
        found = [(library, find(library)) for library in feature.libraries]
        absent = [library for library, flags in found if not flags]
        if absent:
            packages = ' '.join(library.package for library in absent)
            self.leave_out(feature, absent, '%s; apt-get install %s' % (lost, packages))
            return
        for _, flags in found:
            self.take(flags)
        self.cflags.append('-DPROFILER_HAVE_' + feature.word.upper())
        self.features.append(feature.word)

    def leave_out(self, feature, libraries, why):
        names = ', '.join(library.name for library in libraries)
        self.missing.append('uwsgi-profiler: without %s: %s' % (names, why))
        self.left_out += (feature.units,) if feature.units else ()

    def has_unit(self, path):
        """Is the unit compiled? path: below plugin/, as "report/export/folded"."""
        return not path.startswith(self.left_out)


if __name__ == '__main__':
    print(' '.join(Plan().features))
