#include "tools/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATH = 1024 };

/* A path on its way down: the folder reached, and what is left of the path. */
typedef struct {
    int at; /* owned; or a negative errno */
    char path[MAX_PATH];
    char *name; /* the last part */
} walk_t;

int folder_at(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

static int step_down(int at, const char *part)
{
    if (strcmp(part, "..") == 0)
        return -EACCES;
    int next =
        openat(at, part[0] == '\0' ? "." : part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return next >= 0 ? next : -errno;
}

/* All but the last part. */
static void walk(walk_t *w, int folder, const char *path)
{
    size_t bytes = strlen(path) + 1;
    if (folder < 0 || bytes > sizeof(w->path) || bytes == 1 || path[0] == '/') {
        w->at = folder < 0 || path[0] == '/' ? -EACCES : bytes == 1 ? -ENOENT : -ENAMETOOLONG;
        return;
    }
    memcpy(w->path, path, bytes);
    w->name = w->path;
    w->at = step_down(folder, ".");
    for (char *slash; w->at >= 0 && (slash = strchr(w->name, '/')) != NULL; w->name = slash + 1) {
        *slash = '\0';
        int above = w->at;
        w->at = step_down(above, w->name);
        close(above);
    }
}

static bool names_a_file(const char *name)
{
    return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Walks to the folder of a file; false with w->at an error. */
static bool reach(walk_t *w, int folder, const char *path)
{
    walk(w, folder, path);
    if (w->at >= 0 && !names_a_file(w->name)) {
        close(w->at);
        w->at = strcmp(w->name, "..") == 0 ? -EACCES : -EISDIR;
    }
    return w->at >= 0;
}

/* Truncates only what turned out to be a regular file. */
static int keep_regular(int fd, int flags)
{
    struct stat st;
    int why = 0;
    if (fstat(fd, &st) != 0)
        why = errno;
    else if (!S_ISREG(st.st_mode))
        why = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
    else if ((flags & O_TRUNC) != 0 && ftruncate(fd, 0) != 0)
        why = errno;
    if (why == 0)
        return fd;
    close(fd);
    return -why;
}

int folder_open(int folder, const char *path, int flags)
{
    walk_t w;
    if (!reach(&w, folder, path))
        return w.at;
    int guarded = (flags & ~O_TRUNC) | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(w.at, w.name, guarded, 0666), why = errno;
    close(w.at);
    return fd >= 0 ? keep_regular(fd, flags) : -why;
}

int folder_remove(int folder, const char *path)
{
    walk_t w;
    if (!reach(&w, folder, path))
        return w.at;
    int result = unlinkat(w.at, w.name, 0) == 0 ? 0 : -errno;
    close(w.at);
    return result;
}

int folder_rename(int folder, const char *from, const char *to)
{
    walk_t a, b;
    if (!reach(&a, folder, from))
        return a.at;
    bool reached = reach(&b, folder, to);
    int result = b.at;
    if (reached) {
        result = renameat(a.at, a.name, b.at, b.name) == 0 ? 0 : -errno;
        close(b.at);
    }
    close(a.at);
    return result;
}
