/* Words of a configuration file. See conf.h for the grammar, conf_internal.h for tokens. */
#include "base/conf_internal.h"
#include "base/escape.h"
#include "base/utf8.h"

int conf_lex_start(struct conf_lexer *x, struct slice text)
{
    if (text.n > CONF_TEXT_MAX)
        return err_set(x->e, ERR_PARSE, "%s:1: file is longer than %u bytes", x->file,
                       CONF_TEXT_MAX);
    if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
        text = slice_from(text, 3);
    struct slice rest = text, line;
    for (uint32_t n = 1; slice_line(&rest, &line); n++) {
        if (line.n > CONF_LINE_MAX)
            return err_set(x->e, ERR_PARSE, "%s:%u: line is longer than %u bytes", x->file, n,
                           CONF_LINE_MAX);
        if (!utf8_is_valid(line))
            return err_set(x->e, ERR_PARSE, "%s:%u: text is not UTF-8", x->file, n);
        for (size_t i = 0; i < line.n; i++)
            if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
                return err_set(x->e, ERR_PARSE, "%s:%u: control character 0x%02x", x->file, n,
                               (unsigned char)line.p[i]);
    }
    x->rest = text;
    x->line = 1;
    return 0;
}

static void skip_blank(struct conf_lexer *x)
{
    while (x->rest.n) {
        char c = x->rest.p[0];
        if (c == '#') {
            size_t end = slice_chr(x->rest, '\n');
            x->rest = slice_from(x->rest, end == SIZE_MAX ? x->rest.n : end);
            continue;
        }
        if (!ascii_is_space(c))
            return;
        if (c == '\n')
            x->line++;
        x->rest = slice_from(x->rest, 1);
    }
}

static int lex_quoted(struct conf_lexer *x, struct conf_token *out)
{
    size_t end = 1; /* room for what stands between the quotes, no more */
    while (end < x->rest.n && x->rest.p[end] != '\n' && x->rest.p[end] != '"')
        end += x->rest.p[end] == '\\' ? 2 : 1;
    char *text = arena_bytes(x->arena, end);
    size_t n = 0;
    for (size_t i = 1; i < x->rest.n && x->rest.p[i] != '\n'; i++) {
        char c = x->rest.p[i];
        if (c == '"') {
            out->kind = CONF_TOKEN_QUOTED;
            out->text = slice_of(text, n);
            x->rest = slice_from(x->rest, i + 1);
            return 0;
        }
        if (c == '\\') {
            char next = i + 1 < x->rest.n ? x->rest.p[++i] : '\0';
            if (next == 'n')
                c = '\n';
            else if (next == 't')
                c = '\t';
            else if (next == '"' || next == '\\')
                c = next;
            else
                return err_set(x->e, ERR_PARSE,
                               "%s:%u: unknown escape in quoted text; known: \\\" \\\\ \\n \\t",
                               x->file, x->line);
        }
        text[n++] = c;
    }
    return err_set(x->e, ERR_PARSE, "%s:%u: quoted text has no closing \"", x->file, x->line);
}

static bool ends_word(char c, bool in_value)
{
    return ascii_is_space(c) || c == '{' || c == '}' || c == ',' || c == '"' ||
           (c == '=' && !in_value);
}

int conf_lex(struct conf_lexer *x, bool in_value, struct conf_token *out)
{
    skip_blank(x);
    *out = (struct conf_token){.kind = CONF_TOKEN_END, .line = x->line};
    if (x->rest.n == 0)
        return 0;
    static const struct {
        char c;
        enum conf_token_kind kind;
    } signs[] = {{'{', CONF_TOKEN_OPEN},
                 {'}', CONF_TOKEN_CLOSE},
                 {',', CONF_TOKEN_COMMA},
                 {'=', CONF_TOKEN_EQUALS}};
    char c = x->rest.p[0];
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (c == signs[i].c) {
            out->kind = signs[i].kind;
            out->text = slice_head(x->rest, 1);
            x->rest = slice_from(x->rest, 1);
            return 0;
        }
    }
    if (c == '"')
        return lex_quoted(x, out);
    size_t n = 1;
    while (n < x->rest.n && !ends_word(x->rest.p[n], in_value))
        n++;
    out->kind = CONF_TOKEN_WORD;
    out->text = arena_dup(x->arena, slice_head(x->rest, n));
    x->rest = slice_from(x->rest, n);
    return 0;
}
