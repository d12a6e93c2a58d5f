/*
 * view_draw_test.c - the viewer's draw list: what is in it after what was drawn.
 */
#include "tests/test.h"
#include "tools/view/draw.h"

static draw_t list;

static void begin(void)
{
    draw_begin(&list, 200, 100);
}

static void check_rect(draw_rect_t r, int32_t x, int32_t y, int32_t w, int32_t h)
{
    ck_assert_int_eq(r.x, x);
    ck_assert_int_eq(r.y, y);
    ck_assert_int_eq(r.w, w);
    ck_assert_int_eq(r.h, h);
}

static const draw_cmd_t *last(void)
{
    ck_assert_uint_gt(list.cmds, 0);
    return &list.cmd[list.cmds - 1];
}

START_TEST(commands_stand_in_the_order_in_which_they_were_drawn)
{
    begin();
    draw_fill(&list, (draw_rect_t){1, 2, 3, 4}, 0x11223344);
    draw_frame(&list, (draw_rect_t){5, 6, 7, 8}, 0x55667788);
    draw_line(&list, 10, 20, 4, 50, 2, 0xffffffff);
    ck_assert_uint_eq(list.cmds, 3);
    ck_assert_int_eq(list.cmd[0].op, DRAW_FILL);
    ck_assert_uint_eq(list.cmd[0].color, 0x11223344);
    check_rect(list.cmd[0].rect, 1, 2, 3, 4);
    ck_assert_int_eq(list.cmd[1].op, DRAW_FRAME);
    check_rect(list.cmd[1].rect, 5, 6, 7, 8);
    ck_assert_int_eq(list.cmd[2].op, DRAW_LINE);
    check_rect(list.cmd[2].rect, 10, 20, -6, 30);
    ck_assert_uint_eq(list.cmd[2].thick, 2);
    draw_free(&list);
}
END_TEST

START_TEST(what_has_no_size_is_not_in_the_list)
{
    begin();
    draw_fill(&list, (draw_rect_t){1, 2, 0, 4}, 1);
    draw_fill(&list, (draw_rect_t){1, 2, 4, -1}, 1);
    draw_frame(&list, (draw_rect_t){1, 2, -4, 4}, 1);
    draw_line(&list, 0, 0, 9, 9, 0, 1);
    draw_text(&list, 0, 0, DRAW_TEXT, DRAW_LEFT, 1, "%s", "");
    draw_hit(&list, (draw_rect_t){1, 2, 0, 4}, 1, 1, 1);
    ck_assert_uint_eq(list.cmds, 0);
    ck_assert_uint_eq(list.hits, 0);
    draw_free(&list);
}
END_TEST

/* DejaVu Sans Mono is 1233/2048 em wide: at 12 points 7.2, at 10 points 6.02; a line of DejaVu is
 * 2384/2048 em high: 13.97 and 11.6. */
START_TEST(monospaced_text_has_the_width_of_its_characters)
{
    ck_assert_int_eq(draw_text_width(DRAW_MONO, "0123456789"), 70);
    ck_assert_int_eq(draw_text_width(DRAW_SMALL, "1.5 \xc2\xb5s"), 36);
    ck_assert_int_eq(draw_text_height(DRAW_MONO), 14);
    ck_assert_int_eq(draw_text_height(DRAW_SMALL), 12);
    ck_assert_int_eq(draw_text_height(DRAW_TITLE), 16);
    ck_assert_int_eq(draw_text_height(DRAW_LARGE), 24);
}
END_TEST

/* At 12 points: 'i' is 569 / 2048 em, 3.33; 'n' 7.605, hinted 8; 'W' 11.87, hinted 12. */
START_TEST(proportional_text_is_estimated_from_above)
{
    ck_assert_int_eq(draw_text_width(DRAW_TEXT, "i"), 4);
    ck_assert_int_eq(draw_text_width(DRAW_TEXT, "iii"), 11); /* 10.002 */
    ck_assert_int_eq(draw_text_width(DRAW_TEXT, "nW"), 20);
    ck_assert_int_eq(draw_text_width(DRAW_TEXT, "\xe2\x86\x92"), 12); /* not in the table: an em */
}
END_TEST

START_TEST(text_stands_at_its_left_middle_or_right)
{
    begin();
    draw_text(&list, 50, 10, DRAW_MONO, DRAW_LEFT, 0xff, "%d px", 1234);
    check_rect(last()->rect, 50, 10, 49, 14);
    ck_assert_str_eq(draw_string(&list, last()), "1234 px");
    draw_text(&list, 50, 10, DRAW_MONO, DRAW_CENTER, 0xff, "ab");
    check_rect(last()->rect, 43, 10, 14, 14);
    draw_text(&list, 50, 10, DRAW_SMALL, DRAW_RIGHT, 0xff, "abc");
    check_rect(last()->rect, 32, 10, 18, 12);
    ck_assert_int_eq(last()->align, DRAW_RIGHT);
    draw_free(&list);
}
END_TEST

