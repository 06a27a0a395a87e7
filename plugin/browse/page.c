#include "page.h"

#include "report/common/json.h"
#include "report/page/html.h"

#define POLICY(script, style)                                                          \
    "default-src 'none'; frame-ancestors 'none'; script-src 'sha256-" script           \
    "'; style-src 'sha256-" style                                                      \
    "'; connect-src 'self'; base-uri 'none'; form-action 'none'"

const char page_policy[] = POLICY(PAGE_SCRIPT_HASH, PAGE_STYLE_HASH);
const char list_policy[] = POLICY(SHELF_SCRIPT_HASH, SHELF_STYLE_HASH);

__asm__(".pushsection .rodata\n"
        ".type shelf_page, @object\n"
        ".globl shelf_page\n"
        ".hidden shelf_page\n"
        "shelf_page:\n"
        ".incbin \"" SHELF_FILE "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char shelf_page[] __attribute__((visibility("hidden")));

void page_add_list(struct body *b)
{
    body_add(b, str_from(shelf_page));
}

static void add_start(struct body *b, struct buf *shelf)
{
    struct buf start = {0};
    html_add_head(&start);
    buf_add_text(&start, "<script type=\"application/json\" id=\"shelf\">");
    buf_add_str(&start, buf_str(shelf));
    buf_add_text(&start,
                 "</script>\n<script type=\"application/json\" id=\"profile\">");
    start.failed |= shelf->failed;
    body_own(b, &start);
    buf_free(shelf);
}

static void add_end(struct body *b)
{
    body_add(b, STR("</script>\n"));
    body_add(b, html_tail());
}

void page_add_empty(struct body *b, const char *name)
{
    struct buf shelf = {0};
    buf_add_char(&shelf, '{');
    json_text(&shelf, "page", str_from(name));
    buf_add_char(&shelf, '}');
    add_start(b, &shelf);
    body_add(b, STR("null"));
    add_end(b);
}

void page_add_profile(struct body *b, struct str id, struct str route, int fd,
                      uint64_t size)
{
    struct buf shelf = {0};
    buf_add_char(&shelf, '{');
    json_text(&shelf, "page", STR("profile"));
    json_text(&shelf, "id", id);
    json_text(&shelf, "route", route);
    buf_add_char(&shelf, '}');
    add_start(b, &shelf);
    body_add_file(b, fd, size, true);
    add_end(b);
}
