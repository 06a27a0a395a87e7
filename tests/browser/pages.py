"""Pages for the browser's tests: made of templates/ as the plugin makes them."""
import json
import sys
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TEMPLATES = ROOT / 'templates'
SAMPLING = TEMPLATES / 'sample.json'
TRACED = HERE / 'traced.json'

sys.path.insert(0, str(ROOT / 'plugin'))

import page  # noqa: E402


def source_hash(content):
    return "'sha256-%s'" % page.sha256(content)


def build(data, table='', shelf=None):
    """One self-contained page. Its policy is the server's, as far as a <meta> may say it:
    what the page must not do is an error in the console. shelf: what a page says that comes
    from the shelf."""
    if not isinstance(data, str):
        data = json.dumps(data, ensure_ascii=False)
    text, style, script = page.put_together()
    policy = "default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'" % (
        source_hash(style), source_hash(script))
    block = ''
    if shelf:
        policy += "; connect-src 'self'"
        block = '<script type="application/json" id="shelf">%s</script>\n' % json.dumps(shelf)
    tag = '<meta http-equiv="Content-Security-Policy" content="%s">\n' % policy
    text = text.replace('<style>', tag + '<style>', 1)
    text = text.replace('<!-- profiler:text -->',
                        '<pre id="text">%s</pre>\n' % escape(table, quote=False))
    return text.replace('<!-- profiler:data -->',
                        block + '<script type="application/json" id="profile">%s</script>\n'
                        % data.replace('<', '\\u003c'))


