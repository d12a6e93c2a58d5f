#include "tests/sensor/fovea.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const char *fovea_out;

int fovea(char *text, size_t text_bytes, const char *fmt, ...)
{
    char arguments[2048], command[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(arguments, sizeof(arguments), fmt, args);
    va_end(args);
    const char *program = getenv("FOVEA");
    snprintf(command, sizeof(command), "%s %s 2>&1", program != NULL ? program : "build/fovea",
             arguments);
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return -1;
    size_t used = fread(text, 1, text_bytes - 1, pipe);
    text[used] = '\0';
    char rest[4096];
    while (fread(rest, 1, sizeof(rest), pipe) > 0)
        ;
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool same_file(const char *a, const char *b)
{
    FILE *fa = fopen(a, "rb"), *fb = fopen(b, "rb");
    bool same = fa != NULL && fb != NULL;
    while (same) {
        char ba[8192], bb[8192];
        size_t na = fread(ba, 1, sizeof(ba), fa), nb = fread(bb, 1, sizeof(bb), fb);
        same = na == nb && memcmp(ba, bb, na) == 0;
        if (na == 0)
            break;
    }
    if (fa != NULL)
        fclose(fa);
    if (fb != NULL)
        fclose(fb);
    return same;
}

const char *runs_differ(const char *dir_a, const char *dir_b)
{
    static const char *const names[] = {"config.json",   "metadata.jsonl",
                                        "truth.jsonl",   "stats.json",
                                        "trace.json",    "link.csi2",
                                        "uart.log",      "postmortem.jsonl",
                                        "tensors.jsonl", "frames/frame_00000.png"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char a[512], b[512];
        snprintf(a, sizeof(a), "%s/%s", dir_a, names[i]);
        snprintf(b, sizeof(b), "%s/%s", dir_b, names[i]);
        if (!same_file(a, b))
            return names[i];
    }
    return NULL;
}

int line_count(const char *text)
{
    int lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}
