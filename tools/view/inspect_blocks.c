/*
 * inspect_blocks.c - what is on the chip, in detail: blocks of the power, components with their
 * registers and counters, CCS registers.
 *
 * Registers are peeked at: as a debugger sees them, without any effect.
 */
#include <stdio.h>
#include <string.h>

#include "firmware/include/fovea_settings.h"
#include "sim/reg_help.h"
#include "tools/view/inspect.h"

typedef unsigned long long ull_t;

static sim_comp_t *first_comp(const inspect_t *in)
{
    const sensor_t *sensor = in->ui->model->sensor;
    return sensor != NULL && sensor->sim != NULL ? sim_comp_first(sensor->sim) : NULL;
}

/* ---- a block of the power ---- */

/* Whether a component is the one of a part: "npu", "l2.bank*", below the sensor. */
static bool is_part(const char *name, const char *part)
{
    const char *below = strchr(name, '.');
    size_t bytes = strlen(part);
    if (below == NULL || bytes == 0)
        return false;
    if (part[bytes - 1] == '*')
        return strncmp(below + 1, part, bytes - 1) == 0;
    return strcmp(below + 1, part) == 0;
}

static void put_components(inspect_t *in, const tech_part_t *part)
{
    uint32_t number = 0;
    for (sim_comp_t *comp = first_comp(in); comp != NULL; comp = comp->next, number++)
        if (is_part(comp->name, part->component))
            inspect_link(in, HIT_COMP, number, 0, comp->name, "%s", "");
}

static const char *block_help(uint32_t block)
{
    static const char *const help[TECH_BLOCK_COUNT] = {
#define X(name, text, help) help,
        TECH_BLOCKS(X)
#undef X
    };
    return help[block];
}

static void put_energy(inspect_t *in, uint32_t block)
{
    const view_model_t *m = in->ui->model;
    uint64_t all = energy_sum_fj(m->energy_fj);
    if (!m->energy_known) {
        inspect_say(in, ui_dim, "Its energy is known when a frame is over.");
        return;
    }
    inspect_put(in, "energy", "%.3f uJ", (double)m->energy_fj[block] * 1e-9);
    inspect_put(in, "of frame", "%u", m->energy_frame);
    if (all > 0)
        inspect_put(in, "share", "%.1f %%", 100 * (double)m->energy_fj[block] / (double)all);
}

void inspect_block(inspect_t *in, const ui_select_t *select)
{
    const uint64_t block = select->a;
    const sensor_t *sensor = in->ui->model->sensor;
    if (block >= TECH_BLOCK_COUNT) {
        inspect_list(in, select);
        return;
    }
    inspect_head(in, ui_block_color(tech_block_names[block]), "Block %s", tech_block_names[block]);
    inspect_say(in, ui_text, "%s", block_help((uint32_t)block));
    put_energy(in, (uint32_t)block);
    if (sensor == NULL)
        return;
    const tech_t *tech = &sensor->desc.tech;
    double leakage_nw = 0, area_um2 = 0;
    for (uint32_t i = 0; i < tech->parts; i++) {
        bool own = tech->part[i].block == block;
        leakage_nw += own ? (double)tech->part[i].leakage_nw : 0;
        area_um2 += own ? tech->part[i].area_um2 : 0;
    }
    inspect_put(in, "leakage", "%.3f mW", leakage_nw * 1e-6);
    inspect_put(in, "area", "%.3f mm2", area_um2 * 1e-6);
    inspect_space(in);
    inspect_head(in, 0, "Components");
    for (uint32_t i = 0; i < tech->parts; i++)
        if (tech->part[i].block == block)
            put_components(in, &tech->part[i]);
}

/* ---- a component ---- */

static void put_field(inspect_t *in, const sim_reg_field_t *field, uint32_t value)
{
    char bits[16];
    uint32_t own = (value & sim_reg_field_mask(field)) >> field->low;
    if (field->bits == 1)
        snprintf(bits, sizeof(bits), "%u", field->low);
    else
        snprintf(bits, sizeof(bits), "%u:%u", field->low + field->bits - 1, field->low);
    inspect_mono(in, own != 0 ? ui_text : ui_dim, "  %5s = %-5u %.*s", bits, own,
                 (int)field->text_bytes, field->text);
}

static void put_reg(inspect_t *in, sim_comp_t *comp, const sim_reg_t *reg)
{
    sim_reg_field_t field[SIM_REG_MAX_FIELDS];
    char error[80];
    uint32_t value = in->ui->draw != NULL ? sim_reg_peek(comp, reg->addr) : 0;
    uint32_t fields = sim_reg_fields(reg, field, error, sizeof(error));
    inspect_mono(in, ui_bright, "%03x %-20s %08x%s", reg->addr, reg->name, value,
                 value != reg->reset ? " *" : "");
    for (uint32_t i = 0; i < fields; i++)
        put_field(in, &field[i], value);
}

