#include "tools/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/expect.h"
#include "tools/scenario_resolved.h"

static void dir_of(const char *file, char dir[SCENARIO_PATH])
{
    const char *slash = strrchr(file, '/');
    int length = slash != NULL ? (int)(slash - file) : 1;
    snprintf(dir, SCENARIO_PATH, "%.*s", length, slash != NULL ? file : ".");
}

/* A path of the file is relative to the file (dir; "": as it is); a flag's to the working
 * directory. */
static void resolve(const sim_cfg_t *root, const char *key, char out[SCENARIO_PATH],
                    const char *dir, const char *from_file, const char *flag)
{
    int length;
    if (flag != NULL)
        length = snprintf(out, SCENARIO_PATH, "%s", flag);
    else if (from_file == NULL || from_file[0] == '/' || dir[0] == '\0')
        length = snprintf(out, SCENARIO_PATH, "%s", from_file != NULL ? from_file : "");
    else
        length = snprintf(out, SCENARIO_PATH, "%s/%s", dir, from_file);
    if (length >= SCENARIO_PATH)
        sim_cfg_fail(root, key, "path of %d bytes, at most %d", length, SCENARIO_PATH - 1);
}

static uint64_t hash_json(const sim_json_t *value)
{
    char *text = sim_json_print(value, false);
    uint64_t hash = text != NULL ? sim_hash(SIM_HASH_SEED, text, strlen(text)) : 0;
    free(text);
    return hash;
}

static void hash_tech(scenario_t *s, const sim_json_t *copies)
{
    const uint64_t both[] = {s->chip_hash, hash_json(copies)};
    s->chip_hash = sim_hash(SIM_HASH_SEED, both, sizeof(both));
}

static bool load_tech(scenario_t *s, char *error, size_t error_bytes)
{
    sim_json_t *copies = sim_json_add_object(s->resolved, "tech_data");
    bool fine = sensor_tech_read(&s->sensor, s->chip, copies, error, error_bytes);
    hash_tech(s, copies);
    return fine;
}

static void read_chip(scenario_t *s, const sim_cfg_t *root)
{
    s->sensor = sensor_desc_default();
    sensor_desc_read(root, &s->sensor);
    sim_json_t *data = sim_cfg_copy(root);
    s->chip_hash = hash_json(data);
    sim_json_add_value(s->resolved, "chip_data", data);
}

/* Complaints are in the source's document. */
static bool take_chip(scenario_t *s, const scenario_source_t *source)
{
    const sim_cfg_t *tech[TECH_DIES];
    read_chip(s, &source->chip);
    sim_json_t *copies = sim_json_add_object(s->resolved, "tech_data");
    for (uint32_t d = 0; d < TECH_DIES; d++) {
        tech[d] = &source->tech[d];
        sim_json_add_value(copies, tech_die_names[d], sim_cfg_copy(tech[d]));
    }
    sensor_tech_take(&s->sensor, tech);
    hash_tech(s, copies);
    return sim_doc_error(source->chip.doc) == NULL;
}

static bool load_chip(scenario_t *s, char *error, size_t error_bytes)
{
    sim_doc_t *doc = sim_doc_load(s->chip);
    if (doc == NULL)
        return false;
    if (sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        read_chip(s, &root);
    }
    const char *wrong = sim_doc_error(doc);
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    bool fine = wrong == NULL;
    sim_doc_free(doc);
    return fine && load_tech(s, error, error_bytes);
}

/* ---- host script ---- */

/* `<n><unit>` or `frame:N[+row]`. */
static bool parse_at(const char *text, scenario_step_t *step)
{
    when_t when;
    bool fine = when_parse(text, &when);
    step->at_frame = when.at_frame;
    step->frame = when.frame;
    step->row = when.row;
    step->at_ps = when.at_ps;
    return fine;
}

/* {"pin": 3, "value": 1} drives it, {"pin": 8, "expect": 0} looks. */
static void read_pin_step(const sim_cfg_t *cfg, scenario_step_t *step)
{
    bool expect = sim_cfg_has(cfg, "expect");
    const char *key = expect ? "expect" : "value";
    sim_cfg_need(cfg, key);
    step->kind = expect ? STEP_PIN_EXPECT : STEP_PIN;
    step->addr = (uint16_t)sim_cfg_u64(cfg, "pin", 0, GPIO_PINS - 1, 0);
    step->value = (uint32_t)sim_cfg_u64(cfg, key, 0, 1, 0);
}

