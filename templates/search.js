/* The search: finds functions by text, and sums up their time. */
'use strict';

/* Returns a test for plain text, which ignores case, or for /a regular expression/. Returns null
 * for an empty query; throws SyntaxError. */
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

/* Returns by function: 1 if its name, file and line pass the test. */
function matchingFunctions(profile, test) {
    const found = new Uint8Array(profile.functions);
    for (let f = 1; f < profile.functions; f++)
        found[f] = test(profile.label(f) + ' ' + profile.file(f) + ':' + profile.lineOf[f]) ? 1 : 0;
    return found;
}

/* Returns the number of functions, and the time in which at least one of them was on the stack:
 * matches below a match add no time. */
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

/* Returns the next wanted index after from, wrapping around; NONE if there is none. */
function nextOf(count, from, step, isWanted) {
    for (let k = 1; k <= count; k++) {
        const at = ((from + step * k) % count + count) % count;
        if (isWanted(at))
            return at;
    }
    return NONE;
}
