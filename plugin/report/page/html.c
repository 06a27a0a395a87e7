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

/* Not the linker's way to embed a file, which made the stack executable. Not local
 * either: -flto puts what uses the name into another object. */
__asm__(".pushsection .rodata\n"
        ".type page_template, @object\n"
        ".globl page_template\n"
        ".hidden page_template\n"
        "page_template:\n"
        ".incbin \"" PAGE_FILE "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char page_template[] __attribute__((visibility("hidden")));

#define TEXT_MARK "<!-- profiler:text -->"
#define DATA_MARK "<!-- profiler:data -->"

/* Returns the text behind the mark, which must be there. */
static const char *behind(const char *mark)
{
    return strstr(page_template, mark) + strlen(mark);
}

/* Appends the text from here up to the mark. */
static void copy_to(const char *from, const char *mark, struct buf *out)
{
    buf_add(out, from, (size_t)(strstr(from, mark) - from));
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

void html_add_head(struct buf *out)
{
    copy_to(page_template, TEXT_MARK, out);
    buf_add_text(out, "<pre id=\"text\"></pre>\n");
    copy_to(behind(TEXT_MARK), DATA_MARK, out);
}

struct str html_tail(void)
{
    return str_from(behind(DATA_MARK));
}

bool html_write(const struct report *r, struct buf *out)
{
    copy_to(page_template, TEXT_MARK, out);
    bool ok = add_text(r, out);
    copy_to(behind(TEXT_MARK), DATA_MARK, out);
    buf_add_text(out, "<script type=\"application/json\" id=\"profile\">");
    ok = ok && profile_json_add(r, &page_limits, out);
    buf_add_text(out, "</script>\n");
    buf_add_str(out, html_tail());
    return ok && !out->failed;
}