static void read_register_step(const sim_cfg_t *cfg, scenario_step_t *step)
{
    bool expect = sim_cfg_has(cfg, "read");
    const char *key = expect ? "read" : "write";
    sim_cfg_need(cfg, key);
    const char *name = sim_cfg_str(cfg, key, "mode_select");
    const ccs_reg_t *reg = ccs_named(name);
    uint32_t most = reg != NULL ? UINT32_MAX >> (32 - 8 * reg->bytes) : UINT32_MAX;
    sim_cfg_need(cfg, expect ? "expect" : "value");
    step->kind = expect ? STEP_EXPECT : STEP_WRITE;
    step->value = (uint32_t)sim_cfg_u64(cfg, expect ? "expect" : "value", 0, most, 0);
    step->addr = reg != NULL ? reg->addr : 0;
    step->bytes = reg != NULL ? reg->bytes : 1;
    if (reg == NULL)
        sim_cfg_fail(cfg, key, "'%s' is no CCS register (see `fovea regs --markdown`)", name);
}

static void read_step(const sim_cfg_t *cfg, scenario_step_t *step)
{
    const char *at = sim_cfg_str(cfg, "at", "0us");
    snprintf(step->path, sizeof(step->path), "%.63s", cfg->path);
    if (!parse_at(at, step))
        sim_cfg_fail(cfg, "at", "'%s' is neither <n><ps|ns|us|ms|s> nor frame:N[+row]", at);
    if (sim_cfg_has(cfg, "pin"))
        read_pin_step(cfg, step);
    else
        read_register_step(cfg, step);
    sim_cfg_done(cfg);
}

static scenario_step_t *add_write(scenario_t *s, uint16_t addr, uint32_t bytes, uint32_t value)
{
    scenario_step_t *step = &s->step[s->steps++];
    *step = (scenario_step_t){.addr = addr, .bytes = bytes, .value = value};
    return step;
}

/* "host_bus": clocks of the CCI bus a second, other than the chip file's. */
static void read_bus(const sim_cfg_t *root, cci_desc_t *cci)
{
    cci->hz = (uint32_t)sim_cfg_u64(root, "host_bus", CCI_MIN_HZ, CCI_MAX_HZ, cci->hz);
}

/* "host_script": a file, or the flag's. */
static bool load_host(const sim_cfg_t *root, const char *dir, const scenario_flags_t *flags,
                      scenario_t *s, char *error, size_t error_bytes)
{
    char path[SCENARIO_PATH];
    resolve(root, "host_script", path, dir, sim_cfg_str(root, "host_script", NULL), flags->host);
    if (path[0] == '\0')
        return true;
    if (flags->served) {
        sim_cfg_fail(root, "host_script", "not together with a host outside");
        return true;
    }
    sim_json_add_str(s->resolved, "host_script", path);
    return host_script_load(&s->host, path, error, error_bytes);
}

static void read_steps(const sim_cfg_t *root, scenario_t *s, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(root, "host", i);
        read_step(&item, &s->step[s->steps++]);
    }
}

enum { MODE_SELECT = 0x0100 };
#define LATE_MOST_PS (UINT64_C(1) << 53) /* 2.5 hours */

static bool starts_stream(const scenario_t *s)
{
    for (uint32_t i = 0; i < s->steps; i++)
        if (s->step[i].kind == STEP_WRITE && s->step[i].addr == MODE_SELECT)
            return true;
    return host_script_writes(&s->host, MODE_SELECT);
}

static bool insert_write(const sim_cfg_t *root, scenario_t *s, uint32_t at, uint16_t addr,
                         uint32_t bytes, uint32_t value)
{
    if (host_script_add_write(&s->host, at, addr, bytes, value))
        return true;
    sim_cfg_fail(root, "host_script", "out of memory");
    return false;
}

/* The host's first writes; a script's before it starts the stream. What the script writes itself
 * is its own affair. */
