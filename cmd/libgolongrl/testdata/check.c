/* Checks of libgolongrl that need C: check NAME [FILES]. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golongrl.h"

#define CHECK(what)                                                          \
    do {                                                                     \
        if (!(what)) {                                                       \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            exit(1);                                                         \
        }                                                                    \
    } while (0)

static golongrl_text text(const char *s) {
    golongrl_text t = {s, strlen(s)};
    return t;
}

static int same(golongrl_text t, const char *s) { return t.data != NULL && t.len == strlen(s) && memcmp(t.data, s, t.len) == 0; }

static golongrl_record record(const char *response, const char *reference, const char *metric) {
    golongrl_record r;
    memset(&r, 0, sizeof r);
    r.response = text(response);
    r.reference = text(reference);
    r.metric = text(metric);
    return r;
}

/* What is wrong has a code, a message and the item, and changes nothing else. */
static void errors(void) {
    golongrl_error e;
    golongrl_result result;
    golongrl_record r = record("a b", "a b", "token_f1");
    size_t need = 77;

    result.score = 5;
    CHECK(golongrl_score(12345, &r, 1, &result, NULL, 0, &need, &e) == GOLONGRL_NOT_FOUND);
    CHECK(e.code == GOLONGRL_NOT_FOUND && e.item == -1 && strstr(e.message, "golongrl_scorer_new"));
    CHECK(golongrl_score(12345, &r, 1, &result, NULL, 0, NULL, NULL) == GOLONGRL_NOT_FOUND);
    CHECK(golongrl_score(0, NULL, 1, &result, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && strstr(e.message, "records is NULL"));
    CHECK(golongrl_score(0, &r, 1, NULL, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && strstr(e.message, "results is NULL"));
    CHECK(golongrl_score(0, &r, 1, &result, NULL, 9, NULL, &e) == GOLONGRL_BAD_REQUEST && strstr(e.message, "text is NULL"));
    CHECK(golongrl_score(0, &r, SIZE_MAX, &result, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST);
    golongrl_record two[2] = {r, r};
    golongrl_result results[2];
    two[1].response.data = NULL;
    CHECK(golongrl_score(0, two, 2, results, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && e.item == 1);
    two[1] = r;
    two[1].task.len = 3;
    CHECK(golongrl_score(0, two, 2, results, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && e.item == 1);
    two[1] = r;
    two[1].response.len = (size_t)1 << 32;
    CHECK(golongrl_score(0, two, 2, results, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && e.item == 1);
    two[1] = r;
    two[1].reference_json = text("1");
    CHECK(golongrl_score(0, two, 2, results, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && e.item == 1);
    two[1] = r;
    two[1].row = text("{}");
    CHECK(golongrl_score(0, two, 2, results, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST);
    CHECK(result.score == 5 && need == 77);

    /* An empty batch is no error. */
    CHECK(golongrl_score(0, NULL, 0, NULL, NULL, 0, &need, &e) == GOLONGRL_OK && need == 0);

    golongrl_options o;
    memset(&o, 0, sizeof o);
    CHECK(golongrl_scorer_new(NULL, &e) == 0 && e.code == GOLONGRL_BAD_REQUEST);
    o.metric = text("no such metric");
    CHECK(golongrl_scorer_new(&o, &e) == 0 && e.code == GOLONGRL_BAD_ITEM && strstr(e.message, "metric"));
    CHECK(strlen(e.message) < sizeof e.message);
    CHECK(golongrl_scorer_new(&o, NULL) == 0);
    o.metric = text("token_f1");
    o.profile = text("lax");
    CHECK(golongrl_scorer_new(&o, &e) == 0 && strstr(e.message, "profile"));
    o.profile = text("strict");
    golongrl_scorer s = golongrl_scorer_new(&o, &e);
    CHECK(s != 0);
    r.metric.data = NULL;
    r.metric.len = 0;
    CHECK(golongrl_score(s, &r, 1, &result, NULL, 0, &need, &e) == GOLONGRL_OK);
    CHECK(result.score == 1 && result.status == GOLONGRL_JUDGED && result.metric.data == NULL && result.metric.len > 0);
    CHECK(golongrl_scorer_free(s) == GOLONGRL_OK && golongrl_scorer_free(s) == GOLONGRL_NOT_FOUND);
    CHECK(golongrl_scorer_free(0) == GOLONGRL_NOT_FOUND);

    golongrl_pair pairs[2] = {{text("1"), text("\\boxed{1}")}, {text("  "), text("1")}};
    golongrl_verdict verdicts[2];
    CHECK(golongrl_verify(NULL, 0, pairs, 2, verdicts, NULL, 0, NULL, &e) == GOLONGRL_BAD_ITEM && e.item == 1);
    CHECK(golongrl_verify(NULL, 0, pairs, 1, verdicts, NULL, 0, NULL, &e) == GOLONGRL_OK && verdicts[0].verdict == GOLONGRL_EQUAL);
    CHECK(golongrl_verify("{\"nope\":1}", 10, pairs, 1, verdicts, NULL, 0, NULL, &e) == GOLONGRL_BAD_ITEM && strstr(e.message, "nope"));
    CHECK(golongrl_verify(NULL, 1, pairs, 1, verdicts, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST);
    pairs[0].gold.data = NULL;
    CHECK(golongrl_verify(NULL, 0, pairs, 1, verdicts, NULL, 0, NULL, &e) == GOLONGRL_BAD_REQUEST && e.item == 0);

    double rewards[3] = {1, 0, 0.0 / 0.0}, out[3];
    uint32_t groups[3] = {7, 7, 7}, tasks[3] = {0, 0, 1};
    golongrl_batch b;
    memset(&b, 0, sizeof b);
    CHECK(golongrl_advantage(NULL, out, &e) == GOLONGRL_BAD_REQUEST);
    CHECK(golongrl_advantage(&b, NULL, &e) == GOLONGRL_OK);
    b.n = 3;
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_BAD_REQUEST && strstr(e.message, "rewards"));
    b.rewards = rewards;
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_BAD_REQUEST && strstr(e.message, "groups"));
    b.groups = groups;
    CHECK(golongrl_advantage(&b, NULL, &e) == GOLONGRL_BAD_REQUEST);
    b.estimator = text("nope");
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_BAD_ITEM && strstr(e.message, "estimator"));
    b.estimator = text("rloo"); /* minus the mean of the others */
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_OK && out[0] == 1 && out[1] == -1 && out[2] != out[2]);
    golongrl_text name = text("math");
    b.tasks = tasks;
    b.task_names = &name;
    b.task_count = 1;
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_BAD_ITEM && e.item == 2);
    b.n = SIZE_MAX;
    CHECK(golongrl_advantage(&b, out, &e) == GOLONGRL_BAD_REQUEST);

    uint64_t more = 9;
    char reply[64];
    CHECK(golongrl_call(NULL, 5, reply, sizeof reply, &more) == GOLONGRL_BAD_REQUEST);
    CHECK(golongrl_call("", 0, NULL, 5, &more) == GOLONGRL_BAD_REQUEST);
    CHECK(golongrl_call(NULL, 0, NULL, 0, NULL) > 5); /* an error message */
    CHECK(golongrl_take(99999, reply, sizeof reply) == GOLONGRL_NOT_FOUND);
    CHECK(golongrl_abi_version() == GOLONGRL_ABI_VERSION);
}

/* Whatever the room, scores are all there and nothing is written outside it. */
static void buffers(void) {
    golongrl_record r[3] = {record("a b", "a", "token_f1"), record("a", "a", "nope"), record("x", "y", "rouge_l")};
    golongrl_result all[3], some[3];
    char whole[4096], room[4200];
    size_t need, again;
    CHECK(golongrl_score(0, r, 3, all, whole, sizeof whole, &need, NULL) == GOLONGRL_OK && need > 20 && need < sizeof whole);
    CHECK(same(all[0].metric, "token_f1") && all[1].error.len > 10 && all[1].status == GOLONGRL_ERROR && all[1].score != all[1].score);
    for (size_t cap = 0; cap <= need; cap++) {
        memset(room, '#', sizeof room);
        CHECK(golongrl_score(0, r, 3, some, room, cap, &again, NULL) == GOLONGRL_OK && again == need);
        for (size_t i = cap; i < sizeof room; i++) CHECK(room[i] == '#');
        for (int i = 0; i < 3; i++) {
            CHECK(memcmp(&some[i].score, &all[i].score, sizeof(double)) == 0 && some[i].status == all[i].status);
            CHECK(some[i].metric.len == all[i].metric.len && some[i].error.len == all[i].error.len);
            if (some[i].error.data != NULL) CHECK(memcmp(some[i].error.data, all[i].error.data, all[i].error.len) == 0);
        }
        CHECK((cap == need) == (some[2].task.data != NULL));
    }

    /* Messages: the reply of the registry, operation 5, is long. */
    const char registry[5] = {5, 1, 2, 3, 4};
    static char big[1 << 18], small[1 << 18];
    uint64_t more = 9, first = 0;
    int64_t n = golongrl_call(registry, 5, big, sizeof big, &more);
    CHECK(n > 1000 && more == 0 && memcmp(big, registry, 5) == 0);
    CHECK(golongrl_call(registry, 5, small, 100, NULL) == n);
    CHECK(golongrl_call(registry, 5, NULL, 0, &more) == n && more != 0);
    CHECK(golongrl_take(more, small, 100) == n && golongrl_take(more, NULL, 0) == n);
    CHECK(golongrl_take(more, small, n) == n && memcmp(big, small, n) == 0);
    CHECK(golongrl_take(more, small, n) == GOLONGRL_NOT_FOUND);
    CHECK(golongrl_call(registry, 5, small, n, &more) == n && more == 0 && memcmp(big, small, n) == 0);
    for (int i = 0; i < 65; i++) { /* one more than are kept */
        CHECK(golongrl_call(registry, 5, small, 1, &more) == n && more != 0);
        if (i == 0) first = more;
        if (i == 63) CHECK(golongrl_take(first, NULL, 0) == n);
    }
    CHECK(golongrl_take(first, small, n) == GOLONGRL_NOT_FOUND && golongrl_take(more, small, n) == n);
}

/* Nothing is remembered by the place where it was. */
static void memory(void) {
    char metric[] = "0.5*token_f1+0.5*rouge_l", row[] = "{\"metric\":\"0.25*token_f1+0.75*em\",\"reference\":\"a\"}";
    golongrl_options o;
    golongrl_error e;
    golongrl_result result;
    char out[512], again[512];
    size_t need, same_need;
    memset(&o, 0, sizeof o);
    o.metric = text(metric);
    golongrl_scorer s = golongrl_scorer_new(&o, &e);
    CHECK(s != 0);
    golongrl_record r = record("a", "a", "");
    r.metric.data = NULL;
    CHECK(golongrl_score(s, &r, 1, &result, out, sizeof out, &need, &e) == GOLONGRL_OK && result.score == 1);
    memset(metric, 'x', sizeof metric - 1);
    CHECK(golongrl_score(s, &r, 1, &result, again, sizeof again, &same_need, &e) == GOLONGRL_OK && result.score == 1);
    CHECK(need == same_need && memcmp(out, again, need) == 0 && memchr(out, 'x', need) == NULL);

    golongrl_record rows = {0};
    rows.response = text("a");
    rows.row = text(row);
    CHECK(golongrl_score(0, &rows, 1, &result, out, sizeof out, &need, &e) == GOLONGRL_OK);
    memset(row, 'x', sizeof row - 1);
    r.metric = text("0.25*token_f1+0.75*em");
    CHECK(golongrl_score(0, &r, 1, &result, again, sizeof again, &same_need, &e) == GOLONGRL_OK);
    CHECK(need == same_need && memcmp(out, again, need) == 0 && memchr(out, 'x', need) == NULL);
}

/* Long, strange and deeply nested texts. */
static void texts(void) {
    size_t n = 1 << 20;
    char *words = malloc(n), *deep = malloc(n);
    CHECK(words != NULL && deep != NULL);
    for (size_t i = 0; i < n; i++) words[i] = i % 7 == 6 ? ' ' : (char)('a' + (i * i / 7) % 26);
    memset(deep, '[', n);
    golongrl_record r[6];
    golongrl_result result[6];
    r[0] = record("", "", "token_f1");
    r[0].response.data = r[0].reference.data = words;
    r[0].response.len = r[0].reference.len = n;
    r[1] = record("[1]", "", "iou");
    r[1].reference.data = NULL;
    r[1].reference_json.data = deep;
    r[1].reference_json.len = n;
    r[2] = record("", "", "math_verify");
    r[2].response.data = deep;
    r[2].response.len = n;
    r[2].reference = text("1");
    r[3] = record("a\0b", "a\0b", "token_f1");
    r[3].response.len = r[3].reference.len = 3;
    r[4] = record("\xff\xfe", "a", "token_f1");
    r[5] = record("\xed\xa0\x80 b", "b", "token_f1"); /* a lone surrogate */
    CHECK(golongrl_score(0, r, 6, result, NULL, 0, NULL, NULL) == GOLONGRL_OK);
    CHECK(result[0].score == 1 && result[3].score == 1);
    CHECK(result[1].score != result[1].score && result[1].status >= GOLONGRL_BAD_GOLD);
    CHECK(!(result[2].score > 0));
    CHECK(result[4].status == GOLONGRL_ERROR && result[4].score != result[4].score);
    CHECK(result[5].status == GOLONGRL_JUDGED && result[5].score > 0.6 && result[5].score < 0.7);
    free(words);
    free(deep);
}

/* Many threads at once get what one alone gets. */
static const char *hard[4][3] = {
    {"the cat sat on the mat", "the cat is on the mat", "token_f1"},
    {"so \\boxed{\\frac{2}{4}}", "1/2", "math_verify"},
    {"one two three four", "one three two four", "rouge_l"},
    {"x", "y", "nope"},
};
static golongrl_result alone[64];
static golongrl_scorer shared_scorer;

static void *hammer(void *number) {
    golongrl_record r[64];
    golongrl_result result[64];
    char out[1 << 14];
    const char registry[5] = {5, 0, 0, 0, 0};
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 64; i++) r[i] = record(hard[i % 4][0], hard[i % 4][1], hard[i % 4][2]);
        CHECK(golongrl_score(shared_scorer, r, 64, result, out, sizeof out, NULL, NULL) == GOLONGRL_OK);
        for (int i = 0; i < 64; i++) {
            CHECK(memcmp(&result[i].score, &alone[i].score, sizeof(double)) == 0 && result[i].status == alone[i].status);
            CHECK(result[i].error.len == alone[i].error.len);
        }
        uint64_t more;
        if (round % 8 == (int)(size_t)number) CHECK(golongrl_set_workers(1 + round % 3) == 1 + round % 3);
        int64_t n = golongrl_call(registry, 5, out, 16, &more);
        CHECK(n > 16 && more != 0 && golongrl_take(more, NULL, 0) == n);
        golongrl_options o;
        memset(&o, 0, sizeof o);
        o.metric = text("em");
        golongrl_scorer s = golongrl_scorer_new(&o, NULL);
        CHECK(s != 0 && golongrl_scorer_free(s) == GOLONGRL_OK);
    }
    return NULL;
}

static void threads(void) {
    golongrl_record r[64];
    pthread_t thread[8];
    golongrl_options o;
    memset(&o, 0, sizeof o);
    o.metric = text("em");
    CHECK((shared_scorer = golongrl_scorer_new(&o, NULL)) != 0);
    CHECK(golongrl_set_workers(2) == 2);
    for (int i = 0; i < 64; i++) r[i] = record(hard[i % 4][0], hard[i % 4][1], hard[i % 4][2]);
    CHECK(golongrl_score(shared_scorer, r, 64, alone, NULL, 0, NULL, NULL) == GOLONGRL_OK);
    CHECK(alone[0].score == 0.75 && alone[1].score == 1 && alone[2].score == 0.75 && alone[3].status == GOLONGRL_ERROR);
    for (int i = 0; i < 8; i++) CHECK(pthread_create(&thread[i], NULL, hammer, (void *)(size_t)i) == 0);
    for (int i = 0; i < 8; i++) CHECK(pthread_join(thread[i], NULL) == 0);
    CHECK(golongrl_set_workers(0) >= 1);
}

/* A child is told that it is one; its parent goes on, and so does what it execs. */
static void *spin(void *stop) {
    while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED)) {
        golongrl_record r = record(hard[0][0], hard[0][1], hard[0][2]);
        golongrl_result result;
        CHECK(golongrl_score(0, &r, 1, &result, NULL, 0, NULL, NULL) == GOLONGRL_OK);
    }
    return NULL;
}

