/* The hash of the address holds the view, the selection, the zoom and the range. Its node numbers
 * are those of the whole request, even if a range is shown. In front of them are the profiles
 * that the page has loaded (load.js). */
'use strict';

/* Returns the members of the hash that name profiles, as they are. */
function selectionIn(hash) {
    return hash.slice(1).split('&').filter(member => /^(ids|a|b)=/.test(member)).join('&');
}

/* Leaves an address that somebody has changed since: its event is still to come. */
function writeAddress(page) {
    if (location.hash !== page.address)
        return;
    const hash = new URLSearchParams({view: page.view, node: page.part.toWhole(page.node)});
    if (page.part.range)
        hash.set('range', page.part.range.from + '-' + page.part.range.to);
    if (page.zoom)
        hash.set('zoom', page.part.toWhole(page.zoom));
    if (page.centre !== NONE)
        hash.set('sandwich', page.centre);
    const range = page.freeRange;
    if (range && range.view === page.view) {
        hash.set('from', Math.round(range.from));
        hash.set('to', Math.round(range.to));
    }
    const profiles = selectionIn(page.address);
    try {
        history.replaceState(null, '', '#' + (profiles ? profiles + '&' : '') + hash);
        page.address = location.hash;
    } catch (error) {
        /* some frames may not change their address */
    }
}

/* Ignores anything that this profile does not have. */
function readAddress(page) {
    page.address = location.hash;
    const hash = new URLSearchParams(location.hash.slice(1)), whole = page.part.whole;
    const [, first, last] = /^(\d+)-(\d+)$/.exec(hash.get('range')) || [0, 0, 0];
    page.part.set(Number(first), Number(last));
    const below = (name, count) => {
        const text = hash.get(name) || '';
        return /^\d+$/.test(text) && Number(text) < count ? Number(text) : NONE;
    }, node = name => page.part.fromWhole(below(name, whole.nodes));
    if (hash.get('view') in page.views)
        page.view = hash.get('view');
    if (node('node') !== NONE && page.take(node('node')))
        for (const view of Object.values(page.views))
            view.pending.layout = true;
    page.centre = below('sandwich', whole.functions);
    page.zoom = Math.max(0, node('zoom'));
    const [from, to] = [Number(hash.get('from')), Number(hash.get('to'))];
    page.freeRange = to > from ? {view: page.view, from, to} : null;
    for (const view of Object.values(page.views))
        view.pending.zoom = true;
}
