/*
 * load.c - scenes from documents and files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/scene_int.h"
#include "sim/file.h"

/* A desc is large (400 kB): not on the stack of a thread. */
static scene_desc_t *new_desc(char *error, size_t error_bytes)
{
    scene_desc_t *desc = malloc(sizeof(*desc));
    if (desc == NULL)
        snprintf(error, error_bytes, "no memory for a scene's description");
    return desc;
}

static void complain(const sim_cfg_t *cfg, const scene_desc_t *desc, const char *error)
{
    if (desc != NULL && desc->world.on) {
        sim_cfg_fail(cfg, "world", "%s", error);
        return;
    }
    if (desc != NULL && desc->back.kind == SCENE_BACK_PNG) {
        sim_cfg_t back = sim_cfg_obj(cfg, "background");
        sim_cfg_fail(&back, "file", "%s", error);
        return;
    }
    sim_cfg_fail(cfg, NULL, "%s", error);
}

/* Who would not come for want of room would be missed by nobody. */
static sim_err_t expand(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    scene_desc_expand(desc);
    if (desc->people_left_out == 0)
        return SIM_OK;
    sim_cfg_fail(cfg, "crowd", "with people, %u are more than %d",
                 SCENE_MAX_PEOPLE + desc->people_left_out, SCENE_MAX_PEOPLE);
    return SIM_EDESC;
}

sim_err_t scene_load(const sim_cfg_t *cfg, const char *base_dir, const uint64_t *seed,
                     scene_t **scene)
{
    char error[768];
    *scene = NULL;
    scene_desc_t *desc = new_desc(error, sizeof(error));
    sim_err_t err = SIM_ENOMEM;
    if (desc != NULL)
        err = scene_desc_read(cfg, base_dir, seed, desc);
    if (err == SIM_OK)
        err = expand(cfg, desc);
    if (err == SIM_OK) {
        err = scene_make(desc, scene, error, sizeof(error));
        if (err != SIM_OK)
            complain(cfg, desc, error);
    }
    if (desc == NULL)
        complain(cfg, NULL, error);
    free(desc);
    return err;
}

static sim_err_t make_shown(scene_desc_t *desc, const char *file, char name[SCENE_PATH],
                            scene_t **scene, char *error, size_t error_bytes)
{
    desc->door.shown = false;
    if (strlen(file) >= SCENE_PATH) {
        snprintf(error, error_bytes, "%.64s...: name too long", file);
        return SIM_EFILE;
    }
    memcpy(name, file, strlen(file) + 1);
    return scene_make(desc, scene, error, error_bytes);
}

sim_err_t scene_load_png(const char *file, scene_fit_t fit, double lux, double color_k,
                         scene_t **scene, char *error, size_t error_bytes)
{
    *scene = NULL;
    scene_desc_t *desc = new_desc(error, error_bytes);
    if (desc == NULL)
        return SIM_ENOMEM;
    *desc = scene_desc_default();
    desc->lux = (scene_range_t){lux, lux};
    desc->color_k = (scene_range_t){color_k, color_k};
    desc->back.kind = SCENE_BACK_PNG;
    desc->back.fit = fit;
    sim_err_t err = make_shown(desc, file, desc->back.file, scene, error, error_bytes);
    free(desc);
    return err;
}

/* A picture or a video as the world, in the default light. */
static sim_err_t load_shown(const char *file, bool video, scene_t **scene, char *error,
                            size_t error_bytes)
{
    scene_desc_t *desc = new_desc(error, error_bytes);
    if (desc == NULL)
        return SIM_ENOMEM;
    *desc = scene_desc_default();
    desc->world.on = video;
    if (!video)
        desc->back.kind = SCENE_BACK_PNG;
    sim_err_t err = make_shown(desc, file, video ? desc->world.file : desc->back.file, scene, error,
                               error_bytes);
    free(desc);
    return err;
}

/* The folder part of a file's name, "." when it has none; false when it does not fit. */
static bool folder_of(const char *file, char *out, size_t bytes)
{
    const char *slash = strrchr(file, '/');
    size_t length = slash == NULL ? 1 : slash == file ? 1 : (size_t)(slash - file);
    if (length >= bytes)
        return false;
    memcpy(out, slash == NULL ? "." : file, length);
    out[length] = '\0';
    return true;
}

static sim_err_t load_json(const char *file, const uint64_t *seed, bool nested, scene_t **scene,
                           char *error, size_t error_bytes);

/* A scenario whose scene is a file of its own. */
static sim_err_t load_named(const char *folder, const char *name, bool nested, const uint64_t *seed,
                            scene_t **scene, char *error, size_t error_bytes)
{
    char path[1024];
    int length = name[0] == '/' ? snprintf(path, sizeof(path), "%s", name)
                                : snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (nested || length < 0 || (size_t)length >= sizeof(path)) {
        snprintf(error, error_bytes, "%s: scene: %s", name,
                 nested ? "a scene file that names a scene file" : "name too long");
        return SIM_EPARSE;
    }
    if (sim_file_ends(path, ".png") || sim_file_ends(path, ".y4m"))
        return scene_load_file(path, seed, scene, error, error_bytes);
    return load_json(path, seed, true, scene, error, error_bytes);
}

static sim_err_t load_json(const char *file, const uint64_t *seed, bool nested, scene_t **scene,
                           char *error, size_t error_bytes)
{
    char folder[512];
    sim_doc_t *doc = sim_doc_load(file);
    if (doc == NULL || !folder_of(file, folder, sizeof(folder))) {
        snprintf(error, error_bytes, "%.64s: %s", file, doc ? "name too long" : "no memory");
        sim_doc_free(doc);
        return SIM_EFILE;
    }
    sim_cfg_t root = sim_doc_root(doc);
    sim_err_t err;
    if (sim_doc_error(doc) != NULL) {
        err = SIM_EPARSE;
    } else if (sim_cfg_is_str(&root, "scene")) {
        err = load_named(folder, sim_cfg_str(&root, "scene", ""), nested, seed, scene, error,
                         error_bytes);
    } else {
        sim_cfg_t cfg = sim_cfg_has(&root, "scene") ? sim_cfg_obj(&root, "scene") : root;
        err = scene_load(&cfg, folder, seed, scene);
    }
    if (sim_doc_error(doc) != NULL)
        snprintf(error, error_bytes, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return err;
}

sim_err_t scene_load_file(const char *file, const uint64_t *seed, scene_t **scene, char *error,
                          size_t error_bytes)
{
    *scene = NULL;
    bool video = sim_file_ends(file, ".y4m") || strcmp(file, "-") == 0;
    if (video || sim_file_ends(file, ".png"))
        return load_shown(file, video, scene, error, error_bytes);
    return load_json(file, seed, false, scene, error, error_bytes);
}
