#include "tools/tensor_lines.h"

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/tensor_files.h"

enum { LINE = 2560, MAX_LINES = 64 };

static uint8_t lines[MAX_LINES][LINE];
static char error[512];
static tensor_lines_t got;

/* ---- frames made by hand ---- */

static uint8_t ap[4096];
static uint32_t ap_bytes;

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put_header(uint32_t line, bool valid, uint8_t count, uint8_t type)
{
    uint8_t *at = lines[line];
    at[0] = valid;
    at[1] = count;
    put16(at + 2, LINE);
    put16(at + 4, ap_bytes);
    put16(at + 6, 9);
    at[8] = type;
    memcpy(at + 12, ap, ap_bytes); /* may go on in the next line */
}

/* 5 x 3 pixels of 3 channels: rows padded to 32, 4 rows a plane: 384 bytes. */
static ap_network_t network(void)
{
    ap_network_t n = {.id = 9, .type = "hand", .inputs = 1};
    ap_tensor_t *t = &n.input[0];
    *t = (ap_tensor_t){.name = "image", .dims = 3, .bits = 8};
    t->dim[0] = (ap_dim_t){0, 3, 1, 1};
    t->dim[1] = (ap_dim_t){1, 5, 0, 27};
    t->dim[2] = (ap_dim_t){2, 3, 2, 0};
    return n;
}

static ap_tensor_t *add(ap_network_t *n, uint8_t bits, uint8_t format, uint16_t shift, float scale,
                        uint16_t elements)
{
    ap_tensor_t *t = &n->output[n->outputs];
    *t = (ap_tensor_t){.id = (uint8_t)n->outputs++,
                       .name = "out",
                       .dims = 1,
                       .bits = bits,
                       .format = format,
                       .shift = shift,
                       .scale = scale};
    t->dim[0].size = elements;
    return t;
}

/* KPI, input header and one line of body; the outputs begin at line 3. */
static void begin(const ap_network_t *n, bool input_valid, bool output_valid)
{
    memset(lines, 0xee, sizeof(lines));
    ap_bytes = (uint32_t)ap_write(n, ap, sizeof(ap));
    memset(lines[0], 0, LINE);
    put16(lines[0] + 36, 1234);
    put16(lines[0] + 40, 56789);
    put_header(1, input_valid, 77, 0);
    for (uint32_t i = 0; i < 384; i++)
        lines[2][i] = (uint8_t)i;
    put_header(3, output_valid, 77, 1);
}

/* Takes lines `from`..`to` - 1 as one run, as pixels of 10 bits if packed. */
static bool take(tensor_set_t *set, uint32_t from, uint32_t to, bool packed)
{
    /* of just this length, so that a sanitizer sees reads beyond it */
    uint32_t count = to - from, line = packed ? LINE / 4 * 5 : LINE;
    uint32_t length[MAX_LINES];
    uint8_t *copy = malloc((size_t)count * line + 1);
    for (uint32_t i = 0; i < count; i++) {
        length[i] = line;
        for (uint32_t at = 0; at < line; at++)
            copy[i * line + at] = !packed       ? lines[from + i][at]
                                  : at % 5 == 4 ? 0x55
                                                : lines[from + i][at / 5 * 4 + at % 5];
    }
    const tensor_run_t run = {copy, length, count};
    error[0] = '\0';
    bool fine = tensor_set_take(set, &run, error, sizeof(error));
    free(copy);
    return fine;
}

static bool finish(tensor_set_t *set)
{
    bool fine = tensor_set_whole(set) && tensor_lines_parse(set, &got, error, sizeof(error));
    tensor_set_clear(set);
    return fine;
}

