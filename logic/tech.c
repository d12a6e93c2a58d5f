/*
 * tech.c - reads technology files.
 */
#include "logic/tech.h"

#include <stdio.h>
#include <string.h>

const char *const tech_block_names[TECH_BLOCK_COUNT] = {
#define X(name, text, help) text,
    TECH_BLOCKS(X)
#undef X
};

const char *const tech_die_names[TECH_DIES] = {"pixel", "logic"};

/* More than any block, and little enough that sums and products stay exact. */
#define MAX_AJ 1e15 /* 1 mJ an event */
#define MAX_UW 1e8
#define MAX_UM2 1e10
#define DEFAULT_SAMPLE_US 100

/* ---- finding files ---- */

void tech_names_read(const sim_cfg_t *chip, tech_t *tech)
{
    sim_cfg_t cfg = sim_cfg_obj(chip, "tech");
    for (uint32_t die = 0; die < TECH_DIES; die++) {
        const char *key = tech_die_names[die], *name = sim_cfg_str(&cfg, key, "");
        if (strlen(name) >= TECH_FILE)
            sim_cfg_fail(&cfg, key, "a name of %zu characters, at most %d", strlen(name),
                         TECH_FILE - 1);
        snprintf(tech->file[die], TECH_FILE, "%.*s", TECH_FILE - 1, name);
    }
    sim_cfg_done(&cfg);
}

static bool is_there(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static sim_doc_t *open_builtin(tech_die_t die)
{
    size_t bytes;
    const char *text = tech_builtin(die, &bytes);
    return sim_doc_parse(text, bytes, "built-in technology");
}

sim_doc_t *tech_open(const tech_t *tech, tech_die_t die, const char *chip_file)
{
    static const char *const builtin[TECH_DIES] = {"pixel_65nm.json", "logic_22nm.json"};
    const char *name = tech->file[die], *slash = NULL;
    char path[1200];
    if (name[0] == '\0')
        return open_builtin(die);
    if (chip_file != NULL)
        slash = strrchr(chip_file, '/');
    int dir = slash != NULL ? (int)(slash - chip_file) + 1 : 0;
    snprintf(path, sizeof(path), "%.*s%s", name[0] == '/' ? 0 : dir, chip_file, name);
    if (name[0] != '/' && !is_there(path)) {
        snprintf(path, sizeof(path), "%.*s../tech/%s", dir, chip_file, name);
        if (!is_there(path) && strcmp(name, builtin[die]) == 0)
            return open_builtin(die);
    }
    return sim_doc_load(path);
}

/* ---- numbers that grow with sizes ---- */

/* cfg.key, an object {"mac": number, ..}: the sum of its products with the chip's sizes. */
static double read_per(const sim_cfg_t *cfg, const char *key, double most,
                       const tech_sizes_t *sizes)
{
    sim_cfg_t per = sim_cfg_obj(cfg, key);
    double sum = 0;
#define X(name, what) sum += sim_cfg_num(&per, #name, 0, most, 0) * sizes->name;
    TECH_SIZES(X)
#undef X
    sim_cfg_done(&per);
    return sum;
}

static double read_sum(const sim_cfg_t *cfg, const char *key, const char *per, double most,
                       const tech_sizes_t *sizes)
{
    double sum = sim_cfg_num(cfg, key, 0, most, 0) + read_per(cfg, per, most, sizes);
    if (sum > most)
        sim_cfg_fail(cfg, per, "%g with this chip's sizes, at most %g", sum, most);
    return sum <= most ? sum : most;
}

static void read_name(const sim_cfg_t *cfg, const char *key, char out[TECH_NAME])
{
    const char *name = sim_cfg_str(cfg, key, "");
    if (strlen(name) >= TECH_NAME)
        sim_cfg_fail(cfg, key, "a name of %zu characters, at most %d", strlen(name), TECH_NAME - 1);
    snprintf(out, TECH_NAME, "%.*s", TECH_NAME - 1, name);
}

/* ---- entries ---- */

static void read_row(const sim_cfg_t *cfg, const tech_sizes_t *sizes, tech_row_t *row)
{
    sim_cfg_need(cfg, "stat");
    read_name(cfg, "stat", row->stat);
    row->index = TECH_ALL;
    if (sim_cfg_has(cfg, "index"))
        row->index = (uint32_t)sim_cfg_u64(cfg, "index", 0, 1023, 0);
    if (!sim_cfg_has(cfg, "aj") && !sim_cfg_has(cfg, "aj_per"))
        sim_cfg_need(cfg, "aj");
    row->aj = (uint64_t)(read_sum(cfg, "aj", "aj_per", MAX_AJ, sizes) + 0.5);
    sim_cfg_done(cfg);
}

/* Does another row of the part price the same counter? */
static bool is_twice(const tech_row_t *row)
{
    for (const tech_row_t *other = row - row->item; other < row; other++)
        if (strcmp(other->stat, row->stat) == 0 &&
            (other->index == row->index || other->index == TECH_ALL || row->index == TECH_ALL))
            return true;
    return false;
}

static void read_rows(const sim_cfg_t *cfg, const tech_sizes_t *sizes, tech_t *tech)
{
    const tech_part_t *part = &tech->part[tech->parts - 1];
    uint32_t count = sim_cfg_count(cfg, "activity");
    if (count > TECH_MAX_ROWS - tech->rows) {
        sim_cfg_fail(cfg, "activity", "%u counters, there is room for %u", count,
                     TECH_MAX_ROWS - tech->rows);
        return;
    }
    if (count > 0 && part->component[0] == '\0')
        sim_cfg_need(cfg, "component");
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "activity", i);
        tech_row_t *row = &tech->row[tech->rows++];
        *row = (tech_row_t){.part = tech->parts - 1, .item = i};
        read_row(&item, sizes, row);
        if (is_twice(row))
            sim_cfg_fail(&item, "stat", "\"%s\" is priced twice", row->stat);
    }
}

