/* Text for the clipboard. */
'use strict';

/* From a file and without encryption browsers may have no clipboard to write to. */
function copyText(text, done) {
    const fallBack = () => {
        const area = make('textarea', 'offscreen');
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
        done();
    };
    if (navigator.clipboard)
        navigator.clipboard.writeText(text).then(done, fallBack);
    else
        fallBack();
}
