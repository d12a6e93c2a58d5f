/*
 * topology_test.c - layer lists: what they make, what they cost, what is wrong with them.
 */
#include "npu/compiler/topology.h"

#include <stdio.h>

#include "npu/compiler/compile.h"
#include "sim/file.h"
#include "tests/npu/compile_check.h"
#include "tests/test.h"

static npu_graph_t graph;
static char error[512];

static sim_err_t read(const char *text)
{
    return npu_topology_read(text, strlen(text), "net.topo", &graph, error, sizeof(error));
}

static void must_read(const char *text)
{
    ck_assert_msg(read(text) == SIM_OK, "%s", error);
}

static npu_hwc_t result(uint32_t node)
{
    return npu_tensor_hwc(&graph.tensor[graph.node[node].output[0]]);
}

static void check_size(uint32_t node, uint32_t h, uint32_t w, uint32_t c)
{
    npu_hwc_t size = result(node);
    ck_assert_msg(size.h == h && size.w == w && size.c == c, "node %u is %ux%ux%u", node, size.h,
                  size.w, size.c);
}

START_TEST(a_list_becomes_nodes_in_order)
{
    must_read("# a comment\n"
              "input image 56 40 3   # another\r\n"
              "\n"
              "a  conv k=3x5 s=2x1 c=8 relu\n"
              "b  CONV_2D k=1 c=8 relu6 from=image s=2x1 bits=4\n"
              "s  add from=a,b\n"
              "d  depthwise k=3 mult=2 pad=1\n"
              "c  concat from=d,d\n"
              "p  maxpool k=2 s=2 pad=valid size=14x20\n"
              "g  globalpool\n"
              "f  fc c=10\n"
              "o  softmax\n");
    ck_assert_uint_eq(graph.nodes, 9);
    ck_assert_uint_eq(graph.inputs, 1);
    ck_assert_uint_eq(graph.outputs, 1);
    check_size(0, 28, 40, 8);
    check_size(1, 28, 40, 8);
    check_size(3, 28, 40, 16);
    check_size(4, 28, 40, 32);
    check_size(5, 14, 20, 32);
    check_size(6, 1, 1, 32);
    check_size(7, 1, 1, 10);
    const npu_node_t *a = &graph.node[0], *b = &graph.node[1], *add = &graph.node[2];
    /* TensorFlow's SAME: 28 rows of stride 2 and 3 taps need 57 of 56: 0 before, 1 after */
    ck_assert_uint_eq(a->window.pad_top, 0);
    ck_assert_uint_eq(a->window.pad_bottom, 1);
    ck_assert_uint_eq(a->window.pad_left, 2);
    ck_assert_uint_eq(a->window.kernel_w, 5);
    ck_assert_int_eq(a->activation, NPU_ACT_RELU);
    ck_assert_uint_eq(a->weight_bits, 8);
    ck_assert_uint_eq(b->weight_bits, 4);
    ck_assert_int_eq(b->input[0], graph.input[0]);
    ck_assert_int_eq(add->input[0], a->output[0]);
    ck_assert_int_eq(add->input[1], b->output[0]);
    ck_assert_int_eq(graph.output[0], graph.node[8].output[0]);
    ck_assert_str_eq(graph.node[3].name, "d");
    npu_graph_free(&graph);
}
END_TEST

