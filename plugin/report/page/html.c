/* The page: templates/, which page.py assembles when the plugin is built, with the text
 * table and the json report of one profile inside. It is one file and needs no
 * other. */

#include "html.h"

#include "base/utf8.h"
#include "profile_json.h"
#include "report/text/record.h"

/* A node or moment takes some 20 bytes. A larger tree has its smallest subtrees left
 * out, so that the page opens at once; they have almost no time. The json report has
 * all nodes. */
static const struct shown_limits page_limits = {.nodes = 20000, .moments = 20000};

/* Not the linker's way to embed a file, which made the stack executable. */
__asm__(".pushsection .rodata\n"
        ".type page_template, @object\n"
        "page_template:\n"
        ".incbin \"" PAGE_FILE "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char page_template[] __attribute__((visibility("hidden")));

/* Appends the text before the mark, and moves *rest behind the mark, which must be
 * there. */
static void copy_to(const char **rest, const char *mark, struct buf *out)
{
    const char *at = strstr(*rest, mark);
    buf_add(out, *rest, (size_t)(at - *rest));
    *rest = at + strlen(mark);
}

/* Bytes that are not UTF-8 and control characters, which no document may contain,
 * become U+FFFD. */
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
