/*
 * host_script_fuzz.c - any bytes as a host script: read, or refused with a line that names the
 * file.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/host_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[512] = "";
    host_script_t script = {0};
    bool fine = host_script_parse(&script, "fuzz", (const char *)data, size, error, sizeof(error));
    if (fine != (error[0] == '\0') || (!fine && strncmp(error, "fuzz:", 5) != 0))
        abort();
    for (uint32_t i = 0; i < script.cmds; i++)
        if (script.cmd[i].act >= HOST_ACTS ||
            (script.cmd[i].act <= HOST_EXPECT &&
             (script.cmd[i].bytes == 0 || script.cmd[i].bytes > 4)))
            abort();
    host_script_free(&script);
    return 0;
}
