/* "Open in editor": a link for each place in the code. The reader sets its template once:
 * "vscode://file/{path}:{line}". If the app runs on another machine than the editor, the reader
 * can also map a directory of the server to a local one. */
'use strict';

const EDITORS = [
    ['', 'no editor'],
    ['vscode://file/{path}:{line}', 'VS Code'],
    ['vscodium://file/{path}:{line}', 'VSCodium'],
    ['cursor://file/{path}:{line}', 'Cursor'],
    ['zed://file/{path}:{line}', 'Zed'],
    ['pycharm://open?file={path}&line={line}', 'PyCharm'],
    ['idea://open?file={path}&line={line}', 'IntelliJ IDEA'],
    ['subl://open?url=file://{path}&line={line}', 'Sublime Text'],
    ['emacs://open?url=file://{path}&line={line}', 'Emacs (with a handler for emacs:)'],
    ['mvim://open?url=file://{path}&line={line}', 'Vim (MacVim, or a handler for mvim:)'],
];

const EDITOR_ARROW = '\u2197'; /* in rows */

/* These would run a script here, or show the page's data as another page. */
const UNSAFE_SCHEMES = ['javascript:', 'data:', 'vbscript:', 'blob:', 'filesystem:', 'about:', 'view-source:', 'file:'];

/* Returns why a template cannot be used; '' if it can. */
function templateFault(template) {
    if (!template.includes('{path}'))
        return '{path} is missing';
    const scheme = schemeOf(template.replace('{path}', '/x').replace('{line}', '1'));
    if (scheme === '')
        return 'a scheme such as vscode: is missing';
    return UNSAFE_SCHEMES.includes(scheme) ? scheme + ' does not open an editor' : '';
}

/* Returns the scheme as the browser reads it: it drops tabs and newlines in "java\tscript:". */
function schemeOf(link) {
    try {
        return new URL(link).protocol;
    } catch (error) {
        return '';
    }
}

/* Returns the path on the reader's machine. */
function mappedPath(path, from, to) {
    const base = from.replace(/\/+$/, '');
    return from && (path === base || path.startsWith(base + '/')) ?
        to.replace(/[/\\]+$/, '') + path.slice(base.length) : path;
}

/* Returns the link to a line of a file; null if no editor is set or the code is not in a file. */
function editorLink(choices, path, line) {
    if (!choices.editor || templateFault(choices.editor) || !path.startsWith('/'))
        return null;
    let encoded;
    try {
        encoded = mappedPath(path, choices.editorFrom, choices.editorTo)
            .split('/').map(encodeURIComponent).join('/');
    } catch (error) {
        return null; /* the path is not valid text */
    }
    const values = {path: encoded, line: String(line > 0 ? line : 1)};
    const link = choices.editor.replace(/\{(path|line)\}/g, (_, name) => values[name]);
    return UNSAFE_SCHEMES.includes(schemeOf(link)) || schemeOf(link) === '' ? null : link;
}

/* Returns an <a> that opens the line, or null. */
function editorElement(page, func, line, text) {
    const link = attributes(make('a', 'editor-link', text), {rel: 'noreferrer noopener'});
    renderEditorLink(link, page, func, line);
    return link.hidden ? null : link;
}

/* Hides the link if there is nothing to open. */
function renderEditorLink(link, page, func, line) {
    const file = page.profile.file(func), href = editorLink(page.choices, file, line);
    link.hidden = href === null;
    if (link.hidden) {
        link.removeAttribute('href');
        return;
    }
    const title = 'Open ' + shown(file, 300) + ':' + line + ' in the editor';
    attributes(link, {href, title});
    if (link.textContent === EDITOR_ARROW)
        link.setAttribute('aria-label', title);
}

/* ------------------------------------------------------------------- settings */

/* The part of the help that sets the editor and the mapped directory. */
function addEditorSettings(page, host) {
    const choices = page.choices, fault = attributes(make('p', 'hint'), {role: 'status'});
    const field = (label, name, placeholder) => {
        const input = attributes(make('input'), {type: 'text', spellcheck: 'false', placeholder, 'aria-label': label});
        input.value = choices[name];
        input.addEventListener('input', () => {
            page.choose(name, input.value.trim());
            say();
        });
        return input;
    };
    const template = field('Link template', 'editor', EDITORS[1][0]);
    const say = () => {
        const wrong = choices.editor ? templateFault(choices.editor) : '';
        template.setAttribute('aria-invalid', Boolean(wrong));
        setText(fault, wrong ? 'No links: ' + wrong + '.' : '');
        preset.value = EDITORS.some(([value]) => value === choices.editor) ? choices.editor : 'custom';
    };
    const preset = choice('Editor', [...EDITORS, ['custom', 'other']], choices.editor, value => {
        if (value !== 'custom')
            page.choose('editor', template.value = value);
        say();
        if (value === 'custom')
            template.focus();
    });
    const row = (text, ...elements) => add(make('div', 'editor-row'), make('span', '', text), ...elements);
    const settings = attributes(make('section', 'editor-settings'),
                                {id: 'editor-settings', 'aria-label': 'Open in editor'});
    say();
    add(host, add(settings, make('h2', '', 'Open in editor'),
        row('Editor', preset), row('Link', template, make('span', 'hint', 'with {path} and {line}')), fault,
        row('Server directory', field('Directory on the server', 'editorFrom', '/srv/shop')),
        row('Local directory', field('The same directory on this machine', 'editorTo', '/home/me/shop'))));
}
