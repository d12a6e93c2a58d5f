/*
 * area_test.c - zones and lines: what is wrong with them is said, and where the camera sees them.
 */
#include "scene_help.h"
#include "tests/test.h"

/* One zone around the keys, or with "lines" in front a list of lines. */
static const char *complaint(const char *text, char *out, size_t bytes)
{
    scene_desc_t *desc = malloc(sizeof(*desc));
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    sim_err_t err = scene_desc_read(&root, NULL, NULL, desc);
    snprintf(out, bytes, "%s", sim_doc_error(doc) != NULL ? sim_doc_error(doc) : "");
    ck_assert((err == SIM_OK) == (out[0] == '\0'));
    sim_doc_free(doc);
    free(desc);
    return out;
}

START_TEST(what_is_wrong_with_a_zone_or_a_line_is_said)
{
    /* clang-format off */
    static const struct { const char *text, *error; } wrong[] = {
        {"{\"zones\": {}}", "zones: must be an array, not an object"},
        {"{\"zones\": [{\"polygon_px\": [[1, 1], [9, 1], [9, 9]]}]}",
         "zones[0].name: 0 bytes, expected 1..31"},
        {"{\"zones\": [{\"name\": \"a\"}]}", "zones[0]: 0 of polygon_px, polygon_m, expected one"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [], \"polygon_m\": []}]}",
         "zones[0]: 2 of polygon_px, polygon_m, expected one"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1]]}]}",
         "zones[0].polygon_px: 2 corners, expected 3..8"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_m\": [[1,1],[2,1],[3,1],[4,1],[5,1],[6,2],[7,3],[8,4],[9,5]]}]}",
         "zones[0].polygon_m: 9 corners, expected 3..8"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], [4057, 9]]}]}",
         "zones[0].polygon_px[2]: column 4057 not in 0..4056"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, -1], [5, 9]]}]}",
         "zones[0].polygon_px[1]: row -1 not in 0..3040"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], 7]}]}",
         "zones[0].polygon_px[2]: must be an array, not a number"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1, 3], [2, 2]]}]}",
         "zones[0].polygon_px[1]: must have 2 numbers, not 3"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [5, 5], [9, 9]]}]}",
         "zones[0].polygon_px: all corners are on one line"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_m\": [[0, 5], [1, 0.01], [1, 5]]}]}",
         "zones[0].polygon_m[1]: x 1, z 0.01 is not before the camera"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_m\": [[0, 5], [1, 5], [1, 1001]]}]}",
         "zones[0].polygon_m[2]: z 1001 not in 0..1000"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], [9, 9]]}, {\"name\": \"a\"}]}",
         "zones[1].name: \"a\" is there twice"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], [9, 9]], \"dwell_ms\": 3600001}]}",
         "zones[0].dwell_ms: 3600001 not in 0..3600000"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], [9, 9]], \"kinds\": [\"ghost\"]}]}",
         "zones[0].kinds: \"ghost\" is no kind of actor"},
        {"{\"zones\": [{\"name\": \"a\", \"polygon_px\": [[1, 1], [9, 1], [9, 9]], \"color\": 1}]}",
         "zones[0].color: unknown key"},
        {"{\"lines\": [{\"name\": \"line\", \"x_px\": 5}]}", "lines[0].name: \"line\" is there twice"},
        {"{\"lines\": [{\"name\": \"a\", \"x_px\": 5, \"segment_m\": [[0, 1], [1, 1]]}]}",
         "lines[0]: 2 of segment_px, segment_m, x_px, expected one"},
        {"{\"lines\": [{\"name\": \"a\", \"segment_px\": [[0, 1], [1, 1], [2, 2]]}]}",
         "lines[0].segment_px: 3 corners, expected 2"},
        {"{\"lines\": [{\"name\": \"a\", \"segment_px\": [[7, 1], [7, 1]]}]}",
         "lines[0].segment_px: its ends are one place"},
        {"{\"lines\": [{\"name\": \"a\", \"x_px\": 4057}]}", "lines[0].x_px: 4057 not in 0..4056"},
        {"{\"line\": {\"name\": \"a name of more than thirty-one bytes\"}}",
         "line.name: 36 bytes, expected 1..31"},
        {"{\"line\": {\"name\": \"\"}}", "line.name: 0 bytes, expected 1..31"},
    };
    /* clang-format on */
    char error[1024], expected[256];
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        snprintf(expected, sizeof(expected), "t.json: %s", wrong[i].error);
        complaint(wrong[i].text, error, sizeof(error));
        ck_assert_msg(strncmp(error, expected, strlen(expected)) == 0, "'%s'\nis not '%s'", error,
                      expected);
    }
}
END_TEST

