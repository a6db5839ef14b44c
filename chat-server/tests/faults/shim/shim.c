// Stands between a program and the system, for tests: makes the disk full, failing, slow or forgetful, and moves the wall clock.
//
// Loaded with LD_PRELOAD. CHAT_SHIM names a directory with a file `control`, which shim.rs writes and this file maps; what it says
// holds from the next call on. Only files below the root that the control names are touched.
//
// Every change of such a file goes into `journal` before it is made, with the bytes from before and after, and every fsync
// behind it. From that shim.rs works out what a disk would hold after a power failure. Each file has a second name,
// `file-INODE`, under which it is found again, and what a rename or unlink removes is kept as `kept-NUMBER`.
//
// It never sees what bypasses the C library (raw system calls, stores through a shared mapping); of chat-server that is the shared memory
// beside the log, which SQLite makes anew at each start, and the rename that puts the server's key in place.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// What becomes of writes; the numbers are those of shim.rs.
enum { WRITES_PASS, WRITES_FULL, WRITES_FAIL, WRITES_FAIL_AFTERWARDS, WRITES_SHORT };
// What becomes of fsyncs.
enum { SYNCS_PASS, SYNCS_FAIL_ONCE, SYNCS_FAIL, SYNCS_LIE };
// Kinds of records in the journal.
enum { REC_WRITE = 1, REC_TRUNCATE, REC_SYNCED, REC_LOST, REC_CREATE, REC_RENAME, REC_UNLINK, REC_MKDIR };

// As shim.rs lays it out.
struct control {
    _Atomic int64_t writes;
    _Atomic int64_t syncs;
    _Atomic int64_t room;     // bytes by which files may still grow; below zero: no limit
    _Atomic int64_t delay_ms; // of each fsync
    _Atomic int64_t clock_ms; // added to the wall clock
    _Atomic int64_t bites;    // faults made so far
    _Atomic int64_t syncs_made;
    char only[64];   // the end of the names that faults hit; empty: all
    char root[1024]; // an absolute path
};

#define FDS_MAX 65536
#define NAME_MAX_KEPT 32

static struct open_file {
    _Atomic uint64_t inode; // 0: not ours
    int is_directory;
    int is_shared_memory;
    char name[NAME_MAX_KEPT]; // its end
} files[FDS_MAX];

static struct control *control;
static char directory[PATH_MAX / 2];
static int journal;
static _Atomic uint64_t kept_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fallocate)(int, int, off_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);

static void give_up(const char *what) {
    dprintf(2, "shim: %s: %s\n", what, strerror(errno));
    _exit(98);
}

static void find_all(void) {
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
    FIND(open), FIND(openat), FIND(close), FIND(write), FIND(writev), FIND(pwrite), FIND(ftruncate), FIND(fallocate);
    FIND(fsync), FIND(fdatasync), FIND(rename), FIND(unlink), FIND(mkdir), FIND(clock_gettime), FIND(gettimeofday);
    const char *named = getenv("CHAT_SHIM");
    if (!named || strlen(named) >= sizeof directory) give_up("CHAT_SHIM names no directory");
    strcpy(directory, named);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/control", directory);
    int fd = real_open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) give_up(path);
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (control == MAP_FAILED) give_up(path);
    real_close(fd);
    snprintf(path, sizeof path, "%s/journal", directory);
    journal = real_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) give_up(path);
    kept_count = (uint64_t)getpid() << 32;
}

__attribute__((constructor)) static void ready(void) { pthread_once(&once, find_all); }

// ---- which files are ours

