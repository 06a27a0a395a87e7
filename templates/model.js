/* The profile: its data, and figures derived from them. It does not know the page.
 *
 * The data are schema 1 of the json report; plugin/report/page/profile_json.c describes it. Nodes
 * are in preorder, so a subtree is a range [node, end[node]). A forward loop meets parents first,
 * a backward loop children first: nothing here recurses. Times are nanoseconds in Float64Arrays,
 * which are exact for whole numbers up to 104 days. */
'use strict';

class Profile {
    /* -------------------------------------------------------------- reading */

    constructor(given) {
        need(given !== null && typeof given === 'object', 'there is no profile');
        need(given.v === 1, 'version ' + given.v + ' of the data is not known');
        for (const key of ['meta', 'func', 'node'])
            need(given[key] !== null && typeof given[key] === 'object', key + ' is missing');
        need(Array.isArray(given.str) && given.str.every(text => typeof text === 'string'),
             'str is not a list of texts');
        checkMeta(given.meta);
        const data = withLeftNodes(given);
        this.meta = Object.assign({wall_ns: 0, cpu_ns: 0, response_bytes: 0}, data.meta);
        this.str = data.str;
        this.sampling = data.meta.mode === 'sampling';
        this.requests = data.meta.merged ? data.meta.merged.count : 1;
        this.readFunctions(data.func);
        this.readNodes(data.node);
        this.checkDepths();
        this.derive();
        this.exact = data.exact ? this.readExact(data.exact) : null;
        this.timeline = this.sampling && data.tl ? this.readTimeline(data.tl) : null;
        this.lines = this.sampling && data.lines ? this.readLines(data.lines) : null;
    }

    readFunctions(func) {
        need(Array.isArray(func.name) && func.name.length > 0, 'func.name is empty');
        const count = this.functions = func.name.length, texts = this.str.length;
        this.nameOf = indexes(func.name, count, 'func.name', texts);
        this.fileOf = indexes(func.file, count, 'func.file', texts);
        this.lineOf = indexes(func.line, count, 'func.line', 2 ** 31);
        this.libOf = indexes(func.lib, count, 'func.lib', texts);
        this.kindOf = indexes(func.kind, count, 'func.kind', 5);
        this.cprofileOf = func.cprofile ? indexes(func.cprofile, count, 'func.cprofile', texts) : this.nameOf;
        this.hideOf = func.hide ? indexes(func.hide, count, 'func.hide', 2) : null;
    }

    readNodes(node) {
        need(Array.isArray(node.depth) && node.depth.length > 0, 'node.depth is empty');
        const count = this.nodes = node.depth.length;
        this.depth = indexes(node.depth, count, 'node.depth', count);
        this.func = indexes(node.func, count, 'node.func', this.functions);
        this.self = numbers(node.self, count, 'node.self');
        this.calls = this.sampling ? numbers(node.samples, count, 'node.samples') :
            numbers(node.calls, count, 'node.calls');
        this.cpu = this.sampling && node.cpu ? numbers(node.cpu, count, 'node.cpu') : null;
        this.parts = new Parts(this.sampling ? node.wait : undefined, count, 'node.wait');
        this.readClasses(node.class || {of: [], name: []});
    }

    /* Reads the labels of methods with the class of their object, if another class defines them. */
    readClasses(given) {
        need(Array.isArray(given.of), 'node.class.of is not an array');
        const of = indexes(given.of, given.of.length, 'node.class.of', this.nodes);
        const name = indexes(given.name, of.length, 'node.class.name', this.str.length);
        this.classLabels = new Map(Array.from(of, (node, i) => [node, this.str[name[i]]]));
    }

    checkDepths() {
        need(this.depth[0] === 0, 'the first node is not the request');
        for (let i = 1; i < this.nodes; i++)
            if (this.depth[i] < 1 || this.depth[i] > this.depth[i - 1] + 1)
                throw new BadProfile('node.depth[' + i + '] is ' + this.depth[i]);
    }

