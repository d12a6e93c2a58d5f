/*
 * snapshot_identity_test.c - what a snapshot belongs to: the build of fovea, and the content of
 * every file that the run takes in.
 */
#include "tests/test.h"

#include <unistd.h>

#include "sim/file.h"
#include "sim/hash.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/identity"
#define SNAP DIR "/x.snap"

static char text[65536], error[256];

static void command(const char *line)
{
    ck_assert_msg(system(line) == 0, "%s", line);
}

static char *load(const char *file, size_t *bytes)
{
    char *content = (char *)sim_file_read(file, 1 << 28, bytes, error, sizeof(error));
    ck_assert_msg(content != NULL, "%s", error);
    return content;
}

static void save(const char *file, const void *content, size_t bytes)
{
    ck_assert_msg(sim_file_write(file, content, bytes, error, sizeof(error)) == SIM_OK, "%s",
                  error);
}

static void run(const char *arguments)
{
    int code = fovea(text, sizeof(text), "run %s --frames 1 --out " DIR "/out", arguments);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

static void refused(const char *arguments, const char *why)
{
    int code = fovea(text, sizeof(text), "run %s --frames 1 --out " DIR "/refused", arguments);
    ck_assert_msg(code == 2 && line_count(text) == 1, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, why) != NULL, "%s", text);
    ck_assert_int_ne(access(DIR "/refused", F_OK), 0);
}

static void begin(void)
{
    command("rm -rf " DIR " && mkdir -p " DIR);
}

/* The build that build_id.sh finds in sources of that name and content, in a folder. */
static void build_of(const char *folder, const char *name, const char *content, char id[64])
{
    char line[1024];
    size_t bytes;
    snprintf(line, sizeof(line),
             "mkdir -p %s/src && cp tools/build_id.sh %s && cd %s && echo same >src/a.c && "
             "echo '%s' >src/%s && ./build_id.sh gen/id.h src/*.c",
             folder, folder, folder, content, name);
    command(line);
    snprintf(line, sizeof(line), "%s/gen/id.h", folder);
    char *header = load(line, &bytes);
    ck_assert_int_eq(sscanf(header, "#define FOVEA_BUILD \"%12[0-9a-f]\"", id), 1);
    ck_assert_uint_eq(bytes, strlen("#define FOVEA_BUILD \"\"\n") + 12);
    free(header);
}

START_TEST(a_build_is_known_by_its_sources_wherever_they_are)
{
    char id[5][64];
    begin();
    build_of(DIR "/one", "b.c", "int x;", id[0]);
    build_of(DIR "/other/place", "b.c", "int x;", id[1]);
    build_of(DIR "/changed", "b.c", "int y;", id[2]);
    build_of(DIR "/renamed", "c.c", "int x;", id[3]);
    ck_assert_str_eq(id[0], id[1]);
    ck_assert_str_ne(id[0], id[2]);
    ck_assert_str_ne(id[0], id[3]);
    /* again, and nothing is written: what was made of it is not made anew */
    command("touch -d @1000000000 " DIR "/one/gen/id.h");
    build_of(DIR "/one", "b.c", "int x;", id[4]);
    command("test \"$(stat -c %Y " DIR "/one/gen/id.h)\" = 1000000000");
    build_of(DIR "/one", "b.c", "int z;", id[4]);
    ck_assert_str_ne(id[0], id[4]);
}
END_TEST

/* "fovea 0.1.0-3f91c07a64de, vector level ..": the build is in a snapshot's header, and one with
 * another is refused. */
START_TEST(a_snapshot_of_another_build_is_refused)
{
    enum { AT_VERSION = 16, AT_CRC = 284 };
    char version[64], why[256];
    size_t bytes;
    begin();
    ck_assert_int_eq(fovea(text, sizeof(text), "--version"), 0);
    ck_assert_int_eq(sscanf(text, "fovea %31[0-9a-f.-],", version), 1);
    ck_assert_uint_eq(strlen(strchr(version, '-')), 1 + 12);
    run("scenes/entrance.json --snapshot-at 1ms --snapshot " SNAP);
    uint8_t *data = (uint8_t *)load(SNAP, &bytes);
    ck_assert_str_eq((char *)data + AT_VERSION, version);
    char *last = (char *)data + AT_VERSION + strlen(version) - 1;
    *last = *last == '0' ? '1' : '0';
    uint32_t crc = sim_crc32(0, data, AT_CRC);
    for (uint32_t i = 0; i < 4; i++)
        data[AT_CRC + i] = (uint8_t)(crc >> 8 * i);
    save(SNAP, data, bytes);
    snprintf(why, sizeof(why), SNAP ": made by another version of fovea (%s, here %s)",
             (char *)data + AT_VERSION, version);
    refused("scenes/entrance.json --restore " SNAP, why);
    free(data);
}
END_TEST

