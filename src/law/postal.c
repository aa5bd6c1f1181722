/* Postal addresses in text. See postal.h.
 *
 * Each line is looked at once for four signs: a street, a post box, a postcode beside a word, the
 * name of a country. A window of four lines moves over the signs.
 */
#include "law/postal.h"

#include "base/utf8.h"
#include "evidence/phrases.h"

#define LINES_AT_ONCE 4
#define LINE_MOST     200 /* longer lines are running text; an address is looked for in pieces */

enum sign { SIGN_STREET = 1, SIGN_BOX = 2, SIGN_POSTCODE = 4, SIGN_COUNTRY = 8 };

static const struct place {
    const char *code, *postcodes, *names;
} PLACES[] = {
#define PLACE(code, postcodes, names) {code, postcodes, names},
#include "law/postal_table.h"
#undef PLACE
};
#define N_PLACES (sizeof PLACES / sizeof *PLACES)

/* Whole words (folded to lower case in ASCII) that stand for a street where a number is near;
 * with "-" in front also at the end of a longer word, as in "Hauptstraße". */
static const char *const STREETS[] = {
    "-straße",  "-strasse",  "-str",      "-str.",    "-weg",       "-gasse",    "-platz",
    "-allee",   "-ring",     "-damm",     "-ufer",    "-chaussee",  "-straat",   "-laan",
    "-plein",   "-gracht",   "-kade",     "-singel",  "-dreef",     "-gatan",    "-vägen",
    "-gata",    "-veien",    "-vegen",    "-gaten",   "-vej",       "-gade",     "-allé",
    "-katu",    "-tie",      "-kuja",     "-tänav",   "-utca",      "-iela",     "-gatvė",
    "street",   "st.",       "st",        "road",     "rd.",        "rd",        "avenue",
    "ave.",     "ave",       "boulevard", "blvd.",    "blvd",       "lane",      "ln.",
    "drive",    "dr.",       "way",       "highway",  "hwy",        "square",    "sq.",
    "terrace",  "crescent",  "close",     "court",    "plaza",      "parkway",   "quay",
    "wharf",    "circle",    "house",     "building", "tower",      "floor",     "suite",
    "plot",     "unit",      "block",     "crossing", "expressway", "rue",       "avenue",
    "allée",    "chemin",    "impasse",   "cours",    "bd",         "bd.",       "av.",
    "av",       "quai",      "calle",     "c/",       "avenida",    "avda.",     "avda",
    "carrera",  "cra.",      "paseo",     "plaza",    "jirón",      "jr.",       "colonia",
    "col.",     "carretera", "rua",       "alameda",  "travessa",   "praça",     "largo",
    "estrada",  "rodovia",   "via",       "viale",    "piazza",     "corso",     "vicolo",
    "largo",    "lungomare", "ul.",       "ulica",    "al.",        "aleja",     "aleje",
    "pl.",      "ulice",     "nám.",      "náměstí",  "třída",      "utca",      "út",
    "tér",      "körút",     "strada",    "str.",     "bulevardul", "bd.",       "calea",
    "trg",      "cesta",     "gatvė",     "g.",       "iela",       "mnt",       "mnt.",
    "tn",       "cad.",      "caddesi",   "cadde",    "sok.",       "sokak",     "sokağı",
    "bulvarı",  "mah.",      "mahallesi", "mah",      "ул.",        "улица",     "пр.",
    "проспект", "пр-т",      "просп.",    "пл.",      "площадь",    "пер.",      "переулок",
    "наб.",     "вул.",      "вулиця",    "бул.",     "булевард",   "шоссе",     "көшесі",
    "даңғылы",  "д.",        "οδός",      "λεωφόρος", "λεωφ.",      "רחוב",      "רח'",
    "שדרות",    "שד'",       "شارع",      "طريق",     "خیابان",     "jalan",     "jl.",
    "jl",       "jln",       "jln.",      "lorong",   "persiaran",  "kelurahan", "đường",
    "phố",      "quận",      "phường",    "ngõ",      "street,",    "barangay",  "brgy.",
    "marg",     "nagar",     "salai",     "sarani",   "straat",     "laan",      "weg",
    "rehov",    "ถนน",       "ซอย",       "แขวง",     "सड़क",        "मार्ग",      "সড়ক",
    "রোড",      "mtaa",      "barabara",  "ქუჩა",     "ქ.",         "గల్లీ"};

/* Signs of a street in scripts that do not part words. */
static const char *const STREETS_IN_TEXT[] = {"丁目", "番地", "番",   "号",   "號",   "路",
                                              "街",   "弄",   "大道", "大街", "대로", "로 ",
                                              "길 ",  "번길", "ถนน",  "ซอย",  "แขวง"};
