// The driver's header, with the names that gorgonia.org/cu v0.9.6 calls as they were
// before CUDA 13. Put this folder first on the include path when building with the
// headers of CUDA 13 or later:
//
//	CGO_CFLAGS="-I<this folder> -I<CUDA's include folder>"
//
// With older headers it changes nothing. The functions named here are in all
// drivers: NVIDIA keeps old names when it adds new ones.
#ifndef GOLONGRL_COMPAT_CUDA_H
#define GOLONGRL_COMPAT_CUDA_H

#include_next <cuda.h>

#if CUDA_VERSION >= 13000

// Five got parameters in CUDA 13; two have the parameters that they had, and would
// only ask for a newer driver than is needed.
#undef cuCtxCreate
#undef cuDeviceGetUuid
#undef cuEventElapsedTime
#undef cuGraphAddDependencies
#undef cuGraphGetEdges
#undef cuMemAdvise
#undef cuMemPrefetchAsync

#define cuCtxCreate cuCtxCreate_v2

#ifdef __cplusplus
extern "C" {
#endif

CUresult CUDAAPI cuCtxCreate_v2(CUcontext *ctx, unsigned int flags, CUdevice device);
CUresult CUDAAPI cuDeviceGetUuid(CUuuid *uuid, CUdevice device);
CUresult CUDAAPI cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end);
CUresult CUDAAPI cuGraphAddDependencies(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to, size_t count);
CUresult CUDAAPI cuGraphGetEdges(CUgraph graph, CUgraphNode *from, CUgraphNode *to, size_t *count);
CUresult CUDAAPI cuMemAdvise(CUdeviceptr pointer, size_t bytes, CUmem_advise advice, CUdevice device);
CUresult CUDAAPI cuMemPrefetchAsync(CUdeviceptr pointer, size_t bytes, CUdevice device, CUstream stream);

#ifdef __cplusplus
}
#endif

#endif
#endif
