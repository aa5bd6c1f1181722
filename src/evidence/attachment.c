/* Attachments: what they are by their first bytes, against what their names say. Looked at by
 * every name that a mail program may show. Opening archives is the opener's work; here only the
 * list of a zip is read. */
#include "evidence/families.h"
#include "evidence/phrases.h"

#include "base/escape.h"
#include "base/utf8.h"
#include "base/zip.h"
#include "mail/html.h"

#define LOOK_BYTES (256u << 10)

enum type {
    TYPE_UNKNOWN,
    TYPE_PROGRAM,
    TYPE_SCRIPT,
    TYPE_SHORTCUT,
    TYPE_DISK,
    TYPE_ARCHIVE,
    TYPE_MACRO,
    TYPE_DOCUMENT,
    TYPE_PICTURE,
    TYPE_HTML,
    TYPE_SVG,
    TYPE_TEXT
};

static const struct ending {
    const char *word;
    enum type type;
} ENDINGS[] = {
    {"exe", TYPE_PROGRAM},   {"scr", TYPE_PROGRAM},   {"com", TYPE_PROGRAM},
    {"pif", TYPE_PROGRAM},   {"cpl", TYPE_PROGRAM},   {"msi", TYPE_PROGRAM},
    {"jar", TYPE_PROGRAM},   {"dll", TYPE_PROGRAM},   {"apk", TYPE_PROGRAM},
    {"bat", TYPE_SCRIPT},    {"cmd", TYPE_SCRIPT},    {"js", TYPE_SCRIPT},
    {"jse", TYPE_SCRIPT},    {"vbs", TYPE_SCRIPT},    {"vbe", TYPE_SCRIPT},
    {"wsf", TYPE_SCRIPT},    {"wsh", TYPE_SCRIPT},    {"hta", TYPE_SCRIPT},
    {"ps1", TYPE_SCRIPT},    {"chm", TYPE_SCRIPT},    {"one", TYPE_SCRIPT},
    {"xll", TYPE_SCRIPT},    {"lnk", TYPE_SHORTCUT},  {"url", TYPE_SHORTCUT},
    {"scf", TYPE_SHORTCUT},  {"iso", TYPE_DISK},      {"img", TYPE_DISK},
    {"vhd", TYPE_DISK},      {"vhdx", TYPE_DISK},     {"zip", TYPE_ARCHIVE},
    {"rar", TYPE_ARCHIVE},   {"7z", TYPE_ARCHIVE},    {"ace", TYPE_ARCHIVE},
    {"cab", TYPE_ARCHIVE},   {"gz", TYPE_ARCHIVE},    {"docm", TYPE_MACRO},
    {"xlsm", TYPE_MACRO},    {"pptm", TYPE_MACRO},    {"xlam", TYPE_MACRO},
    {"dotm", TYPE_MACRO},    {"xlsb", TYPE_MACRO},    {"doc", TYPE_DOCUMENT},
    {"docx", TYPE_DOCUMENT}, {"xls", TYPE_DOCUMENT},  {"xlsx", TYPE_DOCUMENT},
    {"ppt", TYPE_DOCUMENT},  {"pptx", TYPE_DOCUMENT}, {"pdf", TYPE_DOCUMENT},
    {"rtf", TYPE_DOCUMENT},  {"odt", TYPE_DOCUMENT},  {"jpg", TYPE_PICTURE},
    {"jpeg", TYPE_PICTURE},  {"png", TYPE_PICTURE},   {"gif", TYPE_PICTURE},
    {"webp", TYPE_PICTURE},  {"htm", TYPE_HTML},      {"html", TYPE_HTML},
    {"shtml", TYPE_HTML},    {"xhtml", TYPE_HTML},    {"svg", TYPE_SVG},
    {"txt", TYPE_TEXT},      {"csv", TYPE_TEXT},
};

static enum type by_ending(struct slice name)
{
    while (name.n && (name.p[name.n - 1] == '.' || name.p[name.n - 1] == ' '))
        name.n--; /* Windows drops them */
    size_t dot = slice_rchr(name, '.');
    if (dot == SIZE_MAX)
        return TYPE_UNKNOWN;
    struct slice end = slice_from(name, dot + 1);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (slice_ieq(end, slice_str(ENDINGS[i].word)))
            return ENDINGS[i].type;
    return TYPE_UNKNOWN;
}

/* "invoice.pdf.exe": a harmless ending before the real one. */
static bool has_two_endings(struct slice name)
{
    size_t dot = slice_rchr(name, '.');
    if (dot == SIZE_MAX)
        return false;
    enum type before = by_ending(slice_trim(slice_head(name, dot)));
    return before == TYPE_DOCUMENT || before == TYPE_PICTURE || before == TYPE_TEXT;
}

