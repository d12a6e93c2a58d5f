#include "tools/semihost.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/folder.h"
#include "tools/guest.h"

#define FAILED 0xffffffffu
#define APPLICATION_EXIT 0x20026u
enum { A0 = 10, A1 = 11 };
enum { CHUNK = 4096, MAX_NAME = 1024 };
enum { BLOCK_WORDS = 4 };

enum { HANDLE_FREE, HANDLE_IN, HANDLE_OUT, HANDLE_ERR, HANDLE_FEATURES, HANDLE_FILE };

/* "SHFB", then bit 0: SYS_EXIT_EXTENDED, bit 1: ":tt" for appending is stderr. */
static const uint8_t features[] = {0x53, 0x48, 0x46, 0x42, 0x03};

/* ---- errors ---- */

/* The host's number and newlib's, where they may differ; all others up to 34 are the same. */
static uint32_t guest_errno(int error)
{
    static const struct {
        int host;
        uint32_t guest;
    } numbers[] = {{ENOSYS, 88},     {ENOTEMPTY, 90},  {ENAMETOOLONG, 91},
                   {ELOOP, 92},      {EOPNOTSUPP, 95}, {ETIMEDOUT, 116},
                   {EOVERFLOW, 139}, {ESTALE, 133},    {EDQUOT, 132}};
    for (size_t i = 0; i < SIM_COUNT(numbers); i++)
        if (numbers[i].host == error)
            return numbers[i].guest;
    return error > 0 && error <= ERANGE ? (uint32_t)error : EIO;
}

static uint32_t fail(semihost_t *s, int error)
{
    s->error = guest_errno(error);
    return FAILED;
}

/* ---- handles ---- */

static semihost_handle_t *handle_of(semihost_t *s, uint32_t number)
{
    if (number >= SEMIHOST_HANDLES || s->handle[number].kind == HANDLE_FREE) {
        fail(s, EBADF);
        return NULL;
    }
    return &s->handle[number];
}

static uint32_t new_handle(semihost_t *s, uint8_t kind, int fd)
{
    for (uint32_t i = 3; i < SEMIHOST_HANDLES; i++) {
        if (s->handle[i].kind != HANDLE_FREE)
            continue;
        s->handle[i] = (semihost_handle_t){.kind = kind, .fd = fd};
        return i;
    }
    if (kind == HANDLE_FILE)
        close(fd);
    return fail(s, EMFILE);
}

static void flush_console(semihost_t *s)
{
    fflush(s->out);
    fflush(s->err);
}

/* ---- strings ---- */

/* A name of exactly `bytes` characters and a 0 behind them. */
static bool get_name(semihost_t *s, uint32_t addr, uint32_t bytes, char name[MAX_NAME])
{
    bool fine = bytes < MAX_NAME && guest_get(s->bus, addr, name, bytes + 1);
    if (!fine || name[bytes] != '\0' || strlen(name) != bytes) {
        fail(s, bytes >= MAX_NAME ? ENAMETOOLONG : !fine ? EFAULT : EINVAL);
        return false;
    }
    return true;
}

/* ---- console ---- */

static uint32_t write_char(semihost_t *s, uint32_t addr)
{
    uint8_t byte;
    if (!guest_get(s->bus, addr, &byte, 1))
        return fail(s, EFAULT);
    putc(byte, s->out);
    return 0;
}

static uint32_t write_string(semihost_t *s, uint32_t addr)
{
    for (uint8_t byte;; addr++) {
        if (!guest_get(s->bus, addr, &byte, 1))
            return fail(s, EFAULT);
        if (byte == 0)
            return 0;
        putc(byte, s->out);
    }
}

static uint32_t read_char(semihost_t *s)
{
    flush_console(s);
    int c = getc(s->in);
    return c == EOF ? FAILED : (uint32_t)c;
}

/* Up to `most` bytes; from a person's terminal no more than a line. */
static size_t read_console(semihost_t *s, uint8_t *data, size_t most)
{
    size_t count = 0;
    bool by_line = isatty(fileno(s->in)) != 0;
    flush_console(s);
    for (int c; count < most && (c = getc(s->in)) != EOF;) {
        data[count++] = (uint8_t)c;
        if (by_line && c == '\n')
            break;
    }
    return count;
}

/* ---- files ---- */

static uint32_t open_console(semihost_t *s, uint32_t mode)
{
    return new_handle(s, mode < 4 ? HANDLE_IN : mode < 8 ? HANDLE_OUT : HANDLE_ERR, -1);
}

