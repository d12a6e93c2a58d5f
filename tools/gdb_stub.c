#include "tools/gdb_stub.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Numbers of registers: those of GDB's own list (riscv-tdep.h). */
enum { REG_PC = 32, REG_CSR = 65, REG_PRIV = REG_CSR + 4096 };

void gdb_print(gdb_text_t *text, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text->text + text->bytes, sizeof(text->text) - text->bytes, fmt, args);
    va_end(args);
    if (n > 0)
        text->bytes += (size_t)n;
    if (text->bytes > sizeof(text->text) - 1)
        text->bytes = sizeof(text->text) - 1;
}

bool gdb_words_fit(const char *word, const char *rest, uint32_t most, gdb_text_t *reply)
{
    uint32_t words = 0;
    for (const char *at = rest; *at != '\0'; at++)
        words += *at != ' ' && (at == rest || at[-1] == ' ');
    if (words > most)
        gdb_print(reply, "%s %s: %u words too many\n", word, rest, words - most);
    return words <= most;
}

/* ---- sending ---- */

static void send_again(gdb_stub_t *stub)
{
    if (stub->sent_bytes != 0)
        stub->send(stub->ctx, stub->sent, stub->sent_bytes);
}

static void send_bytes(gdb_stub_t *stub, const char *payload, size_t bytes)
{
    stub->sent_bytes = rsp_frame(stub->sent, payload, bytes);
    send_again(stub);
}

static void send_text(gdb_stub_t *stub, const char *text)
{
    send_bytes(stub, text, strlen(text));
}

static void send_ok(gdb_stub_t *stub, bool ok)
{
    send_text(stub, ok ? "OK" : "E01");
}

void gdb_console(gdb_stub_t *stub, const char *text)
{
    size_t bytes = strlen(text);
    bytes = bytes < RSP_MAX / 2 - 1 ? bytes : RSP_MAX / 2 - 1;
    stub->reply[0] = 'O';
    rsp_hex(stub->reply + 1, text, bytes);
    send_text(stub, stub->reply);
}

/* ---- target.xml ---- */

static const char *reg_type(uint32_t reg)
{
    bool code = reg == 1 || reg == REG_PC, data = reg >= 2 && reg <= 4;
    return code ? "code_ptr" : data ? "data_ptr" : "int";
}

static void describe(gdb_stub_t *stub)
{
    gdb_text_t *t = &stub->target;
    uint32_t number;
    char name[CORE_CSR_NAME];
    t->bytes = 0;
    gdb_print(t, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                 "<architecture>riscv:rv32</architecture>"
                 "<feature name=\"org.gnu.gdb.riscv.cpu\">");
    for (uint32_t i = 0; i <= REG_PC; i++)
        gdb_print(t, "<reg name=\"%s\" bitsize=\"32\" type=\"%s\" regnum=\"%u\"/>",
                  i < REG_PC ? core_reg_name(i) : "pc", reg_type(i), i);
    gdb_print(t, "</feature><feature name=\"org.gnu.gdb.riscv.csr\">");
    for (uint32_t i = 0; core_csr_at(stub->core, i, &number); i++)
        gdb_print(t, "<reg name=\"%s\" bitsize=\"32\" regnum=\"%u\" group=\"csr\"/>",
                  core_csr_name(number, name), REG_CSR + number);
    gdb_print(t,
              "</feature><feature name=\"org.gnu.gdb.riscv.virtual\">"
              "<reg name=\"priv\" bitsize=\"32\" regnum=\"%u\"/></feature></target>",
              REG_PRIV);
}

/* "features:read:target.xml:offset,length" */
static void transfer(gdb_stub_t *stub, const char *args)
{
    static const char known[] = "features:read:target.xml:";
    uint64_t offset, length;
    if (strncmp(args, known, sizeof(known) - 1) != 0) {
        send_text(stub, strncmp(args, "features:read:", 14) == 0 ? "E00" : "");
        return;
    }
    args += sizeof(known) - 1;
    if (!rsp_number(&args, &offset) || *args++ != ',' || !rsp_number(&args, &length)) {
        send_text(stub, "E01");
        return;
    }
    describe(stub);
    size_t left = offset < stub->target.bytes ? stub->target.bytes - (size_t)offset : 0;
    size_t bytes = left < RSP_MAX - 1 ? left : RSP_MAX - 1;
    bytes = bytes < length ? bytes : (size_t)length;
    stub->reply[0] = bytes < left ? 'm' : 'l';
    memcpy(stub->reply + 1, stub->target.text + (left != 0 ? offset : 0), bytes);
    send_bytes(stub, stub->reply, bytes + 1);
}

