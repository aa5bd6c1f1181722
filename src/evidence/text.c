/* Text that people do not see, letters that are not what they seem, mail that is one picture. */
#include "evidence/families.h"

#include "base/utf8.h"
#include "mail/html.h"

#define LOOK_BYTES 16384

struct sums {
    size_t hidden, shown, zero_width, images, remote_images, scripts, refresh, iframes, comments;
    bool is_html;
};

static void add_up(const struct evidence *e, struct sums *s)
{
    for (size_t i = 0; i < e->m->n_parts; i++) {
        const struct html_view *v = e->m->parts[i]->html;
        if (!v || e->m->parts[i]->is_attachment)
            continue;
        s->is_html = true;
        s->hidden += v->hidden.n - (v->hidden_by[HTML_HIDDEN_ZERO_WIDTH] < v->hidden.n
                                        ? v->hidden_by[HTML_HIDDEN_ZERO_WIDTH]
                                        : v->hidden.n);
        s->shown += v->text.n;
        s->zero_width += v->zero_width;
        s->images += v->images;
        s->remote_images += v->remote_images;
        s->scripts += v->scripts;
        s->refresh += v->meta_refresh;
        s->iframes += v->iframes;
    }
}

void family_text(struct evidence *e)
{
    struct sums s = {0};
    struct slice none = {0}, first = {0};
    add_up(e, &s);
    /* Newsletters hide a line or two for the preview; padding against filters is longer. */
    if (s.hidden > 400 && s.hidden * 2 > s.shown)
        check_hit(e, CHECK_text_hidden, none);
    struct slice text = utf8_head(e->m->text, LOOK_BYTES);
    bool is_ascii = utf8_is_ascii(text); /* has neither of both */
    size_t unseen = s.zero_width + (is_ascii ? 0 : invisible_characters(text, LOOK_BYTES));
    if (unseen >= 3)
        check_hit(e, CHECK_text_zero_width, none);
    size_t mixed = is_ascii ? 0 : mixed_words(text, LOOK_BYTES, &first);
    if (mixed >= 2)
        check_hit(e, CHECK_text_mixed, first);
    look_for_disguise(e);
    if (s.is_html && s.images && s.shown < 120 && e->n_web)
        check_hit(e, CHECK_text_image_only, none);
    else if (s.is_html && s.shown < 40 && e->n_web)
        check_hit(e, CHECK_text_link_only, none);
    if (s.is_html && !e->has_plain && !e->is_list)
        check_hit(e, CHECK_text_html_only, none);
    if (s.scripts)
        check_hit(e, CHECK_text_script, none);
    if (s.refresh)
        check_hit(e, CHECK_text_refresh, none);
    if (s.iframes)
        check_hit(e, CHECK_text_iframe, none);
}