static uint32_t sys_open(semihost_t *s, const uint32_t *block)
{
    static const int access[] = {O_RDONLY,
                                 O_RDWR,
                                 O_WRONLY | O_CREAT | O_TRUNC,
                                 O_RDWR | O_CREAT | O_TRUNC,
                                 O_WRONLY | O_CREAT | O_APPEND,
                                 O_RDWR | O_CREAT | O_APPEND};
    char name[MAX_NAME];
    uint32_t mode = block[1];
    if (!get_name(s, block[0], block[2], name))
        return FAILED;
    if (mode >= 2 * SIM_COUNT(access))
        return fail(s, EINVAL);
    if (strcmp(name, ":tt") == 0)
        return open_console(s, mode);
    if (strcmp(name, ":semihosting-features") == 0)
        return mode < 2 ? new_handle(s, HANDLE_FEATURES, -1) : fail(s, EACCES);
    int fd = folder_open(s->folder, name, access[mode / 2]);
    return fd >= 0 ? new_handle(s, HANDLE_FILE, fd) : fail(s, -fd);
}

static uint32_t sys_close(semihost_t *s, const uint32_t *block)
{
    semihost_handle_t *handle = handle_of(s, block[0]);
    if (handle == NULL)
        return FAILED;
    int result = handle->kind == HANDLE_FILE ? close(handle->fd) : 0;
    handle->kind = HANDLE_FREE;
    return result == 0 ? 0 : fail(s, errno);
}

static bool put_all(semihost_t *s, const semihost_handle_t *handle, const uint8_t *data,
                    size_t bytes, size_t *put)
{
    *put = 0;
    if (handle->kind == HANDLE_OUT || handle->kind == HANDLE_ERR) {
        *put = fwrite(data, 1, bytes, handle->kind == HANDLE_OUT ? s->out : s->err);
        return *put == bytes;
    }
    while (*put < bytes) {
        ssize_t n = write(handle->fd, data + *put, bytes - *put);
        if (n <= 0)
            return false;
        *put += (size_t)n;
    }
    return true;
}

/* Returns the bytes that were not written. */
static uint32_t sys_write(semihost_t *s, const uint32_t *block)
{
    const semihost_handle_t *handle = handle_of(s, block[0]);
    uint32_t addr = block[1], left = block[2];
    if (handle == NULL)
        return left;
    if (handle->kind == HANDLE_IN || handle->kind == HANDLE_FEATURES) {
        fail(s, EBADF);
        return left;
    }
    if (left != 0 && !guest_readable(s->bus, addr, left)) {
        fail(s, EFAULT);
        return left;
    }
    if (handle->kind == HANDLE_ERR)
        fflush(s->out); /* in the order in which they were written */
    for (bool fine = true; fine && left != 0;) {
        uint8_t data[CHUNK];
        uint32_t part = left < CHUNK ? left : CHUNK;
        size_t put;
        guest_get(s->bus, addr, data, part);
        errno = 0;
        fine = put_all(s, handle, data, part, &put);
        if (!fine)
            fail(s, errno != 0 ? errno : EIO);
        addr += (uint32_t)put;
        left -= (uint32_t)put;
    }
    if (handle->kind == HANDLE_ERR)
        fflush(s->err);
    return left;
}

/* Bytes read, 0 at the end and after an error. */
static size_t get_some(semihost_t *s, semihost_handle_t *handle, uint8_t *data, size_t most)
{
    if (handle->kind == HANDLE_IN)
        return read_console(s, data, most);
    if (handle->kind == HANDLE_FEATURES) {
        size_t left = sizeof(features) - handle->position, count = left < most ? left : most;
        memcpy(data, features + handle->position, count);
        handle->position += (uint32_t)count;
        return count;
    }
    ssize_t n = read(handle->fd, data, most);
    if (n < 0)
        fail(s, errno);
    return n > 0 ? (size_t)n : 0;
}

/* Returns the bytes that were not read. */
static uint32_t sys_read(semihost_t *s, const uint32_t *block)
{
    semihost_handle_t *handle = handle_of(s, block[0]);
    uint32_t addr = block[1], left = block[2];
    if (handle == NULL)
        return left;
    if (handle->kind == HANDLE_OUT || handle->kind == HANDLE_ERR) {
        fail(s, EBADF);
        return left;
    }
    if (left != 0 && !guest_writable(s->bus, addr, left)) {
        fail(s, EFAULT);
        return left;
    }
    while (left != 0) {
        uint8_t data[CHUNK];
        uint32_t part = left < CHUNK ? left : CHUNK;
        uint32_t got = (uint32_t)get_some(s, handle, data, part);
        guest_put(s->bus, addr, data, got);
        addr += got;
        left -= got;
        if (got < part)
            break;
    }
    return left;
}