static enum type by_magic(struct slice b)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum type type;
    } magic[] = {
        {"\177ELF", 4, TYPE_PROGRAM},      {"L\0\0\0\1\24\2\0", 8, TYPE_SHORTCUT},
        {"PK\3\4", 4, TYPE_ARCHIVE},       {"Rar!", 4, TYPE_ARCHIVE},
        {"7z\274\257", 4, TYPE_ARCHIVE},   {"MSCF", 4, TYPE_ARCHIVE},
        {"%PDF", 4, TYPE_DOCUMENT},        {"\320\317\21\340", 4, TYPE_DOCUMENT},
        {"{\\rtf", 5, TYPE_DOCUMENT},      {"\211PNG", 4, TYPE_PICTURE},
        {"\377\330\377", 3, TYPE_PICTURE}, {"GIF8", 4, TYPE_PICTURE},
    };
    if (b.n > 64 && b.p[0] == 'M' && b.p[1] == 'Z')
        return TYPE_PROGRAM;
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (b.n >= magic[i].n && !memcmp(b.p, magic[i].bytes, magic[i].n))
            return magic[i].type;
    if (b.n > 32774 && !memcmp(b.p + 32769, "CD001", 5))
        return TYPE_DISK;
    struct slice start = slice_trim(slice_head(b, 512));
    if (slice_istarts(start, SLICE("<!doctype html")) || slice_istarts(start, SLICE("<html")) ||
        slice_istarts(start, SLICE("<script")))
        return TYPE_HTML;
    return TYPE_UNKNOWN;
}

/* Office files are zip archives; only these pairs of name and bytes are a lie. */
static bool is_lie(enum type name, enum type bytes)
{
    if (bytes == TYPE_PROGRAM)
        return name != TYPE_PROGRAM && name != TYPE_UNKNOWN;
    if (bytes == TYPE_HTML)
        return name == TYPE_DOCUMENT || name == TYPE_PICTURE || name == TYPE_ARCHIVE;
    if (bytes == TYPE_SHORTCUT || bytes == TYPE_DISK)
        return name == TYPE_DOCUMENT || name == TYPE_PICTURE || name == TYPE_TEXT;
    return bytes == TYPE_ARCHIVE && (name == TYPE_PICTURE || name == TYPE_TEXT);
}

/* Folded, as phrases_fold leaves them. */
static const char *const PASSWORD_WORDS[] = {
    "password", "passwort",   "kennwort", "mot de passe", "contrasena", "senha",       "parola",
    "haslo",    "wachtwoord", "losenord", "sifre",        "kata sandi", "mat khau",    "nenosiri",
    "пароль",   "パスワード", "密码",     "密碼",         "비밀번호",   "كلمة المرور", "סיסמה"};

static void look_for_password(struct evidence *e)
{
    if (finding_find(e->all, check_info(CHECK_attachment_password_told)->name))
        return;
    struct slice text = phrases_fold(e->arena, slice_head(e->m->text, 4096));
    for (size_t i = 0; i < sizeof PASSWORD_WORDS / sizeof *PASSWORD_WORDS; i++) {
        struct slice word = phrases_fold(e->arena, slice_str(PASSWORD_WORDS[i]));
        if (slice_find(text, word) == SIZE_MAX)
            continue;
        check_hit(e, CHECK_attachment_password_told, slice_str(PASSWORD_WORDS[i]));
        return;
    }
}

static void look_into_zip(struct evidence *e, struct slice bytes)
{
    struct zip_entry entries[ZIP_ENTRIES];
    size_t n = zip_list(bytes, entries);
    bool is_encrypted = false, is_office = false, has_program = false;
    for (size_t i = 0; i < n; i++) {
        is_encrypted |= entries[i].is_encrypted;
        is_office |= slice_eq(entries[i].name, SLICE("[Content_Types].xml"));
        if (slice_iends(entries[i].name, SLICE("vbaProject.bin")))
            check_hit(e, CHECK_attachment_macro, entries[i].name);
    }
    for (size_t i = 0; i < n && !is_office; i++) {
        enum type t = by_ending(entries[i].name);
        bool is_bad = t == TYPE_PROGRAM || t == TYPE_SCRIPT || t == TYPE_SHORTCUT ||
                      (t == TYPE_DISK && n <= 2) || (t == TYPE_HTML && n == 1);
        if (!is_bad)
            continue;
        bool is_only = n <= 3; /* software sent as an archive has many files */
        has_program = true;
        check_hit_scaled(e, CHECK_attachment_zip_program, entries[i].name, is_only ? 1.0 : 0.4,
                         NULL);
        break;
    }
    if (!is_encrypted)
        return;
    check_hit(e, has_program ? CHECK_attachment_zip_locked_program : CHECK_attachment_zip_encrypted,
              (struct slice){0});
    look_for_password(e);
}

