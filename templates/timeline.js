/* View 3, the timeline of a sampled request: time runs from left to right. A band shows what the
 * thread did, the stack is below it. */
'use strict';

const BAND_HEIGHT = 30, SCALE_HEIGHT = 18;

class TimelineView extends Chart {
    constructor(page) {
        super(page, 'timeline', 'Timeline: arrow keys go to caller, callee and neighbours, Enter zooms');
        this.top = BAND_HEIGHT + SCALE_HEIGHT;
        this.timeline = page.profile.timeline;
        this.moments = this.timeline ? startsOf(this.timeline) : null;
        this.sums = new Float64Array(WAIT_NAMES.length); /* by kind of waiting */
        this.hasMoments = this.timeline && this.timeline.count > 0 && !page.profile.isUnseen();
        if (!this.hasMoments)
            this.sayInstead(page.profile.meta.merged ? 'A merge has no timeline: its requests ran at different times.' :
                page.profile.sampling ? nothingBelow(page.profile) :
                'Only sampled requests have a timeline: ask for ?profile=sampling (profiler-mode = sampling). ' +
                'Counts of calls do not say when a call happened.');
        this.makeOptions();
    }

    makeOptions() {
        const page = this.page;
        this.isSelecting = false;
        this.band = null; /* [x, x] of the range that is being selected */
        if (!this.hasMoments)
            return;
        this.selector = button('Select range', 'Drag over a range to limit every view to it (or drag with Shift)',
                               () => this.setSelecting(!this.isSelecting));
        this.setSelecting(false);
        add(this.options, button('Reset zoom', 'Show all (0)', () => page.zoomTo(0)), this.selector,
            button('Use visible range', 'Limit every view to the range that is visible here',
                   () => page.showPart(this.from, this.to)));
    }

    setSelecting(isSelecting) {
        this.isSelecting = isSelecting;
        this.selector.setAttribute('aria-pressed', isSelecting);
        this.box.classList.toggle('selecting', isSelecting);
    }

    /* ------------------------------------------------------- selecting a range */

    pointerDown(event) {
        super.pointerDown(event);
        if (event.button !== 0 || !this.hasMoments || !(event.shiftKey || this.isSelecting))
            return;
        const [x] = this.place(event);
        this.band = [x, x];
        this.box.setPointerCapture(event.pointerId);
    }

    pointerMove(event) {
        if (!this.band) {
            super.pointerMove(event);
            return;
        }
        this.band[1] = this.place(event)[0];
        this.hoverBox(NONE);
        this.draw();
    }

    pointerUp(event) {
        const band = this.band;
        this.band = null;
        if (!band || Math.abs(band[1] - band[0]) <= CLICK_PIXELS) {
            super.pointerUp(event);
            return;
        }
        this.fingers.delete(event.pointerId);
        this.page.showPart(...this.bandTimes(band));
    }

    pointerCancel(event) {
        super.pointerCancel(event);
        this.band = null;
        this.draw();
    }

    /* Returns the two times in order, limited to the visible range. */
    bandTimes(band) {
        const at = x => this.from + Math.max(0, Math.min(1, x / this.width)) * (this.to - this.from);
        return band.map(at).sort((a, b) => a - b);
    }

    drawBand(ctx) {
        const [left, right] = this.band.slice().sort((a, b) => a - b);
        ctx.globalAlpha = 0.25;
        ctx.fillStyle = this.look.outer;
        ctx.fillRect(left, 0, right - left, this.height);
        ctx.globalAlpha = 1;
        for (const x of [left, right])
            ctx.fillRect(x - 1, 0, 2, this.height);
        const [from, to] = this.bandTimes(this.band);
        if (to > from)
            this.page.say(rangeText(from, to, this.page.part.whole.total[0]));
    }

    update(changes) {
        const page = this.page;
        if (!this.hasMoments)
            return;
        if (changes.layout) {
            this.layout = page.layout;
            this.boxes = timelineBoxes(this.layout, this.timeline);
            this.current = NONE;
        }
        if (changes.layout || changes.search)
            this.found = page.found ? this.layout.rowsWith(page.found) : null;
        if (changes.layout || changes.theme || changes.colour)
            this.colour();
        if (changes.layout || changes.zoom)
            this.zoomToNode(!changes.layout);
        if (changes.layout || changes.selection)
            this.takeSelection();
        this.updateNote();
        this.draw();
    }

    colour() {
        const style = getComputedStyle(document.documentElement);
        this.page.colours.prepare(this.page.choices.colour);
        this.waitColours = WAIT_NAMES.map((_, kind) => style.getPropertyValue('--wait-' + kind).trim());
        const present = new Set(this.timeline.wait), entries = [];
        WAIT_NAMES.forEach((_, kind) => present.has(kind) &&
            entries.push(['wait-' + kind, this.page.profile.waitName(kind)]));
        fillLegend(this.legend, [...entries, ...this.page.colours.legend()], true);
    }

    /* Zooms to the time between the first and the last moment with the zoomed row on the stack. */
    zoomToNode(isAnimated) {
        const range = this.page.takeRange(this.name), layout = this.layout, tl = this.timeline;
        const row = layout.rowOf[this.page.zoom];
        let from = NONE, to = NONE;
        for (let i = 0; i < tl.count; i++) {
            const at = layout.rowOf[tl.node[i]];
            if (at < row || at >= layout.end[row])
                continue;
            from = from === NONE ? this.moments[i] : from;
            to = this.moments[i] + tl.dt[i];
        }
        if (range)
            this.setRange(range[0], range[1], false);
        else if (from !== NONE)
            this.setRange(from, to, isAnimated);
    }

