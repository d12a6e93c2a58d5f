/*
 * planogram.c - what stands where on a shelf wall, who takes it and who brings more.
 *
 *      boards  ____________________________     column 1   2   3 ..
 *        A    | A1  | A2  | A3  | A4  | A5 |    A: the highest board
 *        B    | B1  | B2  | ..             |
 *
 * It is drawn when the scene is read: a product for each facing, people who come, stand before it,
 * take something and go, people who bring what is sold out. From then on these are actors and
 * people as any other.
 * Not modeled: arms that reach in; people who walk around each other.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/actor.h"

#define MOST_COLUMNS 12
#define WALK_MPS 1.1 /* of who comes to a shelf; assumed */
#define ASIDE_M 1.5  /* people come from and go so far beside it */
#define LEAVES_S 0.6 /* after taking something */

typedef struct {
    scene_desc_t *desc;
    sim_stream_t rng;
    uint32_t first, facings; /* actors */
    uint32_t boards, columns;
    double until_s;
    scene_range_t visit_s, stay_s, restock_s; /* between visits; before it; until more is brought */
    scene_range_t takes;
    double turn_s, next_s; /* from one's deed to the next one's coming; when that one may come */
    uint32_t full[SCENE_MAX_ACTORS]; /* items */
    bool given[SCENE_MAX_ACTORS];    /* its stock over time is: nobody comes for it */
    double due_s[SCENE_MAX_ACTORS];  /* when more is brought; negative: nothing is missing */
} plan_t;

static double draw(plan_t *plan, scene_range_t range)
{
    return scene_draw_range(&plan->rng, range);
}

/* A whole number between the ends, both of them included. */
static uint32_t draw_whole(plan_t *plan, scene_range_t range)
{
    uint32_t low = (uint32_t)range.low, high = (uint32_t)range.high;
    return low + sim_stream_below(&plan->rng, high - low + 1);
}

/* ---- the shelf ---- */

float scene_board_m(double high_m, uint32_t boards, uint32_t board)
{
    return SCENE_FOOT_M + ((float)high_m - SCENE_FOOT_M) * (float)board / (float)boards;
}

static void build_shelf(const sim_cfg_t *cfg, plan_t *plan)
{
    scene_back_t *back = &plan->desc->back;
    if (back->kind != SCENE_BACK_SHELF_WALL)
        sim_cfg_fail(cfg, NULL, "needs background.kind shelf_wall");
    scene_range_t boards =
        scene_read_range(cfg, "boards", 1, SCENE_MOST_BOARDS, (scene_range_t){3, 5});
    scene_range_t columns =
        scene_read_range(cfg, "columns", 1, MOST_COLUMNS, (scene_range_t){4, 6});
    plan->boards = draw_whole(plan, boards);
    plan->columns = draw_whole(plan, columns);
    double depth_m = draw(plan, back->depth_m), width_m = draw(plan, back->width_m);
    back->boards = plan->boards;
    back->depth_m = (scene_range_t){depth_m, depth_m};
    back->width_m = (scene_range_t){width_m, width_m};
}

/* ---- facings ---- */

static scene_product_t *facing_at(plan_t *plan, uint32_t i)
{
    return &plan->desc->actor[plan->first + i].as.product;
}

/* Board 0 is the highest one. */
static void put_facing(plan_t *plan, uint32_t board, uint32_t column)
{
    scene_desc_t *desc = plan->desc;
    const scene_back_t *back = &desc->back;
    scene_actor_t *actor = &desc->actor[desc->actor_count++];
    *actor = (scene_actor_t){.kind = SCENE_KIND_PRODUCT};
    scene_product_t *p = &actor->as.product;
    uint32_t up = plan->boards - 1 - board;
    double wide = back->width_m.low / plan->columns;
    float low = scene_board_m(back->high_m, plan->boards, up);
    float high = scene_board_m(back->high_m, plan->boards, up + 1) - SCENE_BOARD_M;
    snprintf(p->facing, sizeof(p->facing), "%c%u", 'A' + (int)board, (unsigned)column + 1);
    p->x_m = -0.5 * back->width_m.low + wide * (column + 0.5);
    p->z_m = back->depth_m.low;
    p->up_m = (double)low;
    p->width_m = 0.96 * wide; /* a gap between two */
    p->height_m = (double)(high - low);
    plan->facings++;
}

/* The list's entry for a facing, if it has one. */
static bool find_entry(const sim_cfg_t *cfg, const char *name, sim_cfg_t *entry)
{
    for (uint32_t i = 0; i < sim_cfg_count(cfg, "facings"); i++) {
        *entry = sim_cfg_at(cfg, "facings", i);
        if (strcmp(sim_cfg_str(entry, "facing", ""), name) == 0)
            return true;
    }
    return false;
}

