/* Draws the boxes of a range of time on a canvas.
 *
 * Each level is drawn separately. Its boxes are in order, so a binary search skips those out of
 * view. Neighbours narrower than half a pixel become one hatched band, and are skipped together.
 * The cost of a frame depends on the visible boxes, not on all boxes. */
'use strict';

const BOX_HEIGHT = 20, LABEL_INSET = 6, LEAST_PIXELS = 0.5;

class BoxCanvas {
    constructor(page) {
        this.page = page;
        this.box = make('div', 'chart-box'); /* scrolls; the canvas stays in place */
        this.canvas = make('canvas');
        this.space = make('div', 'chart-space');
        add(this.box, this.canvas, this.space);
        this.context = this.canvas.getContext('2d');
        this.boxes = null;
        this.from = this.to = 0;
        this.current = NONE;
        this.hovered = NONE;
        this.top = 0;
        this.draw = onceAFrame(() => this.drawNow());
    }

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

    /* The y position of a level; levels go upwards if isUp. */
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
        if (!this.boxes || !this.box.isConnected || this.box.hidden)
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

    /* Returns the least time to draw: the threshold's share of the request or, in a sandwich, of
     * the function. */
    leastTime() {
        return this.page.choices.threshold / 100 * this.layout.total[0];
    }

    /* Returns the first box after those that start in the same pixel. Only the last of these can
     * be wider than a pixel: it is then returned itself, and drawn. */
    behindSmall(level, box) {
        const boxes = this.boxes, next = boxes.firstBehind(level, boxes.start[box] + 1 / this.scale, box);
        return next - 1 > box && boxes.width[next - 1] * this.scale >= LEAST_PIXELS ? next - 1 : next;
    }

    /* A band for boxes that are too small to draw: the place is never blank. */
    addBand(from, to, y) {
        const left = Math.max(0, from), width = Math.max(0.6, Math.min(this.width, to) - left);
        this.bands.push(left, y, width);
    }

    /* Draws all bands together: changing the fill style costs more than filling. */
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
        const colour = this.colourOf(row);
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

    colourOf(row) {
        return this.page.colours.of(this.layout.func(row));
    }

    light(ctx, left, y, width) {
        ctx.fillStyle = this.look.lit;
        ctx.fillRect(left, y, width, 3);
        ctx.fillRect(left, y + BOX_HEIGHT - 4, width, 3);
    }

    /* Labels are cut by character width: clipping or measuring each one costs more than drawing
     * it. */
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

    /* Two tones are visible on every colour. */
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
}

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
