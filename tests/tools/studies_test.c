/*
 * studies_test.c - the ready-made studies: spaces that can be read, each with its plot, its picture
 * and its line in the page; networks of other widths are those of npu/networks.
 */
#include <dirent.h>

#include "sim/file.h"
#include "tests/test.h"
#include "tools/explore/evaluate.h"
#include "tools/explore/point.h"

#define STUDIES "tools/explore/studies"

static char error[1024];

static char *read_text(const char *path)
{
    size_t bytes;
    char *text = (char *)sim_file_read(path, 1 << 22, &bytes, error, sizeof(error));
    ck_assert_msg(text != NULL, "%s", error);
    text = realloc(text, bytes + 1);
    ck_assert(text != NULL);
    text[bytes] = '\0';
    return text;
}

static void check_space(const char *path)
{
    static space_t space;
    static point_base_t base;
    ck_assert_msg(space_load(&space, path, evaluate_is_figure, error, sizeof(error)), "%s", error);
    ck_assert_msg(space.objectives >= 2, "%s: no front without two objectives", path);
    ck_assert_msg(point_base_load(&base, &space, error, sizeof(error)), "%s", error);
    point_base_free(&base);
    space_free(&space);
}

START_TEST(each_study_is_whole)
{
    char *page = read_text(STUDIES "/README.md"), path[400], line[300];
    DIR *folder = opendir(STUDIES);
    uint32_t studies = 0;
    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *d; (d = readdir(folder)) != NULL;) {
        if (!sim_file_ends(d->d_name, ".json"))
            continue;
        int length = (int)strlen(d->d_name) - 5;
        studies++;
        snprintf(path, sizeof(path), STUDIES "/%s", d->d_name);
        check_space(path);
        snprintf(path, sizeof(path), STUDIES "/%.*s.gp", length, d->d_name);
        free(read_text(path));
        snprintf(path, sizeof(path), STUDIES "/%.*s.svg", length, d->d_name);
        char *svg = read_text(path);
        ck_assert_msg(strstr(svg, "<svg") != NULL && strstr(svg, "</svg>") != NULL, "%s", path);
        free(svg);
        snprintf(line, sizeof(line), "| `%.*s` |", length, d->d_name);
        ck_assert_msg(strstr(page, line) != NULL, "%s", line);
        snprintf(line, sizeof(line), "(%.*s.svg)", length, d->d_name);
        ck_assert_msg(strstr(page, line) != NULL, "%s", line);
    }
    closedir(folder);
    ck_assert_uint_eq(studies, 7);
    free(page);
}
END_TEST

/* Layers alone: without comments, the width of weights, spaces at ends. */
static void layers_of(const char *text, char *to, size_t bytes)
{
    size_t at = 0;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > 0 && line[0] != '#' && strncmp(line, "bits ", 5) != 0)
            at += (size_t)snprintf(to + at, bytes - at, "%.*s\n", (int)length, line);
        ck_assert_uint_lt(at, bytes);
        line += length + (line[length] == '\n');
    }
}

START_TEST(networks_of_other_widths_are_the_same_networks)
{
    static const char *const names[] = {"mobilenet_v1", "resnet18", "squeezenet_1_1"};
    static const int widths[] = {2, 4};
    static char mine[1 << 16], original[1 << 16];
    for (size_t n = 0; n < SIM_COUNT(names); n++) {
        char path[200], bits[16];
        snprintf(path, sizeof(path), "npu/networks/%s.topo", names[n]);
        char *text = read_text(path);
        layers_of(text, original, sizeof(original));
        ck_assert_uint_gt(strlen(original), 200);
        free(text);
        for (size_t w = 0; w < SIM_COUNT(widths); w++) {
            snprintf(path, sizeof(path), STUDIES "/bits/%s_%d.topo", names[n], widths[w]);
            text = read_text(path);
            layers_of(text, mine, sizeof(mine));
            ck_assert_msg(strcmp(mine, original) == 0, "%s is another network", path);
            snprintf(bits, sizeof(bits), "\nbits %d\n", widths[w]);
            ck_assert_msg(strstr(text, bits) != NULL, "%s: no bits %d", path, widths[w]);
            free(text);
        }
    }
}
END_TEST

TEST_MAIN("tools studies", each_study_is_whole, networks_of_other_widths_are_the_same_networks)
