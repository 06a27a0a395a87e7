/* What flame graph and timeline share: boxes on a canvas, a range of time that is in
 * view, pointer, wheel and keys.
 *
 * Each level is drawn on its own: boxes in it stand in order, so what is out of view is
 * skipped by halving, and a run of boxes under half a pixel is one hatched band, jumped
 * over at once. A frame costs what is seen, not what there is. */
'use strict';

const BOX_HEIGHT = 20, LABEL_INSET = 6, LEAST_PIXELS = 0.5, ZOOM_MS = 160, CLICK_PIXELS = 4;

class Chart {
    constructor(page, name, label) {
        this.page = page;
        this.name = name;
        this.element = make('div', 'view chart ' + name);
        this.box = attributes(make('div', 'chart-box'), {
            tabindex: '0', role: 'application', 'aria-label': label, 'aria-describedby': 'live'});
        this.canvas = make('canvas');
        this.space = make('div', 'chart-space');
        this.tip = make('div', 'tip');
        this.legend = make('div', 'legend');
        this.note = make('div', 'note');
        this.tip.hidden = true;
        add(this.element, add(this.box, this.canvas, this.space), this.note, this.legend, this.tip);
        this.options = make('div', 'view-options');
        this.uses = ['fold', 'threshold'];
        this.context = this.canvas.getContext('2d');
        this.boxes = null;
        this.from = this.to = 0;
        this.current = NONE;
        this.hovered = NONE;
        this.top = 0;
        this.draw = onceAFrame(() => this.drawNow());
        this.listen();
    }

    /* ------------------------------------------------------------- the drawing */

    fit() {
        const width = this.box.clientWidth, height = this.box.clientHeight, ratio = devicePixelRatio || 1;
        this.width = width;
        this.height = height;
        const [dotsX, dotsY] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (this.canvas.width !== dotsX || this.canvas.height !== dotsY) {
            this.canvas.width = dotsX;
            this.canvas.height = dotsY;
            this.canvas.style.width = width + 'px';
            this.canvas.style.height = height + 'px';
        }
        this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.space.style.height = Math.max(0, this.contentHeight() - height) + 'px';
    }

    contentHeight() {
        return this.boxes ? this.top + this.boxes.levels * BOX_HEIGHT + 4 : 0;
    }

    /* Where a level is on the canvas; from the bottom up when isUp. */
    levelY(level) {
        const whole = Math.max(this.height, this.contentHeight());
        const y = this.isUp ? whole - (level + 1) * BOX_HEIGHT : this.top + level * BOX_HEIGHT;
        return y - this.box.scrollTop;
    }

    levelAt(y) {
        const whole = Math.max(this.height, this.contentHeight()), at = y + this.box.scrollTop;
        return Math.floor((this.isUp ? whole - at : at - this.top) / BOX_HEIGHT);
    }

    drawNow() {
        if (!this.boxes || !this.element.isConnected || this.box.hidden)
            return;
        this.fit();
        const ctx = this.context;
        this.look = this.readLook();
        ctx.clearRect(0, 0, this.width, this.height);
        this.drawBoxes(ctx);
        this.drawOver(ctx);
    }

    drawBoxes(ctx) {
        this.setFont(ctx, false);
        if (!this.characterWidth)
            this.characterWidth = ctx.measureText('mmmmmmmmmm').width / 10;
        this.scale = this.width / (this.to - this.from);
        this.bands = [];
        for (let level = 0; level < this.boxes.levels; level++) {
            const y = this.levelY(level);
            if (y > -BOX_HEIGHT && y < this.height)
                this.drawLevel(ctx, level, y);
        }
        this.drawBands(ctx);
        if (this.current !== NONE)
            this.outline(ctx, this.current);
    }

    drawOver() {}

    /* A sentence in place of the boxes, of which there are none. */
    sayInstead(text) {
        clear(this.element).append(add(make('div', 'states'), make('p', 'state', text)));
        clear(this.options);
        this.uses = [];
    }

    readLook() {
        const style = getComputedStyle(document.documentElement);
        const value = name => style.getPropertyValue(name).trim();
        return {ground: value('--ground'), ink: value('--ink'), soft: value('--soft'),
                hatch: value('--hatch'), lit: value('--lit'), mark: value('--mark'),
                outer: value('--outline-outer'), inner: value('--outline-inner')};
    }