static void put_stats(inspect_t *in, const sim_comp_t *comp)
{
    const sim_stat_t *stat = comp->kind->stats;
    if (stat == NULL || stat->name == NULL)
        return;
    inspect_space(in);
    inspect_head(in, 0, "Counters");
    for (; stat->name != NULL; stat++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < (stat->count > 0 ? stat->count : 1); i++)
            sum += sim_stat_value(comp, stat, i);
        bool plain = strcmp(stat->unit, "1") == 0;
        inspect_mono(in, sum != 0 ? ui_text : ui_dim, "%-24s %llu %s", stat->name, (ull_t)sum,
                     plain ? "" : stat->unit);
    }
}

/* That of the power to which it belongs. */
static const char *block_of(const inspect_t *in, const sim_comp_t *comp)
{
    const tech_t *tech = &in->ui->model->sensor->desc.tech;
    for (uint32_t i = 0; i < tech->parts; i++)
        if (is_part(comp->name, tech->part[i].component))
            return tech_block_names[tech->part[i].block];
    return comp->kind->kind;
}

/* All that a host sees. */
static void put_ccs(inspect_t *in)
{
    uint32_t count;
    const ccs_reg_t *reg = ccs_regs(&count);
    const ccs_desc_t *desc = &in->ui->model->sensor->ccs.desc;
    inspect_space(in);
    inspect_head(in, 0, "Registers that a host sees");
    for (uint32_t i = 0; i < count; i++)
        if (reg[i].model == 0 || reg[i].model == desc->model)
            inspect_link(in, HIT_REGISTER, reg[i].addr, 0, reg[i].name, "%s", "");
}

void inspect_comp(inspect_t *in, const ui_select_t *select)
{
    const uint64_t number = select->a;
    sim_comp_t *comp = first_comp(in);
    for (uint64_t i = 0; i < number && comp != NULL; i++)
        comp = comp->next;
    if (comp == NULL) {
        inspect_list(in, select);
        return;
    }
    inspect_head(in, ui_block_color(block_of(in, comp)), "%s", comp->name);
    inspect_put(in, "kind", "%s", comp->kind->kind);
    const sim_reg_t *reg = comp->kind->regs;
    if (reg != NULL && reg->name != NULL) {
        inspect_space(in);
        inspect_head(in, 0, "Registers; *: not as after reset");
        for (; reg->name != NULL; reg++)
            put_reg(in, comp, reg);
    }
    put_stats(in, comp);
    if (strcmp(comp->kind->kind, "ccs") == 0)
        put_ccs(in);
}

/* ---- a CCS register ---- */

/* "12:34 / 0x0000": what the firmware's table says of it; NULL: it has no row there. */
static const char *setting_help(uint64_t address)
{
    static const struct {
        uint16_t addr;
        const char *help;
    } settings[] = {
#define X(NAME, addr, bytes, access, reset, chip, key, least, most, help) {addr, help},
        APP_SETTINGS(X)
#undef X
    };
    for (uint32_t i = 0; i < SIM_COUNT(settings); i++)
        if (settings[i].addr == address)
            return settings[i].help;
    return NULL;
}

void inspect_register(inspect_t *in, const ui_select_t *select)
{
    const uint64_t address = select->a;
    char name[16];
    snprintf(name, sizeof(name), "0x%04x", (unsigned)(address & 0xffff));
    const ccs_reg_t *reg = ccs_named(name);
    const sensor_t *sensor = in->ui->model->sensor;
    bool here =
        reg != NULL && (reg->model == 0 || sensor == NULL || reg->model == sensor->ccs.desc.model);
    if (!here) {
        inspect_head(in, 0, "Register %s", name);
        inspect_say(in, ui_dim, "This chip has none there.");
        return;
    }
    uint32_t value = play_register(in->ui->play, reg->addr, reg->bytes);
    inspect_head(in, 0, "CCS register");
    inspect_say(in, ui_text, "%s", reg->name);
    inspect_put(in, "address", "%s, %u byte%s", name, reg->bytes, reg->bytes == 1 ? "" : "s");
    inspect_put(in, "value", "0x%0*x = %u", 2 * (int)reg->bytes, value, value);
    if (sensor != NULL) {
        uint32_t reset = ccs_power_up(&sensor->ccs.desc, reg->addr);
        inspect_put(in, "at power-up", "0x%0*x = %u", 2 * (int)reg->bytes, reset, reset);
    }
    inspect_put(in, "access", "%s", reg->writable ? "read, write" : "read only");
    inspect_put(in, "effect", "%s",
                !reg->modeled   ? "none: kept and read back"
                : reg->retimed  ? "with the frame, or its group"
                : reg->writable ? "at once"
                                : "tells");
    if (setting_help(address) != NULL)
        inspect_say(in, ui_dim, "%s", setting_help(address));
}

/* ---- nothing ---- */

void inspect_list(inspect_t *in, const ui_select_t *select)
{
    (void)select;
    uint32_t number = 0;
    inspect_say(in, ui_dim,
                "Click a pixel, box, span, packet, tensor, layer, block or register; "
                "or one of the chip's components:");
    if (first_comp(in) == NULL)
        inspect_say(in, ui_dim, "They are listed when there is a run.");
    for (sim_comp_t *comp = first_comp(in); comp != NULL; comp = comp->next, number++)
        if (!comp->kind->observer)
            inspect_link(in, HIT_COMP, number, 0, comp->name, "%s", "");
}
