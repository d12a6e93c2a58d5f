/*
 * golden_ref_test.c - is the oracle right? Every golden tensor of every model, byte for byte, in
 * both rounding modes.
 */
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_ref.h"
#include "tests/test.h"

/* Of each model; sanitizers have seen all code after one. */
#define IMAGES (TEST_FEWER > 1 ? 1 : 8)

static void check_image(const char *dir, const npu_graph_t *graph, const char *name, bool single)
{
    golden_t golden;
    golden_load(&golden, dir, name, single);
    golden_ref_t ref;
    golden_ref_init(&ref, graph, single);
    golden_ref_set_pixels(&ref, golden.image.data);
    golden_ref_run(&ref);
    for (uint32_t i = 0; i < golden.tensors; i++) {
        const golden_tensor_t *t = &golden.tensor[i];
        ck_assert_uint_lt(t->tensor, graph->tensors);
        ck_assert_uint_eq(t->bytes, graph->tensor[t->tensor].bytes);
        ck_assert_msg(memcmp(ref.tensor[t->tensor], golden.data + t->offset, t->bytes) == 0,
                      "%s: tensor %u \"%.60s\" differs", name, t->tensor,
                      graph->tensor[t->tensor].name);
    }
    golden_ref_free(&ref);
    golden_free(&golden);
}

static void check_model(const char *model, const char *const *images, const char *single)
{
    const char *dir = test_models_dir();
    char name[128];
    npu_graph_t graph;
    golden_load_model(&graph, dir, model);
    for (uint32_t i = 0; images[i] != NULL && i < IMAGES; i++) {
        snprintf(name, sizeof(name), "%s__%s", model, images[i]);
        check_image(dir, &graph, name, false);
    }
    if (single != NULL) {
        snprintf(name, sizeof(name), "%s__%s", model, single);
        check_image(dir, &graph, name, true);
    }
    npu_graph_free(&graph);
}

#define NO_MODELS "no model folder (FOVEA_MODELS)"

START_TEST(person_detect_equals_the_reference_engine_in_both_roundings)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    const char *images[] = {"person", "no_person", NULL};
    check_model("person_detect", images, "person");
}
END_TEST

START_TEST(vww_equals_the_reference_engine_in_both_roundings)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    const char *images[] = {"cat", "grace_hopper", "squat", NULL};
    check_model("vww_96_int8", images, "cat");
}
END_TEST

START_TEST(resnet8_equals_the_reference_engine_in_both_roundings)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    const char *images[] = {"bird", "cat", "dog", NULL};
    check_model("resnet8_cifar10_int8", images, "cat");
}
END_TEST

START_TEST(blazeface_equals_the_reference_engine)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    const char *images[] = {"face", "grace_hopper", NULL};
    check_model("blazeface_front_128_int8", images, NULL);
}
END_TEST

START_TEST(mobilenet_v1_uint8_equals_the_reference_engine)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    const char *images[] = {"cat", NULL};
    check_model("mobilenet_v1_1.0_224_quant", images, NULL);
}
END_TEST

TEST_MAIN("npu reference interpreter", person_detect_equals_the_reference_engine_in_both_roundings,
          vww_equals_the_reference_engine_in_both_roundings,
          resnet8_equals_the_reference_engine_in_both_roundings,
          blazeface_equals_the_reference_engine, mobilenet_v1_uint8_equals_the_reference_engine)
