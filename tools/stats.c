#include "tools/stats.h"

#include <string.h>

/* Children are found again by name: components of one branch need not follow each other. */
typedef struct {
    char path[64];
    sim_json_t *node;
} branch_t;

enum { MAX_BRANCHES = 512 };

typedef struct {
    sim_json_t *root;
    branch_t branch[MAX_BRANCHES];
    uint32_t count;
} tree_t;

static sim_json_t *branch_at(tree_t *tree, const char *path, size_t length)
{
    for (uint32_t i = 0; i < tree->count; i++)
        if (strlen(tree->branch[i].path) == length &&
            memcmp(tree->branch[i].path, path, length) == 0)
            return tree->branch[i].node;
    const char *dot = NULL;
    for (size_t i = 0; i < length; i++)
        if (path[i] == '.')
            dot = path + i;
    sim_json_t *parent = dot != NULL ? branch_at(tree, path, (size_t)(dot - path)) : tree->root;
    const char *name = dot != NULL ? dot + 1 : path;
    char key[64] = "";
    memcpy(key, name, length - (size_t)(name - path));
    sim_json_t *node = sim_json_add_object(parent, key);
    if (tree->count < MAX_BRANCHES) {
        branch_t *branch = &tree->branch[tree->count++];
        memset(branch, 0, sizeof(*branch));
        memcpy(branch->path, path, length);
        branch->node = node;
    }
    return node;
}

/* An array up to its last value that is not 0. */
static void add_value(sim_json_t *leaf, const sim_comp_t *comp, const sim_stat_t *stat)
{
    if (stat->count == 0) {
        sim_json_add_u64(leaf, "value", sim_stat_value(comp, stat, 0));
        return;
    }
    sim_json_t *array = sim_json_add_array(leaf, "value");
    uint32_t count = stat->count;
    while (count > 0 && sim_stat_value(comp, stat, count - 1) == 0)
        count--;
    for (uint32_t i = 0; i < count; i++)
        sim_json_add_u64(array, NULL, sim_stat_value(comp, stat, i));
}

static void add_stats(sim_json_t *node, const sim_comp_t *comp)
{
    for (const sim_stat_t *stat = comp->kind->stats; stat != NULL && stat->name != NULL; stat++) {
        sim_json_t *leaf = sim_json_add_object(node, stat->name);
        add_value(leaf, comp, stat);
        sim_json_add_str(leaf, "unit", stat->unit);
        sim_json_add_str(leaf, "help", stat->help);
    }
}

sim_json_t *stats_tree(const sim_t *sim)
{
    static const tree_t empty;
    tree_t tree = empty;
    tree.root = sim_json_object();
    sim_tally(sim);
    for (const sim_comp_t *comp = sim_comp_first(sim); comp != NULL; comp = comp->next)
        if (!comp->kind->observer)
            add_stats(branch_at(&tree, comp->name, strlen(comp->name)), comp);
    return tree.root;
}

void stats_add_frame(sim_json_t *frames, const timeline_frame_t *frame)
{
    sim_json_t *item = sim_json_add_object(frames, NULL);
    sim_json_add_u64(item, "frame", frame->frame);
#define X(name) sim_json_add_u64(item, #name "_ps", frame->name##_ps);
    TIMELINE_POINTS(X)
#undef X
    sim_json_add_num(item, "die_c", (double)frame->die_uc / 1e6);
}

void stats_add_images(sim_json_t *stats, const timeline_image_t *image, size_t count)
{
    sim_json_t *images = count > 0 ? sim_json_add_array(stats, "images") : NULL;
    for (size_t i = 0; i < count; i++) {
        sim_json_t *item = sim_json_add_object(images, NULL);
        sim_json_add_u64(item, "frame", image[i].frame);
        sim_json_add_u64(item, "vc", image[i].vc);
        sim_json_add_u64(item, "first_ps", image[i].first_ps);
        sim_json_add_u64(item, "last_ps", image[i].last_ps);
        sim_json_add_u64(item, "bytes", image[i].bytes);
    }
}
