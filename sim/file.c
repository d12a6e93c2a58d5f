/*
 * file.c - whole files.
 */
#include "sim/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PATH 4096

static sim_err_t fail_text(char *error, size_t error_bytes, const char *file, const char *what)
{
    snprintf(error, error_bytes, "%s: %s", file, what);
    return SIM_EFILE;
}

static sim_err_t fail_errno(char *error, size_t error_bytes, const char *file)
{
    return fail_text(error, error_bytes, file, strerror(errno != 0 ? errno : EIO));
}

/* ---- in ---- */

/* Reads to the end or to limit bytes; NULL with errno set. */
static uint8_t *read_all(FILE *stream, size_t limit, size_t *bytes)
{
    size_t room = 1 << 16, used = 0;
    uint8_t *data = malloc(room);
    while (data != NULL) {
        used += fread(data + used, 1, room - 1 - used, stream);
        if (ferror(stream)) {
            free(data);
            return NULL;
        }
        if (feof(stream) || used > limit)
            break;
        room *= 2;
        uint8_t *more = realloc(data, room);
        if (more == NULL)
            free(data);
        data = more;
    }
    if (data != NULL)
        data[used] = 0;
    *bytes = used;
    return data;
}

uint8_t *sim_file_read(const char *file, size_t max_bytes, size_t *bytes, char *error,
                       size_t error_bytes)
{
    errno = 0;
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) {
        fail_errno(error, error_bytes, file);
        return NULL;
    }
    uint8_t *data = read_all(stream, max_bytes, bytes);
    if (data == NULL)
        fail_errno(error, error_bytes, file);
    fclose(stream);
    if (data != NULL && *bytes > max_bytes) {
        snprintf(error, error_bytes, "%s: larger than %zu bytes", file, max_bytes);
        free(data);
        return NULL;
    }
    return data;
}

/* ---- out ---- */

/* A device, a pipe, a link: what it stands for is written, nothing takes its place. */
static bool in_place(const char *file)
{
    struct stat st;
    return lstat(file, &st) == 0 && !S_ISREG(st.st_mode);
}

/* What is opened for writing. */
static bool part_name(char part[MAX_PATH], const char *file)
{
    int length = snprintf(part, MAX_PATH, "%s%s", file, in_place(file) ? "" : ".part");
    return length > 0 && length < MAX_PATH;
}

FILE *sim_file_create(const char *file, char *error, size_t error_bytes)
{
    char part[MAX_PATH];
    errno = ENAMETOOLONG;
    FILE *stream = part_name(part, file) ? fopen(part, in_place(file) ? "wb" : "w+b") : NULL;
    if (stream == NULL)
        fail_errno(error, error_bytes, file);
    return stream;
}

FILE *sim_file_reopen(const char *file, char *error, size_t error_bytes)
{
    char part[MAX_PATH];
    errno = in_place(file) ? EINVAL : ENAMETOOLONG;
    FILE *stream = !in_place(file) && part_name(part, file) ? fopen(part, "r+b") : NULL;
    if (stream == NULL)
        fail_errno(error, error_bytes, file);
    return stream;
}

void sim_file_leave(FILE *stream)
{
    fclose(stream);
}

sim_err_t sim_file_commit(FILE *stream, const char *file, char *error, size_t error_bytes)
{
    char part[MAX_PATH];
    bool direct = in_place(file);
    part_name(part, file); /* it fitted when it was created */
    errno = 0;
    bool written = fflush(stream) == 0 && !ferror(stream);
    int why = errno;
    written = fclose(stream) == 0 && written;
    if (why != 0)
        errno = why;
    if (written && (direct || rename(part, file) == 0))
        return SIM_OK;
    sim_err_t err = fail_errno(error, error_bytes, file);
    if (!direct)
        remove(part);
    return err;
}

void sim_file_abandon(FILE *stream, const char *file)
{
    char part[MAX_PATH];
    fclose(stream);
    if (!in_place(file) && part_name(part, file))
        remove(part);
}

sim_err_t sim_file_write(const char *file, const void *data, size_t bytes, char *error,
                         size_t error_bytes)
{
    FILE *stream = sim_file_create(file, error, error_bytes);
    if (stream == NULL)
        return SIM_EFILE;
    errno = 0;
    if (fwrite(data, 1, bytes, stream) != bytes) { /* say why now: commit would not know */
        fail_errno(error, error_bytes, file);
        sim_file_abandon(stream, file);
        return SIM_EFILE;
    }
    return sim_file_commit(stream, file, error, error_bytes);
}

static bool make_one(const char *dir)
{
    struct stat st;
    if (mkdir(dir, 0777) == 0)
        return true;
    int why = errno;
    if (stat(dir, &st) == 0) {
        errno = ENOTDIR;
        return S_ISDIR(st.st_mode);
    }
    errno = why;
    return false;
}

bool sim_file_ends(const char *file, const char *end)
{
    size_t length = strlen(file), tail = strlen(end);
    return length >= tail && strcmp(file + length - tail, end) == 0;
}

sim_err_t sim_dir_make(const char *dir, char *error, size_t error_bytes)
{
    char path[MAX_PATH];
    size_t length = strlen(dir);
    if (length == 0 || length >= sizeof(path))
        return fail_text(error, error_bytes, dir, strerror(length == 0 ? ENOENT : ENAMETOOLONG));
    memcpy(path, dir, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (!make_one(path))
            return fail_errno(error, error_bytes, path);
        path[i] = dir[i];
    }
    return SIM_OK;
}