START_TEST(more_zones_and_lines_than_there_is_room_for_are_refused)
{
    static char text[1 << 14];
    char error[256];
    for (int kind = 0; kind < 2; kind++) {
        size_t used = (size_t)sprintf(text, "{\"%s\": [", kind == 0 ? "zones" : "lines");
        for (int i = 0; i < (kind == 0 ? 33 : 32); i++)
            used += (size_t)sprintf(text + used, "%s{\"name\": \"n%d\", %s}", i > 0 ? "," : "", i,
                                    kind == 0 ? "\"polygon_px\": [[1, 1], [9, 1], [9, 9]]"
                                              : "\"x_px\": 4");
        sprintf(text + used, "]}");
        complaint(text, error, sizeof(error));
        ck_assert_str_eq(error, kind == 0 ? "t.json: zones: 33 are more than 32"
                                          : "t.json: lines: 32 are more than 31");
    }
}
END_TEST

static void corner_is(const scene_outline_t *out, uint32_t corner, double x, double y)
{
    ck_assert_double_eq((double)out->px[corner][0], x);
    ck_assert_double_eq((double)out->px[corner][1], y);
}

START_TEST(a_zone_on_the_floor_is_seen_where_the_camera_says)
{
    /* Column 2028 + 3950 x / z, row 430 + 3950 * 2.9 / z. */
    scene_t *scene = scene_of(
        "{\"background\": {\"kind\": \"plain\"}, \"zones\": [{\"name\": \"mat\", \"polygon_m\": "
        "[[-1, 5], [1, 5], [2, 10]]}, {\"name\": \"picture\", \"polygon_px\": [[0, 0], [4056, 0], "
        "[100.5, 3040]]}]}",
        0);
    const scene_desc_t *desc = scene_desc(scene);
    ck_assert_uint_eq(desc->zone_count, 2);
    scene_outline_t mat = scene_outline(scene, &desc->zone[0], 4056, 3040);
    ck_assert_uint_eq(mat.corners, 3);
    corner_is(&mat, 0, 1238, 2721);
    corner_is(&mat, 1, 2818, 2721);
    corner_is(&mat, 2, 2818, 1575.5);
    scene_outline_t half = scene_outline(scene, &desc->zone[1], 2028, 1520);
    corner_is(&half, 1, 2028, 0);
    corner_is(&half, 2, 50.25, 1520);
    scene_free(scene);
}
END_TEST

START_TEST(a_tilted_camera_sees_the_floor_tilted)
{
    /* Depth 3 cos 30 + 3 sin 30 = 4.098076; column 1000 + 1000 / 4.098076 = 1244.02, row 1000 +
     * 1000 (3 cos 30 - 3 sin 30) / 4.098076 = 1267.95. */
    scene_t *scene =
        scene_of("{\"background\": {\"kind\": \"plain\"}, \"camera\": {\"array_px\": [2000, 2000],"
                 " \"height_m\": 3, \"focal_px\": 1000, \"pitch_deg\": 30}, \"lines\": [{\"name\":"
                 " \"a\", \"segment_m\": [[1, 3], [0, 3]]}]}",
                 0);
    scene_outline_t line = scene_outline(scene, &scene_desc(scene)->line[1], 2000, 2000);
    corner_is(&line, 0, 1244, 1268);
    corner_is(&line, 1, 1000, 1268);
    scene_free(scene);
}
END_TEST

START_TEST(a_column_is_a_line_from_the_top_to_the_bottom)
{
    scene_t *scene = scene_of("{\"background\": {\"kind\": \"plain\"}, \"line\": {\"name\": "
                              "\"gate\", \"x_px\": 1000}, \"lines\": [{\"name\": \"b\", \"x_px\": "
                              "40}]}",
                              0);
    const scene_desc_t *desc = scene_desc(scene);
    ck_assert_uint_eq(desc->line_count, 2);
    ck_assert_str_eq(desc->line[0].name, "gate");
    scene_outline_t gate = scene_outline(scene, &desc->line[0], 2028, 1520);
    scene_outline_t b = scene_outline(scene, &desc->line[1], 2028, 1520);
    corner_is(&gate, 0, 500, 0);
    corner_is(&gate, 1, 500, 1520);
    corner_is(&b, 1, 20, 1520);
    scene_free(scene);
}
END_TEST

TEST_MAIN("scene areas", what_is_wrong_with_a_zone_or_a_line_is_said,
          more_zones_and_lines_than_there_is_room_for_are_refused,
          a_zone_on_the_floor_is_seen_where_the_camera_says, a_tilted_camera_sees_the_floor_tilted,
          a_column_is_a_line_from_the_top_to_the_bottom)
