/* CSS colours (CSS Color 4): names, hexadecimal, rgb() and hsl() in old and new notation, and
 * the test whether text can be told from its background. */
#include "mail/html_style.h"

#include <math.h>
#include <stdlib.h>

static const struct named {
    const char *name;
    uint32_t rgb;
} named[] = {
    /* clang-format off */
    {"aliceblue", 0xF0F8FF}, {"antiquewhite", 0xFAEBD7}, {"aqua", 0x00FFFF}, {"aquamarine", 0x7FFFD4},
    {"azure", 0xF0FFFF}, {"beige", 0xF5F5DC}, {"bisque", 0xFFE4C4}, {"black", 0x000000},
    {"blanchedalmond", 0xFFEBCD}, {"blue", 0x0000FF}, {"blueviolet", 0x8A2BE2}, {"brown", 0xA52A2A},
    {"burlywood", 0xDEB887}, {"cadetblue", 0x5F9EA0}, {"chartreuse", 0x7FFF00}, {"chocolate", 0xD2691E},
    {"coral", 0xFF7F50}, {"cornflowerblue", 0x6495ED}, {"cornsilk", 0xFFF8DC}, {"crimson", 0xDC143C},
    {"cyan", 0x00FFFF}, {"darkblue", 0x00008B}, {"darkcyan", 0x008B8B}, {"darkgoldenrod", 0xB8860B},
    {"darkgray", 0xA9A9A9}, {"darkgreen", 0x006400}, {"darkgrey", 0xA9A9A9}, {"darkkhaki", 0xBDB76B},
    {"darkmagenta", 0x8B008B}, {"darkolivegreen", 0x556B2F}, {"darkorange", 0xFF8C00}, {"darkorchid", 0x9932CC},
    {"darkred", 0x8B0000}, {"darksalmon", 0xE9967A}, {"darkseagreen", 0x8FBC8F}, {"darkslateblue", 0x483D8B},
    {"darkslategray", 0x2F4F4F}, {"darkslategrey", 0x2F4F4F}, {"darkturquoise", 0x00CED1}, {"darkviolet", 0x9400D3},
    {"deeppink", 0xFF1493}, {"deepskyblue", 0x00BFFF}, {"dimgray", 0x696969}, {"dimgrey", 0x696969},
    {"dodgerblue", 0x1E90FF}, {"firebrick", 0xB22222}, {"floralwhite", 0xFFFAF0}, {"forestgreen", 0x228B22},
    {"fuchsia", 0xFF00FF}, {"gainsboro", 0xDCDCDC}, {"ghostwhite", 0xF8F8FF}, {"gold", 0xFFD700},
    {"goldenrod", 0xDAA520}, {"gray", 0x808080}, {"green", 0x008000}, {"greenyellow", 0xADFF2F},
    {"grey", 0x808080}, {"honeydew", 0xF0FFF0}, {"hotpink", 0xFF69B4}, {"indianred", 0xCD5C5C},
    {"indigo", 0x4B0082}, {"ivory", 0xFFFFF0}, {"khaki", 0xF0E68C}, {"lavender", 0xE6E6FA},
    {"lavenderblush", 0xFFF0F5}, {"lawngreen", 0x7CFC00}, {"lemonchiffon", 0xFFFACD}, {"lightblue", 0xADD8E6},
    {"lightcoral", 0xF08080}, {"lightcyan", 0xE0FFFF}, {"lightgoldenrodyellow", 0xFAFAD2}, {"lightgray", 0xD3D3D3},
    {"lightgreen", 0x90EE90}, {"lightgrey", 0xD3D3D3}, {"lightpink", 0xFFB6C1}, {"lightsalmon", 0xFFA07A},
    {"lightseagreen", 0x20B2AA}, {"lightskyblue", 0x87CEFA}, {"lightslategray", 0x778899}, {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xB0C4DE}, {"lightyellow", 0xFFFFE0}, {"lime", 0x00FF00}, {"limegreen", 0x32CD32},
    {"linen", 0xFAF0E6}, {"magenta", 0xFF00FF}, {"maroon", 0x800000}, {"mediumaquamarine", 0x66CDAA},
    {"mediumblue", 0x0000CD}, {"mediumorchid", 0xBA55D3}, {"mediumpurple", 0x9370DB}, {"mediumseagreen", 0x3CB371},
    {"mediumslateblue", 0x7B68EE}, {"mediumspringgreen", 0x00FA9A}, {"mediumturquoise", 0x48D1CC}, {"mediumvioletred", 0xC71585},
    {"midnightblue", 0x191970}, {"mintcream", 0xF5FFFA}, {"mistyrose", 0xFFE4E1}, {"moccasin", 0xFFE4B5},
    {"navajowhite", 0xFFDEAD}, {"navy", 0x000080}, {"oldlace", 0xFDF5E6}, {"olive", 0x808000},
    {"olivedrab", 0x6B8E23}, {"orange", 0xFFA500}, {"orangered", 0xFF4500}, {"orchid", 0xDA70D6},
    {"palegoldenrod", 0xEEE8AA}, {"palegreen", 0x98FB98}, {"paleturquoise", 0xAFEEEE}, {"palevioletred", 0xDB7093},
    {"papayawhip", 0xFFEFD5}, {"peachpuff", 0xFFDAB9}, {"peru", 0xCD853F}, {"pink", 0xFFC0CB},
    {"plum", 0xDDA0DD}, {"powderblue", 0xB0E0E6}, {"purple", 0x800080}, {"rebeccapurple", 0x663399},
    {"red", 0xFF0000}, {"rosybrown", 0xBC8F8F}, {"royalblue", 0x4169E1}, {"saddlebrown", 0x8B4513},
    {"salmon", 0xFA8072}, {"sandybrown", 0xF4A460}, {"seagreen", 0x2E8B57}, {"seashell", 0xFFF5EE},
    {"sienna", 0xA0522D}, {"silver", 0xC0C0C0}, {"skyblue", 0x87CEEB}, {"slateblue", 0x6A5ACD},
    {"slategray", 0x708090}, {"slategrey", 0x708090}, {"snow", 0xFFFAFA}, {"springgreen", 0x00FF7F},
    {"steelblue", 0x4682B4}, {"tan", 0xD2B48C}, {"teal", 0x008080}, {"thistle", 0xD8BFD8},
    {"tomato", 0xFF6347}, {"turquoise", 0x40E0D0}, {"violet", 0xEE82EE}, {"wheat", 0xF5DEB3},
    {"white", 0xFFFFFF}, {"whitesmoke", 0xF5F5F5}, {"window", 0xFFFFFF}, {"windowtext", 0x000000},
    {"yellow", 0xFFFF00}, {"yellowgreen", 0x9ACD32},
    /* clang-format on */
};

