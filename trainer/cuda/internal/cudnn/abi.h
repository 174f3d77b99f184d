// What this package uses of cuDNN 9's backend interface, with the names of its
// cudnn_graph.h and prefix cd instead of CUDNN. The numbers are the same from 9.0 on;
// TestNumbers compares them with a header.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { cd_STATUS_EXECUTION_FAILED = 5000 };

enum {
	cd_BACKEND_POINTWISE_DESCRIPTOR = 0,
	cd_BACKEND_ENGINE_DESCRIPTOR = 2,
	cd_BACKEND_ENGINECFG_DESCRIPTOR = 3,
	cd_BACKEND_ENGINEHEUR_DESCRIPTOR = 4,
	cd_BACKEND_EXECUTION_PLAN_DESCRIPTOR = 5,
	cd_BACKEND_OPERATION_POINTWISE_DESCRIPTOR = 13,
	cd_BACKEND_OPERATIONGRAPH_DESCRIPTOR = 15,
	cd_BACKEND_VARIANT_PACK_DESCRIPTOR = 16,
	cd_BACKEND_TENSOR_DESCRIPTOR = 17,
	cd_BACKEND_MATMUL_DESCRIPTOR = 18,
	cd_BACKEND_OPERATION_MATMUL_DESCRIPTOR = 19,
	cd_BACKEND_REDUCTION_DESCRIPTOR = 21,
	cd_BACKEND_OPERATION_REDUCTION_DESCRIPTOR = 22,
	cd_BACKEND_OPERATION_RESHAPE_DESCRIPTOR = 31,
	cd_BACKEND_DEVICEPROP_DESCRIPTOR = 38,
};

enum {
	cd_ATTR_POINTWISE_MODE = 0,
	cd_ATTR_POINTWISE_MATH_PREC = 1,
	cd_ATTR_POINTWISE_AXIS = 9,
	cd_ATTR_ENGINEHEUR_MODE = 200,
	cd_ATTR_ENGINEHEUR_OPERATION_GRAPH = 201,
	cd_ATTR_ENGINEHEUR_RESULTS = 202,
	cd_ATTR_ENGINEHEUR_DEVICEPROP = 204,
	cd_ATTR_ENGINECFG_ENGINE = 300,
	cd_ATTR_EXECUTION_PLAN_HANDLE = 400,
	cd_ATTR_EXECUTION_PLAN_ENGINE_CONFIG = 401,
	cd_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE = 402,
	cd_ATTR_EXECUTION_PLAN_DEVICEPROP = 407,
	cd_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR = 750,
	cd_ATTR_OPERATION_POINTWISE_XDESC = 751,
	cd_ATTR_OPERATION_POINTWISE_BDESC = 752,
	cd_ATTR_OPERATION_POINTWISE_YDESC = 753,
	cd_ATTR_OPERATION_POINTWISE_TDESC = 758,
	cd_ATTR_OPERATIONGRAPH_HANDLE = 800,
	cd_ATTR_OPERATIONGRAPH_OPS = 801,
	cd_ATTR_TENSOR_BYTE_ALIGNMENT = 900,
	cd_ATTR_TENSOR_DATA_TYPE = 901,
	cd_ATTR_TENSOR_DIMENSIONS = 902,
	cd_ATTR_TENSOR_STRIDES = 903,
	cd_ATTR_TENSOR_UNIQUE_ID = 906,
	cd_ATTR_TENSOR_IS_VIRTUAL = 907,
	cd_ATTR_TENSOR_IS_BY_VALUE = 908,
	cd_ATTR_TENSOR_RAGGED_OFFSET_DESC = 913,
	cd_ATTR_VARIANT_PACK_UNIQUE_IDS = 1000,
	cd_ATTR_VARIANT_PACK_DATA_POINTERS = 1001,
	cd_ATTR_VARIANT_PACK_WORKSPACE = 1003,
	cd_ATTR_ENGINE_NUMERICAL_NOTE = 1303,
	cd_ATTR_MATMUL_COMP_TYPE = 1500,
	cd_ATTR_OPERATION_MATMUL_ADESC = 1520,
	cd_ATTR_OPERATION_MATMUL_BDESC = 1521,
	cd_ATTR_OPERATION_MATMUL_CDESC = 1522,
	cd_ATTR_OPERATION_MATMUL_DESC = 1523,
	cd_ATTR_OPERATION_MATMUL_GEMM_M_OVERRIDE_DESC = 1525,
	cd_ATTR_OPERATION_MATMUL_GEMM_N_OVERRIDE_DESC = 1526,
	cd_ATTR_OPERATION_MATMUL_GEMM_K_OVERRIDE_DESC = 1527,
	cd_ATTR_REDUCTION_OPERATOR = 1600,
	cd_ATTR_REDUCTION_COMP_TYPE = 1601,
	cd_ATTR_OPERATION_REDUCTION_XDESC = 1610,
	cd_ATTR_OPERATION_REDUCTION_YDESC = 1611,
	cd_ATTR_OPERATION_REDUCTION_DESC = 1612,
	cd_ATTR_OPERATION_RESHAPE_XDESC = 2200,
	cd_ATTR_OPERATION_RESHAPE_YDESC = 2201,
	cd_ATTR_DEVICEPROP_JSON_REPRESENTATION = 2702,
};

