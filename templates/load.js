/* Loads profiles from the shelf, which this page came from: their .json files, one by one. */
'use strict';

const IN_FLIGHT = 4; /* requests at a time */
const ID = /^[0-9a-f]{16}$/;

/* A selection with profiles of both modes. groups: {mode: ids}. */
class MixedSelection extends MixedModes {
    constructor(groups) {
        const parts = Object.keys(groups).map(mode =>
            plural(groups[mode].length, 'profile') + ' ' + MODE_WORDS[mode]);
        super(parts.join(' and ') + ' are never merged: they measure different things');
        this.groups = groups;
    }
}

/* The server's data about this page: {page, id, route}; null if the page did not come from the
 * shelf. */
function readShelf() {
    const element = document.getElementById('shelf');
    return element ? parseData(element.textContent) : null;
}

function parseData(text) {
    try {
        return JSON.parse(text);
    } catch (error) {
        throw new BadProfile('the data are not JSON: ' + error.message);
    }
}

/* Returns the ids of a member of the hash: #ids=ID,ID,... */
function idsIn(hash, name) {
    return (new URLSearchParams(hash.slice(1)).get(name) || '').split(',').filter(Boolean);
}

/* Returns the JSON at an address of the shelf. Throws BadProfile with the reason if there is none. */
async function ask(address) {
    const gone = () => { throw new BadProfile('the server did not answer'); };
    const answer = await fetch(address, {cache: 'no-store'}).catch(gone);
    need(answer.status !== 404, 'the server has no such file (404)');
    need(answer.ok, 'the server answered ' + answer.status);
    return parseData(await answer.text().catch(gone));
}

async function loadReport(id) {
    need(ID.test(id), 'this is not the id of a profile');
    return ask(id + '.json');
}

/* Loads one or more profiles, and merges more than one. Returns {report, profile, skipped}:
 * skipped has what is missing or broken, {id, why}. Throws BadProfile if nothing is left or if
 * the modes are mixed. onProgress({done, of, skipped}) is called after each. */
async function loadSelection(ids, onProgress = () => {}) {
    const wanted = [...new Set(ids)], loading = [], skipped = [], merge = new Merge();
    const groups = {sampling: [], deterministic: []};
    let report = null;
    need(wanted.length > 0, 'no profile is chosen');
    for (let i = 0; i < wanted.length; i++) {
        while (loading.length < Math.min(wanted.length, i + IN_FLIGHT))
            loading.push(settled(loadReport(wanted[loading.length])));
        const loaded = await loading[i];
        loading[i] = null;
        try {
            report = take(merge, loaded, wanted[i], groups);
        } catch (error) {
            if (!(error instanceof BadProfile))
                throw error;
            skipped.push({id: wanted[i], why: error.message});
        }
        onProgress({done: i + 1, of: wanted.length, skipped});
    }
    if (groups.sampling.length && groups.deterministic.length)
        throw new MixedSelection(groups);
    need(merge.count > 0, 'no profile could be loaded: ' + skippedText(skipped));
    if (wanted.length > 1)
        report = withSkipped(merge.report(), skipped);
    return {report, profile: new Profile(report), skipped};
}

/* Keeps an error as a value: the browser would report it as long as no code waits for the promise. */
function settled(promise) {
    return promise.then(report => ({report}), error => ({error}));
}

/* Adds what was loaded to the merge, and notes its mode. */
function take(merge, {report, error}, id, groups) {
    if (error)
        throw error;
    try {
        merge.add(report);
        groups[merge.meta.mode].push(id);
    } catch (failed) {
        if (!(failed instanceof MixedModes))
            throw failed;
        groups[merge.meta.mode === 'sampling' ? 'deterministic' : 'sampling'].push(id);
    }
    return report;
}

/* Adds a notice to the report about profiles that it lacks. */
function withSkipped(report, skipped) {
    const {meta} = report;
    meta.merged.skipped = skipped;
    if (skipped.length)
        meta.notices.unshift({code: 'skipped', text: plural(skipped.length, 'profile') + ' of ' +
            grouped(skipped.length + meta.merged.count) + ' could not be loaded: ' + skippedText(skipped)});
    return report;
}

/* Returns the ids by reason: "the server has no such file (404): ID, ID; ..." */
function skippedText(skipped) {
    const byReason = new Map();
    for (const {id, why} of skipped)
        itemOf(byReason, why, () => []).push(shown(id, 40));
    return Array.from(byReason, ([why, ids]) => shown(why, 200) + ': ' + ids.join(', ')).join('; ');
}