static void set_application(const sim_cfg_t *root, scenario_t *s)
{
    settings_reg_t *reg = calloc(SETTINGS_MOST_REGS, sizeof(*reg));
    uint32_t count = reg != NULL ? settings_regs(&s->settings, reg) : 0;
    bool script = host_script_setup(&s->host) != 0, fine = reg != NULL;
    for (uint32_t i = 0; i < count && fine; i++) {
        if (!script)
            snprintf(add_write(s, reg[i].addr, reg[i].bytes, reg[i].value)->path,
                     sizeof(s->step->path), "%s", reg[i].path);
        else if (!host_script_writes(&s->host, reg[i].addr))
            fine = insert_write(root, s, host_script_sets(&s->host, MODE_SELECT), reg[i].addr,
                                reg[i].bytes, reg[i].value);
    }
    if (reg == NULL)
        sim_cfg_fail(root, "settings", "out of memory");
    free(reg);
}

/* A host that says nothing about it starts the stream at time 0, after its other writes of then, or
 * when its script is through, or when it has brought firmware and network. A host outside does what
 * it does; the scenario's steps stay, they are the board's. */
static void read_script(const sim_cfg_t *root, const scenario_flags_t *flags, scenario_t *s)
{
    uint32_t count = sim_cfg_count(root, "host");
    const uint32_t own = 2;
    s->step = calloc(count + own + SETTINGS_MOST_REGS, sizeof(*s->step));
    if (s->step == NULL) {
        sim_cfg_fail(root, "host", "%u steps: out of memory", count);
        return;
    }
    if (flags->served) {
        read_steps(root, s, count);
        return;
    }
    set_application(root, s);
    if (s->output.link != 0 && !host_script_writes(&s->host, APP_IMAGE_OUT))
        add_write(s, APP_IMAGE_OUT, 2, s->output.link);
    read_steps(root, s, count);
    bool sends = host_script_sends(&s->host), starts = starts_stream(s);
    bool downloads = s->sensor.logic.clkrst.boot == BOOT_HOST && !sends;
    s->stream_after_download = downloads && !starts;
    if (starts || downloads)
        return;
    uint32_t setup = host_script_setup(&s->host);
    if (setup == 0)
        add_write(s, MODE_SELECT, 1, 1);
    else
        insert_write(root, s, setup, MODE_SELECT, 1, 1);
}

/* Flag, or "late_ps": the stream starts later, at a time; what the host does after that stays
 * where it is. */
static void start_late(const sim_cfg_t *root, const char *late, scenario_t *s)
{
    s->late_ps = sim_cfg_u64(root, "late_ps", 0, LATE_MOST_PS, 0);
    if (late != NULL && !sim_time_parse(late, &s->late_ps)) {
        sim_cfg_fail(root, NULL, "--late: '%s' is not <n><ps|ns|us|ms|s>", late);
        return;
    }
    if (s->late_ps == 0)
        return;
    for (uint32_t i = 0; i < s->steps; i++) {
        scenario_step_t *step = &s->step[i];
        if (step->kind != STEP_WRITE || step->addr != MODE_SELECT || step->at_frame)
            continue;
        step->at_ps += s->late_ps;
        return;
    }
    sim_cfg_fail(root, "host", "--late: no step starts the stream at a time");
}

/* ---- the file ---- */

static bool flag_u64(const char *name, const char *text, uint64_t low, uint64_t high,
                     uint64_t *value, char *error, size_t error_bytes)
{
    if (text == NULL)
        return true;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < low ||
        number > high) {
        snprintf(error, error_bytes, "--%s: '%s' is not a number in %llu..%llu", name, text,
                 (unsigned long long)low, (unsigned long long)high);
        return false;
    }
    *value = number;
    return true;
}

/* "raw": true is short for "format": "raw", false for "none". */
static void read_link_format(const sim_cfg_t *output, scenario_t *s)
{
    const char *name = sim_cfg_str(output, "format", NULL);
    s->output.link = sim_cfg_bool(output, "raw", false);
    if (name == NULL)
        return;
    if (sim_cfg_has(output, "raw"))
        sim_cfg_fail(output, "raw", "not together with format");
    s->output.link = scenario_link_format(name);
    if (s->output.link == 0 && strcmp(name, "none") != 0)
        sim_cfg_fail(output, "format",
                     "'%s' is not none, raw, rgb888, rgb565, yuv422, yuv422-10, yuv420 or raw+roi",
                     name);
}

/* Flags say what is on the link, and whether files are made of it. */
static void apply_output_flags(const scenario_flags_t *flags, scenario_t *s)
{
    if (flags->format != NULL)
        s->output.link = scenario_link_format(flags->format);
    if (flags->no_images)
        s->output.picture = 0;
    if (flags->no_images || flags->no_files)
        s->output.dng = 0;
    s->output.images = s->output.link != 0 && !flags->no_images && !flags->no_files;
}

