// Command libgolongrl is golongrl as a C library: rewards, verdicts and
// advantages in the process of a program that is not written in Go.
//
//	go build -tags libgolongrl -buildmode=c-shared -o libgolongrl.so ./cmd/libgolongrl
//
// It needs a C compiler, and the tag, so that everything else of this module
// builds without one. The file golongrl.h documents what the library has;
// testdata/example.c uses it.
//
// All of its functions are written over the messages of package serve/wire and
// [github.com/golongrl/golongrl/serve/service.Service.Call], so that they answer
// what the server answers.
package main
