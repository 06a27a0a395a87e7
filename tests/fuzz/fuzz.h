/* fuzz.h -- what the fuzzers share: invariants that crash, and views of the input.
 *
 * A target takes the input apart into lines, so that a corpus is text to read and to
 * write, and checks what the code promises in its header. Nothing here is random. */

#ifndef FUZZ_H
#define FUZZ_H

#include "base/buf.h"
#include "options/options.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that does not hold is a crash, which the fuzzer keeps the input of. */
#define CHECK(promise)                                                                 \
    do {                                                                               \
        if (!(promise))                                                                \
            fuzz_fail(__FILE__, __LINE__, #promise);                                   \
    } while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *promise);

static inline struct str fuzz_input(const uint8_t *data, size_t size)
{
    return (struct str){size ? (const char *)data : "", size};
}

/* The next line of *rest, without its newline; empty at the end. */
struct str fuzz_line(struct str *rest);

/* A copy that ends where its allocation does, so that reading past it is noticed; its
 * .data is the caller's to free. */
struct str fuzz_copy(struct str text);

/* A number that only depends on these bytes. */
uint64_t fuzz_hash(struct str text);

/* A configuration of "mode=sampling" options, one a line, which all are right. */
struct config fuzz_config(const char *lines);

/* Makes count of them, the first time. */
void fuzz_configs(struct config *made, const char *const *lines, size_t count);

/* One line of printable ASCII, and not empty: what may stand in a log and in a header.
 */
void fuzz_check_message(struct str message);

/* UTF-8 in which nothing but newlines (if at all) is a control character or line end.
 */
void fuzz_check_text(struct str text, bool newlines);

/* One JSON value, by the grammar of RFC 8259, and UTF-8. */
void fuzz_check_json(struct str text);

#endif
