/*
 * host_script_test.c - host scripts: what lines mean, what is refused where, and how they play on
 * the bus of the real sensor.
 */
#include <unistd.h>

#include "sim/file.h"
#include "sim/snapshot.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/chip.h"
#include "tools/host_player.h"

#define US SIM_PS_PER_US
#define MS SIM_PS_PER_MS
#define ELF "build/firmware/services.elf"
#define VGA "logic/chips/vga-tiny.json"
#define DIR FOVEA_OUT "/host_script"

static host_script_t script;
static char error[512], text[65536];

static bool parse(const char *lines)
{
    error[0] = '\0';
    host_script_free(&script);
    return host_script_parse(&script, "a.txt", lines, strlen(lines), error, sizeof(error));
}

static void is(uint32_t i, host_act_t act, uint32_t addr, uint32_t bytes, uint32_t value)
{
    ck_assert_uint_lt(i, script.cmds);
    ck_assert_int_eq(script.cmd[i].act, act);
    ck_assert_uint_eq(script.cmd[i].addr, addr);
    ck_assert_uint_eq(script.cmd[i].bytes, bytes);
    ck_assert_uint_eq(script.cmd[i].value, value);
}

/* ---- reading ---- */

START_TEST(lines_say_what_the_host_does)
{
    ck_assert_msg(parse("# a comment\n"
                        "write 0x0100 1 // another\n"
                        "\n"
                        "  write frame_length_lines 4157\r\n"
                        "write 0x340 0x12 8\n"
                        "write 59000 7\n"
                        "write 0xe000 0x123456 24\n"
                        "read 0x0016\n"
                        "read 0x0016 8\n"
                        "expect mbx_data0 4294967295\n"
                        "delay 5\n"
                        "delay 0.25\n"
                        "delay 300us\n"
                        "wait-frame 12\n"
                        "spi net/a#b.bin   # comment\n"
                        "write 0x0101 2"),
                  "%s", error);
    ck_assert_uint_eq(script.cmds, 14);
    is(0, HOST_WRITE, 0x0100, 1, 1);
    is(1, HOST_WRITE, 0x0340, 2, 4157);
    is(2, HOST_WRITE, 0x0340, 1, 0x12);
    is(3, HOST_WRITE, 59000, 1, 7);
    is(4, HOST_WRITE, 0xe000, 3, 0x123456);
    is(5, HOST_READ, 0x0016, 2, 0);
    is(6, HOST_READ, 0x0016, 1, 0);
    is(7, HOST_EXPECT, 0x9110, 4, UINT32_MAX);
    ck_assert_uint_eq(script.cmd[8].ps, 5 * MS);
    ck_assert_uint_eq(script.cmd[9].ps, 250 * US);
    ck_assert_uint_eq(script.cmd[10].ps, 300 * US);
    ck_assert_int_eq(script.cmd[11].act, HOST_WAIT_FRAME);
    ck_assert_uint_eq(script.cmd[11].value, 12);
    ck_assert_int_eq(script.cmd[12].act, HOST_SPI);
    is(13, HOST_WRITE, 0x0101, 1, 2);
    ck_assert_uint_eq(script.cmd[13].line, 16);
    ck_assert(host_script_writes(&script, 0x0341));
    ck_assert(!host_script_writes(&script, 0x0102));
}
END_TEST

START_TEST(what_comes_at_a_time_is_no_set_up)
{
    ck_assert(parse("write 0x0101 1\nat 5ms\nwrite mode_select 1\nlight 0.25\nat 7\nlight 1000\n"
                    "light 0\n"));
    ck_assert_uint_eq(script.cmds, 7);
    ck_assert_int_eq(script.cmd[1].act, HOST_AT);
    ck_assert_uint_eq(script.cmd[1].ps, 5 * MS);
    is(3, HOST_LIGHT, 0, 0, 250);
    ck_assert_uint_eq(script.cmd[4].ps, 7 * MS);
    is(5, HOST_LIGHT, 0, 0, 1000000);
    is(6, HOST_LIGHT, 0, 0, 0);
    ck_assert_uint_eq(host_script_setup(&script), 1);
    ck_assert(host_script_writes(&script, 0x0101));
    ck_assert(!host_script_writes(&script, 0x0100));
    ck_assert_uint_eq(host_script_sets(&script, 0x0100), 1);
}
END_TEST

