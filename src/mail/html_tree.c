/* Open elements. See html_tree.h. */
#include "mail/html_tree.h"

void html_tree_init(struct html_tree *t, struct arena *a, size_t max_depth)
{
    memset(t, 0, sizeof *t);
    t->a = a;
    t->max = max_depth > 4096 ? 4096 : (int)max_depth;
    t->room = t->max < 32 ? t->max : 32;
    t->frames = ARENA_ARRAY(a, struct html_frame, (size_t)t->room + 1);
    for (int i = 0; i < TAG_COUNT; i++)
        t->last[i] = -1;
    struct html_frame *root = &t->frames[t->n++];
    root->box = (struct html_box){.colour = HTML_BLACK,
                                  .back = HTML_WHITE,
                                  .font_px = 16,
                                  .opacity = 1,
                                  .back_known = true,
                                  .visible = true,
                                  .cause = HTML_SEEN};
    root->under = root->wall = root->special = -1;
    root->tag = TAG_COUNT;
}

const struct html_box *html_tree_box(const struct html_tree *t)
{
    return &t->frames[t->n - 1].box;
}

const struct html_box *html_tree_text_box(const struct html_tree *t)
{
    switch (t->frames[t->n - 1].tag) {
    case TAG_table:
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot:
    case TAG_tr:
        if (t->last[TAG_table] > 0)
            return &t->frames[t->last[TAG_table] - 1].box;
        break;
    default:
        break;
    }
    return html_tree_box(t);
}

static void pop_to(struct html_tree *t, int n)
{
    while (t->n > n) {
        struct html_frame *f = &t->frames[--t->n];
        if (!f->is_over) {
            t->last[f->tag] = f->under;
            t->on_end(t->ctx, f->tag);
        }
        t->work++;
    }
}

static int wall(const struct html_tree *t)
{
    return t->frames[t->n - 1].wall;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void end_in_scope(struct html_tree *t, int at, int boundary)
{
    if (at > boundary)
        pop_to(t, at);
}

static bool is_heading(unsigned tag)
{
    return tag >= TAG_h1 && tag <= TAG_h6;
}

/* Table parts; false: there is no table here. */
static bool before_table_part(struct html_tree *t, unsigned tag)
{
    int table = t->last[TAG_table];
    if (table < 0 || table < t->last[TAG_template])
        return false;
    int cell = larger(larger(t->last[TAG_td], t->last[TAG_th]), t->last[TAG_caption]);
    int section = larger(larger(t->last[TAG_tbody], t->last[TAG_thead]), t->last[TAG_tfoot]);
    end_in_scope(t, cell, table);
    end_in_scope(t, t->last[TAG_colgroup], table);
    if (tag == TAG_td || tag == TAG_th)
        return true;
    end_in_scope(t, t->last[TAG_tr], table);
    if (tag != TAG_tr)
        end_in_scope(t, section, table);
    return true;
}

bool html_tree_before(struct html_tree *t, unsigned tag)
{
    switch (tag) {
    case TAG_td:
    case TAG_th:
    case TAG_tr:
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot:
    case TAG_caption:
    case TAG_colgroup:
    case TAG_col:
        return before_table_part(t, tag);
    case TAG_html:
    case TAG_body:
    case TAG_head:
        return t->last[tag] < 0;
    case TAG_li:
        end_in_scope(t, t->last[TAG_li], larger(larger(t->last[TAG_ul], t->last[TAG_ol]), wall(t)));
        break;
    case TAG_dd:
    case TAG_dt:
        end_in_scope(t, larger(t->last[TAG_dd], t->last[TAG_dt]), larger(t->last[TAG_dl], wall(t)));
        break;
    case TAG_option:
        end_in_scope(t, t->last[TAG_option], t->n - 2);
        break;
    case TAG_button:
        end_in_scope(t, t->last[TAG_button], wall(t));
        break;
    case TAG_a:
        if (t->last[TAG_a] > wall(t))
            (void)html_tree_end(t, TAG_a);
        break;
    default:
        break;
    }
    if (html_tag_flags(tag) & TAG_CLOSES_P)
        end_in_scope(t, t->last[TAG_p], larger(wall(t), t->last[TAG_button]));
    if (is_heading(tag) && is_heading(t->frames[t->n - 1].tag))
        pop_to(t, t->n - 1);
    return true;
}

void html_tree_push(struct html_tree *t, unsigned tag, const struct html_box *box)
{
    if (t->n > t->max) {
        t->deeper++;
        t->cut = true;
        return;
    }
    if (t->n > t->room) {
        size_t room = (size_t)t->room * 2 < (size_t)t->max ? (size_t)t->room * 2 : (size_t)t->max;
        t->frames = arena_grow(t->a, t->frames, (size_t)t->n, room + 1, sizeof *t->frames);
        t->room = (int)room;
    }
    struct html_frame *f = &t->frames[t->n];
    const struct html_frame *below = f - 1;
    unsigned flags = html_tag_flags(tag);
    f->box = *box;
    f->tag = (unsigned short)tag;
    f->is_over = false;
    f->under = t->last[tag];
    f->wall = flags & TAG_WALL ? t->n : below->wall;
    f->special = flags & TAG_SPECIAL ? t->n : below->special;
    t->last[tag] = t->n++;
    t->work++;
}

/* Ends a formatting element below open blocks: what they took over from it goes back to what
 * stands around it (the net effect of HTML's "adoption agency"). */
static void end_across(struct html_tree *t, int at)
{
    struct html_frame *f = &t->frames[at];
    const struct html_box was = f->box, *around = &t->frames[at - 1].box;
    for (int i = at; i < t->n; i++) {
        struct html_box *b = &t->frames[i].box;
        if (b->colour == was.colour)
            b->colour = around->colour;
        if (b->back == was.back)
            b->back = around->back;
        if (b->font_px == was.font_px)
            b->font_px = around->font_px;
        if (b->opacity == was.opacity)
            b->opacity = around->opacity;
        b->gone = b->gone && !(was.gone && !around->gone);
        b->clipped = b->clipped && !(was.clipped && !around->clipped);
        b->off_screen = b->off_screen && !(was.off_screen && !around->off_screen);
        html_box_judge(b);
        t->work++;
    }
    t->last[f->tag] = f->under;
    f->is_over = true;
    t->on_end(t->ctx, f->tag);
}

bool html_tree_end(struct html_tree *t, unsigned tag)
{
    if (t->deeper) {
        t->deeper--;
        return true;
    }
    int at = t->last[tag], boundary = wall(t);
    unsigned flags = html_tag_flags(tag);
    switch (tag) {
    case TAG_table:
        boundary = t->last[TAG_template];
        break;
    case TAG_td:
    case TAG_th:
    case TAG_tr:
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot:
    case TAG_caption:
        boundary = t->last[TAG_table];
        break;
    case TAG_html:
    case TAG_body:
        return at >= 0; /* what follows still belongs to the body */
    default:
        break;
    }
    if (is_heading(tag))
        for (unsigned h = TAG_h1; h <= TAG_h6; h++)
            at = larger(at, t->last[h]);
    if (at < 0 || (at < boundary))
        return false;
    if (!(flags & TAG_SPECIAL) && t->frames[t->n - 1].special > at) {
        if (flags & TAG_FORMAT)
            end_across(t, at);
        return flags & TAG_FORMAT;
    }
    pop_to(t, at);
    return true;
}

void html_tree_finish(struct html_tree *t)
{
    pop_to(t, 1);
}
