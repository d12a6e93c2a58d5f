/*
 * npu_mutation_test.c - each wait of compiled networks is taken away in turn: the machine must
 * report it, unless an independent reckoning proves that other waits keep the order.
 *
 * Whether a missing wait shows depends on who is slow. So each mutant runs on the machine as it is
 * and on ones where the array, the vector unit or a DMA takes thousands of cycles longer.
 */
#include "npu/compiler/compile.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/waits_ref.h"
#include "tests/test.h"

enum { MACHINES = 5 };

typedef struct {
    uint32_t waits, reported, at_once, redundant;
} tally_t;

static void no_kernel(const npu_insn_t *insn, const npu_l1_t *l1)
{
    (void)insn;
    (void)l1;
}

/* Order does not depend on data: nothing is computed, so that thousands of runs are cheap. */
static void make_machines(golden_machine_t machine[MACHINES], const npu_desc_t *desc,
                          const npu_prog_t *prog)
{
    for (uint32_t i = 0; i < MACHINES; i++) {
        npu_desc_t slow = *desc;
        if (i > 0) /* room for many to wait behind a slow one */
            slow.queue_depth = NPU_MAX_QUEUE;
        if (i == 1)
            slow.vec_start_cycles = 4096;
        if (i == 2)
            slow.mac_start_cycles = 4096;
        golden_machine_init(&machine[i], &slow, prog);
        if (i == 3 || i == 4)
            machine[i].mem.master[i - 2].extra_cycles = 4096; /* of load, of store */
        machine[i].npu.on_insn = NULL;
        for (uint32_t op = 0; op < NPU_OPS; op++)
            if (machine[i].npu.kernels.run[op] != NULL)
                machine[i].npu.kernels.run[op] = no_kernel;
        ck_assert_uint_eq(golden_machine_try(&machine[i]), 0);
    }
}

static void put(golden_machine_t *machine, uint32_t index, const npu_insn_t *insn)
{
    uint32_t words[NPU_INSN_WORDS];
    ck_assert(npu_insn_encode(insn, words, NULL, 0));
    uint32_t at = machine->prog->net[NPU_NET_PROG_ADDR_W] + index * NPU_INSN_BYTES;
    ck_assert(machine->port.poke(machine->port.ctx, at, words, sizeof(words)));
}

/* Runs until a machine reports it; MACHINES: none does. */
static uint32_t first_report(golden_machine_t machine[MACHINES], uint32_t index,
                             const npu_insn_t *mutant, const npu_insn_t *whole)
{
    uint32_t found = MACHINES;
    for (uint32_t i = 0; i < MACHINES && found == MACHINES; i++) {
        put(&machine[i], index, mutant);
        uint32_t error = golden_machine_try(&machine[i]) >> 24;
        ck_assert(error == 0 || error == NPU_ERROR_HAZARD || error == NPU_ERROR_UNINIT);
        found = error != 0 ? i : MACHINES;
        put(&machine[i], index, whole);
    }
    return found;
}

/* Issue is in order, and a queue holds so many: more of the early one's engine between the two than
 * that, and it is complete, wait or not. */
static bool kept_by_queues(const npu_insn_t *insn, uint32_t early, uint32_t late)
{
    uint32_t between = 0;
    for (uint32_t i = early + 1; i < late; i++)
        between += npu_op_engine(insn[i].op) == npu_op_engine(insn[early].op);
    return between > NPU_MAX_QUEUE;
}

static void mutate(const npu_desc_t *desc, const npu_prog_t *prog, uint32_t step, tally_t *tally)
{
    golden_machine_t machine[MACHINES];
    uint32_t n = prog->insn_count, late, early, seen = 0;
    npu_insn_t *insn = calloc(n, sizeof(*insn));
    for (uint32_t i = 0; i < n; i++)
        ck_assert(npu_insn_decode(prog->insns[i], &insn[i], NULL, 0));
    ck_assert(!waits_ref_race(insn, n, &late, &early));
    make_machines(machine, desc, prog);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t w = 0; w < 2; w++) {
            npu_insn_t whole = insn[i];
            if (whole.wait[w].sem == 0 || seen++ % step != 0)
                continue;
            insn[i].wait[w].sem = insn[i].wait[w].count = 0;
            uint32_t by = first_report(machine, i, &insn[i], &whole);
            bool race = by == MACHINES && waits_ref_race(insn, n, &late, &early) &&
                        !kept_by_queues(insn, early, late);
            ck_assert_msg(!race, "wait %u of instruction %u: %u may start before %u is complete", w,
                          i, late, early);
            tally->waits++;
            tally->at_once += by == 0;
            tally->reported += by < MACHINES;
            tally->redundant += by == MACHINES;
            insn[i] = whole;
        }
    for (uint32_t i = 0; i < MACHINES; i++) {
        ck_assert_uint_eq(golden_machine_try(&machine[i]), 0); /* whole again */
        golden_machine_free(&machine[i]);
    }
    free(insn);
}

static void tell(const char *what, const tally_t *t)
{
    printf("%s: %u waits taken away, %u reported (%u on the machine as it is), %u redundant\n",
           what, t->waits, t->reported, t->at_once, t->redundant);
    ck_assert_uint_eq(t->reported + t->redundant, t->waits);
    ck_assert_uint_gt(t->reported * 10, t->waits * 9); /* the compiler wastes few */
}

START_TEST(a_missing_wait_in_a_random_network_is_reported)
{
    const npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    tally_t tally = {0};
    for (uint64_t seed = 2000; seed < 2030; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK &&
            prog.insn_count < 600)
            mutate(&desc, &prog, prog.insn_count < 100 ? 1 : 11, &tally);
        npu_prog_free(&prog);
        build_free(&b);
    }
    tell("random networks", &tally);
    ck_assert_uint_gt(tally.waits, 300);
}
END_TEST

START_TEST(a_missing_wait_in_a_real_network_is_reported)
{
    const char *dir = test_models_dir();
    if (dir == NULL) {
        test_skip("no models");
        return;
    }
    const npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    npu_desc_t desc = npu_plain_desc();
    npu_graph_t graph;
    npu_prog_t prog;
    char error[256];
    tally_t tally = {0};
    /* places in L1 come round while queues still hold who read them last */
    desc.mem_bytes[NPU_MEM_ACT] = desc.mem_bytes[NPU_MEM_ACC] = 1 << 14;
    golden_load_model(&graph, dir, "resnet8_cifar10_int8");
    ck_assert_msg(npu_compile(&graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    mutate(&desc, &prog, 1, &tally);
    tell("resnet8", &tally);
    npu_prog_free(&prog);
    npu_graph_free(&graph);
}
END_TEST

TEST_MAIN("npu missing waits", a_missing_wait_in_a_random_network_is_reported,
          a_missing_wait_in_a_real_network_is_reported)