    readExact(exact) {
        need(Array.isArray(exact.func), 'exact.func is not an array');
        const count = exact.func.length;
        need(Array.isArray(exact.callers) && exact.callers.length === count,
             'exact.callers does not fit');
        const callers = exact.callers.map((list, i) => {
            need(Array.isArray(list), 'exact.callers[' + i + '] is not an array');
            return list.map((item, k) => {
                const [func, ...rest] = numbers(item, 5, 'exact.callers[' + i + '][' + k + ']');
                need(func < this.functions, 'exact.callers[' + i + '] names no function');
                return [func, ...rest];
            });
        });
        return {
            func: indexes(exact.func, count, 'exact.func', this.functions),
            calls: numbers(exact.calls, count, 'exact.calls'),
            primitive: numbers(exact.primitive, count, 'exact.primitive'),
            self: numbers(exact.self, count, 'exact.self'),
            cumulative: numbers(exact.cumulative, count, 'exact.cumulative'),
            callers,
        };
    }

    readTimeline(tl) {
        need(Array.isArray(tl.dt), 'tl.dt is not an array');
        const count = tl.dt.length;
        return {
            count,
            start: 0,
            dt: numbers(tl.dt, count, 'tl.dt'),
            node: indexes(tl.node, count, 'tl.node', this.nodes),
            wait: knownKinds(indexes(tl.wait, count, 'tl.wait', 256)),
        };
    }

    /* text is the source of each line as an index into str. It is present if the server may read
     * the source. */
    readLines(lines) {
        need(Array.isArray(lines.func), 'lines.func is not an array');
        const count = lines.func.length;
        return {
            count,
            func: indexes(lines.func, count, 'lines.func', this.functions),
            line: indexes(lines.line, count, 'lines.line', 2 ** 31),
            self: numbers(lines.self, count, 'lines.self'),
            total: lines.total ? numbers(lines.total, count, 'lines.total') : null,
            hits: numbers(lines.hits, count, 'lines.hits'),
            text: lines.text ? indexes(lines.text, count, 'lines.text', this.str.length) : null,
        };
    }

    /* ---------------------------------------------------------------- the tree */

    derive() {
        const n = this.nodes, at = new Int32Array(n + 1);
        this.parent = new Int32Array(n);
        this.end = new Int32Array(n);
        this.total = Float64Array.from(this.self);
        for (let i = 0; i < n; i++) {
            at[this.depth[i]] = i;
            this.parent[i] = i ? at[this.depth[i] - 1] : NONE;
            this.end[i] = i + 1;
        }
        for (let i = n - 1; i > 0; i--) {
            const above = this.parent[i];
            this.total[above] += this.total[i];
            if (this.end[i] > this.end[above])
                this.end[above] = this.end[i];
        }
    }

    nodesOf(func) {
        if (!this.nodesByFunction)
            this.nodesByFunction = indexBy(this.func, this.functions);
        return this.nodesByFunction.of(func);
    }

    /* Returns the node where the function takes the most time; NONE if it is not in the tree. */
    heaviestNode(func) {
        let best = NONE;
        for (const node of this.nodesOf(func))
            if (best === NONE || this.total[node] > this.total[best])
                best = node;
        return best;
    }

    /* Adds the self time of nodes to sums, by kind of waiting; kind 0 is running. */
    addWaits(sums, from, to) {
        this.parts.addTo(sums, from, to);
        for (let i = from; i < to; i++) {
            let rest = this.self[i] - this.cpu[i];
            for (let k = this.parts.start[i]; k < this.parts.start[i + 1]; k++)
                rest -= this.parts.ns[k];
            sums[0] += this.cpu[i];
            sums[WAIT_UNKNOWN] += rest >= 0.5 ? rest : 0; /* means are not exact */
        }
        return sums;
    }

    /* Names are those of the log. If the kernel only says that the thread did not run, the name
     * is "not on CPU". */
    waitName(kind) {
        const isVague = kind === WAIT_OTHER || kind === WAIT_UNKNOWN;
        return isVague && this.notices().some(notice => notice.code === 'waits-unknown') ?
            'not on CPU' : WAIT_NAMES[kind];
    }

    /* Returns whether the data say what the thread did. */
    hasWaits() {
        return this.cpu !== null && this.total[0] > 0;
    }

    /* Returns what the thread did in the node and below it: [[kind, ns], ...], the longest first. */
    waitsOf(node) {
        return sortedWaits(this.addWaits(new Float64Array(WAIT_NAMES.length), node, this.end[node]));
    }