/* All in one run; both packings give the same. */
static bool parse(uint32_t count)
{
    tensor_set_t set = {0};
    tensor_lines_t first;
    bool whole = take(&set, 0, count, true) && finish(&set);
    first = got;
    ck_assert_int_eq(take(&set, 0, count, false) && finish(&set), whole);
    if (!whole)
        return false;
    ck_assert_uint_eq(first.dsp_us, got.dsp_us);
    ck_assert_int_eq(first.input != NULL, got.input != NULL);
    if (got.input != NULL)
        ck_assert_mem_eq(first.input, got.input, tensor_elements(&got.ap.input[0]));
    for (uint32_t o = 0; o < got.ap.outputs && got.output[o] != NULL; o++)
        ck_assert_mem_eq(first.output[o], got.output[o],
                         4 * (size_t)tensor_elements(&got.ap.output[o]));
    tensor_lines_free(&first);
    return true;
}

/* ---- what is read ---- */

START_TEST(codes_of_all_kinds_become_numbers)
{
    static const uint8_t body[5][8] = {{0x80, 0x7f, 0xff, 0x00},
                                       {0x80, 0x7f, 0xff, 0x00},
                                       {0x00, 0x80, 0xff, 0xff, 0x34, 0x12},
                                       {0x00, 0x80, 0xff, 0xff, 0x34, 0x12},
                                       {0x00, 0x00, 0x00, 0x80, 0x05, 0x00, 0x00, 0x00}};
    static const float want[5][4] = {
        {-0.5f * 138, 0.5f * 117, -0.5f * 11, -0.5f * 10}, /* (code - 10) * 0.5 */
        {0.5f * 118, 0.5f * 117, 0.5f * 245, -0.5f * 10},
        {-2.0f * 32769, -2.0f * 2, 2.0f * 4659}, /* (code - 1) * 2; 0x1234 is 4660 */
        {2.0f * 32767, 2.0f * 65534, 2.0f * 4659},
        {-2147483648.0f * 0.25f, 5 * 0.25f}};
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 10, 0.5f, 4);
    add(&n, 8, AP_UNSIGNED, 10, 0.5f, 4);
    add(&n, 16, AP_SIGNED, 1, 2.0f, 3);
    add(&n, 16, AP_UNSIGNED, 1, 2.0f, 3);
    add(&n, 32, AP_SIGNED, 0, 0.25f, 2);
    begin(&n, false, true);
    for (uint32_t o = 0; o < 5; o++)
        memcpy(lines[4 + o], body[o], 8);
    ck_assert_msg(parse(9), "%s", error);
    ck_assert_uint_eq(got.dnn_us, 1234);
    ck_assert_uint_eq(got.dsp_us, 56789);
    ck_assert_uint_eq(got.count, 77);
    ck_assert_uint_eq(got.network, 9);
    ck_assert(!got.input_valid && got.output_valid);
    ck_assert_ptr_null(got.input);
    for (uint32_t o = 0; o < 5; o++)
        for (uint32_t i = 0; i < n.output[o].dim[0].size; i++)
            ck_assert_float_eq(got.output[o][i], want[o][i]);
    tensor_lines_free(&got);
}
END_TEST

START_TEST(unsigned_words_above_2_to_31_are_positive)
{
    const uint8_t body[4] = {0, 0, 0, 0x80};
    ap_network_t n = network();
    ap_tensor_t *t = add(&n, 32, AP_UNSIGNED, 0, 1.0f, 1);
    ck_assert_float_eq(tensor_value(t, body, 0), 2147483648.0f);
}
END_TEST

/* 2 x 3 x 2 numbers sent with the first dimension fastest, then the last. */
START_TEST(elements_come_in_the_networks_own_order)
{
    ap_network_t n = network();
    ap_tensor_t *t = add(&n, 8, AP_UNSIGNED, 0, 1.0f, 2);
    t->dims = 3;
    t->dim[0] = (ap_dim_t){0, 2, 0, 0};
    t->dim[1] = (ap_dim_t){1, 3, 2, 0};
    t->dim[2] = (ap_dim_t){2, 2, 1, 0};
    begin(&n, false, true);
    for (uint8_t i = 0; i < 12; i++)
        lines[4][i] = i;
    ck_assert_msg(parse(5), "%s", error);
    for (uint32_t a = 0; a < 2; a++)
        for (uint32_t b = 0; b < 3; b++)
            for (uint32_t c = 0; c < 2; c++)
                ck_assert_float_eq(got.output[0][(a * 3 + b) * 2 + c], (float)(a + 2 * c + 4 * b));
    tensor_lines_free(&got);
}
END_TEST

