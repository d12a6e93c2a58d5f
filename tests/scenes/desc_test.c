/*
 * desc_test.c - scene JSON: what is wrong is said with its path, what is right comes back.
 */
#include <unistd.h>

#include "scene_help.h"
#include "tests/test.h"

/* The complaint about a scene; empty when there is none. */
static const char *complaint(const char *text, char *out, size_t bytes)
{
    scene_t *scene = NULL;
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    sim_cfg_t cfg = sim_cfg_has(&root, "scene") ? sim_cfg_obj(&root, "scene") : root;
    sim_err_t err = scene_load(&cfg, "/no/such/folder", NULL, &scene);
    snprintf(out, bytes, "%s", sim_doc_error(doc) != NULL ? sim_doc_error(doc) : "");
    ck_assert((err == SIM_OK) == (out[0] == '\0'));
    ck_assert((scene != NULL) == (err == SIM_OK));
    scene_free(scene);
    sim_doc_free(doc);
    return out;
}

START_TEST(what_is_wrong_is_named_by_its_path)
{
    /* clang-format off */
    static const struct { const char *text, *path; } wrong[] = {
        {"{\"lux\": -1}", "lux"},
        {"{\"lux\": [10]}", "lux"},
        {"{\"lux\": [20, 10]}", "lux"},
        {"{\"lux\": \"bright\"}", "lux"},
        {"{\"luxx\": 10}", "luxx"},
        {"{\"color_temperature_k\": 1000}", "color_temperature_k"},
        {"{\"light\": 1}", "light"},
        {"{\"light\": [{\"lux\": 1}]}", "light[0].at_s"},
        {"{\"light\": [{\"at_s\": 1}, {\"at_s\": 0.5}]}", "light[1].at_s"},
        {"{\"light\": [{\"at_s\": 1, \"over_s\": 1}, {\"at_s\": 1.5}]}", "light[1].at_s"},
        {"{\"light\": [{\"at_s\": 1, \"lux\": -1}]}", "light[0].lux"},
        {"{\"light\": [{\"at_s\": 1, \"color_temperature_k\": 1e9}]}", "light[0].color_temperature_k"},
        {"{\"light\": [{\"at_s\": 1, \"color\": 1}]}", "light[0].color"},
        {"{\"background\": {\"kind\": \"forest\"}}", "background.kind"},
        {"{\"background\": {\"kind\": \"png\"}}", "background.file"},
        {"{\"background\": {\"kind\": \"png\", \"file\": \"a.png\"}}", "background.file"},
        {"{\"background\": {\"kind\": \"plain\", \"file\": \"a.png\"}}", "background.file"},
        {"{\"background\": []}", "background"},
        {"{\"background\": {\"kind\": \"plain\", \"depth_m\": 3}}", "background.depth_m"},
        {"{\"background\": {\"kind\": \"road\", \"wall\": \"brick\"}}", "background.wall"},
        {"{\"background\": {\"kind\": \"aisle\", \"width_m\": 0.1}}", "background.width_m"},
        {"{\"background\": {\"kind\": \"cell\", \"fill\": [0.5, 0.4]}}", "background.fill"},
        {"{\"camera\": {\"focal_px\": 0}}", "camera.focal_px"},
        {"{\"camera\": {\"pitch_deg\": 91}}", "camera.pitch_deg"},
        {"{\"camera\": {\"pitch_deg\": 79, \"focal_px\": 1000}}", "camera.pitch_deg"},
        {"{\"camera\": {\"pitch_deg\": 10, \"horizon_px\": 430}}", "camera.horizon_px"},
        {"{\"camera\": {\"axis_px\": 430}}", "camera.axis_px"},
        {"{\"weather\": {\"rain\": 2}}", "weather.rain"},
        {"{\"weather\": {\"fog_m\": 0}}", "weather.fog_m"},
        {"{\"weather\": {\"hail\": 1}}", "weather.hail"},
        {"{\"actors\": [{}]}", "actors[0].kind"},
        {"{\"actors\": [{\"kind\": \"ghost\"}]}", "actors[0].kind"},
        {"{\"actors\": [{\"kind\": \"person\", \"direction\": \"in\"}]}", "actors[0].cross_s"},
        {"{\"actors\": [{\"kind\": \"vehicle\"}]}", "actors[0].path"},
        {"{\"actors\": [{\"kind\": \"vehicle\", \"vehicle\": \"tank\"}]}", "actors[0].vehicle"},
        {"{\"actors\": [{\"kind\": \"vehicle\", \"length_m\": [3, 20]}]}", "actors[0].length_m"},
        {"{\"actors\": [{\"kind\": \"vehicle\", \"color\": [1, 2]}]}", "actors[0].color"},
        {"{\"actors\": [{\"kind\": \"animal\", \"animal\": 7}]}", "actors[0].animal"},
        {"{\"actors\": [{\"kind\": \"animal\", \"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 2}], \"tail\": 1}]}", "actors[0].tail"},
        {"{\"actors\": [{\"kind\": \"robot_arm\", \"poses\": []}]}", "actors[0].poses"},
        {"{\"actors\": [{\"kind\": \"hand\"}]}", "actors[0].path"},
        {"{\"actors\": [{\"kind\": \"hand\", \"rest\": \"pinch\"}]}", "actors[0].rest"},
        {"{\"actors\": [{\"kind\": \"hand\", \"gestures\": [{\"gesture\": \"wave\"}]}]}", "gestures[0].at_s"},
        {"{\"actors\": [{\"kind\": \"hand\", \"gestures\": [{\"at_s\": 1, \"gesture\": \"clap\"}]}]}", "gestures[0].gesture"},
        {"{\"actors\": [{\"kind\": \"hand\", \"gestures\": [{\"at_s\": 1, \"gesture\": \"pinch\", \"lasts_s\": 1}, {\"at_s\": 2.5, \"gesture\": \"wave\"}]}]}", "gestures[1].at_s"},
        {"{\"actors\": [{\"kind\": \"hand\", \"distract_s\": 0.1}]}", "actors[0].distract_s"},
        {"{\"actors\": [{\"kind\": \"robot_arm\", \"poses\": [{\"grip\": 1}]}]}", "actors[0].poses[0].at_s"},
        {"{\"actors\": [{\"kind\": \"robot_arm\", \"poses\": [{\"at_s\": 1}, {\"at_s\": 1}]}]}", "actors[0].poses[1].at_s"},
        {"{\"actors\": [{\"kind\": \"robot_arm\", \"poses\": [{\"at_s\": 1, \"elbow_deg\": 999}]}]}", "elbow_deg"},
        {"{\"actors\": [{\"kind\": \"robot_arm\", \"period_s\": 1, \"poses\": [{\"at_s\": 0}, {\"at_s\": 1}]}]}", "actors[0].period_s"},
        {"{\"actors\": [{\"kind\": \"shape\", \"shape\": \"blob\"}]}", "actors[0].shape"},
        {"{\"actors\": [{\"kind\": \"shape\", \"width_m\": 0}]}", "actors[0].width_m"},
        {"{\"actors\": [{\"kind\": \"chart\", \"chart\": \"checker\", \"columns\": 20, \"rows\": 20}]}", "actors[0].columns"},
        {"{\"actors\": [{\"kind\": \"chart\", \"chart\": \"colors\", \"columns\": 5}]}", "actors[0].columns"},
        {"{\"line\": {\"x_m\": 0.5}}", "line.x_m"},
        {"{\"door\": {\"near_m\": 9}}", "door.near_m"},
        {"{\"crowd\": {\"speed_mps\": 3}}", "crowd.speed_mps"},
        {"{\"crowd\": {\"speed_mps\": \"slow\"}}", "crowd.speed_mps: must be a number or [low, high]"},
        {"{\"crowd\": {\"near_m\": 8}}", "crowd.near_m"},
        {"{\"crowd\": {\"duration_s\": 1000}}", "crowd.duration_s"},
        {"{\"people\": [{\"direction\": \"in\"}]}", "people[0].cross_s"},
        {"{\"people\": [{\"direction\": \"up\", \"cross_s\": 1}]}", "people[0].direction"},
        {"{\"people\": [{\"direction\": \"in\", \"cross_s\": 1, \"hat\": 1}]}", "people[0].hat"},
        {"{\"people\": [{\"direction\": \"in\", \"cross_s\": 1, \"top\": [1, 2, 3]}]}", "people[0].top"},
        {"{\"people\": [{\"age\": \"old\"}]}", "people[0].age"},
        {"{\"people\": [{\"direction\": \"in\", \"cross_s\": 1, \"carry\": \"piano\"}]}", "people[0].carry"},
        {"{\"people\": [{\"path\": 1}]}", "people[0].path"},
        {"{\"people\": [{\"path\": []}]}", "people[0].path"},
        {"{\"people\": [{\"path\": [{\"at_s\": 1, \"x_m\": 1}]}]}", "people[0].path[0].z_m"},
        {"{\"people\": [{\"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 1}, {\"at_s\": 1, \"x_m\": 9, \"z_m\": 1}]}]}",
         "people[0].path: 8 m/s to point 1, expected at most 2.2"},
        {"{\"people\": [{\"path\": [{\"at_s\": 1, \"x_m\": 1, \"z_m\": 1}], \"cross_s\": 1}]}", "people[0].cross_s"},
        {"{\"crowd\": {\"age\": 7}}", "crowd.age"},
        {"{\"crowd\": {\"motion\": \"run\"}}", "crowd.motion"},
        {"{\"crowd\": {\"visits\": 3}}", "crowd.visits"},
        {"{\"crowd\": {\"motion\": \"wander\", \"visits\": 11}}", "crowd.visits"},
        {"{\"crowd\": {\"motion\": \"wander\", \"dwell_s\": [3, 2]}}", "crowd.dwell_s"},
        {"{\"crowd\": {\"motion\": \"wander\", \"rate_per_s\": 4, \"duration_s\": 40}}", "crowd.duration_s"},
        {"{\"people\": [{\"path_smooth\": true, \"path\": [{\"at_s\": 1, \"x_m\": 1, \"z_m\": 1}]}]}", "people[0].path_smooth"},
        {"{\"people\": [{\"path_repeat_s\": 9, \"path\": [{\"at_s\": 1, \"x_m\": 1, \"z_m\": 1}]}]}", "people[0].path_repeat_s"},
        {"{\"scene\": {\"door\": {\"color\": [1]}}}", "scene.door.color"},
    };
    /* clang-format on */
    char error[1024];
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        const char *text = complaint(wrong[i].text, error, sizeof(error));
        ck_assert_msg(strncmp(text, "t.json: ", 8) == 0 && strstr(text, wrong[i].path) != NULL,
                      "%s: \"%s\"", wrong[i].text, text);
    }
    complaint("{\"background\": {\"kind\": \"png\", \"file\": \"a.png\"}}", error, sizeof(error));
    ck_assert_ptr_nonnull(strstr(error, "/no/such/folder/a.png"));
}
END_TEST

