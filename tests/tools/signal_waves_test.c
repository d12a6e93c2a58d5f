/*
 * signal_waves_test.c - `fovea run --waves`: a VCD that a reader of ours takes apart (IEEE
 * 1364-2005, 18.2), whose signals are high as long as the trace's spans are.
 */
#include <unistd.h>

#include "sim/json.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"

#define DIR FOVEA_OUT "/signal_waves"
#define ENTRANCE "run scenes/entrance.json -o " DIR "/run "

enum { SIGNALS = 256, NAME = 64 };

typedef struct {
    char name[NAME], code[8], kind; /* kind: b bit, n number, s string */
    uint64_t high_ps, since_ps, changes, number;
    bool high;
} signal_t;

typedef struct {
    signal_t signal[SIGNALS];
    int count;
    uint64_t first_ps, last_ps;
    uint64_t low_number, high_number; /* of core.pc */
} vcd_t;

static char said[8192];
static vcd_t vcd;

static signal_t *by_code(const char *code)
{
    for (int i = 0; i < vcd.count; i++)
        if (strcmp(vcd.signal[i].code, code) == 0)
            return &vcd.signal[i];
    ck_abort_msg("a change of '%s', which is not declared", code);
    return NULL;
}

static const signal_t *find(const char *name)
{
    for (int i = 0; i < vcd.count; i++)
        if (strcmp(vcd.signal[i].name, name) == 0)
            return &vcd.signal[i];
    return NULL;
}

/* "$var wire 32 # row [31:0] $end" in a scope. */
static void declare(const char *line, const char *scope)
{
    char type[16], code[8], name[NAME];
    int bits;
    ck_assert_int_lt(vcd.count, SIGNALS);
    ck_assert_msg(sscanf(line, "$var %15s %d %7s %63s", type, &bits, code, name) == 4, "%s", line);
    signal_t *s = &vcd.signal[vcd.count++];
    *s = (signal_t){.kind = strcmp(type, "string") == 0 ? 's' : bits == 1 ? 'b' : 'n'};
    ck_assert_msg(s->kind != 'n' || bits == 32, "%s", line);
    ck_assert_int_lt(snprintf(s->name, NAME, "%s.%s", scope, name), NAME);
    for (int i = 0; i + 1 < vcd.count; i++) {
        ck_assert_msg(strcmp(vcd.signal[i].code, code) != 0, "%s: a code twice", line);
        ck_assert_msg(strcmp(vcd.signal[i].name, s->name) != 0, "%s: a name twice", line);
    }
    strcpy(s->code, code);
}

static void set(signal_t *s, bool high, uint64_t at_ps)
{
    if (s->high)
        s->high_ps += at_ps - s->since_ps;
    s->high = high;
    s->since_ps = at_ps;
    s->changes++;
}

static void change(const char *line, uint64_t at_ps)
{
    char value[256], code[8];
    if (line[0] == '0' || line[0] == '1') {
        signal_t *s = by_code(line + 1);
        ck_assert_int_eq(s->kind, 'b');
        set(s, line[0] == '1', at_ps);
        return;
    }
    ck_assert_msg(sscanf(line + 1, "%255s %7s", value, code) == 2, "'%s'", line);
    signal_t *s = by_code(code);
    ck_assert_int_eq(s->kind, line[0] == 'b' ? 'n' : 's');
    s->changes++;
    if (line[0] != 'b' || value[0] == 'x')
        return;
    ck_assert_msg(strspn(value, "01") == strlen(value), "'%s'", line);
    s->number = strtoull(value, NULL, 2);
    if (strcmp(s->name, "core.pc") == 0) {
        vcd.low_number = s->number < vcd.low_number ? s->number : vcd.low_number;
        vcd.high_number = s->number > vcd.high_number ? s->number : vcd.high_number;
    }
}

