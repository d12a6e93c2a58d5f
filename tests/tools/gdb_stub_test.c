/*
 * gdb_stub_test.c - packets and what the stub does with them, without GDB.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/sim.h"
#include "tests/test.h"
#include "tools/server.h"
#include "tools/gdb_stub.h"

enum { CODE = BUS_TCM_BASE };

typedef struct {
    sim_t *sim;
    bus_t bus;
    core_t core;
    gdb_stub_t stub;
    char line[8 * RSP_MAX]; /* what it sent, packets taken apart */
    size_t bytes;
} bench_t;

static bench_t *bench;

static void on_send(void *ctx, const char *bytes, size_t count)
{
    bench_t *b = ctx;
    ck_assert_uint_lt(b->bytes + count, sizeof(b->line));
    memcpy(b->line + b->bytes, bytes, count);
    b->bytes += count;
}

static void on_monitor(void *ctx, const char *line, gdb_text_t *reply)
{
    (void)ctx;
    for (int i = 0; i < (strcmp(line, "long") == 0 ? 3000 : 1); i++)
        gdb_print(reply, "you said %s\n", line);
}

static void set_up(void)
{
    bus_desc_t bus = {.rom_bytes = 64, .tcm_base = CODE, .tcm_bytes = 4096};
    core_desc_t core = core_desc_default();
    bench = calloc(1, sizeof(*bench));
    bench->sim = sim_new();
    core.reset_pc = CODE;
    ck_assert_int_eq(bus_init(&bench->bus, bench->sim, &bus, "bus"), SIM_OK);
    ck_assert_int_eq(core_init(&bench->core, bench->sim, &bench->bus, &core, "core"), SIM_OK);
    sim_reset(bench->sim);
    bench->stub.core = &bench->core;
    bench->stub.bus = &bench->bus;
    bench->stub.send = on_send;
    bench->stub.monitor = on_monitor;
    bench->stub.can_go_back = true;
    bench->stub.ctx = bench;
    gdb_attach(&bench->stub);
}

static void tear_down(void)
{
    core_free(&bench->core);
    bus_free(&bench->bus);
    sim_free(bench->sim);
    free(bench);
}

/* Feeds a packet; true when the answer, behind the '+', is that payload. */
static void say(const char *payload, size_t bytes)
{
    static char packet[2 * RSP_MAX + 4];
    size_t n = rsp_frame(packet, payload, bytes);
    bench->bytes = 0;
    gdb_feed(&bench->stub, (const uint8_t *)packet, n);
    bench->line[bench->bytes] = '\0';
}

static void check(const char *payload, const char *answer)
{
    static char expected[2 * RSP_MAX + 5];
    say(payload, strlen(payload));
    size_t n = rsp_frame(expected + 1, answer, strlen(answer));
    expected[0] = '+';
    expected[n + 1] = '\0';
    ck_assert_msg(strcmp(bench->line, expected) == 0, "%s: %s, not %s", payload, bench->line,
                  expected);
}

START_TEST(packets_are_framed_summed_and_escaped)
{
    char out[64];
    size_t n = rsp_frame(out, "OK", 2);
    ck_assert(n == 6 && memcmp(out, "$OK#9a", 6) == 0);
    n = rsp_frame(out, "a}b#$*", 6); /* } is 7d, ^ 20 is ] */
    ck_assert(n == 6 + 4 + 4 && memcmp(out, "$a}]b}\003}\004}\n#", 12) == 0);
    static rsp_in_t in;
    rsp_event_t event = RSP_MORE;
    for (size_t i = 0; i < n; i++)
        event = rsp_take(&in, (uint8_t)out[i]);
    ck_assert_int_eq(event, RSP_PACKET);
    ck_assert_uint_eq(in.bytes, 6);
    ck_assert_int_eq(memcmp(in.data, "a}b#$*", 6), 0);
}
END_TEST

START_TEST(a_broken_packet_is_asked_for_again)
{
    set_up();
    const char broken[] = "$g#00";
    gdb_feed(&bench->stub, (const uint8_t *)broken, 5);
    ck_assert(bench->bytes == 1 && bench->line[0] == '-');
    check("qC", "QC1");
    bench->bytes = 0;
    gdb_feed(&bench->stub, (const uint8_t *)"-", 1); /* GDB did not understand */
    ck_assert(bench->bytes == 7 && memcmp(bench->line, "$QC1#c5", 7) == 0);
    tear_down();
}
END_TEST

START_TEST(no_ack_mode_ends_acks)
{
    set_up();
    check("QStartNoAckMode", "OK");
    say("qC", 2);
    ck_assert_str_eq(bench->line, "$QC1#c5");
    gdb_attach(&bench->stub); /* the next debugger begins anew */
    check("qC", "QC1");
    tear_down();
}
END_TEST

