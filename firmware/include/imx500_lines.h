/*
 * imx500_lines.h - the IMX500's tensor lines: those on the image's virtual channel stand in its
 * frame, behind the embedded ones, those of each other one are a frame of their own.
 *
 *     KPI | header, apParams | input tensor | header, apParams | outputs, each on a new line | PQ
 *         |------ channel 7 ---------------| |------ channel 8 ---------------------------| |
 *
 * What each channel sends the host's registers tell: bytes of a line, lines, virtual channel, data
 * type, packing; what the network does not fill is zeros. With packing 3 the bytes are pixels of 10
 * bits, four of them in five bytes (that the size counts bytes, and the low bits: assumed). The
 * input is sent from where the ISP wrote it; outputs are copied (DMA; the core where codes are sent
 * unsigned), so that the NPU may go on.
 *
 * Header, 12 bytes, little-endian: u8 valid, u8 frame count, u16 bytes of a line, u16 bytes of
 * apParams, u16 network, u8 tensor type (0 input, 1 output), 3 bytes 0. KPI line: words 9 and 10
 * are microseconds, of the inference as the firmware saw it and of the NPU's run; the rest is 0. PQ
 * line: 0; what it holds on the IMX500 is not published.
 */
#ifndef FW_IMX500_LINES_H
#define FW_IMX500_LINES_H

#include "net.h"

/* One frame's lines. */
typedef struct {
    uint32_t count; /* of the frame that the tensors are of: pairs them */
    bool input_valid, output_valid;
    uint32_t dnn_us, dsp_us;
    uint32_t frame; /* of the sensor, for trace and statistics; or LINK_NO_FRAME */
} lines_frame_t;

/* Whether a network's lines could be sent, as the host's registers say now: it has apParams, and
 * leaves L2 for them. If not, a line on the serial port says why. */
bool lines_fit(const net_t *net);
/* Bytes of the L2 that it leaves free that they take, at most. */
uint32_t lines_room(const net_t *net);

/* Reads the host's registers and lays out the buffers in L2 that the network leaves free. Before
 * the stream begins, or at the beginning of a frame, when no lines are on their way. False: they do
 * not fit. */
bool lines_setup(const net_t *net);

/* Lines of a frame, and their time on the link at its present rate. */
uint32_t lines_count(void);
uint32_t lines_time_us(void);

/* Do some of them stand in the image's frame? */
bool lines_in_image(void);
/* Are lines on their way? Until they are not, no others can be sent. */
bool lines_busy(void);

/* Copies the outputs of the NPU's run that has ended. False: the DMA failed. */
bool lines_take_outputs(void);

/* Queues all lines of a frame. Input and copied outputs must stay until they have left. */
void lines_send(const lines_frame_t *frame);

#endif
