//go:build !cuda || !cgo

package cuda

import (
	"errors"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// OpenDevice opens a GPU by its number, for the tools of this module. In this
// program, which was built without the tag cuda or without cgo, it returns an error.
func OpenDevice(int) (gpu.Device, error) {
	return nil, errors.New("cuda: this program was built without CUDA; on Linux with CUDA's headers (scripts/cuda-setup installs them), CGO_ENABLED=1 go build -tags cuda builds it in")
}
