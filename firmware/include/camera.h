/*
 * camera.h - sets sensor, ISP, NPU and link to work together on a network's frames.
 */
#ifndef FW_CAMERA_H
#define FW_CAMERA_H

#include "ae.h"
#include "awb.h"
#include "net.h"

/* Programs ISP and NPU for the network and the region of interest that the host chose. */
void camera_setup(const net_t *net);
/* Of that the ISP's part alone: for the frames that begin from now on. */
void camera_set_tensor(const net_t *net);

/* From the start of a frame to that of the next one, as the pixel die is set now. */
uint32_t camera_frame_us(void);

/* What of the array the newest tensor shows: of the region what the window leaves. */
det_roi_t camera_seen(void);

/* Takes exposure, gain and timing from the host's CCS registers; valid from the next frame on. */
void camera_apply_settings(void);
/* The same but for what leaves on the link, which is the program's own affair then. */
void camera_relay_settings(void);

/* The program says what of the array the ISP's image shows, and when it is sent: the host's
 * settings send none from now on. In the format of app_image_out, if that wants an image of the
 * ISP; RAW is never sent. All count from the next frame on. Of more samples than width, or more
 * lines than height, a region is made smaller. */
void camera_own_image(void);
void camera_set_region(const det_roi_t *region, uint32_t width, uint32_t height);
void camera_send_region(bool on);
bool camera_wants_region(void);

/* When the host has asked for it (app_image_out): a short packet that the network is done with a
 * frame, and whether it found anything. */
void camera_trigger(uint32_t channel, uint32_t frame, bool found);

/* What the host, or auto exposure, has set; what auto exposure sets, from one frame on. */
ae_exposure_t camera_exposure(void);
void camera_set_exposure(const ae_exposure_t *exposure);

/* From the next frame on. */
void camera_set_white_balance(const awb_gains_t *gains);

/* Starts or stops the sensor. */
void camera_stream(bool on);
/* The frame that is being read is the stream's last one; whole, whatever fast_standby_ctrl says. */
void camera_end_stream(void);

/* Frames that begin from now on: on, of as many samples each way only as the chip can leave out of
 * a pair (max_odd_inc); off, as the host has set. camera_apply_settings: off. */
void camera_thin(bool on);

#endif
