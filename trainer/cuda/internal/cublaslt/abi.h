// The part of cuBLASLt's interface that is used, and calls through what dlsym found.
// Numbers and sizes are those of the headers of 11.11, 12.9 and 13.10.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	lt_invalid = 7, // statuses
	lt_not_supported = 15,
	lt_compute_32f = 68,   // sums and factors in float32, without TF32
	lt_float32 = 0,        // types of elements
	lt_bfloat16 = 14,
	lt_desc_trans_a = 3, // attributes of a product
	lt_desc_trans_b = 4,
	lt_op_t = 1,
	lt_pref_workspace = 1, // attributes of the search for an algorithm
	lt_pref_reduction = 3,
	lt_pref_align_a = 5,
	lt_pref_align_b = 6,
	lt_pref_align_c = 7,
	lt_pref_align_d = 8,
	lt_reduce_compute_type = 2, // parts of sums are added in the type of computing
};

typedef struct {
	uint64_t data[8];
} lt_algo;

typedef struct {
	lt_algo algo;
	size_t workspace;
	int state;
	float waves;
	int reserved[4];
} lt_result;

_Static_assert(sizeof(lt_algo) == 64 && sizeof(lt_result) == 96 && offsetof(lt_result, state) == 72, "as the library has them");

// In the order in which Go passes the names.
typedef struct {
	size_t (*version)(void);
	const char *(*status_name)(int);
	int (*create)(void **handle);
	int (*destroy)(void *handle);
	int (*desc_create)(void **desc, int compute, int scale);
	int (*desc_destroy)(void *desc);
	int (*desc_set)(void *desc, int attribute, const void *value, size_t bytes);
	int (*layout_create)(void **layout, int type, uint64_t rows, uint64_t columns, int64_t ld);
	int (*layout_destroy)(void *layout);
	int (*pref_create)(void **pref);
	int (*pref_destroy)(void *pref);
	int (*pref_set)(void *pref, int attribute, const void *value, size_t bytes);
	int (*heuristic)(void *handle, void *desc, void *a, void *b, void *c, void *d, void *pref, int wanted, lt_result *results, int *found);
	int (*matmul)(void *handle, void *desc, const void *alpha, const void *a, void *a_layout, const void *b, void *b_layout,
	              const void *beta, const void *c, void *c_layout, void *d, void *d_layout, const lt_algo *algo,
	              void *workspace, size_t workspace_bytes, void *stream);
} lt_functions;

// A shape is a product of matrices by columns, D = op(A) op(B) or D += op(A) op(B).
typedef struct {
	int trans_a, trans_b;
	int64_t m, n, k, lda, ldb, ldc;
	int type_in, type_out;
	uint32_t align_a, align_b, align_c;
} lt_shape;

// A plan is a shape made ready.
typedef struct {
	void *desc, *a, *b, *c;
	lt_algo algo;
} lt_plan;

static void lt_plan_free(const lt_functions *f, lt_plan *p) {
	if (p->desc) f->desc_destroy(p->desc);
	if (p->a) f->layout_destroy(p->a);
	if (p->b) f->layout_destroy(p->b);
	if (p->c) f->layout_destroy(p->c);
	*p = (lt_plan){0};
}

// lt_plan_make returns the status of the first call that failed, or of the search.
static int lt_plan_make(const lt_functions *f, void *handle, const lt_shape *s, uint64_t workspace, lt_plan *p) {
	int status, op = lt_op_t, found = 0;
	uint32_t reduction = lt_reduce_compute_type;
	void *pref = 0;
	lt_result result = {0};
	*p = (lt_plan){0};
	// What is stored: op(A) is m x k and op(B) is k x n.
	if ((status = f->desc_create(&p->desc, lt_compute_32f, lt_float32))) goto done;
	if (s->trans_a && (status = f->desc_set(p->desc, lt_desc_trans_a, &op, sizeof op))) goto done;
	if (s->trans_b && (status = f->desc_set(p->desc, lt_desc_trans_b, &op, sizeof op))) goto done;
	if ((status = f->layout_create(&p->a, s->type_in, s->trans_a ? s->k : s->m, s->trans_a ? s->m : s->k, s->lda))) goto done;
	if ((status = f->layout_create(&p->b, s->type_in, s->trans_b ? s->n : s->k, s->trans_b ? s->k : s->n, s->ldb))) goto done;
	if ((status = f->layout_create(&p->c, s->type_out, s->m, s->n, s->ldc))) goto done;
	if ((status = f->pref_create(&pref))) goto done;
	if ((status = f->pref_set(pref, lt_pref_workspace, &workspace, sizeof workspace))) goto done;
	if ((status = f->pref_set(pref, lt_pref_reduction, &reduction, sizeof reduction))) goto done;
	if ((status = f->pref_set(pref, lt_pref_align_a, &s->align_a, sizeof s->align_a))) goto done;
	if ((status = f->pref_set(pref, lt_pref_align_b, &s->align_b, sizeof s->align_b))) goto done;
	if ((status = f->pref_set(pref, lt_pref_align_c, &s->align_c, sizeof s->align_c))) goto done;
	if ((status = f->pref_set(pref, lt_pref_align_d, &s->align_c, sizeof s->align_c))) goto done;
	if ((status = f->heuristic(handle, p->desc, p->a, p->b, p->c, p->c, pref, 1, &result, &found))) goto done;
	status = found < 1 ? lt_not_supported : result.state;
	p->algo = result.algo;
done:
	if (pref) f->pref_destroy(pref);
	if (status) lt_plan_free(f, p);
	return status;
}

static int lt_plan_run(const lt_functions *f, void *handle, const lt_plan *p, uint64_t a, uint64_t b, uint64_t c, int accumulate,
                       uint64_t workspace, size_t workspace_bytes, uint64_t stream) {
	float one = 1, beta = accumulate ? 1 : 0;
	return f->matmul(handle, p->desc, &one, (void *)a, p->a, (void *)b, p->b, &beta, (void *)c, p->c, (void *)c, p->c, &p->algo,
	                 (void *)workspace, workspace_bytes, (void *)stream);
}

static size_t lt_version(const lt_functions *f) { return f->version(); }
static const char *lt_status_name(const lt_functions *f, int status) { return f->status_name(status); }
static int lt_create(const lt_functions *f, void **handle) { return f->create(handle); }
static int lt_destroy(const lt_functions *f, void *handle) { return f->destroy(handle); }
