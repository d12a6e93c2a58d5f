#include "tools/network_judge.h"

#include <inttypes.h>

#include "tools/json_lines.h"

enum { PATH = 1280, NOTHING = -1 };

typedef struct {
    const expect_t *expect;
    uint64_t next;                  /* the frame that is due */
    int64_t frame, expected, found; /* the first one that is wrong; frame NOTHING: none */
} reader_t;

static int64_t planned(const expect_t *e, uint64_t frame)
{
    uint32_t i = e->networks - 1;
    while (i > 0 && e->network[i].frame > frame)
        i--;
    return e->network[i].id;
}

static bool take_line(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    uint64_t frame = sim_cfg_u64(line, "frame", 0, UINT32_MAX, 0);
    if (frame < r->expect->network[0].frame)
        return true;
    bool there = frame == r->next;
    int64_t id = (int64_t)sim_cfg_u64(line, "network", 0, UINT32_MAX, 0);
    int64_t wanted = planned(r->expect, r->next);
    if (!there || id != wanted) {
        r->frame = (int64_t)r->next;
        r->expected = wanted;
        r->found = there ? id : NOTHING;
    }
    r->next++;
    return r->frame == NOTHING;
}

void network_judge(const expect_t *expect, const char *dir, verdict_t *v)
{
    char path[PATH], error[512];
    if (expect->networks == 0)
        return;
    reader_t r = {.expect = expect, .next = expect->network[0].frame, .frame = NOTHING};
    snprintf(path, sizeof(path), "%s/metadata.jsonl", dir);
    bool read = json_lines(path, take_line, &r, error, sizeof(error));
    bool whole = r.next > expect->network[expect->networks - 1].frame;
    check_t *check = verdict_add(v, "networks", read && r.frame == NOTHING && whole);
    if (!read) {
        snprintf(check->found, sizeof(check->found), "%.500s", error);
        return;
    }
    if (r.frame == NOTHING && !whole) {
        r.frame = (int64_t)r.next;
        r.expected = planned(expect, r.next);
        r.found = NOTHING;
    }
    if (r.frame == NOTHING)
        return;
    snprintf(check->where, sizeof(check->where), "frame %" PRId64, r.frame);
    snprintf(check->expected, sizeof(check->expected), "network %" PRId64, r.expected);
    if (r.found == NOTHING)
        snprintf(check->found, sizeof(check->found), "no packet");
    else
        snprintf(check->found, sizeof(check->found), "network %" PRId64, r.found);
}
