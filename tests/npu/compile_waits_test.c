/*
 * compile_waits_test.c - who waits for whom: the emitter on its own, and whole programs checked by
 * an independent reckoning of what every instruction knows to be complete when it starts.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/emit.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_graph.h"
#include "tests/test.h"

#define RANDOM_GRAPHS 125

static const npu_compile_options_t plain = {.rounding = NPU_ROUND_DOUBLE};

START_TEST(every_hazard_between_engines_is_covered_by_waits)
{
    for (uint64_t seed = 1000; seed < 1000 + RANDOM_GRAPHS; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        if (npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK &&
            prog.insn_count < 1500)
            compile_check_waits(&prog, seed);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

static npu_insn_t dma(npu_op_t op, npu_mem_t mem, uint32_t l2, uint32_t l1, uint32_t bytes)
{
    return (npu_insn_t){
        .op = op, .mem = mem, .l2 = l2, .l1 = l1, .row_bytes = bytes, .rows = 1, .planes = 1};
}

static npu_insn_t copy(uint32_t from, uint32_t to, uint32_t bytes)
{
    return (npu_insn_t){.op = NPU_OP_COPY,
                        .src = {from, bytes, bytes},
                        .dst = {to, bytes, bytes},
                        .h = 1,
                        .w = 1,
                        .c = bytes};
}

START_TEST(a_consumer_waits_once_and_a_known_order_costs_no_semaphore)
{
    emit_t e;
    emit_init(&e, 1 << 20);
    npu_insn_t load = dma(NPU_OP_LOAD, NPU_MEM_ACT, 4096, 0, 64);
    npu_insn_t first = copy(0, 128, 64), second = copy(0, 256, 64);
    npu_insn_t store = dma(NPU_OP_STORE, NPU_MEM_ACT, 8192, 128, 64);
    uint32_t a = emit_add(&e, &load), b = emit_add(&e, &first), c = emit_add(&e, &second);
    uint32_t d = emit_add(&e, &store);
    ck_assert_uint_ne(emit_at(&e, a)->signal[0], 0);
    ck_assert_uint_eq(emit_at(&e, b)->wait[0].sem, emit_at(&e, a)->signal[0]);
    ck_assert_uint_eq(emit_at(&e, b)->wait[0].count, 1);
    ck_assert_uint_eq(emit_at(&e, c)->wait[0].sem, 0); /* same engine, after b: knows the load */
    ck_assert_uint_eq(emit_at(&e, d)->wait[0].sem, emit_at(&e, b)->signal[0]);
    ck_assert_uint_eq(emit_at(&e, d)->wait[1].sem, 0);
    emit_free(&e);
}
END_TEST

START_TEST(a_buffer_is_not_overwritten_before_its_reader_is_done)
{
    emit_t e;
    emit_init(&e, 1 << 20);
    npu_insn_t load = dma(NPU_OP_LOAD, NPU_MEM_ACT, 4096, 0, 64), read = copy(0, 128, 64);
    emit_add(&e, &load);
    uint32_t reader = emit_add(&e, &read), again = emit_add(&e, &load);
    ck_assert_uint_ne(emit_at(&e, again)->wait[0].sem, 0);
    ck_assert(emit_at(&e, reader)->signal[0] == emit_at(&e, again)->wait[0].sem ||
              emit_at(&e, reader)->signal[1] == emit_at(&e, again)->wait[0].sem);
    emit_free(&e);
}
END_TEST