START_TEST(a_printed_script_reads_as_the_same)
{
    char *printed = NULL;
    size_t bytes;
    ck_assert(parse("write frame_length_lines 4157\nwrite 0xe000 0x123456 24\nread 0x0016\n"
                    "expect mbx_data0 4294967295\ndelay 0.25\nwait-frame 12\nat 7123456789ps\n"
                    "light 0.025\nlight 12.5\n"));
    uint64_t hash = host_script_hash(&script, 1);
    FILE *to = open_memstream(&printed, &bytes);
    ck_assert_ptr_nonnull(to);
    host_script_print(&script, to);
    fclose(to);
    ck_assert_msg(parse(printed), "%s", error);
    ck_assert_uint_eq(script.cmds, 9);
    ck_assert_uint_eq(host_script_hash(&script, 1), hash);
    free(printed);
    host_cmd_t more = {.act = HOST_LIGHT, .value = 7};
    ck_assert(host_script_append(&script, &more));
    is(9, HOST_LIGHT, 0, 0, 7);
    host_script_cut(&script, 2);
    ck_assert_uint_eq(script.cmds, 2);
}
END_TEST

/* Registers are big-endian: 0x0100 is the upper byte of a word that begins there, the lower one of
 * what begins before. */
START_TEST(a_byte_is_set_by_the_first_write_that_gives_it_another_value_than_0)
{
    ck_assert_msg(parse("write 0x0100 0\nwrite 0x0100 0x0055 16\nread 0x0100\n"
                        "write 0x00ff 0xaa00 16\nwrite 0x00ff 0x0001 16\nwrite 0x0100 1\n"),
                  "%s", error);
    ck_assert_uint_eq(host_script_sets(&script, 0x0100), 4);
    ck_assert_uint_eq(host_script_sets(&script, 0x0101), 1);
    ck_assert_uint_eq(host_script_sets(&script, 0x00ff), 3);
    ck_assert_uint_eq(host_script_sets(&script, 0x0102), 6); /* none does */
    ck_assert(host_script_add_write(&script, 4, 0x9000, 2, 77));
    ck_assert_uint_eq(script.cmds, 7);
    ck_assert_uint_eq(script.cmd[4].addr, 0x9000);
    ck_assert_uint_eq(host_script_sets(&script, 0x0100), 5);
}
END_TEST

START_TEST(a_drivers_table_is_a_script_as_it_stands)
{
    ck_assert_msg(parse("/* table\n   of a mode */\n"
                        "static const struct cci_reg_sequence mode[] = {\n"
                        "\t{0x0100, 0x00},\n"
                        "\t{ CCI_REG8(0x0114), 1 },\n"
                        "\t{ CCI_REG16(0x0202), 0x0640 }, /* lines */\n"
                        "\t{CCI_REG24(0x4000),0x010203UL},{CCI_REG32(0x0820), 0x07ce0000u,},\n"
                        "\t{ 0x0340, 0x12 }, { 0x0341, 66 }\n"
                        "};\n"),
                  "%s", error);
    ck_assert_uint_eq(script.cmds, 7);
    is(0, HOST_WRITE, 0x0100, 1, 0);
    is(1, HOST_WRITE, 0x0114, 1, 1);
    is(2, HOST_WRITE, 0x0202, 2, 0x0640);
    is(3, HOST_WRITE, 0x4000, 3, 0x010203);
    is(4, HOST_WRITE, 0x0820, 4, 0x07ce0000);
    is(5, HOST_WRITE, 0x0340, 1, 0x12);
    is(6, HOST_WRITE, 0x0341, 1, 66);
}
END_TEST

