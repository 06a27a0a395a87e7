/* "Open in editor": a link for each place in the code, made from a template that the reader sets
 * once: "vscode://file/{path}:{line}". Where the app runs elsewhere than the editor, a directory
 * of the server stands for one of the reader's machine. */
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

/* What would run a script here, or show the page's own data as another page. */
const UNSAFE_SCHEMES = ['javascript:', 'data:', 'vbscript:', 'blob:', 'filesystem:', 'about:', 'view-source:', 'file:'];

/* Why a template cannot be used; '' when it can. */
function templateFault(template) {
    if (!template.includes('{path}'))
        return '{path} is missing';
    const scheme = schemeOf(template.replace('{path}', '/x').replace('{line}', '1'));
    if (scheme === '')
        return 'a scheme such as vscode: is missing';
    return UNSAFE_SCHEMES.includes(scheme) ? scheme + ' is no editor\u2019s' : '';
}

/* As the browser reads it, which drops tabs and newlines in "java\tscript:". */
function schemeOf(link) {
    try {
        return new URL(link).protocol;
    } catch (error) {
        return '';
    }
}

/* The path on the reader's machine. */
function mappedPath(path, from, to) {
    const base = from.replace(/\/+$/, '');
    return from && (path === base || path.startsWith(base + '/')) ?
        to.replace(/[/\\]+$/, '') + path.slice(base.length) : path;
}

/* The link to a line of a file, or null: nothing is set, or the file is none of a file system. */
function editorLink(choices, path, line) {
    if (!choices.editor || templateFault(choices.editor) || !path.startsWith('/'))
        return null;
    let encoded;
    try {
        encoded = mappedPath(path, choices.editorFrom, choices.editorTo)
            .split('/').map(encodeURIComponent).join('/');
    } catch (error) {
        return null; /* bytes that are no text */
    }
    const values = {path: encoded, line: String(line > 0 ? line : 1)};
    const link = choices.editor.replace(/\{(path|line)\}/g, (_, name) => values[name]);
    return UNSAFE_SCHEMES.includes(schemeOf(link)) || schemeOf(link) === '' ? null : link;
}

/* An <a> that opens the line, or null. */
function editorElement(page, func, line, text) {
    const link = attributes(make('a', 'editor-link', text), {rel: 'noreferrer noopener'});
    renderEditorLink(link, page, func, line);
    return link.hidden ? null : link;
}

/* Hidden where there is nothing to open. */
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

/* Part of the help: which editor, and where its files are. */
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
    const preset = choice('Editor', [...EDITORS, ['custom', 'another one']], choices.editor, value => {
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
        row('is here', field('The same directory on this machine', 'editorTo', '/home/me/shop'))));
}
