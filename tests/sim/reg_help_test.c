/*
 * reg_help_test.c - help texts of registers, good and bad.
 */
#include "sim/reg_help.h"
#include "tests/test.h"

static sim_reg_field_t field[SIM_REG_MAX_FIELDS];
static char why[256];

static uint32_t read_help(const char *help, uint32_t rw, uint32_t w1c, uint32_t reset)
{
    const sim_reg_t reg = {"REG", help, 0, reset, rw, w1c, 0, NULL};
    why[0] = '\0';
    return sim_reg_fields(&reg, field, why, sizeof(why));
}

static void wrote(sim_comp_t *comp, uint32_t value)
{
    (void)comp;
    (void)value;
}

START_TEST(fields_are_bit_ranges_and_their_meaning)
{
    ck_assert_uint_eq(read_help("0: enable; 7:4: mode (0 off; 1 on); 31:16: level, DN", 0xf1, 0, 0),
                      0);
    ck_assert_str_eq(why, "REG: no field and no remark: '1 on)'");
    ck_assert_uint_eq(read_help("0: enable; 7:4: mode (0 off, 1 on); 31:16: level, DN", 0xf1, 0, 0),
                      3);
    ck_assert_uint_eq(field[0].low, 0);
    ck_assert_uint_eq(field[0].bits, 1);
    ck_assert_str_eq(field[0].name, "ENABLE");
    ck_assert_uint_eq(field[1].low, 4);
    ck_assert_uint_eq(field[1].bits, 4);
    ck_assert_str_eq(field[1].name, "MODE");
    ck_assert_uint_eq(field[1].text_bytes, strlen("mode (0 off, 1 on)"));
    ck_assert_int_eq(field[1].access, SIM_READ_WRITE);
    ck_assert_uint_eq(field[2].low, 16);
    ck_assert_uint_eq(field[2].bits, 16);
    ck_assert_str_eq(field[2].name, "LEVEL");
    ck_assert_int_eq(field[2].access, SIM_READ_ONLY);
    ck_assert_int_eq(sim_reg_access(field, 3), SIM_READ_WRITE);
    ck_assert_int_eq(sim_reg_access(field + 2, 1), SIM_READ_ONLY);
}
END_TEST

START_TEST(a_remark_belongs_to_the_field_before)
{
    ck_assert_uint_eq(read_help("0: a frame started; 1: end of it; see below; W1C", 0, 3, 0), 2);
    ck_assert_str_eq(field[0].name, "FRAME_STARTED");
    ck_assert(field[0].w1c);
    ck_assert_uint_eq(field[1].text_bytes, strlen("end of it; see below; W1C"));
    ck_assert_str_eq(field[1].name, "END_OF_IT");
}
END_TEST

START_TEST(a_lone_wide_field_is_the_value)
{
    ck_assert_uint_eq(read_help("31:0: q = (((x * d) >> s) + n)", UINT32_MAX, 0, 7), 1);
    ck_assert_str_eq(field[0].name, "VALUE");
    ck_assert_uint_eq(field[0].bits, 32);
    ck_assert_uint_eq(read_help("3: ready", 0, 0, 0), 1);
    ck_assert_str_eq(field[0].name, "READY");
}
END_TEST

START_TEST(commands_are_write_only)
{
    sim_reg_t reg = {
        "REG", "0: start, reads 0; 1: write 1: stop; 2: busy; 4: irq", 0, 0, 0x10, 0, 0, wrote};
    ck_assert_uint_eq(sim_reg_fields(&reg, field, why, sizeof(why)), 4);
    ck_assert_int_eq(field[0].access, SIM_WRITE_ONLY);
    ck_assert_int_eq(field[1].access, SIM_WRITE_ONLY);
    ck_assert_str_eq(field[1].name, "STOP");
    ck_assert_int_eq(field[2].access, SIM_READ_ONLY);
    ck_assert_int_eq(field[3].access, SIM_READ_WRITE);
    reg.rw_mask = 0; /* the side effect decides what is kept */
    ck_assert_uint_eq(sim_reg_fields(&reg, field, why, sizeof(why)), 4);
    ck_assert_int_eq(field[2].access, SIM_READ_WRITE);
    reg.wrote = NULL; /* nothing can be commanded */
    ck_assert_uint_eq(sim_reg_fields(&reg, field, why, sizeof(why)), 4);
    ck_assert_int_eq(field[0].access, SIM_READ_ONLY);
}
END_TEST

