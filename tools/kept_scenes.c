#include "tools/kept_scenes.h"

#include <stdlib.h>
#include <string.h>

void kept_scenes_free(kept_scenes_t *kept)
{
    for (uint32_t i = 0; i < KEPT_SCENES; i++) {
        scene_free(kept->place[i].scene);
        free(kept->place[i].text);
    }
    memset(kept, 0, sizeof(*kept));
}

/* The scene's place, or the one that nobody asked for for longest. */
static uint32_t place_of(const kept_scenes_t *kept, const char *text, bool *there)
{
    uint32_t oldest = 0;
    *there = true;
    for (uint32_t i = 0; i < KEPT_SCENES; i++) {
        if (kept->place[i].used != 0 && strcmp(kept->place[i].text, text) == 0)
            return i;
        if (kept->place[i].used < kept->place[oldest].used)
            oldest = i;
    }
    *there = false;
    return oldest;
}

static bool has_files(const scene_t *scene)
{
    const scene_desc_t *desc = scene_desc(scene);
    return desc->world.on || desc->back.kind == SCENE_BACK_PNG;
}

sim_err_t kept_scenes_load(kept_scenes_t *kept, const sim_cfg_t *cfg, const char *base_dir,
                           scene_t **scene, bool *borrowed)
{
    bool there;
    char *text = sim_json_print(cfg->node, false);
    *borrowed = false;
    if (text == NULL)
        return scene_load(cfg, base_dir, NULL, scene);
    uint32_t i = place_of(kept, text, &there);
    if (there) {
        free(text);
    } else {
        sim_err_t err = scene_load(cfg, base_dir, NULL, scene);
        if (err != SIM_OK || has_files(*scene)) {
            free(text);
            return err;
        }
        scene_free(kept->place[i].scene);
        free(kept->place[i].text);
        kept->place[i].scene = *scene;
        kept->place[i].text = text;
        kept->made++;
    }
    kept->place[i].used = ++kept->now;
    *scene = kept->place[i].scene;
    *borrowed = true;
    return SIM_OK;
}
