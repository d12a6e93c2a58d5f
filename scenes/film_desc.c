/*
 * film_desc.c - "world" of a scene, from and to JSON. README.md lists the keys.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/film.h"
#include "sim/file.h"

static const char *const levels_names[] = {"auto", "full", "limited"};
static const char *const matrix_names[] = {"auto", "bt601", "bt709"};
static const char *const end_names[] = {"hold", "loop"};

const char *film_mark(const char *file)
{
    const char *slash = strrchr(file, '/');
    return strchr(slash != NULL ? slash : file, '%');
}

film_kind_t film_kind(const char *file)
{
    if (film_mark(file) != NULL)
        return FILM_SEQUENCE;
    return sim_file_ends(file, ".png") ? FILM_IMAGE : FILM_Y4M;
}

bool film_is_pattern(const char *file)
{
    const char *at = film_mark(file) + 1;
    at += *at == '0';
    at += *at >= '1' && *at <= '9';
    return *at == 'd' && strchr(at, '%') == NULL;
}

void film_rate(uint64_t num, uint64_t den, scene_film_desc_t *desc)
{
    uint64_t a = num, b = den;
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    desc->fps_num = a != 0 ? num / a : 0;
    desc->fps_den = a != 0 ? den / a : 0;
}

/* A number, or "30000/1001". */
static void read_rate(const sim_cfg_t *cfg, scene_film_desc_t *desc)
{
    unsigned long num = 0, den = 0;
    char more;
    if (!sim_cfg_is_str(cfg, "fps")) {
        double fps = sim_cfg_num(cfg, "fps", 0.001, 10000, 0);
        film_rate((uint64_t)(fps * 1e6 + 0.5), 1000000, desc);
        return;
    }
    const char *text = sim_cfg_str(cfg, "fps", "");
    if (strlen(text) < 20 && sscanf(text, "%9lu/%9lu%c", &num, &den, &more) == 2 && den > 0 &&
        num > 0 && num / den <= 10000)
        film_rate(num, den, desc);
    else
        sim_cfg_fail(cfg, "fps", "'%.40s' is no number and no fraction as 30000/1001", text);
}

static void read_time(const sim_cfg_t *cfg, scene_film_desc_t *desc)
{
    if (film_kind(desc->file) == FILM_SEQUENCE) {
        sim_cfg_need(cfg, "fps");
        if (!film_is_pattern(desc->file))
            sim_cfg_fail(cfg, "file", "'%.200s' has not one %%d or %%05d alone", desc->file);
    }
    if (sim_cfg_has(cfg, "fps"))
        read_rate(cfg, desc);
    desc->first = (uint32_t)sim_cfg_u64(cfg, "first", 0, FILM_MAX_FRAMES, 0);
    desc->count = (uint32_t)sim_cfg_u64(cfg, "count", 1, FILM_MAX_FRAMES, 0);
    desc->start_s = sim_cfg_num(cfg, "start_s", -1e6, 1e6, 0);
    desc->end = (scene_end_t)sim_cfg_enum(cfg, "end", end_names, SIM_COUNT(end_names), 0);
}

static void read_coding(const sim_cfg_t *cfg, scene_film_desc_t *desc)
{
    desc->levels =
        (scene_levels_t)sim_cfg_enum(cfg, "range", levels_names, SIM_COUNT(levels_names), 0);
    desc->matrix =
        (scene_matrix_t)sim_cfg_enum(cfg, "matrix", matrix_names, SIM_COUNT(matrix_names), 0);
}

void scene_film_read(const sim_cfg_t *scene, const char *base_dir, scene_film_desc_t *desc)
{
    sim_cfg_t cfg = sim_cfg_obj(scene, "world");
    desc->on = true;
    if (sim_cfg_has(scene, "background"))
        sim_cfg_fail(&cfg, NULL, "not together with background");
    sim_cfg_need(&cfg, "file");
    bool input = strcmp(sim_cfg_str(&cfg, "file", ""), "-") == 0;
    scene_read_path(&cfg, "file", input ? NULL : base_dir, desc->file);
    if (film_kind(desc->file) != FILM_IMAGE)
        read_time(&cfg, desc);
    if (film_kind(desc->file) == FILM_Y4M)
        read_coding(&cfg, desc);
    desc->fit = (scene_fit_t)sim_cfg_enum(&cfg, "fit", scene_fit_names, 3, SCENE_FIT_STRETCH);
    if (sim_cfg_has(&cfg, "truth")) {
        scene_read_path(&cfg, "truth", base_dir, desc->truth);
        sim_cfg_nums(&cfg, "truth_px", desc->truth_px, 2, 1, 16384);
    }
    sim_cfg_done(&cfg);
}

static void write_time(const scene_film_desc_t *desc, sim_json_t *out)
{
    char text[48];
    snprintf(text, sizeof(text), "%llu/%llu", (unsigned long long)desc->fps_num,
             (unsigned long long)desc->fps_den);
    if (desc->fps_num != 0)
        sim_json_add_str(out, "fps", text);
    sim_json_add_u64(out, "first", desc->first);
    if (desc->count != 0)
        sim_json_add_u64(out, "count", desc->count);
    sim_json_add_num(out, "start_s", desc->start_s);
    sim_json_add_str(out, "end", end_names[desc->end]);
}

void scene_film_write(const scene_film_desc_t *desc, sim_json_t *out)
{
    sim_json_add_str(out, "file", desc->file);
    if (film_kind(desc->file) != FILM_IMAGE)
        write_time(desc, out);
    if (film_kind(desc->file) == FILM_Y4M) {
        sim_json_add_str(out, "range", levels_names[desc->levels]);
        sim_json_add_str(out, "matrix", matrix_names[desc->matrix]);
    }
    sim_json_add_str(out, "fit", scene_fit_names[desc->fit]);
    if (desc->truth[0] == '\0')
        return;
    sim_json_add_str(out, "truth", desc->truth);
    if (desc->truth_px[0] > 0) {
        sim_json_t *px = sim_json_add_array(out, "truth_px");
        sim_json_add_num(px, NULL, desc->truth_px[0]);
        sim_json_add_num(px, NULL, desc->truth_px[1]);
    }
}