START_TEST(the_input_loses_its_padding)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, true, false);
    ck_assert_msg(parse(5), "%s", error);
    ck_assert(got.input_valid && !got.output_valid);
    ck_assert_ptr_null(got.output[0]);
    for (uint32_t y = 0; y < 3; y++)
        for (uint32_t x = 0; x < 5; x++)
            for (uint32_t c = 0; c < 3; c++)
                ck_assert_uint_eq(got.input[(y * 5 + x) * 3 + c], (uint8_t)(c * 128 + y * 32 + x));
    tensor_lines_free(&got);
}
END_TEST

/* A body of 5000 bytes in two lines, and the tensor behind it on a line of its own. */
START_TEST(each_tensor_begins_a_line)
{
    ap_network_t n = network();
    add(&n, 8, AP_UNSIGNED, 0, 1.0f, 5000);
    add(&n, 8, AP_UNSIGNED, 0, 1.0f, 1);
    begin(&n, false, true);
    for (uint32_t i = 0; i < 5000; i++)
        lines[4 + i / LINE][i % LINE] = (uint8_t)(i % 251);
    lines[6][0] = 200;
    ck_assert_msg(parse(7), "%s", error);
    for (uint32_t i = 0; i < 5000; i++)
        ck_assert_float_eq(got.output[0][i], (float)(i % 251));
    ck_assert_float_eq(got.output[1][0], 200.0f);
    tensor_lines_free(&got);
    ck_assert(!parse(6));
    ck_assert_str_eq(error, "tensor lines: tensor \"out\": found 0 lines of it, expected 1");
}
END_TEST

/* 16 outputs with long names describe themselves in more than 2,548 bytes. */
START_TEST(a_long_description_goes_on_in_the_next_line)
{
    ap_network_t n = network();
    for (uint32_t o = 0; o < 16; o++) {
        ap_tensor_t *t = add(&n, 8, AP_UNSIGNED, 0, 1.0f, 1);
        memset(t->name, 'a' + (int)o, AP_NAME_BYTES - 1);
    }
    memset(lines, 0, sizeof(lines));
    ap_bytes = (uint32_t)ap_write(&n, ap, sizeof(ap));
    ck_assert_uint_gt(ap_bytes, 2548);
    put_header(1, true, 0, 0);
    for (uint32_t i = 0; i < 384; i++)
        lines[3][i] = (uint8_t)i;
    put_header(4, true, 0, 1);
    for (uint32_t o = 0; o < 16; o++)
        lines[6 + o][0] = (uint8_t)(100 + o);
    ck_assert_msg(parse(22), "%s", error);
    ck_assert_uint_eq(got.input[3], 1);
    for (uint32_t o = 0; o < 16; o++)
        ck_assert_float_eq(got.output[o][0], 100.0f + (float)o);
    tensor_lines_free(&got);
}
END_TEST

/* ---- what is wrong ---- */

START_TEST(the_output_header_is_the_first_with_the_inputs_numbers)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, true, true);
    memcpy(lines[5], lines[3], LINE);
    lines[3][1]++;     /* of another frame: not it */
    lines[6][0] = 100; /* its only element */
    ck_assert_msg(parse(8), "%s", error);
    ck_assert_float_eq(got.output[0][0], 100);
    tensor_lines_free(&got);
    ck_assert(!parse(5)); /* one waits for the other */
    ck_assert_str_eq(error, "");
    lines[1][8] = 1;
    ck_assert(!parse(8));
}
END_TEST

/* ---- runs ---- */

