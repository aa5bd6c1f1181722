/* Shared by the files of this room: the tables, the catalogue in memory. */
#ifndef MUSTER_LIBRARY_LIBRARY_INTERNAL_H
#define MUSTER_LIBRARY_LIBRARY_INTERNAL_H

#include "library/library.h"
#include "library/words.h"

enum library_statement {
    LIB_OBJECT_BY_NAME,
    LIB_OBJECT_BY_ID,
    LIB_OBJECT_BY_URL,
    LIB_OBJECT_ADD,
    LIB_OBJECT_SET,
    LIB_OBJECT_FACETS,
    LIB_OBJECT_LINK,
    LIB_ENTRIES,
    LIB_ENTRY,
    LIB_VERSION_ADD,
    LIB_VERSION_STATE,
    LIB_VERSION_GET,
    LIB_VERSIONS,
    LIB_REVIEW_PUT,
    LIB_REVIEWS,
    LIB_TRANSLATIONS,
    LIB_TRANSLATION_IN,
    LIB_ADOPT_ADD,
    LIB_ADOPTERS,
    LIB_LINK_PUT,
    LIB_LINK_GET,
    LIB_LINKS_DUE,
    LIB_WORDS_DROP,
    LIB_WORDS_ADD,
    LIB_WORDS_FIND,
    LIB_WORD_NEXT,
    LIB_WAITING,
    LIB_WAITING_OF,
    LIB_COUNTS,
    LIB_EXPORT,
    LIB_REFERRERS,
    LIB_REFERS_ADD,
    LIB_REFERS_DROP,
    LIB_ERASE_VERSIONS,
    LIB_ERASE_REVIEWS,
    LIB_ERASE_ADOPTERS,
    LIB_HEAD,
    LIB_STATEMENTS
};

extern const struct db_schema LIBRARY_SCHEMA;

/* One object in memory; the place in the array is its row. */
struct entry {
    int64_t changed_us;
    uint64_t title_bits; /* words_bits of its titles in all languages */
    uint32_t topics, audiences;
    uint16_t countries[LIBRARY_LISTED], languages[LIBRARY_LISTED];
    uint16_t year;
    uint8_t n_countries, n_languages, regions; /* regions: bits */
    int8_t kind, state, level, type, link;
    bool is_there, is_waiting; /* waiting: proposed by a stranger */
};

/* How many objects have a value. */
struct facet_counts {
    uint32_t topic[32], audience[32], level[8], type[16], state[8], region[8], link[8];
    uint32_t country[LIBRARY_CODES], language[LIBRARY_CODES];
};

struct library {
    struct db *db;
    struct entry *entries; /* by row; [0] unused */
    size_t n, room;
    uint64_t loaded_upto; /* 0: not loaded */
    int64_t *changed;     /* rows folded since they were loaded */
    size_t n_changed, changed_room;
    struct facet_counts kept; /* of all objects, while has_kept */
    bool has_kept;
};

/* A row of the table of objects. */
struct object_row {
    int64_t row, of, created_us, changed_us;
    enum library_kind kind;
    enum library_state state;
    int shown, newest, language;
    struct slice id, url;
    struct slice reason; /* of a withdrawal */
};

/* ERR_NOENT, quietly, when there is none. */
MUST_USE int library_object_by_id(struct library *l, struct slice id, struct arena *a,
                                  struct err *e, struct object_row *out);
MUST_USE int library_object_by_name(struct library *l, const unsigned char name[16],
                                    struct arena *a, struct err *e, struct object_row *out);

struct version_row {
    int number;
    int64_t at_us;
    enum library_state state;
    unsigned char actor[16];
    unsigned roles;
    struct slice channel, source, by, body; /* by and body: JSON */
};
MUST_USE int library_version(struct library *l, int64_t row, int number, struct arena *a,
                             struct err *e, struct version_row *out);

/* Brings the catalogue in memory up to the tables. */
MUST_USE int library_refresh(struct library *l, struct err *e);
/* A row that was folded: looked at again by the next refresh. */
void library_touch(struct library *l, int64_t row);
/* Writes what the object is found by, of the version it shows and its translations. */
MUST_USE int library_index(struct library *l, const struct object_row *o, struct err *e);
void library_facets_count(struct facet_counts *c, const struct entry *en);
/* Member "facets" of the open object. */
void library_facets_write(const struct facet_counts *c, struct json *j);

/* A question's words, and what they match. */
struct library_matching {
    struct library *l;
    const struct library_ask *ask; /* its filters */
    struct arena *arena;
    struct err *e;
    struct slice words[WORDS_ASKED];
    size_t n_words;  /* 1 or more */
    uint8_t *ranks;  /* by row, out: 0 no match, more is better */
    bool is_bounded; /* out: there may be more matches than were looked at */
    bool is_loose;   /* out: no object has all the words; these have some */
};
/* Objects with all words; else with the last one only begun; else with some of them. */
MUST_USE int library_match(struct library_matching *m);
/* The word that a value of a facet has in the index ("xtopic3", "xcountrybr"). */
struct slice library_facet_token(struct arena *a, enum library_facet f, int value);
/* A link without what does not tell it from others: scheme, "www.", case of the host, end slash. */
struct slice library_plain_url(struct arena *a, struct slice url);
/* Members of the open object: what a list shows of one row, titles in `language` if there are. */
MUST_USE int library_card(struct library *l, int64_t row, struct slice language, struct arena *a,
                          struct json *j, struct err *e);
bool library_has_value(const struct entry *en, enum library_facet f, int value);

#endif
