/*
 * golongrl.h - rewards, verdicts and advantages of golongrl, in this process.
 *
 *     go build -tags libgolongrl -buildmode=c-shared -o libgolongrl.so ./cmd/libgolongrl
 *     cc -o program program.c -I cmd/libgolongrl ./libgolongrl.so
 *
 * Threads.  Every function may be called from any thread, from several at once,
 * and takes no lock that another call holds while it works. What a call answers
 * depends on its arguments alone.
 *
 * Memory.  The caller owns all of it. Nothing that is passed is kept after the
 * return, nothing that is returned needs to be freed but scorers. What a call
 * reads must not change while it runs.
 *
 * Texts are UTF-8 of a given length, at most 4 GiB - 1 bytes; they need no NUL
 * at the end and may have some inside. A lone surrogate, as Python's strings may
 * hold, is written as the three bytes that it would have.
 *
 * Fork.  The library does not survive fork() without exec: in the child every
 * function that answers a question returns GOLONGRL_FORKED at once, and never
 * hangs. Let the child load the library itself, that is, do not load it before
 * fork(); or talk to a server, golongrl-score serve. fork() followed by exec is
 * harmless. The library cannot be unloaded, nor be loaded beside another library
 * written in Go, nor on musl.
 *
 * Signals. Loading the library starts threads, and handlers for SIGBUS, SIGFPE,
 * SIGPIPE, SIGSEGV and SIGURG that pass on to those that were there what is not
 * the library's. A signal does not interrupt a call: the handler runs and it goes on.
 *
 * Defects of the library itself are GOLONGRL_INTERNAL, or the status error of an
 * item, and end no process. Want of memory does.
 */
#ifndef GOLONGRL_H
#define GOLONGRL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of what this file declares. It grows when something that is
 * declared here changes; new functions alone do not change it. */
#define GOLONGRL_ABI_VERSION 1

/* golongrl_abi_version is the GOLONGRL_ABI_VERSION that the library was built
 * with. A program that loads the library at run time compares them. */
uint32_t golongrl_abi_version(void);

/* What calls return: 0, or why there is no answer. Below GOLONGRL_FORKED they
 * are codes of HTTP with a minus. */
typedef enum golongrl_code {
    GOLONGRL_OK = 0,
    GOLONGRL_FORKED = -1,        /* the process was forked after the library was loaded */
    GOLONGRL_BAD_REQUEST = -400, /* a pointer is NULL or a length is too large */
    GOLONGRL_NOT_FOUND = -404,   /* no such scorer, or no such kept reply */
    GOLONGRL_TOO_LARGE = -413,   /* the results would be too large: pass fewer items */
    GOLONGRL_BAD_ITEM = -422,    /* an option, or an item, cannot be used */
    GOLONGRL_INTERNAL = -500     /* a defect of the library: please report it */
} golongrl_code;

/* A golongrl_error says what was wrong and what to do. Every function that
 * takes one accepts NULL, and writes nothing there if it succeeds. */
typedef struct golongrl_error {
    int32_t code;      /* a golongrl_code */
    int32_t item;      /* number of the item that is meant, from 0, or -1 */
    char message[504]; /* UTF-8, ended by NUL; cut if it is longer */
} golongrl_error;

/* A golongrl_text is a text that is not there if data is NULL. */
typedef struct golongrl_text {
    const char *data;
    size_t len;
} golongrl_text;

/* ---- Scoring ----------------------------------------------------------- */

/* What kind of judgement a result is. The first four have a score; the others
 * have none, and their items should be left out of training, not rewarded 0.
 * (Under the profile "reference" bad_gold may have a score.) */
typedef enum golongrl_status {
    GOLONGRL_JUDGED = 0,      /* a full comparison was made */
    GOLONGRL_NO_ANSWER = 1,   /* the response holds no answer */
    GOLONGRL_BAD_ANSWER = 2,  /* the answer could not be read */
    GOLONGRL_BAD_FORMAT = 3,  /* thinking or answer tags are malformed */
    GOLONGRL_BAD_GOLD = 4,    /* the reference answer could not be read */
    GOLONGRL_OVER_BUDGET = 5, /* the step budget ran out first */
    GOLONGRL_UNDECIDED = 6,   /* the comparison has no certain outcome */
    GOLONGRL_ERROR = 7        /* no judgement was made; the result's error says why */
} golongrl_status;