START_TEST(what_needs_three_engines_at_once_gets_a_barrier)
{
    emit_t e;
    emit_init(&e, 1 << 20);
    /* a store of bytes 0..191 of ACT after a copy wrote some, and bytes of L2 a load still reads */
    npu_insn_t load = dma(NPU_OP_LOAD, NPU_MEM_ACT, 4096, 0, 64);
    npu_insn_t write = {.op = NPU_OP_FILL, .dst = {64, 64, 64}, .h = 1, .w = 1, .c = 64};
    npu_insn_t conv = {.op = NPU_OP_CONV,
                       .src = {1024, 32, 32},
                       .dst = {0, 128, 128},
                       .h = 1,
                       .w = 1,
                       .c = 32,
                       .in_h = 1,
                       .in_w = 1,
                       .in_c = 32,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1};
    npu_insn_t store = dma(NPU_OP_STORE, NPU_MEM_ACC, 4096, 0, 128);
    npu_insn_t put = dma(NPU_OP_STORE, NPU_MEM_ACT, 8192, 64, 64);
    emit_add(&e, &load);
    emit_add(&e, &write);
    emit_add(&e, &conv);
    emit_add(&e, &store); /* after the array (its source) and the load (its place in L2) */
    ck_assert_uint_eq(e.barriers, 0);
    emit_add(&e, &put); /* after the vector unit alone */
    ck_assert_uint_eq(e.barriers, 0);
    npu_insn_t all = {.op = NPU_OP_FILL, .dst = {0, 2048, 2048}, .h = 1, .w = 1, .c = 2048};
    emit_add(&e, &all);               /* over what the load wrote, the array read, the store read */
    ck_assert_uint_eq(e.barriers, 0); /* the store knows of the load: two waits do */
    npu_insn_t more = dma(NPU_OP_LOAD, NPU_MEM_ACT, 1024, 4096, 64);
    npu_insn_t other = conv;
    other.src.addr = 4096;
    other.dst.addr = 4096;
    npu_insn_t take = dma(NPU_OP_STORE, NPU_MEM_ACT, 16384, 8192, 64);
    npu_insn_t load2 = dma(NPU_OP_LOAD, NPU_MEM_ACT, 2048, 6144, 64);
    emit_add(&e, &more);
    emit_add(&e, &other);
    emit_add(&e, &take);
    emit_add(&e, &load2);
    npu_insn_t last = {.op = NPU_OP_FILL, .dst = {4096, 8192, 8192}, .h = 1, .w = 1, .c = 8192};
    emit_add(&e, &last); /* load2 alone, other alone, take alone: three engines */
    ck_assert_uint_eq(e.barriers, 1);
    emit_free(&e);
}
END_TEST

/* A copy of 1024..1087 to 0..63 that three engines depend on, each on its own account. `later`: the
 * vector unit does something else before the third. */
static uint32_t third_dependent(emit_t *e, bool later)
{
    npu_insn_t first = copy(1024, 0, 64), unrelated = copy(4096, 5120, 64);
    npu_insn_t store = dma(NPU_OP_STORE, NPU_MEM_ACT, 8192, 0, 64);
    npu_insn_t conv = {.op = NPU_OP_CONV,
                       .src = {0, 32, 32},
                       .dst = {0, 128, 128},
                       .h = 1,
                       .w = 1,
                       .c = 32,
                       .in_h = 1,
                       .in_w = 1,
                       .in_c = 32,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1};
    npu_insn_t load = dma(NPU_OP_LOAD, NPU_MEM_ACT, 4096, 1024, 64);
    emit_init(e, 1 << 20);
    emit_add(e, &first);
    emit_add(e, &store);
    emit_add(e, &conv);
    ck_assert_uint_ne(emit_at(e, 0)->signal[1], 0); /* both places taken */
    if (later)
        emit_add(e, &unrelated);
    return emit_add(e, &load);
}

START_TEST(a_third_signal_comes_from_a_later_instruction_or_a_barrier)
{
    emit_t e;
    uint32_t load = third_dependent(&e, true);
    ck_assert_uint_eq(e.barriers, 0);
    ck_assert_uint_eq(emit_at(&e, load)->wait[0].sem, emit_at(&e, 3)->signal[0]);
    ck_assert_uint_ne(emit_at(&e, load)->wait[0].sem, 0);
    emit_free(&e);
    load = third_dependent(&e, false);
    ck_assert_uint_eq(e.barriers, 1);
    ck_assert_int_eq(emit_at(&e, load - 1)->op, NPU_OP_BARRIER);
    ck_assert_uint_eq(emit_at(&e, load)->wait[0].sem, 0);
    emit_free(&e);
}
END_TEST

TEST_MAIN("npu compiler waits", every_hazard_between_engines_is_covered_by_waits,
          a_consumer_waits_once_and_a_known_order_costs_no_semaphore,
          a_buffer_is_not_overwritten_before_its_reader_is_done,
          what_needs_three_engines_at_once_gets_a_barrier,
          a_third_signal_comes_from_a_later_instruction_or_a_barrier)