    /* A row may have several boxes. The widest is selected, unless another one was chosen. */
    takeSelection() {
        const row = this.layout.rowOf[this.page.node], boxes = this.boxes, level = this.layout.depth[row];
        if (this.current !== NONE && boxes.row[this.current] === row)
            return;
        this.current = NONE;
        if (level >= boxes.levels)
            return;
        for (let i = boxes.levelStart[level]; i < boxes.levelStart[level + 1]; i++)
            if (boxes.row[i] === row && (this.current === NONE || boxes.width[i] > boxes.width[this.current]))
                this.current = i;
    }

    /* Draws the scale and the band above the boxes, which scroll below them. */
    drawOver(ctx) {
        ctx.fillStyle = this.look.ground;
        ctx.fillRect(0, 0, this.width, this.top);
        this.drawScale(ctx);
        this.drawWaits(ctx);
        if (this.band)
            this.drawBand(ctx);
    }

    drawScale(ctx) {
        const ns = this.to - this.from, step = niceStep(ns / Math.max(2, this.width / 110));
        ctx.font = '11px system-ui, sans-serif';
        ctx.fillStyle = ctx.strokeStyle = this.look.ink;
        for (let at = Math.ceil(this.from / step) * step; at < this.to; at += step) {
            const x = Math.round((at - this.from) * this.scale) + 0.5;
            ctx.globalAlpha = 0.4;
            ctx.fillRect(x, SCALE_HEIGHT - 5, 1, 5);
            ctx.globalAlpha = 1;
            const text = prose(at, true);
            if (x + 4 + ctx.measureText(text).width <= this.width)
                ctx.fillText(text, x + 4, SCALE_HEIGHT / 2);
        }
    }

    /* Moments narrower than a pixel share it. It shows the kind of waiting with the most time. */
    drawWaits(ctx) {
        const tl = this.timeline;
        let i = this.momentAt(this.from);
        for (let x = 0; x < this.width && i < tl.count;) {
            const next = this.endOfWait(i), width = (this.momentEnd(next - 1) - this.from) * this.scale - x;
            if (width >= 1) {
                this.drawWait(ctx, tl.wait[i], x, width);
                x += width;
                i = next;
                continue;
            }
            const end = Math.floor(x) + 1;
            const [kind, behind] = this.mostUntil(i, this.from + end / this.scale);
            i = behind;
            this.drawWait(ctx, kind, x, end - x);
            x = end;
        }
    }

    /* Returns the kind with the most time among moments that end at or before ns, and the first
     * moment after them. */
    mostUntil(moment, ns) {
        const tl = this.timeline, sums = this.sums.fill(0);
        let most = tl.wait[moment];
        for (; moment < tl.count && this.momentEnd(moment) <= ns; moment++) {
            const kind = tl.wait[moment];
            sums[kind] += tl.dt[moment];
            if (sums[kind] > sums[most])
                most = kind;
        }
        return [most, moment];
    }

    momentEnd(moment) {
        return this.moments[moment] + this.timeline.dt[moment];
    }

    /* Returns the first visible moment of another kind after this one. */
    endOfWait(moment) {
        const tl = this.timeline;
        let next = moment + 1;
        while (next < tl.count && tl.wait[next] === tl.wait[moment] && this.moments[next] < this.to)
            next++;
        return next;
    }

    drawWait(ctx, kind, x, width) {
        ctx.fillStyle = this.waitColours[kind] || this.waitColours[8];
        ctx.fillRect(x, SCALE_HEIGHT + 1, Math.min(width, this.width - x) + 0.3, BAND_HEIGHT - 6);
        const name = this.page.profile.waitName(kind);
        if (width > name.length * 7 + 8) {
            this.setFont(ctx, false);
            ctx.fillStyle = inkOn(this.waitColours[kind] || this.waitColours[8]);
            ctx.fillText(name, Math.max(0, x) + 4, SCALE_HEIGHT + 1 + (BAND_HEIGHT - 6) / 2);
        }
    }

    momentAt(ns) {
        let low = 0, high = this.timeline.count - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.moments[middle] <= ns)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /* A hit in the band is the innermost function of that moment. */
    hit(x, y) {
        if (y >= this.top)
            return super.hit(x, y);
        const ns = this.from + x / this.width * (this.to - this.from);
        const row = this.layout.rowOf[this.timeline.node[this.momentAt(ns)]];
        return this.boxes.at(Math.min(this.layout.depth[row], this.boxes.levels - 1), ns);
    }

    /* A whole call path has the waits of the panel; a part of one has those of its moments. */
    waitsOf(box, row) {
        const from = this.boxes.start[box], to = from + this.boxes.width[box], waits = new Map();
        if (Math.abs(to - from - this.layout.total[row]) < 1)
            return this.layout.waitsOf(row);
        for (let i = this.momentAt(from); i < this.timeline.count && this.moments[i] < to; i++)
            waits.set(this.timeline.wait[i], (waits.get(this.timeline.wait[i]) || 0) + this.timeline.dt[i]);
        return [...waits].sort((a, b) => b[1] - a[1]);
    }

    tipLines(box, row) {
        const from = this.boxes.start[box];
        const parts = this.waitsOf(box, row).slice(0, 4)
            .map(([kind, ns]) => this.page.profile.waitName(kind) + ' ' + prose(ns));
        return ['here ' + prose(this.boxes.width[box]) + ', from ' + prose(from), parts.join(', '),
                'all of this call path: ' + super.tipLines(box, row)[0]];
    }
}

function startsOf(timeline) {
    const starts = new Float64Array(timeline.count).fill(timeline.start);
    for (let i = 1; i < timeline.count; i++)
        starts[i] = starts[i - 1] + timeline.dt[i - 1];
    return starts;
}

/* Returns 1, 2 or 5 times a power of ten: the least step of at least this size. */
function niceStep(least) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
    return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least) || 10 * power;
}
