/* CSS declarations. See html_style.h. */
#include "mail/html_style.h"

#include "base/bytes16.h"

#include <stdlib.h>

/* Property names, their bit and how their value is read. */
enum reader {
    READ_DISPLAY,
    READ_VISIBILITY,
    READ_LENGTH,
    READ_FONT,
    READ_OPACITY,
    READ_COLOUR,
    READ_BACKGROUND,
    READ_IMAGE,
    READ_OVERFLOW,
    READ_POSITION,
    READ_CLIP,
    READ_SPACE,
    READ_TRANSFORM
};

#define LENGTH(field) offsetof(struct html_style, field)

static const struct property {
    const char *name;
    unsigned char n;
    enum reader reader;
    uint32_t bit;
    size_t field;
} properties[] = {{"top", 3, READ_LENGTH, CSS_TOP, LENGTH(top)},
                  {"font", 4, READ_FONT, CSS_FONT_SIZE, 0},
                  {"left", 4, READ_LENGTH, CSS_LEFT, LENGTH(left)},
                  {"clip", 4, READ_CLIP, CSS_CLIP, 0},
                  {"color", 5, READ_COLOUR, CSS_COLOUR, 0},
                  {"width", 5, READ_LENGTH, CSS_WIDTH, LENGTH(width)},
                  {"right", 5, READ_LENGTH, CSS_RIGHT, LENGTH(right)},
                  {"height", 6, READ_LENGTH, CSS_HEIGHT, LENGTH(height)},
                  {"display", 7, READ_DISPLAY, CSS_DISPLAY, 0},
                  {"opacity", 7, READ_OPACITY, CSS_OPACITY, 0},
                  {"overflow", 8, READ_OVERFLOW, CSS_OVERFLOW, 0},
                  {"position", 8, READ_POSITION, CSS_POSITION, 0},
                  {"font-size", 9, READ_LENGTH, CSS_FONT_SIZE, LENGTH(font)},
                  {"max-width", 9, READ_LENGTH, CSS_MAX_WIDTH, LENGTH(max_width)},
                  {"clip-path", 9, READ_CLIP, CSS_CLIP, 0},
                  {"transform", 9, READ_TRANSFORM, CSS_TRANSFORM, 0},
                  {"visibility", 10, READ_VISIBILITY, CSS_VISIBILITY, 0},
                  {"background", 10, READ_BACKGROUND, CSS_BACKGROUND, 0},
                  {"max-height", 10, READ_LENGTH, CSS_MAX_HEIGHT, LENGTH(max_height)},
                  {"overflow-x", 10, READ_OVERFLOW, CSS_OVERFLOW, 0},
                  {"overflow-y", 10, READ_OVERFLOW, CSS_OVERFLOW, 0},
                  {"margin-top", 10, READ_LENGTH, CSS_MARGIN_TOP, LENGTH(margin_top)},
                  {"text-indent", 11, READ_LENGTH, CSS_INDENT, LENGTH(indent)},
                  {"margin-left", 11, READ_LENGTH, CSS_MARGIN_LEFT, LENGTH(margin_left)},
                  {"white-space", 11, READ_SPACE, CSS_WHITE_SPACE, 0},
                  {"background-color", 16, READ_BACKGROUND, CSS_BACKGROUND, 0},
                  {"background-image", 16, READ_IMAGE, CSS_IMAGE, 0},
                  {"-webkit-transform", 17, READ_TRANSFORM, CSS_TRANSFORM, 0}};

/* Index of the first property with a name of n bytes or more; the table goes by length. */
static const unsigned char first_of_length[19] = {0,  0,  0,  0,  1,  4,  7,  8,  10, 12,
                                                  16, 22, 25, 25, 25, 25, 25, 27, 28};

static bool is(struct slice s, const char *word)
{
    return slice_ieq(s, slice_str(word));
}

static const struct property *property_of(struct slice name)
{
    if (name.n < 3 || name.n > 17)
        return NULL;
    char first = ascii_lower(name.p[0]);
    for (size_t i = first_of_length[name.n]; i < first_of_length[name.n + 1]; i++)
        if (properties[i].name[0] == first && slice_ieq(name, slice_of(properties[i].name, name.n)))
            return &properties[i];
    return NULL;
}

/* A decimal number at the front of s; how many bytes it takes, 0 for none. */
static size_t decimal(struct slice s, float *out)
{
    size_t i = 0;
    bool minus = false, digits = false;
    float v = 0, scale = 1;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        minus = s.p[i++] == '-';
    for (; i < s.n && ascii_is_digit(s.p[i]); i++) {
        v = v * 10 + (float)(s.p[i] - '0');
        digits = true;
    }
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && ascii_is_digit(s.p[i]); i++) {
            scale /= 10;
            v += scale * (float)(s.p[i] - '0');
            digits = true;
        }
    }
    *out = minus ? -v : v;
    return digits ? i : 0;
}

