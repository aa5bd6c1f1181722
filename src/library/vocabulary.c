/* The closed vocabularies, their words for people, and regions of countries. See item.h. */
#include "library/item.h"
#include "base/lang.h"

#include <sodium.h>

static const char *const topics[] = {"regulation", "enforcement", "industry",    "technology",
                                     "education",  "partnership", "measurement", "outreach",
                                     "openness",   NULL};
static const char *const topic_labels[] = {N_("Regulation"),
                                           N_("Enforcement"),
                                           N_("Industry practice"),
                                           N_("Technology"),
                                           N_("Education and awareness"),
                                           N_("Partnerships"),
                                           N_("Measurement"),
                                           N_("Outreach and cooperation abroad"),
                                           N_("Openness"),
                                           NULL};
static const char *const audiences[] = {
    "policy maker",          "network operator", "technical expert",
    "business sender",       "end user",         "researcher",
    "enforcement authority", "trainer",          NULL};
static const char *const audience_labels[] = {N_("Policy makers"),
                                              N_("Network operators"),
                                              N_("Technical experts"),
                                              N_("Senders"),
                                              N_("Users"),
                                              N_("Researchers"),
                                              N_("Authorities"),
                                              N_("Trainers and teachers"),
                                              NULL};
static const char *const levels[] = {"local", "national", "regional", "global", NULL};
static const char *const level_labels[] = {N_("Local"), N_("National"), N_("Regional"),
                                           N_("Global"), NULL};
static const char *const types[] = {"law",    "best practice", "training", "tool", "standard",
                                    "report", "measure",       "path",     NULL};
static const char *const type_labels[] = {
    N_("Law or agreement"), N_("Good practice"), N_("Training"), N_("Tool"), N_("Standard"),
    N_("Report"),           N_("Measure"),       N_("Path"),     NULL};
static const char *const states[] = {"proposed", "reviewed", "superseded", "withdrawn", NULL};
static const char *const state_labels[] = {N_("Proposed"), N_("Reviewed"), N_("Superseded"),
                                           N_("Withdrawn"), NULL};
static const char *const regions[] = {"africa",  "americas", "asia", "europe",
                                      "oceania", "world",    NULL};
static const char *const region_labels[] = {N_("Africa"), N_("Americas"), N_("Asia"),
                                            N_("Europe"), N_("Oceania"),  N_("The whole world"),
                                            NULL};
static const char *const links[] = {"unchecked", "works", "dead", NULL};
static const char *const link_labels[] = {N_("Link not checked"), N_("Link works"),
                                          N_("Link is dead"), NULL};

static const struct {
    const char *name;
    const char *const *words, *const *labels;
} facets[FACETS] = {
    [FACET_TOPIC] = {"topic", topics, topic_labels},
    [FACET_AUDIENCE] = {"audience", audiences, audience_labels},
    [FACET_LEVEL] = {"level", levels, level_labels},
    [FACET_TYPE] = {"type", types, type_labels},
    [FACET_COUNTRY] = {"country", NULL, NULL},
    [FACET_LANGUAGE] = {"language", NULL, NULL},
    [FACET_STATE] = {"state", states, state_labels},
    [FACET_REGION] = {"region", regions, region_labels},
    [FACET_LINK] = {"link", links, link_labels},
};

/* ISO 3166-1 alpha-2 by continent of UN M49. */
static const char *const countries[] = {
    "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG "
    "ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
    "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN "
    "HT JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI",
    "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO "
    "MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU "
    "LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK EU",
    "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"};

const char *library_facet_name(enum library_facet f)
{
    return facets[f].name;
}

enum library_facet library_facet_of(struct slice name)
{
    for (int f = 0; f < FACETS; f++) {
        if (slice_eq(name, slice_str(facets[f].name)))
            return (enum library_facet)f;
    }
    return FACETS;
}

const char *const *library_words(enum library_facet f)
{
    return facets[f].words;
}

const char *const *library_labels(enum library_facet f)
{
    return facets[f].labels;
}

int library_value(enum library_facet f, struct slice word)
{
    if (facets[f].words == NULL) {
        if (word.n != 2 || !ascii_is_alpha(word.p[0]) || !ascii_is_alpha(word.p[1]))
            return -1;
        return (ascii_lower(word.p[0]) - 'a') * 26 + ascii_lower(word.p[1]) - 'a';
    }
    for (int i = 0; facets[f].words[i]; i++) {
        if (slice_eq(word, slice_str(facets[f].words[i])))
            return i;
    }
    return -1;
}

const char *library_word(enum library_facet f, int value, char room[4])
{
    if (facets[f].words)
        return facets[f].words[value];
    int base = f == FACET_COUNTRY ? 'A' : 'a';
    room[0] = (char)(base + value / 26);
    room[1] = (char)(base + value % 26);
    room[2] = '\0';
    return room;
}

const char *library_kind_name(enum library_kind k)
{
    static const char *const names[LIBRARY_KINDS] = {"resource", "measure", "path", "translation"};
    return names[k];
}

enum library_kind library_kind_of(struct slice name)
{
    for (int k = 0; k < LIBRARY_KINDS; k++) {
        if (slice_eq(name, slice_str(library_kind_name((enum library_kind)k))))
            return (enum library_kind)k;
    }
    return LIBRARY_KINDS;
}

const char *library_state_name(enum library_state s)
{
    return states[s];
}

int library_region(int country)
{
    char code[4];
    library_word(FACET_COUNTRY, country, code);
    for (size_t r = 0; r < sizeof(countries) / sizeof(countries[0]); r++) {
        struct slice rest = slice_str(countries[r]), one;
        while (slice_split(&rest, ' ', &one)) {
            if (slice_eq(one, slice_of(code, 2)))
                return (int)r;
        }
    }
    return -1;
}

bool library_id_ok(struct slice id)
{
    size_t tilde = slice_chr(id, '~');
    if (tilde != SIZE_MAX) {
        if (library_value(FACET_LANGUAGE, slice_from(id, tilde + 1)) < 0)
            return false;
        id = slice_head(id, tilde);
    }
    if (id.n < 3 || id.n > LIBRARY_ID_MOST || id.p[0] == '-' || id.p[id.n - 1] == '-')
        return false;
    for (size_t i = 0; i < id.n; i++) {
        bool is_letter = (id.p[i] >= 'a' && id.p[i] <= 'z') || ascii_is_digit(id.p[i]);
        if (!is_letter && (id.p[i] != '-' || id.p[i - 1] == '-'))
            return false;
    }
    return true;
}

void library_object_of(struct slice id, unsigned char out[16])
{
    static const unsigned char name[] = "library";
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 16);
    crypto_generichash_update(&state, name, sizeof(name));
    crypto_generichash_update(&state, (const unsigned char *)id.p, id.n);
    crypto_generichash_final(&state, out, 16);
}