    pathTo(node) {
        const path = [];
        for (; node !== NONE; node = this.parent[node])
            path.push(node);
        return path.reverse();
    }

    /* ------------------------------------------------------------------- names */

    name(func) {
        return this.str[this.nameOf[func]];
    }

    file(func) {
        return this.str[this.fileOf[func]];
    }

    lib(func) {
        return this.str[this.libOf[func]];
    }

    label(func) {
        return this.file(func) === '~' ? builtinLabel(this.name(func)) : this.name(func);
    }

    nodeLabel(node) {
        return this.classLabels.get(node) || this.label(this.func[node]);
    }

    /* Returns the file without the directories that all libraries share. */
    shortFile(func) {
        const file = this.file(func), kind = this.kindOf[func];
        if (file.startsWith('<'))
            return file;
        return kind !== KIND_OWN && packagePath(file) || file.split('/').slice(-2).join('/');
    }

    /* Returns "shop/views.py:12"; '' for builtins and the request. */
    place(func) {
        const file = this.shortFile(func);
        return file === '~' || file === '' ? '' : file + ':' + this.lineOf[func];
    }

    /* Returns the function's name in pstats. */
    coName(func) {
        const name = this.name(func);
        return this.file(func) === '~' ? this.str[this.cprofileOf[func]] : name.slice(name.lastIndexOf('.') + 1);
    }

    /* Returns the function as pstats prints it. */
    standardName(func) {
        if (this.file(func) !== '~')
            return this.file(func) + ':' + this.lineOf[func] + '(' + this.coName(func) + ')';
        const name = this.coName(func), isAngled = name.startsWith('<') && name.endsWith('>');
        return isAngled ? '{' + name.slice(1, -1) + '}' : name;
    }

    /* Returns whether the function belongs to the app and does not hide itself. */
    isOwn(func) {
        return this.kindOf[func] === KIND_OWN && !this.isHidden(func);
    }

    /* Returns whether its code has a local variable __tracebackhide__, as in pytest and
     * pyinstrument. */
    isHidden(func) {
        return this.hideOf !== null && this.hideOf[func] === 1;
    }

    /* Returns whether nothing is known of a sampled request's time. Time in which it was switched
     * out is known without samples, too. */
    isUnseen() {
        return this.sampling && !this.meta.samples && this.nodes === 1;
    }

    /* Returns whether the function stands for calls that are not in the tree (left.js). */
    isLeft(func) {
        return func > 0 && this.kindOf[func] === KIND_REQUEST;
    }

    /* Returns the number and the time of nodes for calls that are not in the tree. */
    left() {
        let nodes = 0, ns = 0;
        for (let i = 1; i < this.nodes; i++)
            if (this.isLeft(this.func[i])) {
                nodes++;
                ns += this.self[i];
            }
        return {nodes, ns};
    }

    /* Returns what the profile is of. */
    requestWord() {
        return this.meta.merged ? 'the requests' : 'the request';
    }

    notices() {
        return Array.isArray(this.meta.notices) ? this.meta.notices : [];
    }

    /* Returns the notice that the page does not show the whole tree, or undefined. */
    pruned() {
        return this.notices().find(notice => notice.code === 'pruned');
    }

    /* Returns "at line 42" if the line had nine tenths of the function's self time, "mostly at
     * line 42" if it had half, or ''. */
    hotLine(func) {
        if (!this.hotLines)
            this.hotLines = this.findHotLines();
        const hot = this.hotLines.get(func);
        if (!hot || hot.most * 2 < hot.sum || !hot.line)
            return '';
        return (hot.most < 0.9 * hot.sum ? 'mostly ' : '') + 'at line ' + hot.line;
    }

    findHotLines() {
        const hot = new Map(), lines = this.lines;
        for (let i = 0; lines && i < lines.count; i++) {
            const self = lines.self[i], of = hot.get(lines.func[i]) || {sum: 0, most: 0, line: 0};
            of.sum += self;
            if (self > of.most)
                Object.assign(of, {most: self, line: lines.line[i]});
            hot.set(lines.func[i], of);
        }
        return hot;
    }

    isImport(func) {
        const file = this.file(func);
        return file.startsWith('<frozen importlib') || /\/importlib\/[^/]*\.py$/.test(file);
    }
}
