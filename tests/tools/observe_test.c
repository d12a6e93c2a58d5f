/*
 * observe_test.c - traces, coverage and access report of a program whose lines and bad accesses are
 * counted by hand (guest/observe.c), and of the demo's firmware: that watching changes nothing.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "logic/sensor.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tests/tools/callgrind_read.h"
#include "tests/tools/observe_rig.h"
#include "tools/observe.h"

static char text[1 << 20];
static cg_t cg;

/* The line of the guest that ends in "at: mark". */
static unsigned line_of(const char *mark)
{
    char wanted[80], *source = read_text(GUEST), *at = source;
    unsigned line = 1;
    snprintf(wanted, sizeof(wanted), "/* at: %s */", mark);
    char *found = strstr(source, wanted);
    ck_assert_msg(found != NULL, "%s", mark);
    for (; at < found; at++)
        line += *at == '\n';
    free(source);
    return line;
}

/* ---- coverage ---- */

/* Runs of a line; -1: it has no code. */
static long runs_of(const char *info, const char *mark)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "\nDA:%u,", line_of(mark));
    const char *at = strstr(info, wanted);
    return at != NULL ? strtol(at + strlen(wanted), NULL, 10) : -1;
}

START_TEST(lines_have_run_as_often_as_the_program_says)
{
    static const struct {
        const char *mark;
        long runs;
    } expected[] = {{"factorial", 5},        {"choice", 3},       {"chosen", 1},
                    {"after choice", 3},     {"never called", 0}, {"wrong width", 4},
                    {"nothing", 1},          {"illegal", 1},      {"uninitialized", 1},
                    {"never returned to", 0}};
    NEEDS_GUEST();
    char *info = read_text(DIR "/coverage.info");
    for (size_t i = 0; i < SIM_COUNT(expected); i++)
        ck_assert_msg(runs_of(info, expected[i].mark) == expected[i].runs, "%s: %ld",
                      expected[i].mark, runs_of(info, expected[i].mark));
    ck_assert_ptr_nonnull(strstr(info, "\nFNDA:4,work\n"));
    ck_assert_ptr_nonnull(strstr(info, "\nFNDA:0,idle\n"));
    ck_assert_ptr_nonnull(strstr(info, "\nFNDA:1,system_calls\n"));
    free(info);
}
END_TEST

START_TEST(both_ways_of_a_branch_are_counted)
{
    unsigned long taken, passed;
    char wanted[64];
    NEEDS_GUEST();
    char *info = read_text(DIR "/coverage.info");
    snprintf(wanted, sizeof(wanted), "\nBRDA:%u,0,0,", line_of("choice"));
    const char *first = strstr(info, wanted);
    ck_assert_ptr_nonnull(first);
    taken = strtoul(first + strlen(wanted), NULL, 10);
    snprintf(wanted, sizeof(wanted), "\nBRDA:%u,0,1,", line_of("choice"));
    const char *second = strstr(info, wanted);
    ck_assert_ptr_nonnull(second);
    passed = strtoul(second + strlen(wanted), NULL, 10);
    ck_assert(taken + passed == 3 && (taken == 1 || taken == 2)); /* true once of three times */
    free(info);
}
END_TEST

