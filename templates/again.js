/* Links that repeat the request: sampled, with every call counted, or without a profile. They are
 * made from the page's own address, if it contains the flag. meta.flag is the name of the query
 * parameter. */
'use strict';

const PLAIN_WORDS = ['', '1', 'on', 'yes', 'true', 'deterministic', 'sampling'];

/* Returns [[text, address], ...]; empty if a link cannot repeat the request. */
function againLinks(meta, address) {
    const url = new URL(address);
    if (!/^https?:$/.test(url.protocol) || !meta.flag || meta.method !== 'GET')
        return [];
    const items = url.search.slice(1).split('&'), isFlag = item => item.split('=', 1)[0] === meta.flag;
    const at = items.findIndex(isFlag), words = flagWords(items[at], meta.flag);
    if (!words)
        return [];
    const link = flag => {
        const query = [...items.slice(0, at), ...(flag ? [flag] : []), ...items.slice(at + 1)].join('&');
        return url.origin + url.pathname + (query ? '?' + query : '');
    };
    /* The server reads the first parameter of this name; others are the app's. Without the first,
     * the next one would be the flag. */
    const without = items.slice(at + 1).some(isFlag) ? meta.flag + '=off' : '';
    const rest = words.filter(word => !PLAIN_WORDS.includes(word));
    const isSigned = rest.some(word => /^(sig|exp)=/.test(word)); /* a signature is valid for one flag only */
    const again = mode => link(meta.flag + '=' + encodeURIComponent([mode, ...rest].join(','))
        .replace(/%2C/g, ',').replace(/%3D/g, '=').replace(/%3A/g, ':'));
    return [...(isSigned ? [] : [['Profile again, sampled', again('sampling')],
                                 ['Profile again, every call counted', again('deterministic')]]),
            ['Open without profiling', link(without)]];
}

/* Returns the words of a parameter "profile=sampling,limit=20"; null if there is no parameter, or
 * if it is not valid text. */
function flagWords(item, name) {
    if (item === undefined)
        return null;
    try {
        return decodeURIComponent(item.slice(name.length + 1).replace(/\+/g, ' ')).split(',').map(word => word.trim());
    } catch (error) {
        return null;
    }
}

function addAgain(host, meta) {
    const links = againLinks(meta, location.href);
    if (!links.length)
        return;
    const list = attributes(make('nav', 'again'), {'aria-label': 'The same request again'});
    for (const [text, href] of links)
        add(list, attributes(make('a', '', text), {href}));
    add(host, list);
}