/* The shapes of drivers/media/i2c/imx500.c, imx477.c and imx219.c. */
START_TEST(names_that_a_driver_defines_are_known_to_its_tables)
{
    ck_assert_msg(parse("#include <linux/i2c.h>\n"
                        "#define LINE_WIDTH\t\t2560\n"
                        "#define REG_MODE CCI_REG8(0x0100)\n"
                        "#define REG_CH06_X \\\n\tCCI_REG16(0x3054) /* Output pixel count */\n"
                        "#define REG_GAIN 0x0204\r\n"
                        "#define EMBEDDED \\\r\n\t(2 * ((WIDTH * 10) >> 3))\r\n"
                        "#define EXCK(n) ((n) * 256)\n"
                        "#define TWICE LINE_WIDTH\n"
                        "static const struct cci_reg_sequence common[] = {\n"
                        "\t{ REG_MODE, 0x00 },\n"
                        "\t{ CCI_REG16(0x3056), LINE_WIDTH },\n"
                        "\t{REG_CH06_X,TWICE},\n"
                        "\t{ REG_GAIN, 7 },\n"
                        "};\n"
                        "write REG_CH06_X 1\n"
                        "#define LINE_WIDTH 0x10\n"
                        "write REG_GAIN LINE_WIDTH 16\n"
                        "expect REG_MODE 1\n"),
                  "%s", error);
    ck_assert_uint_eq(script.cmds, 7);
    is(0, HOST_WRITE, 0x0100, 1, 0);
    is(1, HOST_WRITE, 0x3056, 2, 2560);
    is(2, HOST_WRITE, 0x3054, 2, 2560);
    is(3, HOST_WRITE, 0x0204, 1, 7);
    is(4, HOST_WRITE, 0x3054, 2, 1);
    is(5, HOST_WRITE, 0x0204, 2, 16); /* the last definition counts */
    is(6, HOST_EXPECT, 0x0100, 1, 1);
    ck_assert_uint_eq(script.cmd[2].line, 14);
    ck_assert_uint_eq(script.cmd[6].line, 20);
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_line)
{
    static const struct {
        const char *lines, *part;
    } wrong[] = {
        {"write 0x0100 1\nwirte 1 1\n", "a.txt:2: 'wirte' is no command"},
        {"write", "a.txt:1: '' is no address and no CCS register"},
        {"write no_such 1", "'no_such' is no address and no CCS register"},
        {"write 0x10000 1", "address 0x10000, expected at most 0xffff"},
        {"write 0x0100", "no value, expected a number"},
        {"write 0x0100 x", "value 'x' is no decimal or 0x number"},
        {"write 0x0100 0100", "value '0100' is no decimal or 0x number"},
        {"write 0x0100 -1", "value '-1' is no decimal or 0x number"},
        {"write 0x0100 256", "value 0x100 is wider than 8 bits"},
        {"write 0x0340 0x100 8", "value 0x100 is wider than 8 bits"},
        {"write 0x0340 1 12", "width 12, expected 8, 16, 24 or 32 bits"},
        {"write 0x0340 1 0", "width 0, expected"},
        {"write 0x0340 1 64", "width 64, expected at most 0x20"},
        {"write 0x0340 1 16 1", "'1' is more than the line needs"},
        {"write 0x0340 0x1ffffffff 32", "value 0x1ffffffff, expected at most 0xffffffff"},
        {"read 0x0340 1", "width 1, expected"},
        {"expect 0x0340", "no value"},
        {"delay", "time '' is neither"},
        {"at", "time '' is neither"},
        {"at frame:1", "time 'frame:1' is neither"},
        {"light", "light '', expected 0..1000 with up to 3 decimals"},
        {"light 1000.001", "light '1000.001', expected"},
        {"light 0.0001", "light '0.0001', expected"},
        {"light -1", "light '-1', expected"},
        {"light .5", "light '.5', expected"},
        {"light 1.2.3", "light '1.2.3', expected"},
        {"light 99999999999", "expected 0..1000"},
        {"light 1 2", "'2' is more than the line needs"},
        {"delay x", "time 'x' is neither"},
        {"delay 5 5", "'5' is more than the line needs"},
        {"delay 99999999999999999999", "is neither"},
        {"wait-frame", "no frame, expected a number"},
        {"spi", "no name of a file"},
        {"write 0xd008 size:", "value 'size:' is no decimal or 0x number"},
        {"write 0xd008 size: x", "value 'size:' is no decimal or 0x number"},
        {"expect 0xd008 size:x", "value 'size:x' is no decimal or 0x number"},
        {"{0x0100, 0x100},", "value 0x100 is wider than 8 bits"},
        {"{0x0100 0x10},", "expected ','"},
        {"{0x0100, 0x10", "expected '}' at the end of the line"},
        {"{CCI_REG64(0x0100), 0x10},", "'CCI_REG64' is none of CCI_REG8, 16, 24, 32"},
        {"{CCI_REG16(0x0100, 0x10},", "expected ')'"},
        {"{MY_REG, 1},", "address 'MY_REG' is no decimal or 0x number"},
        {"{0x0100, 0x10}, x", "'x' is no command"},
        {"static int x;", "'static' is no command"},
        {"#define A 1\n{0x0100, B},", "a.txt:2: value 'B' is no decimal or 0x number"},
        {"#define A (1 + 1)\n{0x0100, A},", "a.txt:2: value '(1' is no decimal or 0x number"},
        {"#define A 1 + 1\n{0x0100, A},", "a.txt:2: '+ 1' is more than the line needs"},
        {"#define A\n{0x0100, A},", "a.txt:2: no value, expected a number"},
        {"#define A \\\n 0x100\n{0x0100, A},", "a.txt:3: value 0x100 is wider than 8 bits"},
        {"#define A B\n#define B A\n{A, 1},", "a.txt:3: address 'A' is no decimal or 0x number"},
        {"#define A CCI_REG16(0x10000)\n{A, 1},", "a.txt:2: address 0x10000, expected at most"},
        {"#define A CCI_REG16(1) 2\nread A", "a.txt:2: '2' is more than the line needs"},
        {"write 0x0100 1 #define A 1\nwrite A 1", "a.txt:2: 'A' is no address and no CCS register"},
        {"\x01", "a.txt:1: byte 0x01 is no text"},
        {"\nread 0x0016\v", "a.txt:2: byte 0x0b is no text"},
    };
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        ck_assert_msg(!parse(wrong[i].lines), "%s", wrong[i].lines);
        ck_assert_msg(strstr(error, wrong[i].part) != NULL, "%s: %s", wrong[i].lines, error);
    }
    host_script_free(&script);
    ck_assert(!host_script_load(&script, "no/such.txt", error, sizeof(error)));
}
END_TEST

