#include "tests/npu/golden_file.h"

#include "npu/compiler/onnx.h"
#include "npu/compiler/tflite.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tests/test.h"

#define PATH_BYTES 1024
#define MAX_FILE_BYTES ((size_t)64 << 20)

static void load_tensors(golden_t *golden, sim_doc_t *doc)
{
    sim_cfg_t root = sim_doc_root(doc);
    golden->tensors = sim_cfg_count(&root, "tensors");
    golden->tensor = calloc(golden->tensors, sizeof(*golden->tensor));
    for (uint32_t i = 0; i < golden->tensors; i++) {
        sim_cfg_t t = sim_cfg_at(&root, "tensors", i);
        golden->tensor[i].tensor = (uint32_t)sim_cfg_u64(&t, "tensor", 0, UINT32_MAX, 0);
        snprintf(golden->tensor[i].name, sizeof(golden->tensor[i].name), "%s",
                 sim_cfg_str(&t, "name", ""));
        golden->tensor[i].offset = sim_cfg_u64(&t, "offset", 0, UINT32_MAX, 0);
        golden->tensor[i].bytes = sim_cfg_u64(&t, "bytes", 0, UINT32_MAX, 0);
        golden->tensor[i].is_input = sim_cfg_i64(&t, "op", -1, INT32_MAX, -1) == -1;
        ck_assert(golden->tensor[i].offset + golden->tensor[i].bytes <= golden->bytes);
    }
}

void golden_load(golden_t *golden, const char *dir, const char *name, bool single_rounding)
{
    char path[PATH_BYTES], error[PATH_BYTES] = "";
    memset(golden, 0, sizeof(*golden));
    snprintf(path, sizeof(path), "%s/golden/%s%s.bin", dir, name,
             single_rounding ? ".single_rounding" : "");
    golden->data = sim_file_read(path, MAX_FILE_BYTES, &golden->bytes, error, sizeof(error));
    ck_assert_msg(golden->data != NULL, "%s", error);

    snprintf(path, sizeof(path), "%s/golden/%s.json", dir, name);
    sim_doc_t *doc = sim_doc_load(path);
    sim_cfg_t root = sim_doc_root(doc);
    load_tensors(golden, doc);
    snprintf(path, sizeof(path), "%s/%s", dir, sim_cfg_str(&root, "image", ""));
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    ck_assert_msg(sim_png_read(path, &golden->image, error, sizeof(error)) == SIM_OK, "%s", error);
}

void golden_free(golden_t *golden)
{
    free(golden->data);
    free(golden->tensor);
    sim_image_free(&golden->image);
}

void golden_load_model(npu_graph_t *graph, const char *dir, const char *model)
{
    char path[PATH_BYTES], error[PATH_BYTES] = "";
    size_t bytes = 0;
    snprintf(path, sizeof(path), "%s/%s.onnx", dir, model);
    uint8_t *image = sim_file_read(path, MAX_FILE_BYTES, &bytes, error, sizeof(error));
    bool onnx = image != NULL;
    snprintf(path, sizeof(path), "%s/%s.tflite", dir, model);
    if (!onnx)
        image = sim_file_read(path, MAX_FILE_BYTES, &bytes, error, sizeof(error));
    ck_assert_msg(image != NULL, "%s", error);
    sim_err_t err = onnx ? npu_onnx_read(image, bytes, model, graph, error, sizeof(error))
                         : npu_tflite_read(image, bytes, model, graph, error, sizeof(error));
    free(image);
    ck_assert_msg(err == SIM_OK, "%s", error);
}
