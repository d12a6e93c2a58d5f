/*
 * place_test.c - several programs in one L2: each computes what it does alone, and touches nothing
 * of the others.
 */
#include "npu/place.h"

#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/test.h"

enum { NETWORKS = 4 };

static char error[512];
static build_t graph[NETWORKS];
static npu_prog_t prog[NETWORKS];

static void make(uint64_t seed, const npu_desc_t *desc)
{
    for (uint32_t n = 0; n < NETWORKS; n++) {
        npu_compile_options_t options = {.network_id = n};
        build_random(&graph[n], seed * NETWORKS + n + 1);
        ck_assert_msg(npu_compile(&graph[n].graph, desc, &options, &prog[n], NULL, error,
                                  sizeof(error)) == SIM_OK,
                      "%s", error);
    }
}

static void drop(void)
{
    for (uint32_t n = 0; n < NETWORKS; n++) {
        npu_prog_free(&prog[n]);
        build_free(&graph[n]);
    }
}

static uint32_t net(uint32_t n, uint32_t word)
{
    return prog[n].net[word];
}

/* From base: table 0 .. 3, working memory up to FREE_ADDR, free, own parts downwards. */
static void expect_order(const npu_desc_t *desc)
{
    uint32_t top = desc->l2_base + desc->l2_bytes;
    for (uint32_t n = 0; n < NETWORKS; n++) {
        uint32_t own = net(n, NPU_NET_OWN_ADDR_W), end = own + net(n, NPU_NET_OWN_BYTES_W);
        ck_assert_uint_eq(net(n, NPU_NET_PLACES_W), NETWORKS);
        ck_assert_uint_eq(net(n, NPU_NET_PLACE_W), n);
        ck_assert_uint_le(end, top);
        ck_assert_uint_lt(top - end, 1024); /* no more is wasted */
        top = own;
    }
    for (uint32_t n = 0; n < NETWORKS; n++) {
        uint32_t from = net(n, NPU_NET_FREE_ADDR_W), bytes = net(n, NPU_NET_FREE_BYTES_W);
        ck_assert_uint_eq(from, net(0, NPU_NET_FREE_ADDR_W));
        ck_assert_uint_eq(from + bytes, top);
        for (uint32_t i = 0; i < net(n, NPU_NET_INPUTS_W); i++) {
            npu_net_tensor_t in = npu_prog_input(&prog[n], i);
            ck_assert_uint_ge(in.addr, desc->l2_base + 1024 * NETWORKS);
            ck_assert_uint_lt(in.addr, from);
        }
    }
}

START_TEST(a_program_that_was_moved_computes_the_same)
{
    npu_desc_t desc = npu_desc_default();
    for (uint64_t seed = 0; seed < 12; seed++) {
        make(seed, &desc);
        ck_assert_msg(npu_place(prog, NETWORKS, &desc, error, sizeof(error)) == SIM_OK, "%s",
                      error);
        expect_order(&desc);
        for (uint32_t n = 0; n < NETWORKS; n++) {
            ck_assert_msg(npu_prog_valid(&prog[n], error, sizeof(error)), "%s", error);
            ck_assert_msg(npu_prog_fits(&prog[n], &desc, error, sizeof(error)), "%s", error);
            compile_check_run(&graph[n], &prog[n], &desc, seed);
        }
        drop();
    }
}
END_TEST

/* What others brought is there as loaded after network `n` has run. Whether anything was written.
 */
static bool run_among_others(uint32_t n, const npu_desc_t *desc)
{
    compile_exec_t all;
    uint8_t *before = malloc(desc->l2_bytes);
    compile_exec_init(&all, &prog[n], desc, sim_simd());
    for (uint32_t k = 0; k < NETWORKS; k++)
        ck_assert(npu_prog_load(&prog[k], &all.port, desc->l2_base));
    memcpy(before, all.l2, desc->l2_bytes);
    compile_exec_run(&all);
    uint32_t tables = 1024 * NETWORKS, low = net(n, NPU_NET_FREE_ADDR_W) - desc->l2_base;
    ck_assert(memcmp(before, all.l2, tables) == 0);
    bool wrote = memcmp(before + tables, all.l2 + tables, low - tables) != 0;
    ck_assert(memcmp(before + low, all.l2 + low, desc->l2_bytes - low) == 0);
    compile_exec_free(&all);
    free(before);
    return wrote;
}

START_TEST(it_writes_nothing_but_the_shared_memory)
{
    npu_desc_t desc = npu_desc_default();
    uint32_t wrote = 0;
    for (uint64_t seed = 20; seed < 24; seed++) {
        make(seed, &desc);
        ck_assert_int_eq(npu_place(prog, NETWORKS, &desc, error, sizeof(error)), SIM_OK);
        for (uint32_t n = 0; n < NETWORKS; n++)
            wrote += run_among_others(n, &desc);
        drop();
    }
    ck_assert_uint_ge(wrote, 12); /* others may only hand their input on */
}
END_TEST