/* Every prefix, and every byte in turn another. */
START_TEST(a_damaged_script_is_read_or_refused)
{
    static const char good[] = "/* a */ write 0x0340 1 16 # b\n{CCI_REG16(0x0202), 0x0640},\n"
                               "static const struct r m[] = {\n};\ndelay 5ms\nspi x\n"
                               "write 0xd008 size:x 32\n#define A CCI_REG16( \\\n1)\n{A, 7}\n";
    char lines[sizeof(good)];
    for (size_t length = 0; length < sizeof(good); length++) {
        snprintf(lines, sizeof(lines), "%.*s", (int)length, good);
        ck_assert_int_eq(parse(lines), error[0] == '\0');
    }
    for (size_t i = 0; i + 1 < sizeof(good); i++)
        for (uint32_t c = 1; c < 256; c += 5) {
            memcpy(lines, good, sizeof(good));
            lines[i] = (char)c;
            ck_assert_int_eq(parse(lines), error[0] == '\0');
        }
    host_script_free(&script);
    ck_assert(!host_script_parse(&script, "a", "x\0y", 3, error, sizeof(error)));
}
END_TEST

/* ---- playing ---- */

static host_player_t player;
static board_t *board;
static uint64_t saw_ps[8];
static uint32_t saw_value[8], saws;

static void on_saw(void *ctx, const host_cmd_t *cmd, uint32_t value)
{
    (void)ctx;
    (void)cmd;
    saw_ps[saws % 8] = sim_now_ps(board->sim);
    saw_value[saws++ % 8] = value;
}

static void make(const char *lines, const uint8_t *tape, size_t tape_bytes)
{
    size_t bytes;
    ck_assert_msg(parse(lines), "%s", error);
    sensor_desc_t desc;
    ck_assert_msg(chip_load(VGA, &desc, error, sizeof(error)), "%s", error);
    board = board_new(&desc);
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_int_eq(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)),
                     SIM_OK);
    free(elf);
    board->sensor->spit.tape = tape;
    board->sensor->spit.tape_bytes = tape_bytes;
    player = (host_player_t){.saw = on_saw};
    saws = 0;
    ck_assert_int_eq(host_player_init(&player, board->sensor, &script), SIM_OK);
    board_start(board);
}

static void drop(void)
{
    host_player_free(&player);
    board_free(board);
}

/* At 400 kHz (logic/cci.h): a write of one byte is 36 clocks and 92.5 us, a read of two 140. */
START_TEST(lines_are_done_one_after_another_in_bus_time)
{
    make("write 0x0101 1\nread 0x0016\ndelay 2\nread 0x0101\n", NULL, 0);
    board_run_ms(board, 3);
    ck_assert(host_player_done(&player));
    ck_assert_uint_eq(saws, 2);
    uint64_t first_ps = 92500000 + 1300000 + 140000000;
    ck_assert_uint_eq(saw_ps[0], first_ps);
    ck_assert_uint_eq(saw_value[0], 0x0640);
    ck_assert_uint_eq(saw_ps[1], first_ps + 2 * MS + 117500000);
    ck_assert_uint_eq(saw_value[1], 1);
    drop();
}
END_TEST

START_TEST(a_frame_is_waited_for_until_it_begins_to_be_read)
{
    make("write coarse_integration_time 100\nwrite mode_select 1\nwait-frame 2\nread 0x0101\n"
         "wait-frame 1\nread 0x0101\n",
         NULL, 0);
    while (!host_player_done(&player)) {
        ck_assert_uint_lt(sim_now_ps(board->sim), 500 * MS);
        board_run_ms(board, 1);
    }
    uint64_t begins = pix_row_readout_start_ps(&board->sensor->pixel.now, 0);
    ck_assert_uint_eq(board->sensor->pixel.now.frame, 2);
    ck_assert_uint_eq(saw_ps[0], begins + 117500000);
    ck_assert_uint_eq(saw_ps[1], saw_ps[0] + 1300000 + 117500000); /* that one has begun */
    drop();
}
END_TEST