static int compare(const void *key, const void *item)
{
    const struct slice *s = key;
    return slice_cmp(*s, slice_str(((const struct named *)item)->name));
}

static bool by_name(struct slice s, html_colour *out)
{
    char low[24];
    if (s.n == 0 || s.n > sizeof low)
        return false;
    for (size_t i = 0; i < s.n; i++)
        low[i] = ascii_lower(s.p[i]);
    struct slice name = slice_of(low, s.n);
    if (slice_eq(name, SLICE("transparent"))) {
        *out = 0;
        return true;
    }
    const struct named *hit = bsearch(&name, named, sizeof named / sizeof *named, sizeof *named,
                                      compare);
    if (!hit)
        return false;
    *out = 0xFF000000u | hit->rgb;
    return true;
}

static bool by_hex(struct slice s, html_colour *out)
{
    uint32_t v = 0;
    if (s.n != 3 && s.n != 4 && s.n != 6 && s.n != 8)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = ascii_hex(s.p[i]);
        if (d < 0)
            return false;
        v = v << 4 | (uint32_t)d;
        if (s.n <= 4)
            v = v << 4 | (uint32_t)d;
    }
    if (s.n == 4 || s.n == 8)
        v = v >> 8 | v << 24;
    else
        v |= 0xFF000000u;
    *out = v;
    return true;
}