/* KPI, input, output on channels of their own; PQ's zeros count for nothing. */
START_TEST(channels_may_come_one_by_one_and_outputs_first)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    for (uint32_t order = 0; order < 8; order++) {
        tensor_set_t set = {0};
        bool out_first = order & 1, packed_in = order & 2, packed_out = order & 4;
        begin(&n, true, true);
        lines[4][0] = 9;
        memset(lines[5], 0, LINE);
        ck_assert(take(&set, 5, 6, false)); /* the PQ line of the frame before */
        ck_assert(take(&set, 0, 1, packed_out));
        ck_assert(take(&set, 5, 6, true));
        ck_assert(
            take(&set, out_first ? 3 : 1, out_first ? 5 : 3, out_first ? packed_out : packed_in));
        ck_assert(!tensor_set_whole(&set));
        ck_assert(
            take(&set, out_first ? 1 : 3, out_first ? 3 : 5, out_first ? packed_in : packed_out));
        ck_assert_msg(finish(&set), "%s", error);
        ck_assert_uint_eq(got.dnn_us, 1234);
        ck_assert_uint_eq(got.dsp_us, 56789);
        ck_assert_uint_eq(got.input[3], 1);
        ck_assert_float_eq(got.output[0][0], 9);
        tensor_lines_free(&got);
    }
}
END_TEST

/* An image of 0x55 everywhere is no packing: the header's line tells. */
START_TEST(bodies_that_look_like_packed_lines_are_not)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 4);
    begin(&n, true, true);
    memset(lines[2], 0x55, LINE);
    memset(lines[4], 0x55, LINE);
    ck_assert_msg(parse(5), "%s", error);
    for (uint32_t i = 0; i < 45; i++)
        ck_assert_uint_eq(got.input[i], 0x55);
    ck_assert_float_eq(got.output[0][3], 0x55);
    tensor_lines_free(&got);
}
END_TEST

START_TEST(tensors_that_do_not_belong_together_are_told)
{
    tensor_set_t set = {0};
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, true, true);
    ck_assert(take(&set, 0, 3, false));
    lines[3][1] = 78;
    ck_assert(!take(&set, 3, 5, false));
    char want[160];
    snprintf(want, sizeof(want),
             "tensor lines: found output of frame count 78 with apParams of %u bytes, expected 77, "
             "%u as the input",
             ap_bytes, ap_bytes);
    ck_assert_str_eq(error, want);
    ck_assert(!take(&set, 3, 5, false)); /* the first waits; the second is another one */
    ck_assert_str_eq(error, "tensor lines: found no input header for the output of frame count 78");
    lines[1][1] = 78;
    ck_assert(take(&set, 1, 3, false)); /* what came last is whole all the same */
    ck_assert_msg(finish(&set), "%s", error);
    tensor_lines_free(&got);
    ck_assert(take(&set, 1, 5, false));
    ck_assert(!finish(&set));
    ck_assert_str_eq(error, "tensor lines: found no KPI line");
}
END_TEST

START_TEST(lines_that_are_lost_are_told)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, true, true);
    memmove(lines[2], lines[3], LINE); /* no body */
    ck_assert(!parse(4));
    ck_assert_str_eq(error, "tensor lines: tensor \"image\": found 0 lines of it, expected 1");
    begin(&n, true, true);
    put16(lines[1] + 4, 6000);
    put16(lines[3] + 4, 6000);
    ck_assert(!parse(8));
    ck_assert_str_eq(error, "tensor lines: found apParams of 6000 bytes, expected them in 2 lines");
    begin(&n, true, true);
    put16(lines[1] + 2, 0); /* no header, then */
    ck_assert(!parse(8));
    put16(lines[1] + 2, LINE + 1);
    ck_assert(!parse(8));
}
END_TEST

START_TEST(invalid_tensors_are_not_looked_at)
{
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, false, false);
    memset(lines[1] + 12, 0xff, ap_bytes);
    ck_assert_msg(parse(8), "%s", error);
    ck_assert_uint_eq(got.ap.inputs, 0);
    tensor_lines_free(&got);
}
END_TEST

