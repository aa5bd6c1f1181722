/* The fields of a profile, one line each: FIELD(id, section, key, type, words, use, doc). Included
 * several times; the parser, its messages, the reference page, `law show`, `law compare` and the
 * mutation test are all made from it.
 *
 * Types: TRI (yes, no), WORD (one of `words`), WORDS (a list of them), NUM, DATE, CLOCK (07:00),
 * TEXT, TEXTS (a list). Every field of a law is written; what is not known is written `unknown`.
 * use: EVAL when an answer depends on the field, INFO when it is for people, FREE as INFO but may
 * be left out. */
FIELD(NAME, "", "name", TEXT, "", INFO, "what people call it")
FIELD(KIND, "", "kind", WORD, "law floor provider standard certification code operator person",
      EVAL, "law binds; floor binds through its members' laws; the others are somebody's terms")
FIELD(REGION, "", "region", TEXT, "", INFO, "part of the world")
FIELD(INCOME, "", "income_group", WORD, "low lower_middle upper_middle high", INFO,
      "income group of the country, rough")
FIELD(PARENT, "", "parent", TEXT, "", INFO, "code of the floor that this law implements")
FIELD(MEMBERS, "", "members", TEXTS, "", FREE, "codes of the countries a floor counts as its own")
FIELD(STATUS, "", "status", WORD,
      "specific_act specific_provision general_law enacted_not_in_force none", EVAL,
      "what kind of law there is; the last two never fail a mailing")
FIELD(STATUS_NOTE, "", "status_note", TEXT, "", INFO, "what to know about the status")
FIELD(FROM, "", "from", DATE, "", EVAL, "first day of this version")
FIELD(UNTIL, "", "until", DATE, "", EVAL, "first day on which it no longer holds")
FIELD(CONFIDENCE, "", "confidence", WORD, "low medium high", EVAL,
      "how well it was read: high may fail a mailing, medium warns, low informs")
FIELD(APPLIES_WHEN, "", "applies_when", TEXT, "", FREE, "to whom terms that are no law apply")
FIELD(SINCE, "", "since", TEXT, "", FREE, "since when such terms hold, in words")
FIELD(GENERAL, "", "general_knowledge", TEXTS, "", FREE,
      "what rests on general knowledge alone, in the words of the research")
FIELD(COOPERATION, "", "cooperation", TEXTS, "", FREE, "agreements with other authorities")
FIELD(TRANSITION, "", "transition", TEXT, "", FREE, "when it came, what changed, what to watch")
FIELD(RECORDS, "", "record_keeping", TEXT, "", FREE, "what must be kept and how long")

FIELD(SUMMARY, "definition", "summary", TEXT, "", INFO, "the definition in our words")
FIELD(COMMERCIAL_ONLY, "definition", "commercial_only", TRI, "", EVAL,
      "yes: commercial messages only; no: charity, politics or any unsolicited message too")
FIELD(BULK_DAY, "definition", "bulk_day", NUM, "", EVAL,
      "bulk begins above so many similar messages in 24 hours")
FIELD(BULK_MONTH, "definition", "bulk_month", NUM, "", EVAL, "or above so many in 30 days")
FIELD(BULK_YEAR, "definition", "bulk_year", NUM, "", EVAL, "or above so many in a year")
FIELD(BULK_NOTE, "definition", "bulk_note", TEXT, "", INFO, "what the law says of numbers")
FIELD(UNSOLICITED, "definition", "unsolicited_means_no_prior_consent", TRI, "", INFO,
      "yes: lack of consent makes it spam; no: free until refused")
FIELD(EMAIL, "definition", "email", TRI, "", EVAL, "e-mail is covered")
FIELD(SMS, "definition", "sms", TRI, "", EVAL, "text messages are covered")
FIELD(IM, "definition", "im", TRI, "", EVAL, "instant messages are covered")
FIELD(FAX, "definition", "fax", TRI, "", EVAL, "fax is covered")
FIELD(VOICE, "definition", "voice", TRI, "", EVAL, "automated calls are covered")
FIELD(NATURAL, "definition", "natural_persons", TRI, "", EVAL, "people are protected")
FIELD(LEGAL, "definition", "legal_persons", TRI, "", EVAL, "companies are protected")
FIELD(SOLE, "definition", "sole_traders", WORD, "person company", EVAL,
      "a sole trader counts as a person or as a company")
