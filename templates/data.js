/* What the data of a profile must be: columns of numbers of one length, indexes that exist.
 * Whatever they are not is a BadProfile, with the reason. */
'use strict';

const NONE = -1; /* no node, function, row or box */
const KIND_OWN = 0, KIND_BUILTIN = 3, KIND_REQUEST = 4; /* of functions */

class BadProfile extends Error {}

function need(condition, what) {
    if (!condition)
        throw new BadProfile(what);
}

/* An array of numbers from 0 to below limit. */
function numbers(values, length, what, limit = Infinity) {
    need(Array.isArray(values), what + ' is no array');
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

/* What is said of the request may be missing, but no figure is a text and no list is none. */
function checkMeta(meta) {
    const isThere = name => meta[name] !== undefined && meta[name] !== null;
    for (const name of META_NUMBERS.filter(isThere))
        need(Number.isFinite(meta[name]), 'meta.' + name + ' is no number');
    const lists = {sort_by: 'string', restrictions: 'string', notices: 'object', peers: 'object'};
    for (const name of Object.keys(lists).filter(isThere))
        need(Array.isArray(meta[name]) && meta[name].every(item => item !== null && typeof item === lists[name]),
             'meta.' + name + ' is no list of ' + lists[name] + 's');
}

/* Things by a number below count that each has: of(k) are those with k, in their order. */
class Index {
    constructor(start, list) {
        this.start = start;
        this.list = list;
    }

    of(k) {
        return this.list.subarray(this.start[k], this.start[k + 1]);
    }
}

/* By a counting sort. */
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

/* "time.sleep", "socket.recv_into": as plugin/report/common/label.c makes them of cProfile's names. */
function builtinLabel(name) {
    const method = /^<method '(.*?)' of '(.*)' objects>$/s.exec(name);
    if (method)
        return method[2] + '.' + method[1];
    return /^<(?:built-in method )?(.+)>$/s.test(name) ? name.replace(/^<(?:built-in method )?(.+)>$/s, '$1') : name;
}
