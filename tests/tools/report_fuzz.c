/*
 * report_fuzz.c - any bytes as one file of a run's folder; the first byte chooses which.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const files[] = {"stats.json",     "config.json",           "trace.json",
                                    "metadata.jsonl", "truth.jsonl",           "pins.jsonl",
                                    "uart.log",       "frames/frame_00000.png"};

static char dir[] = "/tmp/report_fuzz_XXXXXX", error[REPORT_ERROR];

static void clean(void)
{
    char path[128];
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        remove(path);
    }
    snprintf(path, sizeof(path), "%s/frames", dir);
    rmdir(path);
    rmdir(dir);
}

static void put(const char *name, const void *data, size_t bytes)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (sim_file_write(path, data, bytes, error, sizeof(error)) != SIM_OK)
        abort();
}

static void begin(void)
{
    static bool begun;
    char path[128];
    if (begun)
        return;
    begun = true;
    if (mkdtemp(dir) == NULL || atexit(clean) != 0)
        abort();
    snprintf(path, sizeof(path), "%s/frames", dir);
    sim_dir_make(path, error, sizeof(error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const char least[] = "{\"time_ps\":1000}";
    char path[128];
    if (bytes == 0)
        return 0;
    begin();
    const char *name = files[data[0] % SIM_COUNT(files)];
    put("stats.json", least, sizeof(least) - 1);
    put(name, data + 1, bytes - 1);
    report_desc_t desc = report_desc_default(dir);
    FILE *to = fopen("/dev/null", "w");
    if (to != NULL) {
        (void)report_write(&desc, to, error, sizeof(error));
        fclose(to);
    }
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    remove(path);
    return 0;
}
