/*
 * fault_run_test.c - whole runs with faults in them: what the sensor and its host make of each.
 */
#include "tests/test.h"

#include <stdlib.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/faults"
#define SCENARIO DIR "/s.json"

static char text[65536], error[256];

static char *load(const char *file)
{
    size_t bytes;
    char *content = (char *)sim_file_read(file, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(content != NULL, "%s", error);
    return content;
}

static void save(const char *file, char *content)
{
    ck_assert_int_eq(sim_file_write(file, content, strlen(content), error, sizeof(error)), SIM_OK);
    free(content);
}

/* Frees content. */
static char *replace(char *content, const char *what, const char *instead)
{
    char *at = strstr(content, what);
    ck_assert_msg(at != NULL, "%s", what);
    char *changed = malloc(strlen(content) + strlen(instead) + 1);
    memcpy(changed, content, (size_t)(at - content));
    strcpy(changed + (at - content), instead);
    strcat(changed, at + strlen(what));
    free(content);
    return changed;
}

/* The entrance on a chip with ECC, and `more` keys. */
static void write_scenario(const char *more)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    char *chip =
        replace(load("logic/chips/imx500.json"), "\"ecc\": \"none\"", "\"ecc\": \"secded\"");
    chip = replace(chip, "pixel_65nm.json", "../../../logic/tech/pixel_65nm.json");
    save(DIR "/ecc.json", replace(chip, "logic_22nm.json", "../../../logic/tech/logic_22nm.json"));
    char *s = replace(load("scenes/entrance.json"), "../logic/chips/imx500.json", "ecc.json");
    s = replace(s, "../build/firmware", "../../firmware");
    s = replace(s, "person_160.tflite", "../../../scenes/person_160.tflite");
    s = replace(s, "\"output\": {\"raw\": false,", "\"output\": {\"raw\": true,");
    save(SCENARIO, replace(s, "\"frames\": 90,", more));
}

static void run(const char *dir, const char *flags)
{
    int code = system("rm -rf " DIR "/tmp");
    int exits = fovea(text, sizeof(text), "run " SCENARIO " --out %s %s", dir, flags);
    ck_assert_msg(exits == 0 && code == 0, "exit %d: %s", exits, text);
}

static void check_same(const char *a, const char *b)
{
    char command[512];
    snprintf(command, sizeof(command), "diff -rq --exclude=host.json %s %s", a, b);
    ck_assert_int_eq(system(command), 0);
}

/* Line n of faults.jsonl: that kind, and that end. */
static void check_line(const char *dir, int n, const char *kind, const char *outcome,
                       const char *by)
{
    char file[256], want[2][128];
    snprintf(file, sizeof(file), "%s/faults.jsonl", dir);
    char *content = load(file), *line = content;
    while (n-- > 0 && line != NULL)
        line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL;
    ck_assert_ptr_nonnull(line);
    line[strcspn(line, "\n")] = '\0';
    snprintf(want[0], sizeof(want[0]), "\"kind\":\"%s\"", kind);
    snprintf(want[1], sizeof(want[1]), "\"outcome\":\"%s\",\"by\":\"%s\"", outcome, by);
    ck_assert_msg(strstr(line, want[0]) != NULL && strstr(line, want[1]) != NULL, "%s: %s %s", line,
                  want[0], want[1]);
    free(content);
}

/* A host write, a header, and a weight of the network (constants are at the end of the L2), each
 * put right by somebody. */
#define PUT_RIGHT                                                                                  \
    "{\"kind\": \"cci_drop\", \"at\": \"0us\"},"                                                   \
    "{\"kind\": \"l2_flip\", \"at\": \"30ms\", \"address\": \"0x047d5100\", \"bit\": 9},"          \
    "{\"kind\": \"link_flip\", \"at\": \"frame:0+10\", \"bit\": 9}"