START_TEST(any_damage_is_survived)
{
    ap_network_t n = network();
    uint32_t fine = 0, refused = 0;
    add(&n, 16, AP_SIGNED, 0, 1.0f, 100);
    begin(&n, true, true);
    for (uint32_t bit = 0; bit < 8 * (12 + ap_bytes); bit++) {
        for (uint32_t line = 1; line <= 3; line += 2) {
            lines[line][bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (parse(5)) {
                tensor_lines_free(&got);
                fine++;
            } else {
                refused++;
            }
            lines[line][bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    ck_assert_uint_gt(fine, 100);
    ck_assert_uint_gt(refused, 100);
}
END_TEST

/* ---- files ---- */

#define DIR FOVEA_OUT "/tensor_lines"

static mipi_rx_frame_t frame_of(uint32_t count, uint8_t *room)
{
    static uint32_t length[2 + MAX_LINES];
    mipi_rx_frame_t frame = {.vc = 0, .streams = 1, .end_ps = 5};
    memset(room, 0x07, 2 * 2544);
    room[0] = 0x0a; /* of the second one the first byte is damaged */
    memcpy(room + 2 * 2544, lines, (size_t)count * LINE);
    for (uint32_t i = 0; i < 2 + count; i++)
        length[i] = i < 2 ? 2544 : LINE;
    frame.stream[0] = (mipi_rx_stream_t){.dt = MIPI_DT_EMBEDDED,
                                         .lines = 2 + count,
                                         .line_bytes = 2544,
                                         .bytes = room,
                                         .length = length,
                                         .byte_count = 2 * 2544 + (size_t)count * LINE};
    return frame;
}

/* Signed codes 0.. are pixels 128.. */
static void expect_picture(const char *file)
{
    sim_image_t image;
    ck_assert_msg(sim_png_read(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.width_px, 5);
    ck_assert_uint_eq(image.height_px, 3);
    ck_assert_uint_eq(image.channels, 3);
    ck_assert_uint_eq(image.data[(1 * 5 + 2) * 3 + 0], 128 + 34); /* row 1, column 2 */
    ck_assert_uint_eq(image.data[(1 * 5 + 2) * 3 + 1], 34);       /* plane 1: code 128 + 34 */
    sim_image_free(&image);
}

static void expect_array(const char *file, float first)
{
    size_t bytes;
    float value;
    uint8_t *data = sim_file_read(file, 1 << 16, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    ck_assert_uint_eq(bytes, 128 + 8);
    memcpy(&value, data + 128, sizeof(value));
    ck_assert_float_eq(value, first);
    free(data);
}

START_TEST(an_output_names_the_input_of_its_own_count)
{
    static uint8_t room[MAX_LINES * LINE];
    static const struct {
        bool in, out;
        uint8_t count;
        const char *input; /* in the line */
    } frame[] = {{true, false, 77, "input_00000.png"},
                 {false, false, 77, NULL},
                 {false, true, 77, "input_00000.png"},
                 {false, true, 77, NULL}, /* it has had its output */
                 {true, true, 78, "input_00001.png"},
                 {true, false, 79, "input_00002.png"},
                 {false, true, 80, NULL}}; /* of another frame */
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 2);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    tensor_files_t files = {.lines = fopen(DIR "/lines", "w+"), .dir = DIR};
    for (size_t i = 0; i < SIM_COUNT(frame); i++) {
        begin(&n, frame[i].in, frame[i].out);
        lines[1][1] = lines[3][1] = frame[i].count;
        mipi_rx_frame_t f = frame_of(5, room);
        ck_assert_msg(tensor_files_take(&files, &f), "%s", files.error);
        ck_assert(files.told);
    }
    rewind(files.lines);
    for (size_t i = 0; i < SIM_COUNT(frame); i++) {
        char text[2048];
        ck_assert_ptr_nonnull(fgets(text, sizeof(text), files.lines));
        const char *named = strstr(text, "\"input\":\"");
        ck_assert_int_eq(named != NULL, frame[i].input != NULL);
        if (named != NULL)
            ck_assert_int_eq(strncmp(named + 9, frame[i].input, 15), 0);
    }
    fclose(files.lines);
    ck_assert_uint_eq(files.frames, 7);
    ck_assert_uint_eq(files.inputs, 3);
    ck_assert_uint_eq(files.outputs, 4);
    expect_picture(DIR "/input_00002.png");
    expect_array(DIR "/output_00003_0.npy", -18.0f); /* 0xee */
}
END_TEST

START_TEST(frames_of_embedded_lines_only_have_no_tensors)
{
    static uint8_t room[MAX_LINES * LINE];
    static uint32_t four[] = {2544, 2544, 2544, 2544};
    tensor_files_t files = {0};
    mipi_rx_frame_t f = frame_of(0, room);
    ck_assert(tensor_files_take(&files, &f));
    f.stream[0].lines = 4; /* four embedded lines */
    f.stream[0].length = four;
    f.stream[0].byte_count = 4 * 2544;
    memcpy(room + 2 * 2544, room, 2 * 2544);
    ck_assert(tensor_files_take(&files, &f));
    ck_assert(!files.told && !files.set.kpi_came);
    ck_assert(tensor_files_finish(&files));
}
END_TEST

/* Fovea's metadata packet has virtual channel and data type that a channel may have, too. */
START_TEST(a_packet_with_a_magic_number_is_no_tensor)
{
    uint8_t packet[] = "FOVM", header[] = {1, 0};
    mipi_rx_stream_t s = {.dt = 0x30, .bytes = packet, .byte_count = 4};
    ck_assert(!tensor_files_may_be(&s));
    s.bytes = header;
    ck_assert(tensor_files_may_be(&s));
    s.dt = MIPI_DT_RAW8;
    ck_assert(!tensor_files_may_be(&s));
}
END_TEST

/* The input's frame ends, and no output comes. */
START_TEST(a_tensor_alone_is_told_at_the_end)
{
    static uint8_t room[MAX_LINES * LINE];
    tensor_files_t files = {0};
    ap_network_t n = network();
    add(&n, 8, AP_SIGNED, 0, 1.0f, 1);
    begin(&n, true, true);
    mipi_rx_frame_t f = frame_of(3, room);
    ck_assert(tensor_files_take(&files, &f));
    ck_assert(!files.told);
    ck_assert(!tensor_files_finish(&files));
    ck_assert_str_eq(files.error, "tensor lines: found no output header");
    ck_assert(tensor_files_finish(&files));
}
END_TEST

START_TEST(numpy_reads_the_arrays)
{
    float values[24];
    ap_tensor_t t = {.dims = 3, .dim = {{.size = 2}, {.size = 3}, {.size = 4}}};
    if (system("python3 -c 'import numpy' 2>/dev/null") != 0) {
        test_skip("no NumPy");
        return;
    }
    for (int i = 0; i < 24; i++)
        values[i] = (float)i * 0.1f;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert(tensor_write_npy(DIR "/a.npy", values, &t, error, sizeof(error)));
    ck_assert_int_eq(system("python3 -c 'import numpy as n; a = n.load(\"" DIR "/a.npy\"); "
                            "assert a.shape == (2, 3, 4) and a.dtype == n.float32; "
                            "assert a[1, 2, 3] == n.float32(23) * n.float32(0.1)'"),
                     0);
}
END_TEST

TEST_MAIN("tensor lines", codes_of_all_kinds_become_numbers,
          unsigned_words_above_2_to_31_are_positive, elements_come_in_the_networks_own_order,
          the_input_loses_its_padding, each_tensor_begins_a_line,
          a_long_description_goes_on_in_the_next_line,
          the_output_header_is_the_first_with_the_inputs_numbers,
          channels_may_come_one_by_one_and_outputs_first,
          bodies_that_look_like_packed_lines_are_not, tensors_that_do_not_belong_together_are_told,
          lines_that_are_lost_are_told, invalid_tensors_are_not_looked_at, any_damage_is_survived,
          an_output_names_the_input_of_its_own_count, frames_of_embedded_lines_only_have_no_tensors,
          a_packet_with_a_magic_number_is_no_tensor, a_tensor_alone_is_told_at_the_end,
          numpy_reads_the_arrays)