    setFont(ctx, isBold) {
        ctx.font = (isBold ? '600 ' : '') + '12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';
        ctx.textBaseline = 'middle';
    }

    drawLevel(ctx, level, y) {
        const boxes = this.boxes, end = boxes.levelStart[level + 1];
        const least = this.leastTime();
        let bandFrom = NONE, bandTo = NONE;
        for (let i = boxes.firstVisible(level, this.from); i < end;) {
            const left = (boxes.start[i] - this.from) * this.scale;
            if (left > this.width)
                break;
            const width = boxes.width[i] * this.scale;
            if (width >= LEAST_PIXELS && this.layout.total[boxes.row[i]] < least) {
                this.addBand(left, left + width - 1, y);
                i++;
                continue;
            }
            if (width >= LEAST_PIXELS) {
                this.drawBox(ctx, i, left, y, width);
                i++;
                continue;
            }
            const next = this.behindSmall(level, i);
            const right = (boxes.start[next - 1] + boxes.width[next - 1] - this.from) * this.scale;
            if (bandFrom !== NONE && left > bandTo + 1) {
                this.addBand(bandFrom, bandTo, y);
                bandFrom = NONE;
            }
            bandFrom = bandFrom === NONE ? left : bandFrom;
            bandTo = right;
            i = next;
        }
        if (bandFrom !== NONE)
            this.addBand(bandFrom, bandTo, y);
    }

    /* What the least share of the time is; of the function's, in a sandwich. */
    leastTime() {
        return this.page.choices.threshold / 100 * this.layout.total[0];
    }

    /* How many boxes are hatched for that. */
    updateNote() {
        const least = this.leastTime(), {row} = this.boxes, {total} = this.layout;
        let hidden = 0;
        for (let i = 0; least > 0 && i < row.length; i++)
            hidden += total[row[i]] < least ? 1 : 0;
        this.note.hidden = !hidden;
        setText(this.note, plural(hidden, 'box', 'boxes') + ' under ' + this.page.choices.threshold +
                ' % not shown');
    }

    /* The box behind those that start in the same pixel. Only the last of these can reach
     * beyond it, and is drawn itself when it is wide. */
    behindSmall(level, box) {
        const boxes = this.boxes, next = boxes.firstBehind(level, boxes.start[box] + 1 / this.scale, box);
        return next - 1 > box && boxes.width[next - 1] * this.scale >= LEAST_PIXELS ? next - 1 : next;
    }

    /* Too small to draw one by one: never blank. */
    addBand(from, to, y) {
        const left = Math.max(0, from), width = Math.max(0.6, Math.min(this.width, to) - left);
        this.bands.push(left, y, width);
    }

    /* All at once: to change what is filled with costs more than to fill. */
    drawBands(ctx) {
        if (!this.hatch || this.hatch.colour !== this.look.hatch)
            this.hatch = {colour: this.look.hatch, pattern: hatchPattern(ctx, this.look.hatch)};
        for (const isWide of [false, true]) {
            ctx.fillStyle = isWide ? this.hatch.pattern : this.look.hatch;
            for (let i = 0; i < this.bands.length; i += 3)
                if (this.bands[i + 2] >= 3 === isWide)
                    ctx.fillRect(this.bands[i], this.bands[i + 1], this.bands[i + 2], BOX_HEIGHT - 1);
        }
    }

    drawBox(ctx, box, start, y, full) {
        const row = this.boxes.row[box], func = this.layout.func(row);
        const colour = this.page.colours.of(func);
        const left = Math.max(-2, start), width = Math.min(this.width + 2, start + full) - left;
        const isFound = this.found && this.found[row], isDim = this.found && !isFound;
        ctx.globalAlpha = isDim ? 0.25 : 1;
        ctx.fillStyle = colour.fill;
        ctx.fillRect(left, y, width > 2 ? width - 1 : width, BOX_HEIGHT - 1);
        if (func === this.page.hovered && func !== 0)
            this.light(ctx, left, y, width);
        ctx.globalAlpha = 1;
        if (width > 26)
            this.drawLabel(ctx, box, isDim ? this.look.soft : colour.ink, left, y, width);
        if (isFound) {
            ctx.fillStyle = this.look.mark;
            ctx.fillRect(left, y + BOX_HEIGHT - 4, Math.max(1, width - 1), 3);
        }
    }