static void read_output(const sim_cfg_t *root, const scenario_flags_t *flags, scenario_t *s)
{
    sim_cfg_t output = sim_cfg_obj(root, "output");
    read_link_format(&output, s);
    s->output.metadata = sim_cfg_bool(&output, "metadata", true);
    s->output.picture = (uint32_t)sim_cfg_u64(&output, "picture_every", 1, 1000000, 30);
    if (!sim_cfg_bool(&output, "isp", true))
        s->output.picture = 0;
    s->output.dng = (uint32_t)sim_cfg_u64(&output, "dng_every", 0, 1000000, 0);
    if (sim_cfg_bool(&output, "roi", false))
        sim_cfg_fail(&output, "roi", "true: say \"format\": \"raw+roi\"");
    apply_output_flags(flags, s);
    sim_cfg_done(&output);
}

/* The scene is an object of the scenario, a file that it names, or the file of the flag. */
static bool read_scene(const sim_cfg_t *root, const char *dir, const scenario_flags_t *flags,
                       scenario_t *s, char *error, size_t error_bytes)
{
    char path[SCENARIO_PATH];
    uint64_t seed = 0;
    const uint64_t *override = flags->scene_seed != NULL ? &seed : NULL;
    if (!flag_u64("scene-seed", flags->scene_seed, 0, UINT64_MAX, &seed, error, error_bytes))
        return false;
    bool by_name = flags->scene != NULL || sim_cfg_is_str(root, "scene");
    if (by_name) {
        const char *name = flags->scene != NULL && !sim_cfg_is_str(root, "scene")
                               ? NULL
                               : sim_cfg_str(root, "scene", NULL);
        if (flags->scene != NULL && sim_cfg_has(root, "scene") && !sim_cfg_is_str(root, "scene"))
            (void)sim_cfg_obj(root, "scene"); /* known, but not used */
        resolve(root, "scene", path, dir, name, flags->scene);
        return scene_load_file(path, override, &s->scene, error, error_bytes) == SIM_OK;
    }
    sim_cfg_t scene = sim_cfg_obj(root, "scene");
    if (flags->scenes != NULL && override == NULL)
        return kept_scenes_load(flags->scenes, &scene, dir, &s->scene, &s->scene_borrowed) ==
               SIM_OK;
    return scene_load(&scene, dir, override, &s->scene) == SIM_OK;
}

/* What is in the flash: [{"at": byte, "file": path}]; absent: with "boot" "spi" an image of
 * firmware and network, else there is none. */
static void read_flash(const sim_cfg_t *root, const char *dir, scenario_t *s)
{
    uint32_t count = sim_cfg_count(root, "flash");
    if (count > SCENARIO_MAX_FLASH)
        sim_cfg_fail(root, "flash", "%u files, at most %d", count, SCENARIO_MAX_FLASH);
    for (uint32_t i = 0; i < count && i < SCENARIO_MAX_FLASH; i++) {
        sim_cfg_t item = sim_cfg_at(root, "flash", i);
        sim_cfg_need(&item, "file");
        scenario_flash_t *to = &s->flash[s->flash_files++];
        to->at = (uint32_t)sim_cfg_u64(&item, "at", 0, s->sensor.logic.flash.bytes - 1, 0);
        resolve(&item, "file", to->file, dir, sim_cfg_str(&item, "file", NULL), NULL);
        sim_cfg_done(&item);
    }
}

/* "boot": where firmware and network come from. */
static void read_boot(const sim_cfg_t *root, const char *dir, scenario_t *s)
{
    logic_desc_t *logic = &s->sensor.logic;
    char beside[SCENARIO_PATH];
    logic->clkrst.boot =
        (boot_mode_t)sim_cfg_enum(root, "boot", boot_mode_names, BOOT_MODES, BOOT_MEMORY);
    const char *rom = sim_cfg_str(root, "boot_rom", NULL);
    if (rom != NULL) {
        resolve(root, "boot_rom", s->boot_rom, dir, rom, NULL);
    } else {
        dir_of(s->firmware, beside);
        resolve(root, "boot_rom", s->boot_rom, beside, "boot_rom.elf", NULL);
    }
    read_flash(root, dir, s);
    logic->flash.fitted = logic->clkrst.boot == BOOT_SPI || sim_cfg_has(root, "flash");
}

