/*
 * inputs_test.c - what a scenario names: found wherever it stands, known by its content; a sweep
 * goes on only with the files that it began with.
 */
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/explore/inputs.h"
#include "tools/explore/point.h"

#define DIR FOVEA_OUT "/inputs"

static char error[1024], text[1 << 16], here[SPACE_PATH];

static void put(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_file_write(path, content, strlen(content), error, sizeof(error)), SIM_OK);
}

static void start_anew(void)
{
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    ck_assert_int_eq(system("rm -rf " DIR " && mkdir -p " DIR "/sub/film"), 0);
}

/* Files that a scenario in DIR names. */
static sim_json_t *inputs_of(const char *scenario)
{
    char file[SPACE_PATH + 64];
    sim_doc_t *doc = sim_doc_parse(scenario, strlen(scenario), "s");
    sim_json_t *files = sim_json_object();
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    snprintf(file, sizeof(file), "%s/" DIR "/s.json", here);
    ck_assert_msg(
        input_add_scenario(files, files, sim_doc_root(doc).node, file, error, sizeof(error)), "%s",
        error);
    sim_doc_free(doc);
    return files;
}

static const char *hash_of(const sim_json_t *files, const char *name)
{
    char path[SPACE_PATH + 64];
    snprintf(path, sizeof(path), "%s/" DIR "/%s", here, name);
    return sim_json_str(sim_json_find(files, path), NULL);
}

static uint32_t count(const sim_json_t *files)
{
    uint32_t n = 0;
    for (const sim_json_t *v = sim_json_first(files); v != NULL; v = sim_json_next(v))
        n++;
    return n;
}

START_TEST(whatever_is_named_is_found)
{
    static const char scenario[] =
        "{\"chip\": \"chip.json\", \"firmware\": \"f.elf\", \"boot\": \"spi\", \"networks\": "
        "[\"a.tflite\", \"missing.tflite\"], \"host_script\": \"sub/h.txt\", \"scene\": "
        "\"sub/scene.json\", \"flash\": [{\"at\": 0, \"file\": \"sub\"}], \"seed\": 5}";
    static const char *const found[] = {"f.elf",          "boot_rom.elf", "a.tflite",
                                        "sub/h.txt",      "sub/load.bin", "sub/two words.bin",
                                        "sub/scene.json", "sub/wall.png", "sub/film/%03d.png",
                                        "sub/sized.bin"};
    start_anew();
    put("chip.json", "{}");
    put("f.elf", "1");
    put("boot_rom.elf", "2");
    put("a.tflite", "3");
    put("sub/h.txt", "# load.bin\nwrite 0x10 1\nspi load.bin\n\tspi two words.bin\nwrite 0x20 "
                     "size:sized.bin 32\n");
    put("sub/sized.bin", "55");
    put("sub/load.bin", "4");
    put("sub/two words.bin", "5");
    put("sub/wall.png", "6");
    put("sub/scene.json", "{\"background\": {\"kind\": \"png\", \"file\": \"wall.png\"}, "
                          "\"world\": {\"file\": \"film/%03d.png\"}}");
    put("sub/film/000.png", "7");
    put("sub/film/001.png", "8");
    put("sub/film/notes.txt", "9");
    sim_json_t *files = inputs_of(scenario);
    for (size_t i = 0; i < SIM_COUNT(found); i++)
        ck_assert_msg(hash_of(files, found[i]) != NULL, "%s", found[i]);
    ck_assert_uint_eq(count(files), SIM_COUNT(found)); /* no chip, no folder */
    sim_json_free(files);
}
END_TEST