static uint32_t sys_istty(semihost_t *s, const uint32_t *block)
{
    const semihost_handle_t *handle = handle_of(s, block[0]);
    return handle == NULL ? FAILED : handle->kind <= HANDLE_ERR;
}

static uint32_t sys_seek(semihost_t *s, const uint32_t *block)
{
    semihost_handle_t *handle = handle_of(s, block[0]);
    if (handle == NULL)
        return FAILED;
    if (handle->kind == HANDLE_FEATURES) {
        if (block[1] > sizeof(features))
            return fail(s, EINVAL);
        handle->position = block[1];
        return 0;
    }
    if (handle->kind != HANDLE_FILE)
        return fail(s, ESPIPE);
    return lseek(handle->fd, (off_t)block[1], SEEK_SET) >= 0 ? 0 : fail(s, errno);
}

static uint32_t sys_flen(semihost_t *s, const uint32_t *block)
{
    const semihost_handle_t *handle = handle_of(s, block[0]);
    struct stat st;
    if (handle == NULL)
        return FAILED;
    if (handle->kind == HANDLE_FEATURES)
        return sizeof(features);
    if (handle->kind != HANDLE_FILE)
        return fail(s, ESPIPE);
    if (fstat(handle->fd, &st) != 0)
        return fail(s, errno);
    return st.st_size < (off_t)FAILED ? (uint32_t)st.st_size : fail(s, EOVERFLOW);
}

static uint32_t sys_remove(semihost_t *s, const uint32_t *block)
{
    char name[MAX_NAME];
    if (!get_name(s, block[0], block[1], name))
        return FAILED;
    int result = folder_remove(s->folder, name);
    return result == 0 ? 0 : fail(s, -result);
}

static uint32_t sys_rename(semihost_t *s, const uint32_t *block)
{
    char from[MAX_NAME], to[MAX_NAME];
    if (!get_name(s, block[0], block[1], from) || !get_name(s, block[2], block[3], to))
        return FAILED;
    int result = folder_rename(s->folder, from, to);
    return result == 0 ? 0 : fail(s, -result);
}

/* ---- time, memory, end ---- */

static uint32_t hundredths(const semihost_t *s, uint64_t cycle)
{
    return (uint32_t)(cycle / s->clk_hz * 100 + cycle % s->clk_hz * 100 / s->clk_hz);
}

static uint32_t sys_elapsed(semihost_t *s, uint32_t addr, uint64_t cycle)
{
    const uint32_t ticks[2] = {(uint32_t)cycle, (uint32_t)(cycle >> 32)};
    return guest_put_words(s->bus, addr, ticks, 2) ? 0 : fail(s, EFAULT);
}

static uint32_t sys_command_line(semihost_t *s, uint32_t addr)
{
    uint32_t block[2], bytes = (uint32_t)strlen(s->command_line);
    if (!guest_get_words(s->bus, addr, block, 2) || !guest_writable(s->bus, addr, 8))
        return fail(s, EFAULT);
    if (bytes >= block[1])
        return fail(s, EINVAL);
    if (!guest_put(s->bus, block[0], s->command_line, bytes + 1))
        return fail(s, EFAULT);
    block[1] = bytes;
    guest_put_words(s->bus, addr, block, 2);
    return 0;
}

/* heap_base, heap_limit, stack_base, stack_limit, all multiples of 16; stacks grow down. */
static uint32_t sys_heapinfo(semihost_t *s, uint32_t addr)
{
    uint64_t end = (s->memory_end - 16) & ~UINT64_C(15),
             base = (s->memory_free + 15) & ~UINT64_C(15);
    uint64_t heap = base < end ? (end - base) / 16 * 14 : 0;
    uint32_t place,
        limit = (uint32_t)(end - (base < end ? end - base : 0) + (heap & ~UINT64_C(15)));
    const uint32_t block[4] = {(uint32_t)(base < end ? base : end), limit, (uint32_t)end, limit};
    if (!guest_get_words(s->bus, addr, &place, 1) || !guest_put_words(s->bus, place, block, 4))
        return fail(s, EFAULT);
    return 0;
}

