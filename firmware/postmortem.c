#include "postmortem.h"

#include <string.h>

#include "boot_image.h"

/* As much of text as has place, from byte `at` on; returns where it ends. */
static uint32_t put_text(uint8_t *out, uint32_t room, uint32_t at, const char *text)
{
    for (; text != 0 && *text != '\0' && at < room; at++)
        out[at] = (uint8_t)*text++;
    return at;
}

/* "file: expression", padded with zeros to whole words. */
static uint32_t put_assertion(const postmortem_t *dead, uint32_t *out)
{
    enum { ROOM = 4 * PM_MAX_TEXT_WORDS };
    uint8_t *bytes = (uint8_t *)out;
    memset(out, 0, ROOM);
    uint32_t at = put_text(bytes, ROOM, 0, dead->file);
    at = put_text(bytes, ROOM, at, at > 0 ? ": " : "");
    return (put_text(bytes, ROOM, at, dead->text) + 3) / 4;
}

static void put_header(const postmortem_t *dead, uint32_t *out)
{
    out[PM_MAGIC] = PM_MAGIC_VALUE;
    out[PM_VERSION] = PM_VERSION_VALUE;
    out[PM_REASON] = dead->reason;
    out[PM_CAUSE] = dead->cause;
    out[PM_PC] = dead->pc;
    out[PM_VALUE] = dead->value;
    out[PM_STATUS] = dead->status;
    out[PM_TIME_LO] = (uint32_t)dead->time_ps;
    out[PM_TIME_HI] = (uint32_t)(dead->time_ps >> 32);
    out[PM_RESET_CAUSE] = dead->reset_cause;
    out[PM_DEATHS] = dead->deaths;
    out[PM_TASK_0] = out[PM_TASK_1] = 0;
    put_text((uint8_t *)&out[PM_TASK_0], PM_TASK_BYTES, 0, dead->task);
    out[PM_LINE] = dead->line;
    out[PM_STACK_ADDR] = dead->stack_addr;
}

uint32_t postmortem_build(const postmortem_t *dead, uint32_t *out)
{
    uint32_t words = PM_HEADER_WORDS;
    uint32_t stack =
        dead->stack_words < PM_MAX_STACK_WORDS ? dead->stack_words : PM_MAX_STACK_WORDS;
    put_header(dead, out);
    memcpy(out + words, dead->registers, 4 * PM_REGISTERS);
    words += PM_REGISTERS;
    for (uint32_t i = 0; i < stack; i++)
        out[words++] = dead->stack[i];
    out[PM_STACK_WORDS] = stack;
    out[PM_TEXT_WORDS] = put_assertion(dead, out + words);
    words += out[PM_TEXT_WORDS];
    out[PM_TOTAL_BYTES] = 4 * (words + 1);
    out[words] = boot_crc(out, words);
    return 4 * (words + 1);
}

bool postmortem_valid(const uint32_t *packet)
{
    uint32_t bytes = packet[PM_TOTAL_BYTES];
    return packet[PM_MAGIC] == PM_MAGIC_VALUE && packet[PM_VERSION] == PM_VERSION_VALUE &&
           bytes >= 4 * (PM_HEADER_WORDS + PM_REGISTERS + 1) && bytes <= PM_MAX_BYTES &&
           bytes % 4 == 0 && packet[bytes / 4 - 1] == boot_crc(packet, bytes / 4 - 1);
}
