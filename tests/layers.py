#!/usr/bin/env python3
"""Checks the floors of the plugin, and what the built plugin shows to the linker.

layers.py [PLUGIN.so]      prints one line per check that failed; status 1 if any did

A folder below plugin/ is named for the one foreign header that its files may include:
core has libc (regex.c alone pcre2.h, signature.c alone OpenSSL), report libc and core
(pprof alone protobuf-c and zlib), python Python.h and core, uwsgi everything. What is
generated, in folders below these, is not looked at.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {  # folder: (project folders it may include, foreign headers it may include)
    'core': ({'core'}, ()),
    'report': ({'core', 'report'}, ()),
    'python': ({'core', 'python'}, ('Python.h', 'internal/pycore_', 'frameobject.h',
                                    'structmember.h', 'opcode_ids.h')),
    'uwsgi': ({'core', 'report', 'python', 'uwsgi'}, ('uwsgi.h', 'Python.h')),
}
EXTRA = {'core/regex.c': ('pcre2.h',),
         'core/signature.c': ('openssl/',),
         'report/pprof.c': ('pprof/profile.pb-c.h',),
         'report/pprof_stream.h': ('protobuf-c/', 'zlib.h')}
LIBC = re.compile(r'(sys/|netinet/|arpa/|linux/|cpuid|x86intrin|std|'
                  r'(assert|ctype|dirent|dlfcn|errno|fcntl|float|iconv|inttypes|limits|link|'
                  r'link|locale|math|poll|pthread|sched|setjmp|signal|string|strings|time|unistd)\.h)')
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)

# Not per-thread state, and not the structures that Python itself wants writable.
MUTABLE = re.compile(r'^static\s+(?!inline|Py(TypeObject|M\w+Def|Type_S\w+)\b)(?!.*\bconst\b)(?!.*__thread)'
                     r'(?!.*\()[^;={]*[;=]', re.M)


def wrong_includes(path):
    folder = path.parent.name
    folders, foreign = FLOORS[folder]
    foreign += EXTRA.get('%s/%s' % (folder, path.name), ())
    for quote, name in INCLUDE.findall(path.read_text()):
        target = (path.parent / name).resolve()
        allowed = name.startswith(foreign or ('\0',))
        if quote == '"' and target.exists():
            allowed |= target.parent.name in folders and target.parent.parent.name == 'plugin'
        else:
            allowed |= bool(LIBC.match(name))
        if not allowed:
            yield 'plugin/%s/%s includes %s' % (folder, path.name, name)


# What signal handlers, fork handlers and Python's own slots need: they come without an
# argument that could carry it.
PROCESS_WIDE = ('python/codewatch.c', 'python/guard.c', 'python/sampler.c',
                'python/threads.c')


def mutable_globals(path):
    if path.parent.name == 'uwsgi' or '%s/%s' % (path.parent.name, path.name) in PROCESS_WIDE:
        return
    for match in MUTABLE.finditer(path.read_text()):
        yield 'plugin/%s/%s has a mutable global: %s' % (
            path.parent.name, path.name, match.group().strip())


def tool(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def wrong_linkage(plugin):
    if not Path(plugin).exists():
        yield 'there is no %s to look at' % plugin
        return
    exported = [line.split()[-1] for line in
                tool('nm', '-D', '--defined-only', plugin).splitlines()]
    if exported != ['profiler_plugin']:
        yield 'exported symbols: %s, expected profiler_plugin alone' % exported
    if 'libpython' in tool('readelf', '-d', plugin):
        yield 'linked to libpython: that would be a second interpreter'
    stack = re.search(r'GNU_STACK.*', tool('readelf', '-lW', plugin))
    if not stack or 'RWE' in stack.group():
        yield 'the stack is executable, or says nothing: %s' % (stack and stack.group())
    for line in tool('nm', '-D', '--undefined-only', plugin).splitlines():
        kind, name = line.split()[-2:]
        if re.match('_?Py', name) and kind not in 'wv':
            yield '%s is not weak: without Python the plugin could not say so' % name


def checks(plugin=None):
    """Pairs of a check and what it looks at; it yields problems."""
    sources = sorted(path for folder in FLOORS
                     for path in (ROOT / 'plugin' / folder).glob('*.[ch]'))
    for check, things in ((wrong_includes, sources), (mutable_globals, sources),
                          (wrong_linkage, [plugin] if plugin else [])):
        for thing in things:
            yield check, thing


def main(plugin=None):
    failed = passed = 0
    for check, thing in checks(plugin):
        problems = list(check(thing))
        for problem in problems:
            print('layers: %s' % problem)
        failed += bool(problems)
        passed += not problems
    print('%d passed, %d failed' % (passed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
