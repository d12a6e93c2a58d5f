/*
 * camera.c - where the camera sees a place of the world.
 *
 * Everything is placed as a level camera of the same center and focal length would see it: there an
 * upright plane across the view is not distorted, and a row of the floor is at one distance. What a
 * tilted camera sees on one of its rows, that level camera sees on one of its own, wider by the
 * same factor all along the row: the two images differ by a homography that keeps rows rows. With f
 * the focal length, r = (row - axis) / f and the pitch p downward,
 *      level row = axis + f (sin p + r cos p) / g,   column - center = g (level column - center),
 *      g = cos p - r sin p = 1 / (cos p + level r sin p)
 * A row with g <= 0 looks backward; there is none in a scene that was read (desc.c).
 */
#include "scenes/world_int.h"

static const double PER_DEGREE = 1.0 / 360;

scene_tilt_t scene_tilt_row(const scene_camera_t *camera, double y_px)
{
    if (camera->pitch_deg == 0)
        return (scene_tilt_t){.y_px = y_px, .narrow = 1};
    double s = (double)scene_sin(camera->pitch_deg * PER_DEGREE);
    double c = (double)scene_cos(camera->pitch_deg * PER_DEGREE);
    double r = (y_px - camera->horizon_px) / camera->focal_px, g = c - r * s;
    if (g < 1e-3)
        g = 1e-3;
    return (scene_tilt_t){.y_px = camera->horizon_px + camera->focal_px * (s + r * c) / g,
                          .narrow = g};
}

scene_tilt_t scene_tilt_level(const scene_camera_t *camera, double y_px)
{
    if (camera->pitch_deg == 0)
        return (scene_tilt_t){.y_px = y_px, .narrow = 1};
    double s = (double)scene_sin(camera->pitch_deg * PER_DEGREE);
    double c = (double)scene_cos(camera->pitch_deg * PER_DEGREE);
    double r = (y_px - camera->horizon_px) / camera->focal_px, ahead = c + r * s;
    if (ahead < 1e-3) /* beside or behind the camera: far outside the picture */
        ahead = 1e-3;
    return (scene_tilt_t){.y_px = camera->horizon_px + camera->focal_px * (r * c - s) / ahead,
                          .narrow = 1 / ahead};
}

float scene_tilt_column(const scene_camera_t *camera, const scene_tilt_t *tilt, float x_px)
{
    float center = (float)camera->center_px;
    return camera->pitch_deg == 0 ? x_px : center + (x_px - center) * (float)tilt->narrow;
}

/* How far to the sides, up and down what stands z away may reach: upright edges lean toward or away
 * from the center, so both ends count. */
static void reach_out(const scene_camera_t *c, const scene_place_t *place, double z,
                      scene_seen_t *seen, double side[2])
{
    double scale = c->focal_px / z, reach = place->reach_m * scale;
    double x_px = scale * place->x_m, foot_px = c->horizon_px + scale * c->height_m;
    for (int end = 0; end < 2; end++) {
        double level = foot_px - scale * (double)(end == 0 ? place->low : place->high);
        double g = scene_tilt_level(c, level).narrow;
        double from = c->center_px + (x_px - reach) * g, to = c->center_px + (x_px + reach) * g;
        side[0] = from < side[0] ? from : side[0];
        side[1] = to > side[1] ? to : side[1];
        seen->top_px = scene_min(seen->top_px, (float)level);
        seen->bottom_px = scene_max(seen->bottom_px, (float)level);
    }
}

scene_seen_t scene_see(const scene_camera_t *c, const scene_place_t *place)
{
    double z = place->z_m > SCENE_NEAREST_M ? place->z_m : SCENE_NEAREST_M;
    double scale = c->focal_px / z, side[2] = {1e18, -1e18};
    scene_seen_t seen = {.px_per_m = (float)scale, .top_px = 1e30f, .bottom_px = -1e30f};
    seen.x_px = (float)(c->center_px + scale * place->x_m);
    seen.y_px = (float)(c->horizon_px + scale * c->height_m);
    double near = place->z_m - place->deep_m, far = place->z_m + place->deep_m;
    reach_out(c, place, near > SCENE_NEAREST_M ? near : SCENE_NEAREST_M, &seen, side);
    if (place->deep_m > 0 && far > SCENE_NEAREST_M)
        reach_out(c, place, far, &seen, side);
    seen.in_view = far >= SCENE_NEAREST_M && side[1] > 0 && side[0] < (double)c->array_width_px;
    return seen;
}

void scene_row_place(scene_row_t *row, const scene_camera_t *camera, float x0_px, float y_px,
                     float step_px)
{
    row->view_y_px = row->y_px = y_px;
    row->x0_px = x0_px;
    row->x_step_px = row->y_step_px = step_px;
    row->narrow = 1.0f;
    if (camera->pitch_deg == 0)
        return;
    scene_tilt_t tilt = scene_tilt_row(camera, (double)y_px);
    double center = camera->center_px, g = tilt.narrow;
    row->y_px = (float)tilt.y_px;
    row->x0_px = (float)(center + ((double)x0_px - center) / g);
    row->x_step_px = (float)((double)step_px / g);
    row->y_step_px = (float)((double)step_px / (g * g)); /* d level row / d row */
    row->narrow = (float)g;
}

float scene_row_column(const scene_row_t *row, const scene_camera_t *camera, float x_px)
{
    float center = (float)camera->center_px;
    return row->narrow == 1.0f ? x_px : center + (x_px - center) * row->narrow;
}

bool scene_project(const scene_camera_t *c, double x_m, double height_m, double z_m, double px[2])
{
    double sine = 0, cosine = 1, below = c->height_m - height_m;
    if (c->pitch_deg != 0) {
        sine = (double)scene_sin(c->pitch_deg * PER_DEGREE);
        cosine = (double)scene_cos(c->pitch_deg * PER_DEGREE);
    }
    double depth = z_m * cosine + below * sine;
    if (depth < SCENE_NEAREST_M)
        return false;
    px[0] = c->center_px + c->focal_px * x_m / depth;
    px[1] = c->horizon_px + c->focal_px * (below * cosine - z_m * sine) / depth;
    return true;
}
