/* What stands in the library: resources, measures, paths and translations, as JSON bodies that are
 * checked when they come in, and the small closed vocabularies they are found by.
 *
 * A body comes from anybody. Each kind has a table of fields; what is missing, too long or none of
 * the words is refused with the field's name, unknown fields are refused too, so that nothing
 * travels along unseen. Texts are plain: no markup means anything in them.
 */
#ifndef MUSTER_LIBRARY_ITEM_H
#define MUSTER_LIBRARY_ITEM_H

#include "base/arena.h"
#include "base/err.h"

#include <jansson.h>

enum library_kind {
    LIBRARY_RESOURCE,
    LIBRARY_MEASURE,     /* something that was done against spam, and what came of it */
    LIBRARY_PATH,        /* from a problem of one role to steps */
    LIBRARY_TRANSLATION, /* title and summary of another object in one language */
    LIBRARY_KINDS
};

enum library_state { /* of a version; an object has the state of the version it shows */
                     LIBRARY_PROPOSED,
                     LIBRARY_REVIEWED,
                     LIBRARY_SUPERSEDED,
                     LIBRARY_WITHDRAWN,
                     LIBRARY_STATES
};

/* What objects are found by. Values are numbers of a vocabulary, countries and languages codes
 * ("br" and "pt" as library_code gives them). */
enum library_facet {
    FACET_TOPIC,    /* eight elements of the OECD toolkit, and openness */
    FACET_AUDIENCE, /* also the role of a path */
    FACET_LEVEL,
    FACET_TYPE, /* law, best practice, training, tool, standard, report; measure; path */
    FACET_COUNTRY,
    FACET_LANGUAGE, /* it can be read in, or has a translated title in */
    FACET_STATE,
    FACET_REGION,
    FACET_LINK, /* unchecked, works, dead */
    FACETS
};

#define LIBRARY_CODES     676 /* two letters */
#define LIBRARY_ID_MOST   80
#define LIBRARY_BODY_MOST 65536
#define LIBRARY_LISTED    8 /* languages or countries of one object that count */

/* "topic"; and back, FACETS for none. */
const char *library_facet_name(enum library_facet f);
enum library_facet library_facet_of(struct slice name);
/* The words of a facet with a closed vocabulary, NULL behind the last; NULL for codes. The second
 * gives the words for people (message ids) in the same order. */
const char *const *library_words(enum library_facet f);
const char *const *library_labels(enum library_facet f);
/* Words by which a value of topic, audience or type is asked for in the languages of the program,
 * parted by spaces; NULL for other facets. */
const char *library_subject(enum library_facet f, int value);
/* Number of a word in a facet, or -1. Codes: two ASCII letters, any case. */
int library_value(enum library_facet f, struct slice word);
/* The word of a number; codes are written to the static room of the caller. */
const char *library_word(enum library_facet f, int value, char room[4]);

const char *library_kind_name(enum library_kind k);
enum library_kind library_kind_of(struct slice name); /* LIBRARY_KINDS for none */
const char *library_state_name(enum library_state s);

/* Region of a country's code as a number of FACET_REGION (UN M49 continents), or -1. */
int library_region(int country);

/* a-z, 0-9 and single dashes, 3 to LIBRARY_ID_MOST bytes; a translation's has "~fr" behind. */
bool library_id_ok(struct slice id);
/* The name of an object in events: a hash of its id. */
void library_object_of(struct slice id, unsigned char out[16]);

/* Checks a body of that kind. ERR_USAGE: "FIELD: what is wrong". */
MUST_USE int library_item_check(enum library_kind k, const json_t *body, struct err *e);

/* Who took a measure over: {who, country, since, result, source}. */
MUST_USE int library_adopter_check(const json_t *adopter, struct err *e);

/* What the catalogue needs of a body that was checked; texts are views into it. */
struct library_item {
    struct slice title, summary, language, publisher, url, of;
    uint32_t topics, audiences; /* bits by number */
    int level, type, year;      /* -1 and 0: none */
    uint16_t countries[LIBRARY_LISTED], languages[LIBRARY_LISTED];
    uint8_t n_countries, n_languages;
};
void library_item_read(enum library_kind k, const json_t *body, struct library_item *out);
/* All other texts of the body that are worth finding, each added with a space before it. */
struct buf;
void library_item_texts(const json_t *body, struct buf *out);

#endif