START_TEST(faults_that_are_put_right_change_no_frame)
{
    write_scenario("\"frames\": 2,");
    run(DIR "/clean", "");
    write_scenario("\"frames\": 2, \"faults\": [" PUT_RIGHT "],");
    run(DIR "/right", "");
    check_line(DIR "/right", 0, "cci_drop", "recovered", "host");
    check_line(DIR "/right", 1, "link_flip", "recovered", "host");
    check_line(DIR "/right", 2, "l2_flip", "recovered", "ecc");
    ck_assert(same_file(DIR "/clean/metadata.jsonl", DIR "/right/metadata.jsonl"));
    ck_assert(same_file(DIR "/clean/raw_00001.png", DIR "/right/raw_00001.png"));
    ck_assert_ptr_nonnull(strstr(text, "faults    3 injected: 3 recovered, 0 detected"));
    char *stats = load(DIR "/right/stats.json");
    const char *faults = strstr(stats, "\n\t\"faults\":");
    ck_assert_ptr_nonnull(faults);
    ck_assert_ptr_nonnull(strstr(faults, "\"recovered\":\t{\n\t\t\t\"value\":\t3,"));
    free(stats);
    stats = load(DIR "/clean/stats.json"); /* none, none told of */
    ck_assert_ptr_null(strstr(stats, "\n\t\"faults\":"));
    free(stats);
    ck_assert_int_ne(system("test -e " DIR "/clean/faults.jsonl"), 0);
}
END_TEST

/* The NPU stops at the weight, frame by frame; what is known is kept. */
START_TEST(a_double_flip_in_a_weight_stops_the_network)
{
    write_scenario("\"frames\": 1, \"faults\": [{\"kind\": \"l2_flip\", \"at\": \"30ms\", "
                   "\"address\": \"0x047d5100\", \"bit\": 9, \"bits\": 2}],");
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --out " DIR "/double"), 1);
    ck_assert_ptr_nonnull(strstr(text, "0 of 1 frames were reported"));
    ck_assert_ptr_nonnull(strstr(text, "meets an error of L2 that is not corrected"));
    check_line(DIR "/double", 0, "l2_flip", "detected", "ecc");
}
END_TEST

/* The first row of frame 1's tensor, written when its readout begins and read after the last row:
 * that frame is lost, and the next one's packet says why. (The ISP writes over the word then.) */
START_TEST(the_firmware_tells_the_host_of_an_error_that_is_not_corrected)
{
    write_scenario("\"frames\": 2, \"faults\": ["
                   "{\"kind\": \"l2_flip\", \"at\": \"frame:1+500\", "
                   "\"address\": \"0x04036e80\", \"bits\": 2},"
                   "{\"kind\": \"l2_flip\", \"at\": \"frame:1+500\", "
                   "\"address\": \"0x04036e88\"}],");
    run(DIR "/tensor", "");
    check_line(DIR "/tensor", 0, "l2_flip", "detected", "ecc");
    check_line(DIR "/tensor", 1, "l2_flip", "recovered", "ecc");
    char *uart = load(DIR "/tensor/uart.log"), *told = load(DIR "/tensor/metadata.jsonl");
    ck_assert_ptr_nonnull(strstr(uart, "NPU error 0x0b")); /* of the L2's data */
    ck_assert_ptr_nonnull(strstr(uart, "L2 errors corrected 1 fatal 1 last at 0x04036e80 port "));
    ck_assert_ptr_null(strstr(told, "\"frame\":1,"));
    const char *event = strstr(told, "\"events\":[{\"type\":\"memory_error\",\"time_ps\":");
    ck_assert_ptr_nonnull(event);
    ck_assert(event > strstr(told, "\"frame\":2,"));
    ck_assert_ptr_nonnull(strstr(event, ",\"count\":1}],"));
    free(uart);
    free(told);
}
END_TEST

#define ALL_SORTS                                                                                  \
    "\"frames\": 2, \"faults\": [" PUT_RIGHT ","                                                   \
    "{\"kind\": \"l2_flip\", \"rate_hz\": 3000},"                                                  \
    "{\"kind\": \"tcm_flip\", \"at\": \"frame:1\", \"address\": \"0x1003f000\"},"                  \
    "{\"kind\": \"pixel_stuck\", \"at\": \"frame:1\", \"count\": 9},"                              \
    "{\"kind\": \"row_stuck\", \"at\": \"frame:1\", \"y\": 100},"                                  \
    "{\"kind\": \"irq_lost\", \"irq\": \"MAILBOX\", \"at\": \"50ms\", \"for\": \"1ms\"},"          \
    "{\"kind\": \"link_truncate\", \"at\": \"frame:1+200\", \"bytes\": 100},"                      \
    "{\"kind\": \"link_noise\", \"at\": \"frame:0+1500\", \"one_in\": 9000, \"packets\": 60},"     \
    "{\"kind\": \"link_skew\", \"at\": \"frame:1+500\", \"packets\": 9},"                          \
    "{\"kind\": \"link_lane\", \"every\": \"30ms\", \"lane\": 1}],"