static void child(void) {
    golongrl_record r = record("a", "a", "token_f1");
    golongrl_result result;
    golongrl_error e;
    golongrl_options o;
    golongrl_batch b;
    char reply[8];
    memset(&o, 0, sizeof o);
    memset(&b, 0, sizeof b);
    CHECK(golongrl_score(0, &r, 1, &result, NULL, 0, NULL, &e) == GOLONGRL_FORKED);
    CHECK(e.code == GOLONGRL_FORKED && e.item == -1 && strstr(e.message, "forked"));
    CHECK(golongrl_score(0, &r, 1, &result, NULL, 0, NULL, NULL) == GOLONGRL_FORKED);
    CHECK(golongrl_scorer_new(&o, &e) == 0 && e.code == GOLONGRL_FORKED);
    CHECK(golongrl_scorer_free(1) == GOLONGRL_FORKED);
    CHECK(golongrl_verify(NULL, 0, NULL, 0, NULL, NULL, 0, NULL, NULL) == GOLONGRL_FORKED);
    CHECK(golongrl_advantage(&b, NULL, NULL) == GOLONGRL_FORKED);
    CHECK(golongrl_call("", 0, reply, sizeof reply, NULL) == GOLONGRL_FORKED);
    CHECK(golongrl_take(1, reply, sizeof reply) == GOLONGRL_FORKED);
    CHECK(golongrl_set_workers(1) == GOLONGRL_FORKED);
    CHECK(golongrl_abi_version() == GOLONGRL_ABI_VERSION);
}

