/* fuzz.h -- shared by all fuzzers: checks that crash, and views of the input.
 *
 * A target splits the input into lines, so that a corpus is readable text. It checks
 * the promises in the header of the tested code. Nothing here is random. */

#ifndef FUZZ_H
#define FUZZ_H

#include "base/buf.h"
#include "gate/view.h"
#include "options/options.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Crashes if the promise does not hold; then the fuzzer saves the input. */
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

/* Takes the next line of *rest, without its newline; empty at the end. */
struct str fuzz_line(struct str *rest);

/* Copies text into an allocation of exactly its size, so that reading past it is
 * noticed. The caller frees .data. */
struct str fuzz_copy(struct str text);

/* Returns a number that depends only on these bytes. */
uint64_t fuzz_hash(struct str text);

/* Makes a configuration from "mode=sampling" lines, which must all be valid. */
struct config fuzz_config(const char *lines);

/* Makes count configurations, on the first call only. */
void fuzz_configs(struct config *made, const char *const *lines, size_t count);

#define FUZZ_VARS_MAX 24

/* A request from lines "NAME=value"; each text is a copy of its own. */
struct fuzz_request {
    struct iovec vars[2 * FUZZ_VARS_MAX];
    struct request_view view;
};

struct fuzz_request *fuzz_request(struct str text);
void fuzz_request_free(struct fuzz_request *r);

/* Checks that it is one line of printable ASCII, not empty, as a log and a header
 * need. */
void fuzz_check_message(struct str message);

/* Checks that it is UTF-8 without control characters and line ends, except newlines if
 * they are allowed. */
void fuzz_check_text(struct str text, bool newlines);

/* Checks that it is one JSON value in UTF-8, by the grammar of RFC 8259. */
void fuzz_check_json(struct str text);

#endif
