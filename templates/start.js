/* The last script; it starts the page. */
'use strict';

/* What the page shows instead of the profile in its data, by the name of the page on the shelf. */
const SELECTIONS = {merge: openMerge, compare: openCompare};

async function openMerge() {
    const {report, profile} = await loadSelection(idsIn(location.hash, 'ids'), showProgress);
    openPage(profile, () => JSON.stringify(report));
}

/* Loads A, then B. */
async function openCompare() {
    const ids = ['a', 'b'].map(name => idsIn(location.hash, name)), sides = [];
    for (const [side, name] of ['A', 'B'].entries())
        sides.push(await loadSelection(ids[side], showProgress).catch(error => {
            throw error instanceof BadProfile ? new NotComparable(name + ': ' + error.message) : error;
        }));
    try {
        compareSelections(...sides.map(({profile}) => profile), ids);
    } catch (error) {
        throw error instanceof BadProfile ? new NotComparable(error.message) : error;
    }
}

function showProgress({done, of, skipped}) {
    const host = document.getElementById('loading'), bar = host.querySelector('progress');
    host.hidden = false;
    Object.assign(bar, {max: of, value: done});
    setText(host.querySelector('p'), 'Loading profile ' + grouped(done) + ' of ' + grouped(of) +
            (skipped.length ? ', ' + grouped(skipped.length) + ' missing or broken' : ''));
}

/* Data that are not a profile show a card with the reason. The text table stays visible. */
function showError(error) {
    document.documentElement.classList.remove('started');
    document.getElementById('loading').hidden = true;
    document.getElementById('app').hidden = true;
    const card = document.getElementById('error'), isMixed = error instanceof MixedSelection;
    const title = isMixed ? 'These profiles cannot be merged' : error instanceof NotComparable ?
        'These profiles cannot be compared' : 'This profile cannot be shown';
    const why = error instanceof BadProfile ? error.message : 'An error in the page: ' + error;
    card.hidden = false;
    add(clear(card), make('h1', '', title), make('p', '', shown(why, 2000)));
    if (isMixed)
        for (const [mode, ids] of Object.entries(error.groups))
            add(card, add(make('p'), attributes(make('a', '', 'Merge the ' + plural(ids.length, 'profile') + ' ' +
                          MODE_WORDS[mode]), {href: '#ids=' + ids.join(',')})));
    if (readShelf())
        add(card, add(make('p'), attributes(make('a', '', 'All profiles'), {href: './'})));
    if (textTable())
        add(card, make('p', 'hint', 'The text table below needs no script.'));
    if (!(error instanceof BadProfile))
        setTimeout(() => { throw error; });
}

/* Another selection in the address is another page. */
function reloadWhenSelectionChanges() {
    const selection = selectionIn(location.hash);
    window.addEventListener('hashchange', () => {
        if (selectionIn(location.hash) !== selection)
            location.reload();
    });
}

function start() {
    listenForFiles();
    try {
        const shelf = readShelf(), open = shelf && SELECTIONS[shelf.page];
        if (open) {
            reloadWhenSelectionChanges();
            open().catch(showError);
            return;
        }
        const element = document.getElementById('profile'), text = element ? element.textContent : '';
        openPage(new Profile(parseData(text)), () => text);
    } catch (error) {
        showError(error);
    }
}

start();