    light(ctx, left, y, width) {
        ctx.fillStyle = this.look.lit;
        ctx.fillRect(left, y, width, 3);
        ctx.fillRect(left, y + BOX_HEIGHT - 4, width, 3);
    }

    /* Cut by the width of a character: clipping and measuring cost more than drawing. */
    drawLabel(ctx, box, ink, start, y, full) {
        const func = this.layout.func(this.boxes.row[box]), label = this.page.shortLabel(func);
        const isOwn = this.page.profile.isOwn(func);
        const left = Math.max(0, start), width = Math.min(start + full, this.width) - left;
        const room = Math.floor((width - 2 * LABEL_INSET) / this.characterWidth);
        if (room < 2)
            return;
        if (isOwn)
            this.setFont(ctx, true);
        ctx.fillStyle = ink;
        const size = label.columns;
        ctx.fillText(size <= room ? label.text : label.cut(room), left + LABEL_INSET, y + BOX_HEIGHT / 2);
        if (isOwn)
            this.setFont(ctx, false);
        const time = this.boxText(box);
        if (size + time.length + 2 <= room)
            ctx.fillText(time, left + LABEL_INSET + (size + 2) * this.characterWidth, y + BOX_HEIGHT / 2);
    }

    boxText(box) {
        return prose(this.boxes.width[box]);
    }

    /* Two tones, so that it is seen on every colour. */
    outline(ctx, box) {
        const left = (this.boxes.start[box] - this.from) * this.scale;
        const y = this.levelY(this.boxes.levelOf(box));
        const width = Math.max(2, this.boxes.width[box] * this.scale);
        const from = Math.max(1, left), to = Math.min(this.width - 1, left + width - 1);
        if (to < 0 || from > this.width || y < -BOX_HEIGHT)
            return;
        for (const [inset, colour] of [[1, this.look.outer], [3, this.look.inner]]) {
            ctx.strokeStyle = colour;
            ctx.lineWidth = 2;
            ctx.strokeRect(from + inset - 1, y + inset - 1, Math.max(1, to - from - 2 * inset + 2),
                           BOX_HEIGHT - 2 * inset + 1);
        }
    }

    /* --------------------------------------------------------------- the range */

    setRange(from, to, isAnimated) {
        const whole = this.boxes.width[this.boxes.whole] || 1, least = Math.max(whole * 1e-7, 20);
        const first = this.boxes.start[this.boxes.whole], width = Math.min(whole, Math.max(least, to - from));
        const start = Math.max(first, Math.min(first + whole - width, from));
        cancelAnimationFrame(this.moving);
        if (isAnimated && !matchMedia('(prefers-reduced-motion: reduce)').matches)
            this.move(this.from, this.to, start, start + width, performance.now());
        else
            [this.from, this.to] = [start, start + width];
        this.draw();
    }

    move(from0, to0, from1, to1, startMs) {
        const part = Math.min(1, (performance.now() - startMs) / ZOOM_MS), eased = part * (2 - part);
        this.from = from0 + (from1 - from0) * eased;
        this.to = to0 + (to1 - to0) * eased;
        this.drawNow();
        if (part < 1)
            this.moving = requestAnimationFrame(() => this.move(from0, to0, from1, to1, startMs));
    }

    zoomAt(x, factor) {
        const ns = this.from + x / this.width * (this.to - this.from), width = (this.to - this.from) * factor;
        this.setRange(ns - x / this.width * width, ns - x / this.width * width + width, false);
        this.noteRange();
    }

    pan(pixels) {
        const ns = pixels * (this.to - this.from) / this.width;
        this.setRange(this.from + ns, this.to + ns, false);
        this.noteRange();
    }

    /* The zoom of the other views is the innermost box that holds what is in view. */
    noteRange() {
        const middle = (this.from + this.to) / 2;
        let inner = 0;
        for (let level = 1; level < this.boxes.levels; level++) {
            const box = this.boxes.at(level, middle);
            if (box === NONE || this.boxes.start[box] > this.from ||
                this.boxes.start[box] + this.boxes.width[box] < this.to)
                break;
            inner = box;
        }
        this.page.noteZoom(this, this.layout.node[this.boxes.row[inner]], this.from, this.to);
    }

