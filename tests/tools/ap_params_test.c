#include "tools/ap_params.h"

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char error[512];

/* ---- networks made by hand ---- */

static ap_tensor_t image(uint16_t w, uint16_t h, uint16_t c)
{
    ap_tensor_t t = {.name = "image", .dims = 3, .bits = 8, .shift = 0, .scale = 0.5f};
    t.dim[0] = (ap_dim_t){.id = 0, .size = h, .serialization = 1, .padding = (uint8_t)(h % 2)};
    t.dim[1] = (ap_dim_t){
        .id = 1, .size = w, .serialization = 0, .padding = (uint8_t)((32 - w % 32) % 32)};
    t.dim[2] = (ap_dim_t){.id = 2, .size = c, .serialization = 2};
    return t;
}

static ap_tensor_t list(uint8_t id, uint16_t elements, uint8_t bits)
{
    ap_tensor_t t = {.id = id, .dims = 1, .bits = bits, .shift = 3, .scale = 0.25f, .format = 1};
    snprintf(t.name, sizeof(t.name), "out%u", id);
    t.dim[0] = (ap_dim_t){.size = elements};
    return t;
}

static ap_network_t network(uint16_t w, uint16_t h, uint16_t c)
{
    ap_network_t n = {.id = 7, .name = "net", .type = "shown", .inputs = 1};
    n.input[0] = image(w, h, c);
    return n;
}

static void add(ap_network_t *n, uint16_t elements, uint8_t bits)
{
    n->output[n->outputs] = list((uint8_t)n->outputs, elements, bits);
    n->outputs++;
}

/* One with everything: three dimensions sent in another order, names of any length. */
static ap_network_t rich(void)
{
    ap_network_t n = network(224, 223, 3);
    add(&n, 1000, 8);
    add(&n, 65535, 32);
    ap_tensor_t *t = &n.output[n.outputs++];
    *t =
        (ap_tensor_t){.id = 2, .name = "", .dims = 3, .bits = 16, .shift = 65535, .scale = -1e-30f};
    t->dim[0] = (ap_dim_t){.id = 0, .size = 4, .serialization = 1};
    t->dim[1] = (ap_dim_t){.id = 1, .size = 300, .serialization = 2};
    t->dim[2] = (ap_dim_t){.id = 2, .size = 5, .serialization = 0};
    return n;
}

static void expect_tensor(const ap_tensor_t *a, const ap_tensor_t *b)
{
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_eq(a->bits, b->bits);
    ck_assert_uint_eq(a->shift, b->shift);
    ck_assert_float_eq(a->scale, b->scale);
    ck_assert_uint_eq(a->format, b->format);
    ck_assert_uint_eq(a->dims, b->dims);
    for (uint32_t i = 0; i < a->dims; i++) {
        ck_assert_uint_eq(a->dim[i].id, b->dim[i].id);
        ck_assert_uint_eq(a->dim[i].size, b->dim[i].size);
        ck_assert_uint_eq(a->dim[i].serialization, b->dim[i].serialization);
        ck_assert_uint_eq(a->dim[i].padding, b->dim[i].padding);
    }
}

static void expect_network(const ap_network_t *a, const ap_network_t *b)
{
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->type, b->type);
    ck_assert_uint_eq(a->inputs, b->inputs);
    ck_assert_uint_eq(a->outputs, b->outputs);
    for (uint32_t i = 0; i < a->inputs; i++)
        expect_tensor(&a->input[i], &b->input[i]);
    for (uint32_t i = 0; i < a->outputs; i++)
        expect_tensor(&a->output[i], &b->output[i]);
}

/* ---- both ways ---- */

static uint8_t buffer[AP_MAX_BYTES];

START_TEST(what_is_written_is_read)
{
    ap_network_t n = rich(), back;
    size_t bytes = ap_write(&n, buffer, sizeof(buffer));
    ck_assert_uint_gt(bytes, 0);
    ck_assert_uint_eq(bytes % 4, 0);
    ck_assert_msg(ap_read(buffer, bytes, 7, &back, error, sizeof(error)), "%s", error);
    expect_network(&n, &back);
    ck_assert(!ap_read(buffer, bytes, 8, &back, error, sizeof(error)));
    ck_assert_str_eq(error, "apParams: found no network 8 among 1");
    for (size_t room = 0; room < bytes; room++)
        ck_assert_uint_eq(ap_write(&n, buffer, room), 0);
}
END_TEST

static uint32_t number(size_t at, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = bytes; i-- > 0;)
        value = value << 8 | buffer[at + i];
    return value;
}

/* The vtable of the table at `at`: its own bytes, the table's, and where each field is. */
static void expect_vtable(size_t at, const uint16_t *expected, uint32_t count)
{
    size_t vtable = at - number(at, 4);
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(number(vtable + 2 * i, 2) == expected[i], "word %u: %u, not %u", i,
                      number(vtable + 2 * i, 2), expected[i]);
}