/* geninfo(1): TN, then files of FN, FNDA, FNF, FNH, BRDA, BRF, BRH, DA, LF, LH. */
static void check_tracefile(char *info)
{
    static const char *const order[] = {"SF:",  "FN:",  "FNDA:", "FNF:", "FNH:", "BRDA:",
                                        "BRF:", "BRH:", "DA:",   "LF:",  "LH:",  "end_of_record"};
    size_t now = SIM_COUNT(order) - 1;
    long count[SIM_COUNT(order)] = {0}, hit[SIM_COUNT(order)] = {0};
    char *line = strtok(info, "\n");
    ck_assert_str_eq(line, "TN:");
    while ((line = strtok(NULL, "\n")) != NULL) {
        size_t which = 0;
        while (which < SIM_COUNT(order) && strncmp(line, order[which], strlen(order[which])) != 0)
            which++;
        ck_assert_msg(which < SIM_COUNT(order) && (which >= now || which == 0), "%s", line);
        if (which == 0)
            memset(count, 0, sizeof(count)), memset(hit, 0, sizeof(hit));
        now = which;
        const char *number = strrchr(line, ',');
        count[which]++;
        hit[which] += number != NULL && strtol(number + 1, NULL, 10) > 0;
        long value = strtol(line + strcspn(line, ":") + 1, NULL, 10);
        if (which == 2) /* as entered, "FNDA:4,work" */
            hit[2] += value > 0;
        if (which == 3)
            ck_assert_int_eq(value, count[1]);
        if (which == 4)
            ck_assert_int_eq(value, hit[2]);
        if (which == 6 || which == 9)
            ck_assert_int_eq(value, count[which - 1]);
        if (which == 7 || which == 10)
            ck_assert_int_eq(value, hit[which - 2]);
    }
    ck_assert_uint_eq(now, SIM_COUNT(order) - 1);
}

START_TEST(the_coverage_file_is_a_tracefile)
{
    NEEDS_GUEST();
    char *info = read_text(DIR "/coverage.info");
    check_tracefile(info);
    free(info);
    if (!has("genhtml")) {
        test_skip("no lcov to read it too");
        return;
    }
    shell("genhtml --branch-coverage -q -o " DIR "/html " DIR "/coverage.info >" DIR
          "/genhtml 2>&1");
    shell("[ ! -s " DIR "/genhtml ]");
}
END_TEST

/* ---- accesses ---- */

static const char *find_access(const char *report, const char *kind, const char *mark)
{
    char start[64], line[32];
    snprintf(start, sizeof(start), "{\"kind\":\"%s\",", kind);
    snprintf(line, sizeof(line), "\"line\":%u,", line_of(mark));
    for (const char *at = report; (at = strstr(at, start)) != NULL; at++) {
        const char *found = strstr(at, line);
        if (found != NULL && found < strchr(at, '\n'))
            return at;
    }
    return NULL;
}

START_TEST(bad_accesses_are_reported_with_their_lines)
{
    static const struct {
        const char *kind, *mark, *part;
    } expected[] = {
        {"reserved", "reserved load", "\"place\":\"clint + 0xfc0\",\"bytes\":4,\"write\":false"},
        {"reserved", "reserved store", "\"write\":true"},
        {"read_only", "read-only", "\"place\":\"clint + 0x000 CLINT_ID\""},
        {"wrong_width", "wrong width", "\"bytes\":1"},
        {"nothing", "nothing", "\"address\":\"0x20000000\""},
        {"nothing", "empty page", "\"address\":\"0x40009000\""},
        {"misaligned", "misaligned", "\"place\":\"TCM\""},
        {"csr", "csr", "\"place\":\"csr0x7c0\""},
        {"csr", "read-only csr", "\"place\":\"mvendorid\""},
        {"illegal", "illegal", "\"address\":\"0x0000000b\""},
        {"uninitialized", "uninitialized", "\"bytes\":4"},
        {"uninitialized", "half initialized", "\"bytes\":4"},
    };
    NEEDS_GUEST();
    char *report = read_text(DIR "/access");
    for (size_t i = 0; i < SIM_COUNT(expected); i++) {
        const char *at = find_access(report, expected[i].kind, expected[i].mark);
        ck_assert_msg(at != NULL, "no %s at %s in %s", expected[i].kind, expected[i].mark, report);
        const char *part = strstr(at, expected[i].part);
        ck_assert_msg(part != NULL && part < strchr(at, '\n'), "%s", at);
        const char *count = strstr(at, "\"count\":");
        long times = strcmp(expected[i].mark, "wrong width") == 0 ? 4 : 1;
        ck_assert_int_eq(strtol(count + 8, NULL, 10), times);
    }
    ck_assert_int_eq(line_count(report), SIM_COUNT(expected)); /* and nothing else */
    free(report);
}
END_TEST

