/*
 * events_fuzz.c - any bytes as a log of events, searched in each format; the first byte chooses.
 */
#include <stdlib.h>

#include "tools/event_list.h"
#include "tools/json_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[256];
    event_filter_t filter = {.types = 0};
    if (bytes < 2)
        return 0;
    if ((data[0] & 4) != 0)
        filter = (event_filter_t){.types = 1,
                                  .has_to = true,
                                  .to = {.at_frame = true, .frame = 9},
                                  .place = {[METADATA_ZONE] = "1"}};
    FILE *in = fmemopen((void *)(uintptr_t)(data + 1), bytes - 1, "rb"),
         *out = fopen("/dev/null", "w");
    event_list_t list = {.to = out,
                         .filter = &filter,
                         .format = (event_format_t)(data[0] & 3),
                         .file = (data[0] & 8) != 0 ? "file" : NULL};
    if (in != NULL && out != NULL &&
        json_lines_of(in, "in", event_list_take, &list, error, sizeof(error)))
        event_list_end_file(&list);
    if (in != NULL)
        fclose(in);
    if (out != NULL)
        fclose(out);
    return 0;
}