static const char *const DISTRICTS_IN_TEXT[] = {"都", "道", "府", "県",  "市",  "区",  "區",  "省",
                                                "县", "町", "村", "시 ", "구 ", "군 ", "동 ", "〒"};
static const char *const BOXES[] = {"p.o. box",
                                    "po box",
                                    "p.o.box",
                                    "p. o. box",
                                    "pmb",
                                    "private bag",
                                    "locked bag",
                                    "postfach",
                                    "boîte postale",
                                    "b.p.",
                                    "bp ",
                                    "apartado",
                                    "casilla",
                                    "casella postale",
                                    "caixa postal",
                                    "postbus",
                                    "postboks",
                                    "postlåda",
                                    "box ",
                                    "skrytka pocztowa",
                                    "p.k.",
                                    "а/я",
                                    "a/я",
                                    "ת.ד.",
                                    "ת\"ד",
                                    "ص.ب",
                                    "ص. ب",
                                    "sanduku la posta",
                                    "s.l.p",
                                    "slp",
                                    "poste restante",
                                    "p/bag",
                                    "private mail bag",
                                    "私書箱",
                                    "信箱",
                                    "사서함",
                                    "posbus",
                                    "gpo box",
                                    "c.p."};

struct line {
    struct slice text;
    unsigned signs;
    int country;          /* by name, -1: none */
    unsigned short_codes; /* numbers of at most five digits that may be postcodes ... */
    unsigned numbers;     /* ... among all numbers that may be those of houses */
    bool is_code_first;
    int by_code; /* the one place whose postcode has this form, -1: none or several */
};

static char shape_of(char c)
{
    if (ascii_is_digit(c))
        return 'd';
    return c >= 'A' && c <= 'Z' ? 'a' : c;
}

static bool is_word_byte(char c)
{
    return ascii_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* Length of the postcode form at the front of s, or 0. */
static size_t form_at(struct slice form, struct slice s)
{
    size_t j = 0;
    for (size_t i = 0; i < form.n; i++) {
        if (form.p[i] == ' ') {
            j += j < s.n && s.p[j] == ' ';
            continue;
        }
        if (j == s.n)
            return 0;
        bool is_class = form.p[i] == 'd' || form.p[i] == 'a';
        if (is_class ? shape_of(s.p[j]) != form.p[i] : s.p[j] != form.p[i])
            return 0;
        j++;
    }
    return j < s.n && (is_word_byte(s.p[j]) ||
                       (s.p[j] == '-' && j + 1 < s.n && ascii_is_digit(s.p[j + 1])))
               ? 0
               : j;
}

/* A place name begins like a name: a capital letter or one beyond ASCII. */
static bool is_name_at(struct slice s)
{
    return s.n > 1 && ((s.p[0] >= 'A' && s.p[0] <= 'Z') || (unsigned char)s.p[0] >= 0xC3) &&
           is_word_byte(s.p[1]);
}

/* A year ("12 May 2026") is taken for a postcode only when a name follows it. */
static bool is_year(struct slice s)
{
    return s.n == 4 && (slice_starts(s, SLICE("19")) || slice_starts(s, SLICE("20")));
}

static bool has_name_beside(struct slice line, size_t at, size_t end)
{
    size_t next = end;
    while (next < line.n && (line.p[next] == ' ' || line.p[next] == ','))
        next++;
    if (next > end && is_name_at(slice_from(line, next)))
        return true;
    if (is_year(slice_of(line.p + at, end - at)))
        return false;
    size_t before = at;
    while (before > 0 &&
           (line.p[before - 1] == ' ' || line.p[before - 1] == ',' || line.p[before - 1] == '.'))
        before--;
    size_t word = before;
    while (word > 0 && is_word_byte(line.p[word - 1]))
        word--;
    return before < at && before - word > 1 && is_name_at(slice_from(line, word));
}

/* Postcodes at this place of the line; form letters decide how telling it is. */
static void postcode_at(struct line *l, size_t at)
{
    struct slice rest = slice_from(l->text, at);
    bool is_short = false;
    for (size_t i = 0; i < N_PLACES; i++) {
        struct slice forms = slice_str(PLACES[i].postcodes), form;
        while (slice_split(&forms, '|', &form)) {
            size_t n = form_at(form, rest);
            if (n < 4 || !has_name_beside(l->text, at, at + n))
                continue;
            bool is_telling = slice_chr(form, 'a') != SIZE_MAX || slice_chr(form, '-') != SIZE_MAX;
            if (is_telling || n > 5)
                l->signs |= SIGN_POSTCODE;
            else
                is_short = true;
            if (is_telling)
                l->by_code = l->by_code == -1 || l->by_code == (int)i ? (int)i : -2;
        }
    }
    l->short_codes += is_short;
    l->is_code_first |= is_short && at == 0;
}

static bool is_street_word(struct slice w)
{
    for (size_t i = 0; i < sizeof STREETS / sizeof *STREETS; i++) {
        struct slice s = slice_str(STREETS[i]);
        if (s.p[0] == '-' ? w.n >= s.n && slice_iends(w, slice_from(s, 1)) : slice_ieq(w, s))
            return true;
    }
    return false;
}

/* "12", "12a", "5/7", "No.4": what numbers of houses look like; not years or prices. */
static bool is_house_number(struct slice w)
{
    size_t digits = 0;
    for (size_t i = 0; i < w.n; i++) {
        digits += ascii_is_digit(w.p[i]);
        if (w.p[i] == '%' || (unsigned char)w.p[i] >= 0x80 || w.p[i] == '$' || w.p[i] == '@')
            return false;
    }
    return digits > 0 && digits < 6 && w.n < 12;
}

static bool is_parting(char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')' || c == ';';
}

/* Words of the line: a street word with a house number within four words. */
static void look_for_street(struct line *l)
{
    int street = -100, number = -100, at = 0;
    size_t i = 0;
    while (i < l->text.n) {
        while (i < l->text.n && is_parting(l->text.p[i]))
            i++;
        size_t from = i;
        while (i < l->text.n && !is_parting(l->text.p[i]))
            i++;
        struct slice w = slice_of(l->text.p + from, i - from);
        if (w.n == 0)
            break;
        at++;
        if (is_street_word(w))
            street = at;
        else if (is_house_number(w))
            number = at, l->numbers++;
        if (street > 0 && number > 0 && street - number <= 4 && number - street <= 4)
            l->signs |= SIGN_STREET;
        if (from == 0 || !is_word_byte(l->text.p[from - 1]))
            postcode_at(l, from);
    }
}

static bool holds_any(struct slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_find(s, slice_str(list[i])) != SIZE_MAX)
            return true;
    return false;
}