START_TEST(moves_and_the_rest_have_the_shapes_that_are_written)
{
    must_read("input x 12 10 24\n"
              "n nearest to=24x20\n"
              "b bilinear to=5x7 from=x half_pixel_centers\n"
              "s split parts=3 from=x\n"
              "v split parts=2,6,4 axis=1 from=x size=4x10\n"
              "i slice shape=6,10,8 begin=5,0,16 from=x\n"
              "j SLICE shape=4,5,24 step=3,2,1 from=x\n"
              "t transpose perm=3,1,2 from=x size=24x12\n"
              "p prelu from=s.1\n"
              "h hard_swish\n"
              "u transpose_conv k=3 s=2 c=16 from=x\n"
              "w transpose_conv k=2x4 s=2x3 c=5 pad=valid from=x\n"
              "z transpose_conv k=4 s=2 c=5 pad=1,0,2,1 from=x relu\n"
              "output n s.0 v.1 z\n");
    const npu_node_t *n = graph.node;
    check_size(0, 24, 20, 24);
    check_size(1, 5, 7, 24);
    ck_assert(n[1].half_pixel_centers && !n[1].align_corners);
    ck_assert_int_eq(n[2].op, NPU_NODE_SPLIT);
    ck_assert_uint_eq(n[2].outputs, 3);
    check_size(2, 12, 10, 8);
    ck_assert_str_eq(graph.tensor[n[2].output[2]].name, "s.2");
    ck_assert_int_eq(n[3].op, NPU_NODE_SPLIT_V);
    ck_assert_uint_eq(graph.tensor[n[3].output[1]].shape[1], 6);
    ck_assert_int_eq(n[4].op, NPU_NODE_SLICE);
    check_size(4, 6, 10, 8);
    ck_assert_int_eq(n[4].begin[3], 16);
    ck_assert_int_eq(n[5].op, NPU_NODE_STRIDED_SLICE);
    check_size(5, 4, 5, 24);
    check_size(6, 24, 12, 10);
    check_size(7, 12, 10, 8);
    ck_assert_int_eq(n[7].input[0], n[2].output[1]);
    check_size(8, 12, 10, 8);
    /* SAME: 2 results a pixel; (12 - 1) * 2 + 3 = 25 rows, one too many, which is below */
    check_size(9, 24, 20, 16);
    ck_assert_uint_eq(n[9].window.pad_top, 0);
    ck_assert_uint_eq(n[9].window.pad_bottom, 1);
    check_size(10, 24, 31, 5); /* (12 - 1) * 2 + 2, (10 - 1) * 3 + 4 */
    check_size(11, 23, 21, 5); /* 26 - 1 - 2, 22 - 0 - 1 */
    ck_assert_int_eq(n[11].activation, NPU_ACT_RELU);
    ck_assert_int_eq(graph.output[2], n[3].output[1]);
    npu_graph_free(&graph);
}
END_TEST

START_TEST(slopes_are_small_and_above_zero)
{
    must_read("input x 1 1 300\ny prelu\n");
    const npu_tensor_t *slopes = &graph.tensor[graph.node[0].input[1]];
    ck_assert_uint_eq(slopes->bytes, 300);
    for (uint32_t c = 0; c < 300; c++)
        ck_assert(slopes->data[c] >= 1 && slopes->data[c] <= 64);
    npu_graph_free(&graph);
}
END_TEST

