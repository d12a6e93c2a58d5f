/*
 * cmd_regs.c - fovea regs: the register map, printed from the tables that the simulator decodes.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "firmware/include/fovea_settings.h"
#include "logic/sensor.h"
#include "sim/reg_help.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/svd.h"

typedef struct {
    void (*head)(void);
    void (*page)(const sim_comp_t *comp, uint32_t base);
    void (*reg)(const sim_reg_t *reg, uint32_t base);
    void (*tail)(const sensor_t *sensor);
} format_t;

static const char *access_of(const sim_reg_t *reg)
{
    if (reg->w1c != 0 && reg->rw_mask == 0)
        return "W1C";
    if (reg->rw_mask == 0 && reg->wrote == NULL)
        return "RO";
    return reg->w1c != 0 ? "RW, W1C" : "RW";
}

/* ---- C header for firmware ---- */

static void c_head(void)
{
    puts("/*\n * fovea_regs.h - printed by `fovea regs --c` from the simulator's tables; do not "
         "edit.\n */\n#ifndef FOVEA_REGS_H\n#define FOVEA_REGS_H\n");
    printf("#define L2_BASE 0x%08xu\n#define TCM_BASE 0x%08xu\n\n", BUS_L2_BASE, BUS_TCM_BASE);
}

static void c_page(const sim_comp_t *comp, uint32_t base)
{
    printf("\n/* %s at 0x%08x */\n", comp->name, base);
}

/* The bits of fields; a register with one wide field needs none. */
static void c_reg(const sim_reg_t *reg, uint32_t base)
{
    sim_reg_field_t field[SIM_REG_MAX_FIELDS];
    char error[256], name[80];
    uint32_t fields = sim_reg_fields(reg, field, error, sizeof(error));
    printf("#define %-20s 0x%08xu /* %s */\n", reg->name, base + reg->addr, reg->help);
    for (uint32_t i = 0; i < fields && (fields > 1 || field[0].bits == 1); i++) {
        snprintf(name, sizeof(name), "%s_%s_MASK", reg->name, field[i].name);
        printf("#define   %-40s 0x%08xu\n", name, sim_reg_field_mask(&field[i]));
    }
}

static void c_dtypes(void)
{
    for (uint32_t i = 0; i < NPU_DTYPES; i++) {
        char name[16] = "";
        for (uint32_t k = 0; npu_dtype_name(i)[k] != '\0'; k++)
            name[k] = (char)toupper(npu_dtype_name(i)[k]);
        printf("#define DTYPE_%-18s %uu\n", name, i);
    }
}

/* #define PREFIX_NAME step * i */
static void c_numbers(const char *prefix, const char *const *names, uint32_t count, uint32_t step)
{
    for (uint32_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s_%s", prefix, names[i]);
        printf("#define %-24s %uu\n", name, step * i);
    }
}

static void c_net_table(void)
{
    static const char *const head[] = {
#define X(name, help) #name,
        NPU_NET_WORDS_TABLE(X)
#undef X
    };
    static const char *const tensor[] = {
#define X(name, help) #name,
        NPU_NET_TENSOR_TABLE(X)
#undef X
    };
    static const char *const sent[] = {
#define X(name, help) #name,
        NPU_SENT_TABLE(X)
#undef X
    };
    puts("\n/* The first network's table, at the base of L2: addresses of its words. That of "
         "network n "
         "is\n * n * NET_BYTES behind it. */");
    for (uint32_t i = 0; i < NPU_NET_HEAD_WORDS; i++)
        printf("#define NET_%-20s 0x%08xu\n", head[i], BUS_L2_BASE + 4 * i);
    printf("#define NET_%-20s 0x%08xu\n#define NET_%-20s 0x%08xu\n", "INPUT0",
           BUS_L2_BASE + 4 * NPU_NET_INPUT_W(0), "OUTPUT0", BUS_L2_BASE + 4 * NPU_NET_OUTPUT_W(0));
    printf("#define NET_BYTES %uu\n#define NET_PLACES_MOST %uu\n", NPU_NET_BYTES, NPU_NET_PLACES);
    printf("#define NET_ENDS %uu\n#define NET_MAGIC_VALUE 0x%08xu\n#define NET_VERSION_VALUE %uu\n",
           NPU_NET_ENDS, NPU_NET_MAGIC, NPU_NET_VERSION);
    puts("\n/* A tensor in it: offsets of its words, bytes of all. */");
    for (uint32_t i = 0; i < NPU_TENSOR_WORDS; i++)
        printf("#define TENSOR_%-17s %uu\n", tensor[i], 4 * i);
    printf("#define TENSOR_BYTES %uu\n", 4u * NPU_TENSOR_WORDS);
    puts("/* The same of an output to send. */");
    c_numbers("SENT", sent, SIM_COUNT(sent), 4);
    printf("#define SENT_WORDS %uu\n", (unsigned)NPU_SENT_WORDS);
    c_dtypes();
}