static int is_below_root(const char *path) {
    size_t length = strlen(control->root);
    return length > 0 && strncmp(path, control->root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

// The file behind `fd`, or nothing where it is not ours (any more).
static struct open_file *ours(int fd, struct stat *stat) {
    if (fd < 0 || fd >= FDS_MAX || files[fd].inode == 0) return NULL;
    if (fstat(fd, stat) != 0 || stat->st_ino != files[fd].inode) return NULL;
    return &files[fd];
}

static int bites(const struct open_file *file) { return ends_with(file->name, control->only); }

static int bite(int error) {
    control->bites++;
    errno = error;
    return -1;
}

// ---- the journal; all under the lock

static void append(uint64_t kind, uint64_t inode, uint64_t a, uint64_t b, struct iovec old, struct iovec new) {
    uint64_t head[6] = {kind, inode, a, b, old.iov_len, new.iov_len};
    struct iovec parts[3] = {{head, sizeof head}, old, new};
    ssize_t size = sizeof head + old.iov_len + new.iov_len;
    if (real_writev(journal, parts, 3) != size) give_up("the journal");
}

static struct iovec none(void) { return (struct iovec){NULL, 0}; }
static struct iovec text(const char *path) { return (struct iovec){(void *)path, strlen(path)}; }

// The bytes from `offset` up to `end`. A file that is open for writing only is opened once more: locks that end with any close of
// a file are never on such a one.
static struct iovec bytes_before(int fd, off_t offset, off_t end) {
    if (end <= offset) return none();
    struct iovec old = {malloc(end - offset), end - offset};
    int reader = fd;
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        reader = real_open(path, O_RDONLY | O_CLOEXEC);
    }
    if (!old.iov_base || pread(reader, old.iov_base, old.iov_len, offset) != (ssize_t)old.iov_len) give_up("bytes from before");
    if (reader != fd) real_close(reader);
    return old;
}

static void append_write(int fd, const struct stat *stat, const void *bytes, size_t size, off_t offset) {
    off_t end = offset + (off_t)size < stat->st_size ? offset + (off_t)size : stat->st_size;
    struct iovec old = bytes_before(fd, offset, end);
    append(REC_WRITE, stat->st_ino, offset, stat->st_size, old, (struct iovec){(void *)bytes, size});
    free(old.iov_base);
}

static void append_truncate(int fd, const struct stat *stat, off_t length) {
    struct iovec old = bytes_before(fd, length, stat->st_size);
    append(REC_TRUNCATE, stat->st_ino, length, stat->st_size, old, none());
    free(old.iov_base);
}

static uint64_t directory_of(const char *path) {
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash) *slash = 0;
    struct stat found;
    return stat(parent, &found) == 0 ? found.st_ino : 0;
}

// A further name for what is about to lose one; 0 where there is nothing.
static uint64_t keep(const char *path) {
    char kept[PATH_MAX];
    uint64_t number = ++kept_count;
    snprintf(kept, sizeof kept, "%s/kept-%llu", directory, (unsigned long long)number);
    return link(path, kept) == 0 ? number : 0;
}

// ---- writes

// How much of a write may be done; -1 with errno where none of it.
static ssize_t allowed(const struct open_file *file, size_t size, off_t offset, off_t length) {
    if (!bites(file)) return size;
    int64_t writes = control->writes, room = control->room;
    if (writes == WRITES_FULL) return bite(ENOSPC);
    if (writes == WRITES_FAIL) return bite(EIO);
    if (room >= 0) {
        int64_t growth = offset + (off_t)size - length;
        if (growth < 0) growth = 0;
        if (growth > room) {
            size_t surplus = growth - room;
            if (surplus >= size) return bite(ENOSPC);
            size -= surplus;
            growth = room;
        }
        control->room -= growth;
    }
    if (writes == WRITES_SHORT && size > 1) {
        control->bites++;
        size = (size + 1) / 2;
    }
    return size;
}