static void read_part(const sim_cfg_t *cfg, const tech_sizes_t *sizes, tech_t *tech,
                      tech_part_t *part)
{
    sim_cfg_need(cfg, "block");
    part->block =
        (tech_block_t)sim_cfg_enum(cfg, "block", tech_block_names, TECH_BLOCK_COUNT, TECH_OTHER);
    read_name(cfg, "component", part->component);
    part->leakage_nw =
        (uint64_t)(read_sum(cfg, "leakage_uw", "leakage_per", MAX_UW, sizes) * 1000 + 0.5);
    part->area_um2 = read_sum(cfg, "area_um2", "area_per", MAX_UM2, sizes);
    read_rows(cfg, sizes, tech);
    sim_cfg_done(cfg);
}

void tech_read(const sim_cfg_t *root, tech_die_t die, const tech_sizes_t *sizes, tech_t *tech)
{
    uint32_t count = sim_cfg_count(root, "blocks");
    sim_cfg_need(root, "node_nm");
    sim_cfg_need(root, "blocks");
    tech->node_nm[die] = sim_cfg_num(root, "node_nm", 1, 1000, 22);
    tech->voltage_v[die] = sim_cfg_num(root, "voltage_v", 0.1, 10, 1);
    if (tech->sample_ps == 0)
        tech->sample_ps = DEFAULT_SAMPLE_US * UINT64_C(1000000);
    if (die == TECH_LOGIC_DIE)
        tech->sample_ps = sim_cfg_u64(root, "sample_us", 1, 1000000, DEFAULT_SAMPLE_US) * 1000000;
    if (count > TECH_MAX_PARTS - tech->parts)
        sim_cfg_fail(root, "blocks", "%u blocks, there is room for %u", count,
                     TECH_MAX_PARTS - tech->parts);
    for (uint32_t i = 0; i < count && tech->parts < TECH_MAX_PARTS; i++) {
        sim_cfg_t item = sim_cfg_at(root, "blocks", i);
        tech_part_t *part = &tech->part[tech->parts++];
        *part = (tech_part_t){.die = die, .entry = i};
        read_part(&item, sizes, tech, part);
    }
    sim_cfg_done(root);
}

/* ---- areas ---- */

double tech_area_um2(const tech_t *tech, tech_die_t die, tech_block_t block)
{
    double sum = 0;
    for (uint32_t i = 0; i < tech->parts; i++)
        if (tech->part[i].die == die && tech->part[i].block == block)
            sum += tech->part[i].area_um2;
    return sum;
}

double tech_die_um2(const tech_t *tech, tech_die_t die)
{
    double sum = 0;
    for (uint32_t block = 0; block < TECH_BLOCK_COUNT; block++)
        sum += tech_area_um2(tech, die, (tech_block_t)block);
    return sum;
}