def big(nodes, mode='deterministic', functions=2000, seed=7):
    """A profile as large as wanted, of the shapes that real ones have: bushy, with a few
    deep chains. A timeline of 50,000 moments when sampling."""
    state = seed

    def random(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (state >> 33) % limit
    libs = ['', 'flask', 'sqlalchemy', 'jinja2', 'requests', 'json', 'babel', 'werkzeug']
    texts = ['GET /big', ''] + libs[1:] + ['function_%d' % i for i in range(functions)]
    texts += ['/srv/shop/module_%d.py' % i for i in range(50)]
    names = 2 + len(libs) - 1
    depth, funcs, calls, times, here = [0], [0], [1], [1000], 1
    for _ in range(nodes - 1):
        depth.append(here)
        func = 1 + random(functions)
        funcs.append(func)
        calls.append(1 + random(40))
        times.append(random(2000) * random(2000) // (1 + random(30)) + 100)
        turn, least = random(100), min(len(depth), 9 if len(depth) < nodes // 2 else 5)
        here = (here + 1 if len(depth) < 10 or turn < 57 and here < 60 else
                max(least, here - random(6)) if turn < 90 else here)
    total = sum(times)
    data = json.loads(TRACED.read_text())
    data['meta'].update(wall_ns=total, cpu_ns=total * 2 // 3, path='/big', query='', calls=sum(calls) - 1,
                        primitive_calls=sum(calls) - 1, mode=mode)
    lib = [(f * 7) % (2 * len(libs)) for f in range(functions)]
    data['str'] = texts
    data['func'] = {
        'name': [0] + [names + i for i in range(functions)],
        'file': [1] + [names + functions + i % 50 for i in range(functions)],
        'line': [0] + [1 + i for i in range(functions)],
        'lib': [1] + [(1 + x if x else 1) if x < len(libs) else 1 for x in lib],
        'kind': [4] + [1 if 0 < x < len(libs) else 0 if x == 0 else 2 + x % 2 for x in lib],
    }
    data['node'] = {'depth': depth, 'func': funcs, 'self': times, 'calls': calls}
    if mode == 'sampling':
        data['node'] = {'depth': depth, 'func': funcs, 'self': times,
                        'samples': calls, 'cpu': [t // 2 for t in times]}
        data['node']['wait'] = {'of': list(range(nodes)), 'kind': [8] * nodes, 'ns': [t - t // 2 for t in times]}
        cpu = sum(t // 2 for t in times)
        data['meta'].update(samples=50000, lost=0, interval_ns=1000000, peers=[], cpu_ns=cpu,
                            wait_ns={'other': total - cpu})
        data['tl'] = {'dt': [total // 50000] * 50000,
                      'node': [(i * nodes // 50000 + random(3)) % nodes for i in range(50000)],
                      'wait': [(i // 400 + random(2)) * 7 % 10 for i in range(50000)]}
        data['lines'] = {'func': funcs[1:4001], 'line': [1 + random(300) for _ in range(4000)],
                         'self': times[1:4001], 'total': times[1:4001], 'hits': calls[1:4001]}
    return data


def total_ns(data, name):
    """Of the first node of the tree with that name: its self time, and that of all below."""
    node, names = data['node'], [data['str'][i] for i in data['func']['name']]
    at = next(i for i, func in enumerate(node['func']) if names[func] == name)
    end = next((i for i in range(at + 1, len(node['depth'])) if node['depth'][i] <= node['depth'][at]),
               len(node['depth']))
    return sum(node['self'][at:end])


WAITS = ['CPU', 'GIL', 'sleep', 'network read', 'network write', 'disk', 'lock', 'child', 'other waits',
         'switched out', 'event loop', 'CPU wait']


def request(*nodes, mode='deterministic', root_ms=0):
    """A request made of (depth, name, self ms[, calls[, kind of waiting]]) each, below it. A
    name in capitals is a library's ("LIB"), one with a dot and in lower case a builtin's.
    When sampling, a node's self time ran, but for those with a kind of waiting."""
    nodes = [(*node, *(1, 0)[len(node) - 3:]) for node in nodes]
    names = sorted({name for _, name, *_ in nodes})
    data = json.loads((TRACED if mode == 'deterministic' else SAMPLING).read_text())
    data.pop('exact', None)
    data['str'] = ['GET /x', '', '/srv/shop/app.py', '/usr/lib/python3/dist-packages/lib.py', 'lib', '~'] + [
        '<built-in method %s>' % name if '.' in name and not name.isupper() else name for name in names]
    kinds = [1 if name.isupper() else 3 if '.' in name else 0 for name in names]
    data['func'] = {'name': [0] + [6 + i for i in range(len(names))],
                    'file': [1] + [{0: 2, 1: 3, 3: 5}[kind] for kind in kinds],
                    'line': [0] + [0 if kind == 3 else 1 + i for i, kind in enumerate(kinds)],
                    'lib': [1] + [{0: 1, 1: 4, 3: 1}[kind] for kind in kinds], 'kind': [4] + kinds}
    own = [root_ms * 10**6] + [round(node[2] * 10**6) for node in nodes]
    waits = [WAITS.index(node[4]) if node[4] else 0 for node in nodes]
    data['node'] = {'depth': [0] + [node[0] for node in nodes],
                    'func': [0] + [1 + names.index(node[1]) for node in nodes], 'self': own}
    data['meta'].update(wall_ns=sum(own), cpu_ns=sum(own), path='/x', query='', notices=[], wait_ns={})
    if mode == 'deterministic':
        data['node']['calls'] = [1] + [node[3] for node in nodes]
        return data
    waiting = [i + 1 for i, kind in enumerate(waits) if kind and own[i + 1]]
    data['node'].update(
        samples=[1] * len(own), cpu=[0 if i in waiting else ns for i, ns in enumerate(own)],
        wait={'of': waiting, 'kind': [waits[i - 1] for i in waiting], 'ns': [own[i] for i in waiting]})
    times = [i for i in range(len(own)) if own[i]]
    data['tl'] = {'dt': [own[i] for i in times], 'node': times, 'wait': [waits[i - 1] if i else 0 for i in times]}
    data['lines'] = {'func': [], 'line': [], 'self': [], 'hits': []}
    data['meta'].update(cpu_ns=sum(data['node']['cpu']), peers=[], samples=len(times), wait_ns={
        'other' if name == 'other waits' else name.lower(): sum(own[i] for i in waiting if waits[i - 1] == kind)
        for kind, name in enumerate(WAITS) if kind in waits and kind})
    return data