START_TEST(long_names_end_at_a_word)
{
    ck_assert_uint_eq(
        read_help("0: one two three four five six seven eight nine ten; 1: b", 0, 0, 0), 2);
    ck_assert_str_eq(field[0].name, "ONE_TWO_THREE_FOUR_FIVE_SIX_SEVEN_EIGHT");
    ck_assert_uint_eq(strlen(field[0].name), SIM_FIELD_NAME - 1);
    ck_assert_uint_eq(
        read_help("0: abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij; 1: b", 0, 0, 0), 0);
}
END_TEST

START_TEST(reading_may_act)
{
    sim_reg_t reg = {"REG", "31:0: time; a read latches REG_HI", 0, 0, 0, 0, 0, NULL};
    ck_assert(sim_reg_read_acts(&reg));
    reg.help = "7:0: oldest byte, which is taken out";
    ck_assert(sim_reg_read_acts(&reg));
    reg.help = "7:0: bytes read";
    ck_assert(!sim_reg_read_acts(&reg));
}
END_TEST

static void check_refused(const char *help, const char *message)
{
    ck_assert_msg(read_help(help, 0, 0, 0) == 0, "%s", help);
    ck_assert_str_eq(why, message);
}

START_TEST(what_is_no_list_of_fields_is_refused)
{
    check_refused("", "REG: an empty piece, or one that a space begins or ends: ''");
    check_refused("enable", "REG: no field before: 'enable'");
    check_refused("0 enable", "REG: no field and no remark: '0 enable'");
    check_refused("0:enable", "REG: no field and no remark: '0:enable'");
    check_refused("0: ", "REG: an empty piece, or one that a space begins or ends: '0: '");
    check_refused("32: x", "REG: no field and no remark: '32: x'");
    check_refused("0:7: x", "REG: no field and no remark: '0:7: x'");
    check_refused("123: x", "REG: no field and no remark: '123: x'");
    check_refused("7:123: x", "REG: no field and no remark: '7:123: x'");
    check_refused("7:: x", "REG: no field and no remark: '7:: x'");
    check_refused("7:3:1: x", "REG: no field and no remark: '7:3:1: x'");
    check_refused("0: a; ", "REG: an empty piece, or one that a space begins or ends: ''");
    check_refused("0: a;  1: b",
                  "REG: an empty piece, or one that a space begins or ends: ' 1: b'");
    check_refused("3:0: a; 3: b", "REG: its bits have a field already: '3: b'");
    check_refused("0: a; 1: A", "REG: two fields of one name: 'A'");
    check_refused("0: (a); 1: b", "REG: a field whose text does not begin with a word: '(a)'");
    check_refused("0: 1 illegal; 1: b",
                  "REG: a field whose text does not begin with a word: '1 illegal'");
}
END_TEST

START_TEST(every_bit_that_matters_has_a_field)
{
    ck_assert_uint_eq(read_help("0: a", 0x3, 0, 0), 0);
    ck_assert_str_eq(why, "REG: bits without a field: '0x2'");
    ck_assert_uint_eq(read_help("0: a", 0, 0x80000000, 0), 0);
    ck_assert_str_eq(why, "REG: bits without a field: '0x80000000'");
    ck_assert_uint_eq(read_help("0: a", 0, 0, 0x10), 0);
    ck_assert_str_eq(why, "REG: bits without a field: '0x10'");
}
END_TEST

TEST_MAIN("sim register help", fields_are_bit_ranges_and_their_meaning,
          a_remark_belongs_to_the_field_before, a_lone_wide_field_is_the_value,
          commands_are_write_only, long_names_end_at_a_word, reading_may_act,
          what_is_no_list_of_fields_is_refused, every_bit_that_matters_has_a_field)
