/* An example: score two responses, compare two formulas, compute advantages.
 *
 *     go build -tags libgolongrl -buildmode=c-shared -o libgolongrl.so ./cmd/libgolongrl
 *     cc -std=c99 -I cmd/libgolongrl cmd/libgolongrl/testdata/example.c ./libgolongrl.so -o example
 *     LD_LIBRARY_PATH=. ./example
 */
#include <stdio.h>
#include <string.h>

#include "golongrl.h"

static golongrl_text text(const char *s) {
    golongrl_text t = {s, strlen(s)};
    return t;
}

static void print(const char *name, golongrl_text t) {
    if (t.data != NULL) printf("  %s=%.*s", name, (int)t.len, t.data);
}

int main(void) {
    golongrl_error error;
    char texts[1024]; /* what the results say */
    size_t needed;

    if (golongrl_abi_version() != GOLONGRL_ABI_VERSION) {
        fprintf(stderr, "the header and the library do not belong together\n");
        return 1;
    }

    /* Rewards. A record is all zero but for what is given. */
    golongrl_record records[3];
    golongrl_result results[3];
    memset(records, 0, sizeof records);
    records[0].response = text("the cat sat on the mat");
    records[0].reference = text("the cat is on the mat");
    records[0].metric = text("token_f1");
    records[1].response = text("So the answer is \\boxed{\\frac{2}{4}}.");
    records[1].reference = text("1/2");
    records[1].metric = text("math_verify");
    records[2].response = text("no metric of this name");
    records[2].reference = text("x");
    records[2].metric = text("token_f2");
    if (golongrl_score(0, records, 3, results, texts, sizeof texts, &needed, &error) != GOLONGRL_OK) {
        fprintf(stderr, "score: %s\n", error.message);
        return 1;
    }
    for (int i = 0; i < 3; i++) {
        printf("record %d: %s %.4f  status=%d", i, results[i].status <= GOLONGRL_BAD_FORMAT ? "score" : "none",
               results[i].score == results[i].score ? results[i].score : 0.0, (int)results[i].status);
        print("metric", results[i].metric);
        print("error", results[i].error);
        printf("\n");
    }

    /* A scorer judges what names no metric. */
    golongrl_options options;
    memset(&options, 0, sizeof options);
    options.metric = text("rouge_l");
    golongrl_scorer scorer = golongrl_scorer_new(&options, &error);
    if (scorer == 0) {
        fprintf(stderr, "scorer: %s\n", error.message);
        return 1;
    }
    records[0].metric.data = NULL;
    records[0].metric.len = 0;
    if (golongrl_score(scorer, records, 1, results, NULL, 0, NULL, &error) != GOLONGRL_OK) {
        fprintf(stderr, "score: %s\n", error.message);
        return 1;
    }
    printf("with a scorer: %.4f\n", results[0].score);
    golongrl_scorer_free(scorer);

    /* Verdicts. */
    golongrl_pair pairs[2] = {
        {text("x^2-1"), text("$(x-1)(x+1)$")},
        {text("0.5"), text("\\boxed{0.51}")},
    };
    golongrl_verdict verdicts[2];
    if (golongrl_verify(NULL, 0, pairs, 2, verdicts, texts, sizeof texts, &needed, &error) != GOLONGRL_OK) {
        fprintf(stderr, "verify: %s\n", error.message);
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        printf("pair %d: %s", i, verdicts[i].verdict == GOLONGRL_EQUAL ? "equal" : "different");
        print("answer", verdicts[i].answer);
        printf("\n");
    }

    /* Advantages: two prompts with two responses each. */
    double rewards[4] = {1, 0, 1, 1}, advantages[4];
    uint32_t groups[4] = {0, 0, 1, 1};
    golongrl_batch batch;
    memset(&batch, 0, sizeof batch);
    batch.estimator = text("grpo");
    batch.n = 4;
    batch.rewards = rewards;
    batch.groups = groups;
    if (golongrl_advantage(&batch, advantages, &error) != GOLONGRL_OK) {
        fprintf(stderr, "advantage: %s\n", error.message);
        return 1;
    }
    printf("advantages: %.3f %.3f %.3f %.3f\n", advantages[0], advantages[1], advantages[2], advantages[3]);
    return 0;
}