START_TEST(the_same_faults_come_however_the_run_is_made)
{
    write_scenario(ALL_SORTS);
    run(DIR "/one", "--threads 1");
    run(DIR "/other", "--threads 3 --simd scalar --exact");
    check_same(DIR "/one", DIR "/other");
    setenv("SIM_SHUFFLE", "99", 1);
    run(DIR "/other", "");
    unsetenv("SIM_SHUFFLE");
    check_same(DIR "/one", DIR "/other");
    run(DIR "/other", "--snapshot-at 54.1ms --snapshot " DIR "/x.snap");
    check_same(DIR "/one", DIR "/other");
    run(DIR "/other", "--restore " DIR "/x.snap");
    check_same(DIR "/one", DIR "/other");
    run(DIR "/other", "--seed 2");
    ck_assert(!same_file(DIR "/one/faults.jsonl", DIR "/other/faults.jsonl"));
}
END_TEST

/* Without ECC: the image of frame 0 before it is written, while it waits for the network and
 * after that, a weight, a place that nobody uses, and the packet that the link reads. */
#define UNPROTECTED                                                                                \
    "\"frames\": 2, \"faults\": ["                                                                 \
    "{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04036e80\"},"                       \
    "{\"kind\": \"l2_flip\", \"at\": \"frame:0+500\", \"address\": \"0x04036e88\"},"               \
    "{\"kind\": \"l2_flip\", \"at\": \"frame:0+500\", \"address\": \"0x047d5100\"},"               \
    "{\"kind\": \"l2_flip\", \"at\": \"frame:0+500\", \"address\": \"0x04700000\"},"               \
    "{\"kind\": \"tcm_flip\", \"rate_hz\": 200, \"address\": \"0x1003f000\"},"                     \
    "{\"kind\": \"l2_flip\", \"rate_hz\": 2000}],"

START_TEST(without_ecc_it_is_known_who_read_a_flipped_bit)
{
    static const char *const ends[][2] = {{"0x04036e80", "\"outcome\":\"nothing\""},
                                          {"0x04036e88", "\"met_by\":\"npu_load\""},
                                          {"0x047d5100", "\"met_by\":\"npu_load\""},
                                          {"0x04700000", "\"outcome\":\"waiting\""}};
    write_scenario(UNPROTECTED);
    char *s = replace(load(SCENARIO), "ecc.json", "../../../logic/chips/imx500.json");
    save(SCENARIO, s);
    run(DIR "/one", "");
    char *lines = load(DIR "/one/faults.jsonl");
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *line = strstr(lines, ends[i][0]);
        ck_assert_ptr_nonnull(line);
        const char *end = strstr(line, ends[i][1]);
        ck_assert_msg(end != NULL && end < strchr(line, '\n'), "%.200s", line);
    }
    free(lines);
    run(DIR "/other",
        "--threads 3 --simd scalar --exact --snapshot-at 40.1ms --snapshot " DIR "/y.snap");
    check_same(DIR "/one", DIR "/other");
    run(DIR "/other", "--restore " DIR "/y.snap");
    check_same(DIR "/one", DIR "/other");
    run(DIR "/other", "--access-report " DIR "/access.jsonl");
    check_same(DIR "/one", DIR "/other");
}
END_TEST

/* The host has to start the stream again. */
START_TEST(after_a_brown_out_the_sensor_comes_back)
{
    write_scenario("\"frames\": 2, \"faults\": [{\"kind\": \"brown_out\", \"at\": \"50ms\"}],"
                   "\"host\": [{\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1},"
                   "{\"at\": \"60ms\", \"write\": \"mode_select\", \"value\": 1}],");
    run(DIR "/brown", "");
    check_line(DIR "/brown", 0, "brown_out", "recovered", "register");
    char *uart = load(DIR "/brown/uart.log");
    ck_assert_ptr_nonnull(strstr(strstr(uart, "ready") + 1, "ready")); /* it started twice */
    free(uart);
}
END_TEST

