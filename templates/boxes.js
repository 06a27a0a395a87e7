/* Rows as boxes: those of the call tree, next to each other below their callers, and those of the
 * timeline. */
'use strict';

/* Boxes sorted by level, and in a level from left to right. Level d has the boxes from
 * levelStart[d] to before levelStart[d + 1]. Boxes of a level never overlap, so a binary search
 * finds the box at a place. The base level has one box, the whole. Every other box touches
 * exactly one box of the neighbouring level that is nearer to the base. */
class Boxes {
    constructor(levels, row, start, width, base) {
        this.levels = levels.length - 1;
        this.levelStart = levels;
        this.row = row;
        this.start = start;
        this.width = width;
        this.base = base;
        this.whole = levels[base];
    }

    /* Sorts boxes by level. They come in preorder, so each level is in order already. */
    static sorted(count, depth, row, start, width, base = 0) {
        let deepest = 0;
        for (let i = 0; i < count; i++)
            deepest = Math.max(deepest, depth[i]);
        const levels = new Int32Array(deepest + 2);
        for (let i = 0; i < count; i++)
            levels[depth[i] + 1]++;
        for (let d = 0; d <= deepest; d++)
            levels[d + 1] += levels[d];
        const next = levels.slice(), rows = new Int32Array(count);
        const starts = new Float64Array(count), widths = new Float64Array(count);
        for (let i = 0; i < count; i++) {
            const at = next[depth[i]]++;
            rows[at] = row ? row[i] : i;
            starts[at] = start[i];
            widths[at] = width[i];
        }
        return new Boxes(levels, rows, starts, widths, base);
    }

    static ofLayout(layout) {
        return Boxes.sorted(layout.count, layout.depth, null, layout.start, layout.total);
    }

    /* Returns the first box of a level, within the given limits, that starts at or after ns. */
    firstFrom(level, ns, low = this.levelStart[level], high = this.levelStart[level + 1]) {
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.start[middle] < ns)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /* Does the same for a box that is probably near: steps double, then a binary search follows. */
    firstBehind(level, ns, box) {
        const end = this.levelStart[level + 1];
        let step = 1;
        while (box + step < end && this.start[box + step] < ns)
            step *= 2;
        return this.firstFrom(level, ns, box + (step >> 1) + (step === 1 ? 1 : 0), Math.min(end, box + step));
    }

    /* Returns the first box of a level that ends after ns. */
    firstVisible(level, ns) {
        const first = this.levelStart[level], end = this.levelStart[level + 1];
        const isVisible = box => this.start[box] + this.width[box] > ns;
        let box = this.firstFrom(level, ns);
        if (box > first && isVisible(box - 1))
            return box - 1;
        while (box < end && !isVisible(box))
            box++; /* has no width */
        return box;
    }

    /* Returns the box at a place, or NONE. */
    at(level, ns) {
        if (level < 0 || level >= this.levels)
            return NONE;
        const box = this.firstVisible(level, ns);
        return box < this.levelStart[level + 1] && this.start[box] <= ns ? box : NONE;
    }

    levelOf(box) {
        let low = 0, high = this.levels - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.levelStart[middle] <= box)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /* Returns the box that a box stands on, or NONE. */
    under(box) {
        const level = this.levelOf(box);
        return level === this.base ? NONE : this.at(level + (level > this.base ? -1 : 1), this.start[box]);
    }

    /* Goes one level up or down (1 or -1): to the box that this one stands on, or to the widest
     * one that stands on it. */
    next(box, step) {
        const level = this.levelOf(box);
        return (this.base - level) * step > 0 ? this.under(box) : this.widest(box, level + step);
    }

    widest(box, level) {
        let best = NONE;
        if (level < 0 || level >= this.levels)
            return NONE;
        const end = this.start[box] + this.width[box];
        for (let i = this.firstFrom(level, this.start[box]);
             i < this.levelStart[level + 1] && this.start[i] < end; i++)
            if (best === NONE || this.width[i] > this.width[best])
                best = i;
        return best;
    }
}

const TIMELINE_BOXES = 2000000;

/* Makes the boxes of the timeline. A row is one box for as long as it stays on the stack. If
 * there would be too many boxes, stacks are cut at the deepest level that fits. */
function timelineBoxes(layout, timeline) {
    for (let deepest = Infinity; ;) {
        const boxes = tryTimeline(layout, timeline, deepest);
        if (boxes)
            return boxes;
        deepest = deepest === Infinity ? 256 : deepest >> 1;
    }
}

function tryTimeline(layout, timeline, deepest) {
    const depth = [], row = [], start = [], width = [], open = [], path = [];
    let now = timeline.start;
    const closeTo = level => {
        while (open.length > level) {
            const box = open.pop();
            width[box] = now - start[box];
        }
    };
    for (let i = 0; i < timeline.count; i++) {
        path.length = 0;
        let at = layout.rowOf[timeline.node[i]];
        while (layout.depth[at] > deepest)
            at = layout.parent[at];
        const level = layout.depth[at];
        while (at !== NONE && row[open[layout.depth[at]]] !== at) {
            path.push(at);
            at = layout.parent[at];
        }
        closeTo(level + 1 - path.length);
        for (const opened of path.reverse()) {
            open.push(row.length);
            depth.push(layout.depth[opened]);
            row.push(opened);
            start.push(now);
            width.push(0);
        }
        if (row.length > TIMELINE_BOXES)
            return null;
        now += timeline.dt[i];
    }
    closeTo(0);
    return row.length ? Boxes.sorted(row.length, depth, row, start, width) :
        Boxes.sorted(1, [0], [0], [timeline.start], [now - timeline.start]);
}
