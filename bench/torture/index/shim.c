/* Makes the n-th change below one folder fail, or kills the process there.
 *
 * Loaded with LD_PRELOAD; does nothing until fault_arm() is called. Changes are: opening to write,
 * writing, syncing, renaming, linking and making folders. Single-threaded use only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[4096];
static long fail_at, hits;
static int fail_errno; /* 0: kill instead */
static char fired[256];

void fault_arm(const char *folder, long at, int error) {
    snprintf(root, sizeof root, "%s", folder);
    fail_at = at;
    fail_errno = error;
    hits = 0;
    fired[0] = 0;
}

void fault_disarm(void) { root[0] = 0; }
long fault_hits(void) { return hits; }
const char *fault_fired(void) { return fired; }

static int is_inside(const char *path) {
    size_t length = strlen(root);
    return length && !strncmp(path, root, length) && (path[length] == '/' || !path[length]);
}

/* 1 when this change must fail; errno is set then. */
static int fails(const char *operation, const char *path) {
    if (!is_inside(path) || ++hits != fail_at)
        return 0;
    const char *name = strrchr(path, '/');
    snprintf(fired, sizeof fired, "%s %s", operation, name ? name + 1 : path);
    if (!fail_errno)
        kill(getpid(), SIGKILL);
    errno = fail_errno;
    return 1;
}

static const char *of_fd(int fd, char *buffer, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, buffer, size - 1);
    buffer[length < 0 ? 0 : length] = 0;
    return buffer;
}

static const char *at(int folder, const char *path, char *buffer, size_t size) {
    if (path[0] == '/' || folder == AT_FDCWD)
        return path;
    of_fd(folder, buffer, size);
    size_t length = strlen(buffer);
    snprintf(buffer + length, size - length, "/%s", path);
    return buffer;
}

static int fails_fd(const char *operation, int fd) {
    char path[4096];
    return root[0] && fails(operation, of_fd(fd, path, sizeof path));
}

static int fails_at(const char *operation, int folder, const char *name) {
    char path[4096];
    return root[0] && fails(operation, at(folder, name, path, sizeof path));
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                   \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                  \
        va_end(rest);                                                                              \
        if (WRITES(flags) && fails_at("open", AT_FDCWD, path))                                     \
            return -1;                                                                             \
        return REAL(name)(path, flags, mode);                                                      \
    }

#define OPENAT(name)                                                                               \
    int name(int folder, const char *path, int flags, ...) {                                       \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                  \
        va_end(rest);                                                                              \
        if (WRITES(flags) && fails_at("open", folder, path))                                       \
            return -1;                                                                             \
        return REAL(name)(folder, path, flags, mode);                                              \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t size) {
    return fails_fd("write", fd) ? -1 : REAL(write)(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return fails_fd("write", fd) ? -1 : REAL(pwrite)(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    return fails_fd("write", fd) ? -1 : REAL(pwrite64)(fd, data, size, offset);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    return fails_fd("write", fd) ? -1 : REAL(writev)(fd, parts, count);
}
ssize_t sendfile(int out, int in, off_t *offset, size_t size) {
    return fails_fd("write", out) ? -1 : REAL(sendfile)(out, in, offset, size);
}
size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    return fails_fd("write", fileno(file)) ? 0 : REAL(fwrite)(data, size, count, file);
}
int fsync(int fd) { return fails_fd("fsync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails_fd("fsync", fd) ? -1 : REAL(fdatasync)(fd); }
int rename(const char *from, const char *to) {
    return fails_at("rename", AT_FDCWD, to) ? -1 : REAL(rename)(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    return fails_at("rename", b, to) ? -1 : REAL(renameat)(a, from, b, to);
}
int link(const char *from, const char *to) {
    return fails_at("link", AT_FDCWD, to) ? -1 : REAL(link)(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    return fails_at("link", b, to) ? -1 : REAL(linkat)(a, from, b, to, flags);
}
int symlink(const char *target, const char *path) {
    return fails_at("symlink", AT_FDCWD, path) ? -1 : REAL(symlink)(target, path);
}
int symlinkat(const char *target, int folder, const char *path) {
    return fails_at("symlink", folder, path) ? -1 : REAL(symlinkat)(target, folder, path);
}
/* Making a folder that is there changes nothing. */
int mkdir(const char *path, mode_t mode) {
    return access(path, F_OK) && fails_at("mkdir", AT_FDCWD, path) ? -1 : REAL(mkdir)(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
    return faccessat(folder, path, F_OK, 0) && fails_at("mkdir", folder, path) ? -1 : REAL(mkdirat)(folder, path, mode);
}