START_TEST(what_is_not_as_expected_is_counted_and_told)
{
    make("expect 0x0016 0x0640\nexpect 0x0016 0x0641\nexpect 0x0016 6 8\n", NULL, 0);
    board_run_ms(board, 1);
    ck_assert_uint_eq(player.failed, 1);
    ck_assert_uint_eq(player.reads, 3);
    ck_assert_ptr_nonnull(strstr(board->log, "a.txt:2: register 0x0016 is 0x640, expected 0x641"));
    drop();
}
END_TEST

START_TEST(what_is_not_acknowledged_is_told_and_once_more_tried_where_asked)
{
    make("write 0x0107 0x40\nwrite 0x0101 1\n", NULL, 0);
    board_run_ms(board, 1);
    ck_assert_uint_eq(player.unacknowledged, 1);
    ck_assert_uint_eq(board->sensor->cci.naks, 1);
    ck_assert_ptr_nonnull(strstr(board->log, "a.txt:2: register 0x0101: not acknowledged"));
    drop();
    make("write 0x0107 0x40\nwrite 0x0101 1\n", NULL, 0);
    player.repeats = true;
    board_run_ms(board, 1);
    ck_assert_uint_eq(player.unacknowledged, 1);
    ck_assert_uint_eq(board->sensor->cci.naks, 2);
    drop();
}
END_TEST

/* 8 bytes at 35 MHz are 1.83 us. */
START_TEST(a_file_goes_out_on_spi_behind_what_is_on_the_tape)
{
    static const uint8_t before[4] = {9, 9, 9, 9};
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/a.bin", "abcdefgh", 8, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/s.txt", "delay 1\nspi a.bin \nread 0x0101\n", 31, error,
                                    sizeof(error)),
                     SIM_OK);
    make("", before, 4);
    drop();
    host_script_free(&script);
    ck_assert_msg(host_script_load(&script, DIR "/s.txt", error, sizeof(error)), "%s", error);
    board = board_new(NULL);
    board->sensor->spit.tape = before;
    board->sensor->spit.tape_bytes = 4;
    player = (host_player_t){.saw = on_saw};
    ck_assert_int_eq(host_player_init(&player, board->sensor, &script), SIM_OK);
    board_start(board);
    spit_t *spit = &board->sensor->spit;
    sim_reg_write(&spit->comp, 0x04, 1); /* TGT_CTRL: enable */
    saws = 0;
    board_run_ms(board, 2);
    ck_assert_uint_eq(spit->count, 2);
    ck_assert_uint_eq(sim_reg_read(&spit->comp, 0x18), 0x64636261);
    ck_assert_uint_eq(sim_reg_read(&spit->comp, 0x18), 0x68676665);
    ck_assert_uint_eq(saw_ps[0], 1 * MS + sim_edge_ps(64, 35000000) + 117500000);
    drop();
    host_script_free(&script);
    ck_assert_int_eq(sim_file_write(DIR "/a.bin", "abcdef", 6, error, sizeof(error)), SIM_OK);
    ck_assert(!host_script_load(&script, DIR "/s.txt", error, sizeof(error)));
    ck_assert_ptr_nonnull(
        strstr(error, "s.txt:2: " DIR "/a.bin: 6 bytes, expected a multiple of 4"));
    unlink(DIR "/a.bin");
    host_script_free(&script);
    ck_assert(!host_script_load(&script, DIR "/s.txt", error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "s.txt:2: " DIR "/a.bin"));
}
END_TEST

START_TEST(a_value_can_be_the_size_of_a_file)
{
    static const char lines[] = "write 0xd008 size:b.bin\nwrite 0x0340 size:b.bin 24 # wide\n";
    char narrow[] = "delay 1\nwrite 0x0340 size:b.bin 8\n";
    static uint8_t data[4097];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/b.bin", data, 4097, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/z.txt", lines, strlen(lines), error, sizeof(error)),
                     SIM_OK);
    host_script_free(&script);
    ck_assert_msg(host_script_load(&script, DIR "/z.txt", error, sizeof(error)), "%s", error);
    ck_assert_uint_eq(script.cmds, 2);
    is(0, HOST_WRITE, 0xd008, 4, 4097);
    is(1, HOST_WRITE, 0x0340, 3, 4097);
    ck_assert(!host_script_sends(&script));
    host_script_free(&script);
    ck_assert_int_eq(sim_file_write(DIR "/z.txt", narrow, strlen(narrow), error, sizeof(error)),
                     SIM_OK);
    ck_assert(!host_script_load(&script, DIR "/z.txt", error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "z.txt:2: value 0x1001 is wider than 8 bits"));
    unlink(DIR "/b.bin");
    host_script_free(&script);
    ck_assert(!host_script_load(&script, DIR "/z.txt", error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "z.txt:2: " DIR "/b.bin"));
    host_script_free(&script);
}
END_TEST

