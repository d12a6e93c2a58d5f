#include "tools/scenario_resolved.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool scenario_is_resolved(const sim_cfg_t *root)
{
    return sim_cfg_has(root, "chip_data");
}

bool scenario_resolved_read(const sim_cfg_t *root, scenario_source_t *source)
{
    if (!scenario_is_resolved(root))
        return false;
    sim_cfg_need(root, "tech_data");
    sim_cfg_t tech = sim_cfg_obj(root, "tech_data");
    source->scenario = *root;
    source->chip = sim_cfg_obj(root, "chip_data");
    for (uint32_t d = 0; d < TECH_DIES; d++)
        source->tech[d] = sim_cfg_obj(&tech, tech_die_names[d]);
    sim_cfg_done(&tech);
    return true;
}

void scenario_resolved_check(const sim_cfg_t *root, const scenario_t *scenario)
{
    if (access(scenario->firmware, R_OK) != 0)
        sim_cfg_fail(root, "firmware",
                     "%.300s: %s; names in this file are relative to the working directory of the "
                     "run that wrote it",
                     scenario->firmware, strerror(errno));
}

/* ---- images on the link ---- */

/* Images on the link, as bits of app_image_out: RAW, lines of the ISP, those in YUV422, small,
 * wide. */
static const struct {
    const char *name;
    uint32_t bits;
} link_formats[] = {{"raw", 1},        {"rgb888", 2},  {"rgb565", 10}, {"yuv422", 6},
                    {"yuv422-10", 70}, {"yuv420", 14}, {"raw+roi", 3}};

uint32_t scenario_link_format(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(link_formats); i++)
        if (strcmp(link_formats[i].name, name) == 0)
            return link_formats[i].bits;
    return 0;
}

static const char *link_format_name(uint32_t bits)
{
    for (size_t i = 0; i < SIM_COUNT(link_formats); i++)
        if (link_formats[i].bits == bits)
            return link_formats[i].name;
    return NULL;
}

static void write_output(const scenario_t *s, sim_json_t *output)
{
    if (s->output.link <= 1)
        sim_json_add_bool(output, "raw", s->output.link != 0);
    else
        sim_json_add_str(output, "format", link_format_name(s->output.link));
    sim_json_add_bool(output, "metadata", s->output.metadata);
    sim_json_add_bool(output, "isp", s->output.picture != 0);
    if (s->output.picture != 0)
        sim_json_add_u64(output, "picture_every", s->output.picture);
    if (s->output.dng != 0)
        sim_json_add_u64(output, "dng_every", s->output.dng);
}

/* ---- the rest ---- */

/* As the file has it: lists whose entries say all there is to them. */
static void write_copy(const sim_cfg_t *root, const char *key, sim_json_t *out)
{
    uint32_t count = sim_cfg_count(root, key);
    sim_json_t *list = count > 0 ? sim_json_add_array(out, key) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(root, key, i);
        sim_json_add_value(list, NULL, sim_cfg_copy(&item));
    }
}

static void write_boot(const scenario_t *s, sim_json_t *out)
{
    sim_json_add_str(out, "boot", boot_mode_names[s->sensor.logic.clkrst.boot]);
    if (s->sensor.logic.clkrst.boot != BOOT_MEMORY)
        sim_json_add_str(out, "boot_rom", s->boot_rom);
    if (!s->sensor.logic.flash.fitted || scenario_boots_image(s))
        return;
    sim_json_t *flash = sim_json_add_array(out, "flash");
    for (uint32_t i = 0; i < s->flash_files; i++) {
        sim_json_t *item = sim_json_add_object(flash, NULL);
        sim_json_add_u64(item, "at", s->flash[i].at);
        sim_json_add_str(item, "file", s->flash[i].file);
    }
}

static void write_profile(const thermal_desc_t *thermal, sim_json_t *points)
{
    for (uint32_t i = 0; i < thermal->points; i++) {
        char at[32];
        sim_json_t *point = sim_json_add_object(points, NULL);
        snprintf(at, sizeof(at), "%llups", (unsigned long long)thermal->profile[i].at_ps);
        sim_json_add_str(point, "at", at);
        sim_json_add_num(point, "c", thermal->profile[i].mc / 1000.0);
    }
}

static void write_temperature(const thermal_desc_t *thermal, sim_json_t *out)
{
    if (!thermal->self_heating) {
        write_profile(thermal, sim_json_add_array(out, "temperature_c"));
        return;
    }
    sim_json_t *object = sim_json_add_object(out, "thermal");
    write_profile(thermal, sim_json_add_array(object, "ambient_c"));
    sim_json_add_num(object, "start_c", thermal->start_mc / 1000.0);
}

void scenario_resolved_write(const sim_cfg_t *root, scenario_t *s)
{
    sim_json_t *out = s->resolved;
    sim_json_add_str(out, "chip", s->chip);
    sim_json_add_str(out, "firmware", s->firmware);
    sim_json_t *networks = sim_json_add_array(out, "networks");
    for (uint32_t n = 0; n < s->networks; n++)
        sim_json_add_str(networks, NULL, s->network[n]);
    sim_json_add_u64(out, "seed", s->seed);
    sim_json_add_u64(out, "frames", s->frames);
    write_boot(s, out);
    if (s->late_ps != 0)
        sim_json_add_u64(out, "late_ps", s->late_ps);
    write_copy(root, "host", out);
    write_copy(root, "faults", out);
    sim_json_add_u64(out, "host_bus", s->sensor.logic.cci.hz);
    write_temperature(&s->sensor.logic.thermal, out);
    write_output(s, sim_json_add_object(out, "output"));
    settings_write(&s->settings, sim_json_add_object(out, "settings"));
    scene_desc_write(scene_desc(s->scene), sim_json_add_object(out, "scene"));
}
