/* The common part of flame graph and timeline: boxes on a canvas, the visible range of time,
 * pointer, wheel and keys. */
'use strict';

const ZOOM_MS = 160, CLICK_PIXELS = 4;

class Chart extends BoxCanvas {
    constructor(page, name, label) {
        super(page);
        this.name = name;
        this.element = make('div', 'view chart ' + name);
        attributes(this.box, {
            tabindex: '0', role: 'application', 'aria-label': label, 'aria-describedby': 'live'});
        this.tip = make('div', 'tip');
        this.legend = make('div', 'legend');
        this.note = make('div', 'note');
        this.tip.hidden = true;
        add(this.element, this.box, this.note, this.legend, this.tip);
        this.options = make('div', 'view-options');
        this.uses = ['fold', 'threshold'];
        this.listen();
    }

    /* Shows a sentence if there are no boxes. */
    sayInstead(text) {
        clear(this.element).append(add(make('div', 'states'), make('p', 'state', text)));
        clear(this.options);
        this.uses = [];
    }

    /* Reports how many boxes are hatched because they are below the threshold. */
    updateNote() {
        const least = this.leastTime(), {row} = this.boxes, {total} = this.layout;
        let hidden = 0;
        for (let i = 0; least > 0 && i < row.length; i++)
            hidden += total[row[i]] < least ? 1 : 0;
        this.note.hidden = !hidden;
        setText(this.note, plural(hidden, 'box', 'boxes') + ' below ' + this.page.choices.threshold +
                ' % not shown');
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

    /* Other views zoom to the innermost box that contains the visible range. */
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
        document.addEventListener('keydown', () => { this.tip.hidden = true; }); /* hidden until the pointer moves */
        new ResizeObserver(this.draw).observe(box);
    }

    place(event) {
        const frame = this.box.getBoundingClientRect();
        return [event.clientX - frame.left, event.clientY - frame.top];
    }

    /* The wheel scrolls; sideways it pans; with Ctrl or Cmd it zooms at the pointer. */
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
                other.moved = true; /* the end of a pinch is not a click */
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

    /* Returns the distance of two fingers, which is never zero, and the point between them. */
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

    /* Opens the folded run of a box. */
    doubleClick(event) {
        const box = this.hit(...this.place(event));
        if (box !== NONE && !this.isSandwich && this.layout.folded[this.boxes.row[box]])
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
                make('div', 'hint', 'double click or o: open the run'));
    }

    tipLines(box, row) {
        const layout = this.layout, page = this.page;
        return [prose(layout.total[row]) + ' (' + percent(layout.total[row], layout.total[0]) + '), self ' +
                prose(layout.self[row]) + ', ' + page.countOf(layout.calls[row], layout.func(row))];
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

    /* Scrolls and pans until a box is visible. */
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

function placeTip(tip, host, x, y) {
    const left = Math.max(4, Math.min(x + 14, host.clientWidth - tip.offsetWidth - 4));
    const below = y + 22 + tip.offsetHeight < host.clientHeight;
    tip.style.left = left + 'px';
    tip.style.top = Math.max(2, below ? y + 18 : y - tip.offsetHeight - 8) + 'px';
}

/* Legend entries have a tooltip if their name does not explain itself. */
function helped(entry, name) {
    if (Object.hasOwn(WAIT_HELP, name))
        entry.title = WAIT_HELP[name];
    return entry;
}

function fillLegend(host, entries, hasHatch) {
    clear(host);
    const entry = (square, text) => add(host, add(helped(make('span', 'legend-entry'), text),
                                                  make('span', 'square ' + square), make('bdi', '', text)));
    for (const [name, text] of entries)
        entry('fill-' + name, text);
    if (hasHatch)
        entry('hatched', 'too small to draw, or hidden');
}
