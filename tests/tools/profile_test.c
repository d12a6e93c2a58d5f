/*
 * profile_test.c - callgrind files and folded stacks of programs whose calls and cycles are counted
 * by hand (guest/observe.c and others), and what callgrind_annotate makes of them.
 */
#define DIR FOVEA_OUT "/profile"
#include "tests/tools/callgrind_read.h"
#include "tests/tools/observe_rig.h"
#include "tools/observe.h"

static char text[1 << 20];
static cg_t cg;

START_TEST(calls_are_counted_as_the_program_makes_them)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    cg_expect(&cg, "_start", "main", 1);
    cg_expect(&cg, "main", "work", 4);
    cg_expect(&cg, "work", "known", 5 + 0 + 2 + 1);
    cg_expect(&cg, "main", "factorial", 1);
    cg_expect(&cg, "factorial", "factorial", 4);
    cg_expect(&cg, "main", "choose", 3);
    cg_expect(&cg, "trap_entry", "count_trap", 3 + 10); /* ecalls, bad accesses */
    cg_expect(&cg, "main", "idle", 0);
    cg_expect(&cg, "main", "trap_entry", 0); /* handlers are nobody's callees */
    cg_expect(&cg, "system_calls", "trap_entry", 0);
    cg_expect(&cg, "bad_accesses", "trap_entry", 0);
}
END_TEST

START_TEST(a_tail_call_returns_for_its_caller_too)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    cg_expect(&cg, "main", "tail_caller", 1);
    cg_expect(&cg, "tail_caller", "known", 1);
    cg_expect(&cg, "_start", "leave", 1);
    cg_expect(&cg, "main", "known", 0);
    /* nop, j, and the 4 of known; 1 + 2 (the jump is predicted) + 6 cycles */
    cg_cost_t cost = cg_inclusive(&cg, "main", "tail_caller");
    ck_assert_uint_eq(cost.event[0], 6);
    ck_assert_uint_eq(cost.event[1], 9);
}
END_TEST

START_TEST(frames_that_longjmp_leaves_are_gone)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    cg_expect(&cg, "main", "deep", 1);
    cg_expect(&cg, "deep", "deep", 3);
    cg_expect(&cg, "deep", "jump_back", 1);
    cg_expect(&cg, "deep", "work", 0); /* main calls it after the jump */
    cg_expect(&cg, "jump_back", "main", 0);
}
END_TEST

START_TEST(a_task_has_a_stack_of_its_own)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    cg_expect(&cg, "main", "to_task", 2);
    cg_expect(&cg, "main", "task_entry", 0);
    cg_expect(&cg, "to_task", "task_entry", 0);
    cg_expect(&cg, "task_entry", "task_work", 2);
    cg_expect(&cg, "task_entry", "to_main", 2);
    cg_expect(&cg, "task_work", "known", 2);
    cg_expect(&cg, "main", "task_work", 0);
    char *flame = read_text(DIR "/flame");
    ck_assert_ptr_nonnull(strstr(flame, "\ntask_entry;task_work;known 12\n"));
    free(flame);
}
END_TEST

START_TEST(tasks_that_an_interrupt_switches_keep_their_callers)
{
    NEEDS_GUEST();
    shell(AS " tests/tools/guest/preempt.S -o " DIR "/preempt.elf");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/preempt.elf --profile " DIR "/preempt --flame " DIR
                           "/preempt.flame"),
                     0);
    cg_load(&cg, DIR "/preempt");
    cg_expect(&cg, "_start", "task_a", 1);
    cg_expect(&cg, "task_a", "ring", 3);
    cg_expect(&cg, "task_b", "ring", 3);
    cg_expect(&cg, "irq_entry", "swap", 6);
    cg_expect(&cg, "irq_entry", "task_a", 0);
    cg_expect(&cg, "irq_entry", "task_b", 0);
    cg_expect(&cg, "ring", "irq_entry", 0);
    /* neither the handler nor the other task is in the cost: 3 whole calls in one; 2 in the other,
     * and one that never went on behind the store */
    ck_assert_uint_eq(cg_inclusive(&cg, "task_a", "ring").event[0], 3 * 4);
    ck_assert_uint_eq(cg_inclusive(&cg, "task_a", "ring").event[1], 3 * 9);
    ck_assert_uint_eq(cg_inclusive(&cg, "task_b", "ring").event[0], 2 * 4 + 3);
    ck_assert_uint_eq(cg_inclusive(&cg, "task_b", "ring").event[1], 2 * 9 + 6);
    ck_assert_uint_eq(cg_self(&cg, "swap").event[0], 6 * 6);
    shell("grep -q '^_start;task_a;ring 27$' " DIR "/preempt.flame");
    shell("grep -q '^task_b;ring 24$' " DIR "/preempt.flame");
    shell("! grep -q 'task_.*irq_entry' " DIR "/preempt.flame");
}
END_TEST

