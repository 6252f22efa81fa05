/* Preloaded into a process (LD_PRELOAD): counts its calls to the disk below one folder, and fails or kills at one of them.
 *
 * Python, DuckDB, polars and Arrow all write through these functions of libc, so that a point is a point of any of them.
 * Given by FAULT_* in the environment, or in a forked child by fault_arm():
 *   FAULT_HOME   the folder; calls elsewhere are not seen
 *   FAULT_MODE   count | kill (−9 in place of the call; a write is done by half first) | error (FAULT_ERRNO) | budget (ENOSPC
 *                for every write once FAULT_AT bytes are written, until the process ends)
 *   FAULT_AT     which call, from 1; or how many bytes
 *   FAULT_AFTER  counting begins with the first mkdir of a path that ends so ("" = at once)
 *   FAULT_LOG    a line a call in mode count: number, function, path; in the other modes the call that was hit
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { OFF, COUNT, KILL, ERROR, BUDGET };

static enum mode mode = OFF;
static char home[PATH_MAX], after[PATH_MAX];
static size_t home_length;
static long at;
static int error_number, log_fd = -1;
static atomic_long calls, bytes;
static atomic_int counting;

#define REAL(name) ((__typeof__(&name))real_function(#name))

static void *real_function(const char *name) { return dlsym(RTLD_NEXT, name); }

/* An own descriptor number above those that programs use, so that closing "all files" after a fork leaves it. */
static void open_log(const char *path) {
    int opened = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    log_fd = opened < 0 ? -1 : fcntl(opened, F_DUPFD_CLOEXEC, 900);
    if (opened >= 0) syscall(SYS_close, opened);
}

void fault_arm(const char *folder, const char *how, long number, int failing_with, const char *suffix, const char *log) {
    snprintf(home, sizeof home, "%s", folder);
    snprintf(after, sizeof after, "%s", suffix);
    home_length = strlen(home);
    at = number;
    error_number = failing_with;
    open_log(log);
    atomic_store(&calls, 0);
    atomic_store(&bytes, 0);
    atomic_store(&counting, after[0] == 0);
    mode = !strcmp(how, "count") ? COUNT : !strcmp(how, "kill") ? KILL : !strcmp(how, "error") ? ERROR : !strcmp(how, "budget") ? BUDGET : OFF;
}

static const char *given(const char *name, const char *otherwise) { return getenv(name) ? getenv(name) : otherwise; }

__attribute__((constructor)) static void from_environment(void) {
    if (getenv("FAULT_MODE") && getenv("FAULT_HOME"))
        fault_arm(getenv("FAULT_HOME"), getenv("FAULT_MODE"), atol(given("FAULT_AT", "0")), atoi(given("FAULT_ERRNO", "5")), given("FAULT_AFTER", ""), given("FAULT_LOG", "/dev/null"));
}

/* Absolute path of what a call is about: of an open file, or of a name below an open folder. 0 where it is not below the home. */
static int inside(int descriptor, const char *name, char *path) {
    char link[64];
    path[0] = 0;
    if (name && name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
    } else if (!name || descriptor != AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, path, PATH_MAX - 1);
        path[length < 0 ? 0 : length] = 0;
        if (name) { strncat(path, "/", PATH_MAX - strlen(path) - 1); strncat(path, name, PATH_MAX - strlen(path) - 1); }
    } else if (getcwd(path, PATH_MAX)) {
        strncat(path, "/", PATH_MAX - strlen(path) - 1);
        strncat(path, name, PATH_MAX - strlen(path) - 1);
    }
    return !strncmp(path, home, home_length) && path[home_length] == '/';
}

static void note(long number, const char *function, const char *path) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, function, path + home_length + 1);
    if (log_fd >= 0) syscall(SYS_write, log_fd, line, length);
}

static int ends_with(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && !strcmp(text + a - b, end);
}

/* 0: go on. 1: fail with errno, which is set. 2: this is the call to be killed at. */
static int verdict(const char *function, int descriptor, const char *name, size_t size) {
    char path[PATH_MAX];
    int before = errno;
    if (mode == OFF || !inside(descriptor, name, path)) { errno = before; return 0; }
    errno = before;
    if (!atomic_load(&counting)) {
        if (strcmp(function, "mkdir") || !ends_with(path, after)) return 0;
        atomic_store(&counting, 1);
    }
    if (mode == BUDGET) {
        if (size == 0) return 0;
        if (atomic_fetch_add(&bytes, (long)size) + (long)size <= at) return 0;
        if (atomic_fetch_add(&calls, 1) == 0) note(1, function, path);
        errno = ENOSPC;
        return 1;
    }
    long number = atomic_fetch_add(&calls, 1) + 1;
    if (mode == COUNT) { note(number, function, path); return 0; }
    if (number != at) return 0;
    note(number, function, path);
    if (mode == KILL) return 2;
    errno = error_number;
    return 1;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

#define CHECK(function, descriptor, name) \
    switch (verdict(function, descriptor, name, 0)) { case 1: return -1; case 2: die(); }

#define CHECK_WRITE(function, size, half) \
    switch (verdict(function, fd, NULL, size)) { case 1: return -1; case 2: half; die(); }

/* Only what may change the disk: an open for reading is none. */
#define OPENING(function, folder, call_with_mode) \
    mode_t given_mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); given_mode = va_arg(rest, mode_t); va_end(rest); } \
    if (flags & (O_CREAT | O_WRONLY | O_RDWR)) { CHECK(function, folder, path) } \
    return call_with_mode;

