/* The facts, one line each: FACT(id, name, type, words, group, question). Included several times.
 *
 * Groups: M is read from the message or stated of it, S is stated of the sender and the mailing,
 * R of one recipient. Types: TRI (no, yes), WORD (one of `words`), INT (0 and up), DATE, TIME
 * (hh:mm), CODE (a country or language of two letters). The question is what a person is asked when
 * the fact is missing. The order of words is the order of their numbers, from 0. */
FACT(MEDIUM, "medium", WORD, "email sms im fax voice", M, N_("How is the message sent?"))
FACT(PURPOSE, "purpose", WORD,
     "commercial transactional charity political consent_request personal", M,
     N_("What is the message for?"))
FACT(ADULT, "adult", TRI, "", M, N_("Is the message sexually explicit?"))
FACT(SENDER_NAMED, "sender_named", TRI, "", M, N_("Does the message say who sends it?"))
FACT(IDENTITY_FIRST, "identity_first", TRI, "", M,
     N_("Does the message open with who sends it and what for?"))
FACT(POSTAL_ADDRESS, "postal_address", TRI, "", M,
     N_("Does the message hold the sender's postal address?"))
FACT(POSTAL_LINK, "postal_link", TRI, "", M,
     N_("Does the message link to a page with the sender's postal address?"))
FACT(CONTACT, "contact", TRI, "", M,
     N_("Does the message hold a working e-mail address, telephone or page to reach the sender?"))
FACT(ADVERT_MARKED, "advert_marked", TRI, "", M,
     N_("Can one see at once that the message is advertising?"))
FACT(LABEL_SEEN, "label_seen", TRI, "", M,
     N_("Does the message carry the label in any wording or place? (where no text is at hand)"))
FACT(UNSUBSCRIBE, "unsubscribe", TRI, "", M,
     N_("Does the text say how to refuse further messages?"))
FACT(UNSUBSCRIBE_FREE, "unsubscribe_free", TRI, "", M, N_("Is refusing free of charge?"))
FACT(UNSUBSCRIBE_ELECTRONIC, "unsubscribe_electronic", TRI, "", M,
     N_("Can one refuse by link, reply or e-mail?"))
FACT(UNSUBSCRIBE_SAME_MEDIUM, "unsubscribe_same_medium", TRI, "", M,
     N_("Can one refuse by the medium of the message (by e-mail for an e-mail)?"))
FACT(UNSUBSCRIBE_DAYS, "unsubscribe_days", INT, "", M,
     N_("For how many days after sending does the way to refuse work?"))
FACT(ONE_CLICK, "one_click", TRI, "", M, N_("Can one refuse in a single action?"))
FACT(HEADER_TRUE, "header_true", TRI, "", M, N_("Are sender and origin in the header true?"))
FACT(SUBJECT_TRUE, "subject_true", TRI, "", M, N_("Is the subject true to the content?"))
FACT(MARKETING_STATED, "marketing_stated", TRI, "", M,
     N_("Does the text state that it is direct marketing?"))
FACT(DATA_SOURCE_STATED, "data_source_stated", TRI, "", M,
     N_("Does the text say where the address comes from?"))
FACT(REMOVAL_RIGHT_STATED, "removal_right_stated", TRI, "", M,
     N_("Does the text tell of the right to be removed and how to use it?"))
FACT(STATUTE_QUOTED, "statute_quoted", TRI, "", M,
     N_("Does the text quote the passage of the law that must be quoted?"))
FACT(SPF, "spf", TRI, "", M, N_("Does SPF pass?"))
FACT(DKIM, "dkim", TRI, "", M, N_("Does a DKIM signature pass?"))
FACT(DMARC, "dmarc", TRI, "", M, N_("Is there a DMARC record and is the From domain aligned?"))
FACT(TLS, "tls", TRI, "", M, N_("Is the mail handed over with TLS?"))
FACT(REVERSE_DNS, "reverse_dns", TRI, "", M,
     N_("Has the sending address a reverse name that points back?"))
FACT(LIST_UNSUBSCRIBE, "list_unsubscribe", TRI, "", M,
     N_("Is there a List-Unsubscribe header with an https address?"))
FACT(LIST_UNSUBSCRIBE_POST, "list_unsubscribe_post", TRI, "", M,
     N_("Is there List-Unsubscribe-Post: List-Unsubscribe=One-Click?"))
FACT(DKIM_COVERS_UNSUBSCRIBE, "dkim_covers_unsubscribe", TRI, "", M,
     N_("Does a passing DKIM signature cover both List-Unsubscribe headers?"))
FACT(ONE_CLICK_WORKS, "one_click_works", TRI, "", M,
     N_("Does a bare POST to the address unsubscribe, without cookies, login or redirect?"))
