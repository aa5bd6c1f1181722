/* How many objects have each value of each facet, as lists to choose from. */
#include "library/library_internal.h"

static void count_bits(uint32_t *out, uint32_t bits)
{
    for (; bits; bits &= bits - 1)
        out[__builtin_ctz(bits)]++;
}

void library_facets_count(struct facet_counts *c, const struct entry *en)
{
    count_bits(c->topic, en->topics);
    count_bits(c->audience, en->audiences);
    count_bits(c->region, en->regions);
    c->state[en->state & 7]++;
    c->link[en->link & 7]++;
    if (en->level >= 0)
        c->level[en->level & 7]++;
    if (en->type >= 0)
        c->type[en->type & 15]++;
    for (uint8_t i = 0; i < en->n_countries; i++)
        c->country[en->countries[i]]++;
    for (uint8_t i = 0; i < en->n_languages; i++)
        c->language[en->languages[i]]++;
}

static void write_facet(struct json *j, enum library_facet f, const uint32_t *n)
{
    const char *const *words = library_words(f);
    jsonw_array(j, library_facet_name(f));
    for (int i = 0; words ? words[i] != NULL : i < LIBRARY_CODES; i++) {
        char room[4];
        if (n[i] == 0)
            continue;
        jsonw_object(j, NULL);
        jsonw_cstr(j, "word", library_word(f, i, room));
        if (words)
            jsonw_cstr(j, "label", library_labels(f)[i]);
        jsonw_int(j, "n", n[i]);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

void library_facets_write(const struct facet_counts *c, struct json *j)
{
    const uint32_t *const lists[FACETS] = {c->topic,    c->audience, c->level,  c->type, c->country,
                                           c->language, c->state,    c->region, c->link};
    jsonw_object(j, "facets");
    for (int f = 0; f < FACETS; f++)
        write_facet(j, (enum library_facet)f, lists[f]);
    jsonw_object_end(j);
}