START_TEST(too_many_people_are_refused)
{
    char error[1024];
    char *text = malloc(300 * 48), *at = text;
    at += sprintf(at, "{\"people\": [");
    for (int i = 0; i <= SCENE_MAX_PEOPLE; i++)
        at += sprintf(at, "%s{\"direction\":\"in\",\"cross_s\":%d}", i > 0 ? "," : "", i);
    sprintf(at, "]}");
    ck_assert_ptr_nonnull(strstr(complaint(text, error, sizeof(error)), "people"));
    free(text);
}
END_TEST

/* A crowd beside them, or people at a shelf: nobody stays away in silence. */
START_TEST(people_that_there_is_no_room_for_are_told)
{
    char error[1024], text[300 * 48], *at = text;
    scene_t *scene = NULL;
    at += sprintf(at, "{\"crowd\": {\"duration_s\": 20}, \"people\": [");
    for (int i = 0; i < 240; i++)
        at += sprintf(at, "%s{\"direction\":\"in\",\"cross_s\":%d}", i > 0 ? "," : "", i);
    sprintf(at, "]}");
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t");
    sim_cfg_t root = sim_doc_root(doc);
    ck_assert_int_eq(scene_load(&root, ".", NULL, &scene), SIM_EDESC);
    ck_assert_ptr_null(scene);
    ck_assert_msg(strncmp(sim_doc_error(doc), "t: crowd: with people, ", 23) == 0, "%s",
                  sim_doc_error(doc));
    ck_assert_ptr_nonnull(strstr(sim_doc_error(doc), " are more than 256"));
    sim_doc_free(doc);
    static const char shelf[] = "{\"background\": {\"kind\": \"shelf_wall\"}, \"planogram\": "
                                "{\"boards\": 6, \"columns\": 10, \"visit_s\": %d, "
                                "\"duration_s\": 1500}}";
    sprintf(text, shelf, 3);
    ck_assert_msg(strstr(complaint(text, error, sizeof(error)),
                         "planogram.duration_s: 1500 s: until") != NULL,
                  "%s", error);
    sprintf(text, shelf, 60);
    ck_assert_str_eq(complaint(text, error, sizeof(error)), "");
}
END_TEST