START_TEST(a_script_goes_on_from_a_snapshot)
{
    static const char lines[] = "write 0x0101 1\ndelay 1\nread 0x0016\nwrite mode_select 1\n"
                                "wait-frame 1\nwrite 0x0101 2\nread 0x0101\n";
    static const uint64_t at_us[] = {50, 500, 1200, 18000};
    uint64_t hash = 0;
    for (size_t i = 0; i < SIM_COUNT(at_us); i++) {
        make(lines, NULL, 0);
        sim_run_until_ps(board->sim, at_us[i] * US);
        sim_snapshot_t *snapshot = sim_snapshot_take(board->sim, NULL);
        drop();
        make(lines, NULL, 0);
        ck_assert_int_eq(sim_snapshot_restore(board->sim, snapshot), SIM_OK);
        sim_run_until_ps(board->sim, 60 * MS);
        ck_assert(host_player_done(&player));
        hash = i == 0 ? sim_state_hash(board->sim) : hash;
        ck_assert_uint_eq(sim_state_hash(board->sim), hash);
        sim_snapshot_free(snapshot);
        drop();
    }
}
END_TEST

/* ---- fovea run --host ---- */

static int run(const char *lines)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/h.txt", lines, strlen(lines), error, sizeof(error)),
                     SIM_OK);
    return fovea(text, sizeof(text),
                 "run scenes/entrance.json --frames 1 --host " DIR "/h.txt --out " DIR "/run");
}

START_TEST(a_run_with_a_script_leaves_what_it_read)
{
    size_t bytes;
    ck_assert_msg(run("delay 4\nread sensor_model_id\nexpect 0x0016 0x0500\n") == 0, "%s", text);
    char *lines = (char *)board_file(DIR "/run/host_reads.jsonl", &bytes);
    ck_assert_uint_gt(bytes, 100);
    lines[bytes - 1] = '\0';
    ck_assert_ptr_nonnull(
        strstr(lines, "\"line\":2,\"register\":\"0x0016\",\"bytes\":2,\"value\":1280}\n"));
    ck_assert_ptr_nonnull(strstr(lines, "\"value\":1280,\"expected\":1280}"));
    free(lines);
}
END_TEST

static void state_hash(const char *options, char hash[24])
{
    size_t bytes;
    ck_assert_msg(fovea(text, sizeof(text),
                        "run scenes/entrance.json --frames 2 %s --out " DIR "/run", options) == 0,
                  "%s", text);
    char *stats = (char *)board_file(DIR "/run/stats.json", &bytes);
    stats[bytes - 1] = '\0';
    const char *at = strstr(stats, "\"state_hash\":");
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(sscanf(strchr(at, ':'), ":%*[ \t]\"%16[0-9a-f]", hash), 1);
    free(stats);
}

/* The scenario's own host does what it does without it: settings, the start of the stream. */
START_TEST(a_script_that_begins_at_a_time_stands_beside_the_scenarios_host)
{
    static const char looks[] = "at 5ms\nlight 1\n", dims[] = "at 5ms\nlight 0.5\n";
    char without[24], with[24], dimmed[24];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/l.txt", looks, strlen(looks), error, sizeof(error)), 0);
    ck_assert_int_eq(sim_file_write(DIR "/d.txt", dims, strlen(dims), error, sizeof(error)), 0);
    state_hash("", without);
    state_hash("--host " DIR "/l.txt", with);
    ck_assert_str_eq(with, without);
    state_hash("--host " DIR "/d.txt", dimmed);
    ck_assert_str_ne(dimmed, without);
    state_hash("--threads 1 --host " DIR "/d.txt", with);
    ck_assert_str_eq(with, dimmed);
}
END_TEST

START_TEST(a_run_fails_where_its_script_does)
{
    ck_assert_int_eq(run("expect 0x0016 1\n"), 1);
    ck_assert_ptr_nonnull(strstr(text, "h.txt:1: register 0x0016 is 0x500, expected 0x1"));
    ck_assert_int_eq(run("write mode_select 1\nwait-frame 99\n"), 1);
    ck_assert_ptr_nonnull(strstr(text, "h.txt:2: the run ended before this line was through"));
    ck_assert_int_eq(run("write mode_select 1\nwrite 0x0107 0x40\nread 0x0016\n"), 1);
    ck_assert_ptr_nonnull(strstr(text, "h.txt: 1 accesses were not acknowledged"));
    ck_assert_int_eq(run("bad\n"), 2);
    ck_assert_ptr_nonnull(strstr(text, "h.txt:1: 'bad' is no command"));
}
END_TEST

