#include "meta.h"

#include "fovea_metadata.h"

_Static_assert((int)DET_MAX_BOXES <= (int)META_MAX_BOXES, "every box has a place");
_Static_assert((int)TRK_MAX_EVENTS + 1 <= (int)META_MAX_EVENTS, "every event has a place");

/* Four bits a step: a table of 16 words serves a packet of a few hundred bytes well. */
static uint32_t crc32(const uint32_t *words, uint32_t count)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t word = words[i];
        for (int nibble = 0; nibble < 8; nibble++, word >>= 4)
            crc = (crc >> 4) ^ table[(crc ^ word) & 15u];
    }
    return ~crc;
}

static uint32_t put_box(uint32_t *out, const det_box_t *box, uint16_t id)
{
    out[0] = (uint32_t)box->score << 24 | (uint32_t)box->class_id << 16 | id;
    out[1] = (uint32_t)box->y0 << 16 | (uint32_t)box->x0;
    out[2] = (uint32_t)(box->y1 - box->y0) << 16 | (uint32_t)(box->x1 - box->x0);
    return META_BOX_WORDS;
}

static uint32_t put_event(uint32_t *out, uint32_t kind, uint32_t which)
{
    out[0] = which << 16 | kind;
    return META_EVENT_WORDS;
}

uint32_t meta_build(const meta_frame_t *frame, uint32_t *out)
{
    const trk_state_t *tracker = frame->tracker;
    uint32_t words = META_HEADER_WORDS, events = tracker->events;
    for (uint32_t i = 0; i < frame->box_count; i++)
        words += put_box(out + words, &frame->boxes[i], frame->ids[i]);
    for (uint32_t i = 0; i < tracker->events; i++)
        words += put_event(out + words, tracker->event[i].kind, tracker->event[i].track);
    if (frame->memory_errors != 0) {
        uint32_t many = frame->memory_errors < UINT16_MAX ? frame->memory_errors : UINT16_MAX;
        words += put_event(out + words, META_EVENT_MEMORY_ERROR, many);
        events++;
    }

    out[META_MAGIC] = META_MAGIC_VALUE;
    out[META_VERSION] = META_VERSION_VALUE;
    out[META_TOTAL_BYTES] = 4 * (words + 1);
    out[META_FRAME] = frame->frame;
    out[META_TIME_LO] = (uint32_t)frame->time_ps;
    out[META_TIME_HI] = (uint32_t)(frame->time_ps >> 32);
    out[META_NETWORK] = frame->network;
    out[META_BOXES] = frame->box_count;
    out[META_EVENTS] = events;
    out[META_COUNT_IN] = tracker->count_in;
    out[META_COUNT_OUT] = tracker->count_out;
    out[META_LATENCY_US] = frame->latency_us;
    out[words] = crc32(out, words);
    return 4 * (words + 1);
}