/* Compiled for L1 of any size, and run. */
static void equals_the_reference(const char *text, uint64_t seed)
{
    build_t b = {.type = NPU_TYPE_INT8, .random = sim_stream(seed, 0, 0)};
    npu_desc_t desc = npu_desc_default();
    npu_compile_options_t options = {.keep_all = seed % 2 == 0};
    npu_prog_t prog;
    desc.mem_bytes[NPU_MEM_ACT] >>= seed % 3 * 2;
    must_read(text);
    b.graph = graph;
    ck_assert_msg(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s: %s", text, error);
    compile_check_run(&b, &prog, &desc, seed);
    npu_prog_free(&prog);
    build_free(&b);
}

START_TEST(every_operator_compiles_to_what_the_reference_computes)
{
    static const char *const lists[] = {
        "a conv k=3x1 s=2 d=2 c=8 pad=1,0,2,0 relu6\nb depthwise k=3 mult=2\nc concat from=b,b "
        "axis=2\nd logistic\ne mul from=c,d\nf pad pad=1\ng mean\nh fc c=5 bits=2\n",
        "a avgpool k=2 s=2\nb maxpool k=3\nc add from=a,b relu\nd sub from=c,a\ne globalpool\nf "
        "reshape shape=1,4,6\ng flatten\nh softmax\n",
        "a nearest to=24x20\n",
        "a nearest to=7x17 align_corners\n",
        "a bilinear to=23x19\nb relu\n",
        "a bilinear to=6x5 half_pixel_centers\n",
        "a split parts=3\nb add from=a.0,a.2\nc concat from=a.1,b\n",
        "a split parts=5,2,5 axis=1\nb relu6 from=a.1\noutput a.0 b a.2\n",
        "a split parts=2 axis=2\nb prelu\nc hard_swish from=a.0\nd concat from=b,c axis=2\n",
        "a slice shape=6,9,8 begin=5,1,16\nb conv k=3 c=4\n",
        "a slice shape=4,5,12 begin=1,1,0 step=3,2,2\n",
        "a conv k=1 c=40\nb transpose perm=2,1,3\nc conv k=3 c=8\nd transpose perm=3,2,1\n",
        "a conv k=3 c=33\nb prelu\nc hard_swish\n",
        "a conv k=1 c=20\nb transpose_conv k=3 s=2 c=16\nc prelu\n",
        "a conv k=1 c=5\nb transpose_conv k=2x4 s=2x3 c=9 pad=valid relu6 bits=4\n",
        "a relu\nb transpose_conv k=4 s=2 c=5 pad=1,0,2,1\n",
    };
    for (size_t i = 0; i < SIM_COUNT(lists); i++)
        for (uint64_t seed = 0; seed < 6; seed++) {
            char text[512];
            snprintf(text, sizeof(text), "seed %llu\ninput x 12 10 24\n%s",
                     (unsigned long long)seed, lists[i]);
            equals_the_reference(text, seed);
        }
}
END_TEST

START_TEST(weights_come_from_the_seed_and_fill_their_bits)
{
    uint8_t first[9];
    for (uint32_t bits = 2; bits <= 8; bits *= 2) {
        char text[160];
        int32_t low = 0, high = 0, top = (1 << (bits - 1)) - 1;
        snprintf(text, sizeof(text), "bits %u\ninput x 8 8 64\ny conv k=3 c=16\n", bits);
        must_read(text);
        const npu_tensor_t *w = &graph.tensor[graph.node[0].input[1]];
        for (uint64_t i = 0; i < w->bytes; i++) {
            int8_t code = (int8_t)w->data[i];
            low = code < low ? code : low;
            high = code > high ? code : high;
        }
        ck_assert_int_eq(low, -top);
        ck_assert_int_eq(high, top);
        memcpy(first, w->data, sizeof(first));
        npu_graph_free(&graph);
    }
    must_read("input x 8 8 64\ny conv k=3 c=16\n");
    ck_assert_mem_eq(graph.tensor[graph.node[0].input[1]].data, first, sizeof(first));
    npu_graph_free(&graph);
    must_read("seed 2\ninput x 8 8 64\ny conv k=3 c=16\n");
    ck_assert_mem_ne(graph.tensor[graph.node[0].input[1]].data, first, sizeof(first));
    npu_graph_free(&graph);
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_line)
{
    static const struct {
        const char *text, *what;
    } bad[] = {
        {"", "net.topo:0: no layer"},
        {"input x 8 8\n",
         "net.topo:1: found 4 words, expected \"input NAME HEIGHT WIDTH CHANNELS\""},
        {"input x 8 0 3\n", "net.topo:1: width: found \"0\", expected a number in 1..65536"},
        {"a conv k=3 c=8\n", "net.topo:1: a layer before any input"},
        {"input x 8 8 3\na conw k=3\n", "net.topo:2: found operator \"conw\", expected one of conv "
                                        "depthwise fc maxpool avgpool globalpool"},
        {"input x 8 8 3\na conv k=3\n", "net.topo:2: conv without c="},
        {"input x 8 8 3\na conv k=3 c=8 axis=1\n",
         "net.topo:2: found \"axis=1\", expected any of from= k= s= d= c= pad= bits= size= relu"},
        {"input x 8 8 3\na conv k=3 c=8 k=3\n", "net.topo:2: found \"k=3\" a second time"},
        {"input x 8 8 3\na conv k=0 c=8\n",
         "net.topo:2: k: found \"0\", expected N or HxW in 1..255"},
        {"input x 8 8 3\na conv k=3y c=8\n", "net.topo:2: k: found \"3y\""},
        {"input x 8 8 3\na conv k=3 c=99999999999\n", "net.topo:2: c: found \"99999999999\""},
        {"input x 8 8 3\na conv k=9 c=8 pad=valid\n",
         "net.topo:2: a window of 9 does not fit 8 with padding 0 and 0"},
        {"input x 8 8 3\na conv k=3 c=8 pad=1,2\n",
         "net.topo:2: pad: found \"1,2\", expected same, valid, N or T,L,B,R up to 255"},
        {"input x 8 8 3\na conv k=3 c=8 from=y\n",
         "net.topo:2: found \"y\", expected the name of a layer above"},
        {"input x 8 8 3\nx conv k=3 c=8\n", "net.topo:2: a second layer is called \"x\""},
        {"input x 8 8 3\na conv k=3 c=8 bits=3\n", "net.topo:2: bits: found 3, expected 2, 4 or 8"},
        {"input x 8 8 3\na add from=x\n", "net.topo:2: 1 inputs, expected 2"},
        {"input x 8 8 3\na conv k=3 c=8 size=7x8\n",
         "net.topo:2: the result is 8x8, the line says 7x8"},
        {"input x 8 8 3\na concat from=x,,x\n", "net.topo:2: from: found \"x,,x\""},
        {"input x 8 8 3\na split parts=2\n",
         "net.topo:2: 2 parts of 3, expected equal ones, at most 32"},
        {"input x 8 8 3\na split parts=2,2\n", "net.topo:2: parts of 4 in all, expected 3"},
        {"input x 8 8 3\na split parts=0\n",
         "net.topo:2: parts: found \"0\", expected N or the sizes of at most 32 parts"},
        {"input x 8 8 40\na split parts=40\n",
         "net.topo:2: 40 parts of 40, expected equal ones, at most 32"},
        {"input x 8 8 4\na.1 relu\na split parts=2\n",
         "net.topo:3: a second layer is called \"a.1\""},
        {"input x 8 8 3\na split axis=1\n", "net.topo:2: split without parts="},
        {"input x 8 8 3\na transpose perm=1,2,2\n",
         "net.topo:2: perm: found \"1,2,2\", expected 1, 2 and 3 in some order"},
        {"input x 8 8 3\na nearest\n", "net.topo:2: nearest without to="},
        {"input x 8 8 3\na nearest to=4 relu\n",
         "net.topo:2: found \"relu\", expected any of from= to= size= align_corners "
         "half_pixel_centers"},
        {"input x 8 8 3\na slice shape=2,2,2 step=1,0,1\n",
         "net.topo:2: step: found \"1,0,1\", expected Y,X,C in 1..255"},
        {"input x 8 8 3\nf fc c=4\na nearest to=4\n", "net.topo:3: \"f\" is no map"},
        {"input x 8 8 3\na transpose_conv k=3 c=2 pad=5\n",
         "net.topo:2: padding 5 and 5 of 10 results, expected 1..65536 to be left"},
        {"input x 8 8 3\ns softmax\nc concat from=s,x\n",
         "net.topo:3: \"x\" and \"s\" have different scales"},
        {"input x 8 8 3\na conv k=3 c=8\ninput y 8 8 3\n",
         "net.topo:3: an input after a layer, expected inputs first"},
        {"input x 8 8 3\na conv k=3 c=8\noutput b\n", "net.topo:3: found \"b\", expected the name"},
        {"input x 8 8 3\na conv k=3 c=8 \x01\n", "net.topo:2: found byte 0x01"},
        {"input x 65536 65536 3\na conv k=1 c=1\n", "net.topo:1: \"x\" has"},
        {"input x 8 8 65536\na conv k=3 c=65536\n", "net.topo:2: "},
        {"input x 8 8 3\na add from=x,x\nb add from=a,a relu7\n", "net.topo:3: found \"relu7\""},
        /* what only the finished graph can tell names the layer */
        {"input x 8 8 3\na conv k=3 c=8\nb add from=x,a\n", "net.topo: layer 1 ADD \"b\":"},
        {"input x 8 8 3\na slice shape=8,8,2 begin=0,0,2\n", "net.topo: layer 0 SLICE \"a\":"},
        {"input x 8 8 3\na nearest to=4 align_corners half_pixel_centers\n",
         "net.topo: layer 0 RESIZE_NEAREST_NEIGHBOR \"a\":"},
        {"input x 8 8 3\na maxpool k=2 s=2 pad=5\n", "net.topo: layer 0 MAX_POOL_2D \"a\":"},
    };
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        error[0] = '\0';
        ck_assert_msg(read(bad[i].text) != SIM_OK, "case %zu was read", i);
        ck_assert_msg(strncmp(error, bad[i].what, strlen(bad[i].what)) == 0,
                      "case %zu: \"%s\", expected \"%s\"", i, error, bad[i].what);
        ck_assert_uint_eq(graph.nodes, 0);
    }
}
END_TEST

