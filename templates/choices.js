/* The reader's choices: views and settings, and their storage in the browser. */
'use strict';

const STORE = 'uwsgi-profiler';
const VIEWS = [['tree', 'Tree'], ['flame', 'Flame'], ['timeline', 'Timeline'],
               ['functions', 'Functions'], ['lines', 'Lines']];
const CHOICES = {theme: '', fold: true, imports: true, hide: '', show: '', threshold: 0,
                 unit: 'time', mergeUnit: 'mean', letters: true, view: 'tree', shape: 'icicle', colour: 'library',
                 sort: null, panelWidth: 320, ownOnly: false, direction: 'down',
                 editor: '', editorFrom: '', editorTo: ''};
/* These are not stored: the next page would look empty. */
const FORGOTTEN = ['ownOnly'];

function readChoices() {
    let stored = {};
    try {
        stored = JSON.parse(localStorage.getItem(STORE)) || {};
    } catch (error) {
        /* without storage, choices last as long as the page */
    }
    const choices = Object.assign({}, CHOICES);
    for (const name of Object.keys(CHOICES))
        if (typeof stored[name] === typeof CHOICES[name])
            choices[name] = stored[name];
    return choices;
}

function storeChoices(choices) {
    const stored = Object.assign({}, choices);
    for (const name of FORGOTTEN)
        delete stored[name];
    try {
        localStorage.setItem(STORE, JSON.stringify(stored));
    } catch (error) {
        /* as above */
    }
}

/* The reader's choice; else the system's. */
function themeOf(choices) {
    return choices.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

/* Returns by function: 1 if the reader's choices fold it. An invalid expression folds nothing;
 * its input field says so. */
function foldableFunctions(profile, choices) {
    const tests = {};
    for (const name of ['hide', 'show'])
        try {
            const regex = choices[name] ? new RegExp(choices[name]) : null;
            tests[name] = func => regex !== null && regex.test(profile.standardName(func));
        } catch (error) {
            tests[name] = () => false;
        }
    const foldable = new Uint8Array(profile.functions);
    for (let f = 1; f < profile.functions; f++) {
        const isFolded = choices.fold && !profile.isOwn(f) ||
            choices.imports && profile.isImport(f) || tests.hide(f);
        foldable[f] = isFolded && !tests.show(f) && !profile.isLeft(f) ? 1 : 0;
    }
    return foldable;
}