/* One that comes when it should, and none of the others; the sensor is reset and stays so. */
START_TEST(what_was_not_injected_is_told_with_its_reason)
{
    static const char *const why[][2] = {
        {"tcm_flip", "the run ended at "},
        {"pixel_stuck", "frame 9 did not begin"},
        {"cci_drop", "no register write of the host came after it"},
        {"link_drop", "the packet did not leave after it"},
        {"spi_drop", "the byte did not pass that port after it"},
        {"irq_lost", "the interrupt did not rise after it"},
        {"l2_flip", "no time of it came before \\\"until\\\""},
    };
    write_scenario("\"frames\": 3, \"faults\": [{\"kind\": \"brown_out\", \"at\": \"30ms\"},"
                   "{\"kind\": \"tcm_flip\", \"at\": \"9s\"},"
                   "{\"kind\": \"pixel_stuck\", \"at\": \"frame:9\", \"count\": 2},"
                   "{\"kind\": \"cci_drop\", \"at\": \"1ms\"},"
                   "{\"kind\": \"link_drop\", \"at\": \"1ms\", \"skip\": 99999},"
                   "{\"kind\": \"spi_drop\", \"at\": \"1ms\"},"
                   "{\"kind\": \"irq_lost\", \"at\": \"1ms\", \"irq\": \"TEMP\"},"
                   "{\"kind\": \"l2_flip\", \"rate_hz\": 1, \"until\": \"1ps\"}],");
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --out " DIR "/absent"), 1);
    ck_assert_ptr_nonnull(strstr(text, ": 0 of 3 frames were reported: a brown-out at 0.030000000 "
                                       "s reset the sensor and the host did not start its stream "
                                       "again (see " DIR "/absent/uart.log)\n"));
    ck_assert_ptr_nonnull(strstr(text, "faults    1 injected: 0 recovered, 1 detected, 0 silent, 0 "
                                       "without effect, 0 waiting; 8 not injected\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\n          faults[2] pixel_stuck: 2 not injected, frame 9 did not begin\n"));
    char *lines = load(DIR "/absent/faults.jsonl"), *stats = load(DIR "/absent/stats.json");
    ck_assert_int_eq(line_count(lines), 9);
    for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
        char kind[64];
        snprintf(kind, sizeof(kind), "\"kind\":\"%s\"", why[i][0]);
        const char *line = strstr(lines, kind);
        ck_assert_ptr_nonnull(line);
        ck_assert_ptr_nonnull(strstr(line, "\"outcome\":\"not_injected\",\"by\":\"nobody\""));
        const char *reason = strstr(line, "\"reason\":\"");
        ck_assert_ptr_nonnull(reason);
        ck_assert_msg(strncmp(reason + 10, why[i][1], strlen(why[i][1])) == 0, "%s", line);
    }
    ck_assert_ptr_nonnull(
        strstr(strstr(stats, "\n\t\"faults\":"), "\"not_injected\":\t{\n\t\t\t\"value\":\t8,"));
    free(lines);
    free(stats);
}
END_TEST

START_TEST(the_summary_as_json_lists_what_was_not_injected)
{
    write_scenario("\"frames\": 1, \"faults\": [{\"kind\": \"tcm_flip\", \"at\": \"9s\", "
                   "\"count\": 3}],");
    run(DIR "/json", "--json");
    ck_assert_ptr_nonnull(strstr(text, "\"not_injected\":\t3,"));
    ck_assert_ptr_nonnull(strstr(text, "\"kind\":\t\"tcm_flip\",\n\t\t\t\t\"count\":\t3,"));
    ck_assert_ptr_nonnull(strstr(text, "\"reason\":\t\"the run ended at 0.04"));
}
END_TEST

