/*
 * fault_read.c - faults[] of a scenario.
 */
#include "tools/fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "logic/elf.h"
#include "sim/file.h"

enum { MAX_ELF_BYTES = 16 << 20, MAX_SYMBOL = 128 };

/* Where the program has a variable or function: 0 after a complaint. */
static uint64_t read_symbol(const sim_cfg_t *cfg, const char *key, const char *text,
                            const char *firmware)
{
    char name[MAX_SYMBOL], error[512] = "no program";
    size_t length = strcspn(text, "+"), bytes;
    uint32_t value = 0;
    char *end = "";
    unsigned long offset = text[length] == '+' ? strtoul(text + length + 1, &end, 0) : 0;
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    if (length >= sizeof(name) || *end != '\0' || offset > UINT16_MAX ||
        (text[length] == '+' && !isdigit((unsigned char)text[length + 1]))) {
        sim_cfg_fail(cfg, key, "'%.160s' is no symbol+offset", text);
        return 0;
    }
    uint8_t *elf = firmware == NULL
                       ? NULL
                       : sim_file_read(firmware, MAX_ELF_BYTES, &bytes, error, sizeof(error));
    if (elf == NULL)
        sim_cfg_fail(cfg, key, "'%.160s': %s", text, error);
    else if (!elf_symbol(elf, bytes, name, &value))
        sim_cfg_fail(cfg, key, "'%s' is no symbol of %s", name, firmware);
    free(elf);
    return value + offset;
}

/* JSON has no hexadecimal numbers. */
static uint64_t read_address(const sim_cfg_t *cfg, const char *key, const char *firmware,
                             uint64_t low, uint64_t high)
{
    const char *text = sim_cfg_str(cfg, key, "");
    char *end;
    errno = 0;
    if (isalpha((unsigned char)text[0]) || text[0] == '_') {
        uint64_t at = read_symbol(cfg, key, text, firmware);
        if (at != 0 && (at < low || at > high))
            sim_cfg_fail(cfg, key, "'%.160s' is 0x%llx, not in 0x%llx..0x%llx", text,
                         (unsigned long long)at, (unsigned long long)low, (unsigned long long)high);
        return at;
    }
    unsigned long long value = strtoull(text, &end, 16);
    bool fine = strncmp(text, "0x", 2) == 0 && isxdigit((unsigned char)text[2]) && *end == '\0';
    if (fine && errno == 0 && value >= low && value <= high)
        return value;
    sim_cfg_fail(cfg, key, "'%s' is no hexadecimal number in 0x%llx..0x%llx", text,
                 (unsigned long long)low, (unsigned long long)high);
    return low;
}

static uint64_t read_number(const sim_cfg_t *cfg, const fault_key_t *key, const char *firmware,
                            uint64_t low, uint64_t high, uint64_t usual)
{
    bool text = key->address && sim_cfg_is_str(cfg, key->name);
    uint64_t value = text ? read_address(cfg, key->name, firmware, low, high)
                          : sim_cfg_u64(cfg, key->name, low, high, usual);
    if (key->step > 1 && value % key->step != 0)
        sim_cfg_fail(cfg, key->name, "%llu is no multiple of %llu", (unsigned long long)value,
                     (unsigned long long)key->step);
    return value;
}

static uint64_t read_value(const sim_cfg_t *cfg, const fault_key_t *key, const char *firmware,
                           uint64_t low, uint64_t high, uint64_t usual)
{
    if (key->names == NULL)
        return read_number(cfg, key, firmware, low, high, usual);
    return low + sim_cfg_enum(cfg, key->name, key->names + low, (uint32_t)(high - low + 1),
                              (uint32_t)(usual - low));
}

static void read_keys(const sim_cfg_t *cfg, const sensor_desc_t *chip, const char *firmware,
                      fault_item_t *item)
{
    for (uint32_t i = 0; i < FAULT_KEYS && item->kind->key[i].name != NULL; i++) {
        const fault_key_t *key = &item->kind->key[i];
        uint64_t low = key->low, high = key->high, usual = key->usual;
        if (key->range != NULL)
            key->range(chip, &low, &high, &usual);
        if (usual < low)
            usual = low;
        bool drawn = key->absent == FAULT_DRAWN && !sim_cfg_has(cfg, key->name);
        if (key->absent == FAULT_NEEDED)
            sim_cfg_need(cfg, key->name);
        item->arg[i] = read_value(cfg, key, firmware, low, high, usual);
        item->low[i] = drawn ? low : item->arg[i];
        item->high[i] = drawn ? high : item->arg[i];
    }
}

static bool read_time(const sim_cfg_t *cfg, fault_item_t *item)
{
    const char *text = sim_cfg_str(cfg, "at", "0us");
    bool fine = when_parse(text, &item->at);
    if (!fine)
        sim_cfg_fail(cfg, "at", "'%s' is neither <n><ps|ns|us|ms|s> nor frame:N[+row]", text);
    else if (item->kind->from_frame && (!item->at.at_frame || item->at.row != 0))
        sim_cfg_fail(cfg, "at", "'%s': %s begins with a frame, frame:N", text, item->kind->name);
    return fine;
}