static void read_vcd(const char *name)
{
    char *text = report_rig_get(DIR, name), scope[NAME] = "", *rest = NULL;
    bool declared = false, any = false;
    uint64_t now_ps = 0;
    ck_assert_ptr_nonnull(text);
    memset(&vcd, 0, sizeof(vcd));
    vcd.low_number = UINT64_MAX;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "$scope module ", 14) == 0)
            sscanf(line, "$scope module %63s", scope);
        else if (strncmp(line, "$var ", 5) == 0 && !declared)
            declare(line, scope);
        else if (strncmp(line, "$enddefinitions", 15) == 0)
            declared = true;
        else if (line[0] == '#') {
            uint64_t at_ps = strtoull(line + 1, NULL, 10);
            ck_assert_msg(!any || at_ps > now_ps, "time %s after %llu", line,
                          (unsigned long long)now_ps);
            vcd.first_ps = any ? vcd.first_ps : at_ps;
            any = true;
            now_ps = at_ps;
        } else if (line[0] != '$') {
            ck_assert(declared && any);
            change(line, now_ps);
        }
    }
    vcd.last_ps = now_ps;
    for (int i = 0; i < vcd.count; i++)
        if (vcd.signal[i].high)
            set(&vcd.signal[i], false, now_ps);
    free(text);
}

static void run(const char *arguments)
{
    ck_assert_msg(fovea(said, sizeof(said), "%s", arguments) == 0, "%s", said);
}

/* Of the spans of a track in a trace, ps: those that do not overlap. */
static uint64_t spans_ps(const char *track, uint64_t from_ps, uint64_t to_ps)
{
    sim_doc_t *doc = sim_doc_load(DIR "/run/trace.json");
    double tid = -1;
    uint64_t sum = 0;
    const sim_json_t *events = sim_json_find(sim_doc_root(doc).node, "traceEvents");
    for (const sim_json_t *e = sim_json_first(events); e != NULL; e = sim_json_next(e)) {
        const char *phase = sim_json_str(sim_json_find(e, "ph"), "");
        const sim_json_t *name = sim_json_find(sim_json_find(e, "args"), "name");
        double number = sim_json_num(sim_json_find(e, "tid"), -2);
        if (phase[0] == 'M' && strcmp(sim_json_str(name, ""), track) == 0)
            tid = number;
        if (phase[0] != 'X' || number < tid || number > tid)
            continue;
        double us = sim_json_num(sim_json_find(e, "ts"), 0),
               took = sim_json_num(sim_json_find(e, "dur"), 0);
        uint64_t start = (uint64_t)(us * 1e6 + 0.5), end = (uint64_t)((us + took) * 1e6 + 0.5);
        start = start > from_ps ? start : from_ps;
        end = end < to_ps ? end : to_ps;
        sum += end > start ? end - start : 0;
    }
    sim_doc_free(doc);
    return sum;
}

START_TEST(signals_are_high_as_long_as_spans_are_and_the_window_cuts_them)
{
    static const struct {
        const char *signal, *track;
    } c[] = {{"npu.mac", "npu.mac"},          {"npu.load", "npu.load"},
             {"npu.program", "npu"},          {"core.asleep", "core"},
             {"irq.NPU", "irq.NPU"},          {"link.packets", "link.packets"},
             {"isp.demosaic", "isp.demosaic"}};
    /* from within the NPU's work to behind the packets */
    const uint64_t from_ps = 40000000000, to_ps = 41500000000;
    run(ENTRANCE "-n 2 --waves " DIR "/a.vcd --from 40ms --to 41500us");
    read_vcd("a.vcd");
    ck_assert_uint_eq(vcd.first_ps, from_ps);
    ck_assert_uint_eq(vcd.last_ps, to_ps);
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        const signal_t *s = find(c[i].signal);
        uint64_t want = spans_ps(c[i].track, from_ps, to_ps);
        if (want == 0)
            continue; /* not in this window */
        ck_assert_msg(s != NULL, "%s", c[i].signal);
        ck_assert_msg(s->high_ps + 2 * s->changes >= want && s->high_ps <= want + 2 * s->changes,
                      "%s: %llu, spans %llu", c[i].signal, (unsigned long long)s->high_ps,
                      (unsigned long long)want);
    }
    ck_assert_uint_gt(find("npu.mac")->high_ps, 100000000); /* 0.1 ms at least */
    ck_assert_uint_gt(find("core.asleep")->high_ps, 10000000);
    ck_assert_uint_gt(find("link.packets")->high_ps, 0);
    ck_assert_ptr_null(find("core.pc")); /* only by name */
}
END_TEST

START_TEST(patterns_choose_signals_and_the_core_says_where_it_is)
{
    run(ENTRANCE "-n 1 --waves " DIR
                 "/b.vcd --signals 'irq.N*,core.pc' --from 40500us --to 40700us");
    read_vcd("b.vcd");
    ck_assert_int_eq(vcd.count, 3); /* irq.NPU, its text, core.pc */
    ck_assert_ptr_nonnull(find("irq.NPU"));
    ck_assert_uint_gt(find("core.pc")->changes, 1000);
    ck_assert_uint_ge(vcd.low_number, 0x10000000); /* the TCM */
    ck_assert_uint_lt(vcd.high_number, 0x10100000);
}
END_TEST