static ssize_t write_ours(struct open_file *file, const struct stat *stat, int fd, const void *bytes, size_t size, off_t offset) {
    ssize_t some = allowed(file, size, offset, stat->st_size);
    if (some <= 0) return some;
    if (!file->is_shared_memory) append_write(fd, stat, bytes, some, offset);
    ssize_t done = real_pwrite(fd, bytes, some, offset);
    if (done > 0 && control->writes == WRITES_FAIL_AFTERWARDS && bites(file)) return bite(EIO);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    ready();
    struct stat stat;
    pthread_mutex_lock(&lock);
    struct open_file *file = ours(fd, &stat);
    ssize_t done = file ? write_ours(file, &stat, fd, bytes, size, offset) : 0;
    pthread_mutex_unlock(&lock);
    return file ? done : real_pwrite(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    ready();
    struct stat stat;
    if (!ours(fd, &stat)) return real_write(fd, bytes, size);
    pthread_mutex_lock(&lock);
    struct open_file *file = ours(fd, &stat);
    off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? stat.st_size : lseek(fd, 0, SEEK_CUR);
    ssize_t done = file ? write_ours(file, &stat, fd, bytes, size, offset) : bite(EBADF);
    if (done > 0) lseek(fd, offset + done, SEEK_SET);
    pthread_mutex_unlock(&lock);
    return done;
}

// A short write is always right, so the first part that is not empty is enough.
ssize_t writev(int fd, const struct iovec *parts, int count) {
    ready();
    struct stat stat;
    if (!ours(fd, &stat)) return real_writev(fd, parts, count);
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len > 0) return write(fd, parts[i].iov_base, parts[i].iov_len);
    return 0;
}

