/* Tests of the links to the reader's editor: their content, and what they never contain. */
'use strict';

const assert = require('assert');
const {load} = require('./page.js');

const page = load();

function link(editor, path, line = 7, editorFrom = '', editorTo = '') {
    return page.editorLink({editor, editorFrom, editorTo}, path, line);
}

const CODE = 'vscode://file/{path}:{line}', CHARM = 'pycharm://open?file={path}&line={line}';

test('the link contains path and line', () => {
    assert.strictEqual(link(CODE, '/srv/shop/app.py'), 'vscode://file//srv/shop/app.py:7');
    assert.strictEqual(link(CHARM, '/srv/shop/app.py', 0), 'pycharm://open?file=/srv/shop/app.py&line=1');
});

test('special characters of URLs are encoded', () => {
    assert.strictEqual(link(CHARM, '/srv/a b/&line=9#x?y%41{line}é.py', 3),
                       'pycharm://open?file=/srv/a%20b/%26line%3D9%23x%3Fy%2541%7Bline%7D%C3%A9.py&line=3');
});

test('a directory of the server becomes a local one', () => {
    assert.strictEqual(link(CODE, '/srv/shop/app.py', 7, '/srv/shop', '/home/me/shop'),
                       'vscode://file//home/me/shop/app.py:7');
    assert.strictEqual(page.mappedPath('/srv/shop/app.py', '/srv/shop/', '/home/me/'), '/home/me/app.py');
    assert.strictEqual(page.mappedPath('/srv/shopping/app.py', '/srv/shop', '/home/me'), '/srv/shopping/app.py');
    assert.strictEqual(page.mappedPath('/srv/shop/app.py', '/', 'C:\\work'), 'C:\\work/srv/shop/app.py');
    assert.strictEqual(page.mappedPath('/srv/shop/app.py', '', '/home'), '/srv/shop/app.py');
});

test('a template must open an editor', () => {
    for (const bad of ['javascript:alert("{path}")', 'JavaScript:{path}', ' javascript:{path}', 'java\tscript:{path}',
                       'java\nscript:{path}', '\u0001javascript:{path}', 'data:text/html,{path}', 'vbscript:{path}',
                       'blob:{path}', 'file://{path}', 'about:{path}', 'view-source:{path}', '{path}', 'x',
                       '//host/{path}', '{line}:{path}', 'vscode://file/', '{path}script:{line}']) {
        assert.notStrictEqual(page.templateFault(bad), '', bad);
        assert.strictEqual(link(bad, '/srv/shop/app.py'), null, bad);
        assert.strictEqual(link(bad, '/javascript:alert(1)'), null, bad);
    }
    for (const good of [CODE, CHARM, 'http://localhost:63342/api/file/{path}:{line}', 'x-my+editor.1:{path}'])
        assert.strictEqual(page.templateFault(good), '', good);
});

test('a file cannot choose the scheme', () => {
    for (const scheme of ['javascript:alert(1)//', 'data:text/html,'])
        assert.strictEqual(link('{path}', '/' + scheme), null);
    assert.strictEqual(link('{path}:{line}', '/x', 7, '/x', 'javascript:alert(1)'), null);
});

test('code outside of files has no link', () => {
    for (const file of ['', '~', '<string>', '<frozen abc>', 'app.py', '/srv/\ud800.py'])
        assert.strictEqual(link(CODE, file), null, file);
});

test('no link without a template', () => assert.strictEqual(link('', '/srv/shop/app.py'), null));