/* The image lies in both slots, and the one in A is read wrongly. */
START_TEST(the_boot_rom_finds_a_damaged_byte_and_takes_the_other_slot)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        fovea(text, sizeof(text),
              "image build/firmware/visitor_counter.elf scenes/person_160.tflite --out " DIR
              "/boot.img"),
        0);
    write_scenario("\"frames\": 1, \"boot\": \"spi\", \"flash\": [{\"at\": 0, \"file\": "
                   "\"boot.img\"}, {\"at\": 8388608, \"file\": \"boot.img\"}],"
                   "\"boot_rom\": \"../../firmware/boot_rom.elf\","
                   "\"faults\": [{\"kind\": \"spi_corrupt\", \"at\": \"10ms\", \"mask\": 4}],"
                   "\"host\": [{\"at\": \"200ms\", \"write\": \"mode_select\", \"value\": 1}],");
    run(DIR "/boot", "");
    check_line(DIR "/boot", 0, "spi_corrupt", "recovered", "crc");
}
END_TEST

/* What the host sends by itself is checked at the end of an image; then it gives up. */
START_TEST(a_damaged_word_of_a_download_is_found_by_its_crc)
{
    write_scenario("\"frames\": 1, \"boot\": \"host\", \"boot_rom\": "
                   "\"../../firmware/boot_rom.elf\", \"faults\": [{\"kind\": \"spi_corrupt\", "
                   "\"at\": \"50ms\", \"port\": \"target\", \"skip\": 5, \"mask\": 4}],");
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --out " DIR "/download"), 1);
    ck_assert_ptr_nonnull(strstr(text, "the download failed, reply 0xfe"));
    check_line(DIR "/download", 0, "spi_corrupt", "detected", "crc");
}
END_TEST

/* A frame start and two embedded lines come first, then a line of pixels each. A whole line less is
 * nothing that CSI-2 without line numbers can tell. */
START_TEST(the_host_tells_what_of_the_link_was_damaged)
{
    write_scenario("\"frames\": 1, \"faults\": ["
                   "{\"kind\": \"link_drop\", \"at\": \"frame:0+50\"},"
                   "{\"kind\": \"link_truncate\", \"at\": \"frame:0+100\", \"bytes\": 100},"
                   "{\"kind\": \"link_lane\", \"at\": \"frame:0+200\", \"lane\": 0}],");
    run(DIR "/link", "");
    check_line(DIR "/link", 0, "link_drop", "silent", "nobody");
    check_line(DIR "/link", 1, "link_truncate", "detected", "host");
    check_line(DIR "/link", 2, "link_lane", "detected", "host");
    ck_assert_ptr_nonnull(strstr(text, "fewer bytes than the header announces: found "));
    ck_assert_ptr_nonnull(strstr(text, "faults    3 injected: 0 recovered, 2 detected, 1 silent"));
    char *stats = load(DIR "/link/stats.json");
    ck_assert_ptr_nonnull(strstr(stats, "\"faults_done\":\t{\n\t\t\t\t\"value\":\t3,"));
    free(stats);
}
END_TEST

/* Two lanes. A line of 2535 bytes has 20 328 bits: of 20 lines with one bit in 5000 wrong one in
 * 50 or so is right. */
