/* What explains the difference of two profiles: waits, peers, and the functions of the app. */
'use strict';

const EXPLAINED_PARTS = 2, EXPLAINED_LEAST = 0.2; /* of the difference */

/* Returns rows of both sides, the greatest difference first. */
function byDifference(rows) {
    return rows.sort((one, other) => Math.abs(other.b - other.a) - Math.abs(one.b - one.a) || other.b - one.b);
}

/* Returns what the requests did, by kind: [{name, fill, a, b}]. If every call was counted, only
 * some of it is known. */
function waitRows({a, b}) {
    const rows = new Map(), rest = restName([a, b].some(hasCpuWait));
    for (const [key, side] of [['a', a], ['b', b]])
        for (const [kind, name, ns] of side.hasWaits() ? sampledWaits(side) : countedWaits(side, rest)) {
            if (!rows.has(name))
                rows.set(name, {name, kind, fill: 'wait-' + kind, a: 0, b: 0});
            rows.get(name)[key] += ns;
        }
    return byDifference([...rows.values()]);
}

function sampledWaits(side) {
    return side.waitsOf(0).map(([kind, ns]) => [kind, side.profile.waitName(kind), ns]);
}

/* Whether the head of the profile's own page names it. */
function hasCpuWait({profile, requests}) {
    return countedCpuWait(profile) * requests > NAMED_LEAST * profile.meta.wall_ns;
}

function countedWaits(side, rest) {
    const {cpu_ns: cpu, wall_ns: wall} = side.profile.meta, wait = countedCpuWait(side.profile) * side.requests;
    return [[0, WAIT_NAMES[0], cpu], [CPU_WAIT, WAIT_NAMES[CPU_WAIT], wait],
            [WAIT_UNKNOWN, rest, Math.max(0, wall - cpu - wait)]]
        .filter(([, , ns]) => ns > 0).map(([kind, name, ns]) => [kind, name, ns / side.requests]);
}

/* Returns the peers that the requests waited for: [{peer, kind, a, b}]. */
function peerRows({a, b}) {
    const rows = new Map();
    for (const [key, side] of [['a', a], ['b', b]])
        for (const {peer, wait, ns} of side.meta.peers || []) {
            const [kind = WAIT_UNKNOWN] = knownKinds([Number(wait) || 0]), name = String(peer) + '\0' + kind;
            if (!rows.has(name))
                rows.set(name, {peer: String(peer), kind, a: 0, b: 0});
            rows.get(name)[key] += (Number(ns) || 0) / side.requests;
        }
    return byDifference([...rows.values()]);
}

/* Returns the groups of self time (sentence.js) of both sides, without CPU wait, in which the
 * request did the same in the same function of the app. */
function groupRows({a, b}) {
    const rows = new Map();
    for (const [key, side] of [['a', a], ['b', b]])
        for (const group of timeGroups(side)) {
            const name = [group.kind, group.library, group.own].join('\0');
            if (!rows.has(name))
                rows.set(name, {kind: group.kind, own: group.own, a: 0, b: 0, groups: {}});
            rows.get(name)[key] = group.ns - (group.byKind.get(CPU_WAIT) || 0);
            rows.get(name).groups[key] = group;
        }
    return [...rows.values()];
}

/* Returns B's time minus A's, whether that is below 1 %, its CPU wait, and the groups that explain
 * most of the rest. A part has the group of the side that takes more time, and the peer and calls
 * that belong to it. */
function explain(comparison) {
    const {a, b, noise} = comparison, ns = b.total[0] - a.total[0];
    const cpuWait = b.cpuWait.total[0] - a.cpuWait.total[0], own = ns - cpuWait, least = NOISE_SHARE * noise.whole;
    const explains = row => Math.abs(own) < least ||
        (row.b - row.a) * own > 0 && Math.abs(row.b - row.a) >= EXPLAINED_LEAST * Math.abs(own);
    const found = groupRows(comparison).filter(row => !noise.isNoiseOf(row.a, row.b) && explains(row));
    const parts = byDifference(found).slice(0, EXPLAINED_PARTS).map(row => explainedPart(comparison, row));
    const isBusy = cpuWait * ns > 0 && Math.abs(cpuWait) > Math.max(least, EXPLAINED_LEAST * Math.abs(ns));
    return {ns, isSame: Math.abs(ns) < least, parts, busy: isBusy ? cpuWait : 0};
}

function explainedPart(comparison, row) {
    const ns = row.b - row.a, group = ns > 0 ? row.groups.b : row.groups.a;
    const isOf = peer => peer.kind === row.kind && (peer.b - peer.a) / ns > 0.5;
    const peer = row.kind ? peerRows(comparison).find(isOf) : undefined;
    const own = row.own || comparison.common.func[group.node], inner = group.function();
    const counted = [own, inner].find(func => func > 0 && differentCalls(comparison, func));
    return {
        ns, group, kind: row.kind, own: row.own, func: own, inner, peer: peer ? peer.peer : '',
        caller: callerInBoth(comparison, group.node),
        calls: counted === undefined ? null :
            Object.assign({func: counted}, differentCalls(comparison, counted)),
    };
}

/* Returns the nearest caller in the app that both sides have; NONE if there is none, or if both have
 * the node itself. */
function callerInBoth({common, a, b}, node) {
    let at = node;
    while (at > 0 && !(a.seen[at] && b.seen[at] && (at === node || common.isOwn(common.func[at]))))
        at = common.parent[at];
    return at > 0 && at !== node ? common.func[at] : NONE;
}

/* Returns {a, b}, or null if the calls are equal or not counted. */
function differentCalls(comparison, func) {
    const [a, b] = comparison.figuresOf(func).map(figures => figures.calls);
    return comparison.common.sampling || a === b ? null : {a, b};
}