START_TEST(registers_are_read_and_written)
{
    set_up();
    check("P5=78563412", "OK");
    ck_assert_uint_eq(bench->core.x[5], 0x12345678);
    check("p5", "78563412");
    check("P0=78563412", "OK"); /* zero stays zero */
    check("p0", "00000000");
    check("p20", "00000010");  /* pc */
    check("p381", "00000000"); /* 65 + 0x340, mscratch */
    check("P381=04030201", "OK");
    check("p381", "04030201");
    check("p1041", "03000000"); /* priv */
    check("p342", "05111040");  /* misa: rv32imacu */
    check("p801", "E01");       /* 65 + 0x7c0: no such CSR */
    check("p2000", "E01");
    check("pzz", "E01");
    check("P5=7856", "E01");
    say("g", 1);
    ck_assert_uint_eq(bench->bytes, 1 + 1 + 33 * 8 + 3);
    ck_assert_int_eq(memcmp(bench->line + 2 + 5 * 8, "78563412", 8), 0);
    ck_assert_int_eq(memcmp(bench->line + 2 + 32 * 8, "00000010", 8), 0);
    char all[33 * 8 + 2] = "G";
    for (int i = 0; i < 33; i++)
        memcpy(all + 1 + 8 * i, i == 32 ? "10000010" : "0a000000", 8);
    check(all, "OK");
    ck_assert(bench->core.x[31] == 10 && bench->core.x[0] == 0 && bench->core.pc == CODE + 16);
    all[20] = 'x';
    bench->core.x[1] = 7;
    check(all, "E01");
    ck_assert_uint_eq(bench->core.x[1], 7); /* all or nothing */
    tear_down();
}
END_TEST

START_TEST(memory_is_read_and_written_as_far_as_there_is_any)
{
    set_up();
    check("M10000100,4:deadbeef", "OK");
    check("m10000100,4", "deadbeef");
    check("m10000ffe,8", "0000"); /* the end of TCM */
    check("m10001000,4", "E14");
    check("m20000000,1", "E14");
    check("mffffffff,2", "E01");
    check("m10000100", "E01");
    check("M10000100,4:dead", "E01");
    check("M10001000,1:00", "E01");
    check("X10000100,0:", "OK"); /* GDB asks whether there are binary writes */
    say("X10000104,3:\001}\000", 15);
    ck_assert_str_eq(bench->line, "+$OK#9a");
    check("m10000104,3", "017d00");
    check("M0,1:55", "OK"); /* ROM: a debugger may */
    tear_down();
}
END_TEST

START_TEST(stops_are_set_and_cleared)
{
    set_up();
    check("Z0,10000010,2", "OK");
    check("Z1,10000020,4", "OK");
    check("Z2,10000100,4", "OK");
    check("Z3,10000200,1", "OK");
    check("Z4,10000300,8", "OK");
    ck_assert_uint_eq(bench->core.debug.breaks, 2);
    ck_assert_uint_eq(bench->core.debug.watches, 3);
    ck_assert_uint_eq(bench->core.debug.watch[2].kind, 3);
    check("z1,10000010,2", "OK");
    check("z3,10000200,1", "OK");
    ck_assert_uint_eq(bench->core.debug.breaks, 1);
    ck_assert_uint_eq(bench->core.debug.watches, 2);
    check("Z9,0,0", "");
    check("Z0,zz", "E01");
    check("Z2,10000100,0", "E01");
    gdb_detach(&bench->stub);
    ck_assert_uint_eq(bench->core.debug.breaks + bench->core.debug.watches, 0);
    tear_down();
}
END_TEST

START_TEST(the_owner_is_told_what_to_run)
{
    const struct {
        const char *packet;
        gdb_go_t go;
        uint32_t pc;
    } cases[] = {{"c", GDB_CONTINUE, CODE},
                 {"c10000080", GDB_CONTINUE, CODE + 0x80},
                 {"s", GDB_STEP, CODE},
                 {"C05", GDB_CONTINUE, CODE},
                 {"S05;10000080", GDB_STEP, CODE + 0x80},
                 {"vCont;c", GDB_CONTINUE, CODE},
                 {"vCont;s:1;c", GDB_STEP, CODE},
                 {"vCont;r10000000,10000010:1", GDB_RANGE, CODE},
                 {"bc", GDB_BACK_CONTINUE, CODE},
                 {"bs", GDB_BACK_STEP, CODE},
                 {"k", GDB_KILL, CODE}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        set_up();
        say(cases[i].packet, strlen(cases[i].packet));
        ck_assert_str_eq(bench->line, "+"); /* the answer comes with the stop */
        ck_assert_int_eq(bench->stub.go, cases[i].go);
        ck_assert_uint_eq(bench->core.pc, cases[i].pc);
        tear_down();
    }
    set_up();
    check("D", "OK");
    ck_assert_int_eq(bench->stub.go, GDB_DETACH);
    tear_down();
    set_up();
    check("vCont?", "vCont;c;C;s;S;r");
    check("vCont;x", "E01");
    check("vCont;r1000", "E01");
    ck_assert_int_eq(bench->stub.go, GDB_WAIT);
    bench->stub.can_go_back = false;
    check("bc", "");
    tear_down();
}
END_TEST