FIELD(EMPLOYEE, "definition", "named_employees", WORD, "person company", EVAL,
      "a named employee's work address counts as a person's or as the company's")
FIELD(B2B_RULE, "definition", "b2b_rule", TEXT, "", INFO, "the rule for companies in words")
FIELD(EX_TRANSACTIONAL, "definition", "exempt_transactional", TRI, "", EVAL,
      "receipts, notices of a contract and the like are exempt")
FIELD(EX_CHARITY, "definition", "exempt_non_profit", TRI, "", EVAL, "charities are exempt")
FIELD(EX_POLITICAL, "definition", "exempt_political", TRI, "", EVAL, "politics is exempt")
FIELD(EX_OTHER, "definition", "exempt_other", TEXTS, "", INFO, "other exemptions, in words")

FIELD(MODEL, "consent", "model", WORD, "opt_in opt_out mixed none", EVAL,
      "consent first; free until refused; circumstances decide; no rule")
FIELD(B2B_MODEL, "consent", "b2b_model", WORD, "opt_in opt_out mixed none", EVAL,
      "the same for companies, where it was found")
FIELD(IMPERSONAL_MODEL, "consent", "impersonal_model", WORD, "opt_in opt_out mixed none", EVAL,
      "the same for addresses like info@, where it differs from companies")
FIELD(SOFT, "consent", "soft_opt_in", TRI, "", EVAL,
      "a customer may be written to without consent, under conditions")
FIELD(SOFT_CONDITIONS, "consent", "soft_conditions", TEXTS, "", INFO, "the conditions in words")
FIELD(SOFT_REQUIRES, "consent", "soft_requires", WORDS,
      "collected own_similar offered every_message no_refusal told", EVAL,
      "the conditions that are checked; all must hold")
FIELD(SOFT_MONTHS, "consent", "soft_months", NUM, "", EVAL,
      "the sale may be so many months old at most")
FIELD(SOFT_INQUIRY, "consent", "soft_inquiry", TRI, "", EVAL,
      "negotiations count as a sale for the customer exception")
FIELD(SOFT_CHARITY, "consent", "soft_charity", TRI, "", EVAL,
      "a charity may use the exception towards its supporters")
FIELD(IMPLIED, "consent", "implied_consent", TEXTS, "", INFO,
      "what else counts as consent, in words")
FIELD(PURCHASE_MONTHS, "consent", "purchase_months", NUM, "", EVAL,
      "a purchase counts as consent for so many months")
FIELD(INQUIRY_MONTHS, "consent", "inquiry_months", NUM, "", EVAL,
      "an inquiry counts as consent for so many months")
FIELD(MEMBER_MONTHS, "consent", "member_months", NUM, "", EVAL,
      "a donation, membership or volunteering counts for so many months")
FIELD(RELATIONSHIP, "consent", "relationship", TRI, "", EVAL,
      "consent may be inferred from a running relationship")
FIELD(PUBLISHED, "consent", "published", WORD, "no work_related", EVAL,
      "a published work address counts as consent to what concerns the work")
FIELD(GIVEN, "consent", "given", WORD, "no work_related", EVAL,
      "an address handed over counts as consent to what concerns the work")
FIELD(ONE_APPROACH, "consent", "one_approach", WORD, "no companies anyone", EVAL,
      "a stranger may be asked for consent once")
FIELD(TOLERATED, "consent", "tolerated_when_honest", TRI, "", EVAL,
      "a message with true identity, address and an easy way out is let pass without consent")
FIELD(EXPIRY, "consent", "expiry", TEXT, "", INFO, "when consent lapses, in words")
FIELD(EXPRESS_MONTHS, "consent", "express_months", NUM, "", EVAL,
      "express consent must be confirmed again after so many months")
FIELD(DOUBLE_OPT_IN, "consent", "double_opt_in", WORD, "required de_facto recommended not_required",
      EVAL, "a second message to confirm consent")
FIELD(REGISTER_CHECK, "consent", "register_check", TEXT, "", INFO,
      "the register to be looked up, in words")
FIELD(REGISTER, "consent", "register", WORD, "none refusals consents", EVAL,
      "a register for e-mail: of refusals, or one in which consent must be entered")