START_TEST(what_is_not_utf_8_becomes_a_question_mark)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"21 \xc2\xb0"
         "C",
         "21 \xc2\xb0"
         "C"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"a\xff"
         "b",
         "a?b"},
        {"a\xe2\x80", "a??"},                 /* ends too early */
        {"\xc0\xaf", "??"},                   /* overlong */
        {"\xed\xa0\x80", "???"},              /* a surrogate */
        {"\xf4\x90\x80\x80", "????"},         /* above 10FFFF */
        {"a\tb\nc\x7f", "a?b?c?"},            /* control characters */
        {"\xc2\x85", "??"},                   /* and of the second set */
        {"\x80\xe2\x82\xac", "?\xe2\x82\xac"} /* goes on after it */
    };
    begin();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        draw_text(&list, 0, 0, DRAW_MONO, DRAW_LEFT, 0xff, "%s", cases[i].in);
        ck_assert_str_eq(draw_string(&list, last()), cases[i].out);
    }
    draw_free(&list);
}
END_TEST

START_TEST(text_that_is_too_long_is_cut_with_an_ellipsis)
{
    begin();
    draw_text_cut(&list, 5, 6, 70, DRAW_MONO, 0xff, "0123456789");
    ck_assert_str_eq(draw_string(&list, last()), "0123456789");
    draw_text_cut(&list, 5, 6, 69, DRAW_MONO, 0xff, "0123456789");
    ck_assert_str_eq(draw_string(&list, last()), "01234567\xe2\x80\xa6"); /* 9 * 7 = 63 */
    check_rect(last()->rect, 5, 6, 63, 14);
    draw_text_cut(&list, 5, 6, 21, DRAW_MONO, 0xff, "\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5");
    ck_assert_str_eq(draw_string(&list, last()), "\xc2\xb5\xc2\xb5\xe2\x80\xa6");
    draw_text_cut(&list, 5, 6, 7, DRAW_MONO, 0xff, "abc");
    ck_assert_str_eq(draw_string(&list, last()), "\xe2\x80\xa6");
    uint32_t before = list.cmds;
    draw_text_cut(&list, 5, 6, 6, DRAW_MONO, 0xff, "abc");
    draw_text_cut(&list, 5, 6, -3, DRAW_MONO, 0xff, "abc");
    ck_assert_uint_eq(list.cmds, before);
    for (int32_t width = 0; width < 200; width++) { /* never wider than asked for */
        draw_text_cut(&list, 0, 0, width, DRAW_TITLE, 0xff, "What the host gets, in short");
        ck_assert(list.cmds == before || last()->rect.w <= width);
    }
    draw_free(&list);
}
END_TEST

START_TEST(a_clip_is_the_part_that_both_have_and_goes_with_unclip)
{
    begin();
    draw_rect_t whole = draw_clip(&list, (draw_rect_t){-10, 20, 60, 30});
    check_rect(whole, 0, 0, 200, 100);
    ck_assert_int_eq(last()->op, DRAW_CLIP);
    check_rect(last()->rect, 0, 20, 50, 30);
    draw_rect_t outer = draw_clip(&list, (draw_rect_t){40, 0, 500, 25});
    check_rect(outer, 0, 20, 50, 30);
    check_rect(last()->rect, 40, 20, 10, 5);
    draw_unclip(&list, outer);
    check_rect(last()->rect, 0, 20, 50, 30);
    draw_clip(&list, (draw_rect_t){60, 60, 5, 5}); /* nothing in common */
    ck_assert_int_eq(last()->rect.w, 0);
    draw_hit(&list, (draw_rect_t){0, 0, 200, 100}, 1, 1, 1);
    ck_assert_uint_eq(list.hits, 0);
    draw_unclip(&list, whole);
    check_rect(list.clip, 0, 0, 200, 100);
    draw_free(&list);
}
END_TEST

START_TEST(a_click_meets_what_was_added_last_and_only_where_it_can_be_seen)
{
    begin();
    draw_hit(&list, (draw_rect_t){0, 0, 200, 100}, 1, 0, 0);
    draw_rect_t before = draw_clip(&list, (draw_rect_t){10, 10, 20, 20});
    draw_hit(&list, (draw_rect_t){0, 0, 25, 25}, 2, 7, 8);
    draw_unclip(&list, before);
    const draw_hit_t *hit = draw_at(&list, 10, 24);
    ck_assert_uint_eq(hit->kind, 2);
    ck_assert_uint_eq(hit->a, 7);
    ck_assert_uint_eq(hit->b, 8);
    ck_assert_uint_eq(draw_at(&list, 9, 24)->kind, 1);
    ck_assert_uint_eq(draw_at(&list, 10, 25)->kind, 1);
    ck_assert_uint_eq(draw_at(&list, 199, 99)->kind, 1);
    ck_assert_ptr_null(draw_at(&list, 200, 50));
    ck_assert_ptr_null(draw_at(&list, 5, -1));
    draw_free(&list);
}
END_TEST

