/* The help: the keys, and the meaning of the words. */
'use strict';

const SHELF_KEYS = [
    ['1, 2', 'profiles, routes'],
    ['/', 'search in path and id; Enter: to the list; Esc: clear the search'],
    ['\u2191 \u2193 Home End PgUp PgDn', 'move in the list'],
    ['Enter', 'open the profile; in routes: its requests'],
    ['Space', 'check the profile; Shift with a click checks all in between'],
    ['m', 'merge the checked profiles'],
    ['a', 'mark the checked profiles as A'],
    ['c', 'compare: two checked profiles, or the checked ones with A'],
    ['Esc', 'uncheck all'],
    ['t', 'light or dark'],
    ['?', 'this help'],
];

const SHELF_TERMS = [
    ['duration', 'wall time of the request; the dark part of the bar is the time on CPU. The bars have one ' +
        'scale; a bar with a cut end is longer than that'],
    ['waits', 'time that the request waited, of every kind'],
    ['deterministic', 'every call counted'],
    ['sampling', 'the stack was sampled; times are estimates'],
    ['notices', 'what a profile lacks, for example truncated: the call tree did not fit'],
    ['route', 'paths that belong together; profiler-group names them, otherwise numbers, UUIDs and long hex are *'],
    ['p95', '95 % of the requests were not slower'],
    ['merge', 'one page for many requests: their call trees added by call path'],
    ['profile what I do', 'sets the flag\u2019s cookie for this browser: the pages that it opens are profiled; the ' +
        'site answers as usual'],
    ['compare', 'one page for two profiles or selections, A and B, with the difference per request'],
];

function showShelfHelp(shelf) {
    const dialog = document.getElementById('help');
    const close = button('Close', 'Close (Esc)', () => dialog.close());
    add(clear(dialog), make('h2', '', 'Keys'), helpTable(SHELF_KEYS),
        checkbox('single letters are keys', 'Switch them off if you control this page by speech',
                 shelf.choices.letters, value => shelf.choose('letters', value)),
        make('h2', '', 'Words'), helpTable(SHELF_TERMS), close);
    if (!dialog.open)
        dialog.showModal();
    close.focus();
}