/* 300 steps at 100 kHz, then a script that the scenario names; a bus that cannot be. */
START_TEST(a_scenario_may_have_many_steps_and_name_bus_and_script)
{
    static char scenario[65536];
    size_t bytes;
    char *at = scenario, *entrance = (char *)board_file("scenes/entrance.json", &bytes);
    at += sprintf(at, "{\"host_bus\": 100000, \"host_script\": \"../%s/h.txt\", \"host\": [", DIR);
    for (uint32_t i = 0; i < 300; i++)
        at += sprintf(at, "{\"at\": \"0us\", \"write\": \"mbx_data15\", \"value\": %u},", i);
    at += sprintf(at, "{\"at\": \"1us\", \"read\": \"mbx_data15\", \"expect\": 299}],%.*s",
                  (int)(bytes - 1), strchr(entrance, '{') + 1);
    free(entrance);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        sim_file_write(DIR "/h.txt", "delay 250\nwrite mode_select 1\n", 30, error, sizeof(error)),
        SIM_OK);
    ck_assert_int_eq(sim_file_write("scenes/host_script_test.part.json", scenario, strlen(scenario),
                                    error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text),
                     "run scenes/host_script_test.part.json --frames 1 --out " DIR "/many");
    memcpy(strstr(scenario, "100000"), "  5000", 6);
    ck_assert_int_eq(sim_file_write("scenes/host_script_test.part.json", scenario, strlen(scenario),
                                    error, sizeof(error)),
                     SIM_OK);
    static char refused[1024];
    int slow =
        fovea(refused, sizeof(refused), "run scenes/host_script_test.part.json --out " DIR "/many");
    unlink("scenes/host_script_test.part.json");
    ck_assert_msg(code == 0, "%d: %s", code, text);
    ck_assert_int_eq(slow, 2);
    ck_assert_msg(strstr(refused, "host_bus: 5000") != NULL, "%s", refused);
    sim_doc_t *doc = sim_doc_load(DIR "/many/stats.json");
    sim_cfg_t root = sim_doc_root(doc), board_of = sim_cfg_obj(&root, "board");
    sim_cfg_t cci = sim_cfg_obj(&board_of, "cci"), writes = sim_cfg_obj(&cci, "writes");
    ck_assert_uint_eq(sim_cfg_u64(&writes, "value", 0, 1000, 0), 302); /* and app_line_x */
    sim_doc_free(doc);
}
END_TEST

static int run_steps(const char *steps, const char *options)
{
    static char scenario[65536];
    size_t bytes;
    char *entrance = (char *)board_file("scenes/entrance.json", &bytes);
    snprintf(scenario, sizeof(scenario), "{\"host\": [%s],%s", steps, strchr(entrance, '{') + 1);
    free(entrance);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write("scenes/host_steps_test.part.json", scenario, strlen(scenario),
                                    error, sizeof(error)),
                     SIM_OK);
    int code =
        fovea(text, sizeof(text),
              "run scenes/host_steps_test.part.json --frames 1 --out " DIR "/steps %s", options);
    unlink("scenes/host_steps_test.part.json");
    return code;
}

/* One frame takes less than a second. The register that is expected would be as expected. */
START_TEST(steps_that_a_run_does_not_get_to_are_told)
{
    const char *const now = "{\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1}";
    const char *const late = ",{\"at\": \"9s\", \"write\": \"mbx_data15\", \"value\": 1}"
                             ",{\"at\": \"frame:50\", \"pin\": 3, \"value\": 1}";
    const char *const looks =
        ",{\"at\": \"frame:50+7\", \"read\": \"sensor_model_id\", \"expect\": 1280}";
    char steps[600];
    ck_assert_int_eq(run_steps(now, ""), 0);
    ck_assert_ptr_null(strstr(text, "warning"));
    snprintf(steps, sizeof(steps), "%s%s", now, late);
    ck_assert_int_eq(run_steps(steps, "--json"), 0);
    for (uint32_t n = 1; n <= 2; n++) {
        char line[120];
        snprintf(line, sizeof(line), "fovea run: warning: host[%u]: the run ended before", n);
        ck_assert_msg(strstr(text, line) != NULL, "%s", text);
    }
    ck_assert_ptr_null(strstr(text, "host[0]"));
    ck_assert_msg(strstr(text, "\"unreached\":\t[\"host[1]\", \"host[2]\"]") != NULL, "%s", text);
    size_t bytes;
    char *stats = (char *)board_file(DIR "/steps/stats.json", &bytes);
    const char *at = strstr(stats, "\"unreached\"");
    ck_assert(at != NULL && strstr(at, "\"value\":\t2") != NULL);
    free(stats);
    snprintf(steps, sizeof(steps), "%s%s%s", now, late, looks);
    ck_assert_int_eq(run_steps(steps, ""), 1);
    ck_assert_ptr_nonnull(
        strstr(text, "host[3]: the run ended before this expectation was looked at"));
}
END_TEST

