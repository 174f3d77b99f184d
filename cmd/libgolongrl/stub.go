//go:build !libgolongrl || !cgo

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "libgolongrl is a library: go build -tags libgolongrl -buildmode=c-shared -o libgolongrl.so ./cmd/libgolongrl, with CGO_ENABLED=1 and a C compiler")
	os.Exit(2)
}
