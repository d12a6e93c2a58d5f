#include "tests/tools/report_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

const char report_rig_trace[] =
    "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
    "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"sensor\"}},\n"
    "{\"ph\":\"C\",\"pid\":1,\"name\":\"power "
    "mW\",\"ts\":0.000000,\"args\":{\"pixel\":1,\"npu\":2}},\n"
    "{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"thread_name\",\"args\":{\"name\":\"pixel."
    "exposure.0\"}},\n"
    "{\"ph\":\"M\",\"pid\":1,\"tid\":2,\"name\":\"thread_name\",\"args\":{\"name\":\"pixel."
    "readout\"}},\n"
    "{\"ph\":\"M\",\"pid\":1,\"tid\":3,\"name\":\"thread_name\",\"args\":{\"name\":\"npu\"}},\n"
    "{\"ph\":\"M\",\"pid\":1,\"tid\":4,\"name\":\"thread_name\",\"args\":{\"name\":\"npu.mac\"}},\n"
    "{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":\"frame\",\"ts\":1000.000000,\"dur\":3000.000000,"
    "\"args\":{\"frame\":0}},\n"
    "{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"name\":\"frame\",\"ts\":2000.000000,\"dur\":2000.000000,"
    "\"args\":{\"frame\":0}},\n"
    "{\"ph\":\"C\",\"pid\":1,\"name\":\"power "
    "mW\",\"ts\":5000.000000,\"args\":{\"pixel\":3,\"npu\":4}},\n"
    "{\"ph\":\"X\",\"pid\":1,\"tid\":4,\"name\":\"conv\",\"ts\":4000.000000,\"dur\":1.000000},\n"
    "{\"ph\":\"X\",\"pid\":1,\"tid\":3,\"name\":\"program\",\"ts\":4000.000000,\"dur\":500.000000}"
    "\n"
    "]}\n";

/* Frame 1 takes 2 ms more than frame 0 in the NPU: 10 and 12 ms from photon to alert. */
static const char stats[] =
    "{\"sensor\":{\"pixel\":{\"frames\":{\"value\":3,\"unit\":\"1\",\"help\":\"frames begun\"},"
    "\"die_bits\":{\"value\":8000000,\"unit\":\"bits\",\"help\":\"bits\"}},"
    "\"mipi\":{\"link_bytes\":{\"value\":1000,\"unit\":\"bytes\",\"help\":\"bytes of <all> "
    "packets\"},"
    "\"link_busy_ps\":{\"value\":1000000000,\"unit\":\"ps\",\"help\":\"taken\"}},"
    "\"traffic\":{\"core\":{\"bytes\":{\"value\":77,\"unit\":\"bytes\",\"help\":\"moved\"}}}},"
    "\"state_hash\":\"0123456789abcdef\",\"time_ps\":50000000000,"
    "\"frames\":["
    "{\"frame\":0,\"exposure_start_ps\":1000000000,\"exposure_end_ps\":4000000000,"
    "\"readout_start_ps\":2000000000,\"readout_end_ps\":4000000000,\"tensor_ready_ps\":5000000000,"
    "\"npu_start_ps\":6000000000,\"npu_end_ps\":8000000000,\"firmware_end_ps\":10000000000,"
    "\"link_first_ps\":10000000000,\"link_last_ps\":11000000000},"
    "{\"frame\":1,\"exposure_start_ps\":21000000000,\"exposure_end_ps\":24000000000,"
    "\"readout_start_ps\":22000000000,\"readout_end_ps\":24000000000,"
    "\"tensor_ready_ps\":25000000000,\"npu_start_ps\":26000000000,\"npu_end_ps\":30000000000,"
    "\"firmware_end_ps\":32000000000,\"link_first_ps\":32000000000,\"link_last_ps\":33000000000}],"
    "\"networks\":[{\"number\":0,\"id\":0,\"name\":\"tiny\",\"runs\":2,\"cycles\":800,\"layers\":["
    "{\"name\":\"first\",\"op\":\"CONV_2D\",\"cycles\":100,\"macs\":5000,\"utilization\":0.25,"
    "\"l2_bytes\":10,\"l1_bytes\":20,\"long_pole\":\"load\",\"stalls\":{\"compute\":60,\"dma\":40},"
    "\"roofline\":{\"macs_per_byte\":500,\"macs_per_cycle\":50,\"roof_macs_per_cycle\":100,"
    "\"by\":\"load\"},\"runs\":2,\"mean_cycles\":100,\"most_cycles\":100},"
    "{\"name\":\"second\",\"op\":\"CONV_2D\",\"cycles\":300,\"macs\":9000,\"utilization\":0.5,"
    "\"l2_bytes\":30,\"l1_bytes\":40,\"long_pole\":\"mac\",\"stalls\":{\"compute\":300},"
    "\"roofline\":{\"macs_per_byte\":300,\"macs_per_cycle\":30,\"roof_macs_per_cycle\":200,"
    "\"by\":\"mac\"},\"runs\":2,\"mean_cycles\":300,\"most_cycles\":300}],"
    "\"l2\":{\"constants_bytes\":1000,\"program_bytes\":100,\"activations_bytes\":500},"
    "\"places\":[{\"name\":\"image\",\"offset\":1024,\"bytes\":300,\"first_layer\":0,"
    "\"last_layer\":1,\"ring_rows\":0},{\"name\":\"result\",\"offset\":1324,\"bytes\":200,"
    "\"first_layer\":1,\"last_layer\":1,\"ring_rows\":4}]}],"
    "\"energy\":{\"fj\":1000000000000,\"leakage_fj\":250000000000,\"inferences\":2,"
    "\"power\":{\"mean_mw\":20,\"peak_mw\":40},"
    "\"blocks\":{\"pixel\":{\"fj\":750000000000,\"leakage_fj\":0},"
    "\"npu\":{\"fj\":250000000000,\"leakage_fj\":250000000000}},"
    "\"phases\":{\"readout\":{\"ps\":1,\"fj\":600000000000,\"blocks\":{\"pixel\":500000000000,"
    "\"npu\":100000000000}}},\"area_mm2\":{\"logic\":{\"node_nm\":22,\"npu\":3.5}}}}\n";

