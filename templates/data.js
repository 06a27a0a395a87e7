/* Checks of the data: columns are numbers of the right length, indexes exist. Any other data are
 * a BadProfile, with the reason. */
'use strict';

const KIND_OWN = 0, KIND_BUILTIN = 3, KIND_REQUEST = 4; /* kinds of functions */

class BadProfile extends Error {}

function need(condition, what) {
    if (!condition)
        throw new BadProfile(what);
}

/* Returns an array of numbers from 0 to below limit; throws BadProfile if there is anything else. */
function numbers(values, length, what, limit = Infinity) {
    need(Array.isArray(values), what + ' is not an array');
    need(values.length === length, what + ' has ' + values.length + ' items, not ' + length);
    const column = new Float64Array(values);
    for (let i = 0; i < length; i++)
        if (!(column[i] >= 0 && column[i] < limit))
            throw new BadProfile(what + '[' + i + '] is ' + values[i]);
    return column;
}

function indexes(values, length, what, limit) {
    return new Int32Array(numbers(values, length, what, limit));
}

const META_NUMBERS = ['wall_ns', 'cpu_ns', 'response_bytes', 'status', 'calls', 'primitive_calls', 'interval_ns',
                      'samples', 'lost', 'worker', 'core', 'pid'];

const META_TEXTS = ['id', 'method', 'path', 'query', 'mount', 'route', 'flag', 'location', 'exception', 'started',
                    'mode', 'python', 'server', 'plugin'];
const META_LISTS = {sort_by: 'string', restrictions: 'string', notices: 'object', peers: 'object'};

function isText(value) {
    return typeof value === 'string';
}

/* A member may be missing or null, but its type must be right: the page shows what it holds. */
function checkMembers(object, what, names, isRight, type) {
    for (const name of names)
        if (object[name] !== undefined && object[name] !== null)
            need(isRight(object[name]), what + '.' + name + ' is not a ' + type);
}

function checkMeta(meta) {
    checkMembers(meta, 'meta', META_NUMBERS, Number.isFinite, 'number');
    checkMembers(meta, 'meta', META_TEXTS, isText, 'text');
    for (const name of Object.keys(META_LISTS))
        checkMembers(meta, 'meta', [name], list => Array.isArray(list) &&
            list.every(item => item !== null && typeof item === META_LISTS[name]), 'list of ' + META_LISTS[name] + 's');
    const waits = meta.wait_ns || {};
    checkMembers(waits, 'meta.wait_ns', Object.keys(waits), Number.isFinite, 'number');
    for (const notice of meta.notices || [])
        checkMembers(notice, 'notice', ['code', 'text'], isText, 'text');
    checkMerged(meta.merged);
    for (const peer of meta.peers || []) {
        checkMembers(peer, 'peer', ['peer'], isText, 'text');
        checkMembers(peer, 'peer', ['ns'], Number.isFinite, 'number');
    }
}

/* What a merge says of its requests (merge.js). */
function checkMerged(merged) {
    if (merged === undefined || merged === null)
        return;
    const areAll = isRight => list => Array.isArray(list) && list.length === merged.count && list.every(isRight);
    need(merged.count > 0, 'meta.merged.count is ' + merged.count);
    checkMembers(merged, 'meta.merged', ['wall_ns', 'cpu_ns'], areAll(Number.isFinite), 'list of numbers');
    checkMembers(merged, 'meta.merged', ['ids'], areAll(isText), 'list of texts');
    checkMembers(merged, 'meta.merged', ['routes', 'methods', 'started'],
                 list => Array.isArray(list) && list.every(isText), 'list of texts');
    checkMembers(merged, 'meta.merged', ['statuses', 'exceptions', 'intervals'],
                 list => Array.isArray(list) && list.every(item => Array.isArray(item) && item.length === 2 &&
                     Number.isFinite(item[1])), 'list of counts');
}

/* Parallel columns of numbers that grow together. types: the kind of array by column. */
class Table {
    constructor(types, size) {
        this.types = types;
        this.resize(size);
    }

    resize(size) {
        this.size = size;
        for (const name of Object.keys(this.types)) {
            const column = new this.types[name](size);
            if (this[name])
                column.set(this[name]);
            this[name] = column;
        }
    }

    /* Makes room for item i. */
    reach(i) {
        if (i >= this.size)
            this.resize(2 * i);
    }
}

/* Items grouped by a key below count: of(k) are those with key k, in their order. */
class Index {
    constructor(start, list) {
        this.start = start;
        this.list = list;
    }

    of(k) {
        return this.list.subarray(this.start[k], this.start[k + 1]);
    }
}

/* Groups items with a counting sort. */
function indexBy(keys, count) {
    const start = new Int32Array(count + 1), list = new Int32Array(keys.length);
    for (let i = 0; i < keys.length; i++)
        start[keys[i] + 1]++;
    for (let k = 0; k < count; k++)
        start[k + 1] += start[k];
    const next = start.slice();
    for (let i = 0; i < keys.length; i++)
        list[next[keys[i]]++] = i;
    return new Index(start, list);
}

/* Returns "time.sleep" or "socket.recv_into" for cProfile's names, as
 * plugin/report/common/label.c does. */
function builtinLabel(name) {
    const method = /^<method '(.*?)' of '(.*)' objects>$/s.exec(name);
    if (method)
        return method[2] + '.' + method[1];
    return /^<(?:built-in method )?(.+)>$/s.test(name) ? name.replace(/^<(?:built-in method )?(.+)>$/s, '$1') : name;
}

/* Returns the path below the directory that all packages share, or null for other files. */
function packagePath(file) {
    const below = /^.*?\/(?:site|dist)-packages\/(.*)$/s.exec(file) ||
        /^.*?\/lib(?:64)?\/python\d+\.\d+[^/]*\/(.*)$/s.exec(file);
    return below ? below[1] : null;
}