/* The object as scene_desc_write prints it. */
static char *printed(const scene_desc_t *desc)
{
    sim_json_t *out = sim_json_object();
    scene_desc_write(desc, out);
    char *text = sim_json_print(out, true);
    sim_json_free(out);
    return text;
}

static void read_back(const char *text, scene_desc_t *desc)
{
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    sim_err_t err = scene_desc_read(&root, NULL, NULL, desc);
    ck_assert_msg(err == SIM_OK, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
}

START_TEST(what_was_written_reads_back_equal)
{
    static const char *const texts[] = {
        "{}",
        "{\"light\": [{\"at_s\": 1, \"lux\": 31}, {\"at_s\": 2.5, \"over_s\": 60,"
        " \"color_temperature_k\": 2856}]}",
        "{\"seed\": 9007199254740991, \"lux\": [100, 900], \"crowd\": {\"rate_per_s\": 2}}",
        "{\"background\": {\"kind\": \"plain\", \"reflectance\": 0.25}, \"door\": {\"shown\": "
        "true}}",
        "{\"background\": {\"kind\": \"png\", \"file\": \"/a/b.png\", \"fit\": \"cover\"}}",
        "{\"background\": {\"kind\": \"aisle\", \"floor\": \"wood\", \"fill\": [0.1, 0.2]},"
        " \"camera\": {\"pitch_deg\": 20, \"axis_px\": 1000}, \"weather\": {\"snow\": 0.5}}",
        "{\"background\": {\"kind\": \"road\", \"depth_m\": 7}, \"weather\": {\"fog_m\": 50,"
        " \"wind_mps\": -2}, \"actors\": [{\"kind\": \"person\", \"direction\": \"in\","
        " \"cross_s\": 2}]}",
        "{\"actors\": [{\"kind\": \"vehicle\", \"length_m\": [3, 4], \"path_smooth\": true, "
        "\"path\": "
        "[{\"at_s\": 0, \"x_m\": [0, 1], \"z_m\": 9}, {\"at_s\": 2, \"x_m\": 3, \"z_m\": 7}]},"
        " {\"kind\": \"animal\", \"path_repeat_s\": 5, \"path\": [{\"at_s\": 0, \"x_m\": 1,"
        " \"z_m\": 4}]}, {\"kind\": \"robot_arm\", \"heading_deg\": [0, 90], \"path\": [{\"at_s\":"
        " 0, \"x_m\": 1, \"z_m\": 4}]}, {\"kind\": \"robot_arm\", \"poses\": [{\"at_s\": 1,"
        " \"yaw_deg\": 30, \"grip\": 0.5}], \"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 4}]},"
        " {\"kind\": \"hand\", \"distract_s\": [2, 3], \"gestures\": [{\"at_s\": [5, 6],"
        " \"gesture\": \"pinch\"}], \"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 1}]},"
        " {\"kind\": \"shape\", \"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 4}]}, {\"kind\":"
        " \"chart\", \"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 4}]}]}",
        "{\"people\": [{\"path\": [{\"at_s\": 1, \"x_m\": 0.5, \"z_m\": 4}, {\"at_s\": 3,"
        " \"x_m\": 2.5, \"z_m\": 4.125}], \"age\": \"any\", \"carry\": \"box\"}],"
        " \"crowd\": {\"age\": \"any\", \"carry\": \"any\"}}",
        "{\"people\": [{\"direction\": \"out\", \"cross_s\": 1.1, \"top\": [0.1, 0.2, 0.3],"
        " \"cloth\": \"plaid\"}], \"line\": {\"x_px\": 1000}, \"flicker\": {\"depth\": 0.3}}",
        "{\"line\": {\"name\": \"gate\"}, \"lines\": [{\"name\": \"a\", \"segment_m\": [[0, 4], "
        "[1, 5]]},"
        " {\"name\": \"b\", \"x_px\": 7}], \"zones\": [{\"name\": \"c\", \"dwell_ms\": 800,"
        " \"polygon_px\": [[1, 2], [30.5, 4], [5, 60]]}, {\"name\": \"d\", \"kinds\": [],"
        " \"polygon_m\": [[-1, 4], [1, 4], [1, 6], [-1, 6]]}]}",
    };
    scene_desc_t *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
    for (size_t i = 0; i < SIM_COUNT(texts); i++) {
        read_back(texts[i], a);
        char *once = printed(a);
        read_back(once, b);
        char *twice = printed(b);
        ck_assert_str_eq(once, twice);
        ck_assert_uint_eq(a->people_count, b->people_count);
        ck_assert(a->seed == b->seed && a->lux.high == b->lux.high && a->crowd.on == b->crowd.on);
        free(once);
        free(twice);
    }
    free(a);
    free(b);
}
END_TEST

static void check_expanded(const char *crowd)
{
    scene_t *one = scene_of(crowd, 9);
    char *text = printed(scene_desc(one));
    scene_t *two = scene_of(text, 0);
    picture_t a = picture_of(one, 30, 8, 7), b = picture_of(two, 30, 8, 7);
    for (int c = 0; c < 3; c++)
        ck_assert_mem_eq(a.plane[c], b.plane[c], (size_t)a.width * a.height * sizeof(float));
    picture_free(&a);
    picture_free(&b);
    free(text);
    scene_free(one);
    scene_free(two);
}

START_TEST(an_expanded_crowd_is_the_same_world)
{
    /* Written with people in place of the crowd, a scene shows the same light. */
    check_expanded("{\"crowd\": {}, \"lux\": [100, 900]}");
    check_expanded("{\"crowd\": {\"motion\": \"wander\", \"age\": \"any\", \"carry\": \"any\"},"
                   " \"background\": {\"kind\": \"plain\"}}");
}
END_TEST

START_TEST(the_seed_given_beats_the_seed_in_the_file)
{
    uint64_t seed = 77;
    scene_desc_t *desc = malloc(sizeof(*desc));
    const char *text = "{\"seed\": 5}";
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    ck_assert_int_eq(scene_desc_read(&root, ".", &seed, desc), SIM_OK);
    ck_assert(desc->seed == 77);
    ck_assert_int_eq(scene_desc_read(&root, ".", NULL, desc), SIM_OK);
    ck_assert(desc->seed == 5);
    sim_doc_free(doc);
    free(desc);
}
END_TEST

static void write_text(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(a_file_may_be_a_scenario_a_scene_or_name_one)
{
    char scenario[64], scene_file[64], naming_b[64], naming_a[64]; /* several may run at once */
    snprintf(scenario, sizeof(scenario), "/tmp/fovea_desc_test_%ld_a.json", (long)getpid());
    snprintf(scene_file, sizeof(scene_file), "/tmp/fovea_desc_test_%ld_b.json", (long)getpid());
    snprintf(naming_a, sizeof(naming_a), "{\"scene\": \"%s\"}", strrchr(scenario, '/') + 1);
    snprintf(naming_b, sizeof(naming_b), "{\"scene\": \"%s\"}", strrchr(scene_file, '/') + 1);
    static const char *const plain = "{\"seed\": 3, \"background\": {\"kind\": \"plain\"}}";
    char error[512], inside[256];
    scene_t *scene;
    snprintf(inside, sizeof(inside), "{\"chip\": \"x\", \"scene\": %s}", plain);
    write_text(scenario, inside);
    ck_assert_int_eq(scene_load_file(scenario, NULL, &scene, error, sizeof(error)), SIM_OK);
    ck_assert(scene_desc(scene)->seed == 3);
    scene_free(scene);
    write_text(scene_file, plain);
    write_text(scenario, naming_b);
    ck_assert_int_eq(scene_load_file(scenario, NULL, &scene, error, sizeof(error)), SIM_OK);
    ck_assert(scene_desc(scene)->seed == 3);
    scene_free(scene);
    write_text(scene_file, naming_a); /* round and round */
    ck_assert_int_lt(scene_load_file(scenario, NULL, &scene, error, sizeof(error)), 0);
    ck_assert_ptr_null(scene);
    unlink(scene_file);
    ck_assert_int_lt(scene_load_file(scenario, NULL, &scene, error, sizeof(error)), 0);
    ck_assert_ptr_nonnull(strstr(error, scene_file));
    unlink(scenario);
    ck_assert_int_lt(scene_load_file(scenario, NULL, &scene, error, sizeof(error)), 0);
    ck_assert_ptr_nonnull(strstr(error, scenario));
}
END_TEST

START_TEST(hostile_scenes_do_no_harm)
{
    /* Whatever a file may say within its ranges can be drawn. */
    static const char *const texts[] = {
        "{\"camera\": {\"array_px\": [16, 16], \"focal_px\": 10}, \"crowd\": {}}",
        "{\"camera\": {\"focal_px\": 100000, \"horizon_px\": -20000}, \"crowd\": {}}",
        "{\"camera\": {\"horizon_px\": 20000, \"height_m\": 0.5}, \"crowd\": {}}",
        "{\"camera\": {\"height_m\": 2.3}, \"door\": {\"height_m\": 2.3}, \"crowd\": {}}",
        "{\"line\": {\"x_px\": -16384}, \"crowd\": {}, \"background\": {\"kind\": \"plain\"}}",
        "{\"crowd\": {\"rate_per_s\": 0}, \"background\": {\"kind\": \"plain\"}}",
        "{\"crowd\": {\"duration_s\": 0.5, \"rate_per_s\": 4}, \"background\": {\"wall_m\": 1}}",
        "{\"people\": [{\"direction\": \"in\", \"cross_s\": 1000000, \"depth_m\": 0.5},"
        " {\"direction\": \"out\", \"cross_s\": 0.3, \"depth_m\": 0.5, \"height_m\": 2.2,"
        "  \"build\": 1.5}], \"background\": {\"kind\": \"plain\"}}",
        "{\"lux\": 0, \"crowd\": {\"height_m\": 1, \"build\": 0.7}}",
        "{\"crowd\": {\"motion\": \"diagonal\", \"duration_s\": 0.5, \"rate_per_s\": 4, "
        "\"near_m\": 1,"
        " \"far_m\": 1}, \"background\": {\"kind\": \"plain\"}}",
        "{\"camera\": {\"height_m\": 0.5}, \"crowd\": {\"motion\": \"wander\", \"x_m\": [-0.1, "
        "0.1],"
        " \"near_m\": 1, \"far_m\": 100, \"visits\": 10}, \"background\": {\"kind\": \"plain\"}}",
        "{\"camera\": {\"height_m\": 0.5, \"pitch_deg\": 30}, \"people\": ["
        " {\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": -1}, {\"at_s\": 1.3, \"x_m\": 0, \"z_m\": "
        "1}]},"
        " {\"path\": [{\"at_s\": -1000000, \"x_m\": 0, \"z_m\": 0}]},"
        " {\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 1}, {\"at_s\": 1, \"x_m\": 1e-4, \"z_m\": "
        "1},"
        "  {\"at_s\": 1.5, \"x_m\": 0.01, \"z_m\": 1}, {\"at_s\": 2, \"x_m\": 0, \"z_m\": 1}],"
        "  \"carry\": \"stroller\", \"height_m\": 0.8}], \"background\": {\"kind\": \"plain\"}}",
    };
    for (size_t i = 0; i < SIM_COUNT(texts); i++) {
        scene_t *scene = scene_of(texts[i], 0);
        picture_t picture = picture_of(scene, 20, 16, 7);
        for (size_t k = 0; k < (size_t)picture.width * picture.height; k++)
            for (int c = 0; c < 3; c++)
                ck_assert(picture.plane[c][k] >= 0.0f && picture.plane[c][k] < 1e6f);
        scene_timing_t timing = timing_of(20, 2);
        scene_truth_t truth;
        scene_truth(scene, &timing, 20, &truth);
        timing.rows = 0;
        timing.start_ps = UINT64_MAX / 2;
        scene_truth(scene, &timing, 20, &truth);
        picture_free(&picture);
        scene_free(scene);
    }
}
END_TEST

START_TEST(the_entrance_is_a_scene)
{
    char error[512];
    scene_t *scene;
    if (access("scenes/entrance.json", R_OK) != 0) {
        test_skip("not run from the project's folder");
        return;
    }
    sim_err_t err = scene_load_file("scenes/entrance.json", NULL, &scene, error, sizeof(error));
    ck_assert_msg(err == SIM_OK, "%s", error);
    ck_assert(scene_line_px(scene, 4056) == 2028.0f);
    ck_assert_uint_ge(scene_desc(scene)->people_count, 4);
    scene_free(scene);
}
END_TEST

TEST_MAIN("scene description", what_is_wrong_is_named_by_its_path, too_many_people_are_refused,
          people_that_there_is_no_room_for_are_told, what_was_written_reads_back_equal,
          an_expanded_crowd_is_the_same_world, the_seed_given_beats_the_seed_in_the_file,
          a_file_may_be_a_scenario_a_scene_or_name_one, hostile_scenes_do_no_harm,
          the_entrance_is_a_scene)
