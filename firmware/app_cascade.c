/*
 * cascade: who is in the picture, and of what age: a detector on each frame, and a second network
 * on each box that it found. Both stay in L2.
 *
 *     tensor --> NPU: detector --> boxes --> tracks
 *        |                           |
 *        +--> DMA cuts, core resizes: crops --> NPU: classifier, once a crop --> votes of the track
 *
 * What is cut is the detector's own input: when the boxes are known, the frame has passed the ISP's
 * scaler. (The scaler could be steered to one box of the next frame; that frame would have no
 * detector then.) Networks share working memory, so all crops are made before the classifier runs
 * for the first time.
 *
 * All of that belongs to the packet of its own frame, and that is sent before the next one begins
 * to be read: no frame is lost, however many people there are. Who does not fit in that time waits
 * for the next frame; who was never looked at comes first, then who was looked at longest ago. A
 * track keeps what all its looks said together (votes.h). Boxes that the edge of the picture cuts
 * are not looked at.
 */
#include "boxes.h"
#include "camera.h"
#include "crop.h"
#include "dma.h"
#include "fovea_metadata.h"
#include "fovea_settings.h"
#include "track.h"
#include "votes.h"

enum { CROPS_MOST = 8, CROP_BYTES = 6144, WINDOW_BYTES = 57600 };
enum { CLASSES = META_ATTRIBUTE_SENIOR, FIRST_CLASS = META_ATTRIBUTE_CHILD };
enum { PLANES = 3, CHANNEL = 0, PS_PER_US = 1000000 };
enum { SEND_US = 300 };  /* the packet, and some more */
enum { COST_US = 1500 }; /* a box, before the first one was measured */

static net_t detector, classifier;
static trk_state_t tracker;
static votes_t votes;
static det_box_t boxes[DET_MAX_BOXES];
static uint16_t ids[DET_MAX_BOXES];
static uint64_t volatile began_ps; /* reading of the newest frame */
static uint32_t worst_us;          /* of a box, so far; 0: none was looked at */
static uint32_t window[WINDOW_BYTES / 4];
static uint32_t crops[CROPS_MOST][CROP_BYTES / 4];
static bool classifies;

/* A class of each attribute, and crops have the memory. */
static bool is_classifier(const net_t *n)
{
    return n->outputs == 1 && n->output_bytes[0] == CLASSES && n->output[0].dims[3] == CLASSES &&
           n->channels == PLANES && n->plane_bytes * PLANES <= CROP_BYTES &&
           n->width <= CROP_SIDE && n->height <= CROP_SIDE;
}

static void on_frame_begins(void)
{
    reg_write(PIX_STATUS, PIX_STATUS_FRAME_START_MASK);
    began_ps = hal_time_ps();
}

static void begin(void)
{
    static uint32_t room[1];
    trk_init(&tracker);
    classifies = detector.channels >= PLANES && net_read(&classifier, 1, room, sizeof(room)) &&
                 is_classifier(&classifier);
    if (!classifies)
        hal_print("no usable second network: boxes only\n");
    hal_irq_enable(IRQ_PIX, on_frame_begins);
    reg_write(PIX_IRQ_EN, PIX_STATUS_FRAME_START_MASK);
}

/* ---- a box ---- */

static bool is_cut(const det_box_t *box, const det_roi_t *seen)
{
    return box->x0 <= seen->x || box->y0 <= seen->y || box->x1 >= seen->x + seen->w ||
           box->y1 >= seen->y + seen->h;
}

/* From L2 to the core; false: it is too large, or has no height. */
static bool cut(crop_t *crop, const look_image_t *image, const det_box_t *box)
{
    static dma_desc_t plane[PLANES];
    crop_plan(crop, image, box, classifier.width, classifier.height);
    uint32_t bytes = crop->columns * crop->rows;
    if (box->y1 <= box->y0 || crop->columns > CROP_COLUMNS || bytes * PLANES > WINDOW_BYTES)
        return false;
    const uint8_t *from =
        (const uint8_t *)(uintptr_t)detector.input + crop->y * image->row_bytes + crop->x;
    for (uint32_t p = 0; p < PLANES; p++) {
        plane[p] =
            dma_copy((uint8_t *)window + p * bytes, from + p * image->plane_bytes, crop->columns);
        plane[p].rows = crop->rows;
        plane[p].source_stride = image->row_bytes;
        plane[p].destination_stride = crop->columns;
        if (p != 0)
            dma_chain(&plane[p - 1], &plane[p]);
    }
    return dma_run(CHANNEL, plane);
}

