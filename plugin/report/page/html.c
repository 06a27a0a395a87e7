/* The page: templates/, put together by page.py when the plugin is built, with the text
 * table and the json report of one profile in it. One file, without any other. */

#include "html.h"

#include "base/utf8.h"
#include "profile_json.h"
#include "report/text/record.h"

/* Some 20 bytes each. A larger tree has its smallest subtrees left out: the page is to
 * open at once, and what is hidden has next to no time. The json report has all. */
static const struct shown_limits page_limits = {.nodes = 20000, .moments = 20000};

/* Not the linker's way of embedding a file: that made the stack executable. */
__asm__(".pushsection .rodata\n"
        ".type page_template, @object\n"
        "page_template:\n"
        ".incbin \"" PAGE_FILE "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char page_template[] __attribute__((visibility("hidden")));

/* Adds what stands before the mark, which is there, and steps behind it. */
static void copy_to(const char **rest, const char *mark, struct buf *out)
{
    const char *at = strstr(*rest, mark);
    buf_add(out, *rest, (size_t)(at - *rest));
    *rest = at + strlen(mark);
}

/* What no document may hold, bytes that are no UTF-8 and control characters, is shown
 * as U+FFFD. */
static void add_escaped(struct buf *out, struct str text)
{
    while (text.len) {
        uint32_t code;
        size_t len = utf8_char(text, &code);
        if (len == 0 || (utf8_is_control(code) && code != '\n'))
            buf_add_text(out, "\xef\xbf\xbd");
        else if (code == '&')
            buf_add_text(out, "&amp;");
        else if (code == '<')
            buf_add_text(out, "&lt;");
        else if (code == '>')
            buf_add_text(out, "&gt;");
        else
            buf_add(out, text.data, len);
        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }
}

static bool add_text(const struct report *r, struct buf *out)
{
    struct buf text = {0};
    bool ok = txt_write(r, &text);
    buf_add_text(out, "<pre id=\"text\">");
    add_escaped(out, buf_str(&text));
    buf_add_text(out, "</pre>\n");
    buf_free(&text);
    return ok;
}

bool html_write(const struct report *r, struct buf *out)
{
    const char *rest = page_template;
    copy_to(&rest, "<!-- profiler:text -->", out);
    bool ok = add_text(r, out);
    copy_to(&rest, "<!-- profiler:data -->", out);
    buf_add_text(out, "<script type=\"application/json\" id=\"profile\">");
    ok = ok && profile_json_add(r, &page_limits, out);
    buf_add_text(out, "</script>\n");
    buf_add_text(out, rest);
    return ok && !out->failed;
}
