/* The help: the keys, and the meaning of the words. */
'use strict';

const KEYS = [
    ['1 \u2026 5', 'tree, flame, timeline, functions, lines'],
    ['/ or Ctrl+F', 'search (again: the browser\u2019s)'],
    ['Enter, n, N', 'next, previous match'],
    ['Esc', 'clear the search, then the zoom, then the range'],
    ['\u2190 \u2191 \u2192 \u2193', 'tree: close, open, move; flame: caller, callee, siblings'],
    ['Home End PgUp PgDn', 'first, last, page'],
    ['*', 'open all siblings'],
    ['Alt with \u2190 \u2192 or a click', 'close or open everything below'],
    ['Enter', 'tree: open or close the row; flame and timeline: zoom to the selection'],
    ['+ - 0', 'zoom in, out, to all'],
    ['s', 'sandwich: all callers and callees of the function; so does Enter on a function'],
    ['wheel', 'scrolls; with Ctrl or Cmd it zooms at the pointer; with Shift it pans'],
    ['Shift with a drag', 'timeline: select a range, which every view is then of'],
    ['f', 'fold libraries'],
    ['h', 'hot path: on from the request to what took most time'],
    ['o, a double click, or a click on \u201cN frames folded\u201d', 'open a folded run, or fold it again'],
    ['t', 'light or dark'],
    ['c', 'copy the selection'],
    ['?', 'this help'],
];

/* Words are in the order in which a reader meets them. */
const TERMS = [
    ['total', 'time in a function and in all that it called'],
    ['self', 'time in the function itself, without what it called; dark in the bars'],
    ['calls', 'how often it was called, where every call is counted; \u201c12/3\u201d: 12 times, 3 of them ' +
        'not by itself'],
    ['samples', 'how often it was on the stack when the sampler looked, where requests are sampled; times are ' +
        'estimates then'],
    ['own code', 'the application: files that belong to no library and not to Python; bold and blue'],
    ['library', 'an installed package; each keeps its colour from page to page'],
    ['folded', 'a run of library functions shown as one row or box, with the time of all of them'],
    ['not on CPU', 'wall time minus CPU time: it waited, or others had the processors; nobody looked for what'],
    ['CPU wait', WAIT_HELP['CPU wait']],
    ['switched out', WAIT_HELP['switched out']],
    ['event loop', WAIT_HELP['event loop']],
    ['other waits', WAIT_HELP['other waits']],
    ['GIL', 'Python\u2019s lock: only the thread that holds it runs Python code; this one waited for it'],
    ['not in the tree', 'time of calls that the call tree had no room for; the functions\u2019 figures have it'],
];

function helpTable(rows) {
    const table = make('table');
    for (const [name, text] of rows)
        add(table, add(make('tr'), attributes(make('th', '', name), {scope: 'row'}), make('td', '', text)));
    return table;
}

function showHelp(page) {
    const dialog = document.getElementById('help');
    const close = button('Close', 'Close (Esc)', () => dialog.close());
    add(clear(dialog), make('h2', '', 'Keys'), helpTable(KEYS),
        checkbox('single letters are keys', 'Switch them off where they collide with speech input',
                 page.choices.letters, value => page.choose('letters', value)),
        make('h2', '', 'Words'), helpTable(TERMS));
    addEditorSettings(page, dialog);
    add(dialog, close);
    if (!dialog.open)
        dialog.showModal();
    close.focus();
}

function chooseEditor(page) {
    showHelp(page);
    document.querySelector('#editor-settings select').focus();
}
