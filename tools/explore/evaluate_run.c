#include "tools/explore/evaluate_int.h"
void run_evaluate(const evaluate_job_t *job)
{
    evaluate_fail(job->e, "later");
}