static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (ascii_is_digit(s.p[i]) || ((unsigned char)s.p[i] == 0xEF && i + 2 < s.n &&
                                       (unsigned char)s.p[i + 1] == 0xBC)) /* full width */
            return true;
    return false;
}

static bool stands_alone(struct slice line, size_t at, size_t n)
{
    return (at == 0 || !ascii_is_alnum(line.p[at - 1])) &&
           (at + n == line.n || !ascii_is_alnum(line.p[at + n]));
}

static void look_for_names(struct line *l)
{
    for (size_t i = 0; i < N_PLACES; i++) {
        struct slice names = slice_str(PLACES[i].names), one;
        while (slice_split(&names, '|', &one)) {
            size_t at = slice_ifind(l->text, one);
            if (at == SIZE_MAX || !stands_alone(l->text, at, one.n))
                continue;
            l->signs |= SIGN_COUNTRY;
            l->country = l->country == -1 || l->country == (int)i ? (int)i : -2;
        }
    }
    for (size_t i = 0; i < sizeof BOXES / sizeof *BOXES; i++) {
        size_t at = slice_ifind(l->text, slice_str(BOXES[i]));
        if (at != SIZE_MAX && (at == 0 || !is_word_byte(l->text.p[at - 1])) &&
            has_digit(slice_from(l->text, at)))
            l->signs |= SIGN_BOX;
    }
}

static int place_of(const char *code)
{
    for (size_t i = 0; i < N_PLACES; i++)
        if (strcmp(PLACES[i].code, code) == 0)
            return (int)i;
    return -1;
}

static void look(struct line *l)
{
    l->country = l->by_code = -1;
    look_for_street(l);
    /* In a line with a street one of the numbers is that of the house. */
    unsigned houses = !(l->signs & SIGN_STREET) ? 0 : l->is_code_first || l->numbers < 2 ? 1 : 0;
    if (l->short_codes > houses)
        l->signs |= SIGN_POSTCODE;
    look_for_names(l);
    size_t mark = slice_find(l->text, SLICE("〒"));
    if (mark != SIZE_MAX && has_digit(slice_from(l->text, mark))) {
        l->signs |= SIGN_POSTCODE;
        l->by_code = place_of("JP");
    }
    /* An e-mail or web address holds digits and words, but no street. */
    if (slice_find(l->text, SLICE("://")) != SIZE_MAX)
        l->signs &= SIGN_COUNTRY | SIGN_BOX;
    if (has_digit(l->text) &&
        holds_any(l->text, STREETS_IN_TEXT, sizeof STREETS_IN_TEXT / sizeof *STREETS_IN_TEXT) &&
        holds_any(l->text, DISTRICTS_IN_TEXT, sizeof DISTRICTS_IN_TEXT / sizeof *DISTRICTS_IN_TEXT))
        l->signs |= SIGN_STREET | SIGN_POSTCODE;
}