static uint32_t sys_exit(semihost_t *s, uint32_t reason, uint32_t code)
{
    s->ended(s->ended_ctx, reason == APPLICATION_EXIT ? code : 1);
    return 0;
}

/* ---- all of them ---- */

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_READC = 0x07,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_SEEK = 0x0a,
    SYS_FLEN = 0x0c,
    SYS_REMOVE = 0x0e,
    SYS_RENAME = 0x0f,
    SYS_CLOCK = 0x10,
    SYS_TIME = 0x11,
    SYS_ERRNO = 0x13,
    SYS_GET_CMDLINE = 0x15,
    SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
    SYS_ELAPSED = 0x30,
    SYS_TICKFREQ = 0x31,
};

static uint32_t is_error(semihost_t *s, const uint32_t *block)
{
    (void)s;
    return block[0] >> 31;
}

static uint32_t exit_extended(semihost_t *s, const uint32_t *block)
{
    return sys_exit(s, block[0], block[1]);
}

/* Operations whose parameter is the address of a block of words. */
/* clang-format off */
static const struct {
    uint32_t operation, words;
    uint32_t (*call)(semihost_t *s, const uint32_t *block);
} block_calls[] = {
    {SYS_OPEN,          3, sys_open},
    {SYS_CLOSE,         1, sys_close},
    {SYS_WRITE,         3, sys_write},
    {SYS_READ,          3, sys_read},
    {SYS_ISERROR,       1, is_error},
    {SYS_ISTTY,         1, sys_istty},
    {SYS_SEEK,          2, sys_seek},
    {SYS_FLEN,          1, sys_flen},
    {SYS_REMOVE,        2, sys_remove},
    {SYS_RENAME,        4, sys_rename},
    {SYS_EXIT_EXTENDED, 2, exit_extended},
};
/* clang-format on */

static uint32_t call_other(semihost_t *s, uint32_t operation, uint32_t parameter, uint64_t cycle)
{
    switch (operation) {
    case SYS_WRITEC:
        return write_char(s, parameter);
    case SYS_WRITE0:
        return write_string(s, parameter);
    case SYS_READC:
        return read_char(s);
    case SYS_CLOCK:
        return hundredths(s, cycle);
    case SYS_TIME:
        return (uint32_t)(cycle / s->clk_hz);
    case SYS_ERRNO:
        return s->error;
    case SYS_GET_CMDLINE:
        return sys_command_line(s, parameter);
    case SYS_HEAPINFO:
        return sys_heapinfo(s, parameter);
    case SYS_EXIT:
        return sys_exit(s, parameter, 0);
    case SYS_ELAPSED:
        return sys_elapsed(s, parameter, cycle);
    case SYS_TICKFREQ:
        return (uint32_t)s->clk_hz;
    default:
        return fail(s, ENOSYS);
    }
}

uint32_t semihost_call(semihost_t *s, uint32_t operation, uint32_t parameter, uint64_t cycle)
{
    uint32_t block[BLOCK_WORDS];
    for (size_t i = 0; i < SIM_COUNT(block_calls); i++) {
        if (block_calls[i].operation != operation)
            continue;
        if (!guest_get_words(s->bus, parameter, block, block_calls[i].words))
            return fail(s, EFAULT);
        return block_calls[i].call(s, block);
    }
    return call_other(s, operation, parameter, cycle);
}

bool semihost_on_ebreak(void *ctx, core_t *core)
{
    static const uint32_t sequence[3] = {
        0x01f01013, /* slli x0, x0, 0x1f */
        0x00100073, /* ebreak */
        0x40705013, /* srai x0, x0, 7 */
    };
    semihost_t *s = ctx;
    uint32_t found[3];
    if (!guest_get_words(s->bus, core->pc - 4, found, 3) ||
        memcmp(found, sequence, sizeof(found)) != 0)
        return false;
    core->x[A0] = semihost_call(s, core->x[A0], core->x[A1], core->cycle);
    return true;
}

void semihost_init(semihost_t *s)
{
    s->error = 0;
    memset(s->handle, 0, sizeof(s->handle));
    s->handle[0].kind = HANDLE_IN;
    s->handle[1].kind = HANDLE_OUT;
    s->handle[2].kind = HANDLE_ERR;
}

void semihost_free(semihost_t *s)
{
    for (uint32_t i = 0; i < SEMIHOST_HANDLES; i++)
        if (s->handle[i].kind == HANDLE_FILE)
            close(s->handle[i].fd);
    flush_console(s);
}