enum {
	cd_TYPE_HANDLE = 0,
	cd_TYPE_DATA_TYPE = 1,
	cd_TYPE_BOOLEAN = 2,
	cd_TYPE_INT64 = 3,
	cd_TYPE_VOID_PTR = 6,
	cd_TYPE_HEUR_MODE = 8,
	cd_TYPE_NUMERICAL_NOTE = 11,
	cd_TYPE_POINTWISE_MODE = 14,
	cd_TYPE_BACKEND_DESCRIPTOR = 15,
	cd_TYPE_REDUCTION_OPERATOR_TYPE = 18,
	cd_TYPE_CHAR = 24,
};

enum { cd_HEUR_MODE_A = 3 };
enum { cd_DATA_FLOAT = 0, cd_DATA_INT32 = 4, cd_DATA_BFLOAT16 = 9, cd_DATA_BOOLEAN = 11 };
enum { cd_REDUCE_TENSOR_ADD = 0, cd_REDUCE_TENSOR_MAX = 3 };
enum { cd_NUMERICAL_NOTE_NONDETERMINISTIC = 4 };
enum {
	cd_POINTWISE_ADD = 0,
	cd_POINTWISE_MUL = 1,
	cd_POINTWISE_DIV = 6,
	cd_POINTWISE_SUB = 9,
	cd_POINTWISE_EXP = 13,
	cd_POINTWISE_LOG = 15,
	cd_POINTWISE_IDENTITY = 21,
	cd_POINTWISE_CMP_GE = 303,
	cd_POINTWISE_CMP_LT = 304,
	cd_POINTWISE_LOGICAL_AND = 400,
	cd_POINTWISE_GEN_INDEX = 501,
	cd_POINTWISE_BINARY_SELECT = 601,
};

// The functions, in the order of names in library.go.
typedef struct {
	size_t (*version)(void);
	size_t (*cuda)(void);
	void (*last_error)(char *message, size_t size);
	int (*create)(void **handle);
	int (*destroy)(void *handle);
	int (*set_stream)(void *handle, void *stream);
	int (*descriptor_create)(int type, void **descriptor);
	int (*descriptor_destroy)(void *descriptor);
	int (*finalize)(void *descriptor);
	int (*set)(void *descriptor, int attribute, int type, int64_t count, const void *elements);
	int (*get)(void *descriptor, int attribute, int type, int64_t count, int64_t *have, void *elements);
	int (*execute)(void *handle, void *plan, void *pack);
} cd_functions;

static inline size_t cd_version(cd_functions *f) { return f->version(); }
static inline size_t cd_cuda(cd_functions *f) { return f->cuda(); }
static inline void cd_last_error(cd_functions *f, char *text, size_t n) { f->last_error(text, n); }
static inline int cd_create(cd_functions *f, uint64_t stream, void **handle) {
	int status = f->create(handle);
	return status ? status : f->set_stream(*handle, (void *)(uintptr_t)stream);
}
static inline int cd_destroy(cd_functions *f, void *handle) { return f->destroy(handle); }
static inline int cd_new(cd_functions *f, int type, void **d) { return f->descriptor_create(type, d); }
static inline void cd_free(cd_functions *f, void *d) { f->descriptor_destroy(d); }
static inline int cd_finalize(cd_functions *f, void *d) { return f->finalize(d); }
static inline int cd_set(cd_functions *f, void *d, int attribute, int type, int64_t n, const void *p) {
	return f->set(d, attribute, type, n, p);
}
static inline int cd_get(cd_functions *f, void *d, int attribute, int type, int64_t n, int64_t *have, void *p) {
	return f->get(d, attribute, type, n, have, p);
}

// cd_run executes a plan. Pointers are addresses of the device, or of the host for
// scalars.
static inline int cd_run(cd_functions *f, void *handle, void *plan, int64_t n, const int64_t *ids, const uint64_t *pointers, uint64_t workspace) {
	void *pack;
	void *work = (void *)(uintptr_t)workspace;
	int s = f->descriptor_create(cd_BACKEND_VARIANT_PACK_DESCRIPTOR, &pack);
	if (s) return s;
	s = f->set(pack, cd_ATTR_VARIANT_PACK_UNIQUE_IDS, cd_TYPE_INT64, n, ids);
	if (!s) s = f->set(pack, cd_ATTR_VARIANT_PACK_DATA_POINTERS, cd_TYPE_VOID_PTR, n, pointers);
	if (!s) s = f->set(pack, cd_ATTR_VARIANT_PACK_WORKSPACE, cd_TYPE_VOID_PTR, 1, &work);
	if (!s) s = f->finalize(pack);
	if (!s) s = f->execute(handle, plan, pack);
	f->descriptor_destroy(pack);
	return s;
}
