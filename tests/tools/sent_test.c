/*
 * sent_test.c - what the compiler says of the tensors that leave: apParams and where they stand.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tflite.h"
#include "sim/file.h"
#include "tests/npu/build_core.h"
#include "tests/test.h"
#include "tools/ap_params.h"

static char error[512];

/* ---- a compiled network ---- */

typedef struct {
    npu_prog_t prog;
    ap_network_t ap;
} net_t;

static void compile(net_t *net, const npu_graph_t *graph, const npu_desc_t *desc, uint32_t id)
{
    const npu_compile_options_t options = {.network_id = id};
    ck_assert_msg(npu_compile(graph, desc, &options, &net->prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    uint32_t bytes;
    const uint8_t *ap = npu_prog_ap_params(&net->prog, &bytes);
    ck_assert_ptr_nonnull(ap);
    ck_assert_msg(ap_read(ap, bytes, (uint16_t)id, &net->ap, error, sizeof(error)), "%s", error);
}

/* Word `word` of output n of the list. */
static uint32_t sent(const npu_prog_t *prog, uint32_t n, uint32_t word)
{
    uint32_t l2 = prog->net[NPU_NET_SENT_ADDR_W] - prog->net[NPU_NET_L2_BASE_W];
    uint32_t at = l2 + 4 * (n * NPU_SENT_WORDS + word);
    for (uint32_t i = 0; i < prog->blob_count; i++) {
        const npu_blob_t *b = &prog->blobs[i];
        if (at >= b->l2 && at - b->l2 + 4 <= b->bytes) {
            const uint8_t *p = b->data + (at - b->l2);
            return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                   (uint32_t)p[3] << 24;
        }
    }
    ck_abort_msg("no word at 0x%x", at);
    return 0;
}

static void expect_dims(const ap_tensor_t *t, uint32_t dims, const uint16_t (*want)[3])
{
    ck_assert_uint_eq(t->dims, dims);
    for (uint32_t i = 0; i < dims; i++) {
        ck_assert_uint_eq(t->dim[i].id, i);
        ck_assert_uint_eq(t->dim[i].size, want[i][0]);
        ck_assert_uint_eq(t->dim[i].serialization, want[i][1]);
        ck_assert_uint_eq(t->dim[i].padding, want[i][2]);
    }
}

/* ---- the demo's detector, in full ---- */

START_TEST(the_detector_of_the_demo_tells_its_tensors)
{
    static const uint16_t in[][3] = {{120, 1, 0}, {160, 0, 0}, {3, 2, 0}};
    static const uint16_t score[][3] = {{15, 2, 0}, {20, 1, 0}, {1, 0, 0}};
    npu_desc_t desc = npu_desc_default();
    npu_graph_t graph;
    net_t net;
    size_t bytes;
    uint8_t *file =
        sim_file_read("scenes/person_160.tflite", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(
        npu_tflite_read(file, bytes, "person_160.tflite", &graph, error, sizeof(error)), SIM_OK);
    compile(&net, &graph, &desc, 5);
    ck_assert_str_eq(net.ap.type, "person_160");
    ck_assert_uint_eq(net.ap.outputs, 2);
    expect_dims(&net.ap.input[0], 3, in);
    ck_assert_uint_eq(net.ap.input[0].format, AP_SIGNED);
    expect_dims(&net.ap.output[0], 3, score);
    /* int8 codes with zero points -128 and -123: unsigned, 128 higher */
    for (uint32_t o = 0; o < 2; o++) {
        npu_net_tensor_t t = npu_prog_output(&net.prog, o);
        float scale;
        memcpy(&scale, &t.scale_bits, sizeof(scale));
        ck_assert_uint_eq(net.ap.output[o].bits, 8);
        ck_assert_uint_eq(net.ap.output[o].format, AP_UNSIGNED);
        ck_assert_uint_eq(net.ap.output[o].shift, o == 0 ? 0 : 5);
        ck_assert_float_eq(net.ap.output[o].scale, scale);
        ck_assert_uint_eq(sent(&net.prog, o, NPU_SENT_ADDR_W), t.addr);
        ck_assert_uint_eq(sent(&net.prog, o, NPU_SENT_BYTES_W), o == 0 ? 300 : 1200);
        ck_assert_uint_eq(sent(&net.prog, o, NPU_SENT_XOR_W), 0x80808080u);
    }
    npu_prog_free(&net.prog);
    npu_graph_free(&graph);
    free(file);
}
END_TEST

/* ---- made networks ---- */

START_TEST(widths_and_heights_are_padded_and_codes_from_zero_up_stay_signed)
{
    static const uint16_t in[][3] = {{33, 1, 1}, {40, 0, 24}, {1, 2, 0}};
    npu_desc_t desc = npu_desc_default();
    build_t b;
    net_t net;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t image = build_input(&b, 33, 40, 1);
    int32_t out = build_unary(&b, NPU_NODE_RELU, image);
    b.graph.tensor[out].scale = b.graph.tensor[image].scale;
    b.graph.tensor[out].zero_point = b.graph.tensor[image].zero_point;
    int32_t zero = b.graph.tensor[out].zero_point[0];
    build_end(&b, &out, 1);
    compile(&net, &b.graph, &desc, 0);
    expect_dims(&net.ap.input[0], 3, in);
    ck_assert_uint_eq(ap_tensor_bytes(&net.ap.input[0]), 64 * 34);
    ck_assert_int_eq(net.ap.output[0].format, zero < 0 ? AP_UNSIGNED : AP_SIGNED);
    ck_assert_int_eq(net.ap.output[0].shift, zero < 0 ? zero + 128 : zero);
    npu_prog_free(&net.prog);
    build_free(&b);
}
END_TEST

/* Of networks with a tail on the core, what the NPU makes of them is sent: integers, in L2, dense,
 * below the program. */
START_TEST(of_tails_on_the_core_the_operands_are_sent)
{
    npu_desc_t desc = npu_desc_default();
    uint32_t told = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        build_t b;
        npu_prog_t prog;
        ap_network_t ap;
        build_random_core(&b, seed);
        const npu_compile_options_t options = {.network_id = 1};
        ck_assert_int_eq(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)),
                         SIM_OK);
        uint32_t bytes, *net = prog.net;
        const uint8_t *data = npu_prog_ap_params(&prog, &bytes);
        if (data != NULL) {
            told++;
            ck_assert_msg(ap_read(data, bytes, 1, &ap, error, sizeof(error)), "%s", error);
            ck_assert_uint_eq(ap.outputs, net[NPU_NET_SENT_W]);
            for (uint32_t o = 0; o < ap.outputs; o++) {
                uint32_t addr = sent(&prog, o, NPU_SENT_ADDR_W);
                ck_assert_uint_eq(sent(&prog, o, NPU_SENT_BYTES_W), ap_tensor_bytes(&ap.output[o]));
                bool operand = false;
                for (uint32_t t = 0; t < prog.post.tensors; t++)
                    operand = operand || prog.post.tensor[t].addr == addr;
                for (uint32_t t = 0; t < net[NPU_NET_OUTPUTS_W]; t++)
                    operand = operand || npu_prog_output(&prog, t).addr == addr;
                ck_assert(operand);
            }
            ck_assert_uint_le(net[NPU_NET_FREE_ADDR_W] + net[NPU_NET_FREE_BYTES_W],
                              net[NPU_NET_SENT_ADDR_W]);
            ck_assert_uint_lt(net[NPU_NET_AP_ADDR_W] + bytes, net[NPU_NET_PROG_ADDR_W]);
        }
        npu_prog_free(&prog);
        build_free(&b);
    }
    ck_assert_uint_gt(told, 30);
}
END_TEST

