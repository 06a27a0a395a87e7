/* The search: which functions a reader's text finds, and how much time they took. */
'use strict';

/* A test of texts: a plain text without regard to case, or /a regular expression/.
 * null when there is nothing to look for; throws SyntaxError. */
function textTest(query) {
    const text = query.trim();
    if (!text)
        return null;
    const expression = /^\/(.+)\/([imsu]*)$/.exec(text);
    if (expression) {
        const regex = new RegExp(expression[1], expression[2]);
        return candidate => regex.test(candidate);
    }
    const lower = text.toLowerCase();
    return candidate => candidate.toLowerCase().includes(lower);
}

/* By function: 1 where its name, file and line pass. */
function matchingFunctions(profile, test) {
    const found = new Uint8Array(profile.functions);
    for (let f = 1; f < profile.functions; f++)
        found[f] = test(profile.label(f) + ' ' + profile.file(f) + ':' + profile.lineOf[f]) ? 1 : 0;
    return found;
}

/* How many functions, and the time in which one of them was on the stack: below a match
 * further ones add nothing. */
function searchShare(profile, found) {
    let functions = 0, ns = 0;
    for (const one of found)
        functions += one;
    for (let i = 1; i < profile.nodes;) {
        const hit = found[profile.func[i]];
        ns += hit ? profile.total[i] : 0;
        i = hit ? profile.end[i] : i + 1;
    }
    return {functions, ns};
}

/* The next of count things, round and round from one of them, or NONE. */
function nextOf(count, from, step, isWanted) {
    for (let k = 1; k <= count; k++) {
        const at = ((from + step * k) % count + count) % count;
        if (isWanted(at))
            return at;
    }
    return NONE;
}
