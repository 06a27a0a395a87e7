"""An app of thirty functions that each take 10 ms: half of them run, half of them sleep.

?slow=N makes function N take 50 ms more.
"""
import time
from urllib.parse import parse_qs

STEPS = 30

STEP = '''
def step_%(number)d(extra):
    %(way)s(0.01 + extra)
'''

RUNS = '''
def step_%(number)d(extra):
    end = thread_time() + 0.01 + extra
    while thread_time() < end:
        for _ in range(1000):
            pass
'''


def make_steps():
    """All of this file, as far as the profiler knows."""
    names = {'thread_time': time.thread_time, 'sleep': time.sleep}
    text = ''.join((RUNS if number % 2 else STEP) % {'number': number, 'way': 'sleep'} for number in range(STEPS))
    exec(compile(text, __file__, 'exec'), names)
    return [names['step_%d' % number] for number in range(STEPS)]


steps = make_steps()


def application(environ, start_response):
    slow = int(parse_qs(environ['QUERY_STRING']).get('slow', ['-1'])[0])
    for number, step in enumerate(steps):
        step(0.05 if number == slow else 0)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'done\n']