static bool length(struct slice s, struct css_length *out)
{
    static const struct {
        const char *unit;
        float px;
    } units[] = {{"px", 1}, {"pt", 4.0f / 3}, {"pc", 16}, {"in", 96}, {"cm", 37.8f}, {"mm", 3.78f},
                 {"ex", 8}, {"ch", 8},        {"vw", 6},  {"vh", 8},  {"", 1}};
    float v;
    size_t n = decimal(s, &v);
    if (n == 0)
        return false;
    s = slice_trim(slice_from(s, n));
    out->unit = UNIT_PX;
    out->n = v;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (is(s, units[i].unit)) {
            out->n = v * units[i].px;
            return true;
        }
    }
    if (is(s, "em"))
        out->unit = UNIT_EM;
    else if (is(s, "rem"))
        out->unit = UNIT_REM;
    else if (is(s, "%"))
        out->unit = UNIT_PERCENT;
    else
        return false;
    return true;
}

static bool font_size(struct slice s, struct css_length *out)
{
    static const struct {
        const char *word;
        float px;
    } words[] = {{"medium", 16},      {"small", 13},     {"large", 18},    {"x-small", 10},
                 {"xx-small", 9},     {"x-large", 24},   {"xx-large", 32}, {"initial", 16},
                 {"smaller", -0.83f}, {"larger", -1.2f}, {"inherit", -1}};
    if (length(s, out))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is(s, words[i].word)) {
            bool relative = words[i].px < 0;
            out->unit = relative ? UNIT_EM : UNIT_PX;
            out->n = relative ? -words[i].px : words[i].px;
            return true;
        }
    }
    return false;
}

/* The next word of a value: up to white space outside brackets. */
static bool word(struct slice *rest, struct slice *out)
{
    *rest = slice_trim(*rest);
    size_t i = 0;
    int depth = 0;
    while (i < rest->n && (depth > 0 || !ascii_is_space(rest->p[i]))) {
        depth += rest->p[i] == '(' ? 1 : rest->p[i] == ')' ? -1 : 0;
        i++;
    }
    *out = slice_head(*rest, i);
    *rest = slice_from(*rest, i);
    return out->n != 0;
}

/* "font: bold 0/0 Arial": the first word that reads as a size. */
static bool font(struct slice s, struct css_length *out)
{
    struct slice w;
    for (int i = 0; i < 6 && word(&s, &w); i++) {
        size_t slash = slice_chr(w, '/');
        struct slice size = slice_head(w, slash);
        bool weight = size.n == 3 && size.p[1] == '0' && size.p[2] == '0';
        if (!weight && !is(size, "inherit") && font_size(size, out))
            return true;
    }
    return false;
}

static bool background(struct html_style *out, struct slice s)
{
    struct slice w;
    bool any = false;
    for (int i = 0; i < 12 && word(&s, &w); i++) {
        if (slice_istarts(w, SLICE("url(")) || slice_ifind(w, SLICE("gradient(")) != SIZE_MAX) {
            out->has_image = true;
            out->set |= CSS_IMAGE;
        } else if (!any && html_colour_read(w, false, &out->background)) {
            any = true;
        }
    }
    return any;
}

static bool percent_or_number(struct slice s, float *out)
{
    size_t n = decimal(s, out);
    if (n && n < s.n && s.p[n] == '%')
        *out /= 100;
    return n != 0;
}

static bool is_clip_to_nothing(struct slice s)
{
    struct slice inside = slice_from(s,
                                     slice_chr(s, '(') == SIZE_MAX ? s.n : slice_chr(s, '(') + 1);
    if (slice_istarts(s, SLICE("inset("))) {
        float v;
        return percent_or_number(slice_trim(inside), &v) && v >= 0.5f &&
               slice_chr(s, '%') != SIZE_MAX;
    }
    if (!slice_istarts(s, SLICE("rect(")) && !slice_istarts(s, SLICE("circle(")))
        return false;
    for (size_t i = 0; i < inside.n; i++)
        if (inside.p[i] > '1' && inside.p[i] <= '9')
            return false;
    return slice_ifind(inside, SLICE("auto")) == SIZE_MAX;
}

static bool read_display(struct html_style *out, struct slice v)
{
    out->display = DISPLAY_BOX;
    if (is(v, "none"))
        out->display = DISPLAY_NONE;
    else if (is(v, "inline") || is(v, "contents"))
        out->display = DISPLAY_INLINE;
    else if (is(v, "block"))
        out->display = DISPLAY_BLOCK;
    else if (slice_istarts(v, SLICE("table")))
        out->display = DISPLAY_TABLE;
    return v.n != 0;
}

