"""A method with the class of its object: in the tree of a request of which every call is
counted, where all calls of a node were for objects of one class. From Python 3.11 on."""
import json
import pstats

import pytest

from harness import profile_id, wait_for

OPTIONS = '''
    profiler-dir = @DIR@/profiles
    profiler-format = json, prof
    profiler-filename-format = {id}.prof
'''


@pytest.fixture
def server(serve):
    server = serve('classes', OPTIONS)
    version = json.loads(server.get('/chain?profile=json').body)['meta']['python']
    if tuple(map(int, version.split('.')[:2])) < (3, 11):
        pytest.skip('Python %s does not say which class defines a method' % version)
    return server


def tree(server, path):
    """[(depth, name, class or None)] of the app's own code, and the .prof's names."""
    response = server.get(path, {'X-Profile': 'deterministic'})
    file = server.directory / 'profiles' / (profile_id(response) + '.json')
    wait_for(file.name, file.exists)
    data = json.loads(file.read_text())
    node, text = data['node'], data['str']
    given = node.get('class', {'of': [], 'name': []})
    of = {at: text[name] for at, name in zip(given['of'], given['name'])}
    stats = pstats.Stats(str(file.with_suffix('.prof'))).stats
    return [(depth, text[data['func']['name'][func]], of.get(i))
            for i, (depth, func) in enumerate(zip(node['depth'], node['func']))
            if 'classes.py' in text[data['func']['file'][func]]], {name for _, _, name in stats}


def test_each_of_a_chain_has_its_own(server):
    nodes, names = tree(server, '/chain')
    calls = [(label or name) for _, name, label in nodes if name.endswith('__call__')]
    assert calls == ['Security.__call__', 'Session.__call__', 'Middleware.__call__'], nodes
    processes = [(name, label) for _, name, label in nodes if name.endswith('process')]
    assert processes == [('Middleware.process', 'Security.process'), ('Session.process', None),
                         ('Middleware.process', None)], nodes
    assert '__call__' in names and not [name for name in names if 'Security' in name]


def test_a_place_that_calls_several_keeps_the_method_s_name(server):
    nodes, _ = tree(server, '/mixed')
    assert [label for _, name, label in nodes if name == 'Middleware.__call__'] == [None], nodes
    assert [label for _, name, label in nodes if name == 'Middleware.process'] == ['Security.process']
    assert [label for _, name, label in nodes if name == 'not_a_method'] == [None]
