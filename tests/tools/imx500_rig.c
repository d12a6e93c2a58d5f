#include "tests/tools/imx500_rig.h"

#include "sim/file.h"

const char *imx500_dir = FOVEA_OUT "/imx500";
char imx500_text[1 << 16];
static char error[512];

void imx500_save(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", imx500_dir, name);
    ck_assert_int_eq(sim_dir_make(imx500_dir, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

int imx500_run(const char *network, const char *steps, uint32_t frames)
{
    char scenario[4096];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\","
             "\"firmware\": \"../../firmware/imx500.elf\", \"networks\": [\"%s\"],"
             "\"scene\": {\"seed\": 1, \"lux\": 500, \"background\": {\"kind\": \"room\"}},"
             "\"output\": {\"isp\": false},"
             "\"host\": [%s {\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}],"
             "\"frames\": %u}",
             network, steps, frames);
    imx500_save("run.json", scenario);
    return fovea(imx500_text, sizeof(imx500_text), "run %s/run.json --out %s/out", imx500_dir,
                 imx500_dir);
}

void imx500_ran(const char *network, const char *steps, uint32_t frames)
{
    ck_assert_msg(imx500_run(network, steps, frames) == 0, "%s", imx500_text);
}

char *imx500_result(const char *name)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), "%s/out/%s", imx500_dir, name);
    char *data = (char *)sim_file_read(path, 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    char *all = realloc(data, bytes + 1);
    all[bytes] = '\0';
    return all;
}

long imx500_number(const char *from, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(from, wanted);
    return at == NULL ? -1 : strtol(at + strlen(wanted), NULL, 10);
}

long imx500_stat(const char *stats, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(stats, wanted);
    ck_assert_msg(at != NULL, "no %s", key);
    return imx500_number(at, "value");
}