/* A golongrl_record is a response with what it is judged by: either a row, or
 * any of the fields below it. Set what is not used to 0, for example with
 * memset or = {0}. */
typedef struct golongrl_record {
    golongrl_text response;       /* required; may have length 0, then data is any pointer but NULL */
    golongrl_text row;            /* a JSON object with the fields of a line of golongrl-score's input,
                                     without the response */
    golongrl_text reference;      /* the reference answer: a text, or any JSON value, but not both */
    golongrl_text reference_json;
    golongrl_text task;
    golongrl_text metric;         /* the record's own metric */
    golongrl_text lang;           /* its language, such as zh */
    golongrl_text prefix;         /* random_string_to_prepend of MRCR */
    double length;                /* tokens of the response, for composite rewards */
    int32_t has_length;           /* whether length is given */
    int32_t reserved;             /* 0 */
} golongrl_record;

/* A golongrl_result is what became of a record. Its texts point into the
 * buffer that was passed. One that is not there has data NULL and len 0; one for
 * which there was no room has data NULL and its len. */
typedef struct golongrl_result {
    double score;         /* NaN if there is none */
    int32_t status;       /* a golongrl_status */
    int32_t reserved;
    golongrl_text metric; /* canonical spelling of the metric that judged */
    golongrl_text task;   /* canonical name of the task */
    golongrl_text error;  /* why there is no score and what to do */
    golongrl_text detail; /* with explain: {"answer":...,"why":[...],"parts":[...]} */
} golongrl_result;

/* How records are judged. All 0 is: the metric that each record names, strictly. */
typedef struct golongrl_options {
    golongrl_text metric;  /* judges records that name none */
    golongrl_text profile; /* strict (the default) or reference */
    int32_t force;         /* not 0: metric judges every record, whatever it names */
    int32_t explain;       /* not 0: results have detail */
} golongrl_options;

/* A golongrl_scorer is options that were found to be usable. 0 is none of those
 * that golongrl_scorer_new makes; it stands for options that are all 0. */
typedef uint64_t golongrl_scorer;

/* golongrl_scorer_new makes a scorer, to be used by any number of threads and
 * calls. It returns 0 if the options cannot be used: error says why. */
golongrl_scorer golongrl_scorer_new(const golongrl_options *options, golongrl_error *error);

/* golongrl_scorer_free forgets a scorer; calls that run are not disturbed. It
 * returns GOLONGRL_NOT_FOUND if there is none of this number. */
int32_t golongrl_scorer_free(golongrl_scorer scorer);

/*
 * golongrl_score judges n records and writes n results, in order. A record that
 * cannot be judged spoils no other: its result says so, with status error. One
 * that breaks the rules of golongrl_record is GOLONGRL_BAD_REQUEST for all.
 *
 * The texts of the results go into text, which has room for text_cap bytes, one
 * after the other and without NUL. Those for which there is no room are left
 * out, scores never: text may be NULL and text_cap 0. text_len, unless NULL, is
 * set to the room that all of them need; if it is above text_cap, some are
 * missing. 256 bytes a record are nearly always enough without explain.
 *
 * It returns GOLONGRL_OK, or a code below 0, with nothing written but error.
 */
int32_t golongrl_score(golongrl_scorer scorer, const golongrl_record *records, size_t n, golongrl_result *results,
                       char *text, size_t text_cap, size_t *text_len, golongrl_error *error);

/* ---- Verifying mathematical answers ------------------------------------- */

typedef enum golongrl_equality {
    GOLONGRL_DIFFERENT = 0,
    GOLONGRL_EQUAL = 1,
    GOLONGRL_NOT_DECIDED = 2 /* there is no certain outcome, or error says that something failed */
} golongrl_equality;

typedef struct golongrl_pair {
    golongrl_text gold;     /* required and not blank: the right answer */
    golongrl_text response; /* required: the text whose answer is compared with it */
} golongrl_pair;