/* sensor.l2.bank<n>.busy_cycles of a run's stats.json. */
static double busy_cycles(uint32_t bank)
{
    char path[64];
    sim_doc_t *doc = sim_doc_load(DIR "/run/stats.json");
    snprintf(path, sizeof(path), "bank%u", bank);
    const sim_json_t *l2 = sim_json_find(sim_json_find(sim_doc_root(doc).node, "sensor"), "l2");
    const sim_json_t *busy = sim_json_find(sim_json_find(l2, path), "busy_cycles");
    double cycles = sim_json_num(sim_json_find(busy, "value"), -1);
    sim_doc_free(doc);
    return cycles;
}

START_TEST(banks_are_high_for_the_cycles_that_they_count)
{
    run(ENTRANCE "-n 1 --waves " DIR "/g.vcd --signals 'l2.*'");
    read_vcd("g.vcd");
    ck_assert_int_eq(vcd.count, 16);
    for (uint32_t n = 0; n < 8; n++) {
        char name[16];
        snprintf(name, sizeof(name), "l2.bank%u", n);
        double high_ps = (double)find(name)->high_ps, cycle_ps = 1e12 / 262.5e6;
        ck_assert_double_gt(busy_cycles(n), 1000);
        /* the edges of a span are whole picoseconds */
        ck_assert_double_eq_tol(high_ps / cycle_ps, busy_cycles(n), 1);
    }
}
END_TEST

START_TEST(rows_have_their_numbers_and_windows_may_be_frames)
{
    run(ENTRANCE "-n 2 --waves " DIR "/c.vcd --signals pixel.row --from frame:1");
    read_vcd("c.vcd");
    const signal_t *row = find("pixel.row");
    ck_assert_ptr_nonnull(row);
    ck_assert_uint_eq(row->number, 1519);
    ck_assert_uint_ge(row->changes, 1520);
    ck_assert_uint_gt(vcd.first_ps, 50000000000); /* frame 1 is read from 54.07 ms on */
    run(ENTRANCE "-n 2 --waves " DIR "/d.vcd --signals pixel.row --to frame:1");
    read_vcd("d.vcd");
    ck_assert_uint_eq(vcd.first_ps, 0);
    ck_assert_uint_gt(vcd.last_ps, 50000000000);
    ck_assert_uint_lt(vcd.last_ps, 60000000000);
    ck_assert_uint_eq(find("pixel.row")->number, 1519); /* frame 0's last */
}
END_TEST

START_TEST(waves_move_no_result_and_are_the_same_however_it_is_computed)
{
    run(ENTRANCE "-n 1 --trace-level 1 -j 1 --waves " DIR "/e.vcd --to 41ms");
    run("run scenes/entrance.json -n 1 --trace-level 1 --exact -j 2 -o " DIR "/exact --waves " DIR
        "/f.vcd --to 41ms");
    run("run scenes/entrance.json -n 1 --trace-level 1 -o " DIR "/without");
    ck_assert(same_file(DIR "/e.vcd", DIR "/f.vcd"));
    ck_assert_msg(runs_differ(DIR "/run", DIR "/without") == NULL, "%s",
                  runs_differ(DIR "/run", DIR "/without"));
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
    static const struct {
        const char *arguments, *want;
        int code;
    } c[] = {
        {"--signals npu.mac", "need --waves", 2},
        {"--waves " DIR "/x.vcd --from 1ms --to 1ms", "is not after", 2},
        {"--waves " DIR "/x.vcd --from frame:2 --to frame:1", "is not after", 2},
        {"--waves " DIR "/x.vcd --from soon", "--from: 'soon'", 2},
        {"--waves " DIR "/x.vcd --to frame:1+3", "--to: 'frame:1+3'", 2},
        {"--waves " DIR "/none/x.vcd", "x.vcd", 2},
        {"--waves " DIR "/x.vcd --autosnap 60", "--autosnap", 2},
        {"-n 1 --waves " DIR "/x.vcd --from 10s", "before --from", 1},
    };
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        int code = fovea(said, sizeof(said), ENTRANCE "%s", c[i].arguments);
        ck_assert_msg(code == c[i].code && strstr(said, c[i].want) != NULL, "%s: %d %s",
                      c[i].arguments, code, said);
        ck_assert_int_ne(access(DIR "/x.vcd", F_OK), 0);
        ck_assert_int_ne(access(DIR "/x.vcd.part", F_OK), 0);
    }
}
END_TEST