START_TEST(a_list_that_is_begun_anew_is_empty)
{
    begin();
    draw_clip(&list, (draw_rect_t){0, 0, 1, 1});
    draw_text(&list, 0, 0, DRAW_TEXT, DRAW_LEFT, 1, "text");
    draw_begin(&list, 300, 400);
    ck_assert_uint_eq(list.cmds, 0);
    ck_assert_uint_eq(list.hits, 0);
    ck_assert_uint_eq(list.stored, 0);
    check_rect(list.clip, 0, 0, 300, 400);
    draw_free(&list);
}
END_TEST

START_TEST(images_and_strings_stay_what_they_are_while_the_list_grows)
{
    static const uint8_t gray[2 * 3 * 4] = {9, 8, 7, 255};
    begin();
    uint8_t *px = draw_image(&list, (draw_rect_t){1, 2, 30, 40}, 2, 3, true);
    ck_assert_ptr_nonnull(px);
    memcpy(px, gray, sizeof(gray));
    for (uint32_t i = 0; i < 3000; i++) {
        draw_text(&list, 0, 0, DRAW_SMALL, DRAW_LEFT, 1, "number %u", i);
        draw_hit(&list, (draw_rect_t){(int32_t)i % 200, 5, 1, 1}, 3, i, 0);
    }
    ck_assert_uint_eq(list.cmds, 3001);
    ck_assert_uint_eq(list.hits, 3000);
    ck_assert_mem_eq(list.store + list.cmd[0].data, gray, sizeof(gray));
    ck_assert(list.cmd[0].smooth && list.cmd[0].image_w == 2 && list.cmd[0].image_h == 3);
    for (uint32_t i = 0; i < 3000; i++) {
        char expected[24];
        snprintf(expected, sizeof(expected), "number %u", i);
        ck_assert_str_eq(draw_string(&list, &list.cmd[i + 1]), expected);
    }
    ck_assert(!list.no_memory);
    draw_free(&list);
}
END_TEST

START_TEST(an_image_for_which_there_is_no_memory_is_left_out)
{
    begin();
    ck_assert_ptr_null(draw_image(&list, (draw_rect_t){0, 0, 9, 9}, UINT32_MAX, UINT32_MAX, false));
    ck_assert(list.no_memory);
    ck_assert_uint_eq(list.cmds, 0);
    begin();
    ck_assert(!list.no_memory);
    draw_free(&list);
}
END_TEST

START_TEST(coordinates_of_any_size_are_no_overflow)
{
    const draw_rect_t huge = {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
    const draw_rect_t far = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
    begin();
    draw_hit(&list, huge, 1, 0, 0);
    draw_hit(&list, far, 1, 0, 0);
    ck_assert_uint_eq(list.hits, 0); /* huge ends at -1 */
    draw_hit(&list, (draw_rect_t){-5, -5, INT32_MAX, INT32_MAX}, 1, 0, 0);
    check_rect(list.hit[0].rect, 0, 0, 200, 100);
    draw_line(&list, INT32_MIN, 0, INT32_MAX, 0, 1, 1);
    ck_assert_int_eq(last()->rect.w, INT32_MAX);
    draw_text(&list, INT32_MIN, INT32_MIN, DRAW_TEXT, DRAW_RIGHT, 1, "far away");
    ck_assert_int_eq(last()->rect.x, INT32_MIN);
    draw_text(&list, INT32_MIN, INT32_MIN, DRAW_TEXT, DRAW_CENTER, 1, "far away");
    ck_assert_int_eq(last()->rect.x, INT32_MIN);
    check_rect(draw_inset((draw_rect_t){10, 10, 30, 5}, 4), 14, 14, 22, 0);
    check_rect(draw_inset((draw_rect_t){0, 0, 5, 5}, INT32_MIN), INT32_MIN, INT32_MIN, INT32_MAX,
               INT32_MAX);
    draw_free(&list);
}
END_TEST

TEST_MAIN("view draw", commands_stand_in_the_order_in_which_they_were_drawn,
          what_has_no_size_is_not_in_the_list, monospaced_text_has_the_width_of_its_characters,
          proportional_text_is_estimated_from_above, text_stands_at_its_left_middle_or_right,
          what_is_not_utf_8_becomes_a_question_mark, text_that_is_too_long_is_cut_with_an_ellipsis,
          a_clip_is_the_part_that_both_have_and_goes_with_unclip,
          a_click_meets_what_was_added_last_and_only_where_it_can_be_seen,
          a_list_that_is_begun_anew_is_empty,
          images_and_strings_stay_what_they_are_while_the_list_grows,
          an_image_for_which_there_is_no_memory_is_left_out,
          coordinates_of_any_size_are_no_overflow)