START_TEST(a_jump_to_nowhere_is_reported_where_it_was_made)
{
    NEEDS_GUEST();
    shell(AS " -g tests/tools/guest/fetch.S -o " DIR "/fetch.elf");
    ck_assert_int_eq(
        fovea(text, sizeof(text), "exec " DIR "/fetch.elf --access-report " DIR "/fetch"), 0);
    char *report = read_text(DIR "/fetch");
    ck_assert_int_eq(line_count(report), 1);
    ck_assert_ptr_nonnull(strstr(report, "{\"kind\":\"fetch\","));
    ck_assert_ptr_nonnull(strstr(report, "\"line\":9,"));
    ck_assert_ptr_nonnull(strstr(report, "\"address\":\"0x30000000\""));
    free(report);
}
END_TEST

/* What the core would be told of: a load of four bytes at addr. */
static bool complains(access_report_t *report, uint32_t addr)
{
    static uint32_t pc;
    uint32_t before = report->entries;
    core_note_t note = {.pc = pc += 4, .load = true, .addr = addr, .bytes = 4};
    access_insn(report, &note);
    return report->entries != before;
}

START_TEST(others_that_write_memory_are_seen_byte_by_byte)
{
    static access_report_t report;
    source_lines_t lines = {0};
    uint8_t data[256] = {0};
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *s = sensor_new();
    sensor_desc_t desc = sensor_desc_default();
    ck_assert_int_eq(sensor_init(s, sim, &desc, pool), SIM_OK);
    ck_assert(access_init(&report, &lines, &s->core));
    ck_assert(access_port(&report, &s->dma.l2));
    ck_assert(access_port(&report, &s->npu.store.port));
    const uint32_t at = BUS_L2_BASE + 0x10000;
    ck_assert(complains(&report, at));
    ck_assert(sim_mem_poke(&s->dma.l2, at, data, 6));
    ck_assert(!complains(&report, at) && !complains(&report, at + 2));
    ck_assert(complains(&report, at + 3) && complains(&report, at + 6));
    /* a row of 16 bytes each 64: the bytes between stay unwritten */
    sim_mem_stream_t stream = {.bursts = sim_bursts(at + 0x100, 16, 3, 64, 1, 0),
                               .write = true,
                               .rate = 16,
                               .outstanding = 1};
    s->npu.store.port.stream(s->npu.store.port.ctx, s->npu.store.port.master, &stream);
    for (uint32_t i = 0; i < 256; i += 4)
        ck_assert_int_eq(complains(&report, at + 0x100 + i), i % 64 >= 16 || i >= 192);
    /* the other way: TCM by the bus */
    ck_assert(complains(&report, BUS_TCM_BASE + 4));
    ck_assert(bus_poke(&s->bus, BUS_TCM_BASE + 4, data, 4));
    ck_assert(!complains(&report, BUS_TCM_BASE + 4) && complains(&report, BUS_TCM_BASE + 8));
    access_wrote_all(&report);
    ck_assert(!complains(&report, BUS_TCM_BASE + 8) && !complains(&report, at + 0x800));
    access_free(&report);
    sensor_free(s);
    sim_pool_free(pool);
    sim_free(sim);
}
END_TEST

/* One entry more than before, of that kind. */
static bool last_is(const access_report_t *report, uint32_t before, access_kind_t kind, bool write)
{
    const access_entry_t *last = &report->entry[report->entries - 1];
    return report->entries == before + 1 && last->kind == kind && last->write == write;
}