START_TEST(costs_are_those_worked_out_by_hand)
{
    unsigned long long instructions, cycles;
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    ck_assert_int_eq(sscanf(text, "%llu instructions, %llu cycles", &instructions, &cycles), 2);
    ck_assert_uint_eq(cg.summary.event[0], instructions);
    ck_assert_uint_eq(cg.summary.event[1] + cg.summary.event[3], cycles);
    ck_assert_uint_eq(cg.summary.event[1], instructions + cg.summary.event[2]);
    /* 11 calls of 4 instructions; 1 + 1 + 1 + 3 cycles */
    cg_cost_t known = cg_self(&cg, "known");
    ck_assert_uint_eq(known.event[0], 44);
    ck_assert_uint_eq(known.event[1], 66);
    ck_assert_uint_eq(known.event[2], 22);
    ck_assert_uint_eq(known.event[3], 0);
    ck_assert_uint_eq(cg_inclusive(&cg, "work", "known").event[1], 8 * 6);
    /* what happens in the handler is not the interrupted function's: ecall does not retire, so one
     * instruction (ret, 3 cycles) is all */
    ck_assert_uint_eq(cg_inclusive(&cg, "main", "system_calls").event[0], 1);
    ck_assert_uint_eq(cg_inclusive(&cg, "main", "system_calls").event[1], 3);
    /* a trap: 4 cycles; sums 2, stores 3, jump and link 2, csrr 3 and csrw 3, their sum 1, loads
     * 3 x 2, mret 3: 27 cycles, 13 instructions, 13 times */
    ck_assert_uint_eq(cg_self(&cg, "trap_entry").event[0], 13 * 13);
    ck_assert_uint_eq(cg_self(&cg, "trap_entry").event[1], 13 * 27);
    /* la 2, load 2, nop, sum and store 3, ret 3 */
    ck_assert_uint_eq(cg_inclusive(&cg, "trap_entry", "count_trap").event[1], 13 * 10);
}
END_TEST

START_TEST(a_recursive_function_costs_what_it_costs_once)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    cg_cost_t self = cg_self(&cg, "factorial"), all = cg_inclusive(&cg, "main", "factorial");
    ck_assert_uint_eq(all.event[0], self.event[0]); /* it calls nobody else */
    ck_assert_uint_eq(all.event[1], self.event[1]);
    ck_assert_uint_eq(cg_inclusive(&cg, "factorial", "factorial").event[0], 0);
}
END_TEST

START_TEST(recursion_deeper_than_the_frames_kept_comes_back)
{
    NEEDS_GUEST();
    shell(AS " tests/tools/guest/deep.S -o " DIR "/deep.elf");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec " DIR "/deep.elf --profile " DIR "/deep"), 0);
    cg_load(&cg, DIR "/deep");
    cg_expect(&cg, "_start", "down", 1);
    cg_expect(&cg, "down", "down", 9999);
    cg_expect(&cg, "_start", "after", 1);
    cg_expect(&cg, "down", "after", 0);
    /* far calls are two instructions: 4 + 2 + 3 a round, but the last one makes none */
    ck_assert_uint_eq(cg_inclusive(&cg, "_start", "down").event[0], 10000 * 9 - 2);
}
END_TEST

