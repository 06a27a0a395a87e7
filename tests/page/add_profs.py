"""Adds .prof files with pstats, and prints what Stats.add makes of them as JSON: add_profs.py FILE...

[[function, calls, primitive, self, cumulative, [[caller, calls, primitive, self, cumulative], ...]], ...];
times in nanoseconds. Addresses in the names of builtins are left out, and what they told apart is added: a process
has its own. So is the function without calls that stands for an empty profile."""
import json
import pstats
import re
import sys


def name(function):
    return '%s:%d(%s)' % (function[0], function[1], re.sub(' at 0x[0-9a-f]+', '', function[2]))


def add(into, key, figures):
    into[key] = [a + b for a, b in zip(into.get(key, [0, 0, 0, 0]), figures)]


def in_ns(figures):
    calls, primitive, own, cumulative = figures
    return [calls, primitive, round(own * 1e9), round(cumulative * 1e9)]


stats = pstats.Stats(*sys.argv[1:])
functions, pairs = {}, {}
for function, (primitive, calls, own, cumulative, callers) in stats.stats.items():
    if function[2] in ('<no calls>', '<no samples>'):
        continue
    add(functions, name(function), (calls, primitive, own, cumulative))
    for caller, figures in callers.items():
        add(pairs.setdefault(name(function), {}), name(caller), figures)
print(json.dumps([[key, *in_ns(figures), sorted([caller, *in_ns(pair)] for caller, pair in pairs.get(key, {}).items())]
                  for key, figures in sorted(functions.items())]))