FACT(IMPRINT, "imprint", TRI, "", M, N_("Does the message hold or link a legal notice?"))
FACT(OWN_DOMAIN, "own_domain", TRI, "", M, N_("Is the From address in the sender's own domain?"))
FACT(TRACKING, "tracking", TRI, "", M, N_("Does the message hold a tracking pixel?"))
FACT(LANGUAGE, "language", CODE, "", M, N_("In what language is the message?"))
FACT(SENDER_COUNTRY, "sender_country", CODE, "", S, N_("From which country is it sent?"))
FACT(SENDER_KIND, "sender_kind", WORD, "company sole_trader charity party government person", S,
     N_("Who sends it?"))
FACT(VOLUME_DAY, "volume_day", INT, "", S, N_("How many similar messages go out within 24 hours?"))
FACT(VOLUME_MONTH, "volume_month", INT, "", S, N_("How many within 30 days?"))
FACT(VOLUME_YEAR, "volume_year", INT, "", S, N_("How many within a year?"))
FACT(COMPLAINTS, "complaints", INT, "", S, N_("How many of 100,000 messages are reported as spam?"))
FACT(HONOUR_DAYS, "honour_days", INT, "", S,
     N_("Within how many calendar days is a refusal carried out?"))
FACT(HONOUR_BUSINESS_DAYS, "honour_business_days", INT, "", S,
     N_("Within how many business days is a refusal carried out?"))
FACT(COUNTRY, "country", CODE, "", R, N_("In which country is the recipient?"))
FACT(ACCESS_COUNTRY, "access_country", CODE, "", R, N_("In which country is the message opened?"))
FACT(RECIPIENT, "recipient", WORD, "person sole_trader employee company impersonal", R,
     N_("Is the recipient a person, a sole trader, a named employee, a company, or an address like "
        "info@?"))
FACT(CONSENT, "consent", WORD, "none express customer inquiry member relationship published given",
     R,
     N_("On what does the mailing rest: consent, a purchase, an inquiry, membership, another "
        "relationship, a published or given address, or nothing?"))
FACT(CONSENT_DATE, "consent_date", DATE, "", R,
     N_("When was consent given, or the last purchase, inquiry or donation?"))
FACT(CONSENT_PROOF, "consent_proof", TRI, "", R, N_("Can the sender show a record of the consent?"))
FACT(CONSENT_CONFIRMED, "consent_confirmed", TRI, "", R,
     N_("Was the consent confirmed by a second message (double opt-in)?"))
FACT(CONSENT_REGISTERED, "consent_registered", TRI, "", R,
     N_("Is the consent entered in the country's register?"))
FACT(REGISTER, "register", WORD, "clear listed not_checked", R,
     N_("Was the address looked up in the country's register of refusals, and is it there?"))
FACT(OWN_SIMILAR, "own_similar", TRI, "", R,
     N_("Is the offer for the sender's own products, similar to what was bought?"))
FACT(COLLECTED_IN_SALE, "collected_in_sale", TRI, "", R,
     N_("Did the sender get the address from the customer itself in the sale?"))
FACT(REFUSAL_OFFERED, "refusal_offered", TRI, "", R,
     N_("Could the customer refuse, free and easily, when the address was collected?"))
FACT(TOLD_ADVERTISING, "told_advertising", TRI, "", R,
     N_("Was the customer told that the address would be used for advertising?"))
FACT(ROLE_RELEVANT, "role_relevant", TRI, "", R,
     N_("Does the message concern the recipient's work or role?"))
FACT(NO_MAIL_NOTE, "no_mail_note", TRI, "", R,
     N_("Does a note beside the published address refuse advertising?"))
FACT(REFUSED, "refused", TRI, "", R, N_("Has the recipient refused further messages?"))
FACT(REFUSED_DATE, "refused_date", DATE, "", R, N_("When did the recipient refuse?"))
FACT(APPROACHED, "approached", TRI, "", R, N_("Was the recipient asked for consent before?"))
FACT(ADDRESS_SOURCE, "address_source", WORD, "form sale published bought harvested generated", R,
     N_("Where does the address come from?"))
FACT(WEEKDAY, "weekday", WORD, "mon tue wed thu fri sat sun", R,
     N_("On which day of the week does it arrive?"))
FACT(TIME, "time", TIME, "", R, N_("At what time of the recipient's day does it arrive?"))
FACT(HOLIDAY, "holiday", TRI, "", R, N_("Is it a public holiday at the recipient's place?"))
FACT(SENDS_TODAY, "sends_today", INT, "", R,
     N_("How many messages does this address get from the sender that day, this one included?"))