static const char *too_late(void *ctx)
{
    (void)ctx;
    return "too late";
}

START_TEST(writes_that_the_owner_refuses_change_nothing)
{
    static const char *const writes[] = {"Pa=01000000", "M10000000,1:55", "X10000000,1:U",
                                         "c10000004", "s10000004"};
    char all[8 * 33 + 2];
    uint8_t byte;
    set_up();
    bench->stub.refuses = too_late;
    for (size_t i = 0; i < SIM_COUNT(writes); i++)
        check(writes[i], "E.too late");
    memset(all, '5', sizeof(all) - 1);
    all[0] = 'G';
    all[sizeof(all) - 1] = '\0';
    check(all, "E.too late");
    ck_assert(bus_peek(&bench->bus, CODE, &byte, 1) && byte == 0);
    ck_assert_uint_eq(bench->core.x[10], 0);
    ck_assert_uint_eq(bench->core.pc, CODE);
    ck_assert_uint_eq(bench->stub.writes, 0);
    ck_assert_int_eq(bench->stub.go, GDB_WAIT);
    tear_down();
}
END_TEST

START_TEST(while_it_runs_ctrl_c_is_heard)
{
    set_up();
    say("c", 1);
    ck_assert_uint_eq(gdb_feed(&bench->stub, (const uint8_t *)"\003", 1), 1);
    ck_assert(bench->stub.interrupt);
    bench->bytes = 0;
    gdb_stopped(&bench->stub, (gdb_stop_t){.why = GDB_STOP_INTERRUPT});
    bench->line[bench->bytes] = '\0';
    ck_assert(strstr(bench->line, "$T02thread:1;20:00000010;#") == bench->line);
    ck_assert(!bench->stub.interrupt);
    tear_down();
}
END_TEST

START_TEST(a_stop_tells_why)
{
    const struct {
        gdb_stop_t stop;
        const char *answer;
    } cases[] = {{{GDB_STOP_TRAP, 0, 0}, "T05thread:1;20:00000010;"},
                 {{GDB_STOP_BREAK, CODE, 0}, "T05thread:1;20:00000010;hwbreak:;"},
                 {{GDB_STOP_WRITE, 0x10000100, 0}, "T05thread:1;20:00000010;watch:10000100;"},
                 {{GDB_STOP_READ, 0x10000100, 0}, "T05thread:1;20:00000010;rwatch:10000100;"},
                 {{GDB_STOP_BEGIN, 0, 0}, "T05thread:1;20:00000010;replaylog:begin;"},
                 {{GDB_STOP_CORE, 0, 0}, "T0bthread:1;20:00000010;"},
                 {{GDB_STOP_EXIT, 0, 42}, "W2a"}};
    set_up();
    say("qSupported:multiprocess+;swbreak+;hwbreak+", 42);
    ck_assert(strstr(bench->line, "ReverseStep+;ReverseContinue+") != NULL);
    ck_assert(strstr(bench->line, "qXfer:features:read+") != NULL);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char expected[256];
        bench->bytes = 0;
        gdb_stopped(&bench->stub, cases[i].stop);
        size_t n = rsp_frame(expected, cases[i].answer, strlen(cases[i].answer));
        ck_assert(bench->bytes == n && memcmp(bench->line, expected, n) == 0);
        check("?", cases[i].answer); /* and again */
    }
    tear_down();
}
END_TEST

