/*
 * golden.h - files of a run against those of a golden folder: JSON value by value, pictures sample
 * by sample, others byte by byte.
 */
#ifndef TOOLS_GOLDEN_H
#define TOOLS_GOLDEN_H

#include "tools/verdict.h"

/*
 * Adds a check for each golden file. folder: the golden one; dir: of the results, where pictures of
 * differences go, too. update: files that differ at all take the place of the golden ones; the
 * check passes then and says in `found` what moved by how much.
 */
void golden_check(const expect_t *expect, const char *folder, const char *dir, bool update,
                  verdict_t *verdict);

#endif