static void look_at_html(struct evidence *e, const struct part *p, struct slice name)
{
    struct slice b = slice_head(p->decoded, LOOK_BYTES);
    bool asks = slice_ifind(b, SLICE("type=\"password\"")) != SIZE_MAX ||
                slice_ifind(b, SLICE("type='password'")) != SIZE_MAX ||
                slice_ifind(b, SLICE("type=password")) != SIZE_MAX;
    bool runs = slice_ifind(b, SLICE("<script")) != SIZE_MAX ||
                slice_ifind(b, SLICE("http-equiv=\"refresh\"")) != SIZE_MAX;
    check_hit(e,
              asks   ? CHECK_attachment_html_password
              : runs ? CHECK_attachment_html_script
                     : CHECK_attachment_html,
              name);
}

/* Characters that turn the direction of writing begin with one of two bytes, which stand nowhere
 * else in a character. */
static bool has_override(struct slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        struct slice rest = slice_from(name, i);
        if ((name.p[i] == '\xE2' || name.p[i] == '\xD8') && escape_is_bidi(utf8_next(&rest, NULL)))
            return true;
    }
    return false;
}

/* The most dangerous of a part's names decides. */
static struct slice worst_name(const struct part *p, enum type *out_type)
{
    struct slice worst = p->names[0];
    *out_type = by_ending(worst);
    for (size_t i = 1; i < p->n_names; i++) {
        enum type t = by_ending(p->names[i]);
        if (t != TYPE_UNKNOWN && (*out_type == TYPE_UNKNOWN || t < *out_type)) {
            *out_type = t;
            worst = p->names[i];
        }
    }
    return worst;
}

static void look_at_part(struct evidence *e, const struct part *p)
{
    enum type named = TYPE_UNKNOWN, is = by_magic(p->decoded);
    struct slice name = p->n_names ? worst_name(p, &named) : (struct slice){0};
    for (size_t i = 0; i < p->n_names; i++)
        if (has_override(p->names[i])) {
            check_hit(e, CHECK_attachment_name_turned, p->names[i]);
            break;
        }
    if (named == TYPE_PROGRAM || is == TYPE_PROGRAM)
        check_hit(e, CHECK_attachment_program, name);
    else if (named == TYPE_SCRIPT)
        check_hit(e, CHECK_attachment_script, name);
    else if (named == TYPE_SHORTCUT || is == TYPE_SHORTCUT)
        check_hit(e, CHECK_attachment_shortcut, name);
    else if (named == TYPE_DISK || is == TYPE_DISK)
        check_hit(e, CHECK_attachment_disk, name);
    else if (named == TYPE_MACRO)
        check_hit(e, CHECK_attachment_macro, name);
    if (named >= TYPE_PROGRAM && named <= TYPE_MACRO && has_two_endings(name) &&
        named != TYPE_ARCHIVE)
        check_hit(e, CHECK_attachment_two_endings, name);
    if (is_lie(named, is))
        check_hit(e, CHECK_attachment_type_differs, name);
    if (named == TYPE_HTML && p->is_attachment)
        look_at_html(e, p, name);
    if (named == TYPE_SVG &&
        slice_ifind(slice_head(p->decoded, LOOK_BYTES), SLICE("<script")) != SIZE_MAX)
        check_hit(e, CHECK_attachment_svg_script, name);
    if (zip_is(p->decoded))
        look_into_zip(e, p->decoded);
}

/* Short text whose whole sense is to have one file opened. */
static void look_at_errand(struct evidence *e)
{
    struct slice name = {0};
    size_t files = 0;
    for (size_t i = 0; i < e->m->n_parts; i++) {
        const struct part *p = e->m->parts[i];
        enum type t = p->n_names ? by_ending(p->names[0]) : TYPE_UNKNOWN;
        if (!p->is_attachment || (t != TYPE_DOCUMENT && t != TYPE_HTML && t != TYPE_ARCHIVE))
            continue;
        files++;
        name = p->names[0];
    }
    if (files == 1 && e->m->text.n < 400 && e->n_web == 0 && !e->is_answer && !e->is_list)
        check_hit(e, CHECK_attachment_is_message, name);
}

/* Files count wherever they stand, in attached messages, too. */
void family_attachment(struct evidence *e)
{
    const struct message *m = e->carried ? e->carried->m : e->m;
    look_at_errand(e);
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (!p->is_multipart && !p->is_message && (p->n_names || p->is_attachment))
            look_at_part(e, p);
    }
}