int open(const char *path, int flags, ...) { OPENING("open", AT_FDCWD, REAL(open)(path, flags, given_mode)) }
int open64(const char *path, int flags, ...) { OPENING("open", AT_FDCWD, REAL(open64)(path, flags, given_mode)) }
int openat(int folder, const char *path, int flags, ...) { OPENING("open", folder, REAL(openat)(folder, path, flags, given_mode)) }
int openat64(int folder, const char *path, int flags, ...) { OPENING("open", folder, REAL(openat64)(folder, path, flags, given_mode)) }

ssize_t write(int fd, const void *data, size_t size) { CHECK_WRITE("write", size, REAL(write)(fd, data, size / 2)) return REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { CHECK_WRITE("pwrite", size, REAL(pwrite)(fd, data, size / 2, offset)) return REAL(pwrite)(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { CHECK_WRITE("pwrite", size, REAL(pwrite64)(fd, data, size / 2, offset)) return REAL(pwrite64)(fd, data, size, offset); }

static size_t total(const struct iovec *parts, int n) { size_t sum = 0; for (int i = 0; i < n; i++) sum += parts[i].iov_len; return sum; }

ssize_t writev(int fd, const struct iovec *parts, int n) { CHECK_WRITE("write", total(parts, n), REAL(writev)(fd, parts, n / 2)) return REAL(writev)(fd, parts, n); }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset) { CHECK_WRITE("pwrite", total(parts, n), REAL(pwritev)(fd, parts, n / 2, offset)) return REAL(pwritev)(fd, parts, n, offset); }
ssize_t copy_file_range(int from, off64_t *from_offset, int fd, off64_t *offset, size_t size, unsigned flags) { CHECK_WRITE("write", size, (void)0) return REAL(copy_file_range)(from, from_offset, fd, offset, size, flags); }
ssize_t sendfile64(int fd, int from, off64_t *offset, size_t size) { CHECK_WRITE("write", size, (void)0) ssize_t (*real)(int, int, off64_t *, size_t) = real_function("sendfile64"); return real(fd, from, offset, size); }
ssize_t sendfile(int fd, int from, off_t *offset, size_t size) { CHECK_WRITE("write", size, (void)0) ssize_t (*real)(int, int, off_t *, size_t) = real_function("sendfile"); return real(fd, from, offset, size); }

int fsync(int fd) { CHECK("fsync", fd, NULL) return REAL(fsync)(fd); }
int fdatasync(int fd) { CHECK("fsync", fd, NULL) return REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { CHECK("ftruncate", fd, NULL) return REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { CHECK("ftruncate", fd, NULL) return REAL(ftruncate64)(fd, size); }
int fchmod(int fd, mode_t bits) { CHECK("chmod", fd, NULL) return REAL(fchmod)(fd, bits); }
int fallocate64(int fd, int how, off64_t offset, off64_t size) { CHECK("ftruncate", fd, NULL) return REAL(fallocate64)(fd, how, offset, size); }

int rename(const char *from, const char *to) { CHECK("rename", AT_FDCWD, to) return REAL(rename)(from, to); }
int renameat(int a, const char *from, int b, const char *to) { CHECK("rename", b, to) return REAL(renameat)(a, from, b, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { CHECK("rename", b, to) return REAL(renameat2)(a, from, b, to, flags); }
int mkdir(const char *path, mode_t bits) { CHECK("mkdir", AT_FDCWD, path) return REAL(mkdir)(path, bits); }
int mkdirat(int folder, const char *path, mode_t bits) { CHECK("mkdir", folder, path) return REAL(mkdirat)(folder, path, bits); }
int symlink(const char *to, const char *path) { CHECK("symlink", AT_FDCWD, path) return REAL(symlink)(to, path); }
int symlinkat(const char *to, int folder, const char *path) { CHECK("symlink", folder, path) return REAL(symlinkat)(to, folder, path); }
int unlink(const char *path) { CHECK("unlink", AT_FDCWD, path) return REAL(unlink)(path); }
int unlinkat(int folder, const char *path, int flags) { CHECK("unlink", folder, path) return REAL(unlinkat)(folder, path, flags); }
int rmdir(const char *path) { CHECK("unlink", AT_FDCWD, path) return REAL(rmdir)(path); }
int chmod(const char *path, mode_t bits) { CHECK("chmod", AT_FDCWD, path) return REAL(chmod)(path, bits); }
int fchmodat(int folder, const char *path, mode_t bits, int flags) { CHECK("chmod", folder, path) return REAL(fchmodat)(folder, path, bits, flags); }
