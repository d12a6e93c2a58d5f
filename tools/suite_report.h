/*
 * suite_report.h - how a suite went: lines for people, TAP, JUnit XML, figures over seeds.
 */
#ifndef TOOLS_SUITE_REPORT_H
#define TOOLS_SUITE_REPORT_H

#include <stdio.h>

#include "tools/suite.h"

typedef struct {
    FILE *to;
    bool tap;        /* Test Anything Protocol, version 13 */
    uint32_t number; /* of tests told so far */
} suite_report_t;

/* For suite_desc_t.begin and .tell; ctx is a suite_report_t. */
void suite_report_begin(void *ctx, const suite_t *suite);
void suite_report_tell(void *ctx, const suite_t *suite, const suite_job_t *job);
/* The closing line; with seeds a table of mean and spread before it. */
void suite_report_end(const suite_report_t *report, const suite_t *suite);

/* One <testsuite> with a <testcase> each; <failure> for expectations, <error> for what broke. */
void suite_junit(const suite_t *suite, FILE *to);

/* A row for each scenario and seed: scenario, seed, passed, the figures. False with one line in
 * error. */
bool suite_csv(const suite_t *suite, const char *file, char *error, size_t error_bytes);

/* Text as XML content or attribute: escaped; what XML 1.0 cannot have, and what is no UTF-8, is
 * '?'.
 */
void suite_xml(FILE *to, const char *text);

#endif
