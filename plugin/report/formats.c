#include "formats.h"

static const struct format all[] = {
    {"prof", "application/octet-stream", ".prof", prof_write},
    {"txt", "text/plain; charset=utf-8", ".txt", txt_write},
    {"json", "application/json", ".json", json_write},
    {"folded", "text/plain; charset=utf-8", ".folded", folded_write},
    {"speedscope", "application/json", ".speedscope.json", speedscope_write},
    {"pprof", "application/octet-stream", ".pb.gz", pprof_write},
};

const struct format_table report_formats = {all, sizeof all / sizeof *all};
