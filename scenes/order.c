/*
 * order.c - who stands where, far to near.
 *
 * By distance of the middles; who is before or beside something that reaches far in z (a vehicle
 * that drives away) is put on that side of it that the camera sees.
 */
#include "scenes/world_int.h"

/* Insertion: nearly sorted already. */
static void sort_places(const scene_place_t *place, uint32_t count, uint32_t *order)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t moved = order[i], k = i;
        double z = place[moved].z_m;
        for (; k > 0 && (place[order[k - 1]].z_m < z ||
                         (place[order[k - 1]].z_m == z && order[k - 1] > moved));
             k--)
            order[k] = order[k - 1];
        order[k] = moved;
    }
}

/* Whether a is behind (-1) or before (+1) what is deep: a plane between their extents across or
 * along the view has the camera, at x = 0, on one side; 0: there is none. What is flat counts as a
 * point. */
static int side_of(const scene_place_t *a, const scene_place_t *deep)
{
    double wide = deep->reach_m + (a->deep_m > 0 ? a->reach_m : 0);
    double long_m = deep->deep_m + a->deep_m, dz = a->z_m - deep->z_m, dx = a->x_m - deep->x_m;
    if (dz >= long_m || dz <= -long_m)
        return dz > 0 ? -1 : 1;
    if (dx >= wide)
        return deep->x_m + deep->reach_m > 0 ? -1 : 1;
    if (dx <= -wide)
        return deep->x_m - deep->reach_m < 0 ? -1 : 1;
    return 0;
}

/* Puts those on the wrong side of order[at], which is deep, right before or right after it. */
static void part(const scene_place_t *place, uint32_t count, uint32_t at, uint32_t *order)
{
    uint32_t sorted[SCENE_MAX_CAST], n = 0, deep = order[at];
    for (uint32_t i = 0; i < at; i++)
        if (side_of(&place[order[i]], &place[deep]) <= 0)
            sorted[n++] = order[i];
    for (uint32_t i = at + 1; i < count; i++)
        if (side_of(&place[order[i]], &place[deep]) < 0)
            sorted[n++] = order[i];
    sorted[n++] = deep;
    for (uint32_t i = 0; i < at; i++)
        if (side_of(&place[order[i]], &place[deep]) > 0)
            sorted[n++] = order[i];
    for (uint32_t i = at + 1; i < count; i++)
        if (side_of(&place[order[i]], &place[deep]) >= 0)
            sorted[n++] = order[i];
    for (uint32_t i = 0; i < count; i++)
        order[i] = sorted[i];
}

void scene_stand_all(const scene_t *scene, double time_s, scene_place_t place[SCENE_MAX_CAST],
                     uint32_t order[SCENE_MAX_CAST])
{
    uint32_t deep[SCENE_MAX_CAST], count = 0;
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        scene->cast[i].kind->place(scene->cast[i].subject, time_s, &place[i]);
        order[i] = scene->order[i];
    }
    sort_places(place, scene->cast_count, order);
    for (uint32_t i = 0; i < scene->cast_count; i++)
        if (place[order[i]].deep_m > 0 && !place[order[i]].slim)
            deep[count++] = order[i];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;
        while (order[at] != deep[i])
            at++;
        part(place, scene->cast_count, at, order);
    }
}