/* ---- files ---- */

static void write_picture(uint8_t value)
{
    uint8_t rgb[8 * 8 * 3];
    memset(rgb, value, sizeof(rgb));
    const sim_image_t image = {.width_px = 8, .height_px = 8, .channels = 3, .data = rgb};
    ck_assert_msg(sim_png_write(DIR "/x.png", &image, error, sizeof(error)) == SIM_OK, "%s", error);
}

START_TEST(another_picture_under_the_same_name_is_another_run)
{
    begin();
    write_picture(90);
    run("scenes/entrance.json --scene " DIR "/x.png --snapshot-at 1ms --snapshot " SNAP);
    run("scenes/entrance.json --scene " DIR "/x.png --restore " SNAP);
    write_picture(91);
    refused("scenes/entrance.json --scene " DIR "/x.png --restore " SNAP,
            "of a run with another picture");
}
END_TEST

/* A scenario beside which the files of boot lie. */
static void write_boot(const char *flash)
{
    size_t bytes;
    char *from = load("scenes/entrance.json", &bytes), *scenario = malloc(bytes + 1024);
    char *chip = strstr(from, "\"scene\""), *rest = strstr(from, "\"frames\"");
    ck_assert(chip != NULL && rest != NULL);
    int length =
        sprintf(scenario,
                "{\"chip\": \"../../../logic/chips/imx500.json\", \"networks\": "
                "[\"../../../scenes/person_160.tflite\"], \"boot\": \"spi\", \"boot_rom\": "
                "\"rom.elf\", \"firmware\": \"../../firmware/visitor_counter.elf\", "
                "\"flash\": [{\"at\": 0, \"file\": \"a.img\"}, {\"at\": 8388608, \"file\": "
                "\"b.img\"}], %s",
                chip);
    save(DIR "/boot.json", scenario, (size_t)length);
    save(DIR "/b.img", flash, strlen(flash));
    free(from);
    free(scenario);
}

START_TEST(other_images_of_flash_and_boot_rom_are_another_run)
{
    begin();
    command("cp build/firmware/boot_rom.elf " DIR "/rom.elf");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "image build/firmware/visitor_counter.elf scenes/person_160.tflite "
                           "--out " DIR "/a.img"),
                     0);
    write_boot("nothing in slot B");
    run(DIR "/boot.json --snapshot-at 1ms --snapshot " SNAP);
    write_boot("something in slot");
    refused(DIR "/boot.json --restore " SNAP, "of a run with another flash image");
    write_boot("nothing in slot B");
    command("cp build/firmware/infer.elf " DIR "/rom.elf");
    refused(DIR "/boot.json --restore " SNAP, "of a run with another boot ROM");
}
END_TEST

START_TEST(a_file_that_is_not_there_is_not_another_one)
{
    begin();
    run("scenes/entrance.json --snapshot-at 1ms --snapshot " SNAP);
    refused("scenes/entrance.json -m " DIR "/no.fnp --restore " SNAP,
            DIR "/no.fnp: No such file or directory");
    refused("scenes/entrance.json --firmware " DIR "/no.elf --restore " SNAP,
            DIR "/no.elf: No such file or directory");
    refused("scenes/entrance.json -m scenes/entrance.json --restore " SNAP, "another network");
}
END_TEST

TEST_MAIN("identity of snapshots", a_build_is_known_by_its_sources_wherever_they_are,
          a_snapshot_of_another_build_is_refused,
          another_picture_under_the_same_name_is_another_run,
          other_images_of_flash_and_boot_rom_are_another_run,
          a_file_that_is_not_there_is_not_another_one)