START_TEST(one_alone_stays_as_it_is)
{
    npu_desc_t desc = npu_desc_default();
    npu_prog_t same;
    npu_compile_options_t options = {.network_id = 0};
    make(3, &desc);
    ck_assert_int_eq(
        npu_compile(&graph[0].graph, &desc, &options, &same, NULL, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(npu_place(prog, 1, &desc, error, sizeof(error)), SIM_OK);
    ck_assert(npu_prog_equal(&prog[0], &same));
    npu_prog_free(&same);
    drop();
}
END_TEST

/* Steps of 1,024 bytes waste less than that for each. */
START_TEST(what_does_not_fit_is_told_in_bytes)
{
    npu_desc_t desc = npu_desc_default();
    make(5, &desc);
    uint32_t own = 0, low = 0;
    for (uint32_t n = 0; n < NETWORKS; n++) {
        uint32_t end = net(n, NPU_NET_FREE_ADDR_W) - desc.l2_base;
        low = end > low ? end : low;
        own += (net(n, NPU_NET_OWN_BYTES_W) + 1023) / 1024 * 1024;
    }
    uint32_t needed = low + (NETWORKS - 1) * 1024 + own;
    npu_desc_t large = desc, small = desc;
    large.l2_bytes = needed;
    small.l2_bytes = needed - NETWORKS * 1024 - 64;
    drop();
    for (int fits = 1; fits >= 0; fits--) {
        npu_prog_t first;
        unsigned long long bytes, there;
        make(5, fits ? &large : &small);
        npu_compile_options_t options = {.network_id = 0};
        ck_assert_int_eq(npu_compile(&graph[0].graph, fits ? &large : &small, &options, &first,
                                     NULL, error, sizeof(error)),
                         SIM_OK);
        sim_err_t err = npu_place(prog, NETWORKS, fits ? &large : &small, error, sizeof(error));
        ck_assert_int_eq(err, fits ? SIM_OK : SIM_EDESC);
        if (!fits) {
            ck_assert_msg(sscanf(error,
                                 "L2: 4 networks need %llu bytes at once (%*u of them "
                                 "shared), %llu there",
                                 &bytes, &there) == 2,
                          "%s", error);
            ck_assert_uint_eq(there, small.l2_bytes);
            ck_assert_uint_gt(bytes, there);
            ck_assert_uint_le(bytes, needed);
            ck_assert(npu_prog_equal(&prog[0], &first));
        }
        npu_prog_free(&first);
        drop();
    }
}
END_TEST

START_TEST(what_cannot_be_moved_is_refused)
{
    npu_desc_t desc = npu_desc_default();
    static const struct {
        uint32_t word, value;
        const char *why;
    } cases[] = {
        {NPU_NET_MAGIC_W, 0, "no network table, it can only be alone in L2"},
        {NPU_NET_NETWORK_ID_W, 0, "too (fovea compile --id sets it)"},
        {NPU_NET_L2_BASE_W, 0x04000400, "not laid out as the compiler does"},
        {NPU_NET_OWN_BYTES_W, 0, "not laid out as the compiler does"},
        {NPU_NET_PLACES_W, 2, "not laid out as the compiler does"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        make(7, &desc);
        prog[1].net[cases[i].word] = cases[i].value;
        ck_assert_int_eq(npu_place(prog, NETWORKS, &desc, error, sizeof(error)), SIM_EDESC);
        ck_assert_msg(strstr(error, cases[i].why) != NULL, "%s", error);
        drop();
    }
}
END_TEST

/* Constants that begin where the list of outputs does, and end within it, are not those that hold
 * it. */
START_TEST(the_list_of_outputs_is_moved_where_it_is_whole)
{
    npu_desc_t desc = npu_desc_default();
    static const uint8_t few[4] = {1, 2, 3, 4};
    make(9, &desc);
    npu_prog_t *p = &prog[0];
    uint32_t at = net(0, NPU_NET_SENT_ADDR_W), list = p->blob_count;
    if (net(0, NPU_NET_SENT_W) == 0)
        ck_abort_msg("this network sends nothing, take another seed");
    ck_assert_uint_ne(npu_prog_add_blob(p, at - desc.l2_base, few, sizeof(few)), UINT32_MAX);
    npu_blob_t last = p->blobs[list];
    memmove(p->blobs + 1, p->blobs, list * sizeof(last)); /* first of all */
    p->blobs[0] = last;
    ck_assert_msg(npu_prog_valid(p, error, sizeof(error)), "%s", error);
    ck_assert_int_eq(npu_place(prog, NETWORKS, &desc, error, sizeof(error)), SIM_OK);
    ck_assert_mem_eq(p->blobs[0].data, few, sizeof(few));
    ck_assert_uint_eq(p->blobs[0].l2, net(0, NPU_NET_SENT_ADDR_W) - desc.l2_base);
    ck_assert_msg(npu_prog_valid(p, error, sizeof(error)), "%s", error);
    drop();
}
END_TEST

TEST_MAIN("npu places", the_list_of_outputs_is_moved_where_it_is_whole,
          a_program_that_was_moved_computes_the_same, it_writes_nothing_but_the_shared_memory,
          one_alone_stays_as_it_is, what_does_not_fit_is_told_in_bytes,
          what_cannot_be_moved_is_refused)
