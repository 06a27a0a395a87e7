#include "formats.h"

#include "report/export/folded.h"
#include "report/export/pprof.h"
#include "report/export/prof.h"
#include "report/export/speedscope.h"
#include "report/page/html.h"
#include "report/page/profile_json.h"
#include "report/text/record.h"

#ifdef PROFILER_HAVE_PPROF
#define PPROF_WRITE pprof_write, NULL, NULL
#else
#define PPROF_WRITE                                                                    \
    NULL, NULL, "is not in this plugin, which was built without protobuf-c or zlib"
#endif

static const struct format all[] = {
    {"prof", "application/octet-stream", ".prof", prof_write, NULL, NULL},
    {"txt", "text/plain; charset=utf-8", ".txt", txt_write, NULL, NULL},
    {"json", "application/json", ".json", json_write, NULL, NULL},
    {"html", "text/html; charset=utf-8", ".html", html_write,
     "default-src 'none'; frame-ancestors 'none'; script-src 'sha256-" PAGE_SCRIPT_HASH
     "'; style-src 'sha256-" PAGE_STYLE_HASH "'; base-uri 'none'; form-action 'none'",
     NULL},
    {"folded", "text/plain; charset=utf-8", ".folded", folded_write, NULL, NULL},
    {"speedscope", "application/json", ".speedscope.json", speedscope_write, NULL,
     NULL},
    {"pprof", "application/octet-stream", ".pb.gz", PPROF_WRITE},
};

const struct format_table report_formats = {all, sizeof all / sizeof *all};