static bool is_address(unsigned signs)
{
    return (signs & (SIGN_STREET | SIGN_BOX)) && (signs & (SIGN_POSTCODE | SIGN_COUNTRY));
}

static void name_country(const struct line *ring, size_t n, struct postal_hit *out)
{
    int by_name = -1, by_code = -1;
    for (size_t i = 0; i < n; i++) {
        if (ring[i].country >= 0)
            by_name = ring[i].country;
        if (ring[i].by_code >= 0)
            by_code = ring[i].by_code;
    }
    int c = by_name >= 0 ? by_name : by_code;
    memset(out->country, 0, sizeof out->country);
    if (c >= 0)
        memcpy(out->country, PLACES[c].code, 2);
}

/* Takes the next piece of text: a line, or of a long line what ends at a sign that parts. */
static bool next_piece(struct slice *rest, struct slice *out)
{
    if (rest->n == 0)
        return false;
    size_t n = slice_chr(*rest, '\n');
    if (n == SIZE_MAX)
        n = rest->n;
    if (n > LINE_MOST) {
        size_t cut = LINE_MOST;
        while (cut > LINE_MOST / 2 && rest->p[cut] != ' ')
            cut--;
        *out = slice_head(*rest, cut);
        *rest = slice_from(*rest, cut);
        return true;
    }
    *out = slice_head(*rest, n);
    *rest = slice_from(*rest, n + 1);
    return true;
}

/* The country often stands on a line of its own behind the rest. */
static void take_country_line(struct slice rest, struct postal_hit *out)
{
    struct slice piece;
    if (out->country[0] || !next_piece(&rest, &piece))
        return;
    struct line l = {.text = slice_trim(piece)};
    look(&l);
    if (l.text.n > 40 || l.country < 0)
        return;
    name_country(&l, 1, out);
    out->text.n = (size_t)(l.text.p + l.text.n - out->text.p);
}

void postal_find(struct slice text, size_t max_bytes, struct postal_hit *out)
{
    struct line ring[LINES_AT_ONCE] = {0};
    struct slice rest = slice_head(text, max_bytes), piece;
    size_t n = 0;
    *out = (struct postal_hit){0};
    while (next_piece(&rest, &piece)) {
        piece = slice_trim(piece);
        if (piece.n == 0)
            continue;
        if (n == LINES_AT_ONCE)
            memmove(ring, ring + 1, (--n) * sizeof *ring);
        ring[n] = (struct line){.text = piece};
        look(&ring[n++]);
        /* The shortest window that ends here: an address is not spread more than it must be. */
        unsigned signs = 0;
        for (size_t i = n; i-- > 0;) {
            signs |= ring[i].signs;
            const char *end = piece.p + piece.n;
            if (is_address(signs)) {
                out->answer = POSTAL_FOUND;
                out->text = slice_of(ring[i].text.p, (size_t)(end - ring[i].text.p));
                name_country(ring + i, n - i, out);
                if (!out->country[0])
                    name_country(ring, n, out);
                take_country_line(rest, out);
                return;
            }
        }
        if (out->answer == POSTAL_NONE &&
            (ring[n - 1].signs & (SIGN_STREET | SIGN_BOX | SIGN_POSTCODE))) {
            out->answer = POSTAL_WEAK;
            out->text = piece;
        }
    }
}

bool postal_is_in(struct arena *a, struct slice address, struct slice text)
{
    struct slice words = phrases_fold(a, address), in = phrases_fold(a, text), w;
    size_t first = SIZE_MAX, n = 0;
    while (slice_split(&words, ' ', &w)) {
        bool is_number = w.n && ascii_is_digit(w.p[0]);
        if (w.n < 3 && !is_number)
            continue;
        size_t at = first == SIZE_MAX
                        ? slice_find(in, w)
                        : slice_find(slice_head(slice_from(in, first > 400 ? first - 400 : 0), 800),
                                     w);
        if (at == SIZE_MAX)
            return false;
        if (first == SIZE_MAX)
            first = at;
        n++;
    }
    return n > 0;
}
