/*
 * svd_test.c - `fovea regs --svd`: XML that is well-formed, elements in the schema's order, every
 * register of the tables, fields that lie within them. Own reader; xmllint too where it is
 * installed.
 */
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#include <ctype.h>

enum { DEPTH = 10, TEXT = 512 };

/* Children that an element may have, in the order of CMSIS-SVD.xsd 1.3 (those that we print). */
static const struct {
    const char *parent, *children;
} order[] = {
    {"device", "name version description addressUnitBits width peripherals"},
    {"peripherals", "peripheral"},
    {"peripheral", "name baseAddress addressBlock interrupt registers"},
    {"addressBlock", "offset size usage"},
    {"interrupt", "name value"},
    {"registers", "register"},
    {"register", "name description addressOffset size access resetValue readAction fields"},
    {"fields", "field"},
    {"field", "name description bitOffset bitWidth access modifiedWriteValues"},
};
static const char *const many[] = {"peripheral", "interrupt", "register", "field"};

typedef struct {
    char name[32];
    size_t child; /* place in its parent's order of the last child, plus 1 */
} level_t;

typedef struct {
    const char *at;
    level_t level[DEPTH];
    int depth;
    char text[TEXT];
    uint32_t peripherals, registers, fields, interrupts;
    uint32_t address, field_low, field_mask; /* of the register */
} reader_t;

static bool may_repeat(const char *name)
{
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
        if (strcmp(many[i], name) == 0)
            return true;
    return false;
}

/* The place of child in its parent's list, from 1; fails when it has none. */
static size_t place_of(const char *parent, const char *child)
{
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (strcmp(order[i].parent, parent) != 0)
            continue;
        char list[256], *save = NULL;
        size_t place = 1;
        snprintf(list, sizeof(list), "%s", order[i].children);
        for (char *name = strtok_r(list, " ", &save); name != NULL;
             name = strtok_r(NULL, " ", &save), place++)
            if (strcmp(name, child) == 0)
                return place;
    }
    ck_abort_msg("<%s> in <%s>", child, parent);
    return 0;
}

static void check_order(level_t *parent, const char *child)
{
    size_t place = place_of(parent->name, child);
    bool again = place == parent->child && may_repeat(child);
    ck_assert_msg(place > parent->child || again, "<%s> in <%s>", child, parent->name);
    parent->child = place;
}

static void start_element(reader_t *r, const char *name)
{
    ck_assert_int_lt(r->depth, DEPTH - 1);
    if (r->depth > 0)
        check_order(&r->level[r->depth - 1], name);
    snprintf(r->level[r->depth].name, sizeof(r->level[0].name), "%s", name);
    r->level[r->depth++].child = 0;
    r->text[0] = '\0';
    r->peripherals += strcmp(name, "peripheral") == 0;
    r->interrupts += strcmp(name, "interrupt") == 0;
    if (strcmp(name, "register") == 0) {
        r->registers++;
        r->field_mask = 0;
    }
    r->fields += strcmp(name, "field") == 0;
}

static void check_identifier(const char *name)
{
    ck_assert_msg(isalpha((unsigned char)name[0]) || name[0] == '_', "'%s'", name);
    for (; *name != '\0'; name++)
        ck_assert_msg(isalnum((unsigned char)*name) || *name == '_', "'%s'", name);
}

static void check_field_bits(reader_t *r, uint32_t bits)
{
    ck_assert_uint_ge(bits, 1);
    ck_assert_uint_le(r->field_low + bits, 32);
    uint32_t mask = (bits == 32 ? UINT32_MAX : (1u << bits) - 1) << r->field_low;
    ck_assert_msg((r->field_mask & mask) == 0, "fields overlap");
    r->field_mask |= mask;
}

static void check_value(reader_t *r, const char *name)
{
    static const char *const access[] = {"read-only", "read-write", "write-only"};
    uint32_t number = (uint32_t)strtoul(r->text, NULL, 0);
    bool known = false;
    if (strcmp(name, "name") == 0)
        check_identifier(r->text);
    else if (strcmp(name, "bitOffset") == 0)
        r->field_low = number;
    else if (strcmp(name, "bitWidth") == 0)
        check_field_bits(r, number);
    else if (strcmp(name, "addressOffset") == 0)
        ck_assert(number < 4096 && number % 4 == 0);
    else if (strcmp(name, "access") == 0) {
        for (int i = 0; i < 3; i++)
            known = known || strcmp(r->text, access[i]) == 0;
        ck_assert_msg(known, "'%s'", r->text);
    }
}

static void end_element(reader_t *r, const char *name)
{
    ck_assert_int_gt(r->depth, 0);
    ck_assert_str_eq(r->level[--r->depth].name, name);
    check_value(r, name);
    if (strcmp(name, "register") == 0)
        ck_assert_uint_ne(r->field_mask, 0);
    r->text[0] = '\0';
}

