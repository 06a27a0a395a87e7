/* The help: the keys, and the meaning of the words. */
'use strict';

const KEYS = [
    ['/ or Ctrl+F', 'search; Ctrl+F again: the browser\u2019s own search'],
    ['Enter, n; N', 'next match; previous match'],
    ['Esc', 'clear the search, then the zoom, then the range'],
    ['\u2190 \u2191 \u2192 \u2193', 'tree: close, open, move; flame: caller, callee, siblings'],
    ['Home End PgUp PgDn', 'first, last, page'],
    ['*', 'open all siblings'],
    ['Alt with \u2190 \u2192 or a click', 'close or open everything below'],
    ['Enter', 'tree: open or close the row; flame and timeline: zoom to the selection'],
    ['+ - 0', 'zoom in, out, to all'],
    ['s', 'sandwich: all callers and callees of the function; Enter does the same in Functions'],
    ['wheel', 'scrolls; with Ctrl or Cmd it zooms at the pointer; with Shift it pans'],
    ['Shift with a drag', 'timeline: select a range for all views'],
    ['f', 'fold libraries'],
    ['h', 'hot path: select the call that took the time'],
    ['o, a double click, or a click on \u201cN frames folded\u201d', 'open a folded run, or fold it again'],
    ['t', 'light or dark'],
    ['c', 'copy the selection'],
    ['?', 'this help'],
];

/* Words are in the order in which a reader meets them. */
const TERMS = [
    ['total', 'time in a function and in everything it called'],
    ['self', 'time in the function itself, without its callees; dark in the bars'],
    ['calls', 'every call counted: how often the function was called; \u201c12/3\u201d: 12 calls, 3 of them not ' +
        'recursive (primitive calls)'],
    ['samples', 'sampled requests: how many samples had the function on the stack; times are estimates'],
    ['own code', 'the application: files that belong neither to a library nor to Python; bold and blue'],
    ['library', 'an installed package; its colour is the same on every page'],
    ['folded', 'a run of library functions in one row or box, with the time of all of them'],
    ['not on CPU', 'wall time minus CPU time: waits of every kind'],
    ['CPU wait', WAIT_HELP['CPU wait']],
    ['switched out', WAIT_HELP['switched out']],
    ['event loop', WAIT_HELP['event loop']],
    ['other waits', WAIT_HELP['other waits']],
    ['not known', WAIT_HELP['not known']],
    ['GIL', 'the thread waited for Python\u2019s lock: only the thread that holds it runs Python code'],
    ['not in the tree', 'time of calls that did not fit into the call tree; Functions has their exact figures'],
];

/* The words of a comparison. */
const COMPARE_TERMS = [
    ['difference', 'B minus A: + means that B takes longer; red: B is slower, blue: B is faster'],
    ['noise', 'grey: a difference that chance or a busy machine explains; the head says which ones'],
];

/* Returns the keys of the page's views. */
function keysOf(page) {
    const names = page.tabs().map(([, title]) => title.toLowerCase());
    return [['1 \u2026 ' + names.length, names.join(', ')], ...KEYS];
}

function showHelp(page) {
    const dialog = document.getElementById('help');
    const close = button('Close', 'Close (Esc)', () => dialog.close());
    add(clear(dialog), make('h2', '', 'Keys'), helpTable(keysOf(page)),
        checkbox('single letters are keys', 'Switch them off if you control this page by speech',
                 page.choices.letters, value => page.choose('letters', value)),
        make('h2', '', 'Words'), helpTable(page.comparison ? [...COMPARE_TERMS, ...TERMS] : TERMS));
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
