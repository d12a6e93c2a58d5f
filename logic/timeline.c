#include "logic/timeline.h"

#include <string.h>

static void reset(sim_comp_t *comp)
{
    timeline_t *timeline = (timeline_t *)(void *)comp;
    memset(timeline->frame, 0, sizeof(timeline->frame));
    timeline->npu_frame = 0;
}

static const sim_field_t fields[] = {
    SIM_FIELD(timeline_t, frame),
    SIM_FIELD(timeline_t, npu_frame),
    SIM_FIELD_END,
};

static const sim_kind_t kind = {
    .kind = "timeline", .version = 3, .reset = reset, .fields = fields, .observer = true};
_Static_assert(offsetof(timeline_t, comp) == 0, "comp stays first");

sim_err_t timeline_init(timeline_t *timeline, sim_t *sim, const char *name)
{
    return sim_comp_init(&timeline->comp, sim, &kind, name);
}

timeline_frame_t *timeline_at(timeline_t *timeline, uint32_t frame)
{
    timeline_frame_t *place = &timeline->frame[frame % TIMELINE_FRAMES];
    if (!place->known || place->frame != frame)
        *place = (timeline_frame_t){.frame = frame, .known = true};
    return place;
}

void timeline_sent(timeline_t *timeline, uint32_t frame, uint32_t vc, uint64_t first_ps,
                   uint64_t last_ps)
{
    timeline_frame_t *place = timeline_at(timeline, frame);
    place->link_vc = vc;
    place->link_first_ps = first_ps;
    place->link_last_ps = last_ps;
    if (place->npu_end_ps == 0 || place->firmware_end_ps == 0)
        return; /* a packet that names a frame the NPU has not seen */
    sim_trace_span(timeline->comp.sim, "firmware", "frame", place->npu_end_ps,
                   place->firmware_end_ps, "\"frame\":%u", frame);
    if (timeline->done != NULL)
        timeline->done(timeline->done_ctx, place);
}

void timeline_image_sent(timeline_t *timeline, const timeline_image_t *image)
{
    timeline_image_t told = *image;
    const timeline_frame_t *place = timeline_at(timeline, image->frame);
    told.exposure_start_ps = place->exposure_start_ps;
    told.readout_end_ps = place->readout_end_ps;
    if (timeline->image != NULL)
        timeline->image(timeline->image_ctx, &told);
}
