//go:build !cuda || !cgo

// Command golongrl-train-cuda is golongrl-train on an NVIDIA GPU. This is what is
// built without the tag cuda: it says so.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "golongrl-train-cuda: built without CUDA: scripts/cuda-setup && CGO_ENABLED=1 go build -tags cuda ./cmd/golongrl-train-cuda, on Linux")
	os.Exit(3)
}
