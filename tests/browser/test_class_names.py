"""A method is shown with the class of its object, where all calls of a node were for one."""
import pages

CHAIN = ((1, 'view', 10), (2, 'dispatch', 5), (3, 'dispatch', 300), (2, 'render', 85))


def test_nodes_of_one_function_have_the_names_of_their_classes(browser):
    data = pages.request(*CHAIN)
    at = [i for i, func in enumerate(data['node']['func'])
          if data['str'][data['func']['name'][func]] == 'dispatch']
    data['str'] += ['Security.__call__', 'Session.__call__']
    data['node']['class'] = {'of': at, 'name': [len(data['str']) - 2, len(data['str']) - 1]}
    browser.open(data)
    shown = browser.text('[role=tree]')
    assert 'Security.__call__' in shown and 'Session.__call__' in shown, shown
    assert 'dispatch' not in shown
    assert 'Session.__call__' in browser.js('return profilerPage.panel.crumbs.textContent')
    browser.show('functions')
    assert browser.js("return document.body.textContent.includes('dispatch')")


def test_rows_of_what_is_not_in_the_tree_move_no_name(browser):
    data = pages.request(*CHAIN)
    data['str'].append('Security.__call__')
    data['node']['class'] = {'of': [3], 'name': [len(data['str']) - 1]}
    data['left'] = {'node': [1], 'func': [0], 'self': [10**7]}
    browser.open(data)
    rows = browser.js('''const p = profilerPage.profile;
        return Array.from(p.classLabels, ([node, name]) => [p.label(p.func[node]), p.self[node], name])''')
    assert rows == [['dispatch', 300e6, 'Security.__call__']]