START_TEST(a_reset_begins_a_root_of_its_own)
{
    static profile_t profile;
    static core_t core;
    source_func_t func[] = {{.first = 0x100, .bytes = 0x100, .name = "boot"},
                            {.first = 0x200, .bytes = 0x100, .name = "app"}};
    source_lines_t lines = {.func = func, .funcs = 2};
    core_note_t call = {.pc = 0x100, .word = 0x100000ef, .slots = 2, .rd = 1, .next_pc = 0x200};
    core_note_t nop = {.pc = 0x200, .word = 0x00000013, .slots = 2, .next_pc = 0x204};
    call.cycles = 2;
    nop.cycles = 1;
    ck_assert(profile_init(&profile, &lines, true));
    for (int round = 0; round < 2; round++) {
        profile_insn(&profile, &core, &call);
        nop.cycle = call.cycle + 2;
        profile_insn(&profile, &core, &nop);
        call.cycle = 1000; /* held in reset until then: nobody's cycles */
        core.wfi_cycles = 0;
    }
    profile_end(&profile, &core);
    ck_assert_uint_eq(profile.calls.clock.instructions, 4);
    ck_assert_uint_eq(profile.calls.clock.cycles, 6);
    ck_assert_uint_eq(profile.calls.edges, 1);
    ck_assert_uint_eq(profile.calls.edge[0].calls, 2);
    ck_assert_uint_eq(profile.calls.edge[0].cost.cycles, 2);
    profile_free(&profile);
}
END_TEST

START_TEST(folded_stacks_add_up_to_all_cycles)
{
    NEEDS_GUEST();
    cg_load(&cg, DIR "/profile");
    char *flame = read_text(DIR "/flame");
    uint64_t sum = 0;
    for (char *line = strtok(flame, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *count = strrchr(line, ' ');
        ck_assert_msg(count != NULL && strchr(line, ' ') == count, "%s", line);
        sum += strtoull(count, NULL, 10);
    }
    free(flame);
    ck_assert_uint_eq(sum, cg.summary.event[1]);
    shell("grep -q '^_start;main;work;known 48$' " DIR "/flame");
    shell("grep -q '^_start;main;deep;deep;deep;deep;jump_back ' " DIR "/flame");
    shell("grep -q '^trap_entry;count_trap ' " DIR "/flame");
}
END_TEST

START_TEST(callgrind_annotate_reads_the_profile)
{
    NEEDS_GUEST();
    if (!has("callgrind_annotate")) {
        test_skip("no valgrind");
        return;
    }
    shell("callgrind_annotate --tree=both --inclusive=yes " DIR "/profile >" DIR "/annotated 2>&1");
    shell("grep -q 'known (8x)' " DIR "/annotated");
    char *said = read_text(DIR "/annotated");
    ck_assert_msg(strstr(said, "Use of uninitialized") == NULL && strstr(said, "WARNING") == NULL,
                  "%s", said);
    free(said);
}
END_TEST

START_TEST(without_debug_information_there_are_functions_but_no_lines)
{
    NEEDS_GUEST();
    shell(BUILD " -o " DIR "/bare.elf");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/bare.elf --profile " DIR "/bare --coverage " DIR
                           "/bare.info --trace-core " DIR "/bare.txt"),
                     0);
    cg_load(&cg, DIR "/bare");
    cg_expect(&cg, "main", "work", 4);
    shell("[ \"$(cat " DIR "/bare.info)\" = TN: ]");
    shell("grep -q ' known+0x4 ' " DIR "/bare.txt");
    shell("riscv64-unknown-elf-strip " DIR "/bare.elf");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec " DIR "/bare.elf --profile " DIR "/stripped"),
                     0);
    cg_load(&cg, DIR "/stripped");
    ck_assert_uint_eq(cg_self(&cg, "(unknown)").event[0], cg.summary.event[0]);
}
END_TEST

TEST_MAIN("profile", calls_are_counted_as_the_program_makes_them,
          a_tail_call_returns_for_its_caller_too, frames_that_longjmp_leaves_are_gone,
          a_task_has_a_stack_of_its_own, tasks_that_an_interrupt_switches_keep_their_callers,
          costs_are_those_worked_out_by_hand, a_recursive_function_costs_what_it_costs_once,
          recursion_deeper_than_the_frames_kept_comes_back, a_reset_begins_a_root_of_its_own,
          folded_stacks_add_up_to_all_cycles, callgrind_annotate_reads_the_profile,
          without_debug_information_there_are_functions_but_no_lines)