bool scenario_boots_image(const scenario_t *s)
{
    return s->sensor.logic.clkrst.boot == BOOT_SPI && s->flash_files == 0;
}

/* The file, and what flags have put in its place. */
static void hash_scenario(const sim_cfg_t *root, scenario_t *s)
{
    sim_json_t *all = sim_json_object();
    sim_json_add_value(all, "file", sim_cfg_copy(root));
    sim_json_add_u64(all, "seed", s->seed);
    sim_json_add_u64(all, "frames", s->frames);
    if (s->late_ps != 0)
        sim_json_add_u64(all, "late_ps", s->late_ps);
    scene_desc_write(scene_desc(s->scene), sim_json_add_object(all, "scene"));
    s->hash = host_script_hash(&s->host, hash_json(all));
    sim_json_free(all);
}

static const double LOW_C = THERMAL_LOW_MC / 1000, HIGH_C = THERMAL_HIGH_MC / 1000;

static void read_point(const sim_cfg_t *item, thermal_desc_t *thermal, uint32_t i)
{
    thermal_point_t *point = &thermal->profile[i];
    sim_cfg_need(item, "at");
    sim_cfg_need(item, "c");
    point->at_ps = sim_cfg_time_ps(item, "at", 0);
    point->mc = thermal_mc(sim_cfg_num(item, "c", LOW_C, HIGH_C, 25));
    if (i > 0 && point->at_ps <= point[-1].at_ps)
        sim_cfg_fail(item, "at", "not after the point before it");
    sim_cfg_done(item);
    thermal->points = i + 1;
}

/* A number, or points {"at": time, "c": number} with straight lines between. */
static void read_profile(const sim_cfg_t *cfg, const char *key, double otherwise_c,
                         thermal_desc_t *thermal)
{
    uint32_t points = 0;
    if (sim_cfg_is_num(cfg, key) || !sim_cfg_has(cfg, key))
        otherwise_c = sim_cfg_num(cfg, key, LOW_C, HIGH_C, otherwise_c);
    else
        points = sim_cfg_count(cfg, key);
    if (points > THERMAL_MAX_POINTS)
        sim_cfg_fail(cfg, key, "%u points, at most %u", points, THERMAL_MAX_POINTS);
    thermal_fix(thermal, otherwise_c);
    for (uint32_t i = 0; i < points && i < THERMAL_MAX_POINTS; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, key, i);
        read_point(&item, thermal, i);
    }
}

/* "temperature_c": of the dies; or "thermal": they warm up from what they consume, in an ambient.
 * Neither: the pixel die's, which the chip file tells. */
static void read_temperature(const sim_cfg_t *root, const pix_desc_t *pixel,
                             thermal_desc_t *thermal)
{
    thermal->self_heating = sim_cfg_has(root, "thermal");
    if (!thermal->self_heating) {
        read_profile(root, "temperature_c", pixel->temperature_c, thermal);
        return;
    }
    sim_cfg_t cfg = sim_cfg_obj(root, "thermal");
    if (sim_cfg_has(root, "temperature_c"))
        sim_cfg_fail(root, "temperature_c", "not together with thermal");
    sim_cfg_need(&cfg, "ambient_c");
    read_profile(&cfg, "ambient_c", 25, thermal);
    double start_c = thermal_profile_mc(thermal, 0) / 1000.0;
    thermal->start_mc = thermal_mc(sim_cfg_num(&cfg, "start_c", LOW_C, HIGH_C, start_c));
    sim_cfg_done(&cfg);
}

/* What the die is made with is in its description from here on. */
static void read_faults(const sim_cfg_t *root, scenario_t *s)
{
    s->faults = fault_read(root, &s->sensor, s->firmware, s->seed, s->fault);
}

/* Those that stand in L2 at once; the flag's one stands there alone. */
static void read_networks(const sim_cfg_t *root, const char *dir, const scenario_flags_t *flags,
                          scenario_t *s)
{
    uint32_t count = sim_cfg_count(root, "networks");
    if (count > NPU_NET_PLACES && flags->network == NULL)
        sim_cfg_fail(root, "networks", "%u networks, at most %u", count, NPU_NET_PLACES);
    for (uint32_t n = 0; n < count && n < NPU_NET_PLACES; n++)
        resolve(root, "networks", s->network[n], dir, sim_cfg_str_at(root, "networks", n), NULL);
    s->networks = count < NPU_NET_PLACES ? count : NPU_NET_PLACES;
    if (flags->network == NULL)
        return;
    resolve(root, "networks", s->network[0], dir, NULL, flags->network);
    s->networks = 1;
}