START_TEST(registers_and_traps_are_told_apart)
{
    static access_report_t report;
    source_lines_t lines = {0};
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *s = sensor_new();
    sensor_desc_t desc = sensor_desc_default();
    const uint32_t uart = BUS_PAGE_BASE + SENSOR_PAGE_uart * BUS_PAGE_BYTES;
    ck_assert_int_eq(sensor_init(s, sim, &desc, pool), SIM_OK);
    ck_assert(access_init(&report, &lines, &s->core));
    access_reg(&report, uart + 4, 4, true, true); /* UART_DATA: fine */
    ck_assert_uint_eq(report.entries, 0);
    s->bus.gated = 1u << SENSOR_PAGE_uart;
    access_reg(&report, uart + 4, 4, true, true);
    ck_assert(last_is(&report, 0, ACCESS_clock_off, true));
    access_reg(&report, uart + 4, 4, true, true); /* again: counted */
    ck_assert(report.entries == 1 && report.entry[0].count == 2);
    s->bus.gated = 0;
    access_reg(&report, uart, 4, true, true); /* the block's id */
    ck_assert(last_is(&report, 1, ACCESS_read_only, true));
    access_trap(&report, &(core_trap_t){.cause = 7, .epc = 0x100, .value = BUS_TCM_BASE});
    ck_assert(last_is(&report, 2, ACCESS_forbidden, true));
    access_trap(&report, &(core_trap_t){.cause = 5, .epc = 0x104, .value = BUS_TCM_BASE});
    ck_assert(last_is(&report, 3, ACCESS_forbidden, false));
    access_trap(&report, &(core_trap_t){.cause = 6, .epc = 0x108, .value = BUS_TCM_BASE + 1});
    ck_assert(last_is(&report, 4, ACCESS_misaligned, true));
    access_reg(&report, uart + 2, 2, false, false); /* refused by the bus: its trap is not told */
    ck_assert(last_is(&report, 5, ACCESS_wrong_width, false));
    access_trap(&report, &(core_trap_t){.cause = 5, .epc = 0x10c, .value = uart + 2});
    access_trap(&report, &(core_trap_t){.cause = 11, .epc = 0x110}); /* calls and interrupts */
    access_trap(&report, &(core_trap_t){.cause = 3, .epc = 0x114});
    access_trap(&report, &(core_trap_t){.cause = 0x80000007, .epc = 0x118});
    ck_assert_uint_eq(report.entries, 6);
    access_free(&report);
    sensor_free(s);
    sim_pool_free(pool);
    sim_free(sim);
}
END_TEST

/* ---- trace ---- */

START_TEST(the_trace_names_lines_registers_and_causes)
{
    NEEDS_GUEST();
    shell("grep -q 'observe.c:%u .* insn .*zero, .*=00000001$' " DIR "/trace", line_of("work"));
    shell("grep -q 'known+0x4 .* insn addi t0, t0, 1 .* t0=00000002$' " DIR "/trace");
    shell("grep -q 'csr  mtvec is 0x80' " DIR "/trace");
    shell("[ $(grep -c ' trap exception 11 (environment call from machine mode)' " DIR
          "/trace) = 3 ]");
    shell("[ $(grep -c ' trap exception 5 (load access fault), mtval 0x40008004' " DIR
          "/trace) = 4 ]");
    shell("grep -q 'observe.c:%u .* regs store CLINT_ID (clint) <- 0x00000006$' " DIR "/trace",
          line_of("read-only"));
    shell("grep -q 'regs load \\[20000000\\] 4 bytes: refused$' " DIR "/trace");
}
END_TEST

START_TEST(a_trace_has_the_events_that_were_asked_for)
{
    NEEDS_GUEST();
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/guest.elf --trace-core " DIR
                           "/some --trace-events trap,regs"),
                     0);
    shell("[ $(wc -l <" DIR "/some) = %d ]", 13 + 9); /* traps; 3 + 4 + 2 accesses */
    shell("grep -E ' (trap|regs) ' " DIR "/trace | cmp - " DIR "/some");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/guest.elf --trace-core " DIR "/x --trace-events traps"),
                     125);
    ck_assert_ptr_nonnull(strstr(text, "'traps' is no list of insn, csr, trap, regs"));
    ck_assert_int_eq(fovea(text, sizeof(text), "exec " DIR "/guest.elf --trace-events trap"), 125);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "exec " DIR "/guest.elf --profile " DIR "/x --flame " DIR "/x"),
        125);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec " DIR "/guest.elf --profile " DIR "/no/x"),
                     125);
    ck_assert(access(DIR "/x", F_OK) != 0 && access(DIR "/x.part", F_OK) != 0);
}
END_TEST

START_TEST(the_files_of_a_program_that_fails_are_there)
{
    NEEDS_GUEST();
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/guest.elf --max-cycles 500 --profile " DIR
                           "/cut --trace-core " DIR "/cut.txt"),
                     125);
    cg_load(&cg, DIR "/cut");
    ck_assert(cg.summary.event[1] >= 490 && cg.summary.event[1] <= 520);
    shell("head -c 200 " DIR "/trace >" DIR "/a && head -c 200 " DIR "/cut.txt | cmp - " DIR "/a");
}
END_TEST