/* ---- other readers ---- */

static bool installed(const char *programs)
{
    char command[200];
    snprintf(command, sizeof(command),
             "for p in %s; do command -v $p >/dev/null 2>&1 || exit 1; done", programs);
    return system(command) == 0;
}

/* GTKWave's converters: VCD to its own format and back leaves every signal as it was. */
START_TEST(a_round_through_fst_changes_no_signal)
{
    static vcd_t before;
    if (!installed("vcd2fst fst2vcd")) {
        test_skip("no gtkwave (tools/deps.txt)");
        return;
    }
    run(ENTRANCE "-n 1 --waves " DIR "/h.vcd --signals '*' --from 39ms --to 41ms");
    read_vcd("h.vcd");
    before = vcd;
    ck_assert_int_eq(system("cd " DIR " && rm -f h.fst && vcd2fst h.vcd h.fst >h.log 2>&1 && "
                            "fst2vcd h.fst 2>&1 | sed -n '/^.scope/,$p' >back.vcd"),
                     0);
    read_vcd("back.vcd");
    ck_assert_int_gt(before.count, 40);
    ck_assert_int_eq(vcd.count, before.count);
    ck_assert_uint_eq(vcd.first_ps, before.first_ps);
    ck_assert_uint_eq(vcd.last_ps, before.last_ps);
    for (int i = 0; i < before.count; i++) {
        const signal_t *a = &before.signal[i], *b = find(a->name);
        ck_assert_msg(b != NULL && b->kind == a->kind, "%s", a->name);
        ck_assert_msg(b->high_ps == a->high_ps && b->number == a->number,
                      "%s: high for %llu ps, %llu before", a->name, (unsigned long long)b->high_ps,
                      (unsigned long long)a->high_ps);
    }
}
END_TEST

/* The viewer itself, on a display of its own: what it says of its signals and times. */
START_TEST(gtkwave_opens_signals_and_lanes)
{
    static const char script[] =
        "puts \"facs [gtkwave::getNumFacs] from [gtkwave::getMinTime] to [gtkwave::getMaxTime]\"\n"
        "puts \"added [gtkwave::addSignalsFromList [list npu.mac npu.mac_what link.packets]]\"\n"
        "gtkwave::/File/Quit\n";
    char want[100], *log;
    if (!installed("gtkwave xvfb-run")) {
        test_skip("no gtkwave, or no xvfb (tools/deps.txt)");
        return;
    }
    run(ENTRANCE "-n 1 --waves " DIR "/i.vcd --from 39ms --to 41ms --vcd " DIR "/lanes.vcd");
    read_vcd("i.vcd");
    report_rig_put(DIR, "open.tcl", script);
    ck_assert_int_eq(system("cd " DIR " && for f in i lanes; do timeout 100 xvfb-run -a gtkwave -S "
                            "open.tcl $f.vcd >$f.log 2>&1 || exit 1; done"),
                     0);
    log = report_rig_get(DIR, "i.log");
    snprintf(want, sizeof(want), "facs %d from %llu to %llu\nadded 3", vcd.count,
             (unsigned long long)vcd.first_ps, (unsigned long long)vcd.last_ps);
    ck_assert_msg(strstr(log, want) != NULL, "%s\n%s", want, log);
    free(log);
    log = report_rig_get(DIR, "lanes.log");
    ck_assert_msg(strstr(log, "facs ") != NULL && strstr(log, "facs 0") == NULL, "%s", log);
    free(log);
}
END_TEST

TEST_MAIN("waves of signals", signals_are_high_as_long_as_spans_are_and_the_window_cuts_them,
          patterns_choose_signals_and_the_core_says_where_it_is,
          banks_are_high_for_the_cycles_that_they_count,
          rows_have_their_numbers_and_windows_may_be_frames,
          waves_move_no_result_and_are_the_same_however_it_is_computed,
          what_makes_no_sense_is_refused, a_round_through_fst_changes_no_signal,
          gtkwave_opens_signals_and_lanes)