static void forks(void) {
    int stop = 0;
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) CHECK(pthread_create(&thread[i], NULL, spin, &stop) == 0);
    for (int i = 0; i < 100; i++) {
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(10);
            child();
            if (i % 10 == 0) { /* and so does a grandchild */
                pid_t below = fork();
                if (below == 0) {
                    alarm(10);
                    child();
                    _exit(0);
                }
                int status;
                CHECK(waitpid(below, &status, 0) == below && status == 0);
            }
            _exit(0);
        }
        int status;
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 2; i++) CHECK(pthread_join(thread[i], NULL) == 0);
    CHECK(system("true") == 0);
    golongrl_record r = record("a", "a", "token_f1");
    golongrl_result result;
    CHECK(golongrl_score(0, &r, 1, &result, NULL, 0, NULL, NULL) == GOLONGRL_OK && result.score == 1);
}

/* read_all reads a file; write_text writes a length and a text. */
static char *read_all(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *b = malloc(*n + 1);
    CHECK(b != NULL && fread(b, 1, *n, f) == *n && fclose(f) == 0);
    return b;
}

static void write_text(FILE *f, golongrl_text t) {
    uint32_t n = t.data == NULL ? UINT32_MAX : (uint32_t)t.len;
    CHECK(fwrite(&n, 4, 1, f) == 1 && (t.data == NULL || fwrite(t.data, 1, t.len, f) == t.len));
}