/* Packets on the link of one frame, 640 x 480, whose scenario asks for RAW. */
static uint64_t packets_with_raw(const char *lines)
{
    size_t bytes;
    char *scenario = (char *)board_file("scenes/entrance.json", &bytes);
    char *raw = strstr(scenario, "\"raw\": false");
    ck_assert_ptr_nonnull(raw);
    memcpy(raw, "\"raw\": true ", 12);
    ck_assert_int_eq(
        sim_file_write("scenes/host_raw.part.json", scenario, bytes, error, sizeof(error)), SIM_OK);
    free(scenario);
    ck_assert_int_eq(sim_file_write(DIR "/h.txt", lines, strlen(lines), error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text),
                     "run scenes/host_raw.part.json --chip " VGA " --frames 1 --host " DIR
                     "/h.txt --out " DIR "/raw");
    unlink("scenes/host_raw.part.json");
    ck_assert_msg(code == 0, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "decode " DIR "/raw/link.csi2 --check --json"), 0);
    const char *packets = strstr(text, "\"packets\":");
    ck_assert_ptr_nonnull(packets);
    return strtoull(packets + strlen("\"packets\":"), NULL, 10);
}

START_TEST(a_script_has_the_last_word_on_what_the_scenario_sets)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    uint64_t raw = packets_with_raw("write mode_select 1\n");
    ck_assert_uint_gt(raw, 480);
    ck_assert_uint_eq(packets_with_raw("write app_image_out 0x11\nwrite mode_select 1\n"),
                      raw + 2 * 480); /* LS and LE */
    ck_assert_uint_lt(packets_with_raw("write app_image_out 0\nwrite mode_select 1\n"), 480);
}
END_TEST

/* 5,000 lines take 5,000 writes of 92.5 us and 1.3 between them: 0.47 s until the stream starts. */
START_TEST(a_script_may_be_as_long_as_a_drivers)
{
    static char lines[5000 * 18 + 1];
    char *at = lines;
    for (uint32_t i = 0; i < 5000; i++)
        at += sprintf(at, "{0x%04x, 0x%02x},\n", 0x4000 + i, i & 0xff);
    make(lines, NULL, 0);
    sim_run_until_ps(board->sim, UINT64_C(5000) * 93800000 - 1300000 - 1);
    ck_assert(!host_player_done(&player));
    sim_run_until_ps(board->sim, UINT64_C(5000) * 93800000 - 1300000);
    ck_assert(host_player_done(&player));
    ck_assert_uint_eq(board->sensor->cci.writes, 5000);
    ck_assert_uint_eq(ccs_byte(&board->sensor->ccs, 0x4000 + 4999), 4999 & 0xff);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    drop();
}
END_TEST

TEST_MAIN("host scripts", lines_say_what_the_host_does, what_comes_at_a_time_is_no_set_up,
          a_printed_script_reads_as_the_same,
          a_script_that_begins_at_a_time_stands_beside_the_scenarios_host,
          a_byte_is_set_by_the_first_write_that_gives_it_another_value_than_0,
          a_drivers_table_is_a_script_as_it_stands,
          names_that_a_driver_defines_are_known_to_its_tables, what_is_wrong_is_told_with_its_line,
          a_damaged_script_is_read_or_refused, lines_are_done_one_after_another_in_bus_time,
          a_frame_is_waited_for_until_it_begins_to_be_read,
          what_is_not_as_expected_is_counted_and_told,
          what_is_not_acknowledged_is_told_and_once_more_tried_where_asked,
          a_file_goes_out_on_spi_behind_what_is_on_the_tape, a_value_can_be_the_size_of_a_file,
          a_script_goes_on_from_a_snapshot, a_run_with_a_script_leaves_what_it_read,
          a_run_fails_where_its_script_does, a_scenario_may_have_many_steps_and_name_bus_and_script,
          steps_that_a_run_does_not_get_to_are_told,
          a_script_has_the_last_word_on_what_the_scenario_sets,
          a_script_may_be_as_long_as_a_drivers)