/* From '<' on: an element's start or end; attributes are skipped. */
static void read_tag(reader_t *r)
{
    char name[32];
    size_t used = 0;
    bool ends = r->at[1] == '/';
    r->at += ends ? 2 : 1;
    for (; isalnum((unsigned char)*r->at) && used < sizeof(name) - 1; r->at++)
        name[used++] = *r->at;
    name[used] = '\0';
    ck_assert_uint_gt(used, 0);
    const char *end = strchr(r->at, '>');
    ck_assert_ptr_nonnull(end);
    ck_assert_msg(end[-1] != '/', "<%s/>", name);
    r->at = end + 1;
    if (ends)
        end_element(r, name);
    else
        start_element(r, name);
}

static void read_text(reader_t *r)
{
    const char *end = strchr(r->at, '<');
    size_t bytes = end != NULL ? (size_t)(end - r->at) : strlen(r->at);
    ck_assert_uint_lt(bytes, TEXT);
    memcpy(r->text, r->at, bytes);
    r->text[bytes] = '\0';
    ck_assert_ptr_null(strchr(r->text, '>'));
    for (const char *amp = strchr(r->text, '&'); amp != NULL; amp = strchr(amp + 1, '&'))
        ck_assert_msg(strncmp(amp, "&amp;", 5) == 0 || strncmp(amp, "&lt;", 4) == 0 ||
                          strncmp(amp, "&gt;", 4) == 0,
                      "%s", amp);
    r->at += bytes;
}

static char xml[1 << 20], header[1 << 18];

static uint32_t count(const char *text, const char *what)
{
    uint32_t found = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        found++;
    return found;
}

START_TEST(the_svd_file_is_well_formed_and_in_the_order_of_the_schema)
{
    reader_t r = {0};
    ck_assert_int_eq(fovea(xml, sizeof(xml), "regs --svd"), 0);
    ck_assert_uint_lt(strlen(xml), sizeof(xml) - 1);
    static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    ck_assert_int_eq(strncmp(xml, head, strlen(head)), 0);
    for (r.at = xml + strlen(head); *r.at != '\0';)
        if (*r.at == '<')
            read_tag(&r);
        else
            read_text(&r);
    ck_assert_int_eq(r.depth, 0);
    ck_assert_uint_gt(r.fields, r.registers);
    /* As many as the firmware's header has: "block at 0x...", #define IRQ_..., addresses. */
    ck_assert_int_eq(fovea(header, sizeof(header), "regs --c"), 0);
    ck_assert_uint_eq(r.peripherals, count(header, "\n#define PAGE_"));
    ck_assert_uint_eq(r.interrupts, count(header, "\n#define IRQ_"));
    ck_assert_uint_eq(r.registers, count(header, "u /* "));
}
END_TEST

START_TEST(one_register_in_full)
{
    ck_assert_int_eq(fovea(xml, sizeof(xml), "regs --svd"), 0);
    ck_assert_ptr_nonnull(strstr(
        xml, "        <register>\n"
             "          <name>RNG_STATUS</name>\n"
             "          <description>0: a word is ready; 1: health test failed, W1C; 2: read "
             "while empty, W1C; 3: start-up test; 11:8: words in the FIFO</description>\n"
             "          <addressOffset>0x008</addressOffset>\n"
             "          <size>32</size>\n"
             "          <access>read-write</access>\n"
             "          <resetValue>0x00000000</resetValue>\n"
             "          <fields>\n"
             "            <field><name>WORD_IS_READY</name><description>a word is ready"
             "</description><bitOffset>0</bitOffset><bitWidth>1</bitWidth>"
             "<access>read-only</access></field>\n"
             "            <field><name>HEALTH_TEST_FAILED</name><description>health test failed, "
             "W1C</description><bitOffset>1</bitOffset><bitWidth>1</bitWidth>"
             "<access>read-write</access>"
             "<modifiedWriteValues>oneToClear</modifiedWriteValues></field>\n"));
    ck_assert_ptr_nonnull(
        strstr(xml, "<name>WDOG_KICK</name>\n"
                    "          <description>31:0: write: 0x0d06f00d; reads 0</description>\n"
                    "          <addressOffset>0x020</addressOffset>\n"
                    "          <size>32</size>\n"
                    "          <access>write-only</access>\n"));
    ck_assert_ptr_nonnull(strstr(xml, "<name>TIMER</name>\n      <baseAddress>0x4000a000</base"));
    ck_assert_ptr_nonnull(strstr(xml, "<interrupt><name>WDOG</name><value>10</value></interrupt>"));
}
END_TEST

START_TEST(xmllint_reads_it)
{
    if (system("command -v xmllint >/dev/null 2>&1") != 0) {
        test_skip("no xmllint");
        return;
    }
    char error[256];
    ck_assert_int_eq(fovea(xml, sizeof(xml), "regs --svd"), 0);
    ck_assert_int_eq(sim_file_write(FOVEA_OUT "/fovea.svd", xml, strlen(xml), error, sizeof(error)),
                     0);
    ck_assert_int_eq(system("xmllint --noout " FOVEA_OUT "/fovea.svd"), 0);
}
END_TEST

TEST_MAIN("register description", the_svd_file_is_well_formed_and_in_the_order_of_the_schema,
          one_register_in_full, xmllint_reads_it)