START_TEST(a_program_that_dies_in_a_trap_says_where)
{
    NEEDS_GUEST();
    shell(AS " -g -DKIND=1 tests/tools/guest/traps.S -o " DIR "/died.elf");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec " DIR "/died.elf --trace-core " DIR "/died --access-report " DIR
                           "/died.access"),
                     125);
    ck_assert_msg(strstr(text, "(traps.S:10)") != NULL, "%s", text);
    shell("tail -n 1 " DIR "/died | grep -q ' traps.S:10 .* trap the core stopped: '");
    shell("grep -q '\"kind\":\"nothing\".*\"line\":10,' " DIR "/died.access");
}
END_TEST

/* ---- the whole sensor ---- */

#define ENTRANCE "run scenes/entrance.json --frames 1 "
#define EVERYTHING                                                                                 \
    "--profile " DIR "/p --flame " DIR "/f --coverage " DIR "/c --access-report " DIR              \
    "/a --trace-core " DIR "/t "

/* sensor.core's in the statistics of the plain run. */
static uint64_t core_stat(const char *name)
{
    sim_doc_t *doc = sim_doc_load(DIR "/plain/stats.json");
    sim_cfg_t root = sim_doc_root(doc), sensor = sim_cfg_obj(&root, "sensor");
    sim_cfg_t core = sim_cfg_obj(&sensor, "core"), stat = sim_cfg_obj(&core, name);
    sim_cfg_need(&stat, "value");
    uint64_t value = sim_cfg_u64(&stat, "value", 0, UINT64_MAX, 0);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return value;
}

START_TEST(watching_a_run_changes_no_byte_of_it)
{
    char error[256];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text), ENTRANCE "--out " DIR "/plain"), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), ENTRANCE EVERYTHING "--out " DIR "/watched"), 0);
    const char *differs = runs_differ(DIR "/plain", DIR "/watched");
    ck_assert_msg(differs == NULL, "%s differs", differs);
    cg_load(&cg, DIR "/p");
    cg_expect(&cg, "_start", "main", 1);
    cg_expect(&cg, "main", "trap_entry", 0);
    ck_assert(cg.summary.event[3] > cg.summary.event[1]); /* it sleeps most of the time */
    ck_assert_uint_eq(cg.summary.event[0], core_stat("instructions"));
    ck_assert_uint_eq(cg.summary.event[1] + cg.summary.event[3], core_stat("cycles"));
    ck_assert_uint_eq(cg.summary.event[3], core_stat("wfi_cycles"));
    char *report = read_text(DIR "/a");
    ck_assert_str_eq(report, ""); /* firmware and NPU write before they read */
    free(report);
    char *info = read_text(DIR "/c");
    check_tracefile(info);
    free(info);
    shell("grep -q 'regs store UART_DATA (sensor.uart) <- 0x00000076$' " DIR "/t"); /* "v" */
    shell("grep -q ' trap interrupt 11 (external interrupt), machine mode, to ' " DIR "/t");
}
END_TEST

/* Firmware whose second instruction is an ebreak. */
START_TEST(a_run_whose_core_stops_says_in_which_line)
{
    char error[256];
    if (!has("riscv64-unknown-elf-gcc")) {
        test_skip("no riscv64-unknown-elf-gcc");
        return;
    }
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    shell(
        "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -nostdlib -g -DKIND=2 "
        "-nostartfiles -Wl,-N,--no-warn-rwx-segments,-Ttext=0x10000000 "
        "tests/tools/guest/traps.S -o " DIR "/stops.elf");
    ck_assert_int_eq(
        fovea(text, sizeof(text), ENTRANCE "--firmware " DIR "/stops.elf --out " DIR "/stops"), 1);
    ck_assert_msg(strstr(text, "core stopped at 0x10000002 (traps.S:12): ") != NULL, "%s", text);
}
END_TEST