void report_rig_put(const char *dir, const char *name, const char *text)
{
    char path[512], error[600];
    sim_dir_make(dir, error, sizeof(error));
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (sim_file_write(path, text, strlen(text), error, sizeof(error)) != SIM_OK) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
}

void report_rig_run(const char *dir)
{
    report_rig_put(dir, "stats.json", stats);
    report_rig_put(dir, "trace.json", report_rig_trace);
    report_rig_put(dir, "config.json",
                   "{\"chip\":\"a.json\",\"firmware\":\"b.elf\",\"networks\":[\"c.tflite\"],"
                   "\"seed\":7,\"chip_data\":{\"npu\":{\"l2_bytes\":8388480}},"
                   "\"scene\":{\"camera\":{\"array_px\":[400,300]}}}\n");
    report_rig_put(
        dir, "metadata.jsonl",
        "{\"frame\":0,\"time_ps\":1000000000,\"boxes\":[{\"id\":4,\"class\":\"person\",\"score\":"
        "0.75,\"x\":10,\"y\":20,\"w\":30,\"h\":40}],\"counts\":{\"in\":1,\"out\":0},\"events\":"
        "[{\"type\":\"crossing\",\"time_ps\":1000000000,\"id\":4,\"line\":\"door\",\"direction\":"
        "\"in\"}],\"latency_us\":9000}\n");
    report_rig_put(dir, "truth.jsonl",
                   "{\"frame\":0,\"time_ps\":1000000000,\"boxes\":[{\"id\":1,\"class\":\"person\","
                   "\"x\":11,\"y\":21,\"w\":31,\"h\":41,\"visible\":1}],\"events\":[]}\n");
    report_rig_put(dir, "uart.log", "ready\n");
    report_rig_put(dir, "host.json", "{\"version\":\"0.0.0-test\",\"wall_s\":3}\n");
}

char *report_rig_get(const char *dir, const char *name)
{
    char path[512], error[600];
    size_t bytes;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return (char *)sim_file_read(path, (size_t)1 << 28, &bytes, error, sizeof(error));
}

int report_rig_count(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}
