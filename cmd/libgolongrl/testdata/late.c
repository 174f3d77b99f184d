/* Loads the library at run time, which it is told the path of: what the program
 * has put into the environment until then counts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "golongrl.h"

int main(int argc, char **argv) {
    union {
        void *address;
        uint32_t (*version)(void);
        int32_t (*workers)(int32_t);
    } function;
    if (argc != 2 || setenv("GOLONGRL_WORKERS", "1", 1) != 0) return 2;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || (function.address = dlsym(library, "golongrl_abi_version")) == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    printf("version %u", (unsigned)function.version());
    function.address = dlsym(library, "golongrl_set_workers");
    printf(" workers %d\n", (int)function.workers(0));
    return 0;
}