static void c_post_table(void)
{
#define X(name, help) #name,
    static const char *const head[] = {NPU_POST_HEAD_TABLE(X)};
    static const char *const op[] = {NPU_POST_OP_TABLE(X)};
    static const char *const detection[] = {NPU_POST_DETECTION_TABLE(X)};
    static const char *const status[] = {NPU_POST_STATUS_TABLE(X)};
#undef X
#define X(name, inputs, outputs, help) #name,
    static const char *const codes[] = {NPU_POST_OPS_TABLE(X)};
#undef X
    puts("\n/* The operators for the core: head, then tensors, then operators; byte offsets. */");
    c_numbers("POST", head, SIM_COUNT(head), 4);
    printf("#define POST_HEAD_BYTES %uu\n", 4u * NPU_POST_HEAD_WORDS);
    c_numbers("POST_OP", op, SIM_COUNT(op), 4);
    printf("#define POST_OP_BYTES %uu\n#define POST_NONE 0x%08xu\n", 4u * NPU_POST_OP_WORDS,
           NPU_POST_NONE);
    puts("/* Codes of operators, words of attributes, statuses. */");
    c_numbers("POST", codes, SIM_COUNT(codes), 1);
    c_numbers("POST_DET", detection, SIM_COUNT(detection), 1);
    c_numbers("POST_STATUS", status, SIM_COUNT(status), 1);
}

