#include "tools/truth.h"

#include <stdlib.h>

scene_timing_t truth_timing(const pix_desc_t *die, const pix_frame_t *frame)
{
    pix_size_t size = pix_frame_size(frame);
    uint32_t rows = size.height_px, last = pix_frame_lines(frame) - 1;
    uint64_t start_ps = pix_row_exposure_start_ps(frame, 0);
    uint64_t line_ps = pix_frame_exposures(frame) * pix_line_time_ps(frame);
    if (frame->global_reset) /* middles of exposures: rows begin together and end one by one */
        line_ps = frame->shutter_lines != 0 ? 0 : line_ps / 2;
    return (scene_timing_t){
        .array_width_px = die->width_px,
        .array_height_px = die->height_px,
        .y0_px = pix_row_y_px(frame, 0),
        .y_step_px = (pix_row_y_px(frame, last) - pix_row_y_px(frame, 0)) / (float)(rows - 1),
        .rows = rows,
        .start_ps = start_ps,
        .line_ps = line_ps,
        .exposure_ps = pix_row_exposure_end_ps(frame, 0) - start_ps,
        .window = pix_frame_window(frame),
    };
}

void truth_add(sim_json_t *out, uint32_t frame, const scene_timing_t *timing,
               const scene_truth_t *truth, const scene_events_t *events)
{
    sim_json_add_u64(out, "frame", frame);
    sim_json_add_u64(out, "time_ps", timing->start_ps);
    scene_truth_write(truth, out);
    scene_events_write(events, out);
}

void truth_write_line(FILE *to, uint32_t frame, const scene_timing_t *timing,
                      const scene_truth_t *truth, const scene_events_t *events)
{
    sim_json_t *line = sim_json_object();
    truth_add(line, frame, timing, truth, events);
    char *text = sim_json_print(line, false);
    if (text != NULL)
        fprintf(to, "%s\n", text);
    free(text);
    sim_json_free(line);
}
