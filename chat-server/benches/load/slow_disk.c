// Makes every fsync of a program take LOAD_SYNC_US microseconds longer. Loaded with LD_PRELOAD; touches nothing else, so that it
// costs no CPU that would be measured.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int later(const char *name, int fd) {
    const char *given = getenv("LOAD_SYNC_US");
    long us = given ? atol(given) : 0;
    struct timespec delay = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&delay, NULL);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) { return later("fsync", fd); }
int fdatasync(int fd) { return later("fdatasync", fd); }