FIELD(CONSENT_NOTE, "consent", "note", TEXT, "", INFO, "more about consent")
FIELD(BURDEN, "burden_of_proof", "on", WORD, "sender", EVAL, "who must prove consent")
FIELD(BURDEN_NOTE, "burden_of_proof", "note", TEXT, "", INFO, "more about proof")

FIELD(IDENTITY, "content", "sender_identification", TRI, "", EVAL, "the sender must be named")
FIELD(POSTAL, "content", "postal_address", WORD,
      "in_message in_message_or_link on_site_only not_required", EVAL, "the postal address")
FIELD(CONTACT, "content", "contact", TEXT, "", INFO, "contact details asked for, in words")
FIELD(CONTACT_REQUIRED, "content", "contact_required", TRI, "", EVAL,
      "a working contact must be given")
FIELD(ADVERTISEMENT, "content", "advertisement_statement", TRI, "", EVAL,
      "one must see that it is advertising")
FIELD(CONTENT_OTHER, "content", "other", TEXTS, "", INFO,
      "other texts asked for, in words (rules of their own check them)")
FIELD(LABEL, "label", "required", TRI, "", EVAL, "a fixed label is asked for")
FIELD(LABEL_POSITION, "label", "position", WORD, "subject_start subject body_start anywhere", EVAL,
      "where the label stands")
FIELD(LABEL_TOKENS, "label", "tokens", TEXTS, "", EVAL, "the label; any of these")
FIELD(LABEL_SCOPE, "label", "scope", WORD, "always unsolicited adult", EVAL,
      "on every advertisement, on what was not consented to, or on adult content")
FIELD(LABEL_WHEN, "label", "applies_when", TEXT, "", INFO, "when, in words")
FIELD(LABEL_NOTE, "label", "note", TEXT, "", INFO, "more about the label")

FIELD(UNSUB, "unsubscribe", "required", TRI, "", EVAL, "the message says how to refuse")
FIELD(UNSUB_FREE, "unsubscribe", "free", TRI, "", EVAL, "refusing is free")
FIELD(UNSUB_ELECTRONIC, "unsubscribe", "electronic", TRI, "", EVAL,
      "refusing is possible by electronic means")
FIELD(UNSUB_MEDIUM, "unsubscribe", "same_medium", TRI, "", EVAL,
      "refusing is possible by the medium of the message")
FIELD(UNSUB_DAYS, "unsubscribe", "works_for_days", NUM, "", EVAL,
      "the way to refuse works for so many days after sending")
FIELD(HONOUR, "unsubscribe", "honour_within", NUM, "", EVAL,
      "a refusal is carried out within so many days")
FIELD(HONOUR_UNIT, "unsubscribe", "honour_unit", WORD, "business_days calendar_days immediate",
      EVAL, "which days")
FIELD(ONE_CLICK, "unsubscribe", "one_click", TRI, "", EVAL, "refusing takes a single action")
FIELD(UNSUB_NOTE, "unsubscribe", "note", TEXT, "", INFO, "more about refusing")

FIELD(HEADER, "truthfulness", "header", TRI, "", EVAL, "header and origin must be true")
FIELD(SUBJECT, "truthfulness", "subject", TRI, "", EVAL, "the subject must be true")
FIELD(TRUTH_NOTE, "truthfulness", "note", TEXT, "", INFO, "more about truth")
FIELD(HARVESTED, "harvesting", "harvesting_banned", TRI, "", EVAL,
      "writing to addresses collected by software is banned")
FIELD(DICTIONARY, "harvesting", "dictionary_attack_banned", TRI, "", EVAL,
      "writing to generated addresses is banned")
FIELD(HARVEST_NOTE, "harvesting", "note", TEXT, "", INFO, "more about harvesting")