static void check_entries(const sim_cfg_t *cfg, plan_t *plan)
{
    for (uint32_t i = 0; i < sim_cfg_count(cfg, "facings"); i++) {
        sim_cfg_t entry = sim_cfg_at(cfg, "facings", i);
        const char *name = sim_cfg_str(&entry, "facing", "");
        uint32_t k = 0;
        while (k < plan->facings && strcmp(facing_at(plan, k)->facing, name) != 0)
            k++;
        sim_cfg_t first;
        if (find_entry(cfg, name, &first) && first.node != entry.node)
            sim_cfg_fail(&entry, "facing", "\"%.40s\" is there twice", name);
        if (k == plan->facings)
            sim_cfg_fail(&entry, "facing", "\"%.40s\" is none of %u boards of %u", name,
                         (unsigned)plan->boards, (unsigned)plan->columns);
    }
}

static void fill_facings(const sim_cfg_t *cfg, plan_t *plan)
{
    scene_range_t across = scene_read_range(cfg, "across", 1, 3, (scene_range_t){1, 3});
    scene_range_t deep = scene_read_range(cfg, "deep", 1, 20, (scene_range_t){1, 3});
    double bare = sim_cfg_num(cfg, "empty_share", 0, 1, 0);
    for (uint32_t i = 0; i < plan->facings; i++) {
        scene_product_t *p = facing_at(plan, i);
        sim_cfg_t entry, none = {.doc = cfg->doc};
        bool listed = find_entry(cfg, p->facing, &entry);
        bool empty = (double)sim_stream_unit(&plan->rng) < bare;
        p->across = draw_whole(plan, across);
        uint32_t full = p->across * draw_whole(plan, deep);
        scene_product_read_goods(listed ? &entry : &none, &plan->rng, p);
        if (!listed || !sim_cfg_has(&entry, "items"))
            p->items = empty ? 0 : full;
        plan->full[i] = full;
        plan->given[i] = p->stock_count > 0;
        plan->due_s[i] = -1;
        if (listed)
            sim_cfg_done(&entry);
    }
}

/* ---- people before it ---- */

/* Comes, stands before a facing until a moment after at_s, and goes. */
static void send_somebody(plan_t *plan, const scene_product_t *p, double at_s, double stay_s)
{
    scene_desc_t *desc = plan->desc;
    double beside = 0.5 * desc->back.width_m.low + ASIDE_M;
    double z = p->z_m - (double)sim_stream_range(&plan->rng, 0.45f, 0.75f);
    double x = p->x_m + (double)sim_stream_range(&plan->rng, -0.15f, 0.15f);
    double from = sim_stream_below(&plan->rng, 2) == 0 ? -beside : beside;
    double to = sim_stream_below(&plan->rng, 2) == 0 ? -beside : beside;
    double leaves_s = at_s + LEAVES_S, comes_s = leaves_s - stay_s;
    double in_s = (from < x ? x - from : from - x) / WALK_MPS;
    double out_s = (to < x ? x - to : to - x) / WALK_MPS;
    scene_person_t *who = &desc->people[desc->people_count];
    *who = (scene_person_t){.direction = SCENE_IN,
                            .height_m = (double)sim_stream_range(&plan->rng, 1.5f, 1.9f),
                            .build = (double)sim_stream_range(&plan->rng, 0.85f, 1.2f),
                            .top = {-1, -1, -1},
                            .bottom = {-1, -1, -1}};
    who->look = (desc->seed * 1000003u + 100000u + desc->people_count) & SCENE_MOST_SEED;
    const scene_waypoint_t way[] = {{comes_s - in_s, from, z, 0},
                                    {comes_s, x, z, 0},
                                    {leaves_s, x, z, 0},
                                    {leaves_s + out_s, to, z, 0}};
    for (uint32_t i = 0; i < SIM_COUNT(way); i++)
        who->path.point[i] = way[i];
    who->path.count = SIM_COUNT(way);
    scene_path_finish(&who->path);
    desc->people_count++;
}

/* When somebody who wants to do it at at_s does: with turn_s, not before it is his turn. */
static double wait_for_turn(plan_t *plan, double at_s, double stay_s)
{
    double first_s = plan->next_s + stay_s - LEAVES_S;
    at_s = plan->turn_s > 0 && at_s < first_s ? first_s : at_s;
    plan->next_s = at_s + plan->turn_s;
    return at_s;
}

/* Says when; who would come too late does not. */
static double change_stock(plan_t *plan, uint32_t i, double at_s, uint32_t items)
{
    scene_product_t *p = facing_at(plan, i);
    double stay_s = draw(plan, plan->stay_s);
    at_s = wait_for_turn(plan, at_s, stay_s);
    if (at_s >= plan->until_s)
        return at_s;
    p->stock[p->stock_count++] = (scene_stock_t){at_s, items};
    send_somebody(plan, p, at_s, stay_s);
    return at_s;
}

static uint32_t left_in(plan_t *plan, uint32_t i)
{
    return scene_product_items(facing_at(plan, i), 1e9);
}

