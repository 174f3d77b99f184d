"""The OpenBLAS side of the comparison of matrix products: numpy's float32 product
on one thread.

    OPENBLAS_NUM_THREADS=1 gemm_time.py

Only numpy is needed. Reads one JSON object per line from standard input,
{"N": n, "Times": t}, and answers {"Seconds": CPU time of the fastest of t products of
n x n matrices}. The first line of standard output says {"Numpy": version, "BLAS": name}.
OPENBLAS_CORETYPE=Haswell in the environment forces the AVX2 kernels.
"""

import json
import sys
import time

import numpy as np


def main():
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    print(json.dumps({"Numpy": np.__version__, "BLAS": f"{blas['name']} {blas['version']}"}), flush=True)
    rng = np.random.default_rng(1)
    for line in sys.stdin:
        q = json.loads(line)
        a, b = (rng.standard_normal((q["N"], q["N"]), dtype=np.float32) for _ in "ab")
        c = np.empty_like(a)
        best = float("inf")
        for _ in range(q["Times"]):
            start = time.process_time()
            np.matmul(a, b, out=c)
            best = min(best, time.process_time() - start)
        print(json.dumps({"Seconds": best}), flush=True)


if __name__ == "__main__":
    main()