/* The next number of a function's arguments; *out_unit is '%', 'd' (deg) or 0. */
static bool number(struct slice *s, double *out, char *out_unit)
{
    while (s->n && (ascii_is_space(s->p[0]) || s->p[0] == ',' || s->p[0] == '/'))
        *s = slice_from(*s, 1);
    size_t n = 0;
    while (n < s->n && n < 31 &&
           (ascii_is_digit(s->p[n]) || s->p[n] == '.' || s->p[n] == '-' || s->p[n] == '+'))
        n++;
    if (n == 0)
        return false;
    char text[32];
    memcpy(text, s->p, n);
    text[n] = '\0';
    *out = strtod(text, NULL);
    *s = slice_from(*s, n);
    *out_unit = 0;
    if (s->n && s->p[0] == '%') {
        *out_unit = '%';
        *s = slice_from(*s, 1);
    }
    while (s->n && ascii_is_alpha(s->p[0])) {
        *out_unit = 'd';
        *s = slice_from(*s, 1);
    }
    return true;
}

static uint32_t channel(double v)
{
    return v <= 0 ? 0 : v >= 255 ? 255 : (uint32_t)lround(v);
}

/* One channel of hsl (CSS Color 4, 7.1). */
static double hsl_channel(double n, double h, double s, double l)
{
    double k = fmod(n + h / 30, 12);
    double a = s * (l < 1 - l ? l : 1 - l);
    double m = k - 3 < 9 - k ? k - 3 : 9 - k;
    m = m < -1 ? -1 : m > 1 ? 1 : m;
    return 255 * (l - a * m);
}

static double within(double v, double max)
{
    return v < 0 ? 0 : v > max ? max : v;
}

static bool by_function(struct slice s, html_colour *out)
{
    bool hsl = slice_istarts(s, SLICE("hsl"));
    size_t open = slice_chr(s, '(');
    if (open == SIZE_MAX || (!hsl && !slice_istarts(s, SLICE("rgb"))))
        return false;
    s = slice_from(s, open + 1);
    double v[3], alpha = 1;
    char unit[3], alpha_unit;
    for (int i = 0; i < 3; i++)
        if (!number(&s, &v[i], &unit[i]))
            return false;
    if (number(&s, &alpha, &alpha_unit) && alpha_unit == '%')
        alpha /= 100;
    if (hsl) {
        double h = fmod(v[0], 360), sat = within(v[1], 100) / 100, l = within(v[2], 100) / 100;
        h = h < 0 ? h + 360 : h;
        v[0] = hsl_channel(0, h, sat, l);
        v[1] = hsl_channel(8, h, sat, l);
        v[2] = hsl_channel(4, h, sat, l);
    } else {
        for (int i = 0; i < 3; i++)
            if (unit[i] == '%')
                v[i] *= 2.55;
    }
    *out = channel(alpha * 255) << 24 | channel(v[0]) << 16 | channel(v[1]) << 8 | channel(v[2]);
    return true;
}

bool html_colour_read(struct slice s, bool legacy, html_colour *out)
{
    s = slice_trim(s);
    if (s.n == 0)
        return false;
    if (s.p[0] == '#')
        return by_hex(slice_from(s, 1), out);
    if (s.p[s.n - 1] == ')')
        return by_function(s, out);
    return by_name(s, out) || (legacy && s.n == 6 && by_hex(s, out));
}

bool html_colour_near(html_colour a, html_colour b)
{
    if (a >> 24 < 20) /* all but transparent text */
        return true;
    for (int shift = 0; shift < 24; shift += 8) {
        int d = (int)(a >> shift & 255) - (int)(b >> shift & 255);
        d = d * (int)(a >> 24) / 255;
        if (d > 20 || d < -20)
            return false;
    }
    return true;
}
