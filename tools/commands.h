/*
 * commands.h - the subcommands of fovea. Each gets argv from its own name on and returns the
 * process's exit code.
 */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

/* clang-format off */
#define FOVEA_COMMANDS(X)                                                                           \
    X(run,     "simulate a scenario: scene to host, everything written to a folder")                \
    X(compile, "model to NPU program")                                                              \
    X(infer,   "one inference: NPU, and core where needed")                                         \
    X(serve,   "run, with another program as the host: CCI, SPI and pins in, CSI-2 packets out")    \
    X(debug,   "run, under GDB: forward and back, stops at events of the image")                    \
    X(exec,    "a bare-metal RV32 program on the core alone")                                       \
    X(asm,     "text to NPU program")                                                               \
    X(disasm,  "NPU program to text")                                                               \
    X(image,   "firmware and network to a boot image")                                              \
    X(decode,  "link capture or lanes to metadata and images, as the host sees them; checks")       \
    X(scene,   "a scene without a sensor: its picture, its truth")                                  \
    X(sense,   "a picture to a RAW file, with the simulated pixel die")                             \
    X(isp,     "a RAW file to a picture, with the simulated ISP")                                   \
    X(events,  "what happened in a run, by type, time, place and identity")                       \
    X(compare, "a plain camera and its host against the same scene's AI sensor")                \
    X(phases,  "latency from an entry into a zone to a pin, at every phase of a frame")          \
    X(view,    "a run in a window: scene, pixels, chip, link and host, live or back in time")         \
    X(report,  "a run as one page of HTML")                                                     \
    X(diff,    "what moved from one run to another, and by how much")                            \
    X(test,    "scenarios with expectations: run, judged, reported")                                \
    X(explore, "many chips: a space of parameters, its points evaluated, the best of them")          \
    X(emva,    "the pixel die measured as EMVA 1288 does")                                          \
    X(regs,    "the register map")                                                                  \
    X(version, "version and what this machine can run")
/* clang-format on */

/* fovea explore tasks, work, merge */
int explore_tasks(int argc, char **argv);
int explore_work(int argc, char **argv);
int explore_merge(int argc, char **argv);

#define X(name, help) int cmd_##name(int argc, char **argv);
FOVEA_COMMANDS(X)
#undef X

#endif
