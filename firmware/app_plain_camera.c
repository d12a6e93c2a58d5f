/*
 * plain_camera: pictures on the link as the host's registers say, with auto exposure and auto white
 * balance when it wants them; no network: each frame's metadata has its number and time only.
 */
#include "app.h"
#include "fovea_settings.h"

enum { CCS_ANALOG_GAIN_CODE = 0x0204 };
enum {
    TNR_ON = ISP_TNR_TEMPORAL_NOISE_REDUCTION_OF_RAW_MASK |
             ISP_TNR_START_ANEW_WHEN_EXPOSURE_OR_GAIN_CHANGE_MASK
};

/* Differences up to 3 sigma are noise: shot noise grows with the analog gain, read noise with its
 * square but for the part behind the amplifier (ISP_TNR_READ and _SHOT out of reset are of gain 1;
 * 3.0 electrons there and 1.5 at 16 make the rest). */
static void follow_gain(void)
{
    uint32_t code = hal_ccs_read16(CCS_ANALOG_GAIN_CODE) & 0x3ffu;
    uint32_t gain_q4 = 16u * 1024u / (1024u - code);
    reg_write(ISP_TNR_READ, 29u + (9u * gain_q4 * gain_q4 >> 9));
    reg_write(ISP_TNR_SHOT, 1234u * gain_q4 >> 4);
}

/* The frame before is kept in L2. A frame that has no room there passes as it is. */
static void apply_noise_reduction(void)
{
    uint32_t share = hal_ccs_read16(APP_TNR), bytes;
    follow_gain();
    reg_write(ISP_TNR_ADDR, app_l2(&bytes));
    reg_write(ISP_TNR_BYTES, bytes);
    reg_write(ISP_TNR_GAIN, share != 0 ? share : 1);
    reg_write(ISP_TNR, share != 0 ? TNR_ON : 0);
}

static void on_frame(const app_frame_t *frame)
{
    follow_gain(); /* auto exposure may have changed it */
    (void)app_meta(frame);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {
        .name = "plain_camera 1", .on_host = apply_noise_reduction, .on_frame = on_frame};
    app_run(&app);
}
