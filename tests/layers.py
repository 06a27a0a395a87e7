#!/usr/bin/env python3
"""Checks the layers of the plugin, and what the built plugin shows to the linker.

layers.py [PLUGIN.so]      prints one line per check that failed; status 1 if any did

A folder below plugin/ includes only the folders of its row in FOLDERS, and its own. Includes
make no circle: neither between folders nor between units (a unit is NAME.h with NAME.c).
Headers from outside are libc's and those of FOREIGN and EXTRA. Generated code (pprof/) is not
looked at.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / 'plugin'

FOLDERS = {  # folder: the other folders that it may include
    'base': '',
    'system': 'base',
    'profile': 'base system',
    'choice': 'base profile',
    'options': 'base profile choice',
    'gate': 'base system profile choice options',
    'python': 'base system profile',
    'collect': 'base system profile python',
    'report/common': 'base system profile choice',
    'report/text': 'base system profile choice report/common',
    'report/page': 'base system profile choice report/common report/text',
    'report/export': 'base system profile choice report/common',
    'report': 'choice report/text report/page report/export',
    'store': 'base system profile choice options report/common report',
    'browse': 'base system profile choice options gate report/common report/page store',
    'uwsgi/server': 'base system profile choice options gate python collect '
                    'report/common report',
    'uwsgi/deliver': 'base system profile choice options report/common '
                     'report/text store uwsgi/server',
    'uwsgi/browse': 'base system choice options gate python browse uwsgi/server',
    'uwsgi/request': 'base system profile choice options gate python collect '
                     'report/common report uwsgi/server uwsgi/deliver uwsgi/browse',
    'uwsgi': 'base system gate python options uwsgi/server uwsgi/deliver uwsgi/request '
             'uwsgi/browse',
}
FOREIGN = {  # folder: the foreign headers that it may include
    'python': ('Python.h', 'internal/pycore_', 'frameobject.h', 'structmember.h',
               'opcode_ids.h'),
    'collect': ('Python.h', 'internal/pycore_', 'frameobject.h', 'structmember.h',
                'opcode_ids.h'),
    'uwsgi': ('uwsgi.h', 'Python.h'),
    'uwsgi/server': ('uwsgi.h', 'Python.h'),
    'uwsgi/deliver': ('uwsgi.h',),
    'uwsgi/browse': ('uwsgi.h',),
    'uwsgi/request': ('uwsgi.h', 'Python.h'),
}
EXTRA = {
    'base/regex.c': ('pcre2.h',),
    'gate/signature.c': ('openssl/',),
    'report/export/pprof.c': ('pprof/profile.pb-c.h',),
    'report/export/pprof_stream.h': ('protobuf-c/', 'zlib.h'),
}
FILES_MAX = 30  # in one folder
LIBC = re.compile(r'(sys/|netinet/|arpa/|linux/|cpuid|x86intrin|std|'
                  r'(assert|ctype|dirent|dlfcn|errno|fcntl|features|float|iconv|inttypes|limits|'
                  r'link|locale|math|poll|pthread|sched|setjmp|signal|string|strings|time|unistd)\.h)')
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)

# Not per-thread state, and not the structures that Python itself wants writable.
MUTABLE = re.compile(r'^static\s+(?!inline|Py(TypeObject|M\w+Def|Type_S\w+)\b)(?!.*\bconst\b)(?!THREAD_LOCAL)'
                     r'(?!.*\()[^;={]*[;=]', re.M)


def place(path):
    """(folder, name) of a file: ('report/text', 'table.c')"""
    return str(path.parent.relative_to(PLUGIN)), path.name


def includes(path):
    """(name as written, the project's file or None) of each include"""
    for quote, name in INCLUDE.findall(path.read_text()):
        found = [beside for beside in (path.parent / name, PLUGIN / name)
                 if quote == '"' and beside.exists()]
        yield name, found[0].resolve() if found else None


def wrong_includes(path):
    folder, name = place(path)
    allowed = set(FOLDERS[folder].split()) | {folder}
    foreign = FOREIGN.get(folder, ()) + EXTRA.get('%s/%s' % (folder, name), ()) + ('\0',)
    for included, target in includes(path):
        inside = target and str(target.parent.relative_to(PLUGIN)) in allowed
        outside = not target and LIBC.match(included)
        if not (inside or outside or included.startswith(foreign)):
            yield 'plugin/%s/%s includes %s' % (folder, name, included)


def wrong_folder(folder):
    files = list((PLUGIN / folder).glob('*.[ch]'))
    if len(files) > FILES_MAX:
        yield 'plugin/%s has %d files: at most %d' % (folder, len(files), FILES_MAX)
    if folder not in FOLDERS:
        yield 'plugin/%s is not in the table of folders' % folder


def circles(edges):
    """The strongly connected parts of a graph {node: nodes}, of two nodes or more."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for node in edges.get(todo.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    todo.append(node)
        return seen
    reached = {node: reach(node) for node in edges}
    return {tuple(sorted({node} | {other for other in reached[node]
                                   if node in reached.get(other, ())}))
            for node in edges if node in reached[node]}


def graph(name_of):
    """Which names include which others; name_of(path) is a file's."""
    edges = {}
    for path in sources():
        for _, target in includes(path):
            if target and name_of(target) != name_of(path):
                edges.setdefault(name_of(path), set()).add(name_of(target))
    return edges


def unit_circles(_):
    for circle in sorted(circles(graph(lambda path: str(path.relative_to(PLUGIN))[:-2]))):
        yield 'units include each other: %s' % ', '.join(circle)


def folder_circles(_):
    for circle in sorted(circles(graph(lambda path: place(path)[0]))):
        yield 'folders include each other: %s' % ', '.join(circle)


# What signal handlers, fork handlers and Python's own slots need: they come without an
# argument that could carry it.
PROCESS_WIDE = ('collect/codewatch.c', 'python/guard.c', 'collect/sampler.c',
                'collect/threads.c')


def mutable_globals(path):
    folder, name = place(path)
    if folder.startswith('uwsgi') or '%s/%s' % (folder, name) in PROCESS_WIDE:
        return
    for match in MUTABLE.finditer(path.read_text()):
        yield 'plugin/%s/%s has a mutable global: %s' % (folder, name, match.group().strip())


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


def sources():
    return sorted(path for path in PLUGIN.rglob('*.[ch]') if path.parent.name != 'pprof')


def checks(plugin=None):
    """Pairs of a check and what it looks at; it yields problems."""
    folders = sorted({place(path)[0] for path in sources()})
    for check, things in ((wrong_includes, sources()), (mutable_globals, sources()),
                          (wrong_folder, folders), (unit_circles, ['units']),
                          (folder_circles, ['folders']),
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