START_TEST(a_hash_is_of_the_content)
{
    start_anew();
    put("f.elf", "1");
    put("sub/film/0.png", "7");
    put("sub/film/1.png", "8");
    put("sub/film/x.txt", "9");
    static const char scenario[] =
        "{\"firmware\": \"f.elf\", \"scene\": {\"world\": {\"file\": \"sub/film/%d.png\"}}}";
    sim_json_t *a = inputs_of(scenario);
    put("sub/film/x.txt", "none of the numbered ones");
    sim_json_t *b = inputs_of(scenario);
    ck_assert_str_eq(hash_of(a, "f.elf"), hash_of(b, "f.elf"));
    ck_assert_str_eq(hash_of(a, "sub/film/%d.png"), hash_of(b, "sub/film/%d.png"));
    sim_json_free(b);
    put("sub/film/1.png", "9");
    b = inputs_of(scenario);
    ck_assert_str_ne(hash_of(a, "sub/film/%d.png"), hash_of(b, "sub/film/%d.png"));
    sim_json_free(b);
    put("sub/film/1.png", "8");
    put("sub/film/2.png", "");
    b = inputs_of(scenario);
    ck_assert_str_ne(hash_of(a, "sub/film/%d.png"), hash_of(b, "sub/film/%d.png"));
    sim_json_free(b);
    sim_json_free(a);
}
END_TEST

/* Scenes that name each other are read once. */
START_TEST(circles_end)
{
    start_anew();
    put("a.json", "{\"scene\": \"b.json\"}");
    put("b.json", "{\"scene\": [\"a.json\", \"b.json\"]}");
    sim_json_t *files = inputs_of("{\"scene\": \"a.json\"}");
    ck_assert_uint_eq(count(files), 2);
    sim_json_free(files);
}
END_TEST

static int sweep(const char *options)
{
    return fovea(text, sizeof(text), "explore " DIR "/space.json --out " DIR "/a.db %s", options);
}

static const char scenario_json[] =
    "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": "
    "\"../../firmware/plain_camera.elf\", \"scene\": {\"lux\": 100}, \"frames\": 1, "
    "\"output\": {\"isp\": false}}";

/* Two points with a host script each, which the scenario itself does not name. */
static void write_sweep(const char *parameters)
{
    char space[1024];
    snprintf(space, sizeof(space),
             "{\"base\": {\"evaluate\": \"run\", \"scenarios\": [\"s.json\"]}, \"parameters\": "
             "{%s}, \"objectives\": [{\"name\": \"frame_rate_hz\"}], \"check\": 0}",
             parameters);
    start_anew();
    put("space.json", space);
    put("s.json", scenario_json);
    put("one.txt", "at 1ms\nread 0x0\n");
    put("two.txt", "at 2ms\nread 0x0\n");
    ck_assert_msg(sweep("-j 1") == 0, "%s", text);
    ck_assert_msg(sweep("-j 1 --resume") == 0, "%s", text);
    put("two.txt", "at 3ms\nread 0x0\n");
    ck_assert_int_ne(sweep("-j 1 --resume"), 0);
}

START_TEST(a_sweep_goes_on_with_the_files_that_it_had)
{
    write_sweep("\"script\": {\"field\": \"scenario.host_script\", \"values\": [\"one.txt\", "
                "\"two.txt\"]}");
    ck_assert_msg(strstr(text, "chip, technology, scenario or model have changed") != NULL, "%s",
                  text);
    ck_assert_int_eq(fovea(text, sizeof(text), "run --point " DIR "/a.db:1 -o " DIR "/p"), 2);
    ck_assert_msg(strstr(text, "two.txt: not the file that the point was evaluated with") != NULL,
                  "%s", text);
    ck_assert_msg(fovea(text, sizeof(text), "run --point " DIR "/a.db:0 -o " DIR "/p") == 0, "%s",
                  text);
    /* of a name that an expression makes only the point knows */
    write_sweep("\"n\": {\"values\": [1, 2]}, \"script\": {\"field\": \"scenario.host_script\", "
                "\"expr\": \"if(n == 1, 'one.txt', 'two.txt')\"}");
    ck_assert_msg(strstr(text, "point 1 of the file is over, and a file that it names") != NULL,
                  "%s", text);
}
END_TEST

TEST_MAIN("tools inputs", whatever_is_named_is_found, a_hash_is_of_the_content, circles_end,
          a_sweep_goes_on_with_the_files_that_it_had)