FIELD(EMAIL_WINDOW, "limits", "email_window", TEXT, "", INFO, "hours for e-mail, in words")
FIELD(OTHER_WINDOW, "limits", "other_media_window", TEXT, "", INFO, "hours for other media")
FIELD(FREQUENCY_CAP, "limits", "frequency_cap", TEXT, "", INFO, "how often, in words")
FIELD(WEEKDAY_FROM, "limits", "weekday_from", CLOCK, "", EVAL, "e-mail, Monday to Friday, from")
FIELD(WEEKDAY_TO, "limits", "weekday_to", CLOCK, "", EVAL, "e-mail, Monday to Friday, until")
FIELD(SATURDAY_FROM, "limits", "saturday_from", CLOCK, "", EVAL, "e-mail on Saturday, from")
FIELD(SATURDAY_TO, "limits", "saturday_to", CLOCK, "", EVAL, "e-mail on Saturday, until")
FIELD(SUNDAY, "limits", "sunday", TRI, "", EVAL, "e-mail on Sunday is allowed")
FIELD(HOLIDAYS, "limits", "holidays", TRI, "", EVAL, "e-mail on public holidays is allowed")
FIELD(PER_DAY, "limits", "per_day", NUM, "", EVAL, "messages a day to one address at most")

FIELD(LINK_SENDER, "territorial", "sender_in_country", TRI, "", EVAL,
      "reaches messages sent from the country")
FIELD(LINK_RECIPIENT, "territorial", "recipient_in_country", TRI, "", EVAL,
      "reaches messages to recipients in the country")
FIELD(LINK_ACCESS, "territorial", "accessed_in_country", TRI, "", EVAL,
      "reaches messages opened in the country")
FIELD(LINK_NOTE, "territorial", "note", TEXT, "", INFO, "more about whom it reaches")

FIELD(FINE, "penalties", "max_fine", NUM, "", INFO, "highest fine for the spam rule")
FIELD(FINE_CURRENCY, "penalties", "max_fine_currency", TEXT, "", INFO, "in this currency")
FIELD(FINE_UNIT, "penalties", "max_fine_unit", TEXT, "", INFO, "or counted in this unit")
FIELD(FINE_PER, "penalties", "max_fine_per", TEXT, "", INFO, "for each")
FIELD(FINE_AS_OF, "penalties", "max_fine_as_of", TEXT, "", INFO, "as of")
FIELD(DATA_FINE, "penalties", "data_fine", NUM, "", INFO, "ceiling of the data protection law")
FIELD(DATA_FINE_CURRENCY, "penalties", "data_fine_currency", TEXT, "", INFO, "in this currency")
FIELD(DATA_FINE_UNIT, "penalties", "data_fine_unit", TEXT, "", INFO, "or in this unit")
FIELD(DATA_FINE_PER, "penalties", "data_fine_per", TEXT, "", INFO, "for each")
FIELD(DATA_FINE_AS_OF, "penalties", "data_fine_as_of", TEXT, "", INFO, "as of")
FIELD(DAMAGES, "penalties", "damages", NUM, "", INFO, "damages without proof of loss")
FIELD(DAMAGES_CURRENCY, "penalties", "damages_currency", TEXT, "", INFO, "in this currency")
FIELD(DAMAGES_UNIT, "penalties", "damages_unit", TEXT, "", INFO, "or in this unit")
FIELD(DAMAGES_PER, "penalties", "damages_per", TEXT, "", INFO, "for each")
FIELD(DAMAGES_AS_OF, "penalties", "damages_as_of", TEXT, "", INFO, "as of")
FIELD(CRIMINAL, "penalties", "criminal", TRI, "", INFO, "criminal liability")
FIELD(PENALTY_NOTE, "penalties", "note", TEXT, "", INFO, "more about penalties")
FIELD(ACTION, "private_right_of_action", "available", TRI, "", INFO, "the harmed may sue")
FIELD(ACTION_NOTE, "private_right_of_action", "note", TEXT, "", INFO, "who, and for what")
FIELD(REPORT_BODY, "reporting", "body", TEXT, "", INFO, "where to report")
FIELD(REPORT_MAILBOX, "reporting", "mailbox", TEXT, "", INFO, "by mail")
FIELD(REPORT_URL, "reporting", "url", TEXT, "", INFO, "on the web")
FIELD(REPORT_SMS, "reporting", "sms", TEXT, "", INFO, "by text message")
FIELD(REPORT_NOTE, "reporting", "note", TEXT, "", INFO, "more about reporting")
FIELD(CHECK_MESSAGE, "checks", "from_message_bytes", TEXTS, "", INFO, "seen in the message")
FIELD(CHECK_SENDER, "checks", "from_sender_facts", TEXTS, "", INFO, "asked of the sender")
FIELD(CHECK_HUMAN, "checks", "not_by_software", TEXTS, "", INFO, "for a person to judge")