/* Of those that have some, and room for two more changes. */
static bool pick_facing(plan_t *plan, uint32_t *out)
{
    uint32_t from = sim_stream_below(&plan->rng, plan->facings);
    for (uint32_t k = 0; k < plan->facings; k++) {
        *out = (from + k) % plan->facings;
        if (!plan->given[*out] && left_in(plan, *out) > 0 &&
            facing_at(plan, *out)->stock_count + 2 <= SCENE_MAX_STOCKS)
            return true;
    }
    return false;
}

static bool find_due(plan_t *plan, double before_s, uint32_t *out)
{
    double first_s = before_s;
    for (uint32_t i = 0; i < plan->facings; i++)
        if (plan->due_s[i] >= 0 && plan->due_s[i] < first_s) {
            first_s = plan->due_s[i];
            *out = i;
        }
    return first_s < before_s;
}

static void restock(plan_t *plan, uint32_t i)
{
    change_stock(plan, i, plan->due_s[i], plan->full[i]);
    plan->due_s[i] = -1;
}

static double take(plan_t *plan, uint32_t i, double at_s)
{
    uint32_t left = left_in(plan, i), some = draw_whole(plan, plan->takes);
    left = some < left ? left - some : 0;
    at_s = change_stock(plan, i, at_s, left);
    if (left == 0)
        plan->due_s[i] = at_s + draw(plan, plan->restock_s);
    return at_s;
}

/* False after a complaint. */
static bool has_room(const sim_cfg_t *cfg, const plan_t *plan, double at_s)
{
    if (plan->desc->people_count < SCENE_MAX_PEOPLE)
        return true;
    sim_cfg_fail(cfg, "duration_s", "%g s: until %.0f s %d people have come, and more cannot",
                 plan->until_s, at_s, SCENE_MAX_PEOPLE);
    return false;
}

static void let_people_come(const sim_cfg_t *cfg, plan_t *plan)
{
    uint32_t i = 0;
    double at_s = draw(plan, plan->visit_s);
    for (;;) {
        bool due = find_due(plan, at_s < plan->until_s ? at_s : plan->until_s, &i);
        if (!due && at_s >= plan->until_s)
            return;
        bool wants = due || pick_facing(plan, &i); /* else there is nothing to take now */
        if (wants && !has_room(cfg, plan, at_s))
            return;
        if (due) {
            restock(plan, i);
            continue;
        }
        if (wants)
            at_s = take(plan, i, at_s);
        at_s += draw(plan, plan->visit_s);
    }
}

static void read_visits(const sim_cfg_t *cfg, plan_t *plan)
{
    plan->until_s = sim_cfg_num(cfg, "duration_s", 0, 100000, 0);
    plan->visit_s = scene_read_range(cfg, "visit_s", 1, 10000, (scene_range_t){12, 25});
    plan->stay_s = scene_read_range(cfg, "stay_s", 1, 600, (scene_range_t){2, 6});
    plan->restock_s = scene_read_range(cfg, "restock_s", 5, 100000, (scene_range_t){20, 60});
    plan->turn_s = sim_cfg_num(cfg, "turn_s", 0, 600, 0);
    plan->next_s = -1e6; /* nobody is there yet */
    plan->takes = scene_read_range(cfg, "takes", 1, 100, (scene_range_t){1, 3});
}

/* ---- all of it ---- */

static void check_names(const sim_cfg_t *cfg, const scene_desc_t *desc)
{
    for (uint32_t i = 0; i < desc->actor_count; i++)
        for (uint32_t k = 0; k < i; k++) {
            const scene_actor_t *a = &desc->actor[i], *b = &desc->actor[k];
            if (a->kind == SCENE_KIND_PRODUCT && b->kind == SCENE_KIND_PRODUCT &&
                strcmp(a->as.product.facing, b->as.product.facing) == 0)
                sim_cfg_fail(cfg, "actors", "facing \"%s\" is there twice", a->as.product.facing);
        }
}

static void make_planogram(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    plan_t plan = {.desc = desc,
                   .rng = sim_stream(desc->seed, SCENE_RNG_PLANOGRAM, 0),
                   .first = desc->actor_count};
    build_shelf(cfg, &plan);
    uint32_t count = plan.boards * plan.columns;
    if (desc->actor_count + count > SCENE_MAX_ACTORS) {
        sim_cfg_fail(cfg, NULL, "%u facings and %u actors are more than %d", (unsigned)count,
                     (unsigned)desc->actor_count, SCENE_MAX_ACTORS);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        put_facing(&plan, i / plan.columns, i % plan.columns);
    fill_facings(cfg, &plan);
    check_entries(cfg, &plan);
    read_visits(cfg, &plan);
    let_people_come(cfg, &plan);
    sim_cfg_done(cfg);
}

void scene_planogram_read(const sim_cfg_t *scene, scene_desc_t *desc)
{
    if (sim_cfg_has(scene, "planogram")) {
        sim_cfg_t cfg = sim_cfg_obj(scene, "planogram");
        make_planogram(&cfg, desc);
    }
    check_names(scene, desc);
}
