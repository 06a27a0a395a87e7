"""Short functions of which each has one caller: a stack in which another one calls it
was never there.

    spin -> outer0..3 -> (itself, up to 3 deep) -> inner0..7 -> leaf0..15

All of a kind have the same frame size, so that frames of one take the place of those of
another a moment later: what a reader of a running stack may mix up.
"""
import time

OUTER, BRANCHES = 4, 2

LEAF = 'def leaf%d(n):\n    for _ in range(%d):\n        n += 1\n    return n\n'
INNER = 'def inner%d(n):\n    return leaf%d(n) + leaf%d(n)\n'
OUTERMOST = ('def outer%d(n):\n    if n > 0:\n        return outer%d(n - 1)\n'
             '    return inner%d(n) + inner%d(n)\n')


def source():
    """(the text, the pairs that are possible)"""
    lines, pairs = [], {('spin', 'outer%d' % n) for n in range(OUTER)}
    for n in range(OUTER):
        lines.append(OUTERMOST % (n, n, 2 * n, 2 * n + 1))
        pairs.add(('outer%d' % n, 'outer%d' % n))
        pairs |= {('outer%d' % n, 'inner%d' % m) for m in (2 * n, 2 * n + 1)}
    for n in range(OUTER * BRANCHES):
        lines.append(INNER % (n, 2 * n, 2 * n + 1))
        pairs |= {('inner%d' % n, 'leaf%d' % m) for m in (2 * n, 2 * n + 1)}
    lines += [LEAF % (n, n % 4) for n in range(OUTER * BRANCHES ** 2)]
    return '\n'.join(lines), pairs


TEXT, PAIRS = source()
PAIRS |= {('known', 'run'), ('run', 'spin')}
NAMES = {callee for _, callee in PAIRS}
functions = {}
exec(compile(TEXT, 'known_pairs_made.py', 'exec'), functions)


def spin():
    for n in range(200):
        functions['outer%d' % (n % OUTER)](n % 3)


def run(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        spin()
