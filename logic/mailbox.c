#include "logic/mailbox.h"

#include <string.h>

enum { /* of MBX_STATUS */
       CAME = 0x1,
       ANSWER_TAKEN = 0x2,
       EVENT_TAKEN = 0x4,
       WORKING = 0x8,
       W1C_BITS = CAME | ANSWER_TAKEN | EVENT_TAKEN,
};
enum { HOST_BUSY = 0x1, HOST_ANSWER = 0x2, HOST_REFUSED = 0x4, HOST_EVENT = 0x8 };
enum { /* of the host */
       COMMAND = 0x9100,
       STATUS = 0x9102,
       RESULT = 0x9104,
       ACK = 0x9106,
       EVENT = 0x9108,
       DATA = 0x9110,
};

static void wrote_irq(sim_comp_t *comp, uint32_t value);
static void wrote_answer(sim_comp_t *comp, uint32_t value);
static void wrote_event(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(mailbox_t, member)
#define DATA_REG(n) {"MBX_DATA" #n, "31:0: data word", 0x40 + 4 * n, 0x0, 0xffffffff, 0x0, R(data) + 4 * n, NULL},
static const sim_reg_t mailbox_regs[] = {
    /* name          help                                                               addr  reset       rw_mask     w1c       member         side effect */
    {"MBX_ID",       "31:16: block id; 15:0: version",                                  0x00, 0x00100001, 0x0,        0x0,      R(id),         NULL},
    {"MBX_STATUS",   "0: a command came, W1C; 1: the host took the answer, W1C; 2: the host took the event, W1C; 3: a command waits for its answer", 0x04, 0x0, 0x0, W1C_BITS, R(status), wrote_irq},
    {"MBX_IRQ_EN",   "2:0: interrupt on bits 2:0 of MBX_STATUS",                        0x08, 0x0,        W1C_BITS,   0x0,      R(irq_enable), wrote_irq},
    {"MBX_COMMAND",  "15:0: the host's command",                                        0x0c, 0x0,        0x0,        0x0,      R(command),    NULL},
    {"MBX_ANSWER",   "15:0: result for the host; ends the command",                     0x10, 0x0,        0xffff,     0x0,      R(answer),     wrote_answer},
    {"MBX_EVENT",    "15:0: rings the host with a number",                              0x14, 0x0,        0x0,        0x0,      R(event),      wrote_event},
    DATA_REG(0) DATA_REG(1) DATA_REG(2) DATA_REG(3) DATA_REG(4) DATA_REG(5) DATA_REG(6) DATA_REG(7)
    DATA_REG(8) DATA_REG(9) DATA_REG(10) DATA_REG(11) DATA_REG(12) DATA_REG(13) DATA_REG(14) DATA_REG(15)
    SIM_REG_END,
};
/* clang-format on */

static mailbox_t *mailbox_of(sim_comp_t *comp)
{
    return (mailbox_t *)(void *)comp;
}

static void update(mailbox_t *m)
{
    sim_wire_set(&m->irq, (m->status & m->irq_enable & W1C_BITS) != 0);
    sim_wire_set(&m->host_irq, (m->host & (HOST_ANSWER | HOST_EVENT)) != 0);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(mailbox_of(comp));
}

/* ---- the core's side ---- */

static void wrote_answer(sim_comp_t *comp, uint32_t value)
{
    mailbox_t *m = mailbox_of(comp);
    (void)value;
    if ((m->status & WORKING) == 0) {
        sim_log(comp, SIM_LOG_GUEST, "MBX_ANSWER without a command, ignored");
        return;
    }
    m->status &= ~(uint32_t)WORKING;
    m->host = (m->host & ~(uint32_t)HOST_BUSY) | HOST_ANSWER;
    m->answers++;
    update(m);
}

static void wrote_event(sim_comp_t *comp, uint32_t value)
{
    mailbox_t *m = mailbox_of(comp);
    if ((m->host & HOST_EVENT) != 0) {
        sim_log(comp, SIM_LOG_GUEST, "MBX_EVENT while the host has not taken the last, lost");
        return;
    }
    m->event = value & 0xffff;
    m->host |= HOST_EVENT;
    m->events++;
    update(m);
}

/* ---- the host's side ---- */

static bool refuse(mailbox_t *m, uint16_t addr)
{
    m->host |= HOST_REFUSED;
    m->refused++;
    sim_log(&m->comp, SIM_LOG_GUEST, "host write of 0x%04x while a command is with the core", addr);
    return false;
}

static void take(mailbox_t *m, uint32_t bits)
{
    uint32_t taken = bits & m->host;
    m->host &= ~(bits & (HOST_ANSWER | HOST_REFUSED | HOST_EVENT));
    m->status |= ((taken & HOST_ANSWER) != 0 ? (uint32_t)ANSWER_TAKEN : 0u) |
                 ((taken & HOST_EVENT) != 0 ? (uint32_t)EVENT_TAKEN : 0u);
}

static bool host_write(void *ctx, uint16_t addr, uint32_t value)
{
    mailbox_t *m = ctx;
    if (addr == ACK) {
        take(m, value);
    } else if ((m->host & HOST_BUSY) != 0) {
        return refuse(m, addr);
    } else if (addr == COMMAND) {
        m->command = value;
        m->host = (m->host & ~(uint32_t)HOST_ANSWER) | HOST_BUSY;
        m->status |= CAME | WORKING;
        m->commands++;
    } else {
        m->data[(addr - DATA) / 4] = value;
    }
    update(m);
    return true;
}

static uint32_t host_read(void *ctx, uint16_t addr)
{
    const mailbox_t *m = ctx;
    switch (addr) {
    case COMMAND:
        return m->command;
    case STATUS:
        return m->host;
    case RESULT:
        return m->answer;
    case ACK:
        return 0;
    case EVENT:
        return m->event;
    default:
        return m->data[(addr - DATA) / 4];
    }
}

ccs_window_t mailbox_window(mailbox_t *mailbox)
{
    return (ccs_window_t){MBX_CCS_FIRST, MBX_CCS_LAST, host_write, host_read, mailbox};
}

/* ---- tables ---- */

static const sim_field_t mailbox_fields[] = {
    SIM_FIELD(mailbox_t, status),         SIM_FIELD(mailbox_t, irq_enable),
    SIM_FIELD(mailbox_t, command),        SIM_FIELD(mailbox_t, answer),
    SIM_FIELD(mailbox_t, event),          SIM_FIELD(mailbox_t, host),
    SIM_FIELD(mailbox_t, data),           SIM_FIELD(mailbox_t, irq.level),
    SIM_FIELD(mailbox_t, host_irq.level), SIM_FIELD(mailbox_t, commands),
    SIM_FIELD(mailbox_t, answers),        SIM_FIELD(mailbox_t, events),
    SIM_FIELD(mailbox_t, refused),        SIM_FIELD_END,
};

static const sim_stat_t mailbox_stats[] = {
    SIM_STAT(mailbox_t, commands, "1", "commands of the host"),
    SIM_STAT(mailbox_t, answers, "1", "answers of the core"),
    SIM_STAT(mailbox_t, events, "1", "doorbells of the core"),
    SIM_STAT(mailbox_t, refused, "1", "host writes while a command was with the core"),
    SIM_STAT_END,
};

static void mailbox_reset(sim_comp_t *comp)
{
    mailbox_t *m = mailbox_of(comp);
    m->host = 0;
    m->commands = m->answers = m->events = m->refused = 0;
    update(m);
}

static const sim_kind_t mailbox_kind = {
    .kind = "mailbox",
    .version = 1,
    .reset = mailbox_reset,
    .fields = mailbox_fields,
    .stats = mailbox_stats,
    .regs = mailbox_regs,
};
_Static_assert(offsetof(mailbox_t, comp) == 0, "comp stays first");

sim_err_t mailbox_init(mailbox_t *mailbox, sim_t *sim, const char *name)
{
    memset(mailbox, 0, sizeof(*mailbox));
    return sim_comp_init(&mailbox->comp, sim, &mailbox_kind, name);
}
