/*
 * Runs the ClickHouse inside libchdb.so as a program of its own: `launcher <libchdb.so> <clickhouse-local arguments>`.
 * Tests start nodes of a cluster with it, where no ClickHouse server is installed.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

typedef void *(*query_function)(int, char **);

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: launcher <libchdb.so> <arguments>\n");
        return 2;
    }
#ifdef __linux__
    /* Dies with the test that started it, however that ends. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    void *library = dlopen(argv[1], RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    query_function run = (query_function)dlsym(library, "query_stable_v2");
    if (run == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    argv[1] = "clickhouse";
    run(argc - 1, argv + 1);
    return 0;
}