START_TEST(without_room_in_l2_a_network_runs_but_tells_nothing)
{
    npu_desc_t desc = npu_desc_default();
    build_t b;
    npu_prog_t prog;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t image = build_input(&b, 32, 32, 3);
    int32_t out = build_conv(&b, image,
                             &(build_conv_t){.channels = 8,
                                             .kernel_h = 1,
                                             .kernel_w = 1,
                                             .stride_h = 1,
                                             .stride_w = 1,
                                             .dilation_h = 1,
                                             .dilation_w = 1});
    build_end(&b, &out, 1);
    const npu_compile_options_t options = {.network_id = 0};
    uint32_t with = 0, without = 0, bytes;
    for (desc.l2_bytes = 1 << 17; desc.l2_bytes > 4096; desc.l2_bytes -= 64) {
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) != SIM_OK)
            break;
        bool told = npu_prog_ap_params(&prog, &bytes) != NULL;
        with += told;
        without += !told;
        ck_assert_int_eq(told, prog.net[NPU_NET_SENT_W] != 0);
        npu_prog_free(&prog);
    }
    ck_assert_uint_gt(with, 0);
    ck_assert_uint_gt(without, 0); /* the last sizes before it does not fit at all */
    build_free(&b);
}
END_TEST

/* ---- what firmware relies on ---- */

START_TEST(a_program_that_tells_nonsense_is_refused)
{
    static const struct {
        uint32_t word, value;
    } wrong[] = {{NPU_NET_AP_ADDR_W, 0},
                 {NPU_NET_AP_ADDR_W, 0x04000000},
                 {NPU_NET_AP_ADDR_W, 0x04000001},
                 {NPU_NET_AP_BYTES_W, 0},
                 {NPU_NET_AP_BYTES_W, 65536},
                 {NPU_NET_AP_BYTES_W, 40000},
                 {NPU_NET_SENT_W, 0},
                 {NPU_NET_SENT_W, 17},
                 {NPU_NET_SENT_ADDR_W, 0},
                 {NPU_NET_SENT_ADDR_W, 0xfffffffc}};
    npu_desc_t desc = npu_desc_default();
    build_t b;
    net_t net;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t out = build_unary(&b, NPU_NODE_LOGISTIC, build_input(&b, 8, 8, 3));
    build_end(&b, &out, 1);
    compile(&net, &b.graph, &desc, 0);
    ck_assert(npu_prog_valid(&net.prog, error, sizeof(error)));
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        uint32_t was = net.prog.net[wrong[i].word];
        net.prog.net[wrong[i].word] = wrong[i].value;
        ck_assert_msg(!npu_prog_valid(&net.prog, error, sizeof(error)), "case %zu", i);
        net.prog.net[wrong[i].word] = was;
    }
    npu_prog_free(&net.prog);
    build_free(&b);
}
END_TEST

TEST_MAIN("tensors that are sent", the_detector_of_the_demo_tells_its_tensors,
          widths_and_heights_are_padded_and_codes_from_zero_up_stay_signed,
          of_tails_on_the_core_the_operands_are_sent,
          without_room_in_l2_a_network_runs_but_tells_nothing,
          a_program_that_tells_nonsense_is_refused)
