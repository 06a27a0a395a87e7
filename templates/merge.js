/* Many profiles as one: call trees added by call path, everything else by function.
 *
 * Profiles are added one after the other; none of them is needed afterwards. The sum is a report
 * of schema 1 again (plugin/report/page/profile_json.c) and equals the sum of the .prof files,
 * function by function. It differs in this:
 *
 *   meta   numbers are sums. What differs between the requests is null or absent. merged says
 *          what was merged: {count, ids, wall_ns and cpu_ns (by request), started ([first, last]),
 *          routes, methods, statuses, exceptions, intervals ([[value, requests], ...]),
 *          skipped ([{id, why}, ...], see load.js)}. A notice has the number of its profiles.
 *          interval_ns is the longest interval.
 *   node   siblings are in the order in which the merge saw them first. Calls that are not in the
 *          trees are nodes already (left.js).
 *   exact  if one of the profiles has it.
 *   tl     none: the requests ran at different times. */
'use strict';

/* Profiles of both modes: they measure different things. */
class MixedModes extends BadProfile {}

const MODE_WORDS = {sampling: 'that were sampled', deterministic: 'with every call counted'};

class MergedTree {
    constructor() {
        const types = {func: Int32Array, parent: Int32Array, depth: Int32Array, self: Float64Array, calls: Float64Array,
                       cpu: Float64Array, wholeSelf: Float64Array, wholeCalls: Float64Array};
        this.waitColumns = WAIT_NAMES.map((_, kind) => 'wait' + kind);
        for (const name of this.waitColumns)
            types[name] = Float64Array;
        this.table = new Table(types, 1024);
        this.count = 1;
        this.children = new Map(); /* by parent and function */
        this.labels = new Map();   /* classes by node; '': calls for objects of several */
    }

    /* places: the functions' numbers in the merge. */
    add(profile, places) {
        const nodes = new Int32Array(profile.nodes), known = this.count;
        for (let i = 0; i < profile.nodes; i++) {
            const node = nodes[i] = i ? this.childOf(nodes[profile.parent[i]], places[profile.func[i]]) : 0;
            this.addFigures(node, profile, i);
        }
        this.addLabels(profile, nodes, known);
    }

    childOf(parent, func) {
        const key = parent * 2 ** 22 + func;
        let node = this.children.get(key);
        if (node !== undefined)
            return node;
        this.children.set(key, node = this.count++);
        this.table.reach(node);
        this.table.func[node] = func;
        this.table.parent[node] = parent;
        this.table.depth[node] = this.table.depth[parent] + 1;
        return node;
    }

    addFigures(node, profile, i) {
        const {table} = this, {parts} = profile;
        table.self[node] += profile.self[i];
        table.calls[node] += profile.calls[i];
        if (profile.cpu)
            table.cpu[node] += profile.cpu[i];
        if (!profile.exact) {
            table.wholeSelf[node] += profile.self[i];
            table.wholeCalls[node] += profile.calls[i];
        }
        for (let k = parts.start[i]; k < parts.start[i + 1]; k++)
            table[this.waitColumns[parts.kind[k]]][node] += parts.ns[k];
    }

    /* A node has a class if all profiles with the node name the same one. */
    addLabels(profile, nodes, known) {
        for (const [i, label] of profile.classLabels)
            if (nodes[i] >= known)
                this.labels.set(nodes[i], label);
            else if (this.labels.get(nodes[i]) !== label)
                this.labels.set(nodes[i], '');
        for (let i = 0; this.labels.size && i < profile.nodes; i++)
            if (!profile.classLabels.has(i) && this.labels.has(nodes[i]))
                this.labels.set(nodes[i], '');
    }

    /* Returns the nodes in preorder. */
    preorder() {
        const children = indexBy(this.table.parent.subarray(1, this.count), this.count);
        const order = new Int32Array(this.count), open = [0];
        for (let i = 0; open.length; i++) {
            const node = order[i] = open.pop(), below = children.of(node);
            for (let k = below.length - 1; k >= 0; k--)
                open.push(below[k] + 1);
        }
        return order;
    }

    /* The object node of the report. isWhole: figures of profiles without exact figures only. */
    columns(order, counted, texts, isWhole = false) {
        const {table} = this, column = name => Array.from(order, node => table[name][node]);
        const node = {depth: column('depth'), func: column('func'), self: column(isWhole ? 'wholeSelf' : 'self'),
                      [counted]: column(isWhole ? 'wholeCalls' : 'calls')};
        if (counted === 'samples' && !isWhole)
            Object.assign(node, {cpu: column('cpu'), wait: this.waits(order)});
        const labelled = Array.from(order.keys()).filter(place => this.labels.get(order[place]));
        if (labelled.length && !isWhole)
            node.class = {of: labelled, name: labelled.map(place => texts.add(this.labels.get(order[place])))};
        return node;
    }

    waits(order) {
        const wait = {of: [], kind: [], ns: []}, columns = this.waitColumns.map(name => this.table[name]);
        order.forEach((node, place) => columns.forEach((column, kind) => {
            if (kind && column[node] > 0) {
                wait.of.push(place);
                wait.kind.push(kind);
                wait.ns.push(column[node]);
            }
        }));
        return wait;
    }
}

class Merge {
    constructor() {
        this.meta = new MergedMeta();
        this.functions = new MergedFunctions();
        this.tree = new MergedTree();
        this.exact = new MergedExact();
        this.lines = new MergedLines();
        this.isCut = false; /* whether a tree lacks calls */
    }

    get count() {
        return this.meta.count;
    }

    /* Adds a parsed report. Throws BadProfile if it cannot be added; the merge stays as it was. */
    add(report) {
        const profile = new Profile(withoutTimeline(report)), mode = profile.sampling ? 'sampling' : 'deterministic';
        need(!profile.meta.merged, 'it is a merge already: merge its profiles');
        if (this.count && mode !== this.meta.mode)
            throw new MixedModes('profiles ' + MODE_WORDS[this.meta.mode] + ' and profiles ' +
                MODE_WORDS[mode] + ' are never merged: they measure different things');
        const places = this.functions.take(profile);
        this.tree.add(profile, places);
        this.lines.add(profile, places);
        if (profile.exact)
            this.exact.add(new Stats(profile), places);
        this.isCut = this.isCut || profile.exact !== null;
        this.meta.add(profile.meta, mode);
    }

    /* Returns the sum as a report. */
    report() {
        need(this.count > 0, 'there is no profile to merge');
        const texts = new Texts(), isSampled = this.meta.mode === 'sampling';
        const counted = isSampled ? 'samples' : 'calls', order = this.tree.preorder();
        this.functions.list[0].name = this.functions.list[0].cprofile = this.meta.label();
        const report = {v: 1, meta: this.meta.columns(), str: texts.list, func: this.functions.columns(texts),
                        node: this.tree.columns(order, counted, texts)};
        if (isSampled)
            report.lines = this.lines.columns(texts);
        if (this.isCut)
            report.exact = this.exactColumns(report, this.tree.columns(order, counted, texts, true));
        return report;
    }

    /* The figures of profiles without exact ones follow from their part of the tree. */
    exactColumns({v, meta, str, func}, node) {
        const all = new MergedExact();
        all.add(new Stats(new Profile({v, meta, str, func, node})));
        all.include(this.exact);
        return all.columns();
    }
}

/* A merge has no timeline, so it need not read those of its profiles. */
function withoutTimeline(report) {
    return report && typeof report === 'object' ? Object.assign({}, report, {tl: null}) : report;
}