static bool make_crop(const look_image_t *image, const det_box_t *box, uint32_t *out)
{
    static crop_t crop;
    if (!cut(&crop, image, box))
        return false;
    uint32_t row_bytes = classifier.plane_bytes / classifier.height;
    for (uint32_t p = 0; p < PLANES; p++)
        crop_resize(&crop, (const int8_t *)window + p * crop.columns * crop.rows,
                    (int8_t *)out + p * classifier.plane_bytes, row_bytes);
    return true;
}

static bool classify(const uint32_t *crop, uint8_t score[CLASSES])
{
    dma_desc_t input =
        dma_copy((void *)(uintptr_t)classifier.input, crop, classifier.plane_bytes * PLANES);
    if (!dma_run(CHANNEL, &input) || !app_infer(&classifier))
        return false;
    const det_tensor_t *t = &classifier.output[0];
    for (uint32_t c = 0; c < CLASSES; c++) {
        int32_t code = ((const int8_t *)t->data)[c] - t->zero_point;
        score[c] = (uint8_t)(code < 0 ? 0 : code > 255 ? 255 : code);
    }
    return true;
}

/* ---- a frame ---- */

/* When the packet has to leave. Two words: no frame begins between them. */
static uint64_t deadline_ps(void)
{
    uint32_t held = hal_irq_hold(), frame_us = camera_frame_us();
    uint64_t from_ps = began_ps;
    hal_irq_release(held);
    return from_ps + (uint64_t)(frame_us > SEND_US ? frame_us - SEND_US : 0) * PS_PER_US;
}

/* So many boxes until then. */
static uint32_t budget(uint32_t found)
{
    uint32_t most = hal_ccs_read16(APP_CLASSIFY_MOST);
    uint64_t end_ps = deadline_ps();
    uint64_t now_ps = hal_time_ps();
    uint32_t left_us = end_ps > now_ps ? (uint32_t)((end_ps - now_ps) / PS_PER_US) : 0;
    most = most < CROPS_MOST ? most : CROPS_MOST;
    most = most < found ? most : found;
    uint32_t fit = left_us / (worst_us != 0 ? worst_us : COST_US);
    return most < fit ? most : fit;
}

/* Their crops, and whose they are. */
static uint32_t make_crops(const look_image_t *image, uint32_t found, uint32_t most,
                           uint16_t whose[CROPS_MOST])
{
    uint32_t made = 0, done = 0;
    for (uint32_t i = 0; i < found; i++)
        done |= (uint32_t)is_cut(&boxes[i], &image->seen) << i;
    for (int next; made < most && (next = votes_next(&votes, ids, found, done)) >= 0;) {
        done |= HAL_BIT(next);
        whose[made] = ids[next];
        made += make_crop(image, &boxes[next], crops[made]);
    }
    return made;
}

static void look_at_people(const app_frame_t *frame, const look_image_t *image, uint32_t found)
{
    uint16_t whose[CROPS_MOST];
    uint8_t score[CLASSES];
    uint64_t start_ps = hal_time_ps();
    uint32_t made = make_crops(image, found, budget(found), whose);
    for (uint32_t i = 0; i < made; i++)
        if (classify(crops[i], score))
            votes_add(&votes, whose[i], score, CLASSES, frame->frame);
    if (made == 0)
        return;
    uint32_t us = (uint32_t)((hal_time_ps() - start_ps) / PS_PER_US) / made + 1;
    worst_us = us > worst_us ? us : worst_us;
}

static uint32_t tell_attributes(uint32_t found, meta_attribute_t *out)
{
    uint32_t count = 0, class_at;
    uint8_t share;
    for (uint32_t i = 0; i < found; i++)
        if (votes_of(&votes, ids[i], &class_at, &share))
            out[count++] = (meta_attribute_t){
                .box = (uint16_t)i, .class_id = (uint8_t)(FIRST_CLASS + class_at), .score = share};
    return count;
}

static void on_frame(const app_frame_t *frame)
{
    static look_t looks[DET_MAX_BOXES];
    static meta_attribute_t attributes[DET_MAX_BOXES];
    uint32_t found = boxes_of(frame, boxes);
    look_image_t image = look_image(frame->net, frame->seen);
    look_at_all(&image, boxes, found, looks);
    trk_update(&tracker, app_frame_us(frame), boxes, looks, found, ids);
    votes_see(&votes, ids, found, frame->frame);
    if (classifies)
        look_at_people(frame, &image, found);
    uint32_t told = tell_attributes(found, attributes);
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, ids, found);
    meta_add_attributes(meta, attributes, told);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {
        .name = "cascade 1",
        .net = &detector,
        .known = boxes_known,
        .one_at_a_time = true,
        .begin = begin,
        .on_frame = on_frame,
    };
    app_run(&app);
}
