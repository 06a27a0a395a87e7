/* Starts pages, one after the other, in one document: that of a profile, and that of a comparison. */
'use strict';

class NotComparable extends BadProfile {}

let blankApp = null; /* the elements of a page, before there is one */

function startPage(makePage) {
    const app = document.getElementById('app');
    if (window.profilerPage)
        window.profilerPage.end();
    if (blankApp)
        app.replaceWith(blankApp.cloneNode(true));
    else
        blankApp = app.cloneNode(true);
    document.getElementById('loading').hidden = document.getElementById('error').hidden = true;
    document.documentElement.classList.add('started');
    document.getElementById('app').hidden = false;
    window.profilerPage = makePage();
}

function openPage(profile, json) {
    startPage(() => new Page(profile, json, file => compareFile(file, {profile, json})));
}

/* Forgets what the address says of another page. */
function cleanAddress(selection) {
    try {
        history.replaceState(null, '', '#' + selection);
    } catch (error) {
        /* some frames may not change their address */
    }
}

/* a, b: {profile, json, name (of a file), href}. selection: what the address then says; null: as
 * it is. */
function openComparison(a, b, selection, swap) {
    const comparison = new Comparison(a.profile, b.profile), links = {a: linkTo(a), b: linkTo(b)};
    if (selection !== null)
        cleanAddress(selection);
    startPage(() => new ComparePage(comparison, {links, swap, compareWith: file => compareFile(file, a)}));
}

function linkTo({profile, json, name, href}) {
    return href ? {href} : {name, open: () => {
        cleanAddress('');
        openPage(profile, json);
    }};
}

/* Compares a profile with that of a file. Leaves the page as it is if that is not possible. */
async function compareFile(file, a) {
    try {
        compareTwo(a, await profileInFile(file));
    } catch (error) {
        if (!(error instanceof BadProfile))
            throw error;
        sayFault(error.message);
    }
}

function compareTwo(a, b) {
    openComparison(a, b, '', () => compareTwo(b, a));
}

/* Compares what the server has loaded: the address names both. */
function compareSelections(a, b, [idsA, idsB], isSwapped = false) {
    const href = ids => ids.length === 1 ? ids[0] : 'merge#ids=' + ids.join(',');
    openComparison({profile: a, href: href(idsA)}, {profile: b, href: href(idsB)},
                   isSwapped ? 'a=' + idsA.join(',') + '&b=' + idsB.join(',') : null,
                   () => compareSelections(b, a, [idsB, idsA], true));
}

/* Says above the views why a file is not shown. */
function sayFault(text) {
    const old = document.getElementById('file-fault'), host = make('div');
    if (old)
        old.remove();
    document.getElementById('head').after(attributes(host, {id: 'file-fault', role: 'alert'}));
    add(host, make('p', '', text), button('\u00d7', 'Close', () => host.remove()));
}

/* A file may be dropped anywhere on the page. */
function listenForFiles() {
    const mark = isOver => document.documentElement.classList.toggle('dropping', isOver);
    const isFile = event => Boolean(window.profilerPage) && Array.from(event.dataTransfer.types).includes('Files');
    window.addEventListener('dragover', event => {
        if (!isFile(event))
            return;
        event.preventDefault();
        mark(true);
    });
    window.addEventListener('dragleave', event => {
        if (!event.relatedTarget)
            mark(false);
    });
    window.addEventListener('drop', event => {
        mark(false);
        if (!isFile(event))
            return;
        event.preventDefault();
        if (event.dataTransfer.files.length === 1)
            window.profilerPage.compareWith(event.dataTransfer.files[0]);
        else
            sayFault('Drop one file: a json or html report to compare this profile with.');
    });
}
