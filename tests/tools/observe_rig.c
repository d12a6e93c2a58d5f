#include "tests/tools/observe_rig.h"

#include <stdarg.h>

#include "sim/file.h"

bool has(const char *command)
{
    char line[128];
    snprintf(line, sizeof(line), "command -v %s >/dev/null 2>&1", command);
    return system(line) == 0;
}

void shell(const char *fmt, ...)
{
    char command[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

char *read_text(const char *path)
{
    char error[256];
    size_t bytes;
    uint8_t *data = sim_file_read(path, 1 << 28, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return (char *)data;
}

bool run_guest(const char *dir, char *text, size_t text_bytes)
{
    char error[256];
    if (!has("riscv64-unknown-elf-gcc"))
        return false;
    ck_assert_int_eq(sim_dir_make(dir, error, sizeof(error)), SIM_OK);
    shell(BUILD " -g -o %s/guest.elf", dir);
    int code = fovea(text, text_bytes,
                     "exec %s/guest.elf --report --profile %s/profile --flame %s/flame --coverage "
                     "%s/coverage.info --access-report %s/access --trace-core %s/trace",
                     dir, dir, dir, dir, dir, dir);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    return true;
}
