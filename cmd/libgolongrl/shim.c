//go:build libgolongrl && cgo

/* What the library exports. Only C can look whether the process was forked: in
 * the child any step into Go may wait for threads that do not exist there. */

#include <pthread.h>

#include "_cgo_export.h"
#include "golongrl.h"

static volatile int forked;

static void in_child(void) { forked = 1; }

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, in_child); }

static int refuse(golongrl_error *error) {
    static const char why[] =
        "this process was forked after libgolongrl was loaded, and Go does not survive that: "
        "load the library in the child only, use spawn or forkserver, or a golongrl server";
    if (!forked) return 0;
    if (error != NULL) {
        error->code = GOLONGRL_FORKED;
        error->item = -1;
        for (size_t i = 0; i < sizeof why; i++) error->message[i] = why[i];
    }
    return 1;
}

uint32_t golongrl_abi_version(void) { return GOLONGRL_ABI_VERSION; }

golongrl_scorer golongrl_scorer_new(const golongrl_options *options, golongrl_error *error) {
    return refuse(error) ? 0 : golongrlGoScorerNew((golongrl_options *)options, error);
}

int32_t golongrl_scorer_free(golongrl_scorer scorer) {
    return refuse(NULL) ? GOLONGRL_FORKED : golongrlGoScorerFree(scorer);
}

int32_t golongrl_score(golongrl_scorer scorer, const golongrl_record *records, size_t n, golongrl_result *results,
                       char *text, size_t text_cap, size_t *text_len, golongrl_error *error) {
    if (refuse(error)) return GOLONGRL_FORKED;
    return golongrlGoScore(scorer, (golongrl_record *)records, n, results, text, text_cap, text_len, error);
}

int32_t golongrl_verify(const char *options, size_t options_len, const golongrl_pair *pairs, size_t n,
                        golongrl_verdict *verdicts, char *text, size_t text_cap, size_t *text_len,
                        golongrl_error *error) {
    if (refuse(error)) return GOLONGRL_FORKED;
    return golongrlGoVerify((char *)options, options_len, (golongrl_pair *)pairs, n, verdicts, text, text_cap,
                            text_len, error);
}

int32_t golongrl_advantage(const golongrl_batch *batch, double *advantages, golongrl_error *error) {
    return refuse(error) ? GOLONGRL_FORKED : golongrlGoAdvantage((golongrl_batch *)batch, advantages, error);
}

int64_t golongrl_call(const void *message, size_t len, void *reply, size_t cap, uint64_t *more) {
    return refuse(NULL) ? GOLONGRL_FORKED : golongrlGoCall((void *)message, len, reply, cap, more);
}

int64_t golongrl_take(uint64_t more, void *reply, size_t cap) {
    return refuse(NULL) ? GOLONGRL_FORKED : golongrlGoTake(more, reply, cap);
}

int32_t golongrl_set_workers(int32_t workers) {
    return refuse(NULL) ? GOLONGRL_FORKED : golongrlGoSetWorkers(workers);
}