/* Verifiers of FlatBuffers take a table for as long as its vtable says. */
START_TEST(tables_are_as_long_as_they_say)
{
    const uint16_t root[] = {6, 8, 4}, network[] = {14, 22, 20, 4, 8, 12, 16};
    ap_network_t n = rich();
    ck_assert_uint_gt(ap_write(&n, buffer, sizeof(buffer)), 0);
    size_t at = number(0, 4), networks = at + 4 + number(at + 4, 4);
    expect_vtable(at, root, SIM_COUNT(root));
    ck_assert_uint_eq(number(networks, 4), 1);
    expect_vtable(networks + 4 + number(networks + 4, 4), network, SIM_COUNT(network));
}
END_TEST

/* facts: line counts of packaged networks at 2560 bytes a line. */
START_TEST(line_counts_are_those_of_packaged_networks)
{
    static const struct {
        uint16_t w, h;
        uint32_t in, out;
        struct {
            uint16_t elements;
            uint8_t bits;
        } output[4];
    } nets[] = {
        {640, 480, 361, 2, {{10, 8}}},
        {224, 224, 60, 2, {{1000, 8}}}, /* mobilenet_v2, shufflenet_v2_x1.5 */
        {256, 256, 78, 2, {{1000, 8}}}, /* mobilevit_xxs */
        {320, 320, 121, 5, {{400, 16}, {100, 8}, {100, 16}, {1, 16}}},  /* ssd, efficientdet */
        {640, 640, 481, 5, {{1200, 16}, {300, 8}, {300, 16}, {1, 16}}}, /* yolov8n */
    };
    for (size_t i = 0; i < SIM_COUNT(nets); i++) {
        ap_network_t n = network(nets[i].w, nets[i].h, 3);
        for (uint32_t o = 0; o < 4 && nets[i].output[o].elements != 0; o++)
            add(&n, nets[i].output[o].elements, nets[i].output[o].bits);
        uint32_t bytes = (uint32_t)ap_write(&n, buffer, sizeof(buffer));
        ck_assert_uint_gt(bytes, 0);
        ck_assert_uint_eq(ap_input_lines(&n, bytes, 2560), nets[i].in);
        ck_assert_uint_eq(ap_output_lines(&n, bytes, 2560), nets[i].out);
    }
}
END_TEST

START_TEST(padding_and_long_descriptions_take_their_lines)
{
    ap_network_t n = network(225, 223, 1); /* 256 x 224 */
    add(&n, 2561, 8);
    ck_assert_uint_eq(ap_tensor_bytes(&n.input[0]), 256 * 224);
    ck_assert_uint_eq(ap_input_lines(&n, 2548, 2560), 1 + 23); /* 57344 / 2560 = 22.4 */
    ck_assert_uint_eq(ap_input_lines(&n, 2549, 2560), 2 + 23);
    ck_assert_uint_eq(ap_output_lines(&n, 2548, 2560), 1 + 2);
    n.output[0].dim[0].size = 0;
    ck_assert_uint_eq(ap_tensor_bytes(&n.output[0]), 0);
}
END_TEST

/* ---- bad bytes ---- */

START_TEST(damaged_bytes_are_refused_or_make_sense)
{
    ap_network_t n = rich(), back;
    size_t bytes = ap_write(&n, buffer, sizeof(buffer));
    uint32_t refused = 0;
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *copy = malloc(cut + 1); /* so that a sanitizer sees reads beyond it */
        memcpy(copy, buffer, cut);
        refused += !ap_read(copy, cut, 7, &back, error, sizeof(error));
        free(copy);
    }
    ck_assert_uint_gt(refused, bytes - 8); /* the last name's end may be missing */
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        uint8_t *copy = malloc(bytes);
        memcpy(copy, buffer, bytes);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (ap_read(copy, bytes, 7, &back, error, sizeof(error)))
            for (uint32_t o = 0; o < back.outputs; o++)
                ck_assert_uint_gt(ap_tensor_bytes(&back.output[o]), 0);
        else
            ck_assert_int_eq(strncmp(error, "apParams: ", 10), 0);
        free(copy);
    }
}
END_TEST

static void expect_refused(const ap_network_t *n, const char *why)
{
    ap_network_t back;
    size_t bytes = ap_write(n, buffer, sizeof(buffer));
    ck_assert(!ap_read(buffer, bytes, 7, &back, error, sizeof(error)));
    ck_assert_msg(strcmp(error, why) == 0, "%s", error);
}

START_TEST(tensors_that_no_lines_have_are_refused)
{
    ap_network_t n = rich();
    n.input[0].dims = 2;
    n.input[0].dim[0].serialization = 1;
    expect_refused(&n, "apParams: input \"image\": found 2 dimensions, expected 3");
    n = network(1281, 960, 3);
    expect_refused(
        &n, "apParams: input \"image\": found size 1281, expected at most 1280 x 960 of 1, 3, 4");
    n = network(64, 64, 2);
    expect_refused(
        &n, "apParams: input \"image\": found size 2, expected at most 1280 x 960 of 1, 3, 4");
    n = rich();
    n.output[2].dim[1].serialization = 1;
    expect_refused(&n, "apParams: tensor \"\": dimension 1 at place 1 of 3");
    n = rich();
    n.output[2].dim[1].padding = 1;
    expect_refused(&n, "apParams: output \"\": found padding 1, expected 0");
    n = rich();
    n.output[0].bits = 4;
    expect_refused(&n, "apParams: output \"out0\": found 4 bits, expected 8, 16, 32");
    n = rich();
    n.output[0].dim[0].size = 0;
    expect_refused(&n, "apParams: tensor \"out0\": found a size of 0 or above 4 GiB");
    n = rich();
    n.inputs = 0;
    expect_refused(&n, "apParams: network \"shown\": found 0 inputs, expected 1");
}
END_TEST

