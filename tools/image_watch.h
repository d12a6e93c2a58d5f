/*
 * image_watch.h - stops at events of the image, and looks at it: monitor commands of a sensor under
 * a debugger.
 *
 *   break frame [N]         the first row of frame N (each) begins to be read
 *   break row N             row N of a frame was read
 *   break npu-layer NAME    the first instruction of that layer completes, in each inference
 *   break packet DT         a packet of that data type has left: number or name
 *   break fifo-overflow     the link's FIFO lost a line
 *   break irq N             an interrupt line rises: number or name (NPU)
 *   info, delete [I]        lists, and takes away
 *   frame                   what frame each block is at
 *   save raw|tensor FILE    the frame that is read, rows not read yet black; the ISP's tensor
 */
#ifndef TOOLS_IMAGE_WATCH_H
#define TOOLS_IMAGE_WATCH_H

#include "logic/sensor.h"
#include "tools/debug.h"

enum { IMAGE_WATCHES = 32, IMAGE_ANY = -1 };

typedef enum {
    IMAGE_FRAME,
    IMAGE_ROW,
    IMAGE_LAYER,
    IMAGE_PACKET,
    IMAGE_OVERFLOW,
    IMAGE_IRQ,
    IMAGE_KINDS
} image_kind_t;

typedef struct {
    image_kind_t kind;
    int64_t number; /* of frame, row, data type, interrupt; IMAGE_ANY */
    char name[64];  /* of a layer */
} image_stop_t;

typedef struct image_watch image_watch_t;

typedef struct {
    image_watch_t *watch;
    uint32_t number;
} image_irq_t;

struct image_watch {
    sensor_t *sensor;
    debug_t *debug; /* whom it stops; set before the run */
    image_stop_t stop[IMAGE_WATCHES];
    uint32_t stops;
    image_irq_t irq[INTC_SOURCES];
    uint64_t lines_lost; /* when it looked last */
    uint32_t layer;
};

/* Listens everywhere. After sensor_init, before sim_check; false when a place is missing. */
bool image_watch_connect(image_watch_t *watch, sensor_t *sensor);
/* The simulation was put back. */
void image_watch_restored(image_watch_t *watch);

/* A monitor command; false: it does not know the word. */
bool image_watch_command(image_watch_t *watch, const char *word, const char *rest,
                         gdb_text_t *reply);

#endif