/* read_text reads what write_text writes. */
static golongrl_text read_text(const char **at) {
    uint32_t n;
    memcpy(&n, *at, 4);
    golongrl_text t = {n == UINT32_MAX ? NULL : *at + 4, n == UINT32_MAX ? 0 : n};
    *at += 4 + t.len;
    return t;
}

/* call answers the message of a file into another. */
static void call(const char *in, const char *out) {
    size_t n;
    uint64_t more;
    char *message = read_all(in, &n);
    int64_t size = golongrl_call(message, n, NULL, 0, &more);
    CHECK(size >= 5 && more != 0);
    char *reply = malloc((size_t)size);
    CHECK(reply != NULL && golongrl_take(more, reply, (size_t)size) == size);
    FILE *f = fopen(out, "wb");
    CHECK(f != NULL && fwrite(reply, 1, (size_t)size, f) == (size_t)size && fclose(f) == 0);
    free(message);
    free(reply);
}

/* score judges the records of a file, each of which is a response, a reference and
 * a row, with explain, and writes the results to another. */
static void score(const char *in, const char *out) {
    size_t size, n = 0, need = 0;
    char *b = read_all(in, &size);
    const char *at = b;
    golongrl_record *r = calloc(size / 12 + 1, sizeof *r);
    golongrl_result *result = calloc(size / 12 + 1, sizeof *result);
    CHECK(r != NULL && result != NULL);
    for (; at < b + size; n++) {
        r[n].response = read_text(&at);
        r[n].reference = read_text(&at);
        r[n].row = read_text(&at);
    }
    golongrl_options o;
    memset(&o, 0, sizeof o);
    o.metric = text("token_f1");
    o.explain = 1;
    golongrl_scorer s = golongrl_scorer_new(&o, NULL);
    CHECK(golongrl_score(s, r, n, result, NULL, 0, &need, NULL) == GOLONGRL_OK);
    char *texts = malloc(need);
    CHECK(golongrl_score(s, r, n, result, texts, need, &need, NULL) == GOLONGRL_OK);
    FILE *f = fopen(out, "wb");
    CHECK(f != NULL);
    for (size_t i = 0; i < n; i++) {
        unsigned char status = (unsigned char)result[i].status;
        CHECK(fwrite(&result[i].score, 8, 1, f) == 1 && fwrite(&status, 1, 1, f) == 1);
        write_text(f, result[i].metric);
        write_text(f, result[i].task);
        write_text(f, result[i].error);
        write_text(f, result[i].detail);
    }
    CHECK(fclose(f) == 0);
    free(texts);
    free(result);
    free(r);
    free(b);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "errors") == 0) errors();
    else if (strcmp(name, "buffers") == 0) buffers();
    else if (strcmp(name, "memory") == 0) memory();
    else if (strcmp(name, "texts") == 0) texts();
    else if (strcmp(name, "threads") == 0) threads();
    else if (strcmp(name, "forks") == 0) forks();
    else if (strcmp(name, "workers") == 0) printf("%d\n", (int)golongrl_set_workers(0));
    else if (strcmp(name, "call") == 0 && argc == 4) call(argv[2], argv[3]);
    else if (strcmp(name, "score") == 0 && argc == 4) score(argv[2], argv[3]);
    else CHECK(!"a known check");
    printf("ok\n");
    return 0;
}