static void read_repeats(const sim_cfg_t *cfg, fault_item_t *item)
{
    if (item->kind->from_frame)
        sim_cfg_fail(cfg, NULL, "%s has \"at\" only", item->kind->name);
    if (sim_cfg_has(cfg, "every")) {
        item->every_ps = sim_cfg_time_ps(cfg, "every", 0);
        if (item->every_ps < SIM_PS_PER_NS)
            sim_cfg_fail(cfg, "every", "less than 1ns");
    } else {
        double rate = sim_cfg_num(cfg, "rate_hz", 1e-3, 1e6, 1);
        item->mean_ps = (uint64_t)(1e12 / rate + 0.5);
    }
    item->from_ps = sim_cfg_time_ps(cfg, "from", item->every_ps);
    item->until_ps = sim_cfg_time_ps(cfg, "until", SIM_NEVER_PS);
    if (item->until_ps < item->from_ps)
        sim_cfg_fail(cfg, "until", "before from");
}

/* Exactly one of the three; "from" and "until" with the latter two. */
static void read_when(const sim_cfg_t *cfg, fault_item_t *item)
{
    bool at = sim_cfg_has(cfg, "at");
    int ways = at + sim_cfg_has(cfg, "every") + sim_cfg_has(cfg, "rate_hz");
    item->count =
        (uint32_t)sim_cfg_u64(cfg, "count", 1, FAULT_MAX_INJECTED, at ? 1 : FAULT_MAX_INJECTED);
    if (ways != 1)
        sim_cfg_fail(cfg, NULL, "%d of \"at\", \"every\", \"rate_hz\", expected one", ways);
    else if (at)
        read_time(cfg, item);
    else
        read_repeats(cfg, item);
}

static void read_duration(const sim_cfg_t *cfg, fault_item_t *item)
{
    if (item->kind->end == NULL || !sim_cfg_has(cfg, "for"))
        return;
    item->for_ps = sim_cfg_time_ps(cfg, "for", 0);
    if (item->for_ps == 0 || item->mean_ps != 0 ||
        (item->every_ps != 0 && item->for_ps >= item->every_ps))
        sim_cfg_fail(cfg, "for", "0, or not over before the next: with \"at\" or \"every\" only");
}

static const fault_kind_t *read_kind(const sim_cfg_t *cfg)
{
    const char *names[64];
    for (uint32_t i = 0; i < fault_kind_count; i++)
        names[i] = fault_kinds[i].name;
    sim_cfg_need(cfg, "kind");
    return &fault_kinds[sim_cfg_enum(cfg, "kind", names, fault_kind_count, 0)];
}

/* What a die can be made with. */
static void check_stuck(const sim_cfg_t *root, const fault_item_t *item, uint32_t items)
{
    uint32_t stuck = 0;
    for (uint32_t i = 0; i < items; i++)
        stuck += item[i].kind->from_frame ? item[i].count : 0;
    if (stuck > PIX_MAX_STUCK)
        sim_cfg_fail(root, "faults", "%u stuck photosites and rows, at most %u", stuck,
                     PIX_MAX_STUCK);
}

uint32_t fault_read(const sim_cfg_t *root, const sensor_desc_t *chip, const char *firmware,
                    uint64_t seed, fault_item_t item[FAULT_MAX_ITEMS])
{
    uint32_t count = sim_cfg_count(root, "faults");
    if (count > FAULT_MAX_ITEMS)
        sim_cfg_fail(root, "faults", "%u faults, at most %d", count, FAULT_MAX_ITEMS);
    for (uint32_t i = 0; i < count && i < FAULT_MAX_ITEMS; i++) {
        sim_cfg_t cfg = sim_cfg_at(root, "faults", i);
        item[i] = (fault_item_t){.kind = read_kind(&cfg)};
        item[i].seed = sim_cfg_u64(&cfg, "seed", 0, UINT64_MAX, seed);
        read_when(&cfg, &item[i]);
        read_duration(&cfg, &item[i]);
        read_keys(&cfg, chip, firmware, &item[i]);
        sim_cfg_done(&cfg);
    }
    count = count < FAULT_MAX_ITEMS ? count : FAULT_MAX_ITEMS;
    check_stuck(root, item, count);
    return count;
}

void fault_plan(const fault_item_t *item, uint32_t items, sensor_desc_t *chip)
{
    for (uint32_t i = 0; i < items; i++)
        for (uint32_t n = 0; item[i].kind->plan != NULL && n < item[i].count; n++) {
            uint64_t arg[FAULT_KEYS];
            fault_draw(&item[i], i, n, arg);
            item[i].kind->plan(chip, item[i].at.frame, arg);
        }
}
