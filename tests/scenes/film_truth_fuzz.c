/*
 * film_truth_fuzz.c - any text as the truth of a recording: JSON lines or COCO.
 */
#include "scenes/film.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    const double px[2] = {640, 480};
    film_truth_t truth;
    (void)film_truth_parse(&truth, (const char *)data, size, "fuzz", px, error, sizeof(error));
    film_truth_free(&truth);
    return 0;
}