    /* ------------------------------------------------------------- the pointer */

    listen() {
        const box = this.box;
        this.fingers = new Map();
        box.addEventListener('scroll', this.draw, {passive: true});
        box.addEventListener('wheel', event => this.wheel(event), {passive: false});
        box.addEventListener('pointerdown', event => this.pointerDown(event));
        box.addEventListener('pointermove', event => this.pointerMove(event));
        box.addEventListener('pointerup', event => this.pointerUp(event));
        box.addEventListener('pointercancel', event => this.pointerCancel(event));
        box.addEventListener('pointerleave', () => this.hoverBox(NONE));
        box.addEventListener('dblclick', event => this.doubleClick(event));
        document.addEventListener('keydown', () => { this.tip.hidden = true; }); /* until the pointer moves */
        new ResizeObserver(this.draw).observe(box);
    }

    place(event) {
        const frame = this.box.getBoundingClientRect();
        return [event.clientX - frame.left, event.clientY - frame.top];
    }

    /* A plain wheel scrolls; sideways it pans; with Ctrl or Cmd it zooms at the pointer. */
    wheel(event) {
        if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1);
            this.zoomAt(this.place(event)[0], Math.exp(Math.max(-100, Math.min(100, pixels)) * 0.004));
        } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            event.preventDefault();
            this.pan(event.deltaX || event.deltaY);
        }
    }

    pointerDown(event) {
        if (event.button !== 0)
            return;
        const [x, y] = this.place(event);
        this.fingers.set(event.pointerId, {x, y, startX: x, startY: y, moved: false});
        if (event.pointerType === 'mouse')
            this.box.setPointerCapture(event.pointerId);
    }

    pointerMove(event) {
        const [x, y] = this.place(event), finger = this.fingers.get(event.pointerId);
        if (!finger) {
            this.hoverBox(this.hit(x, y), x, y);
            return;
        }
        const [dx, dy] = [x - finger.x, y - finger.y], before = this.spread();
        if (this.fingers.size > 1)
            for (const other of this.fingers.values())
                other.moved = true; /* what ends a pinch is no click */
        finger.moved = finger.moved || Math.hypot(x - finger.startX, y - finger.startY) > CLICK_PIXELS;
        if (!finger.moved)
            return;
        [finger.x, finger.y] = [x, y];
        if (this.fingers.size === 2)
            this.zoomAt(this.spread().middle, before.width / this.spread().width);
        else if (this.fingers.size === 1)
            this.drag(dx, event.pointerType === 'mouse' ? dy : 0);
    }

    drag(dx, dy) {
        this.box.classList.add('dragged');
        this.box.scrollTop -= dy;
        this.pan(-dx);
    }

    /* Two fingers: how far apart, at least a little, and around what. */
    spread() {
        const at = [...this.fingers.values()].map(finger => finger.x);
        return {width: Math.max(8, Math.abs(at[0] - (at[1] || 0))), middle: (at[0] + (at[1] || 0)) / 2};
    }

    pointerUp(event) {
        const finger = this.fingers.get(event.pointerId);
        this.fingers.delete(event.pointerId);
        this.box.classList.remove('dragged');
        if (finger && !finger.moved)
            this.clickBox(this.hit(finger.x, finger.y), event);
    }

    pointerCancel(event) {
        this.fingers.delete(event.pointerId);
    }

    hit(x, y) {
        const ns = this.from + x / this.width * (this.to - this.from);
        return this.boxes ? this.boxes.at(this.levelAt(y), ns) : NONE;
    }

    clickBox(box) {
        if (box === NONE)
            return;
        this.current = box;
        const node = this.layout.node[this.boxes.row[box]];
        this.page.select(node);
        this.page.zoomTo(node);
    }

    /* A box that holds a folded run opens. */
    doubleClick(event) {
        const box = this.hit(...this.place(event));
        if (box !== NONE && this.layout === this.page.layout && this.layout.folded[this.boxes.row[box]])
            this.page.toggleRun(this.boxes.row[box]);
    }

    hoverBox(box, x, y) {
        const isChanged = box !== this.hovered;
        this.hovered = box;
        this.tip.hidden = box === NONE;
        if (isChanged) {
            this.page.hover(box === NONE ? NONE : this.layout.func(this.boxes.row[box]));
            if (box !== NONE)
                this.fillTip(box);
        }
        if (box !== NONE)
            placeTip(this.tip, this.element, x, y + this.box.offsetTop);
    }

    fillTip(box) {
        const row = this.boxes.row[box], func = this.layout.func(row), layout = this.layout;
        const place = this.page.profile.place(func);
        clear(this.tip).append(this.page.nameElement('tip-name', func, 200),
                               make('bdi', 'tip-place', shown(place, 120)));
        for (const line of this.tipLines(box, row))
            add(this.tip, make('div', '', line));
        if (layout.folded[row])
            add(this.tip, make('div', '', foldedNames(layout, row, 4) + ': ' +
                               plural(layout.folded[row], 'frame') + ' folded'),
                make('div', 'hint', 'double click or o: open'));
    }

    tipLines(box, row) {
        const layout = this.layout, page = this.page;
        return [prose(layout.total[row]) + ' (' + percent(layout.total[row], layout.total[0]) + '), self ' +
                prose(layout.self[row]) + ', ' + page.countOf(layout.calls[row])];
    }

    /* ------------------------------------------------------------------- keys */

    sibling(step) {
        const boxes = this.boxes, level = boxes.levelOf(this.current), next = this.current + step;
        if (next < boxes.levelStart[level] || next >= boxes.levelStart[level + 1])
            return NONE;
        return boxes.under(next) === boxes.under(this.current) ? next : NONE;
    }

    key(event) {
        if (!this.boxes)
            return false;
        if (this.current === NONE)
            this.current = this.boxes.whole;
        const middle = this.width / 2, down = this.isUp ? -1 : 1, keys = {
            ArrowUp: () => this.go(this.boxes.next(this.current, -down)),
            ArrowDown: () => this.go(this.boxes.next(this.current, down)),
            ArrowLeft: () => this.go(this.sibling(-1)),
            ArrowRight: () => this.go(this.sibling(1)),
            Home: () => this.go(this.boxes.whole),
            PageUp: () => { this.box.scrollTop -= this.height - BOX_HEIGHT; },
            PageDown: () => { this.box.scrollTop += this.height - BOX_HEIGHT; },
            '+': () => this.zoomAt(middle, 0.7),
            '=': () => this.zoomAt(middle, 0.7),
            '-': () => this.zoomAt(middle, 1 / 0.7),
        };
        if (!keys[event.key])
            return false;
        keys[event.key]();
        return true;
    }

    go(box) {
        if (box === NONE)
            return;
        this.current = box;
        this.page.select(this.layout.node[this.boxes.row[box]]);
        this.bring(box);
    }

    /* Moves the view so that a box is in it. */
    bring(box) {
        const boxes = this.boxes, y = this.levelY(boxes.levelOf(box));
        if (y < this.top)
            this.box.scrollTop += y - this.top;
        else if (y + BOX_HEIGHT > this.height)
            this.box.scrollTop += y + BOX_HEIGHT - this.height;
        const end = boxes.start[box] + boxes.width[box], width = this.to - this.from;
        if (end <= this.from || boxes.start[box] >= this.to)
            this.setRange(boxes.start[box] - width / 3, boxes.start[box] + width * 2 / 3, false);
    }

    print() {
        this.drawNow();
    }
}

/* -------------------------------------------------------------------- helpers */

function hatchPattern(ctx, colour) {
    const tile = attributes(make('canvas'), {width: 5, height: 5}), draw = tile.getContext('2d');
    draw.strokeStyle = colour;
    draw.lineWidth = 1.4;
    for (const shift of [-5, 0, 5]) {
        draw.moveTo(shift - 1, 6);
        draw.lineTo(shift + 6, -1);
    }
    draw.stroke();
    return ctx.createPattern(tile, 'repeat');
}

function placeTip(tip, host, x, y) {
    const left = Math.max(4, Math.min(x + 14, host.clientWidth - tip.offsetWidth - 4));
    const below = y + 22 + tip.offsetHeight < host.clientHeight;
    tip.style.left = left + 'px';
    tip.style.top = Math.max(2, below ? y + 18 : y - tip.offsetHeight - 8) + 'px';
}