START_TEST(damage_of_bits_and_lanes_is_told_apart)
{
    write_scenario("\"frames\": 2, \"faults\": ["
                   "{\"kind\": \"link_burst\", \"at\": \"frame:0+100\", \"bit\": 8, \"bits\": 2},"
                   "{\"kind\": \"link_skew\", \"at\": \"frame:0+200\", \"lane\": 1, \"late\": 6},"
                   "{\"kind\": \"link_skew\", \"at\": \"frame:0+300\", \"lane\": 1, \"late\": 7},"
                   "{\"kind\": \"link_sync\", \"at\": \"frame:0+400\", \"lane\": 0, \"mask\": 4},"
                   "{\"kind\": \"link_sync\", \"at\": \"frame:0+500\", \"lane\": 0, \"mask\": 3},"
                   "{\"kind\": \"link_noise\", \"at\": \"frame:0+600\", \"one_in\": 5000, "
                   "\"packets\": 20},"
                   "{\"kind\": \"link_drop_fe\", \"at\": \"frame:0+700\"}],");
    run(DIR "/lanes", "--lanes " DIR "/lanes.txt");
    check_line(DIR "/lanes", 0, "link_burst", "detected", "host");
    check_line(DIR "/lanes", 1, "link_skew", "nothing", "nobody");
    check_line(DIR "/lanes", 2, "link_skew", "detected", "host");
    check_line(DIR "/lanes", 3, "link_sync", "recovered", "host");
    check_line(DIR "/lanes", 4, "link_sync", "detected", "host");
    check_line(DIR "/lanes", 5, "link_noise", "detected", "host");
    check_line(DIR "/lanes", 6, "link_drop_fe", "detected", "host");
    static const char *const heard[] = {"ecc_2bit",       "lane_skew", "sot_error",
                                        "sot_sync_error", "crc",       "fs_pairing"};
    for (size_t i = 0; i < SIM_COUNT(heard); i++)
        ck_assert_msg(strstr(text, heard[i]) != NULL, "no %s in %s", heard[i], text);
    char *lines = load(DIR "/lanes/faults.jsonl");
    const char *noise = strstr(strstr(lines, "link_noise"), "\"packets_damaged\":");
    unsigned long damaged = strtoul(noise + 18, NULL, 10);
    ck_assert(damaged >= 17 && damaged <= 20);
    noise = strstr(noise, "\"packets_noticed\":");
    ck_assert_uint_eq(strtoul(noise + 18, NULL, 10), damaged);
    free(lines);
    int told = 0; /* what the run told of the link, the lanes tell again */
    for (const char *at = text; (at = strstr(at, "link: packet ")) != NULL; at++)
        told++;
    ck_assert_int_eq(fovea(text, sizeof(text), "decode " DIR "/lanes.txt --check"), 1);
    ck_assert_int_eq(line_count(text), told);
    ck_assert_int_eq(remove(DIR "/lanes.txt"), 0);
}
END_TEST

START_TEST(a_wrong_entry_ends_the_command_with_its_place)
{
    write_scenario("\"frames\": 1, \"faults\": [{\"kind\": \"row_stuck\", \"at\": \"frame:0\", "
                   "\"y\": 3040}],");
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --out " DIR "/bad"), 2);
    ck_assert_ptr_nonnull(strstr(text, "s.json: faults[0].y: 3040 not in 0..3039"));
    ck_assert_int_eq(line_count(text), 1);
}
END_TEST

#define NO_IRQ(name)                                                                               \
    "{\"kind\": \"irq_lost\", \"irq\": \"" name "\", \"at\": \"0us\", \"for\": \"9s\"}"

/* From reset on: the serial port's, the host's and the watchdog's are missing at the start, then
 * those of frames. Whoever waits for
 * room on the serial port is woken by the timer alone, every 50 ms. */
START_TEST(a_program_starts_and_sees_without_any_interrupt)
{
    write_scenario(
        "\"frames\": 3, \"faults\": [" NO_IRQ("PIX") "," NO_IRQ("ISP") "," NO_IRQ("NPU") "," NO_IRQ(
            "MIPI") "," NO_IRQ("CCI") "," NO_IRQ("UART") "," NO_IRQ("WDOG") "," NO_IRQ("MAILBOX") "],");
    run(DIR "/none", "");
    char *lines = load(DIR "/none/metadata.jsonl");
    ck_assert_ptr_nonnull(strstr(lines, "\"fault\":\"lost_interrupt\""));
    free(lines);
    char *uart = load(DIR "/none/uart.log");
    ck_assert_ptr_nonnull(strstr(uart, "ready"));
    free(uart);
}
END_TEST

TEST_MAIN("sensor faults", without_ecc_it_is_known_who_read_a_flipped_bit,
          what_was_not_injected_is_told_with_its_reason,
          the_summary_as_json_lists_what_was_not_injected,
          faults_that_are_put_right_change_no_frame, a_double_flip_in_a_weight_stops_the_network,
          the_firmware_tells_the_host_of_an_error_that_is_not_corrected,
          the_same_faults_come_however_the_run_is_made, after_a_brown_out_the_sensor_comes_back,
          the_boot_rom_finds_a_damaged_byte_and_takes_the_other_slot,
          a_damaged_word_of_a_download_is_found_by_its_crc,
          the_host_tells_what_of_the_link_was_damaged, damage_of_bits_and_lanes_is_told_apart,
          a_wrong_entry_ends_the_command_with_its_place,
          a_program_starts_and_sees_without_any_interrupt)