/* ---- registers ---- */

static bool read_reg(const core_t *core, uint64_t reg, uint32_t *value)
{
    if (reg < REG_PC)
        *value = core->x[reg];
    else if (reg == REG_PC)
        *value = core->pc;
    else if (reg == REG_PRIV)
        *value = core->mode;
    else
        return reg >= REG_CSR && reg < REG_PRIV &&
               core_csr_peek(core, (uint32_t)reg - REG_CSR, value);
    return true;
}

static bool write_reg(core_t *core, uint64_t reg, uint32_t value)
{
    if (reg < REG_PC) {
        core->x[reg != 0 ? reg : 32] = value;
    } else if (reg == REG_PC) {
        core->pc = value & ~(core->desc.c ? 1u : 3u);
        core_moved(core);
    } else {
        return reg >= REG_CSR && reg < REG_PRIV &&
               core_csr_poke(core, (uint32_t)reg - REG_CSR, value);
    }
    return true;
}

static void put_word(uint8_t bytes[4], uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static bool get_word(const char *text, uint32_t *value)
{
    uint8_t bytes[4];
    bool fine = rsp_unhex(text, bytes, 4);
    *value = fine ? bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                        (uint32_t)bytes[3] << 24
                  : 0;
    return fine;
}

static void read_all(gdb_stub_t *stub)
{
    char *to = stub->reply;
    for (uint32_t reg = 0; reg <= REG_PC; reg++) {
        uint32_t value;
        uint8_t bytes[4];
        read_reg(stub->core, reg, &value);
        put_word(bytes, value);
        to = rsp_hex(to, bytes, 4);
    }
    send_text(stub, stub->reply);
}

/* Whether things may be changed; if not, GDB has been told why. */
static bool may_write(gdb_stub_t *stub)
{
    const char *why = stub->refuses != NULL ? stub->refuses(stub->ctx) : NULL;
    if (why == NULL)
        return true;
    snprintf(stub->reply, sizeof(stub->reply), "E.%s", why);
    send_text(stub, stub->reply);
    return false;
}

static void write_all(gdb_stub_t *stub, const char *text)
{
    uint32_t value[REG_PC + 1];
    bool fine = strlen(text) >= 8 * (REG_PC + 1);
    if (!may_write(stub))
        return;
    for (uint32_t reg = 0; reg <= REG_PC && fine; reg++)
        fine = get_word(text + 8 * reg, &value[reg]);
    for (uint32_t reg = 0; reg <= REG_PC && fine; reg++)
        write_reg(stub->core, reg, value[reg]);
    stub->writes++;
    send_ok(stub, fine);
}

static void read_one(gdb_stub_t *stub, const char *text)
{
    uint64_t reg;
    uint32_t value;
    uint8_t bytes[4];
    if (!rsp_number(&text, &reg) || !read_reg(stub->core, reg, &value)) {
        send_text(stub, "E01");
        return;
    }
    put_word(bytes, value);
    rsp_hex(stub->reply, bytes, 4);
    send_text(stub, stub->reply);
}

static void write_one(gdb_stub_t *stub, const char *text)
{
    uint64_t reg;
    uint32_t value;
    if (!may_write(stub))
        return;
    stub->writes++;
    send_ok(stub, rsp_number(&text, &reg) && *text++ == '=' && get_word(text, &value) &&
                      write_reg(stub->core, reg, value));
}

/* ---- memory ---- */

/* One byte of anything, without side effect: of a register, out of its word. */
static bool peek(bus_t *bus, uint32_t addr, uint8_t *byte)
{
    uint8_t word[4];
    if (bus_area(bus, addr, 1) != BUS_REGS)
        return bus_peek(bus, addr, byte, 1);
    if (!bus_peek(bus, addr & ~3u, word, 4))
        return false;
    *byte = word[addr & 3];
    return true;
}

/* Whole words of registers; anything of memories. */
static bool poke(bus_t *bus, uint32_t addr, const uint8_t *data, uint32_t bytes)
{
    if (bus_area(bus, addr, bytes) != BUS_REGS)
        return bus_poke(bus, addr, data, bytes);
    if (addr % 4 != 0 || bytes % 4 != 0)
        return false;
    for (uint32_t i = 0; i < bytes; i += 4)
        bus_write_reg(bus, addr + i, 4,
                      data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16 |
                          (uint32_t)data[i + 3] << 24);
    return true;
}

/* "addr,length", and what follows in *text. */
static bool range_of(const char **text, uint32_t *addr, uint32_t *bytes)
{
    uint64_t a, n;
    if (!rsp_number(text, &a) || *(*text)++ != ',' || !rsp_number(text, &n))
        return false;
    *addr = (uint32_t)a;
    *bytes = (uint32_t)n;
    return a <= UINT32_MAX && n <= UINT32_MAX && a + n <= UINT64_C(1) << 32;
}

/* As much as is there. */
static void read_memory(gdb_stub_t *stub, const char *text)
{
    uint32_t addr, bytes, i;
    uint8_t byte;
    if (!range_of(&text, &addr, &bytes)) {
        send_text(stub, "E01");
        return;
    }
    bytes = bytes < RSP_MAX / 2 ? bytes : RSP_MAX / 2;
    for (i = 0; i < bytes && peek(stub->bus, addr + i, &byte); i++)
        rsp_hex(stub->reply + 2 * i, &byte, 1);
    if (i == 0)
        send_text(stub, bytes == 0 ? "" : "E14"); /* EFAULT */
    else
        send_text(stub, stub->reply);
}

static void write_memory(gdb_stub_t *stub, const char *text, bool binary)
{
    static uint8_t none;
    uint8_t *data = &none;
    uint32_t addr = 0, bytes = 0;
    const char *end = stub->in.data + stub->in.bytes;
    if (!may_write(stub))
        return;
    bool fine = range_of(&text, &addr, &bytes) && *text++ == ':' &&
                (size_t)(end - text) == (binary ? bytes : 2 * (size_t)bytes);
    if (fine && !binary) {
        data = (uint8_t *)stub->reply;
        fine = rsp_unhex(text, data, bytes);
    } else if (fine) {
        memcpy(stub->reply, text, bytes);
        data = (uint8_t *)stub->reply;
    }
    stub->writes += bytes != 0;
    send_ok(stub, fine && (bytes == 0 || poke(stub->bus, addr, data, bytes)));
}

/* ---- breakpoints ---- */

/* "type,addr,kind": Z sets, z takes away. */
static void set_stop(gdb_stub_t *stub, const char *text, bool set)
{
    static const uint32_t kinds[] = {CORE_WATCH_WRITE, CORE_WATCH_READ,
                                     CORE_WATCH_READ | CORE_WATCH_WRITE};
    uint32_t type = (uint32_t)(text[0] - '0'), addr, bytes;
    if (type > 4) {
        send_text(stub, "");
        return;
    }
    text++;
    bool fine = *text++ == ',' && range_of(&text, &addr, &bytes);
    if (fine && type < 2)
        fine = set ? core_break_add(stub->core, addr) : (core_break_remove(stub->core, addr), true);
    else if (fine) {
        core_watch_t watch = {addr, bytes, kinds[type - 2]};
        fine =
            set ? core_watch_add(stub->core, watch) : (core_watch_remove(stub->core, watch), true);
    }
    send_ok(stub, fine);
}

static void clear_stops(core_t *core)
{
    while (core->debug.breaks != 0)
        core_break_remove(core, core->debug.break_addr[0]);
    while (core->debug.watches != 0)
        core_watch_remove(core, core->debug.watch[0]);
}

/* ---- stops ---- */

static void tell_stop(gdb_stub_t *stub)
{
    static const char *const reasons[] = {[GDB_STOP_BREAK] = "hwbreak:;",
                                          [GDB_STOP_READ] = "rwatch:",
                                          [GDB_STOP_WRITE] = "watch:",
                                          [GDB_STOP_BEGIN] = "replaylog:begin;",
                                          [GDB_STOP_EXIT] = NULL};
    const gdb_stop_t *stop = &stub->last;
    uint32_t signal = stop->why == GDB_STOP_INTERRUPT ? 2 : stop->why == GDB_STOP_CORE ? 11 : 5;
    uint8_t pc[4];
    char digits[9];
    if (stop->why == GDB_STOP_EXIT) {
        snprintf(stub->reply, sizeof(stub->reply), "W%02x", stop->code);
        send_text(stub, stub->reply);
        return;
    }
    put_word(pc, stub->core->pc);
    rsp_hex(digits, pc, 4);
    int n = snprintf(stub->reply, sizeof(stub->reply), "T%02xthread:1;20:%s;", signal, digits);
    const char *reason = reasons[stop->why];
    if (stop->why == GDB_STOP_READ || stop->why == GDB_STOP_WRITE)
        snprintf(stub->reply + n, sizeof(stub->reply) - (size_t)n, "%s%x;", reason, stop->addr);
    else if (reason != NULL && (stop->why != GDB_STOP_BREAK || stub->hwbreak))
        snprintf(stub->reply + n, sizeof(stub->reply) - (size_t)n, "%s", reason);
    send_text(stub, stub->reply);
}

void gdb_stopped(gdb_stub_t *stub, gdb_stop_t stop)
{
    stub->last = stop;
    stub->go = GDB_WAIT;
    stub->interrupt = false;
    tell_stop(stub);
}

/* ---- running ---- */

/* "c", "s", with a signal ("C05"), with an address ("c1000", "C05;1000") that is the new pc. */
static void resume(gdb_stub_t *stub, const char *text)
{
    uint64_t addr;
    bool step = text[0] == 's' || text[0] == 'S', has_signal = text[0] == 'C' || text[0] == 'S';
    text++;
    if (has_signal && rsp_number(&text, &addr) && *text == ';')
        text++;
    if (rsp_number(&text, &addr)) {
        if (!may_write(stub))
            return;
        write_reg(stub->core, REG_PC, (uint32_t)addr);
        stub->writes++;
    }
    stub->go = step ? GDB_STEP : GDB_CONTINUE;
}

/* vCont: the first action is for the one thread that there is. */
static void resume_threads(gdb_stub_t *stub, const char *text)
{
    uint64_t first, end;
    switch (text[0]) {
    case 'c':
    case 'C':
        stub->go = GDB_CONTINUE;
        return;
    case 's':
    case 'S':
        stub->go = GDB_STEP;
        return;
    case 'r':
        text++;
        if (!rsp_number(&text, &first) || *text++ != ',' || !rsp_number(&text, &end))
            break;
        stub->range[0] = (uint32_t)first;
        stub->range[1] = (uint32_t)end;
        stub->go = GDB_RANGE;
        return;
    default:
        break;
    }
    send_text(stub, "E01");
}

/* ---- queries ---- */

static void supported(gdb_stub_t *stub, const char *theirs)
{
    stub->hwbreak = strstr(theirs, "hwbreak+") != NULL;
    snprintf(stub->reply, sizeof(stub->reply),
             "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+;hwbreak+;"
             "swbreak-%s",
             RSP_MAX - 16, stub->can_go_back ? ";ReverseStep+;ReverseContinue+" : "");
    send_text(stub, stub->reply);
}

static void monitor(gdb_stub_t *stub, const char *hex)
{
    char line[512];
    size_t bytes = strlen(hex) / 2;
    if (stub->monitor == NULL || bytes >= sizeof(line) || !rsp_unhex(hex, (uint8_t *)line, bytes)) {
        send_text(stub, stub->monitor == NULL ? "" : "E01");
        return;
    }
    line[bytes] = '\0';
    stub->text.bytes = 0;
    stub->monitor(stub->ctx, line, &stub->text);
    for (size_t at = 0; at < stub->text.bytes;) { /* in pieces that fit a packet */
        size_t piece = stub->text.bytes - at;
        piece = piece < RSP_MAX / 2 - 1 ? piece : RSP_MAX / 2 - 1;
        stub->reply[0] = 'O';
        rsp_hex(stub->reply + 1, stub->text.text + at, piece);
        send_text(stub, stub->reply);
        at += piece;
    }
    if (stub->go == GDB_WAIT)
        send_text(stub, "OK");
}

static bool starts(const char *text, const char *with, const char **rest)
{
    size_t length = strlen(with);
    *rest = text + length;
    return strncmp(text, with, length) == 0;
}

static void query(gdb_stub_t *stub, const char *text)
{
    const char *rest;
    if (starts(text, "qSupported", &rest))
        supported(stub, rest);
    else if (starts(text, "qXfer:", &rest))
        transfer(stub, rest);
    else if (starts(text, "qRcmd,", &rest))
        monitor(stub, rest);
    else if (starts(text, "qAttached", &rest))
        send_text(stub, "1");
    else if (strcmp(text, "qC") == 0)
        send_text(stub, "QC1");
    else if (strcmp(text, "qfThreadInfo") == 0)
        send_text(stub, "m1");
    else if (strcmp(text, "qsThreadInfo") == 0)
        send_text(stub, "l");
    else if (strcmp(text, "qSymbol::") == 0)
        send_text(stub, "OK");
    else
        send_text(stub, "");
}

static void set(gdb_stub_t *stub, const char *text)
{
    bool known = strcmp(text, "QStartNoAckMode") == 0;
    send_text(stub, known ? "OK" : "");
    stub->no_ack |= known;
}

static void verbose(gdb_stub_t *stub, const char *text)
{
    const char *rest;
    if (strcmp(text, "vCont?") == 0)
        send_text(stub, "vCont;c;C;s;S;r");
    else if (starts(text, "vCont;", &rest))
        resume_threads(stub, rest);
    else if (starts(text, "vKill", &rest)) {
        send_text(stub, "OK");
        stub->go = GDB_KILL;
    } else
        send_text(stub, "");
}

static void go_back(gdb_stub_t *stub, const char *text)
{
    if (!stub->can_go_back)
        send_text(stub, "");
    else if (strcmp(text, "bc") == 0)
        stub->go = GDB_BACK_CONTINUE;
    else if (strcmp(text, "bs") == 0)
        stub->go = GDB_BACK_STEP;
    else
        send_text(stub, "");
}

/* ---- packets ---- */

static void question(gdb_stub_t *stub, const char *text)
{
    (void)text;
    tell_stop(stub);
}

static void all_regs(gdb_stub_t *stub, const char *text)
{
    if (text[0] == 'g')
        read_all(stub);
    else
        write_all(stub, text + 1);
}

static void one_reg(gdb_stub_t *stub, const char *text)
{
    if (text[0] == 'p')
        read_one(stub, text + 1);
    else
        write_one(stub, text + 1);
}

static void memory(gdb_stub_t *stub, const char *text)
{
    if (text[0] == 'm')
        read_memory(stub, text + 1);
    else
        write_memory(stub, text + 1, text[0] == 'X');
}

static void stop_point(gdb_stub_t *stub, const char *text)
{
    set_stop(stub, text + 1, text[0] == 'Z');
}

static void thread(gdb_stub_t *stub, const char *text)
{
    (void)text;
    send_text(stub, "OK");
}

static void detach(gdb_stub_t *stub, const char *text)
{
    (void)text;
    send_text(stub, "OK");
    stub->go = GDB_DETACH;
}

static void kill_run(gdb_stub_t *stub, const char *text)
{
    (void)text;
    stub->go = GDB_KILL;
}

typedef void (*packet_fn_t)(gdb_stub_t *stub, const char *text);

static const struct {
    const char *letters;
    packet_fn_t fn;
} packets[] = {
    {"?", question},  {"gG", all_regs}, {"pP", one_reg}, {"mMX", memory}, {"zZ", stop_point},
    {"csCS", resume}, {"v", verbose},   {"q", query},    {"Q", set},      {"b", go_back},
    {"HT", thread},   {"D", detach},    {"k", kill_run},
};

static void packet(gdb_stub_t *stub, const char *text)
{
    for (size_t i = 0; i < SIM_COUNT(packets); i++)
        if (text[0] != '\0' && strchr(packets[i].letters, text[0]) != NULL) {
            packets[i].fn(stub, text);
            return;
        }
    send_text(stub, "");
}

void gdb_attach(gdb_stub_t *stub)
{
    stub->in.state = RSP_IDLE;
    stub->no_ack = stub->hwbreak = stub->interrupt = false;
    stub->sent_bytes = 0;
    stub->go = GDB_WAIT;
}

void gdb_detach(gdb_stub_t *stub)
{
    clear_stops(stub->core);
}

size_t gdb_feed(gdb_stub_t *stub, const uint8_t *bytes, size_t count)
{
    size_t i = 0;
    bool runs = stub->go != GDB_WAIT;
    while (i < count && (runs || stub->go == GDB_WAIT)) {
        rsp_event_t event = rsp_take(&stub->in, bytes[i++]);
        if (event == RSP_BREAK)
            stub->interrupt = true;
        if (event == RSP_NACK)
            send_again(stub);
        if ((event == RSP_PACKET || event == RSP_BROKEN) && !stub->no_ack)
            stub->send(stub->ctx, event == RSP_PACKET ? "+" : "-", 1);
        if (event == RSP_PACKET && !runs)
            packet(stub, stub->in.data);
    }
    return i;
}