/* Half a million lines and words of the greatest length end in one complaint each. */
START_TEST(long_files_are_refused_or_read)
{
    size_t bytes = 3u << 20;
    char *text = malloc(bytes);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', bytes);
    ck_assert_int_ne(npu_topology_read(text, bytes, "f", &graph, error, sizeof(error)), SIM_OK);
    ck_assert_str_eq(error, "f:1: found a word of 3145728 characters, expected at most 63");
    for (size_t i = 0; i < bytes; i++)
        text[i] = "a relu\n"[i % 7];
    memcpy(text, "input z 1 1 1\n", 14);
    ck_assert_int_ne(npu_topology_read(text, bytes, "f", &graph, error, sizeof(error)), SIM_OK);
    ck_assert_str_eq(error, "f:3: a second layer is called \"a\"");
    for (size_t i = 0; i < bytes; i++)
        text[i] = i % 2 ? ' ' : 'a';
    ck_assert_int_ne(npu_topology_read(text, bytes, "f", &graph, error, sizeof(error)), SIM_OK);
    ck_assert_str_eq(error, "f:1: more than 80 words");
    free(text);
}
END_TEST

/* ---- the lists in npu/networks ---- */

static double million_macs(void)
{
    uint64_t macs = 0;
    for (uint32_t i = 0; i < graph.nodes; i++) {
        const npu_node_t *n = &graph.node[i];
        npu_hwc_t out = result(i);
        bool mac = n->op == NPU_NODE_CONV_2D || n->op == NPU_NODE_DEPTHWISE_CONV_2D ||
                   n->op == NPU_NODE_FULLY_CONNECTED;
        if (mac) /* each weight meets each pixel of the result once */
            macs += (uint64_t)out.h * out.w * npu_tensor_elements(&graph.tensor[n->input[1]]);
    }
    return (double)macs / 1e6;
}