/* Its texts are as those of golongrl_result. */
typedef struct golongrl_verdict {
    int32_t verdict; /* a golongrl_equality */
    int32_t reserved;
    golongrl_text rule;      /* the rule that decided */
    golongrl_text gold;      /* the gold answer as it was found */
    golongrl_text answer;    /* the answer of the response as it was found */
    golongrl_text no_answer; /* why there is no answer: no_answer or bad_answer */
    golongrl_text error;     /* why there is no verdict */
} golongrl_verdict;

/* golongrl_verify compares n pairs. options is a JSON object with the options of
 * POST /v1/verify, for example {"preset":"lenient","rel_tol":1e-6}, or of
 * length 0. The rest is as with golongrl_score; GOLONGRL_BAD_ITEM names the pair
 * whose gold answer is blank. */
int32_t golongrl_verify(const char *options, size_t options_len, const golongrl_pair *pairs, size_t n,
                        golongrl_verdict *verdicts, char *text, size_t text_cap, size_t *text_len,
                        golongrl_error *error);

/* ---- Advantages --------------------------------------------------------- */

typedef struct golongrl_component {
    golongrl_text name;
    const double *values; /* n numbers */
} golongrl_component;

/* A golongrl_batch is n rows in columns. Which columns an estimator needs is in
 * the reply of the registry and in the error if one is missing; the others are
 * NULL. A row whose reward is NaN is kept out of everything and has the
 * advantage NaN. */
typedef struct golongrl_batch {
    golongrl_text estimator; /* spelling; NULL: tmn_reweight */
    size_t n;
    const double *rewards;   /* n numbers */
    const uint32_t *groups;  /* n numbers: rows of equal number answer the same prompt */
    const uint32_t *tasks;   /* n numbers: index of the row's task in task_names */
    const golongrl_text *task_names;
    size_t task_count;
    const uint32_t *lengths; /* tokens of the responses */
    const double *baselines; /* rewards of the greedy responses */
    const golongrl_component *components;
    size_t component_count;
} golongrl_batch;

/* golongrl_advantage writes batch->n numbers. */
int32_t golongrl_advantage(const golongrl_batch *batch, double *advantages, golongrl_error *error);

/* ---- Messages ----------------------------------------------------------- */

/*
 * golongrl_call answers a message of package serve/wire: what a frame of the
 * server has behind its length. It is for programs that have these messages
 * already, such as the Python package. golongrl_score and the others answer the
 * same to the last bit. message and reply must not overlap.
 *
 * It returns the length of the reply, which is at least 5, or a code below 0. A
 * call that fails for what the message says has a reply, of operation 255.
 *
 * A reply of at most cap bytes has been written to reply, and *more is 0. After a
 * longer one, what reply holds means nothing. If more is NULL it is lost: call again
 * with room. Else the library keeps the reply and *more is its number, with
 * which golongrl_take fetches it once. The library keeps at most 64 such replies,
 * and no more than 1 GiB of them but for the newest; the oldest are dropped.
 */
int64_t golongrl_call(const void *message, size_t len, void *reply, size_t cap, uint64_t *more);

/* golongrl_take writes a kept reply and forgets it. It returns the length; if
 * that is above cap, nothing has been written and the reply is still kept.
 * GOLONGRL_NOT_FOUND: there is no such reply, for example because it was dropped:
 * call again. With cap 0 and reply NULL it tells the length. */
int64_t golongrl_take(uint64_t more, void *reply, size_t cap);

/* ---- Processors --------------------------------------------------------- */

/* golongrl_set_workers bounds the processors that the library uses, in all
 * calls together, and returns the bound. 0 sets the one that holds from the
 * start: the processors that the process may use, or fewer if the environment
 * variable GOLONGRL_WORKERS, or else OMP_NUM_THREADS, had a smaller number when
 * the library was loaded. The bound is at most 1024. It waits for a moment in
 * which no call runs Go code; it is not for every call. */
int32_t golongrl_set_workers(int32_t workers);

#ifdef __cplusplus
}
#endif

#endif /* GOLONGRL_H */
