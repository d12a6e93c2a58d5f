/*
 * chip_test.c - chip files: the seeds of chip_fuzz are what the reader takes, or are called
 * refused_*; and what it takes becomes a sensor.
 */
#include <glob.h>

#include "logic/sensor.h"
#include "tests/test.h"

static void must_init(const sensor_desc_t *desc, const char *path)
{
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *sensor = sensor_new();
    ck_assert_msg(sensor_init(sensor, sim, desc, pool) == SIM_OK, "%s: %s", path, sim_error(sim));
    sim_free(sim);
    sensor_free(sensor);
    sim_pool_free(pool);
}

START_TEST(the_reader_takes_its_seeds_and_refuses_those_called_so)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/sensor/corpus/chip/*", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 2);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        sensor_desc_t desc = sensor_desc_default();
        sim_doc_t *doc = sim_doc_load(path);
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, &desc);
        bool refused = strstr(path, "/refused_") != NULL;
        ck_assert_msg((sim_doc_error(doc) != NULL) == refused, "%s: %s", path,
                      refused ? "accepted" : sim_doc_error(doc));
        if (!refused)
            must_init(&desc, path);
        sim_doc_free(doc);
    }
    globfree(&found);
}
END_TEST

TEST_MAIN("sensor chip files", the_reader_takes_its_seeds_and_refuses_those_called_so)