/* In pieces of 100 bytes: put together a well-formed list of every register. */
START_TEST(target_xml_comes_in_pieces)
{
    static char xml[GDB_TEXT];
    size_t bytes = 0;
    set_up();
    for (bool more = true; more;) {
        char ask[64];
        int n = snprintf(ask, sizeof(ask), "qXfer:features:read:target.xml:%zx,64", bytes);
        say(ask, (size_t)n);
        more = bench->line[2] == 'm';
        size_t piece = bench->bytes - 1 - 2 - 3;
        ck_assert_uint_le(piece, 100);
        memcpy(xml + bytes, bench->line + 3, piece);
        bytes += piece;
    }
    xml[bytes] = '\0';
    ck_assert(strstr(xml, "<reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\" regnum=\"32\"/>"));
    ck_assert(strstr(xml, "<reg name=\"mcause\" bitsize=\"32\" regnum=\"899\" group=\"csr\"/>"));
    ck_assert(strstr(xml, "<reg name=\"mhpmcounter31h\""));
    ck_assert(strcmp(xml + bytes - 9, "</target>") == 0);
    check("qXfer:features:read:other.xml:0,64", "E00");
    check("qXfer:features:read:target.xml:0", "E01");
    check("qXfer:features:read:target.xml:100000,64", "l");
    check("qXfer:memory-map:read::0,64", "");
    tear_down();
}
END_TEST

START_TEST(monitor_commands_go_to_the_owner)
{
    set_up();
    say("qRcmd,6869", 10); /* hi */
    ck_assert_str_eq(bench->line, "+$O796f7520736169642068690a#a3$OK#9a");
    say("qRcmd,6c6f6e67", 14); /* long: more than a packet */
    uint32_t packets = 0;
    for (const char *p = bench->line; (p = strstr(p, "$O")) != NULL; p++)
        packets++;
    ck_assert_uint_gt(packets, 4); /* 42,000 bytes in pieces of 8,191, and OK */
    say("qRcmd,6", 7);             /* half a byte: an empty line */
    ck_assert_str_eq(bench->line, "+$O796f752073616964200a#c6$OK#9a");
    check("qRcmd,zz", "E01");
    bench->stub.monitor = NULL;
    check("qRcmd,6869", "");
    tear_down();
}
END_TEST

START_TEST(what_is_unknown_has_an_empty_answer)
{
    const char *unknown[] = {"vMustReplyEmpty", "qTStatus", "QNonStop:1", "!", "R00", "bx", ""};
    set_up();
    for (size_t i = 0; i < SIM_COUNT(unknown); i++)
        check(unknown[i], "");
    check("Hg0", "OK");
    check("T1", "OK");
    check("qfThreadInfo", "m1");
    check("qsThreadInfo", "l");
    tear_down();
}
END_TEST

START_TEST(a_packet_that_is_too_long_is_refused)
{
    set_up();
    const uint8_t start = '$', end[] = "#00";
    gdb_feed(&bench->stub, &start, 1);
    for (uint32_t i = 0; i < 2 * RSP_MAX; i++)
        gdb_feed(&bench->stub, (const uint8_t *)"m", 1);
    gdb_feed(&bench->stub, end, 3);
    ck_assert(bench->bytes == 1 && bench->line[0] == '-');
    check("qC", "QC1");
    tear_down();
}
END_TEST

/* ---- the socket ---- */

static int call_in(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)(const void *)&addr, sizeof(addr)), 0);
    return fd;
}

/* It may be long before the server looks: both have happened then. */
START_TEST(a_debugger_that_died_does_not_keep_the_next_one_out)
{
    static const char path[] = "build/gdb_stub_test.sock";
    char error[256];
    uint8_t bytes[16];
    server_t server;
    unlink(path);
    ck_assert_msg(server_listen(&server, "unix:build/gdb_stub_test.sock", error, sizeof(error)), "%s",
                  error);
    int first = call_in(path);
    ck_assert(server_accept(&server, 1000));
    close(first);
    int second = call_in(path);
    ck_assert_int_eq(server_receive(&server, bytes, sizeof(bytes), 0), -1);
    ck_assert(server_accept(&server, 1000));
    int third = call_in(path);
    ck_assert_int_eq(send(second, "hello", 5, 0), 5);
    ck_assert_int_eq(server_receive(&server, bytes, sizeof(bytes), 1000), 5);
    ck_assert_int_eq(recv(third, bytes, sizeof(bytes), 0), 0); /* turned away */
    close(second);
    close(third);
    server_close(&server);
}
END_TEST

TEST_MAIN("tools gdb stub", packets_are_framed_summed_and_escaped,
          a_broken_packet_is_asked_for_again, no_ack_mode_ends_acks, registers_are_read_and_written,
          memory_is_read_and_written_as_far_as_there_is_any, stops_are_set_and_cleared,
          the_owner_is_told_what_to_run, writes_that_the_owner_refuses_change_nothing,
          while_it_runs_ctrl_c_is_heard, a_stop_tells_why, target_xml_comes_in_pieces,
          monitor_commands_go_to_the_owner, what_is_unknown_has_an_empty_answer,
          a_packet_that_is_too_long_is_refused, a_debugger_that_died_does_not_keep_the_next_one_out)