static int resize(int fd, off_t length, int only_grow) {
    struct stat stat;
    pthread_mutex_lock(&lock);
    struct open_file *file = ours(fd, &stat);
    int done = 0;
    if (file && bites(file) && control->writes == WRITES_FAIL) {
        done = bite(EIO);
    } else if (file && only_grow && bites(file) && (control->writes == WRITES_FULL || control->room >= 0)) {
        done = bite(ENOSPC);
    } else if (!only_grow || !file || length > stat.st_size) {
        if (file && !file->is_shared_memory) append_truncate(fd, &stat, length);
        done = real_ftruncate(fd, length);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) {
    ready();
    return resize(fd, length, 0);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
    ready();
    struct stat stat;
    if (!ours(fd, &stat)) return real_fallocate(fd, mode, offset, size);
    if (mode != 0) return bite(EOPNOTSUPP);
    return resize(fd, offset + size, 1);
}

int posix_fallocate(int fd, off_t offset, off_t size) { return fallocate(fd, 0, offset, size) == 0 ? 0 : errno; }

// ---- fsync

static int sync_ours(int fd, int (*real)(int)) {
    struct stat stat;
    struct open_file *file = ours(fd, &stat);
    if (!file) return real(fd);
    int64_t delay_ms = control->delay_ms;
    if (delay_ms > 0 && bites(file)) {
        struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
        control->bites++;
        nanosleep(&delay, NULL);
    }
    pthread_mutex_lock(&lock);
    uint64_t end = lseek(journal, 0, SEEK_END);
    int64_t syncs = control->syncs;
    int fails = bites(file) && (syncs == SYNCS_FAIL_ONCE || syncs == SYNCS_FAIL);
    int lies = bites(file) && syncs == SYNCS_LIE;
    if (fails && syncs == SYNCS_FAIL_ONCE) control->syncs = SYNCS_PASS;
    if (lies) control->bites++;
    pthread_mutex_unlock(&lock);
    if (lies) return 0;
    int done = fails ? bite(EIO) : real(fd);
    int error = errno;
    pthread_mutex_lock(&lock);
    append(done == 0 ? REC_SYNCED : REC_LOST, stat.st_ino, end, 0, none(), none());
    if (done == 0) control->syncs_made++;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

int fsync(int fd) {
    ready();
    return sync_ours(fd, real_fsync);
}

int fdatasync(int fd) {
    ready();
    return sync_ours(fd, real_fdatasync);
}

// ---- names

static void remember(int fd, const char *path, const struct stat *stat) {
    struct open_file *file = &files[fd];
    size_t length = strlen(path);
    file->is_directory = S_ISDIR(stat->st_mode);
    file->is_shared_memory = ends_with(path, "-shm");
    size_t kept = length < NAME_MAX_KEPT ? length : NAME_MAX_KEPT - 1;
    memcpy(file->name, path + length - kept, kept + 1);
    if (!file->is_directory && !file->is_shared_memory) {
        char second[PATH_MAX];
        snprintf(second, sizeof second, "%s/file-%llu", directory, (unsigned long long)stat->st_ino);
        if (link(path, second) != 0 && errno != EEXIST) give_up(second);
    }
    file->inode = stat->st_ino;
}

static int open_any(int at, const char *given, int flags, mode_t mode) {
    ready();
    struct stat found;
    if (at != AT_FDCWD && given[0] != '/') return real_openat(at, given, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && lstat(given, &found) != 0 && errno == ENOENT;
    // What a truncation takes away is to be written down first, so it is done here.
    int cuts = (flags & O_TRUNC) && !is_new && is_below_root(given);
    int fd = real_open(given, cuts ? flags & ~O_TRUNC : flags, mode);
    int error = errno;
    if (fd >= 0 && fd < FDS_MAX) {
        char link_name[64], path[PATH_MAX];
        snprintf(link_name, sizeof link_name, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link_name, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        files[fd].inode = 0;
        if (is_below_root(path) && fstat(fd, &found) == 0 && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode))) {
            remember(fd, path, &found);
            if (is_new && !files[fd].is_shared_memory) append(REC_CREATE, directory_of(path), found.st_ino, 0, text(path), none());
            if (cuts && found.st_size > 0) {
                append_truncate(fd, &found, 0);
                real_ftruncate(fd, 0);
            }
        }
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

#define MODE_OF(flags, last) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list more; \
        va_start(more, last); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags, flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    MODE_OF(flags, flags)
    return open_any(at, path, flags, mode);
}

int close(int fd) {
    ready();
    if (fd >= 0 && fd < FDS_MAX) files[fd].inode = 0;
    return real_close(fd);
}

int rename(const char *from, const char *to) {
    ready();
    if (!is_below_root(from) && !is_below_root(to)) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    uint64_t kept = keep(to);
    int done = real_rename(from, to), error = errno;
    if (done == 0) append(REC_RENAME, directory_of(to), kept, 0, text(from), text(to));
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

int unlink(const char *path) {
    ready();
    if (!is_below_root(path)) return real_unlink(path);
    pthread_mutex_lock(&lock);
    uint64_t kept = keep(path);
    int done = real_unlink(path), error = errno;
    if (done == 0 && !ends_with(path, "-shm")) append(REC_UNLINK, directory_of(path), kept, 0, text(path), none());
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

int mkdir(const char *path, mode_t mode) {
    ready();
    if (!is_below_root(path)) return real_mkdir(path, mode);
    pthread_mutex_lock(&lock);
    int done = real_mkdir(path, mode), error = errno;
    if (done == 0) append(REC_MKDIR, directory_of(path), 0, 0, text(path), none());
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

// ---- the wall clock

int clock_gettime(clockid_t clock, struct timespec *time) {
    ready();
    int done = real_clock_gettime(clock, time);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ms = control->clock_ms, ns = time->tv_nsec + ms % 1000 * 1000000;
        time->tv_sec += ms / 1000 + (ns >= 1000000000) - (ns < 0);
        time->tv_nsec = ns - 1000000000 * ((ns >= 1000000000) - (ns < 0));
    }
    return done;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    ready();
    struct timespec now;
    if (zone) real_gettimeofday(time, zone);
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

// The names by which a program with 64-bit offsets calls the same.
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
int ftruncate64(int, off_t) __attribute__((alias("ftruncate")));
int fallocate64(int, int, off_t, off_t) __attribute__((alias("fallocate")));
int posix_fallocate64(int, off_t, off_t) __attribute__((alias("posix_fallocate")));
