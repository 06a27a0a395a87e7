/* Which functions of two profiles are the same: those with one qualified name in one file. Lines
 * do not count, since they move with every edit.
 *
 * A file counts relative to its package: to site-packages, or to the directory of Python's
 * library. Other files are the app's. If the profiles share the full path of one, they come from
 * one checkout, and paths are compared as they are. If not, the app may be in another directory
 * or on another machine. Then two files are a pair if no third file ends like them. What is left
 * of their paths without the common end are two directories: the pair of directories with the most
 * functions of one name is the app's. */
'use strict';

/* Code that was compiled from no file has a name in angle brackets instead; builtins have "~". */
function isAppFile(file) {
    return file !== '' && file !== '~' && !file.startsWith('<') && packagePath(file) === null;
}

/* Returns the app's files of a profile, each with the names of its functions. */
function appFiles(profile) {
    const files = new Map();
    for (let func = 1; func < profile.functions; func++) {
        const file = profile.file(func);
        if (!isAppFile(file))
            continue;
        if (!files.has(file))
            files.set(file, new Set());
        files.get(file).add(profile.name(func));
    }
    return files;
}

/* Returns a Map of the ends of paths ("shop/views.py", "views.py") to their file; null if several
 * files have that end. */
function fileEnds(files) {
    const ends = new Map();
    for (const file of files.keys())
        for (let at = file.length; at > 0;) {
            at = file.lastIndexOf('/', at - 1);
            const end = file.slice(at + 1);
            ends.set(end, ends.has(end) ? null : file);
        }
    return ends;
}

/* Returns a Map of files to the file of the other profile with an end that no third file has. */
function filePairs(filesA, filesB) {
    const pairs = new Map(), endsB = fileEnds(filesB);
    for (const [end, file] of fileEnds(filesA))
        if (file !== null && endsB.get(end))
            pairs.set(file, endsB.get(end));
    return pairs;
}

/* Returns what is left of two paths without the parts that both end with. */
function differentStarts(one, other) {
    const [a, b] = [one.split('/'), other.split('/')];
    while (a.length && b.length && a[a.length - 1] === b[b.length - 1]) {
        a.pop();
        b.pop();
    }
    return [a, b].map(parts => parts.length ? parts.join('/') + '/' : '');
}

function areApart(one, other) {
    return !one.startsWith(other) && !other.startsWith(one);
}

/* Returns pairs of directories [of A, of B] with the same files of the app, the pair with the most
 * shared functions first. There are none if paths are compared as they are. */
function appDirectories(a, b) {
    const [filesA, filesB] = [appFiles(a), appFiles(b)], votes = new Map(), chosen = [];
    if (Array.from(filesA.keys()).some(file => filesB.has(file)))
        return [];
    for (const [file, other] of filePairs(filesA, filesB)) {
        const starts = differentStarts(file, other), key = starts.join('\0');
        const others = filesB.get(other), vote = votes.get(key) || {starts, names: 0};
        vote.names += Array.from(filesA.get(file)).filter(name => others.has(name)).length;
        votes.set(key, vote);
    }
    for (const {starts, names} of Array.from(votes.values()).sort((one, other) => other.names - one.names))
        if (names > 0 && chosen.every(pair => areApart(pair[0], starts[0]) && areApart(pair[1], starts[1])))
            chosen.push(starts);
    return chosen;
}

/* Relative paths are below ''. */
function isBelow(file, directory) {
    return isAppFile(file) && (directory ? file.startsWith(directory) : !file.startsWith('/'));
}

/* Numbers the functions of both profiles together. numbers[side] has the common number of each
 * function of a profile; of[side] has its function for each common number, or NONE. */
class FunctionMatch {
    constructor(a, b) {
        this.profiles = [a, b];
        this.directories = appDirectories(a, b);
        this.count = 0;
        this.byKey = new Map();
        this.of = [[], []];
        this.numbers = this.profiles.map((profile, side) =>
            Int32Array.from({length: profile.functions}, (_, func) => this.number(side, func)));
    }

    number(side, func) {
        const key = func === 0 ? '' : this.keyOf(side, func);
        let number = this.byKey.get(key);
        if (number === undefined) {
            this.byKey.set(key, number = this.count++);
            this.of[0].push(NONE);
            this.of[1].push(NONE);
        }
        if (this.of[side][number] === NONE)
            this.of[side][number] = func;
        return number;
    }

    /* Calls that are not in the tree have a function of their own (left.js). */
    keyOf(side, func) {
        const profile = this.profiles[side];
        return profile.name(func) + '\0' + this.pathOf(side, profile.file(func)) +
            (profile.isLeft(func) ? '\0left' : '');
    }

    pathOf(side, file) {
        const below = packagePath(file);
        if (below !== null)
            return 'package:' + below;
        const at = this.directories.findIndex(pair => isBelow(file, pair[side]));
        return at === NONE ? file : 'app' + at + ':' + file.slice(this.directories[at][side].length);
    }

    /* Returns which side has the function that gives a common function its name and place: B's is
     * the one that the reader edits. */
    sideOf(number) {
        return this.of[1][number] === NONE ? 0 : 1;
    }
}