/* The block that the ISP counts for firmware: byte offsets (isp/stats.h). */
static void c_stats_block(void)
{
    uint32_t at = 0;
    puts("\n/* Statistics of the ISP: byte offsets. */");
#define X(name, words, help)                                                                       \
    printf("#define STATS_%-18s (%uu) /* %s */\n", #name, at, help);                               \
    at += 4 * (words);
    STATS_TABLE(X)
#undef X
    printf("#define STATS_BYTES %uu\n#define STATS_ZONES %uu\n#define STATS_BINS %uu\n", at,
           STATS_ZONES, STATS_BINS);
}

static void c_page_number(const char *name, uint32_t page)
{
    char upper[16] = "";
    for (uint32_t i = 0; name[i] != '\0' && i + 1 < sizeof(upper); i++)
        upper[i] = (char)toupper(name[i]);
    printf("#define PAGE_%-15s %uu\n", upper, page);
}

static void c_tail(const sensor_t *sensor)
{
    (void)sensor;
    c_net_table();
    c_post_table();
    c_stats_block();
    puts("\n/* Register pages: bits of CLK_ENABLE and RST_BLOCK. */");
#define X(page, member) c_page_number(#member, page);
    SENSOR_PAGES(X)
#undef X
    puts("\n/* Inputs of the interrupt controller. */");
#define X(name, number, member) printf("#define IRQ_%-16s %uu\n", #name, number);
    SENSOR_IRQS(X)
#undef X
    puts("\n/* Lines that pace the DMA. */");
#define X(name, number, member, pulse) printf("#define DMA_LINE_%-11s %uu\n", #name, number);
    SENSOR_DMA_LINES(X)
#undef X
    puts("\n#endif");
}

/* ---- Markdown manual ---- */

static void md_head(void)
{
    puts("# Registers\n\nPrinted by `fovea regs --markdown`. All registers are 32 bits wide.");
}

static void md_page(const sim_comp_t *comp, uint32_t base)
{
    printf(
        "\n## %s, 0x%08x\n\n| offset | name | access | reset | meaning |\n|---|---|---|---|---|\n",
        comp->name, base);
}

static void md_reg(const sim_reg_t *reg, uint32_t base)
{
    (void)base;
    printf("| 0x%03x | %s | %s | 0x%x | %s |\n", reg->addr, reg->name, access_of(reg), reg->reset,
           reg->help);
}

static void md_numbers(void)
{
    puts("\n## Inputs of the interrupt controller\n\n| number | name |\n|---|---|");
#define X(name, number, member) printf("| %u | %s |\n", number, #name);
    SENSOR_IRQS(X)
#undef X
    puts("\n## Lines that pace the DMA\n\n| number | name | kind |\n|---|---|---|");
#define X(name, number, member, pulse)                                                             \
    printf("| %u | %s | %s |\n", number, #name, (pulse) ? "each match" : "while high");
    SENSOR_DMA_LINES(X)
#undef X
}

/* fovea_settings.h */
static void md_settings(void)
{
    puts("\n## Settings of an application\n\nCCS register `app_` and the name; the name alone is "
         "the key in "
         "a scenario's `settings` (not of those that its other keys say, or the firmware "
         "writes).\n\n"
         "| address | name | range | in `settings` | meaning |\n|---|---|---|---|---|");
#define X(NAME, address, bytes, access, reset, chip, key, least, most, help)                       \
    printf("| 0x%04x | %s | %d..%d | %s | %s |\n", address, key, least, most,                      \
           strcmp(#access, "SETTING") == 0 ? "yes" : "", help);
    APP_SETTINGS(X)
#undef X
    printf("\nOf zone N, 0..%d: `app_zone_N_` and the name, N * 0x%x behind these.\n\n"
           "| address | name | bytes | reset | meaning |\n|---|---|---|---|---|\n",
           APP_ZONES_MOST - 1, APP_ZONE_BYTES);
#define X(n, NAME, offset, bytes, reset, key, help)                                                \
    printf("| 0x%04x | %s | %d | %d | %s |\n", APP_ZONE_BASE + (offset), key, bytes, reset, help);
    APP_ZONE_REGS(X, 0)
#undef X
    printf("\nOf facing N, 0..%d: `app_facing_N_` and the name, N * 0x%x behind these.\n\n"
           "| address | name | bytes | reset | meaning |\n|---|---|---|---|---|\n",
           APP_FACINGS_MOST - 1, APP_FACING_BYTES);
#define X(n, NAME, offset, bytes, reset, key, help)                                                \
    printf("| 0x%04x | %s | %d | %d | %s |\n", APP_FACING_BASE + (offset), key, bytes, reset, help);
    APP_FACING_REGS(X, 0)
#undef X
}

static void md_tail(const sensor_t *sensor)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    (void)sensor;
    md_numbers();
    puts("\n## CCS registers (host side, CCI)\n\nHeld: a write waits while grouped_parameter_hold "
         "is 1. "
         "Reset: of the IMX500; a chip file may say otherwise.\n\n| address | name | bytes | "
         "access | "
         "reset | modeled |\n|---|---|---|---|---|---|");
    for (uint32_t i = 0; i < count; i++)
        printf("| 0x%04x | %s | %u | %s%s | 0x%x | %s |\n", regs[i].addr, regs[i].name,
               regs[i].bytes, regs[i].writable ? "RW" : "RO", regs[i].retimed ? ", held" : "",
               regs[i].reset, regs[i].modeled ? "yes" : "kept only");
    md_settings();
}

static const format_t c_format = {c_head, c_page, c_reg, c_tail};
static const format_t md_format = {md_head, md_page, md_reg, md_tail};

static void print_map(const format_t *format, const sensor_t *sensor)
{
    format->head();
    for (uint32_t n = 0; n < BUS_PAGES; n++) {
        const sim_comp_t *comp = sensor->bus.page[n];
        if (comp == NULL)
            continue;
        uint32_t base = BUS_PAGE_BASE + n * BUS_PAGE_BYTES;
        format->page(comp, base);
        for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
            format->reg(reg, base);
    }
    format->tail(sensor);
}

int cmd_regs(int argc, char **argv)
{
    const char *c = NULL, *markdown = NULL, *svd = NULL;
    const cli_opt_t opts[] = {
        {0, "c", NULL, "C header with addresses, for firmware", &c},
        {0, "markdown", NULL, "manual", &markdown},
        {0, "svd", NULL, "CMSIS-SVD, for debuggers", &svd},
    };
    const cli_t cli = {
        "regs", "", "Prints the register map (default: --markdown).", opts, SIM_COUNT(opts), 0, 0};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if ((c != NULL) + (markdown != NULL) + (svd != NULL) > 1)
        return cli_fail(EXIT_USAGE, "regs: one of --c, --markdown, --svd");

    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *sensor = sensor_new();
    sensor_desc_t desc = sensor_desc_default();
    int code = EXIT_FINE;
    if (sim == NULL || pool == NULL || sensor == NULL ||
        sensor_init(sensor, sim, &desc, pool) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", sim != NULL ? sim_error(sim) : "out of memory");
    else if (svd != NULL)
        code = svd_print(sensor) ? EXIT_FINE : EXIT_FAILED;
    else
        print_map(c != NULL ? &c_format : &md_format, sensor);
    sensor_free(sensor);
    sim_pool_free(pool);
    sim_free(sim);
    return code;
}
