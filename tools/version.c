#include "tools/version.h"

#include "build_id.h"

const char fovea_version[] = FOVEA_VERSION "-" FOVEA_BUILD;
_Static_assert(sizeof(fovea_version) <= 32, "a snapshot has place for it");