/* Published counts of multiply-accumulates; the papers round. (deeplab_513: added up by hand.) */
START_TEST(the_lists_have_their_networks_published_size)
{
    static const struct {
        const char *name;
        double low, high;
    } lists[] = {
        {"cifar_baseline", 4.425, 4.435},  {"cifar_baseline_5x5", 12.295, 12.305},
        {"cifar_mininet", 24.475, 24.485}, {"mobilenet_v1", 568.6, 568.8},
        {"mobilenet_v2", 300, 301},        {"resnet18", 1810, 1825},
        {"resnet50", 4080, 4120},          {"squeezenet_1_1", 345, 355},
        {"deeplab_513", 839.0, 839.1},
    };
    for (size_t i = 0; i < SIM_COUNT(lists); i++) {
        char path[128];
        size_t bytes;
        snprintf(path, sizeof(path), "npu/networks/%s.topo", lists[i].name);
        uint8_t *text = sim_file_read(path, 1 << 20, &bytes, error, sizeof(error));
        ck_assert_msg(text != NULL, "%s", error);
        ck_assert_msg(npu_topology_read((char *)text, bytes, path, &graph, error, sizeof(error)) ==
                          SIM_OK,
                      "%s", error);
        double macs = million_macs();
        ck_assert_msg(macs >= lists[i].low && macs <= lists[i].high, "%s: %f M MACs", path, macs);
        npu_graph_free(&graph);
        free(text);
    }
}
END_TEST

TEST_MAIN("npu topology", a_list_becomes_nodes_in_order,
          moves_and_the_rest_have_the_shapes_that_are_written, slopes_are_small_and_above_zero,
          every_operator_compiles_to_what_the_reference_computes,
          weights_come_from_the_seed_and_fill_their_bits, what_is_wrong_is_told_with_its_line,
          long_files_are_refused_or_read, the_lists_have_their_networks_published_size)
