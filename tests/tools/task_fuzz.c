/*
 * task_fuzz.c - any bytes as a task file.
 */
#include <stdlib.h>

#include "tools/explore/tasks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[1024] = "";
    task_t task = {0};
    bool fine =
        task_parse(&task, (const char *)data, bytes, "fuzz/000000.json", error, sizeof(error));
    if (fine == (error[0] != '\0'))
        abort();
    uint64_t points = 0;
    for (uint32_t i = 0; fine && i < task.parts; i++) {
        if (task.part[i].first > task.part[i].last || task.part[i].last >= task.sweep.budget)
            abort();
        points += task.part[i].last - task.part[i].first + 1;
    }
    if (fine && (points != task.points || points == 0 || points > task.sweep.budget))
        abort();
    task_free(&task);
    return 0;
}
