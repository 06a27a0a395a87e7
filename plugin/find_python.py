#!/usr/bin/env python3
"""Asks a uWSGI server which Python it has: find_python.py SERVER [WHAT]

Prints one fact, or all facts as `what=value` lines:
    version     3.11.2
    include     where its Python.h is, or would be
    plugin      what the server must load to have Python: "python3", or "" (built in)
Ends with status 1 and one line when the server cannot be run or has no Python.

The server runs this file in its own Python (--pyrun). Only this works for Debian's
plugin, for a Python built into the binary, and in a virtualenv.
"""
import os
import subprocess
import sys

MARK = '@uwsgi-profiler '


def answer():
    """Runs inside the server. Writes to stderr: its stdout may go anywhere."""
    import sysconfig
    facts = [('version', sys.version.split()[0]), ('include', sysconfig.get_path('include'))]
    os.write(2, ''.join('\n%s%s=%s' % ((MARK,) + fact) for fact in facts).encode() + b'\n')
    os._exit(0)


def environment():
    """Without the variables that uWSGI takes for options, such as UWSGI_INI."""
    return {name: value for name, value in os.environ.items() if not name.startswith('UWSGI_')}


def ask(server, plugin):
    load = ['--plugin', plugin] if plugin else []
    output = subprocess.run([server] + load + ['--pyrun', os.path.abspath(__file__)],
                            env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=60).stdout
    lines = output.decode(errors='replace').splitlines()
    facts = dict(line[len(MARK):].split('=', 1) for line in lines if line.startswith(MARK))
    if facts:
        facts['plugin'] = plugin
    return facts


def find_python(server):
    """Returns {} if the server has no Python. OSError if the server cannot be run."""
    for plugin in ('', 'python3', 'python'):
        facts = ask(server, plugin)
        if facts:
            return facts
    return {}


def main(server, what=None):
    try:
        facts = find_python(server)
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit('cannot run the uWSGI server "%s": %s' % (server, error))
    if not facts:
        sys.exit('the uWSGI server "%s" has no Python, neither built in nor as a plugin '
                 '(Debian: apt-get install uwsgi-plugin-python3)' % server)
    print(facts[what] if what else '\n'.join('%s=%s' % fact for fact in facts.items()))


try:
    from uwsgi import version  # noqa: F401: there only inside a server
except ImportError:
    if __name__ == '__main__':
        main(*sys.argv[1:])
else:
    answer()