START_TEST(a_run_is_watched_from_its_snapshot_on)
{
    char error[256];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           ENTRANCE "--out " DIR "/plain --snapshot " DIR
                                    "/snap --snapshot-at 39ms"),
                     0);
    ck_assert_int_eq(
        fovea(text, sizeof(text), ENTRANCE EVERYTHING "--out " DIR "/rest --restore " DIR "/snap"),
        0);
    const char *differs = runs_differ(DIR "/plain", DIR "/rest");
    ck_assert_msg(differs == NULL, "%s differs", differs);
    char *report = read_text(DIR "/a");
    ck_assert_str_eq(report, "");
    free(report);
    cg_load(&cg, DIR "/p");
    cg_expect(&cg, "_start", "main", 0);
}
END_TEST

/* ---- source lines ---- */

/* Every address that ran, as binutils see it. */
START_TEST(lines_are_those_of_addr2line)
{
    if (!has("riscv64-unknown-elf-addr2line")) {
        test_skip("no riscv64-unknown-elf-addr2line");
        return;
    }
    char error[256];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           ENTRANCE "--out " DIR "/lines --trace-core " DIR
                                    "/lines.txt --trace-events insn"),
                     0);
    shell("awk '$3 ~ /^1000/ {print $3, $4}' " DIR "/lines.txt | sort -u >" DIR "/lines.pc");
    shell("awk '{print $1}' " DIR "/lines.pc | riscv64-unknown-elf-addr2line -e "
          "build/firmware/visitor_counter.elf | sed 's|.*/||; s| (disc.*||' >" DIR "/lines.right");
    shell("[ $(wc -l <" DIR "/lines.pc) -gt 1000 ]");
    /* binutils 2.40 has no line for the first address behind an assembler file's code */
    shell("paste " DIR "/lines.pc " DIR "/lines.right | awk '$3 == \"??:?\" {unknown++; next} "
          "$2 != $3 {print; bad = 1} END {exit bad || unknown > 2}' >&2");
}
END_TEST

START_TEST(hostile_program_files_give_no_lines_and_no_crash)
{
    NEEDS_GUEST();
    char error[512];
    size_t bytes;
    uint8_t *elf = sim_file_read(DIR "/guest.elf", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(elf);
    uint32_t seed = 1;
    for (int round = 0; round < 300; round++) {
        uint8_t *copy = malloc(bytes);
        source_lines_t lines = {0};
        memcpy(copy, elf, bytes);
        for (int i = 0; i < 1 + round % 20; i++) {
            seed = seed * 1664525 + 1013904223;
            copy[(seed >> 4) % bytes] ^= (uint8_t)(1u << (seed >> 29));
        }
        size_t length = round % 3 == 0 ? (seed >> 3) % bytes : bytes;
        source_lines_add(&lines, copy, length, "x", error, sizeof(error));
        for (uint32_t k = 1; k < lines.rows; k++)
            ck_assert(lines.row[k].first - lines.row[k - 1].first >= lines.row[k - 1].bytes);
        for (uint32_t k = 1; k < lines.funcs; k++)
            ck_assert(lines.func[k].first - lines.func[k - 1].first >= lines.func[k - 1].bytes);
        source_lines_free(&lines);
        free(copy);
    }
    free(elf);
}
END_TEST

TEST_MAIN("observe", lines_have_run_as_often_as_the_program_says, both_ways_of_a_branch_are_counted,
          the_coverage_file_is_a_tracefile, bad_accesses_are_reported_with_their_lines,
          registers_and_traps_are_told_apart, a_jump_to_nowhere_is_reported_where_it_was_made,
          others_that_write_memory_are_seen_byte_by_byte,
          the_trace_names_lines_registers_and_causes, a_trace_has_the_events_that_were_asked_for,
          the_files_of_a_program_that_fails_are_there, a_program_that_dies_in_a_trap_says_where,
          a_run_whose_core_stops_says_in_which_line, watching_a_run_changes_no_byte_of_it,
          a_run_is_watched_from_its_snapshot_on, lines_are_those_of_addr2line,
          hostile_program_files_give_no_lines_and_no_crash)