/* ---- the real FlatBuffers compiler ---- */

#define DIR FOVEA_OUT "/ap_params"

static bool have_flatc(void)
{
    bool have = system("command -v flatc >/dev/null 2>&1") == 0;
    if (have)
        ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    return have;
}

START_TEST(flatc_reads_what_is_written)
{
    static const char want[] =
        "{\"networks\":[{\"id\":7,\"name\":\"net\",\"type\":\"shown\",\"inputTensors\":[{\"id\":0,"
        "\"name\":\"image\",\"numOfDimensions\":3,\"dimensions\":["
        "{\"id\":0,\"size\":223,\"serializationIndex\":1,\"padding\":1},"
        "{\"id\":1,\"size\":224,\"serializationIndex\":0,\"padding\":0},"
        "{\"id\":2,\"size\":3,\"serializationIndex\":2,\"padding\":0}],"
        "\"shift\":0,\"scale\":0.5,\"format\":0}],\"outputTensors\":[{\"id\":0,\"name\":\"out0\","
        "\"numOfDimensions\":1,\"dimensions\":[{\"id\":0,\"size\":1000,\"serializationIndex\":0,"
        "\"padding\":0}],\"bitsPerElement\":8,\"shift\":3,\"scale\":0.25,\"format\":1}]}]}";
    if (!have_flatc()) {
        test_skip("no flatc");
        return;
    }
    ap_network_t n = network(224, 223, 3);
    add(&n, 1000, 8);
    size_t bytes = ap_write(&n, buffer, sizeof(buffer));
    ck_assert_int_eq(sim_file_write(DIR "/net.bin", buffer, bytes, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        system("flatc --no-warnings --json --strict-json --defaults-json --raw-binary -o " DIR
               " tests/tools/ap_params.fbs -- " DIR "/net.bin"),
        0);
    char *text = (char *)sim_file_read(DIR "/net.json", 65536, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(text);
    size_t kept = 0;
    for (size_t i = 0; i < bytes; i++)
        if (text[i] != ' ' && text[i] != '\n')
            text[kept++] = text[i];
    ck_assert_uint_eq(kept, strlen(want));
    ck_assert_mem_eq(text, want, kept);
    free(text);
}
END_TEST

START_TEST(what_flatc_makes_is_read)
{
    static const char json[] =
        "{networks:[{id:3,type:\"other\"},{id:7,name:\"a\",type:\"b\","
        "inputTensors:[{name:\"x\",numOfDimensions:3,dimensions:["
        "{id:0,size:3,serializationIndex:2},{id:1,size:33,serializationIndex:1,padding:1},"
        "{id:2,size:40,padding:24}],scale:1}],"
        "outputTensors:[{id:0,name:\"y\",numOfDimensions:1,dimensions:[{size:5}],"
        "bitsPerElement:16,shift:9,scale:0.125}]}]}";
    if (!have_flatc()) {
        test_skip("no flatc");
        return;
    }
    ck_assert_int_eq(sim_file_write(DIR "/in.json", json, strlen(json), error, sizeof(error)),
                     SIM_OK);
    ck_assert_int_eq(
        system("flatc --no-warnings --binary -o " DIR " tests/tools/ap_params.fbs " DIR "/in.json"),
        0);
    size_t bytes;
    uint8_t *data = sim_file_read(DIR "/in.bin", 65536, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    ap_network_t n;
    ck_assert_msg(ap_read(data, bytes, 7, &n, error, sizeof(error)), "%s", error);
    ck_assert_str_eq(n.type, "b");
    ck_assert_uint_eq(n.input[0].dim[1].size, 33);
    ck_assert_uint_eq(n.input[0].dim[2].serialization, 0); /* a default that flatc leaves out */
    ck_assert_uint_eq(ap_tensor_bytes(&n.input[0]), 64 * 34 * 3);
    ck_assert_uint_eq(n.output[0].bits, 16);
    ck_assert_uint_eq(n.output[0].shift, 9);
    ck_assert_float_eq(n.output[0].scale, 0.125f);
    ck_assert(!ap_read(data, bytes, 3, &n, error, sizeof(error)));
    ck_assert_str_eq(error, "apParams: network \"other\": found 0 inputs, expected 1");
    free(data);
}
END_TEST

TEST_MAIN("apParams", what_is_written_is_read, tables_are_as_long_as_they_say,
          line_counts_are_those_of_packaged_networks,
          padding_and_long_descriptions_take_their_lines, damaged_bytes_are_refused_or_make_sense,
          tensors_that_no_lines_have_are_refused, flatc_reads_what_is_written,
          what_flatc_makes_is_read)