static bool read_keyword(struct html_style *out, enum reader reader, struct slice v)
{
    switch (reader) {
    case READ_DISPLAY:
        return read_display(out, v);
    case READ_VISIBILITY:
        out->visible = !is(v, "hidden") && !is(v, "collapse");
        return !is(v, "inherit");
    case READ_OVERFLOW:
        out->overflow_hidden = slice_istarts(v, SLICE("hidden")) || is(v, "clip");
        return true;
    case READ_POSITION:
        out->positioned = is(v, "absolute") || is(v, "fixed");
        return true;
    case READ_CLIP:
        out->clipped = is_clip_to_nothing(v);
        return true;
    case READ_SPACE:
        out->preserves = slice_istarts(v, SLICE("pre"));
        return true;
    default:
        out->scaled_away = slice_istarts(v, SLICE("scale(0)")) ||
                           slice_istarts(v, SLICE("scale(0,"));
        return true;
    }
}

static bool read_value(struct html_style *out, const struct property *p, struct slice v)
{
    struct css_length len;
    switch (p->reader) {
    case READ_LENGTH:
        if (!(p->bit == CSS_FONT_SIZE ? font_size(v, &len) : length(v, &len)))
            return false;
        memcpy((char *)out + p->field, &len, sizeof len);
        return true;
    case READ_FONT:
        return font(v, &out->font);
    case READ_OPACITY:
        return percent_or_number(v, &out->opacity);
    case READ_COLOUR:
        return html_colour_read(v, false, &out->colour);
    case READ_BACKGROUND:
        return background(out, v);
    case READ_IMAGE:
        out->has_image = !is(v, "none");
        return true;
    default:
        return read_keyword(out, p->reader, v);
    }
}

/* End of a declaration: ';' outside quotes and brackets. */
static size_t declaration_end(struct slice s)
{
    char quote = 0;
    int depth = 0;
    for (size_t i = 0; i < s.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        unsigned signs = bytes16_is(&b, ';') | bytes16_is(&b, '"') | bytes16_range(&b, '\'', ')');
        for (; signs; signs &= signs - 1) {
            size_t at = i + bytes16_first(signs);
            char c = s.p[at];
            if (quote) {
                if (c == quote)
                    quote = 0;
            } else if (c == ';') {
                if (depth <= 0)
                    return at;
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else {
                quote = c;
            }
        }
    }
    return s.n;
}

static void declaration(struct html_style *out, struct slice d)
{
    size_t colon = slice_chr(d, ':');
    if (colon == SIZE_MAX)
        return;
    const struct property *p = property_of(slice_trim(slice_head(d, colon)));
    if (!p)
        return;
    struct slice v = slice_trim(slice_from(d, colon + 1));
    size_t bang = slice_rchr(v, '!');
    bool important = bang != SIZE_MAX && is(slice_trim(slice_from(v, bang + 1)), "important");
    if (important)
        v = slice_trim(slice_head(v, bang));
    if ((out->important & p->bit) && !important)
        return;
    if (!read_value(out, p, v))
        return;
    out->set |= p->bit;
    if (important)
        out->important |= p->bit;
}

/* Comments as spaces; css itself when it has none. */
static struct slice without_comment(struct slice css)
{
    while (slice_starts(css, SLICE("/*"))) {
        size_t end = slice_find(slice_from(css, 2), SLICE("*/"));
        css = end == SIZE_MAX ? slice_from(css, css.n) : slice_from(css, end + 4);
        css = slice_trim(css);
    }
    return css;
}

void html_style_add(struct html_style *out, struct slice css, uint64_t *work)
{
    *work += css.n;
    while (css.n) {
        css = without_comment(slice_trim(css));
        size_t end = declaration_end(css);
        declaration(out, slice_head(css, end));
        css = slice_from(css, end + 1);
    }
}

void html_style_merge(struct html_style *out, const struct html_style *more)
{
    uint32_t take = more->set & ~(out->important & ~more->important);
    struct html_style was = *out;
    if (take == (more->set | was.set)) {
        *out = *more;
        return;
    }
#define TAKE(bit, field) out->field = take & (bit) ? more->field : was.field
    TAKE(CSS_DISPLAY, display);
    TAKE(CSS_VISIBILITY, visible);
    TAKE(CSS_FONT_SIZE, font);
    TAKE(CSS_OPACITY, opacity);
    TAKE(CSS_COLOUR, colour);
    TAKE(CSS_BACKGROUND, background);
    TAKE(CSS_IMAGE, has_image);
    TAKE(CSS_WIDTH, width);
    TAKE(CSS_HEIGHT, height);
    TAKE(CSS_MAX_WIDTH, max_width);
    TAKE(CSS_MAX_HEIGHT, max_height);
    TAKE(CSS_OVERFLOW, overflow_hidden);
    TAKE(CSS_POSITION, positioned);
    TAKE(CSS_LEFT, left);
    TAKE(CSS_TOP, top);
    TAKE(CSS_RIGHT, right);
    TAKE(CSS_INDENT, indent);
    TAKE(CSS_MARGIN_LEFT, margin_left);
    TAKE(CSS_MARGIN_TOP, margin_top);
    TAKE(CSS_CLIP, clipped);
    TAKE(CSS_WHITE_SPACE, preserves);
    TAKE(CSS_TRANSFORM, scaled_away);
#undef TAKE
    out->set = was.set | take;
    out->important = was.important | (more->important & take);
}
