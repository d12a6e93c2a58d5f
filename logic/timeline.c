#include "logic/timeline.h"

timeline_frame_t *timeline_at(timeline_t *timeline, uint32_t frame)
{
    timeline_frame_t *place = &timeline->frame[frame % TIMELINE_FRAMES];
    if (!place->known || place->frame != frame)
        *place = (timeline_frame_t){.frame = frame, .known = true};
    return place;
}

void timeline_sent(timeline_t *timeline, uint32_t frame, uint64_t first_ps, uint64_t last_ps)
{
    timeline_frame_t *place = timeline_at(timeline, frame);
    place->link_first_ps = first_ps;
    place->link_last_ps = last_ps;
    if (place->npu_end_ps == 0 || place->firmware_end_ps == 0)
        return; /* a packet that names a frame the NPU has not seen */
    sim_trace_span(timeline->sim, "firmware", "frame", place->npu_end_ps, place->firmware_end_ps,
                   "\"frame\":%u", frame);
    if (timeline->done != NULL)
        timeline->done(timeline->done_ctx, place);
}
