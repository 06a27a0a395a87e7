"""Compiles the plugin: the server's own builder does it, with the server's headers and flags."""
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from . import places
from .errors import Failure

import find_python  # noqa: E402: places has found it

BUILT = ('profiler_plugin.so', 'built_for.json')
LEFT_OUT = 'uwsgi-profiler: without '  # what follows is an optional library (libraries.py)


def output_of(command, **options):
    """(status, output) of a command; both streams are in the output."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout.decode(errors='replace')


def check_needs(server):
    """Fails with what the build lacks, and the command that installs it. server: None if it
    is yet to be installed."""
    script = os.path.join(places.sources(), 'plugin', 'needs.sh')
    status, output = output_of(['/bin/sh', script, server.path if server else '', sys.executable])
    if status:
        lines = [line for line in output.splitlines() if not line.startswith('optional:')]
        raise Failure('cannot be built: %s' % '; '.join(lines))


def compile_in(work, server, root):
    """Returns the builder's output. uWSGI takes what follows a blank in the plugin's path for
    a name, and the compiler is called by a shell: so the sources have a path without any."""
    os.symlink(os.path.abspath(root), os.path.join(work, 'source'))
    environment = dict(find_python.environment(), PYTHON=sys.executable,
                       PROFILER_PYTHON_INCLUDE=sysconfig.get_path('include'))
    status, output = output_of([server.path, '--build-plugin', 'source'], cwd=work, env=environment)
    if status or not os.path.exists(os.path.join(work, BUILT[0])):
        ours = [line for line in output.splitlines()
                if line.startswith('uwsgi-profiler: ') and not line.startswith(LEFT_OUT)]
        sys.stderr.write(output)
        sys.stderr.flush()
        raise Failure(ours[-1].partition(': ')[2] if ours else
                      '%s --build-plugin has failed: its output is above' % server.path)
    return output


def built_for(server, output):
    """What `uwsgi-profiler check` compares and shows."""
    left_out = [line.partition(': ')[2] for line in output.splitlines()
                if line.startswith(LEFT_OUT)]
    return {'uwsgi': server.version, 'defines': server.defines(), 'python': server.minor(),
            'left_out': left_out}


def build(server, root, directory):
    """Compiles the plugin into the directory, in place of one that is there."""
    check_needs(server)
    print('building the plugin for %s; this takes up to a minute' % server.path, flush=True)
    work = tempfile.mkdtemp()
    try:
        facts = built_for(server, compile_in(work, server, root))
        with open(os.path.join(work, BUILT[1]), 'w') as file:
            json.dump(facts, file, indent=1)
        for name in BUILT:
            replace(os.path.join(work, name), os.path.join(directory, name))
    except OSError as error:
        raise Failure('cannot write %s: %s' % (error.filename, error.strerror))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for line in facts['left_out']:
        print(line)


def replace(source, target):
    """At once: a running server keeps the file that it has loaded."""
    shutil.copyfile(source, target + '.new')
    os.replace(target + '.new', target)