/* "settings": over what the scene says. */
static void read_settings(const sim_cfg_t *root, scenario_t *s)
{
    const isp_desc_t *isp = &s->sensor.isp;
    s->settings = settings_of_scene(s->scene, isp->array_width_px, isp->array_height_px);
    bool any = scenario_is_resolved(root); /* the scene's zones may reach out of the picture */
    settings_read(root, any ? 0 : isp->array_width_px, any ? 0 : isp->array_height_px,
                  &s->settings);
}

static bool read_root(scenario_t *s, const sim_cfg_t *root, const char *dir,
                      const scenario_flags_t *flags, char *error, size_t error_bytes)
{
    uint64_t frames = sim_cfg_u64(root, "frames", 1, SCENARIO_MAX_FRAMES, 30);
    s->seed = sim_cfg_u64(root, "seed", 0, UINT64_MAX, 1);
    if (!flag_u64("frames", flags->frames, 1, SCENARIO_MAX_FRAMES, &frames, error, error_bytes) ||
        !flag_u64("seed", flags->seed, 0, UINT64_MAX, &s->seed, error, error_bytes))
        return false;
    s->frames = flags->served ? SCENARIO_MAX_FRAMES : (uint32_t)frames;
    sim_cfg_need(root, "chip");
    sim_cfg_need(root, "firmware");
    resolve(root, "chip", s->chip, dir, sim_cfg_str(root, "chip", NULL), flags->chip);
    resolve(root, "firmware", s->firmware, dir, sim_cfg_str(root, "firmware", NULL),
            flags->firmware);
    read_networks(root, dir, flags, s);
    read_output(root, flags, s);
    if (!read_scene(root, dir, flags, s, error, error_bytes))
        return false;
    scenario_source_t resolved;
    if (flags->source != NULL)
        return take_chip(s, flags->source);
    bool is_resolved = scenario_resolved_read(root, &resolved);
    if (is_resolved)
        scenario_resolved_check(root, s);
    if (is_resolved && flags->chip == NULL)
        return take_chip(s, &resolved);
    return load_chip(s, error, error_bytes);
}

bool scenario_load(scenario_t *scenario, const char *file, const scenario_flags_t *flags,
                   char *error, size_t error_bytes)
{
    char dir[SCENARIO_PATH];
    memset(scenario, 0, sizeof(*scenario));
    dir_of(file, dir);
    error[0] = '\0';
    scenario->resolved = sim_json_object();
    sim_doc_t *own = flags->source == NULL ? sim_doc_load(file) : NULL;
    sim_doc_t *doc = flags->source != NULL ? flags->source->scenario.doc : own;
    if (scenario->resolved == NULL || doc == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    bool fine = sim_doc_error(doc) == NULL;
    if (fine) {
        sim_cfg_t root = own != NULL ? sim_doc_root(own) : flags->source->scenario;
        if (scenario_is_resolved(&root))
            dir[0] = '\0';
        fine = read_root(scenario, &root, dir, flags, error, error_bytes);
        if (fine) {
            read_boot(&root, dir, scenario);
            read_bus(&root, &scenario->sensor.logic.cci);
            fine = load_host(&root, dir, flags, scenario, error, error_bytes);
        }
        if (fine) {
            read_settings(&root, scenario);
            read_script(&root, flags, scenario);
            start_late(&root, flags->late, scenario);
            read_temperature(&root, &scenario->sensor.pixel, &scenario->sensor.logic.thermal);
            read_faults(&root, scenario);
            expect_check(&root);
            sim_cfg_done(&root);
            scenario_resolved_write(&root, scenario);
            hash_scenario(&root, scenario);
        }
    }
    if (error[0] == '\0' && sim_doc_error(doc) != NULL) {
        snprintf(error, error_bytes, "%s", sim_doc_error(doc));
        fine = false;
    }
    sim_doc_free(own);
    return fine;
}

void scenario_free(scenario_t *scenario)
{
    if (!scenario->scene_borrowed)
        scene_free(scenario->scene);
    free(scenario->step);
    host_script_free(&scenario->host);
    sim_json_free(scenario->resolved);
}
